"""The binary workbook (.xlsb): where content stands, of what type, how it is shown.

Belongs here: a scan of the records that guards and counts. Does not belong here: values
(``cells``), the framing of records (``xlsb_records``).
"""

from __future__ import annotations

import struct
import zipfile
from array import array
from dataclasses import dataclass, field

from pipelines.intake.cells import NOTHING, Reading
from pipelines.intake.container import Container, Relations, contradictions, open_archive
from pipelines.intake.formats.grid import too_large
from pipelines.intake.formats.xlsb_records import records, wide_string
from pipelines.intake.refusal import Limits, broken
from pipelines.intake.sheet_scan import (
    LAST_COLUMN,
    LAST_ROW,
    CellType,
    SheetScan,
    address,
    letters,
    pack,
    stream_xml,
)
from pipelines.intake.styles import Style, builtin_format, style_of

_BOOK, _RELATIONS = "xl/workbook.bin", "xl/_rels/workbook.bin.rels"
_ROW = 0
_SHARED, _RICH, _FORMULA_STRING = 7, 62, 8
_TYPES = {
    2: CellType.NUMBER,
    3: CellType.ERROR,
    4: CellType.BOOL,
    5: CellType.NUMBER,
    6: CellType.TEXT,
    7: CellType.TEXT,
    8: CellType.TEXT,
    9: CellType.NUMBER,
    10: CellType.BOOL,
    11: CellType.ERROR,
    62: CellType.TEXT,
}
_FORMULAS = {8, 9, 10, 11}
_SHARED_ITEM, _NAME, _FONT, _FORMAT, _XF = 19, 39, 43, 44, 47
_COLUMN, _SHEET, _MERGE, _BEGIN_XFS, _END_XFS = 60, 156, 176, 617, 618
_STATES = {0: "visible", 1: "hidden", 2: "veryHidden"}
_TEXT_TOKEN, _OF_BOOK = 0x17, 0xFFFFFFFF
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def scan_xlsb(data: bytes, limits: Limits) -> Container:
    """Scan an .xlsb.

    Raises:
        UnreadableWorkbook: Broken, or over a limit.
    """
    with open_archive(data, limits) as archive, contradictions():
        book, relations = _read_book(archive), Relations()
        stream_xml(archive, _RELATIONS, relations.start, _ignore, _ignore)
        blank = _blank_strings(archive, relations.shared_strings)
        sheets = [
            _scan_sheet(archive, relations.members[key], name, state, blank, limits)
            for name, state, key in book.sheets
            if relations.kinds[key] == "worksheet"
        ]
        if not sheets:
            raise broken("không có trang tính nào")
        if len({sheet.name for sheet in sheets}) < len(sheets):
            raise broken("hai trang trùng tên")
        styles = _styles(archive, relations.styles)
        return Container(tuple(sheets), book.names, styles, relations.has_macros)


def read_xlsb_names(data: bytes) -> dict[str, str]:
    """Only the text constants among the defined names.

    Raises:
        UnreadableWorkbook: Broken, or over a limit.
    """
    with open_archive(data, Limits()) as archive, contradictions():
        return _read_book(archive).names


def no_fallback(data: bytes, sheet: SheetScan) -> Reading:
    """There is no second reader of values of .xlsb."""
    del data, sheet
    return NOTHING


def _ignore(_: str) -> None:
    """Text and closing tags that say nothing."""


