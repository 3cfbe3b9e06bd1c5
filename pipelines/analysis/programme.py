"""What was to be done and is: the programme of the year, conclusions of meetings, the plan.

Belongs here: tasks with owner, deadline and what is left, against the day the data goes to. Does
not belong here: how many of them are done (indicators), reminding anybody (``orchestration``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.opening import Opened
from pipelines.analysis.quality import leaf_periods
from pipelines.analysis.registers import inspections
from pipelines.analysis.scope import of_period

_LEFT = {"late": "quá hạn {} ngày", "done_late": "xong, sau hạn {} ngày"}
DONE, OPEN, UNDATED = "xong trong hạn", "còn thời hạn", "không ghi thời hạn"


def programme(opened: Opened) -> pd.DataFrame:
    """The tasks of the year's programme, by deadline.

    Returns:
        task, owner, due_on, status, progress (percent), done_on, situation (against the day the
        data goes to: done in time, late by days, still time).
    """
    rows = _rows(opened, "core.registers_programme_tasks", "task_code")
    rows = _with_situation(rows, opened)
    columns = ["task", "owner", "due_on", "status", "progress", "done_on", "situation"]
    return rows.sort_values(["due_on", "task_code"])[columns].reset_index(drop=True)


def conclusions(opened: Opened) -> pd.DataFrame:
    """Conclusions of meetings and what became of them, by deadline.

    Returns:
        met_on, task, owner, due_on, status, done_on, origin, situation.
    """
    rows = _rows(opened, "core.registers_conclusions", "conclusion_code")
    rows = _with_situation(rows, opened)
    columns = ["met_on", "task", "owner", "due_on", "status", "done_on", "origin", "situation"]
    return rows.sort_values(["due_on", "conclusion_code"])[columns].reset_index(drop=True)


def plan_of_year(wh: Tables, period: str) -> pd.DataFrame:
    """The plan of inspections and supervisions: kind, unit, planned_month, status, done_on."""
    frame = inspections(wh, period)
    return frame[["kind", "unit", "planned_month", "status", "done_on"]]


def planned_units(wh: Tables, period: str) -> set[str]:
    """Ids of the units that the year's plan of inspections names."""
    return set(of_period(wh.table("core.registers_inspections"), period)["unit_id"].dropna())


def _rows(opened: Opened, table: str, key: str) -> pd.DataFrame:
    """Rows of a register; where the period has none itself, the newest word of its parts."""
    every = opened.wh.table(table)
    own = of_period(every, opened.period)
    if len(own) or not opened.parts:
        return own
    order = {period: at for at, period in enumerate(leaf_periods(opened))}
    parts = every[every["period"].isin(order)]
    parts = parts.assign(at=parts["period"].map(order)).sort_values("at", kind="stable")
    return parts.drop_duplicates(key, keep="last")


def _with_situation(rows: pd.DataFrame, opened: Opened) -> pd.DataFrame:
    day = pd.Timestamp(opened.scope.data_to)
    due, done = pd.to_datetime(rows["due_on"]), pd.to_datetime(rows["done_on"])
    late = (done.fillna(day) - due).dt.days
    said = [
        _situation(int(days) if pd.notna(days) else None, is_done=bool(is_done))
        for days, is_done in zip(late, done.notna(), strict=True)
    ]
    return rows.assign(situation=pd.Series(said, rows.index, dtype="str"))


def _situation(days: int | None, *, is_done: bool) -> str:
    if days is None:
        return UNDATED
    if days <= 0:
        return DONE if is_done else OPEN
    return _LEFT["done_late" if is_done else "late"].format(days)
