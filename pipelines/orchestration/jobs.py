"""Jobs: what is run as a whole.

Belongs here: selections of assets and their executor. Does not belong here: when they run
(schedules, sensors), what they do (``*_asset``).
https://docs.dagster.io/guides/build/jobs
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from pipelines.orchestration.feedback_asset import FEEDBACK
from pipelines.orchestration.notebook_assets import GROUP as NOTEBOOKS
from pipelines.orchestration.papers_asset import REVIEW

if TYPE_CHECKING:  # dagster has no public name for what define_asset_job gives
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

EVALUATE_PERIOD = "evaluate_period"


def evaluate_period_job() -> UnresolvedAssetJobDefinition:
    """Ingest, evaluate, commit and report one period, then check it.

    In one process: starting a process per step costs far more than the steps themselves.
    """
    return dg.define_asset_job(
        EVALUATE_PERIOD,
        # letters go to people, reviews come from them, notebooks are for analysts: each when
        # somebody asks for it
        selection=dg.AssetSelection.all()
        - dg.AssetSelection.assets(FEEDBACK, REVIEW)
        - dg.AssetSelection.groups(NOTEBOOKS),
        executor_def=dg.in_process_executor,
        # a run that crashed begins anew: what its first steps read may be out of date by then
        tags={"dagster/retry_strategy": "ALL_STEPS"},
        description="Đọc, kiểm tra, đánh giá, công bố và lập báo cáo một kỳ.",
    )
