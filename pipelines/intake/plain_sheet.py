"""Sheets whose rows have the shape that all usual programs write, scanned by one pattern.

A parser that calls back for each tag takes longer than the values themselves. Where the rows of a
sheet are nothing but what this pattern knows, to the last byte, they are well formed and say the
same to a parser. A sheet of any other shape, or over a limit, is left to the parser as a whole,
which then also finds the words for what is wrong.

Files are filled from a few templates, so that most of their rows are the same to the last byte.
What a row says follows from its bytes alone: a row met before, compared whole, is not taken apart
again, and neither is what stands around the rows.

Belongs here: the pattern, what its hits say. Does not belong here: what stands around the rows,
sheets of another shape (``sheet_scan``), values (``cells``).
"""

from __future__ import annotations

import html
import re
import zipfile
from array import array
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import lt

from pipelines.intake.refusal import Limits
from pipelines.intake.sheet_scan import (
    COLUMN_BITS,
    LAST_COLUMN,
    LAST_ROW,
    CellType,
    SheetScan,
    chunks_of,
    scan_sheet,
    split_address,
)
from pipelines.intake.sheet_scan import (
    TYPES as NAMED_TYPES,
)

_ATTRIBUTES = rb'(?: [A-Za-z][\w:]*="[^"<>&]*")*'
_TOKEN = re.compile(
    # a cell: column, row, style, type; a formula; a value, a text, or nothing between its tags
    rb'<c r="([A-Z]{1,3})([1-9]\d{0,6})"(?: s="(\d{1,6})")?(?: t="([A-Za-z]+)")? ?'
    rb"(?:/>|>(<f" + _ATTRIBUTES + rb" ?(?:/>|>[^<>]*</f>))?"
    rb'(?:<v>([^<>]+)</v>|<is><t(?: xml:space="preserve")?>([^<>]+)</t></is>|(<v ?/>|<v></v>))?'
    rb"</c>)"
    # the begin of a row: its number, what else is said of it; anything else
    rb'|<row r="([1-9]\d{0,6})"(' + _ATTRIBUTES + rb") ?>"
    rb"|(.)",
    re.DOTALL,
)
_OPENING, _CLOSING, _NO_ROWS = b"<sheetData>", b"</sheetData>", b"<sheetData/>"
_ROW_END = b"</row>"
_DECLARATION = re.compile(rb'<\?xml version="1\.0"(?: encoding="[Uu][Tt][Ff]-8")?[ \w="]*\?>')
_NAME = re.compile(rb" ([\w:]+)=")
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_TYPES = {name.encode(): type_ for name, type_ in NAMED_TYPES.items()} | {b"": CellType.NUMBER}
# what no well-formed text holds, or what stands for another sign
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_NO_CHARACTERS = ("\ufffe", "\uffff")
_OTHER_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7});)")
_NUMBERED = re.compile(rb"&#(\d+);")
# hits are kept in memory, about thirty times as much as the bytes they stand for
_LARGEST = 8_000_000
# rows of larger sheets are registers' own, and longer ones nobody's template: kept for nobody
_KEPT_SHEET, _KEPT_ROW, _KEPT_AROUND = 1_000_000, 8_192, 32_768


def scan_member(
    archive: zipfile.ZipFile,
    member: str,
    *,
    name: str,
    state: str,
    blank_strings: bytes,
    limits: Limits,
) -> SheetScan:
    """Scan a sheet of an archive.

    Args:
        archive: The workbook.
        member: The sheet's file in it.
        name: The sheet's name.
        state: Whether it is shown.
        blank_strings: A byte per shared string, 1 where it is white space only.
        limits: What a sheet may weigh.

    Raises:
        UnreadableWorkbook: Over a limit, or an address that is wrong or stands twice.
    """
    more = {"name": name, "state": state, "blank_strings": blank_strings, "limits": limits}
    if archive.getinfo(member).file_size > _LARGEST:
        return scan_sheet(chunks_of(archive, member), **more)
    xml = archive.read(member)
    start, stop = xml.find(_OPENING), xml.rfind(_CLOSING)
    if 0 <= start < stop:
        rows = _Rows(blank_strings)
        is_plain = rows.take(xml[start + len(_OPENING) : stop])
        if is_plain and rows.is_within(limits):
            around = _around(xml[:start], xml[stop + len(_CLOSING) :], name, state, limits)
            if around is not None:
                return rows.added_to(around)
    return scan_sheet((xml,), **more)


