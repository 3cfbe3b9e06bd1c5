"""A table of a page as a workbook, and the link that downloads it: no server, no second file.

Belongs here: cells of a workbook from cells of a page, the data address. Does not belong here:
the table on the page (``annex``), papers as workbooks (``papers``).
"""

from __future__ import annotations

import base64
import datetime as dt
import html
import math
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.stamping import workbook_bytes
from pipelines.reports.columns import FIGURES, Column
from pipelines.vietnamese.numbers import NO_DATA
from pipelines.vietnamese.text import fold, neutralise_formula

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEET = "Biểu"
_DETAIL = " (chi tiết)"
_GROUP = "Nhóm"
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)(?P<whole>\d{1,3}(?:\.\d{3})+|\d+)(?:,(?P<part>\d+))?(?P<rate>%?)"
)
_BREAK = re.compile(r"<br\s*/?>|<small>")
# where a series breaks: said behind the number, which stays one
_BROKEN = re.compile(
    r'<span class="qcdc-break"[^>]*>┆<sup>(\([\d,]+\))</sup></span>(.*)', re.DOTALL
)
_TAG = re.compile(r"<[^>]*>")
_WIDEST, _NARROWEST = 60.0, 9.0


@dataclass(frozen=True)
class Sheet:
    """What a table says beside its rows.

    Attributes:
        title: "Biểu số 01: Số liệu chính".
        illustrative: Whether "SỐ LIỆU MINH HỌA" stands in the sheet.
        unit: "Đơn vị tính".
        remark: Below the table.
        group: Field whose values stand in a first column.
        total: Whether the last row is a total, in bold and without a running number.
    """

    title: str
    illustrative: bool
    unit: str = ""
    remark: str = ""
    group: str = ""
    total: bool = False


@dataclass(frozen=True)
class _Cell:
    """A value of a workbook: number with its format, day, text, or nothing."""

    value: float | dt.date | dt.datetime | str | None
    form: str = ""
    detail: str = ""


def workbook(frame: pd.DataFrame, columns: Sequence[Column], sheet: Sheet) -> bytes:
    """The file of a table.

    Args:
        frame: Rows as they stand on the page.
        columns: What is shown.
        sheet: Title and remarks.

    Returns:
        Bytes of an ``.xlsx`` file, equal for equal arguments. Figures are numbers, unrounded where
        the frame has them; what is missing says so; no text is ever a formula.
    """
    book = Workbook()
    page = book.worksheets[0]
    page.title = _SHEET
    headings, rows = _grid(frame, columns, sheet.group)
    top = _head(page, sheet, len(headings))
    for at, heading in enumerate(headings, start=1):
        ws.put(page, top, at, _safe(heading), font=ws.BOLD, align=ws.CENTRE, fill=ws.GREY)
    if sheet.total and rows:
        rows[-1][0] = _Cell(None)
    for down, row in enumerate(rows, start=top + 1):
        font = ws.BOLD if sheet.total and down == top + len(rows) else ws.FONT
        for at, cell in enumerate(row, start=1):
            _put(page, down, at, cell, font)
    _finish(page, sheet, headings, rows, top)
    return workbook_bytes(book, [])


def link(data: bytes, title: str) -> str:
    """Markup of a link that saves bytes as a workbook named after a title."""
    address = f"data:{MEDIA};base64,{base64.b64encode(data).decode('ascii')}"
    label = html.escape(f"Tải về dạng Excel: {title.partition(': ')[2] or title}")
    return (
        f'<a class="qcdc-export" download="{file_name(title)}" href="{address}"'
        f' aria-label="{label}" title="{label}">Tải Excel</a>'
    )


def file_name(title: str) -> str:
    """A file name of plain letters from a title: "bieu-so-01-so-lieu-chinh.xlsx"."""
    letters = re.sub(r"[^a-z0-9]+", "-", fold(title).lower()).strip("-")
    return f"{letters[:60].strip('-') or 'bieu'}.xlsx"


def _grid(
    frame: pd.DataFrame, columns: Sequence[Column], group: str
) -> tuple[list[str], list[list[_Cell]]]:
    """Headings and cells from left to right; small print of cells in a column of its own."""
    records = frame.to_dict("records")
    headings, strips = ["TT"], [[_Cell(float(n), "0") for n in range(1, len(records) + 1)]]
    if group:
        headings.append(_GROUP)
        strips.append([_Cell(_plain(row[group])) for row in records])
    for column in columns:
        cells = [_cell(row, column) for row in records]
        headings.append(column.label)
        strips.append(cells)
        if any(cell.detail for cell in cells):
            headings.append(column.label + _DETAIL)
            strips.append([_Cell(cell.detail or None) for cell in cells])
    return headings, [list(row) for row in zip(*strips, strict=True)]