@dataclass
class _Book:
    sheets: list[tuple[str, str, str]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


def _read_book(archive: zipfile.ZipFile) -> _Book:
    book = _Book()
    for kind, content in records(archive, _BOOK):
        if kind == _SHEET:
            (state,) = struct.unpack_from("<I", content, 0)
            key, at = wide_string(content, 8)
            name, _ = wide_string(content, at)
            book.sheets.append((name, _STATES.get(state, "hidden"), key))
        elif kind == _NAME:
            _note_name(content, book.names)
    return book


def _note_name(content: memoryview, names: dict[str, str]) -> None:
    """Flags, key, sheet; the name; the formula, of which only a text constant counts."""
    (sheet,) = struct.unpack_from("<I", content, 5)
    name, at = wide_string(content, 9)
    if at + 4 > len(content):
        return
    (size,) = struct.unpack_from("<I", content, at)
    formula = content[at + 4 : at + 4 + size]
    if len(formula) < 3 or formula[0] != _TEXT_TOKEN:
        return
    (length,) = struct.unpack_from("<H", formula, 1)
    if len(formula) != 3 + 2 * length:
        return
    value = bytes(formula[3:]).decode("utf-16-le", "replace")
    # a copied sheet brings its own copy of a name; the workbook's own one counts
    names[name] = value if sheet == _OF_BOOK else names.get(name, value)


def _blank_strings(archive: zipfile.ZipFile, member: str) -> bytes:
    """A byte per shared string: 1 where it is white space only."""
    if member not in archive.NameToInfo:
        return b""
    return bytes(
        not wide_string(content, 1)[0].strip()
        for kind, content in records(archive, member)
        if kind == _SHARED_ITEM
    )


def _styles(archive: zipfile.ZipFile, member: str) -> tuple[Style, ...]:
    if member not in archive.NameToInfo:
        return ()
    formats: dict[int, str] = {}
    fonts: list[str] = []
    pairs: list[tuple[int, int]] = []
    in_cells = False
    for kind, content in records(archive, member):
        if kind in {_BEGIN_XFS, _END_XFS}:
            in_cells = kind == _BEGIN_XFS
        elif kind == _FORMAT:
            formats[struct.unpack_from("<H", content, 0)[0]] = wide_string(content, 2)[0]
        elif kind == _FONT:
            fonts.append(wide_string(content, 21)[0])
        elif kind == _XF and in_cells:
            pairs.append(struct.unpack_from("<HH", content, 2))
    return tuple(
        style_of(
            formats.get(number) or builtin_format(number),
            fonts[font] if font < len(fonts) else None,
        )
        for number, font in pairs
    )


class _Walk:
    """A sheet as far as it has been read."""

    def __init__(self, name: str, blank: bytes, limits: Limits) -> None:
        self.name, self._blank, self._limits = name, blank, limits
        self.places, self.types, self.styles = array("q"), bytearray(), array("l")
        self.errors: dict[str, str] = {}
        self.formulas: list[str] = []
        self.merged: list[str] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[tuple[int, int]] = []
        self.far = self._row = 0

    def take(self, kind: int, content: memoryview) -> None:
        if kind == _ROW:
            self._open_row(content)
        elif kind in _TYPES:
            self._cell(kind, content)
        elif kind == _COLUMN:
            first, last = struct.unpack_from("<II", content, 0)
            if struct.unpack_from("<H", content, 16)[0] & 1:
                last = min(last + 1, LAST_COLUMN)
                self.hidden_columns.append((min(first + 1, LAST_COLUMN), last))
        elif kind == _MERGE:
            top, bottom, left, right = struct.unpack_from("<IIII", content, 0)
            if top <= bottom < LAST_ROW and left <= right < LAST_COLUMN:
                area = f"{letters(left + 1)}{top + 1}:{letters(right + 1)}{bottom + 1}"
                self.merged.append(area)

    def _open_row(self, content: memoryview) -> None:
        (row,) = struct.unpack_from("<I", content, 0)
        if row >= LAST_ROW or (self.places and row + 1 <= self.places[-1] >> 14):
            raise broken(f"dòng {row + 1}")
        self._row = row + 1
        if content[11] & 0x10:  # a row without height
            self.hidden_rows.add(self._row)

    def _cell(self, kind: int, content: memoryview) -> None:
        column, style = struct.unpack_from("<II", content, 0)
        if not self._row or column >= LAST_COLUMN:
            raise broken(f"trang {self.name} có ô sai chỗ")
        type_ = self._type(kind, content)
        if type_ is None:
            return
        place = pack(self._row, column + 1)
        if self.places and place <= self.places[-1]:
            raise broken(f"trang {self.name} ghi ô {address(place)} hai lần")
        if type_ is CellType.ERROR:
            self.errors[address(place)] = _ERRORS.get(content[8], "#N/A")
        if kind in _FORMULAS:
            self.formulas.append(address(place))
        self.places.append(place)
        self.types.append(type_)
        self.styles.append(style & 0xFFFFFF)
        self.far = max(self.far, column + 1)
        if self._row * self.far > self._limits.extent or len(self.places) > self._limits.cells:
            raise too_large(self.name)

    def _type(self, kind: int, content: memoryview) -> CellType | None:
        """None for a cell of white space."""
        type_ = _TYPES[kind]
        if type_ is not CellType.TEXT:
            return type_
        if kind == _SHARED:
            (number,) = struct.unpack_from("<I", content, 8)
            return None if self._blank[number] else type_
        text, _ = wide_string(content, 9 if kind == _RICH else 8)
        if text.strip():
            return type_
        return CellType.BLANK_RESULT if kind == _FORMULA_STRING else None


def _scan_sheet(
    archive: zipfile.ZipFile, member: str, name: str, state: str, blank: bytes, limits: Limits
) -> SheetScan:
    walk = _Walk(name, blank, limits)
    for kind, content in records(archive, member):
        walk.take(kind, content)
    return SheetScan(
        name=name,
        state=state,
        last_row=walk.places[-1] >> 14 if walk.places else 0,
        last_column=walk.far,
        places=walk.places,
        types=bytes(walk.types),
        errors=walk.errors,
        formulas=frozenset(walk.formulas),
        unvalued=frozenset(),
        merged=tuple(walk.merged),
        styles=walk.styles,
        hidden_rows=frozenset(walk.hidden_rows),
        hidden_columns=tuple(walk.hidden_columns),
    )
