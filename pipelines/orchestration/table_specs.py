"""Tables as assets: key, group, kinds, owners, Vietnamese description, columns, dependencies.

Belongs here: contract → ``AssetSpec``. Does not belong here: what is known only after a run
(``metadata``), how tables are computed.
https://docs.dagster.io/guides/build/assets/metadata-and-tags/table-metadata
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg
from pandera.pandas import Column

from pipelines.catalogue.contracts import TableContract, table_contract, table_names
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration.lineage import asset_key, upstream
from pipelines.orchestration.raw_assets import OWNERS

_KINDS = {"intake": {"pandas", "parquet", "xlsx"}}
_STORED = {"pandas", "parquet"}


def table_specs(catalogue: Catalogue, tables: Sequence[str]) -> list[dg.AssetSpec]:
    """One spec per table.

    Args:
        catalogue: Holds the contracts.
        tables: Names, ``schema.table``.
    """
    everything = table_names(catalogue)
    return [_spec(table_contract(catalogue, name), upstream(name, everything)) for name in tables]


def _spec(contract: TableContract, deps: list[dg.AssetKey]) -> dg.AssetSpec:
    spec = contract.spec
    return dg.AssetSpec(
        asset_key(contract.name),
        deps=deps,
        group_name=spec.group,
        kinds=_KINDS.get(spec.group, _STORED),
        owners=OWNERS,
        description=f"{spec.title_vi}. {spec.description_vi}",
        metadata={
            "dagster/table_name": contract.name,
            "dagster/column_schema": column_schema(contract),
        },
    )


def column_schema(contract: TableContract) -> dg.TableSchema:
    """The columns as Dagster shows them, with what the table's pandera schema enforces."""
    schema = contract.pandera_schema()
    columns = []
    for column in contract.columns:
        checked = schema.columns[column.name]
        note = f" ({column.description})" if column.description else ""
        columns.append(
            dg.TableColumn(
                column.name,
                type=column.type,
                description=f"{column.label_vi}{note}",
                constraints=dg.TableColumnConstraints(
                    nullable=bool(checked.nullable),
                    unique=contract.key == [column.name],
                    other=_constraints(checked),
                ),
            )
        )
    key = f"khóa: {', '.join(contract.key)}"
    return dg.TableSchema(columns=columns, constraints=dg.TableConstraints(other=[key]))


def _constraints(column: Column) -> list[str]:
    checks = [str(check.error or check.name) for check in column.checks]
    return [f"kiểu pandas {column.dtype}", *checks]
