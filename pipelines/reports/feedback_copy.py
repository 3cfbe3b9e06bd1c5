"""A workbook made from what was read, for senders whose file is no ``.xlsx``.

Belongs here: cells of any format → the same cells of a workbook. Does not belong here: reading
(``intake``), marking (``feedback_book``).
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import workbook_styles as ws
from pipelines.intake.formats.book import Book
from pipelines.intake.formats.opening import open_book
from pipelines.intake.refusal import UnreadableWorkbook
from pipelines.vietnamese.text import neutralise_formula

_WIDEST, _NARROWEST = 60, 8
_FONT = Font(name=ws.FONT_NAME, size=12)


def copied_book(source: bytes) -> Workbook | None:
    """The cells of a file, at their addresses; None where it cannot be read.

    Texts that look like formulas are texts here; formulas of the file are their results.
    """
    try:
        read = open_book(source)
    except UnreadableWorkbook:
        return None
    return _written(read)


def _written(read: Book) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    parts = dict(tuple(read.cells.groupby("sheet", sort=False)))
    for info in read.sheets:
        sheet = book.create_sheet(info.name)
        widths: dict[int, int] = {}
        for row in parts[info.name].to_dict("records") if info.name in parts else []:
            cell = {str(key): value for key, value in row.items()}
            _put(sheet, cell)
            column = int(cell["column"])
            widths[column] = max(widths.get(column, _NARROWEST), _length(cell["text"]))
        for column, width in widths.items():
            letter = sheet.cell(row=1, column=column).column_letter
            sheet.column_dimensions[letter].width = min(width + 2, _WIDEST)
    # who the file says it is: a mended copy must be taken for the same form
    for name, text in read.names.items():
        quoted = text.replace('"', '""')
        book.defined_names[name] = DefinedName(name, attr_text=f'"{quoted}"', hidden=True)
    return book


def _length(text: object) -> int:
    return len(text) if isinstance(text, str) else _NARROWEST


def _put(sheet: Worksheet, row: dict[str, Any]) -> None:
    cell = sheet.cell(row=int(row["row"]), column=int(row["column"]))
    kind, text, number = row["kind"], row["text"], row["number"]
    if kind == "bool":
        ws.assign(cell, bool(number))
    elif kind == "number" and isinstance(number, float) and math.isfinite(number):
        ws.assign(cell, int(number) if number.is_integer() else number)
    elif kind == "date" and isinstance(text, str):
        ws.assign(cell, _day(text))
        cell.number_format = ws.DATE_FORMAT
    elif isinstance(text, str):
        ws.assign(cell, neutralise_formula(text))
    shape = row["number_format"]
    if isinstance(shape, str) and kind == "number":
        cell.number_format = shape
    cell.font = _FONT


def _day(text: str) -> object:
    """The day that an ISO text names, else the text."""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return neutralise_formula(text)
