"""Values of every cell with content, by the fast reader, completed and audited by the scan.

Belongs here: bytes → one row per non-empty cell. Does not belong here: what a value means.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from openpyxl import load_workbook
from python_calamine import CalamineError, CalamineWorkbook

from pipelines.intake.cell_table import CellTable, objects
from pipelines.intake.container import Container
from pipelines.intake.refusal import ARCHIVE_ERRORS, UnreadableWorkbook
from pipelines.intake.sheet_scan import (
    COLUMN_BITS,
    LAST_COLUMN,
    CellType,
    SheetScan,
    address,
    letters,
    split_area,
    unpack,
)
from pipelines.intake.styles import PLAIN

COLUMNS = [
    "sheet",
    "row",
    "column",
    "cell",
    "kind",
    "text",
    "number",
    "is_formula",
    "number_format",
    "font",
    "is_hidden",
]
_Typed = tuple[str, str | None, float | None]
_Result = TypeVar("_Result")
_DAY_SECONDS = 86_400
_TEXT_TYPE, _NUMBER_TYPE = int(CellType.TEXT), int(CellType.NUMBER)
# the compiled reader's own error; what it passes on from reading and from making dates
_FAST_ERRORS = (CalamineError, OSError, ValueError, OverflowError)
# what openpyxl raises on workbooks it cannot make sense of
_SLOW_ERRORS = (
    *ARCHIVE_ERRORS,
    SyntaxError,  # of either XML parser that openpyxl may use
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
)


@dataclass(frozen=True)
class CellRead:
    """Cells of a workbook.

    Attributes:
        table: One row per non-empty cell in sheet and row order, columns ``COLUMNS``; ``row`` and
            ``column`` are 1-based; ``kind`` is ``text``, ``number``, ``bool``, ``date``,
            ``error`` or ``formula_empty``; dates stand in ``text`` (ISO), booleans in ``number``
            (1 or 0), error texts in ``text``. A formula whose result is an empty text has kind
            ``text``; one that no program has computed yet is ``formula_empty``.
            ``number_format`` is missing for General, ``font`` for all but fonts of the old
            encodings; ``is_hidden`` says that the cell is not to be seen: its row, column or
            sheet is hidden, or a merged range covers it.
        fallbacks: Sheets that the slow reader had to read.
    """

    table: CellTable
    fallbacks: tuple[str, ...]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The table as a frame."""
        return self.table.frame()


# a sheet's values at the scan's places, and how many cells with content the reader saw
Reading = tuple[list[Any], int]
NOTHING: Reading = ([], -1)
Fallback = Callable[[bytes, SheetScan], Reading]


def read_slowly(data: bytes, sheet: SheetScan) -> Reading:
    """A sheet by openpyxl, for sheets that the fast reader does not see whole."""
    values: dict[tuple[int, int], Any] = {}
    try:
        # read-only mode keeps what lies under merged cells, and believes no stated dimension
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        page = book[sheet.name]
        page.reset_dimensions()
        for row, line in enumerate(page.iter_rows(values_only=True), start=1):
            for column, value in enumerate(line, start=1):
                if value is not None and _has_content(value):
                    values[row, column] = value
    except _SLOW_ERRORS:
        return NOTHING
    return [values.get(unpack(place)) for place in sheet.places], len(values)


def read_cells(
    data: bytes,
    scan: Container,
    fallback: Fallback = read_slowly,
    *,
    is_fast_safe: bool = True,
) -> CellRead:
    """Read every non-empty cell of every sheet, hidden ones too.

    Args:
        data: The file's bytes.
        scan: The container's scan: its places and types decide whether a reader is believed.
        fallback: Reads a sheet that the fast reader does not see whole.
        is_fast_safe: The fast reader may see the file at all.

    Raises:
        UnreadableWorkbook: Neither reader finds the cells that the scan counted.
    """
    book = _open_fast(data) if is_fast_safe else None
    parts: list[list[_Typed]] = []
    fallbacks = []
    for sheet in scan.sheets:
        part = _believed(sheet, *_fast(book, sheet))
        if part is None:
            fallbacks.append(sheet.name)
            part = _believed(sheet, *fallback(data, sheet))
        if part is None:
            raise UnreadableWorkbook(
                "cells_differ",
                f"Trang {sheet.name}: đếm được {sheet.cells} ô có nội dung nhưng hai bộ đọc"
                " không đọc được đúng các ô ấy; mở lại, lưu thành .xlsx rồi gửi lại.",
            )
        parts.append(part)
    return CellRead(_table(scan, parts), tuple(fallbacks))


