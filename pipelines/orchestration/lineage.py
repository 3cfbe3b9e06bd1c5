"""What each table is made from, and its columns in the shape that Dagster shows.

Belongs here: dependencies between tables, said once. Does not belong here: where each column comes
from (``column_sources``), how a table is made (``steps``), what its columns are (the catalogue's
contracts).
"""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import TopologicalSorter

import dagster as dg

from pipelines.catalogue.contracts import TableContract
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration.column_sources import FACTS, REGISTERS, sources_of
from pipelines.orchestration.raw_assets import CATALOGUE, EVIDENCE, JOURNAL, REFERENCE, WORKBOOKS

_FROM_CATALOGUE = (
    "criteria", "documents", "duties", "elements", "forms", "indicators", "periods", "regimes",
    "rules",
)  # fmt: skip
_WORDING = ("abbreviations", "recipients", "sources", "texts", "themes")
# what says whether a figure of one period may stand beside that of another
_BREAKS = (
    "ref.documents", "ref.elements", "ref.forms", "ref.indicators", "ref.periods",
    "ref.populations", "ref.regimes", "ref.unit_successions", "ref.units",
)  # fmt: skip

_TABLES: dict[str, tuple[str, ...]] = {
    "ref.populations": ("ref.units",),
    "intake.submissions": ("ref.forms", "ref.units", "ref.periods"),
    "intake.accounts": ("intake.submissions", "ref.forms", "ref.elements"),
    "intake.quarantine": ("intake.submissions", "ref.elements"),
    "intake.quotes": ("intake.submissions", "ref.units"),
    "core.findings": (
        "intake.submissions",
        "intake.quarantine",
        "ref.rules",
        "ref.elements",
        "ref.units",
    ),
    "core.decisions": ("intake.submissions", "core.findings", "ref.units"),
    "core.observations": (
        "intake.submissions",
        "core.findings",
        "ref.elements",
        "ref.periods",
        "ref.populations",
        "ref.requests",
    ),
    "core.evidence": ("intake.submissions", "ref.elements", "ref.units"),
    "core.changes": ("intake.submissions", "ref.elements", "ref.units"),
    "core.reporting": (
        "intake.submissions",
        "core.evidence",
        "ref.forms",
        "ref.populations",
        "ref.requests",
    ),
    "eval.indicator_values": (
        "core.observations",
        REGISTERS,
        "core.reporting",
        "ref.indicators",
        "ref.periods",
        "ref.populations",
        "ref.unit_successions",
        "ref.units",
    ),
    "eval.comparisons": ("eval.indicator_values", "ref.targets", *_BREAKS),
    "eval.series": ("eval.indicator_values", *_BREAKS),
    "eval.judged": (
        "ref.documents",
        "ref.periods",
        "ref.regimes",
        "ref.requests",
        "ref.unit_successions",
        "ref.units",
    ),
    "eval.duties": (
        "core.observations",
        REGISTERS,
        "intake.submissions",
        "ref.duties",
        "ref.periods",
        "ref.populations",
        "ref.regimes",
        "ref.units",
    ),
    "eval.checked": ("core.registers_verifications", "core.observations", "ref.elements"),
    "eval.scores": (
        "eval.indicator_values",
        "eval.checked",
        "core.observations",
        "core.registers_self_scores",
        "core.registers_verifications",
        "core.reporting",
        "ref.criteria",
        "ref.populations",
        "ref.units",
    ),
    "eval.bands": (
        "eval.indicator_values",
        "eval.scores",
        "core.observations",
        "core.reporting",
        "ref.criteria",
        "ref.populations",
        "ref.units",
    ),
    "eval.targeting": (
        "core.findings",
        "core.observations",
        "core.registers_inspections",
        "core.registers_limitations",
        "core.reporting",
        "eval.checked",
        "ref.elements",
        "ref.forms",
        "ref.units",
    ),
    "eval.published": ("eval.indicator_values", "ref.published"),
    "report.figures": (
        "eval.indicator_values",
        "core.observations",
        REGISTERS,
        "core.evidence",
        "intake.submissions",
        "ref.indicators",
    ),
}
_REGISTER_FROM = ("intake.submissions", "core.findings", "ref.units")
# what no table holds between the file and the warehouse
_RAW: dict[str, tuple[dg.AssetKey, ...]] = {
    **{f"ref.{name}": (CATALOGUE,) for name in (*_FROM_CATALOGUE, *_WORDING, "populations")},
    **{f"ref.{name}": (REFERENCE,) for name in FACTS},
    "ref.papi": (REFERENCE, CATALOGUE),
    "intake.submissions": (JOURNAL, WORKBOOKS, EVIDENCE),
    "core.decisions": (JOURNAL, WORKBOOKS),
    # what was in force in earlier periods, read from their files where nobody has committed it
    "core.findings": (JOURNAL, WORKBOOKS),
    "core.observations": (JOURNAL,),
    "core.evidence": (JOURNAL, EVIDENCE),
    "core.changes": (WORKBOOKS,),
    # figures of earlier periods that nobody has committed are computed from their files
    "eval.comparisons": (JOURNAL, WORKBOOKS),
    "eval.series": (JOURNAL, WORKBOOKS),
    "intake.accounts": (WORKBOOKS,),
    "intake.quarantine": (WORKBOOKS,),
    "intake.quotes": (WORKBOOKS,),
}


def asset_key(table: str) -> dg.AssetKey:
    """The asset key of ``schema.table``."""
    return dg.AssetKey(table.split("."))


def table_name(key: dg.AssetKey) -> str:
    """The table of an asset key."""
    return ".".join(key.path)


def upstream(table: str, tables: Iterable[str]) -> list[dg.AssetKey]:
    """What a table is made from.

    Args:
        table: Name of the table.
        tables: All tables, for "every register".

    Raises:
        KeyError: Nobody has said what the table is made from.
    """
    if table.startswith(REGISTERS):
        named: tuple[str, ...] = _REGISTER_FROM
    elif table in _TABLES or table in _RAW:
        named = _TABLES.get(table, ())
    else:
        msg = f"{table}: say in lineage.py what it is made from"
        raise KeyError(msg)
    known = sorted(tables)
    spelled = [
        each
        for name in named
        for each in ([t for t in known if t.startswith(name)] if name == REGISTERS else [name])
    ]
    return [*_RAW.get(table, ()), *(asset_key(name) for name in spelled)]


def makers_first(tables: Iterable[str]) -> list[str]:
    """Tables in an order in which each comes after those it is made from."""
    names = sorted(tables)
    graph = {
        name: [made for made in map(table_name, upstream(name, names)) if made in names]
        for name in names
    }
    return list(TopologicalSorter(graph).static_order())


def column_lineage(catalogue: Catalogue, contract: TableContract) -> dg.TableColumnLineage:
    """Which columns a table's columns come from; those of no source are left out."""
    told = sources_of(catalogue, contract)
    return dg.TableColumnLineage(
        {
            column: [_dep(source) for source in said.sources]
            for column, said in told.items()
            if said.sources
        }
    )


def _dep(source: str) -> dg.TableColumnDep:
    schema, table, column = source.split(".", 2)
    return dg.TableColumnDep(asset_key=dg.AssetKey([schema, table]), column_name=column)
