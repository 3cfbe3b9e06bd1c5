"""The old binary workbook (.xls): where content stands, of what type, how it is shown.

xlrd looks over the whole workbook: it guards, counts and supplies errors; the fast reader gives
the values, xlrd's own stand in where the two do not see the same cells.

Belongs here: .xls by xlrd, formulas by a walk over the records (xlrd does not tell them).
Does not belong here: values (``cells``), the container around (``compound``).
"""

from __future__ import annotations

import contextlib
import io
import struct
from array import array
from collections.abc import Iterator
from typing import Literal

import xlrd
from xlrd.biffh import (
    XL_CELL_BOOLEAN,
    XL_CELL_DATE,
    XL_CELL_ERROR,
    XL_CELL_NUMBER,
    XL_CELL_TEXT,
    XLRDError,
    error_text_from_code,
)
from xlrd.sheet import Sheet
from xlrd.xldate import XLDateError, xldate_as_datetime

from pipelines.intake.cells import NOTHING, Reading
from pipelines.intake.container import Container
from pipelines.intake.formats.compound import XLRD_ERRORS, stream_bytes
from pipelines.intake.formats.sniffing import unreadable
from pipelines.intake.refusal import Limits, UnreadableWorkbook, refused
from pipelines.intake.sheet_scan import (
    LAST_COLUMN,
    LAST_ROW,
    CellType,
    SheetScan,
    address,
    letters,
    pack,
)
from pipelines.intake.styles import Style, style_of

_STATES = {0: "visible", 1: "hidden", 2: "veryHidden"}
_TYPES = {
    XL_CELL_TEXT: CellType.TEXT,
    XL_CELL_NUMBER: CellType.NUMBER,
    XL_CELL_DATE: CellType.NUMBER,
    XL_CELL_BOOLEAN: CellType.BOOL,
    XL_CELL_ERROR: CellType.ERROR,
}
_STRING_CONSTANT, _OF_BOOK = 1, -1
_BOF, _EOF, _BOUNDSHEET, _FORMULA, _FILEPASS = 0x0809, 0x000A, 0x0085, 0x0006, 0x002F
_DIMENSION, _WORKSHEET = 0x0200, 0


def scan_xls(data: bytes, limits: Limits) -> Container:
    """Scan an .xls.

    Raises:
        UnreadableWorkbook: Protected by a password, broken, or over a limit.
    """
    with _contradictions():
        records = _stream(data)
        if any(kind == _FILEPASS for kind, _, _ in _records(records, 0)):
            raise unreadable("password")
        formulas = _formulas(records)
        book = _open(records)
        # of a workbook of before Excel 5 (no list of sheets), formulas are not told from values
        known = formulas if len(formulas) == book.nsheets else [set()] * book.nsheets
        if not book.nsheets:
            raise unreadable("truncated", "Tệp không có trang tính nào")
        sheets = [
            _scan_sheet(sheet, found, limits)
            for sheet, found in zip(book.sheets(), known, strict=True)
        ]
        if sum(sheet.cells for sheet in sheets) > limits.cells:
            raise too_large("sổ")
        return Container(tuple(sheets), _names(book), tuple(_styles(book)))


def read_xls_names(data: bytes) -> dict[str, str]:
    """Only the text constants among the defined names; no sheet is looked at.

    Raises:
        UnreadableWorkbook: Protected by a password or broken.
    """
    with _contradictions():
        return _names(_open(_stream(data), on_demand=True))


def read_by_xlrd(data: bytes, sheet: SheetScan) -> Reading:
    """A sheet's values by xlrd, for sheets that the fast reader does not see whole."""
    try:
        book = _open(_stream(data))
        page = book.sheet_by_name(sheet.name)
        found = {
            pack(row + 1, column + 1): _value(page, row, column, book.datemode)
            for row in range(page.nrows)
            for column in range(page.row_len(row))
        }
    except (*XLRD_ERRORS, UnreadableWorkbook):
        return NOTHING
    values = [found.get(place) for place in sheet.places]
    seen = [v for v in values if v is not None and (not isinstance(v, str) or v.strip())]
    return values, len(seen)


def too_large(where: str) -> UnreadableWorkbook:
    """The refusal of a sheet that is over a limit."""
    found = f"Trang {where} có ô ở quá xa hoặc quá nhiều ô"
    return refused("extent", found, "xóa các dòng, cột thừa rồi gửi lại", "refused")


@contextlib.contextmanager
def _contradictions() -> Iterator[None]:
    try:
        yield
    except XLRD_ERRORS as error:
        if isinstance(error, XLRDError) and "encrypted" in str(error):
            raise unreadable("password") from error
        raise unreadable("truncated") from error


def _open(stream: bytes, *, on_demand: bool = False) -> xlrd.Book:
    return xlrd.open_workbook(
        file_contents=stream,
        logfile=io.StringIO(),
        formatting_info=True,
        on_demand=on_demand,
        ragged_rows=True,
    )