def _around(before: bytes, after: bytes, name: str, state: str, limits: Limits) -> SheetScan | None:
    """A sheet without its rows; None where it is not plain or has cells elsewhere too."""
    is_kept = len(before) + len(after) <= _KEPT_AROUND
    scan = _scan_around if is_kept else _scan_around.__wrapped__
    try:
        return scan(before, after, name, state, limits)
    except LookupError:
        return None  # the parser of the whole sheet says what is not there


@lru_cache(maxsize=512)
def _scan_around(
    before: bytes, after: bytes, name: str, state: str, limits: Limits
) -> SheetScan | None:
    is_declared = before.startswith(b"<?xml")
    if before.count(b"<?") != is_declared or (is_declared and not _DECLARATION.match(before)):
        return None
    if b"<!" in before or b"<!" in after or not (_is_text(before) and _is_text(after)):
        return None
    rest = (before, _NO_ROWS, after)
    found = scan_sheet(rest, name=name, state=state, blank_strings=b"", limits=limits)
    return None if found.places or found.hidden_rows else found


def _is_text(xml: bytes) -> bool:
    """Whether bytes are UTF-8 and hold only signs that XML allows."""
    try:
        text = xml.decode()
    except UnicodeDecodeError:
        return False
    if any(sign in text for sign in _NO_CHARACTERS):
        return False
    return len(xml.translate(None, _CONTROLS)) == len(xml)


def _is_plain(row: bytes) -> bool:
    """Whether a row is its text, but for the usual entities."""
    if _OTHER_ENTITY.search(row):
        return False
    # openpyxl without lxml writes every Vietnamese letter as a number
    return all(map(_is_letter, set(_NUMBERED.findall(row)))) and _is_text(row)


@lru_cache(maxsize=4096)
def _is_letter(number: bytes) -> bool:
    """Whether a numbered sign is one that a text may hold, and neither blank nor a control."""
    code = int(number)
    is_sign = 0x20 < code < 0x7F or 0x9F < code < 0xD800 or 0xDFFF < code < 0xFFFE
    return (is_sign or 0xFFFF < code < 0x110000) and not chr(code).isspace()


@dataclass
class _Row:
    """Cells with content of one plain row, in ascending order; what holds for sheets, for it."""

    number: int
    is_hidden: bool
    far_column: int = 0  # of its cells, blank ones too
    places: array[int] = field(default_factory=lambda: array("q"))
    types: bytearray = field(default_factory=bytearray)
    styles: array[int] = field(default_factory=lambda: array("l"))
    errors: dict[str, str] = field(default_factory=dict)
    formulas: list[str] = field(default_factory=list)
    unvalued: list[str] = field(default_factory=list)
    blank_strings: bytes | None = None  # none is taken for blank
    strings: list[int] = field(default_factory=list)  # the shared strings that it shows

    def note(
        self, place: int, cell: bytes, kind: bytes, formula: bytes, text: bytes | None, style: bytes
    ) -> None:
        """Take a cell that holds a text or a formula."""
        if text and kind == b"s":
            self.strings.append(int(text))
            filled = self.blank_strings is None or not self.blank_strings[int(text)]
        else:
            # white space of other alphabets is white space too
            filled = bool(text and (32 < text[0] < 128 or text.decode().strip()))
        if formula:
            self.formulas.append(cell.decode())
        elif not filled:
            return
        if filled:
            type_ = _TYPES.get(kind, CellType.TEXT)
            if type_ is CellType.ERROR:
                self.errors[cell.decode()] = html.unescape((text or b"").decode()).strip()
        elif text is not None and kind in {b"s", b"str"}:
            type_ = CellType.BLANK_RESULT
        else:
            type_ = CellType.UNVALUED
            self.unvalued.append(cell.decode())
        self.places.append(place)
        self.types.append(type_)
        self.styles.append(int(style or 0))


