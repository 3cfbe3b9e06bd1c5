"""Tables that stand between the sentences of a report.

Belongs here: a year beside the one before, a longer period part by part, duties of the law. Does
not belong here: annexes (``composed``), making the frames (``analysis``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from pipelines.reports.narrative_values import Values, shown_honestly
from pipelines.reports.papers.model import Column, Row, Run, Table

_MILLIONS = " triệu đồng"
_PARTS = "parts"  # the frame of a longer period, a row per figure and part


def table_of(item: str, values: Values, said: Sequence[str]) -> Table | None:
    """The table of an item of an outline; None where it would be empty.

    Args:
        item: ``table:compared``, ``table:by_part`` or ``table:duties``.
        values: What it is made from.
        said: Indicators of the sentences before it in its section.
    """
    return _TABLES[item](values, said)


def _compared(values: Values, said: Sequence[str]) -> Table | None:
    """Headline figures, or those just told, beside the same period a year before."""
    rows = [
        figure
        for name, figure in values.figures.items()
        if (name in said if said else figure.get("headline")) and figure.get("same_shown")
    ]
    if not rows:
        return None
    label = str(rows[0]["same_label"])
    return Table(
        title="So sánh số liệu chính với cùng kỳ",
        columns=(
            Column("TT", width=0.5, align="center"),
            Column("Chỉ tiêu", width=4),
            Column("Kỳ này", align="right"),
            Column(label, align="right"),
            Column("Tăng (+), giảm (-)", align="right", width=1.3),
            Column("Tỷ lệ tăng, giảm", align="right", width=1.2),
        ),
        rows=tuple(_compared_row(n, row) for n, row in enumerate(rows, start=1)),
        notes=tuple(dict.fromkeys(_why(row) for row in rows if _why(row))),
    )


def _compared_row(number: int, figure: Mapping[str, Any]) -> Row:
    change = figure["same_difference"] or "–"
    percent = figure.get("same_percent") or "–"
    return Row(
        (
            Run(str(number)),
            Run(_with_unit(figure)),
            Run(shown_honestly(figure), figure=figure.get("figure_id")),
            Run(str(figure["same_shown"])),
            Run(str(change)),
            Run(str(percent)),
        ),
        values=(None, None, _number(figure.get("value")), None, None, None),
    )


def _with_unit(figure: Mapping[str, Any]) -> str:
    unit = figure.get("unit_vi") or ""
    rate = figure.get("format") in {"rate", "ratio"}
    return str(figure["label"]) + (f" ({unit})" if unit and not rate else "")


def _why(figure: Mapping[str, Any]) -> str:
    why = figure.get("same_why")
    return f"{figure['label']}: không so sánh được, {why}" if why else ""


def _by_part(values: Values, said: Sequence[str]) -> Table | None:
    """Figures of a longer period that were just told, else the headline ones: a column per part."""
    rows = values.rows.get(_PARTS)
    if rows is None or rows.empty:
        return None
    rows = rows[rows["indicator"].isin(said) if said else rows["headline"].astype(bool)]
    rows = rows[~rows["indicator"].isin(_unknown(rows))]
    if rows.empty:
        return None
    parts = list(dict.fromkeys(rows["part_label"]))
    lines = []
    for number, (_, mine) in enumerate(rows.groupby("indicator", sort=False), start=1):
        label, mine = _in_millions(str(mine["label"].iloc[0]), mine)
        by_part = mine.set_index("part_label")
        cells = [Run(str(number)), Run(label), *(_part(by_part, part) for part in parts)]
        numbers = [_number(by_part["value"].get(part)) for part in parts]
        lines.append(Row(tuple(cells), values=(None, None, *numbers)))
    return Table(
        title="Số liệu qua từng năm" if said else "Số liệu chính qua từng năm",
        columns=(
            Column("TT", width=0.5, align="center"),
            Column("Chỉ tiêu", width=4),
            *(Column(part, align="right") for part in parts),
        ),
        rows=tuple(lines),
        notes=_reasons(values, rows),
    )


def _in_millions(label: str, rows: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Sums of money say their unit once, beside the label, where all are in the same one."""
    known = rows.loc[rows["value"].notna(), "shown"]
    if len(known) and known.str.endswith(_MILLIONS).all():
        rows = rows.assign(shown=rows["shown"].str.removesuffix(_MILLIONS))
        label = f"{label} ({_MILLIONS.strip()})"
    return label, rows


def _unknown(rows: pd.DataFrame) -> list[str]:
    """Figures that are known of no part."""
    known = rows.groupby("indicator")["value"].count()
    return list(known.index[known == 0])


def _reasons(values: Values, rows: pd.DataFrame) -> tuple[str, ...]:
    """Why the thread breaks where a number in brackets stands."""
    told = values.rows.get("part_reasons")
    if told is None:
        return ()
    used = {number for numbers in rows["breaks"] for number in numbers}
    return tuple(told.loc[told["number"].isin(used), "text"])


def _part(by_part: pd.DataFrame, part: str) -> Run:
    if part not in by_part.index:
        return Run("…")
    row = {str(name): value for name, value in by_part.loc[part].to_dict().items()}
    marks = "".join(f"[{number}]" for number in row["breaks"])
    figure = row.get("figure_id")
    return Run(f"{row['shown']}{' ' if marks else ''}{marks}", figure=figure if figure else None)


def _duties(values: Values, _said: Sequence[str]) -> Table | None:
    """How many units fulfil each duty of the law."""
    rows = values.rows.get("duties")
    if rows is None or rows.empty:
        return None
    columns = ("owed", "done", "not_done", "not_yet_due", "missing")
    labels = ("Phải thực hiện", "Đã thực hiện", "Chưa thực hiện", "Còn thời hạn", "Chưa có số liệu")
    lines = []
    for number, row in enumerate(rows.to_dict("records"), start=1):
        counts = [_number(row[name]) for name in columns]
        cells = [Run(f"{count:.0f}") if count is not None else Run("…") for count in counts]
        told = (Run(str(number)), Run(str(row["label"])), *cells)
        lines.append(Row(told, values=(None, None, *counts)))
    return Table(
        title="Nghĩa vụ theo luật",
        columns=(
            Column("TT", width=0.5, align="center"),
            Column("Nghĩa vụ", width=4),
            *(Column(label, align="right") for label in labels),
        ),
        rows=tuple(lines),
        unit_vi="đơn vị",
    )


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type, call-overload] # a scalar


_TABLES: Mapping[str, Callable[[Values, Sequence[str]], Table | None]] = {
    "table:compared": _compared,
    "table:by_part": _by_part,
    "table:duties": _duties,
}
