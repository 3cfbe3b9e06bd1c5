"""Reporting discipline and the quality of what came in: files, cells, faults, late reports.

Belongs here: counts of files, cells and findings by state and unit; discipline over several
periods. Does not belong here: who sent what in one period (``reporting``), texts of findings
(``findings``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.findings import no_data
from pipelines.analysis.opening import Opened
from pipelines.analysis.reporting import (
    form_numbers,
    reporting_by_unit,
    reporting_matrix,
    to_be_urged,
)
from pipelines.analysis.scope import of_period, unit_names
from pipelines.analysis.series import short_name
from pipelines.analysis.shown import FATES, REPORTING_STATES, STATUSES
from pipelines.catalogue.periods import parts_of
from pipelines.vietnamese.numbers import NO_DATA

_HALVES = "half"
_SHOWN_PERIODS = 6
TOTAL = "Tổng cộng"


def leaf_periods(opened: Opened) -> list[str]:
    """The periods whose files a period stands on: itself, or those that it is made of."""
    if not opened.parts:
        return [opened.period]
    periods = opened.wh.table("ref.periods")
    asked = set(opened.wh.table("ref.requests")["period"])
    found, waiting = [], list(opened.parts)
    while waiting:
        key = waiting.pop(0)
        parts = parts_of(periods, key)
        waiting = [*parts, *waiting] if parts and key not in asked else waiting
        found += [] if parts and key not in asked else [key]
    return found


def discipline(wh: Tables, period: str) -> pd.DataFrame:
    """Owed reports by group of units and state, with the share on time and the total.

    Returns:
        group, owed, on_time, late, returned, missing, on_time_share; the total last.
    """
    frame = reporting_matrix(wh, period)
    counts = ["owed", *REPORTING_STATES]
    total = pd.DataFrame([{"group": TOTAL} | frame[counts].sum().to_dict()])
    frame = pd.concat([frame, total], ignore_index=True)
    owed = frame["owed"].astype("float64")
    return frame.assign(on_time_share=100 * frame["on_time"] / owed.where(owed > 0))


def not_on_time(wh: Tables, period: str) -> pd.DataFrame:
    """Reports that were late, returned or never came, with the days they were late by.

    Returns:
        unit, form_title, state_vi, due_date, received_at, days_late (empty where nothing is
        accepted yet), versions; in official order.
    """
    frame = to_be_urged(wh, period)
    received = frame["received_at"].dt.tz_convert("Asia/Ho_Chi_Minh").dt.tz_localize(None)
    days = (received.dt.normalize() - frame["due_date"]).dt.days
    late = frame["state"] == "late"
    columns = ["unit", "form_title", "state_vi", "due_date", "received_at", "days_late", "versions"]
    said = pd.Series([int(d) if ok else "–" for d, ok in zip(days, late, strict=True)], frame.index)
    numbers = frame["form"].map(form_numbers()).fillna(frame["form"])
    return frame.assign(days_late=said.astype("object"), form_title=numbers)[columns]


def discipline_over_time(opened: Opened) -> pd.DataFrame:
    """Units that were not on time in some half-year, with their state in each.

    Returns:
        unit, and a column per half-year (at most six, the newest ones up to the period's end);
        a unit with several reports is told by the worst; in official order.
    """
    wh = opened.wh
    periods = wh.table("ref.periods")
    reporting = wh.table("core.reporting")
    end = pd.Timestamp(opened.scope.ends_on)
    halves = periods[(periods["kind"] == _HALVES) & (periods["ends_on"] <= end)]
    halves = halves[halves["period"].isin(reporting["period"])].sort_values("ends_on")
    worst = list(REPORTING_STATES)
    columns: dict[str, pd.Series] = {}
    for row in halves.tail(_SHOWN_PERIODS).to_dict("records"):
        states = reporting_by_unit(wh, row["period"]).assign(name=lambda f: f["unit"])
        rank = states["state"].map({state: at for at, state in enumerate(worst)})
        columns[short_name(row["label_vi"])] = (
            states.assign(rank=rank).groupby("unit_id")["rank"].max()
        )
    frame = pd.DataFrame(columns)
    frame = frame[(frame > 0).any(axis=1)]
    units = wh.table("ref.units").set_index("unit_id").reindex(frame.index)
    said = {n: f"{REPORTING_STATES[state]}" for n, state in enumerate(worst)}
    shown = frame.apply(lambda ranks: ranks.map(said).fillna("–"))
    shown = shown.assign(unit=units["name"], order=units["official_order"])
    shown = shown.sort_values(["order", "unit"]).drop(columns="order")
    return shown[["unit", *columns]].reset_index(drop=True)


def files_by_status(opened: Opened) -> pd.DataFrame:
    """Files by what became of them: status_vi, files."""
    files = opened.wh.table("intake.submissions")
    files = files[files["period"].isin(leaf_periods(opened))]
    counts = files["status"].value_counts()
    rows = [(STATUSES[key], int(counts[key])) for key in STATUSES if key in counts.index]
    return pd.DataFrame(rows, columns=["status_vi", "files"])


def cells_by_fate(opened: Opened) -> pd.DataFrame:
    """Non-empty cells of all files by what became of them: fate_vi, cells, share; total last."""
    accounts = opened.wh.table("intake.accounts")
    accounts = accounts[accounts["period"].isin(leaf_periods(opened))]
    counts = accounts.groupby("fate")["cells"].sum()
    rows = [(FATES[key], int(counts[key])) for key in FATES if key in counts.index]
    frame = pd.DataFrame([*rows, (TOTAL, int(counts.sum()))], columns=["fate_vi", "cells"])
    total = float(counts.sum())
    return frame.assign(share=100 * frame["cells"] / total if total else float("nan"))


def findings_by_unit(opened: Opened) -> pd.DataFrame:
    """Units with findings or values that are not known, in official order.

    Returns:
        unit, errors, warnings, reviews, open_values (elements without a value).
    """
    wh = opened.wh
    found = wh.table("core.findings")
    found = found[found["period"].isin(leaf_periods(opened))]
    senders = found["submission_id"].str.split("/").str[1]
    counts = pd.crosstab(found["unit_id"].fillna(senders), found["severity"])
    counts = counts.reindex(columns=["error", "warning", "review"], fill_value=0)
    counts.columns = ["errors", "warnings", "reviews"]
    missing = no_data(wh, opened.period).set_index("unit_id")["missing"].rename("open_values")
    frame = counts.join(missing, how="outer").fillna(0).astype("int64")
    units = wh.table("ref.units").set_index("unit_id").reindex(frame.index)
    frame = frame.assign(unit=units["name"].fillna(pd.Series(frame.index, frame.index)))
    frame = frame.assign(order=units["official_order"]).sort_values(["order", "unit"])
    return frame[["unit", "errors", "warnings", "reviews", "open_values"]].reset_index(drop=True)


def held_back(opened: Opened) -> pd.DataFrame:
    """Cells that wait for an answer: unit, path, sheet, cell, text, reason, proposed."""
    rows = opened.wh.table("intake.quarantine")
    rows = rows[rows["period"].isin(leaf_periods(opened))]
    files = opened.wh.table("intake.submissions").set_index("submission_id")
    senders = rows["submission_id"].map(files["provider"])
    frame = rows.assign(
        unit=senders.map(unit_names(opened.wh)).fillna(senders),
        path=rows["submission_id"].map(files["path"]),
    )
    columns = ["unit", "path", "sheet", "cell", "text", "reason", "proposed"]
    return frame[columns].reset_index(drop=True)


def changed_on_resubmission(opened: Opened) -> pd.DataFrame:
    """What a newer file changed: unit, label, sheet, cell, before, after."""
    rows = opened.wh.table("core.changes")
    rows = rows[rows["period"].isin(leaf_periods(opened))]
    labels = opened.wh.table("ref.elements").set_index("element")["label_vi"]
    frame = rows.assign(
        unit=rows["unit_id"].map(unit_names(opened.wh)).fillna(rows["unit_id"]),
        label=rows["element"].map(labels).fillna(rows["element"]),
        before=rows["before"].fillna(NO_DATA),
        after=rows["after"].fillna(NO_DATA),
    )
    columns = ["unit", "label", "sheet", "cell", "before", "after"]
    return frame[columns].reset_index(drop=True)


def estimates(wh: Tables, period: str) -> pd.DataFrame:
    """How much of the data is an estimate: group (kind of value), cells, share."""
    rows = of_period(wh.table("core.observations"), period)
    known = rows[rows["state"].isin(["value", "zero"])]
    counts = known["is_estimate"].map({True: "Số ước", False: "Số chính thức"}).value_counts()
    frame = pd.DataFrame({"group": counts.index, "cells": counts.to_numpy()})
    return frame.assign(share=100 * frame["cells"] / len(known) if len(known) else float("nan"))