def _read_row(xml: bytes, blank_strings: bytes | None = None) -> _Row | None:
    """A row without its closing tag; None where it is no plain row in ascending order."""
    if not _is_plain(xml):
        return None
    tokens = iter(_TOKEN.findall(xml))
    *_, number, more, _ = next(tokens, (b"", b"", b""))
    if not number or int(number) > LAST_ROW or not _is_proper(more):
        return None
    base = (int(number) << COLUMN_BITS) - 1
    row = _Row(int(number), _HIDDEN.search(more) is not None, blank_strings=blank_strings)
    # one pass over all hits: this is where the time of a scan goes
    for head, digits, style, kind, calc, value, inline, empty, _, _, _ in tokens:
        if not head or digits != number:
            return None
        column = _column_of(head)
        if column > LAST_COLUMN:
            return None
        row.far_column = max(row.far_column, column)
        if value or inline or calc:
            text = value or inline or (b"" if empty else None)
            row.note(base + column, head + digits, kind, calc, text, style)
    places = row.places
    return row if all(map(lt, places, places[1:])) else None


_kept_row = lru_cache(maxsize=8_192)(_read_row)


@dataclass
class _Rows:
    """Cells with content of plain rows, in ascending order."""

    blank_strings: bytes
    places: array[int] = field(default_factory=lambda: array("q"))
    types: bytearray = field(default_factory=bytearray)
    styles: array[int] = field(default_factory=lambda: array("l"))
    errors: dict[str, str] = field(default_factory=dict)
    formulas: list[str] = field(default_factory=list)
    unvalued: list[str] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    far_column: int = 0  # of all cells
    last_column: int = 0  # of those with content
    last_row: int = 0

    def take(self, xml: bytes) -> bool:
        """Note all rows; whether they are plain, whole and in order."""
        *pieces, rest = xml.split(_ROW_END)
        is_kept = len(xml) <= _KEPT_SHEET
        for piece in pieces:
            row = (_kept_row if is_kept and len(piece) <= _KEPT_ROW else _read_row)(piece)
            shown = row.strings if row is not None else ()
            if shown and any(map(self.blank_strings.__getitem__, shown)):
                row = _read_row(piece, self.blank_strings)
            if row is None or not self._add(row):
                return False
        return not rest

    def _add(self, row: _Row) -> bool:
        """Take a row; whether it comes after all others."""
        if row.number > self.last_row:
            self.last_row = row.number
        if row.far_column > self.far_column:
            self.far_column = row.far_column
        if row.is_hidden:
            self.hidden.append(row.number)
        if not row.places:
            return True
        is_after = not self.places or self.places[-1] < row.places[0]
        self.places.extend(row.places)
        self.types.extend(row.types)
        self.styles.extend(row.styles)
        if row.formulas:
            self.formulas.extend(row.formulas)
            self.unvalued.extend(row.unvalued)
        if row.errors:
            self.errors.update(row.errors)
        last_column = (row.places[-1] & (LAST_COLUMN - 1)) + 1
        if last_column > self.last_column:
            self.last_column = last_column
        return is_after

    def is_within(self, limits: Limits) -> bool:
        """Whether the sheet may certainly be read, its blank cells too."""
        extent = self.last_row * self.far_column
        return extent <= limits.extent and len(self.places) <= limits.cells

    def added_to(self, around: SheetScan) -> SheetScan:
        """The sheet, of its rows and what stands around them."""
        return replace(
            around,
            last_row=self.places[-1] >> COLUMN_BITS if self.places else 0,
            last_column=self.last_column,
            places=self.places,
            types=bytes(self.types),
            errors=self.errors,
            formulas=frozenset(self.formulas),
            unvalued=frozenset(self.unvalued),
            styles=self.styles,
            hidden_rows=frozenset(self.hidden),
        )


@lru_cache(maxsize=4096)
def _is_proper(attributes: bytes) -> bool:
    """Whether no attribute of a row stands twice, its number included."""
    names = _NAME.findall(attributes)
    return len(set(names)) == len(names) and b"r" not in names


@lru_cache(maxsize=LAST_COLUMN)
def _column_of(head: bytes) -> int:
    """The number of a column; more than any sheet has for letters that name none."""
    try:
        return split_address(f"{head.decode()}1")[1]
    except ValueError:
        return LAST_COLUMN + 1