def _cell(row: Mapping[Hashable, Any], column: Column) -> _Cell:
    value = row.get(column.field)
    text, _, detail = _plain(value).partition("\n")
    if column.kind == "badge":
        return _Cell("" if pd.isna(value) else "khớp" if value else "không khớp")  # type: ignore[call-overload] # a scalar cell
    if column.kind == "flag":
        return _Cell(NO_DATA if pd.isna(value) else "Có" if value else "Không")  # type: ignore[call-overload] # a scalar cell
    if isinstance(value, pd.Timestamp | dt.date):
        return _day(value, timed=column.kind == "time")
    if column.kind in {"count", "percent"} and _is_number(value):
        return _Cell(
            float(value), '0.00"%"' if column.kind == "percent" else _form("", float(value))
        )
    if column.kind in FIGURES:
        behind = row.get(column.value) if column.value else getattr(value, "value", None)
        return _figure(text, detail, behind, value)
    return _Cell(text if not detail else f"{text} {detail}")


def _day(value: pd.Timestamp | dt.date, *, timed: bool) -> _Cell:
    if pd.isna(value):
        return _Cell(NO_DATA)
    if timed and isinstance(value, pd.Timestamp):
        return _Cell(value.tz_localize(None).to_pydatetime(), f"{ws.DATE_FORMAT} hh:mm")
    return _Cell(dt.date(value.year, value.month, value.day), ws.DATE_FORMAT)


def _figure(text: str, detail: str, behind: object, value: object) -> _Cell:
    """A figure as a number; a ready text that is none stays a text."""
    for known in (behind, value):
        if _is_number(known):
            return _Cell(float(known), _form(text, float(known)), detail)
    read = _NUMBER.fullmatch(text)
    if read is None:
        return _Cell(text or None, "", detail)
    digits = read["whole"].replace(".", "") + (f".{read['part']}" if read["part"] else "")
    number = float(f"{read['sign'].strip('+')}{digits}")
    return _Cell(number, _form(text, number), detail)


def _is_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


def _form(text: str, number: float) -> str:
    """The number format that shows a number as its text does."""
    read = _NUMBER.match(text)
    decimals = len(read["part"] or "") if read else 0 if number.is_integer() else 2
    form = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f'{form}"%"' if read and read["rate"] else form


def _plain(value: object) -> str:
    """The words of a cell: markup taken off, small print after a line end."""
    shown = getattr(value, "markup", None)
    if isinstance(shown, str):
        markup = _BROKEN.sub(r"\2<small>đứt \1", shown)
        markup = _BREAK.sub("\n", markup)
        lines = [" ".join(line.split()) for line in _TAG.sub("", markup).split("\n")]
        return html.unescape("\n".join([lines[0], " · ".join(filter(None, lines[1:]))]).strip())
    if isinstance(value, float) and math.isnan(value):
        return NO_DATA
    if value is None or value is pd.NA or value is pd.NaT:
        return NO_DATA
    return str(value)


def _put(page: Worksheet, row: int, column: int, cell: _Cell, font: Font) -> None:
    number = isinstance(cell.value, float)
    value = _safe(cell.value) if isinstance(cell.value, str) else cell.value
    align = ws.RIGHT if number else ws.CENTRE if cell.form else ws.LEFT
    made = ws.put(page, row, column, value, font=font, align=align)
    if cell.form:
        made.number_format = cell.form


def _safe(text: str) -> str | None:
    return neutralise_formula(text) or None


def _head(page: Worksheet, sheet: Sheet, last: int) -> int:
    """Lines above the table; returns the row of the headings."""
    lines = [(sheet.title, ws.TITLE)]
    if sheet.illustrative:
        lines.insert(0, (ws.BANNER, ws.RED))
    if sheet.unit:
        lines.append((f"Đơn vị tính: {sheet.unit}", ws.ITALIC))
    for row, (text, font) in enumerate(lines, start=1):
        if last > 1:
            page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=last)
        ws.put(page, row, 1, _safe(text), font=font, align=ws.CENTRE, boxed=False)
    return len(lines) + 2


def _finish(
    page: Worksheet, sheet: Sheet, headings: list[str], rows: list[list[_Cell]], top: int
) -> None:
    """Widths, frozen heading, filter, remark, paper."""
    for at, heading in enumerate(headings):
        texts = [str(row[at].value or "") for row in rows]
        longest = max([len(text) for text in texts] + [len(word) for word in heading.split()])
        width = 5.0 if at == 0 else min(max(longest + 2.0, _NARROWEST), _WIDEST)
        page.column_dimensions[get_column_letter(at + 1)].width = width
    page.freeze_panes = f"A{top + 1}"
    end = f"{get_column_letter(len(headings))}{top + max(len(rows), 1)}"
    page.auto_filter.ref = f"A{top}:{end}"
    if sheet.remark:
        below = top + len(rows) + 2
        ws.put(page, below, 1, _safe(sheet.remark), font=ws.ITALIC, align=ws.FLAT, boxed=False)
    ws.print_setup(page, landscape=True, repeat=f"{top}:{top}", illustrative=sheet.illustrative)
