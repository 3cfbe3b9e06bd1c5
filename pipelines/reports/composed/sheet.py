"""From a frame to a table of a paper: running numbers, groups of rows, a total.

Belongs here: how rows become cells, what stands for a missing value. Does not belong here: which
columns a table has (``official``, ``behind``, ``unit_tables``), how a table looks (``papers``).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from pipelines.reports.papers.model import Column, Row, Run, Table
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import NO_DATA, format_number, format_rate

Kind = Literal["text", "short", "number", "count", "percent", "date", "time"]
_ALIGN: Mapping[str, Literal["left", "center", "right"]] = {
    "text": "left",
    "short": "center",
    "number": "right",
    "count": "right",
    "percent": "right",
    "date": "center",
    "time": "center",
}
_TWO_DIGITS = 10


@dataclass(frozen=True)
class Field:
    """A column: field of the frame, heading, kind of content.

    Attributes:
        name: Column of the frame.
        label: Heading.
        kind: ``text``, ``short`` (centred), ``number`` (a ready text, right), ``count`` (0 stays
            0), ``percent`` (0 to 100), ``date``, ``time``.
        group: Heading above it.
        width: Relative; equal ones are as wide as what stands in them.
        formula: For the row of numbers.
        value: Column of the number behind a ready text.
        figure: Column of the id of the figure that the text is.
    """

    name: str
    label: str
    kind: Kind = "text"
    group: str | None = None
    width: float = 1.0
    formula: str | None = None
    value: str | None = None
    figure: str | None = None

    def column(self) -> Column:
        """The column of the table."""
        return Column(self.label, self.group, self.width, _ALIGN[self.kind], self.formula)


def sheet(
    frame: pd.DataFrame,
    fields: Sequence[Field],
    *,
    title: str,
    number: int | None = None,
    unit: str = "",
    notes: Sequence[str] = (),
    group: str = "",
    total: Mapping[str, object] | None = None,
) -> Table:
    """A frame as a table; "TT" comes first.

    Args:
        frame: Rows in the order they are to stand in.
        fields: What is shown.
        title: Without the number.
        number: Of the table ("Biểu số 01"); none stands without.
        unit: What everything is counted in.
        notes: Remarks below.
        group: Field whose changes put a row of its own above; not a column itself.
        total: A last row in bold, by field.
    """
    rows: list[Row] = []
    last: object = None
    for place, row in enumerate(frame.to_dict("records"), start=1):
        if group and row[group] != last:
            last = row[group]
            rows.append(Row((Run(str(last), bold=True),)))
        rows.append(_row(str(place), row, fields))
    if total is not None:
        rows.append(_row("", total, fields, strong=True))
    return Table(
        title=title,
        columns=(Column("TT", width=0.4, align="center"), *(each.column() for each in fields)),
        rows=tuple(rows),
        number=f"Biểu số {number:02d}" if number is not None else "",
        unit_vi=f"Đơn vị tính: {unit}" if unit else "",
        numbering=number is not None,
        notes=tuple(note for note in notes if note),
    )


def counted(number: int) -> str:
    """A count in running text: "07", "12"."""
    return f"{number:02d}" if number < _TWO_DIGITS else format_number(float(number))


def day(value: object) -> str:
    """A day as officials write it, or no text."""
    return "" if _is_missing(value) else format_date(pd.Timestamp(str(value)).date())


def share(part: float, whole: float) -> float | None:
    """Percent, or None of nothing."""
    return 100 * part / whole if whole else None


def _row(
    place: str, row: Mapping[Any, object], fields: Sequence[Field], *, strong: bool = False
) -> Row:
    cells = [_cell(row, each, strong=strong) for each in fields]
    return Row(
        (Run(place), *(run for run, _ in cells)),
        strong,
        (None, *(value for _, value in cells)),
    )


def _cell(row: Mapping[Hashable, Any], each: Field, *, strong: bool) -> tuple[Run, float | None]:
    value = row.get(each.name)
    text = _text(value, each.kind) if not (strong and value is None) else ""
    figure = row.get(each.figure) if each.figure else None
    named = None if _is_missing(figure) else str(figure)
    behind = row.get(each.value) if each.value else value
    number = None
    if each.kind in {"count", "percent", "number"} and not _is_missing(behind):
        number = _number(behind)
    return Run(text, figure=named), number


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:  # a ready text without its number
        return None


def _text(value: object, kind: Kind) -> str:
    if _is_missing(value):
        return NO_DATA
    if kind == "count":
        return format_number(float(str(value)))
    if kind == "percent":
        return format_rate(float(str(value)), 2)
    if kind in {"date", "time"} and isinstance(value, pd.Timestamp):
        clock = f"{value:%H:%M} " if kind == "time" else ""
        return clock + format_date(value.date())
    return str(value)


def _is_missing(value: object) -> bool:
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload] # a scalar
