"""``evaluate``: from accepted tables to indicators and figures, and the run's only commit.

Belongs here: one multi-asset that reads the candidate, calls ``steps``, checks the invariants and
publishes all tables of the period at once, or none. Does not belong here: logic.
https://docs.dagster.io/guides/build/assets/defining-assets#multi-asset
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves
from collections.abc import Iterator

import dagster as dg

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.failures import told
from pipelines.orchestration.lineage import makers_first
from pipelines.orchestration.metadata import spent_numbers, table_result
from pipelines.orchestration.publishing import publish_period
from pipelines.orchestration.resources import ProjectResource
from pipelines.orchestration.stages import measured
from pipelines.orchestration.storing import stored_period
from pipelines.orchestration.table_specs import table_specs

_SAYS_SPENT = "eval.indicator_values"


def evaluate_asset(
    catalogue: Catalogue, partitions: dg.PartitionsDefinition[str]
) -> dg.AssetsDefinition:
    """The multi-asset of all tables that follow from the accepted ones."""
    # Dagster wants results in the order of the dependencies
    names = makers_first(steps.evaluate_tables(catalogue))

    @dg.multi_asset(
        name="evaluate",
        specs=table_specs(catalogue, names),
        partitions_def=partitions,
        can_subset=False,
        description="Tính chỉ số, đối chiếu, kiểm tra bất biến rồi công bố một lần cho cả kỳ.",
    )
    def evaluate(
        context: dg.AssetExecutionContext, project: ProjectResource
    ) -> Iterator[dg.MaterializeResult]:
        period = context.partition_key
        with told(period), measured() as spent:
            root, current = project.folder(), project.catalogue()
            published, tables = publish_period(root, current, period, patience=project.patience)
        took = spent_numbers(spent, {"Dòng": sum(len(tables[name]) for name in names)})
        for name in names:
            entry = published.tables[name][stored_period(name, period)]
            says = took if name == _SAYS_SPENT else None
            yield table_result(root, table_contract(current, name), entry, tables[name], says)

    return evaluate