def _open_fast(data: bytes) -> CalamineWorkbook | None:
    return _tried(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)))


def _tried(call: Callable[[], _Result]) -> _Result | None:
    """What a call of the compiled reader gives, None where it fails on the file."""
    try:
        return call()
    except _FAST_ERRORS:
        return None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of compiled code; has no module
            return None
        raise


def _fast(book: CalamineWorkbook | None, sheet: SheetScan) -> Reading:
    if book is None:
        return NOTHING
    if not sheet.places:
        return [], 0
    grid = _tried(lambda: book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False))
    if grid is None:
        return NOTHING
    # half a million cells: nothing is called for one of them
    found = sum(len(line) - line.count("") for line in grid)
    # of the few distinct contents hardly any is white space
    if any(isinstance(v, str) and v.isspace() for v in set().union(*grid)):
        found -= sum(isinstance(v, str) and v.isspace() for line in grid for v in line)
    height, width = len(grid), len(grid[0]) if grid else 0
    rows, columns = _rows_and_columns(np.array(sheet.places, dtype="int64"))
    values = [
        grid[row - 1][column - 1] if row <= height and column <= width else None
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    return values, found


def _rows_and_columns(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return places >> COLUMN_BITS, (places & (LAST_COLUMN - 1)) + 1


def _has_content(value: object) -> bool:
    return not isinstance(value, str) or bool(value.strip())


def _believed(sheet: SheetScan, values: list[Any], found: int) -> list[_Typed] | None:
    """What the cells hold, or None when reader and scan do not tell of the same cells."""
    if len(values) != len(sheet.places):
        return None
    rows: list[_Typed] = []
    take, seen = rows.append, 0
    for type_, value, place in zip(sheet.types, values, sheet.places, strict=True):
        # the two usual cells without a call of ours; all others below
        if type_ == _TEXT_TYPE and value.__class__ is str and value and not value.isspace():
            take(("text", value, None))
            seen += 1
        elif type_ == _NUMBER_TYPE and value.__class__ is float and value - value == 0:
            take(("number", None, value))
            seen += 1
        else:
            typed = _TYPED[type_](value, sheet, place)
            if typed is None:
                return None
            take(typed)
            seen += value is not None and _has_content(value)
    # otherwise the reader saw content where the scan saw none
    return rows if seen == found else None


def _text(value: object, _: SheetScan, __: int) -> _Typed | None:
    return ("text", value, None) if isinstance(value, str) and value.strip() else None


def _number(value: object, _: SheetScan, __: int) -> _Typed | None:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return ("number", None, float(value)) if math.isfinite(value) else None
    return _date(value)


def _date(value: object) -> _Typed | None:
    if isinstance(value, dt.datetime):
        day_only = value.time() == dt.time()
        return "date", value.date().isoformat() if day_only else value.isoformat(), None
    if isinstance(value, dt.date | dt.time):
        return "date", value.isoformat(), None
    if isinstance(value, dt.timedelta):
        return "number", None, value.total_seconds() / _DAY_SECONDS
    return None


def _iso_date(value: object, _: SheetScan, __: int) -> _Typed | None:
    return _date(value)


def _bool(value: object, _: SheetScan, __: int) -> _Typed | None:
    return ("bool", None, float(value)) if isinstance(value, bool) else None


def _error(_: object, sheet: SheetScan, place: int) -> _Typed:
    return "error", sheet.errors[address(place)], None


def _unvalued(_: object, __: SheetScan, ___: int) -> _Typed:
    return "formula_empty", None, None


def _blank_result(_: object, __: SheetScan, ___: int) -> _Typed:
    return "text", "", None


# By ``CellType``: what the scan says is stored decides what a reader may have found. Errors and
# formulas without a result are supplied by the scan, since readers drop them.
_TYPED: dict[int, Callable[[Any, SheetScan, int], _Typed | None]] = {
    CellType.TEXT: _text,
    CellType.NUMBER: _number,
    CellType.BOOL: _bool,
    CellType.ISO_DATE: _iso_date,
    CellType.ERROR: _error,
    CellType.UNVALUED: _unvalued,
    CellType.BLANK_RESULT: _blank_result,
}


def _table(scan: Container, parts: list[list[_Typed]]) -> CellTable:
    sheets, sizes = scan.sheets, [sheet.cells for sheet in scan.sheets]
    places = np.concatenate([np.array(sheet.places, dtype="int64") for sheet in sheets])
    rows, columns = _rows_and_columns(places)
    ends = np.cumsum(sizes).tolist()
    spans = [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]
    addresses = _addresses(rows, columns)
    styles = np.concatenate([_styles(sheet) for sheet in sheets])
    said = [*scan.styles, PLAIN]
    cells = list(itertools.chain.from_iterable(parts))
    kinds, texts, numbers = zip(*cells, strict=True) if cells else ((), (), ())
    hidden = [_hidden(sheet, rows[s], columns[s]) for sheet, s in zip(sheets, spans, strict=True)]
    formulas = [_formulas(sheet, addresses[s]) for sheet, s in zip(sheets, spans, strict=True)]
    return CellTable(
        {
            "sheet": np.repeat(objects([sheet.name for sheet in sheets]), sizes),
            "row": rows,
            "column": columns,
            "cell": objects(addresses),
            "kind": objects(list(kinds)),
            "text": objects(list(texts)),
            "number": np.array(numbers, dtype="float64"),
            "is_formula": np.concatenate(formulas),
            "number_format": _repeated([style.number_format for style in said], styles),
            "font": _repeated([style.font for style in said], styles),
            "is_hidden": np.concatenate(hidden),
        }
    )


def _addresses(rows: np.ndarray, columns: np.ndarray) -> list[str]:
    names = {column: letters(column) for column in np.unique(columns).tolist()}
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [f"{names[column]}{row}" for row, column in pairs]


def _formulas(sheet: SheetScan, addresses: list[str]) -> np.ndarray:
    if not sheet.formulas:
        return np.zeros(sheet.cells, dtype="bool")
    there = map(sheet.formulas.__contains__, addresses)
    return np.fromiter(there, dtype="bool", count=sheet.cells)


def _styles(sheet: SheetScan) -> np.ndarray:
    """The number of each cell's style; the last, which says nothing, where a scan tells none."""
    if len(sheet.styles) != sheet.cells:
        return np.full(sheet.cells, -1)
    return np.array(sheet.styles, dtype="int64")


def _repeated(texts: list[str | None], numbers: np.ndarray) -> np.ndarray:
    """The text of each number; the last one's for a number that is not there."""
    last = len(texts) - 1
    return objects(texts)[np.where((numbers >= 0) & (numbers < last), numbers, last)]


def _hidden(sheet: SheetScan, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Which cells nobody sees who opens the sheet."""
    if sheet.state != "visible":
        return np.ones(sheet.cells, dtype="bool")
    hidden = np.zeros(sheet.cells, dtype="bool")
    if sheet.hidden_rows:
        hidden |= np.isin(rows, list(sheet.hidden_rows))
    for first, last in sheet.hidden_columns:
        hidden |= (columns >= first) & (columns <= last)
    if not sheet.merged or not len(rows):
        return hidden
    areas = np.array([(*first, *last) for first, last in map(split_area, sheet.merged)])
    # places stand in row order
    starts = np.searchsorted(rows, areas[:, 0])
    stops = np.searchsorted(rows, areas[:, 2] + 1)
    # of an area in whose rows only its first cell stands, none is covered
    first = np.minimum(starts, len(rows) - 1)
    alone = (stops - starts == 1) & (rows[first] == areas[:, 0]) & (columns[first] == areas[:, 1])
    for n in np.flatnonzero((stops > starts) & ~alone).tolist():
        top, left, _, right = areas[n].tolist()
        start, stop = starts[n], stops[n]
        below = (columns[start:stop] >= left) & (columns[start:stop] <= right)
        below &= (rows[start:stop] > top) | (columns[start:stop] > left)
        hidden[start:stop] |= below
    return hidden
