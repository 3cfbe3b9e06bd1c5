"""``ingest``: from the files of a period to accepted, tidy tables. Publishes nothing.

Belongs here: one multi-asset that reads, calls ``steps.ingest``, writes content-named files and
the period's candidate. Does not belong here: logic (``steps`` and the rooms below), the commit.
https://docs.dagster.io/guides/build/assets/defining-assets#multi-asset
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves
from collections.abc import Iterator

import dagster as dg

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import receiving, steps
from pipelines.orchestration.earlier import inputs_fingerprint
from pipelines.orchestration.failures import told
from pipelines.orchestration.lineage import makers_first
from pipelines.orchestration.metadata import table_result
from pipelines.orchestration.resources import ProjectResource
from pipelines.orchestration.storing import stored_period, write_tables
from pipelines.orchestration.table_specs import table_specs
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.manifest import write_candidate

_RECEIVER = "qcdc"


def ingest_asset(
    catalogue: Catalogue, partitions: dg.PartitionsDefinition[str]
) -> dg.AssetsDefinition:
    """The multi-asset of all tables that follow from the files of a period."""
    # Dagster wants results in the order of the dependencies
    names = makers_first(steps.ingest_tables(catalogue))

    @dg.multi_asset(
        name="ingest",
        specs=table_specs(catalogue, names),
        partitions_def=partitions,
        can_subset=False,
        description="Đọc biểu mẫu của kỳ, kiểm tra, ghi bảng; chưa công bố.",
    )
    def ingest(
        context: dg.AssetExecutionContext, project: ProjectResource
    ) -> Iterator[dg.MaterializeResult]:
        period = context.partition_key
        with told(period):
            root, current = project.folder(), project.catalogue()
            with writer_lock(root):
                known = steps.reference_tables(root, current)["ref.units"]["unit_id"]
                receiving.receive_new(root, period, list(known), at=receiving.now(), who=_RECEIVER)
                # taken before reading: a file that changes meanwhile makes it stale, not wrong
                inputs = inputs_fingerprint(root, current, period)
                tables = steps.ingest(root, current, period)
                candidate = write_tables(root, current, period, tables)
                candidate = candidate.model_copy(update={"inputs": {period: inputs}})
                write_candidate(root, period, candidate)
        for name in names:
            entry = candidate.tables[name][stored_period(name, period)]
            yield table_result(root, table_contract(current, name), entry, tables[name])

    return ingest
