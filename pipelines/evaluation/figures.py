"""Figures of a report: how each is printed, and the cells that made it.

Belongs here: values and evidence → ``report.figures``.
Does not belong here: values (``indicators``), layout of a report (``reports``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue, Display, Indicator
from pipelines.evaluation.basis import make_basis
from pipelines.evaluation.documents import documents_beside, usable
from pipelines.evaluation.evidence import Entries, addressed
from pipelines.evaluation.evidence import evidence as made_of
from pipelines.vietnamese.numbers import (
    NO_DATA,
    format_count,
    format_money,
    format_number,
    format_rate,
)

NOTHING_OCCURRED = "không phát sinh"


def figures(
    *,
    values: pd.DataFrame,
    observations: pd.DataFrame,
    registers: dict[str, pd.DataFrame],
    submissions: pd.DataFrame,
    units: pd.DataFrame,
    catalogue: Catalogue,
    period_row: Mapping[str, object],
    release_id: str,
    evidence: pd.DataFrame | None = None,
    successions: pd.DataFrame | None = None,
    origins: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One figure per indicator and scope, missing ones included.

    Args:
        values: ``eval.indicator_values``; only the period's as-reported rows are taken.
        observations: ``core.observations``.
        registers: ``core.registers_<id>`` by register id.
        submissions: ``intake.submissions``.
        units: ``ref.units``.
        catalogue: Displays, measures, forms.
        period_row: Row of ``ref.periods``.
        release_id: For instance ``2021-H1/draft``.
        evidence: ``core.evidence``; without it no document stands beside a figure.
        successions: ``ref.unit_successions``; says below whom units stand whose parent has ended.
        origins: The addressed observations of a composed period (``composing.origins``); without
            them the observations themselves are.

    Returns:
        ``report.figures``: ``shown_as`` in Vietnamese ("13/15 (87%)", "07", "chưa có số liệu"),
        ``cells`` a JSON list (see ``evidence`` and ``documents``), ``[]`` where nothing is
        known.
    """
    period = str(period_row["period"])
    chosen = values[(values["period"] == period) & (values["view"] == "as_reported")]
    contract = table_contract(catalogue, "report.figures")
    if chosen.empty:
        return contract.empty()
    basis = make_basis(
        observations=observations,
        registers=registers,
        register_known={},
        reporting=table_contract(catalogue, "core.reporting").empty(),
        units=units,
        catalogue=catalogue,
        period=period_row,
        scopes=list(chosen["scope_id"].unique()),
        successions=successions,
    )
    sent = submissions[submissions["period"] == period]
    own = observations[observations["period"] == period]
    cells = addressed(own if origins is None else origins, sent)
    papers = usable(evidence, period)
    parts = []
    for name, rows in chosen.groupby("indicator"):
        indicator = catalogue.indicators[str(name)]
        found = made_of(indicator, basis, cells, sent)
        beside = documents_beside(indicator, basis, papers)
        parts.append(_of_indicator(rows, indicator, found, beside))
    table = pd.concat(parts)
    table["figure_id"] = table["period"] + "/" + table["indicator"] + "@" + table["scope_id"]
    table["release_id"] = release_id
    return contract.conform(table[[column.name for column in contract.columns]])


def parse_cells(text: str) -> list[dict[str, object]]:
    """The evidence of a figure, as written in ``report.figures.cells``."""
    return json.loads(text)


def show(value: float, numerator: float, denominator: float, state: str, display: Display) -> str:
    """A figure as officials write it.

    Args:
        value: Unrounded; NaN where there is none.
        numerator: As in ``eval.indicator_values``.
        denominator: As in ``eval.indicator_values``.
        state: State of the value.
        display: How the indicator is printed.

    Returns:
        "13/15 (87%)", "1/1", "52.620", "07", "46.920 triệu đồng"; "không phát sinh" where
        nothing could be divided, "chưa có số liệu" where nothing is known.
    """
    if state == "not_applicable":
        return NOTHING_OCCURRED
    if pd.isna(value):
        return NO_DATA
    if display.format == "money":
        return format_money(value)
    if display.format in {"rate", "ratio"} and not pd.isna(denominator):
        ratio = f"{_amount(numerator)}/{_amount(denominator)}"
        rate = format_rate(value, display.digits)
        return ratio if display.format == "ratio" else f"{ratio} ({rate})"
    if display.format == "count" and value % 1 == 0:
        return format_count(value)
    return format_number(value, display.digits)


def _amount(number: float) -> str:
    """Whole numbers without a leading zero; half days and the like with one decimal."""
    return format_number(number, 0 if number % 1 == 0 else 1)


def _of_indicator(
    rows: pd.DataFrame, indicator: Indicator, found: Entries, beside: Entries
) -> pd.DataFrame:
    shown, written = [], []
    columns = [rows[name] for name in ("scope_id", "value", "numerator", "denominator", "state")]
    for scope, value, numerator, denominator, state in zip(*columns, strict=True):
        counts = {"numerator": numerator, "denominator": denominator}
        known = [] if state == "missing" else [*found.get(scope, []), *beside.get(scope, [])]
        entries = [_with_report_count(entry, counts) for entry in known]
        written.append(json.dumps(entries, ensure_ascii=False, sort_keys=True))
        shown.append(show(value, numerator, denominator, state, indicator.display))
    return rows.assign(shown_as=shown, cells=written)


def _with_report_count(entry: dict[str, object], counts: Mapping[str, float]) -> dict[str, object]:
    """Owed reports are counted with the figure; say how many."""
    if entry.get("table") != "core.reporting":
        return entry
    count = counts[str(entry["part"])]
    return entry | {"rows": 0 if pd.isna(count) else int(count)}
