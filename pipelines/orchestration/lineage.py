"""What each table, and the columns where it matters, is made from.

Belongs here: dependencies between tables, said once. Does not belong here: how a table is made
(``steps``), what its columns are (the catalogue's contracts).
"""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import TopologicalSorter

import dagster as dg

from pipelines.orchestration.raw_assets import CATALOGUE, EVIDENCE, JOURNAL, REFERENCE, WORKBOOKS

_REGISTERS = "core.registers_"
_FROM_CATALOGUE = (
    "criteria", "documents", "duties", "elements", "forms", "indicators", "periods", "regimes",
    "rules",
)  # fmt: skip
_WORDING = ("abbreviations", "recipients", "sources", "texts", "themes")
_FROM_FACTS = (
    "papi", "published", "requests", "targets", "unit_groups", "unit_names", "unit_successions",
    "units",
)  # fmt: skip
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
        _REGISTERS,
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
        _REGISTERS,
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
        _REGISTERS,
        "core.evidence",
        "intake.submissions",
        "ref.indicators",
    ),
}
_REGISTER_FROM = ("intake.submissions", "core.findings", "ref.units")
# what no table holds between the file and the warehouse
_RAW: dict[str, tuple[dg.AssetKey, ...]] = {
    **{f"ref.{name}": (CATALOGUE,) for name in (*_FROM_CATALOGUE, *_WORDING, "populations")},
    **{f"ref.{name}": (REFERENCE,) for name in _FROM_FACTS},
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
_COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "core.observations": {
        "submission_id": ("intake.submissions.submission_id",),
        "provider": ("intake.submissions.provider",),
        "element": ("ref.elements.element",),
    },
    "core.evidence": {
        "submission_id": ("intake.submissions.submission_id",),
        "status": ("intake.submissions.status",),
        "sha256": ("intake.submissions.sha256",),
    },
    "core.reporting": {
        "received_at": ("intake.submissions.received_at",),
        "due_date": ("ref.requests.due_date",),
    },
    "eval.indicator_values": {
        "numerator": ("core.observations.value",),
        "denominator": ("core.observations.value", "ref.populations.unit_id"),
        "value": ("core.observations.value", "ref.populations.unit_id"),
        "reporting_units": ("core.observations.state",),
        "expected_units": ("ref.populations.unit_id",),
    },
    "eval.comparisons": {
        "value": ("eval.indicator_values.value",),
        "reference": ("eval.indicator_values.value", "ref.targets.value"),
        "reference_period": ("ref.periods.previous", "ref.periods.same_period"),
        "source": ("ref.targets.source",),
        "met": ("eval.indicator_values.value", "ref.targets.value"),
    },
    "eval.published": {
        "value": ("ref.published.value",),
        "computed": (
            "eval.indicator_values.numerator",
            "eval.indicator_values.denominator",
            "eval.indicator_values.value",
        ),
        "shown_as": ("ref.published.shown_as",),
    },
    "report.figures": {
        "shown_as": ("eval.indicator_values.value",),
        "numerator": ("eval.indicator_values.numerator",),
        "denominator": ("eval.indicator_values.denominator",),
        "cells": (
            "core.observations.cell",
            "intake.submissions.sha256",
            "core.evidence.submission_id",
        ),
    },
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
    if table.startswith(_REGISTERS):
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
        for each in ([t for t in known if t.startswith(name)] if name == _REGISTERS else [name])
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


def column_lineage(table: str) -> dg.TableColumnLineage | None:
    """Which columns a table's columns come from, where that is simple to say."""
    if table not in _COLUMNS:
        return None
    return dg.TableColumnLineage(
        {
            column: [_dep(source) for source in sources]
            for column, sources in _COLUMNS[table].items()
        }
    )


def _dep(source: str) -> dg.TableColumnDep:
    table, column = source.rsplit(".", 1)
    return dg.TableColumnDep(asset_key=asset_key(table), column_name=column)
