"""Where Dagster enters: everything it knows of the project.

Belongs here: putting the pieces together. Does not belong here: any logic. Nothing happens at
import; ``defs`` is called when Dagster loads the code location, with an empty environment.
"""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from pipelines.catalogue.load import load_catalogue
from pipelines.operations.dagster_parts import operations_parts
from pipelines.orchestration.automation import period_calendar, raw_files
from pipelines.orchestration.checks import period_checks
from pipelines.orchestration.evaluate_asset import evaluate_asset
from pipelines.orchestration.evidence_asset import evidence_asset
from pipelines.orchestration.feedback_asset import feedback_asset
from pipelines.orchestration.ingest_asset import ingest_asset
from pipelines.orchestration.jobs import evaluate_period_job
from pipelines.orchestration.notebook_assets import notebook_assets
from pipelines.orchestration.papers_asset import papers_asset, review_asset
from pipelines.orchestration.partitions import period_partitions
from pipelines.orchestration.raw_assets import raw_assets
from pipelines.orchestration.report_asset import report_asset
from pipelines.orchestration.resources import UNATTENDED_PATIENCE, ClockResource, ProjectResource


def build_defs(overrides: Mapping[str, object] | None = None) -> dg.Definitions:
    """All definitions.

    Args:
        overrides: Resources by name in place of the usual ones; ``project`` is the folder.
    """
    catalogue = load_catalogue()
    partitions = period_partitions(catalogue)
    operations = operations_parts(partitions)
    job = evaluate_period_job()
    return dg.Definitions(
        assets=[
            *raw_assets(catalogue),
            ingest_asset(catalogue, partitions),
            evaluate_asset(catalogue, partitions),
            report_asset(catalogue, partitions),
            papers_asset(catalogue, partitions),
            evidence_asset(partitions),
            review_asset(partitions),
            feedback_asset(catalogue, partitions),
            *notebook_assets(catalogue, partitions),
        ],
        asset_checks=period_checks(catalogue, partitions),
        jobs=[job, *operations.jobs],
        schedules=[period_calendar(job), *operations.schedules],
        sensors=[raw_files(job), *operations.sensors],
        resources={
            "project": ProjectResource(patience=UNATTENDED_PATIENCE),
            "clock": ClockResource(),
            **(overrides or {}),
        },
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions that ``workspace.yaml`` and ``dg`` load."""
    return build_defs()
