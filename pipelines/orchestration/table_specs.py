"""Tables as assets: key, group, kinds, owners, Vietnamese description, columns, dependencies.

Belongs here: contract → ``AssetSpec``. Does not belong here: what is known only after a run
(``metadata``), how tables are computed.
https://docs.dagster.io/guides/build/assets/metadata-and-tags/table-metadata
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dagster as dg

from pipelines.catalogue import state_words
from pipelines.catalogue.contracts import TableContract, table_contract, table_names
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.table_spec import ColumnSpec
from pipelines.orchestration.asset_words import (
    GROUPS,
    code_version,
    described,
    owners_of,
    readers_of,
    tags_of,
)
from pipelines.orchestration.column_sources import REGISTERS, Source, sources_of
from pipelines.orchestration.freshness import results_due
from pipelines.orchestration.lineage import asset_key, column_lineage, table_name, upstream
from pipelines.orchestration.links import table_links

_KINDS = {"intake": {"pandas", "parquet", "xlsx"}}
_STORED = {"pandas", "parquet"}
_NAMED_SOURCES = 3
_DUE = ("eval", "report")
_INTERNAL = frozenset({"eval.targeting"})
_OUTSIDE = {
    "raw.workbooks": "Biểu mẫu các đơn vị gửi",
    "raw.evidence": "Tài liệu minh chứng",
    "raw.journal": "Sổ tiếp nhận, quyết định",
    "raw.reference": "Danh sách đơn vị, công văn",
    "catalogue.entries": "Danh mục",
}
_STATE_WORDS: dict[tuple[str, str], Mapping[str, str]] = {
    ("core.reporting", "state"): state_words.REPORT_STATES,
    ("core.reporting", "round"): state_words.ROUNDS,
    ("core.findings", "severity"): state_words.SEVERITIES,
    ("core.evidence", "status"): state_words.STATUSES,
    ("eval.bands", "stage"): state_words.STAGES,
    ("eval.checked", "stage"): state_words.STAGES,
    ("eval.duties", "state"): state_words.DUTY_STATES,
    ("eval.scores", "stage"): state_words.STAGES,
    ("intake.accounts", "fate"): state_words.FATES,
    ("intake.submissions", "round"): state_words.ROUNDS,
    ("intake.submissions", "status"): state_words.STATUSES,
    ("ref.units", "unit_type"): state_words.UNIT_TYPES,
}


def table_specs(catalogue: Catalogue, tables: Sequence[str]) -> list[dg.AssetSpec]:
    """One spec per table.

    Args:
        catalogue: Holds the contracts.
        tables: Names, ``schema.table``.
    """
    everything = table_names(catalogue)
    return [
        _spec(catalogue, table_contract(catalogue, name), upstream(name, everything))
        for name in tables
    ]


def _spec(catalogue: Catalogue, contract: TableContract, deps: list[dg.AssetKey]) -> dg.AssetSpec:
    spec = contract.spec
    return dg.AssetSpec(
        asset_key(contract.name),
        deps=deps,
        group_name=GROUPS[spec.group],
        kinds=_KINDS.get(spec.group, _STORED),
        owners=owners_of(spec.group),
        tags=tags_of(internal=contract.name in _INTERNAL),
        code_version=code_version(catalogue),
        freshness_policy=results_due(catalogue) if spec.group in _DUE else None,
        description=described(
            spec.title_vi,
            spec.description_vi,
            [_title(catalogue, table_name(key)) for key in deps],
            readers_of(spec.group),
        ),
        metadata={
            "dagster/table_name": contract.name,
            "dagster/column_schema": column_schema(catalogue, contract),
            "dagster/column_lineage": column_lineage(catalogue, contract),
            **table_links(contract.name),
        },
    )


def _title(catalogue: Catalogue, name: str) -> str:
    if name.startswith(REGISTERS):
        return "Các sổ theo dõi"
    return _OUTSIDE.get(name) or table_contract(catalogue, name).spec.title_vi


def column_schema(catalogue: Catalogue, contract: TableContract) -> dg.TableSchema:
    """The columns as Dagster shows them: what each is, which words stand in it, why no source."""
    told = sources_of(catalogue, contract)
    schema = contract.pandera_schema()
    columns = [
        dg.TableColumn(
            column.name,
            type=column.type,
            description=_said(contract.name, column, told[column.name]),
            constraints=dg.TableColumnConstraints(
                nullable=bool(schema.columns[column.name].nullable),
                unique=contract.key == [column.name],
                other=[
                    str(check.error or check.name) for check in schema.columns[column.name].checks
                ],
            ),
        )
        for column in contract.columns
    ]
    key = f"khóa: {', '.join(contract.key)}"
    return dg.TableSchema(columns=columns, constraints=dg.TableConstraints(other=[key]))


def _said(table: str, column: ColumnSpec, source: Source) -> str:
    """Label, words that stand in it, where it comes from: the open UI draws no column lineage."""
    words = _STATE_WORDS.get((table, column.name), {})
    values = "; ".join(f"`{code}`: {word}" for code, word in words.items())
    named = ", ".join(f"`{each}`" for each in source.sources[:_NAMED_SOURCES])
    more = len(source.sources) - _NAMED_SOURCES
    made = f"← {named}{f' và {more} cột khác' if more > 0 else ''}"
    told = f"Không có cột nguồn: {source.why_not}" if source.why_not else made
    return "\n\n".join(filter(None, [column.label_vi, values, told]))
