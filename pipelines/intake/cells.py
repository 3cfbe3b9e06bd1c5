"""Values of every cell with content, by the fast reader, completed and audited by the scan.

Belongs here: bytes → one row per non-empty cell. Does not belong here: what a value means.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from xml.etree.ElementTree import ParseError

import numpy as np
import pandas as pd
from openpyxl import load_workbook
from python_calamine import CalamineError, CalamineWorkbook

from pipelines.intake.container import Container
from pipelines.intake.refusal import ARCHIVE_ERRORS, UnreadableWorkbook
from pipelines.intake.sheet_scan import (
    COLUMN_BITS,
    LAST_COLUMN,
    CellType,
    SheetScan,
    address,
    split_area,
    unpack,
)
from pipelines.intake.styles import Style

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
# the compiled reader's own error; what it passes on from reading and from making dates
_FAST_ERRORS = (CalamineError, OSError, ValueError, OverflowError)
# what openpyxl raises on workbooks it cannot make sense of
_SLOW_ERRORS = (
    *ARCHIVE_ERRORS,
    ParseError,
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
        frame: One row per non-empty cell in sheet and row order, columns ``COLUMNS``; ``row`` and
            ``column`` are 1-based; ``kind`` is ``text``, ``number``, ``bool``, ``date``,
            ``error`` or ``formula_empty``; dates stand in ``text`` (ISO), booleans in ``number``
            (1 or 0), error texts in ``text``. A formula whose result is an empty text has kind
            ``text``; one that no program has computed yet is ``formula_empty``.
            ``number_format`` is missing for General, ``font`` for all but fonts of the old
            encodings; ``is_hidden`` says that the cell is not to be seen: its row, column or
            sheet is hidden, or a merged range covers it.
        fallbacks: Sheets that the slow reader had to read.
    """

    frame: pd.DataFrame
    fallbacks: tuple[str, ...]


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
    parts, fallbacks = [], []
    for sheet in scan.sheets:
        rows = _believed(sheet, *_fast(book, sheet))
        if rows is None:
            fallbacks.append(sheet.name)
            rows = _believed(sheet, *fallback(data, sheet))
        if rows is None:
            raise UnreadableWorkbook(
                "cells_differ",
                f"Trang {sheet.name}: đếm được {sheet.cells} ô có nội dung nhưng hai bộ đọc"
                " không đọc được đúng các ô ấy; mở lại, lưu thành .xlsx rồi gửi lại.",
            )
        parts.append(_frame(sheet, rows, scan.styles))
    # a workbook has at least one sheet; ``container`` refuses any other
    return CellRead(pd.concat(parts, ignore_index=True), tuple(fallbacks))


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
    found = sum(_has_content(value) for line in grid for value in line if value != "")
    height, width = len(grid), len(grid[0]) if grid else 0
    values = [
        grid[row - 1][column - 1] if row <= height and column <= width else None
        for row, column in map(unpack, sheet.places)
    ]
    return values, found


def _has_content(value: object) -> bool:
    return not isinstance(value, str) or bool(value.strip())


def _believed(sheet: SheetScan, values: list[Any], found: int) -> list[_Typed] | None:
    """The typed cells, or None when the reader and the scan do not tell of the same cells."""
    if len(values) != len(sheet.places):
        return None
    seen = sum(value is not None and _has_content(value) for value in values)
    if seen != found:  # the reader saw content where the scan saw none
        return None
    rows: list[_Typed] = []
    for type_, value, place in zip(sheet.types, values, sheet.places, strict=True):
        typed = _TYPED[type_](value, sheet, place)
        if typed is None:
            return None
        rows.append(typed)
    return rows


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


def _frame(sheet: SheetScan, rows: list[_Typed], styles: Sequence[Style]) -> pd.DataFrame:
    places = np.array(sheet.places, dtype="int64")
    cells = list(map(address, sheet.places))
    kinds, texts, numbers = zip(*rows, strict=True) if rows else ((), (), ())
    frame = pd.DataFrame(
        {
            "row": places >> COLUMN_BITS,
            "column": (places & (LAST_COLUMN - 1)) + 1,
            "cell": pd.Series(cells, dtype="str"),
            "kind": pd.Series(kinds, dtype="str"),
            "text": pd.Series(texts, dtype="str"),
            "number": np.array(numbers, dtype="float64"),
            "is_formula": np.fromiter(
                map(sheet.formulas.__contains__, cells), dtype="bool", count=len(cells)
            ),
            "is_hidden": _hidden(sheet, places),
        }
    )
    frame.insert(0, "sheet", pd.Series(sheet.name, index=frame.index, dtype="str"))
    numbers_of_styles = np.array(sheet.styles, dtype="int64")
    for column in ("number_format", "font"):
        said = [getattr(style, column) for style in styles]
        frame[column] = _by_style(numbers_of_styles, said, len(frame))
    return frame[COLUMNS]


def _by_style(numbers: np.ndarray, said: list[str | None], length: int) -> pd.Series:
    """What each cell's style says; a style that is not there says nothing."""
    if not any(said) or len(numbers) != length:
        return pd.Series([None] * length, dtype="str")
    texts = pd.Series([*said, None], dtype="str")
    return texts.take(np.where(numbers < len(said), numbers, len(said))).reset_index(drop=True)


def _hidden(sheet: SheetScan, places: np.ndarray) -> np.ndarray:
    """Which cells nobody sees who opens the sheet."""
    rows, columns = places >> COLUMN_BITS, (places & (LAST_COLUMN - 1)) + 1
    if sheet.state != "visible":
        return np.ones(len(places), dtype="bool")
    hidden = np.isin(rows, list(sheet.hidden_rows))
    for first, last in sheet.hidden_columns:
        hidden |= (columns >= first) & (columns <= last)
    for area in sheet.merged:
        (top, left), (bottom, right) = split_area(area)
        # places stand in row order
        start, stop = np.searchsorted(rows, [top, bottom + 1])
        below = (columns[start:stop] >= left) & (columns[start:stop] <= right)
        below &= (rows[start:stop] > top) | (columns[start:stop] > left)
        hidden[start:stop] |= below
    return hidden
