"""Frames of the annexes of papers: every figure unit by unit, the committee's work.

Belongs here: rows that a paper's tables are made from, in official order. Does not belong here:
columns and words of a table (``reports.composed``), computing a figure (``evaluation``).
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.indicators import presented
from pipelines.analysis.scope import of_period, report_scope
from pipelines.catalogue.load import load_catalogue
from pipelines.places.units import within

UNIT_TYPES = ("commune", "agency", "enterprise")
REST = "Công tác lãnh đạo, chỉ đạo và nội dung khác"
_DONE = "Đã hoàn thành"
# reasons to look at a unit that are about what it did or sent; "not inspected" is most units'
_HOT = ("report", "finding", "coverage", "difference", "limitation")


def unit_figures(wh: Tables, period: str, unit_type: str) -> pd.DataFrame:
    """Every figure of every unit of a type below the report's scope.

    Args:
        wh: The warehouse.
        period: Key of the period.
        unit_type: ``commune``, ``agency`` or ``enterprise``.

    Returns:
        The columns of ``indicators.scope_values`` and unit_id, unit, kind, official_order, group
        (name of the pillar, or ``REST``), group_order; sorted by group, indicator and official
        order, the town first. No rows where no such unit was evaluated.
    """
    scope = report_scope(wh, period)
    came = wh.table("ref.unit_successions")
    units = within(wh.table("ref.units"), scope.scope_id, scope.ends_on, came)
    units = units[(units["unit_type"] == unit_type) & (units["unit_id"] != scope.scope_id)]
    values = of_period(wh.table("eval.indicator_values"), period)
    values = values[values["scope_id"].isin(units["unit_id"]) & (values["view"] == "as_reported")]
    about = units.rename(columns={"unit_id": "scope_id", "name": "unit"})
    about = about[["scope_id", "unit", "kind", "official_order"]]
    frame = presented(wh, values).merge(about, on="scope_id")
    named = {
        pillar.id: (pillar.order, pillar.label_vi)
        for pillar in load_catalogue().pillars.values()
        if pillar.in_force(scope.ends_on)
    }
    placed = [named.get(str(pillar), (len(named) + 1, REST)) for pillar in frame["pillar"]]
    frame = frame.assign(
        unit_id=frame["scope_id"],
        group_order=pd.Series([order for order, _ in placed], frame.index, dtype="int64"),
        group=pd.Series([label for _, label in placed], frame.index, dtype="str"),
    )
    order = ["group_order", "place", "indicator", "official_order", "unit_id"]
    return frame.sort_values(order, ignore_index=True)


def duties_by_state(wh: Tables, period: str) -> pd.DataFrame:
    """Days until which a duty had, or still has, to be fulfilled.

    Returns:
        duty, passed_on and due_on (days, or NaT): the last deadline that units missed, and the
        one that units which have not fulfilled the duty still have.
    """
    rows = of_period(wh.table("eval.duties"), period)
    latest = rows.groupby(["duty", "state"])["due_on"].max().reset_index()
    frame = pd.DataFrame({"duty": rows["duty"].drop_duplicates().sort_values()})
    for name, state in (("passed_on", "not_done"), ("due_on", "not_yet_due")):
        days = latest[latest["state"] == state].set_index("duty")["due_on"]
        # not by map: of no days at all it makes numbers, which days cannot be put into
        frame[name] = days.reindex(frame["duty"]).to_numpy()
    return frame.reset_index(drop=True)


def programme_tasks(wh: Tables, period: str) -> pd.DataFrame:
    """Tasks of the year's programme as last told.

    Returns:
        task_code, task, owner, due_on, status, progress, done_on, result, is_open, is_overdue
        (open although its day had passed at the cut-off); in order of the day they are due.
    """
    rows = _newest(of_period(wh.table("core.registers_programme_tasks"), period), "task_code")
    return _judged(rows, report_scope(wh, period).data_to, "task_code")


def conclusions(wh: Tables, period: str) -> pd.DataFrame:
    """What meetings of the committee charged people with, as last told.

    Returns:
        conclusion_code, met_on, task, owner, due_on, status, done_on, origin, is_open, is_overdue,
        is_last (of the last meeting in the register); in order of the day they are due.
    """
    rows = of_period(wh.table("core.registers_conclusions"), period)
    frame = _judged(
        _newest(rows, "conclusion_code"), report_scope(wh, period).data_to, "conclusion_code"
    )
    return frame.assign(is_last=frame["met_on"] == frame["met_on"].max())


def meetings(wh: Tables, period: str) -> pd.DataFrame:
    """Meetings of the committee in order: held_on, kind, content, conclusions, notice_number."""
    rows = of_period(wh.table("core.registers_committee_meetings"), period)
    columns = ["held_on", "kind", "content", "summoned", "present", "conclusions", "notice_number"]
    return rows.sort_values(["held_on", "row"], ignore_index=True)[columns]


def hot_spots(wh: Tables, period: str) -> pd.DataFrame:
    """Units with reasons to look at them other than that nobody has inspected them.

    Returns:
        unit_id, unit, official_order, reasons (how many kinds), text (all of them, in words); in
        official order, so that nothing is ranked.
    """
    rows = of_period(wh.table("eval.targeting"), period)
    rows = rows[rows["reason"].isin(_HOT)].sort_values(["unit_id", "reason"])
    told = rows.groupby("unit_id").agg(reasons=("reason", "size"), text=("text_vi", " ".join))
    units = wh.table("ref.units")[["unit_id", "name", "official_order"]]
    frame = told.reset_index().merge(units.rename(columns={"name": "unit"}), on="unit_id")
    ordered = frame.sort_values(["official_order", "unit_id"], ignore_index=True)
    return ordered[["unit_id", "unit", "official_order", "reasons", "text"]]


def _newest(rows: pd.DataFrame, code: str) -> pd.DataFrame:
    """Each thing once, as the last file told it: a year has it from each of its halves."""
    ordered = rows.sort_values(["submission_id", "row"])
    return ordered.drop_duplicates(["unit_id", code], keep="last")


def _judged(rows: pd.DataFrame, day: dt.date, code: str) -> pd.DataFrame:
    is_open = rows["status"] != _DONE
    overdue = is_open & (rows["due_on"] < pd.Timestamp(day))
    frame = rows.assign(is_open=is_open, is_overdue=overdue)
    return frame.sort_values(["due_on", code], ignore_index=True).drop(
        columns=["submission_id", "row", "period"]
    )