def _stream(data: bytes) -> bytes:
    found = stream_bytes(data, "Workbook") or stream_bytes(data, "Book")
    if found is None:
        raise unreadable("truncated")
    return found


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of the records of one part, charts inside it left out."""
    depth, at = 0, start
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 1:
            yield kind, at, length
        at += length
        if depth <= 0:
            return


def states_true_extents(data: bytes, limits: Limits) -> bool:
    """Whether the extents each sheet states can be believed; the fast reader lays them out.

    A sheet that states too large a rectangle, or one that ends before it begins, would make it
    ask for more memory than there is, which ends the process.
    """
    stream = _stream(data)
    for start in _starts(stream):
        for kind, at, length in _records(stream, start):
            if kind == _DIMENSION and length == 14:
                top, bottom, left, right = struct.unpack_from("<IIHH", stream, at)
                height, width = bottom - top, right - left
                if height < 0 or width < 0 or height * width > limits.extent:
                    return False
    return True


def _starts(stream: bytes) -> Iterator[int]:
    """Where each worksheet begins."""
    for kind, at, length in _records(stream, 0):
        if kind == _BOUNDSHEET and length >= 6:
            start, _, type_ = struct.unpack_from("<IBB", stream, at)
            if type_ == _WORKSHEET:
                yield start


def _formulas(stream: bytes) -> list[set[int]]:
    """Packed places of the formulas of each worksheet."""
    found = []
    for start in _starts(stream):
        places: set[int] = set()
        for record, place, size in _records(stream, start):
            if record == _FORMULA and size >= 4:
                row, column = struct.unpack_from("<HH", stream, place)
                places.add(pack(row + 1, column + 1))
        found.append(places)
    return found


def _scan_sheet(page: Sheet, formulas: set[int], limits: Limits) -> SheetScan:
    places, types, styles = array("q"), bytearray(), array("l")
    errors: dict[str, str] = {}
    found: list[int] = []
    last_row = last_column = 0
    for row in range(page.nrows):
        kinds, values = page.row_types(row), page.row_values(row)
        for column, (kind, value) in enumerate(zip(kinds, values, strict=True)):
            place = pack(row + 1, column + 1)
            type_ = _type(kind, value, is_formula=place in formulas)
            if type_ is None:
                continue
            if type_ is CellType.ERROR:
                errors[address(place)] = error_text_from_code.get(int(value), "#N/A")
            if place in formulas:
                found.append(place)
            places.append(place)
            types.append(type_)
            styles.append(page.cell_xf_index(row, column))
            last_row, last_column = row + 1, max(last_column, column + 1)
    if last_row * last_column > limits.extent or len(places) > limits.cells:
        raise too_large(page.name)
    return SheetScan(
        name=page.name,
        state=_STATES.get(page.visibility, "hidden"),
        last_row=last_row,
        last_column=last_column,
        places=places,
        types=bytes(types),
        errors=errors,
        formulas=frozenset(map(address, found)),
        unvalued=frozenset(),
        merged=tuple(_area(*area) for area in page.merged_cells),
        styles=styles,
        hidden_rows=frozenset(row + 1 for row, info in page.rowinfo_map.items() if info.hidden),
        hidden_columns=tuple(
            (column + 1, column + 1) for column, info in page.colinfo_map.items() if info.hidden
        ),
    )


def _type(kind: int, value: object, *, is_formula: bool) -> CellType | None:
    """None for a cell without content: empty, only formatted, or white space."""
    type_ = _TYPES.get(kind)
    if type_ is CellType.TEXT and not str(value).strip():
        return CellType.BLANK_RESULT if is_formula else None
    return type_


def _area(top: int, bottom: int, left: int, right: int) -> str:
    """An area as xlrd gives it: counted from zero, with the end that is no longer part."""
    right, bottom = min(max(right, left + 1), LAST_COLUMN), min(max(bottom, top + 1), LAST_ROW)
    left = min(left, LAST_COLUMN - 1)
    return f"{letters(left + 1)}{top + 1}:{letters(right)}{bottom}"


def _value(page: Sheet, row: int, column: int, mode: Literal[0, 1]) -> object:
    kind, value = page.cell_type(row, column), page.cell_value(row, column)
    if kind == XL_CELL_BOOLEAN:
        return bool(value)
    if kind == XL_CELL_DATE:
        try:
            return xldate_as_datetime(float(value), mode)
        except (XLDateError, OverflowError):
            return value
    return value if kind in {XL_CELL_TEXT, XL_CELL_NUMBER} else None


def _names(book: xlrd.Book) -> dict[str, str]:
    names: dict[str, str] = {}
    for name in book.name_obj_list:
        result = name.result
        if result is None or result.kind != _STRING_CONSTANT or not isinstance(result.value, str):
            continue
        if name.scope == _OF_BOOK:  # a copied sheet brings its own copy; the workbook's one counts
            names[name.name] = result.value
        else:
            names.setdefault(name.name, result.value)
    return names


def _styles(book: xlrd.Book) -> Iterator[Style]:
    for style in book.xf_list:
        code = book.format_map.get(style.format_key)
        font = book.font_list[style.font_index].name if book.font_list else None
        yield style_of(code.format_str if code else None, font)
