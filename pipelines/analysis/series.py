"""Figures of a longer period part by part, with the places where the thread breaks.

Belongs here: ``eval.series`` of the report's scope with names, texts and numbered reasons; a year
beside the one before. Does not belong here: finding breaks (``evaluation.series``), what a table
or picture looks like (``reports``).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.comparisons import compared
from pipelines.analysis.indicators import fraction, of_money
from pipelines.analysis.scope import of_period, report_scope
from pipelines.analysis.setting import setting
from pipelines.analysis.shown import (
    NONE,
    NOT_APPLICABLE,
    NOTHING_HAPPENED,
    show,
    show_coverage,
    show_difference,
    show_percent_change,
)
from pipelines.vietnamese.numbers import NO_DATA

# the beginnings of reasons in eval.series.why
_REASON = re.compile(r"\s*(?=(?:Pháp luật|Địa giới, đơn vị|Định nghĩa): )")
# what stands in place of a value that cannot be carried to today's map
_INSTEAD = {"not_splittable": "không tách được", "listed": "theo từng đơn vị cũ"}
_SHORT = {
    "6 tháng đầu năm ": "Đầu năm ",
    "6 tháng cuối năm ": "Cuối năm ",
    "Năm ": "",
}


@dataclass(frozen=True)
class Series:
    """A longer period part by part.

    Attributes:
        parts: Short names of the parts by key, in calendar order.
        rows: One row per figure and part: group, indicator, label, unit_vi, format, digits,
            headline, part, part_label, value, shown, fraction, coverage_shown (empty when all
            units have reported), break_before, breaks (numbers of reasons), is_first, is_last.
        figures: One row per figure in the order of ``compared``: group, indicator, label,
            headline, format, shown and fraction (of the whole period), change_shown and
            change_why (first known part to the last).
        reasons: The reasons of all breaks, by number: "Từ năm 2019: …".
        moved: Whether the figures stand on today's map, because the map changed in between.
    """

    parts: dict[str, str]
    rows: pd.DataFrame
    figures: pd.DataFrame
    reasons: dict[int, str]
    moved: bool = False


def series(wh: Tables, period: str) -> Series:
    """The parts of a longer period side by side.

    Args:
        wh: The warehouse.
        period: Key of a year or review; another period has no parts and no rows.

    Returns:
        Figures in the order and groups of ``compared``. What is unknown says so and is no zero.
    """
    full = setting(wh, period).parts
    parts = {key: short_name(name) for key, name in full.items()}
    scope = report_scope(wh, period).scope_id
    said = of_period(wh.table("eval.series"), period)
    said = said[said["scope_id"] == scope]
    # where the map changed, the figures on today's map
    today = said["view"] == "as_today"
    moved = bool(today.any())
    said = said[today if moved else ~today]
    about = compared(wh, period, counts=True)
    columns = ["group", "indicator", "label", "unit_vi", "format", "digits", "headline", "divided"]
    figures = about[columns].assign(place=range(len(about)))
    rows = figures.merge(said, on="indicator", how="inner")
    order = {key: place for place, key in enumerate(parts)}
    rows = rows.assign(at=rows["part"].map(order)).sort_values(["place", "at"], ignore_index=True)
    reasons = _numbered(rows, full)
    texts = pd.DataFrame(
        [_texts(row, full, reasons) for row in rows.to_dict("records")],
        index=rows.index,
        columns=["part_label", "shown", "fraction", "coverage_shown", "breaks"],
    )
    rows = pd.concat([rows, texts], axis=1)
    figures = figures.assign(shown=about["shown"], fraction=about["fraction"])
    figures = figures[figures["indicator"].isin(rows["indicator"])]
    changes = [_change(rows[rows["indicator"] == name]) for name in figures["indicator"]]
    told = pd.DataFrame(changes, columns=["change_shown", "change_why"], index=figures.index)
    numbered = {number: text for text, number in reasons.items()}
    return Series(parts, rows, pd.concat([figures, told], axis=1), numbered, moved)


def beside_last_year(wh: Tables, period: str) -> pd.DataFrame:
    """Figures of a period beside those of the same period a year before.

    Args:
        wh: The warehouse.
        period: Key of the period, usually a year.

    Returns:
        The columns of ``compared`` and percent: by how many percent a count has changed; NONE
        for rates, whose difference already is in percentage points, and where the two must not
        be compared; "chưa có số liệu" where one is missing.
    """
    frame = compared(wh, period, counts=True)
    said = of_period(wh.table("eval.comparisons"), period)
    said = said[said["against"] == "same_period"].set_index(["scope_id", "indicator"])
    percents = []
    for row in frame.to_dict("records"):
        key = (row["scope_id"], row["indicator"])
        before = said["reference"].get(key)
        if row["value"] is None or pd.isna(row["value"]) or before is None or pd.isna(before):
            percents.append(NO_DATA)
        elif row["format"] in {"rate", "ratio"} or not row["same_difference"]:
            percents.append(NONE)
        else:
            percents.append(show_percent_change(row["value"], before))
    return frame.assign(percent=pd.Series(percents, frame.index, dtype="str"))


def short_name(name: str) -> str:
    """A part's name as a column has it: "Năm 2019" is 2019, "6 tháng đầu năm 2021" half as long."""
    for start, shorter in _SHORT.items():
        if name.startswith(start):
            return (shorter + name.removeprefix(start)).strip()
    return name


