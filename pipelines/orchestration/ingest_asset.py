"""``ingest``: from the files of a period to accepted, tidy tables. Publishes nothing.

Belongs here: one multi-asset that calls ``publishing.ingest_period``. Does not belong here: logic
(``steps`` and the rooms below), writing, the commit.
https://docs.dagster.io/guides/build/assets/defining-assets#multi-asset
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves
from collections.abc import Iterator

import dagster as dg

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.clock import now
from pipelines.orchestration.failures import told
from pipelines.orchestration.lineage import makers_first
from pipelines.orchestration.metadata import spent_numbers, table_result
from pipelines.orchestration.publishing import ingest_period
from pipelines.orchestration.resources import ProjectResource
from pipelines.orchestration.stages import measured
from pipelines.orchestration.storing import stored_period
from pipelines.orchestration.table_specs import table_specs

_RECEIVER = "qcdc"
_SAYS_SPENT = "intake.submissions"


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
        with told(period), measured() as spent:
            root, current = project.folder(), project.catalogue()
            candidate, tables = ingest_period(
                root, current, period, at=now(), who=_RECEIVER, patience=project.patience
            )
        took = spent_numbers(
            spent,
            {
                "Tệp": len(tables[_SAYS_SPENT]),
                "Ô": int(tables["intake.accounts"]["cells"].sum()),
                "Dòng": sum(len(frame) for frame in tables.values()),
            },
        )
        for name in names:
            entry = candidate.tables[name][stored_period(name, period)]
            says = took if name == _SAYS_SPENT else None
            yield table_result(root, table_contract(current, name), entry, tables[name], says)

    return ingest
