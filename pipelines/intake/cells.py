"""Values of every cell with content, by the fast reader, completed and audited by the scan.

Belongs here: bytes → one row per non-empty cell. Does not belong here: what a value means.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from openpyxl import load_workbook
from python_calamine import CalamineError, CalamineWorkbook

from pipelines.intake.container import (
    Container,
    SheetScan,
    UnreadableWorkbook,
    letters,
    split_address,
)

COLUMNS = ["sheet", "row", "column", "cell", "kind", "text", "number", "is_formula"]
_Row = tuple[str, int, int, str, str, str | None, float | None, bool]


@dataclass(frozen=True)
class CellRead:
    """Cells of a workbook.

    Attributes:
        frame: One row per non-empty cell, columns ``COLUMNS``; ``kind`` is ``text``, ``number``,
            ``bool``, ``date``, ``error`` or ``formula_empty``; dates stand in ``text`` (ISO).
        fallbacks: Sheets that the slow reader had to read.
    """

    frame: pd.DataFrame
    fallbacks: tuple[str, ...]


def read_cells(data: bytes, scan: Container) -> CellRead:
    """Read every non-empty cell of every sheet, hidden ones too.

    Args:
        data: The file's bytes.
        scan: The container's scan; its counts decide whether the fast reader is believed.

    Raises:
        UnreadableWorkbook: Neither reader finds the cells that the scan counted.
    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except CalamineError:
        book = None
    parts, fallbacks = [], []
    for sheet in scan.sheets:
        rows = list(_fast(book, sheet)) if book is not None else []
        if len(rows) != sheet.cells:
            rows = list(_slow(data, sheet))
            fallbacks.append(sheet.name)
        if len(rows) != sheet.cells:
            raise UnreadableWorkbook(
                "cells_differ",
                f"Trang {sheet.name}: đếm được {sheet.cells} ô nhưng chỉ đọc được {len(rows)} ô;"
                " lưu lại thành .xlsx rồi gửi lại.",
            )
        parts += rows
    frame = pd.DataFrame(parts, columns=COLUMNS).astype(
        {"sheet": "str", "cell": "str", "kind": "str", "text": "str", "number": "float64"}
    )
    return CellRead(frame, tuple(fallbacks))


def _fast(book: CalamineWorkbook, sheet: SheetScan) -> Iterator[_Row]:
    if not sheet.cells:
        return
    try:
        values = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
    except CalamineError:
        return
    special = sheet.errors.keys() | sheet.unvalued
    names = [letters(column) for column in range(1, sheet.last_column + 1)]
    for row, line in enumerate(values, start=1):
        for column, (letter, value) in enumerate(zip(names, line, strict=False), start=1):
            if value == "" or value is None or (isinstance(value, str) and not value.strip()):
                continue
            cell = f"{letter}{row}"
            if cell not in special:
                kind, text, number = _typed(value)
                yield sheet.name, row, column, cell, kind, text, number, cell in sheet.formulas
    yield from _special(sheet)


def _special(sheet: SheetScan) -> Iterator[_Row]:
    """What no reader gives: error cells, formulas that were never computed or are blank text."""
    for cell, text in sheet.errors.items():
        row, column = split_address(cell)
        yield sheet.name, row, column, cell, "error", text, None, cell in sheet.formulas
    for cell in sorted(sheet.unvalued - sheet.errors.keys()):
        row, column = split_address(cell)
        yield sheet.name, row, column, cell, "formula_empty", None, None, True


def _typed(value: object) -> tuple[str, str | None, float | None]:
    if isinstance(value, bool):
        return "bool", None, float(value)
    if isinstance(value, int | float):
        return "number", None, float(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return "date", value.date().isoformat() if midnight else value.isoformat(), None
    if isinstance(value, dt.date | dt.time):
        return "date", value.isoformat(), None
    if isinstance(value, dt.timedelta):
        return "number", None, value.total_seconds() / 86_400
    return "text", str(value), None


def _slow(data: bytes, sheet: SheetScan) -> Iterator[_Row]:
    """The same by openpyxl, for sheets that the fast reader does not see whole."""
    try:
        values = load_workbook(io.BytesIO(data), data_only=True)
        written = load_workbook(io.BytesIO(data), data_only=False)
    except (ValueError, KeyError, TypeError):
        return
    if sheet.name not in values.sheetnames:
        return
    cached = values[sheet.name]
    for line in written[sheet.name].iter_rows():
        for cell in line:
            raw = cell.value
            if raw is None or (isinstance(raw, str) and not raw.strip()):
                continue
            where, formula = cell.coordinate, cell.data_type == "f"
            value = cached[where].value if formula else raw
            if where in sheet.errors:
                kind, text, number = "error", sheet.errors[where], None
            elif value is None or (isinstance(value, str) and not value.strip()):
                kind, text, number = "formula_empty", None, None
            else:
                kind, text, number = _typed(value)
            row, column = split_address(where)
            yield sheet.name, row, column, where, kind, text, number, formula