def _numbered(rows: pd.DataFrame, parts: Mapping[str, str]) -> dict[str, int]:
    """Every reason with the part from which it holds, numbered by time and then as they appear."""
    broken = rows[rows["break_before"].astype(bool)].sort_values(["at", "place"], kind="stable")
    found = [
        _told(reason, parts[row["part"]])
        for row in broken.to_dict("records")
        for reason in _split(row["why"])
    ]
    return {text: number for number, text in enumerate(dict.fromkeys(found), start=1)}


def _split(why: object) -> list[str]:
    return [text for text in _REASON.split(str(why)) if text]


def _told(reason: str, part: str) -> str:
    return f"Từ {part[:1].lower()}{part[1:]}: {reason[:1].lower()}{reason[1:]}"


def _texts(
    row: Mapping[Hashable, Any], parts: Mapping[str, str], reasons: Mapping[str, int]
) -> dict[str, object]:
    display, digits = str(row["format"]), int(row["digits"])
    top, bottom, value = (_number(row[name]) for name in ("numerator", "denominator", "value"))
    shown = show(value, display, digits, numerator=top, denominator=bottom)
    if row["state"] == "not_applicable":
        shown = NOTHING_HAPPENED if bottom == 0 else NOT_APPLICABLE
    shown = _INSTEAD.get(str(row["state"]), shown)
    partial = pd.notna(row["expected_units"]) and row["coverage"] < 1
    part = parts[str(row["part"])]
    broken = _split(row["why"]) if row["break_before"] else []
    return {
        "part_label": short_name(part),
        "shown": shown,
        "fraction": fraction(top, bottom, money=row["indicator"] in of_money())
        if row["divided"] and display == "rate"
        else "",
        "coverage_shown": show_coverage(int(row["reporting_units"]), int(row["expected_units"]))
        if partial
        else "",
        "breaks": [reasons[_told(reason, part)] for reason in broken],
    }


def _change(rows: pd.DataFrame) -> dict[str, str]:
    """From the first known part to the last; why it is not told."""
    first, last = (rows[rows[name].astype(bool)] for name in ("is_first", "is_last"))
    if first.empty:
        return {"change_shown": NO_DATA, "change_why": ""}
    if first.index[0] == last.index[0]:
        return {"change_shown": NONE, "change_why": "chỉ có số liệu của một kỳ"}
    between = rows.loc[first.index[0] : last.index[0]].iloc[1:]
    if between["break_before"].astype(bool).any():
        return {"change_shown": NONE, "change_why": "có chỗ đứt"}
    change = last["from_first"].iloc[0]
    if pd.isna(change):
        return {"change_shown": NONE, "change_why": "chưa đủ đơn vị"}
    row = last.iloc[0]
    text = show_difference(float(change), str(row["format"]), int(row["digits"]))
    return {"change_shown": text, "change_why": ""}


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[arg-type, call-overload] # a scalar
