"""Sheets whose rows have the shape that all usual programs write, scanned by one pattern.

A parser that calls back for each tag takes longer than the values themselves. Where the rows of a
sheet are nothing but what this pattern knows, to the last byte, they are well formed and say the
same to a parser. A sheet of any other shape, or over a limit, is left to the parser as a whole,
which then also finds the words for what is wrong.

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
from itertools import pairwise

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
    # the begin of a row: its number, what else is said of it; its end; anything else
    rb'|<row r="([1-9]\d{0,6})"(' + _ATTRIBUTES + rb") ?>"
    rb"|(</row>)|(.)",
    re.DOTALL,
)
_OPENING, _CLOSING, _NO_ROWS = b"<sheetData>", b"</sheetData>", b"<sheetData/>"
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
    if 0 <= start < stop and _is_plain(xml, start, stop):
        rows = _Rows(blank_strings)
        tokens = _TOKEN.findall(xml, start + len(_OPENING), stop)
        if rows.take(tokens) and rows.is_within(limits):
            rest = (xml[:start], _NO_ROWS, xml[stop + len(_CLOSING) :])
            around = scan_sheet(rest, **more)
            if not around.places and not around.hidden_rows:
                return rows.added_to(around)
    return scan_sheet((xml,), **more)


def _is_plain(xml: bytes, start: int, stop: int) -> bool:
    """Whether the sheet is UTF-8 and its rows are their text, but for the usual entities."""
    before, after = xml[:start], xml[stop:]
    is_declared = before.startswith(b"<?xml")
    if before.count(b"<?") != is_declared or (is_declared and not _DECLARATION.match(before)):
        return False
    if b"<!" in before or b"<!" in after or _OTHER_ENTITY.search(xml, start, stop):
        return False
    # openpyxl without lxml writes every Vietnamese letter as a number
    if not all(map(_is_letter, set(_NUMBERED.findall(xml, start, stop)))):
        return False
    try:
        text = xml.decode()
    except UnicodeDecodeError:
        return False
    if any(sign in text for sign in _NO_CHARACTERS):
        return False
    return len(xml.translate(None, _CONTROLS)) == len(xml)


@lru_cache(maxsize=4096)
def _is_letter(number: bytes) -> bool:
    """Whether a numbered sign is one that a text may hold, and neither blank nor a control."""
    code = int(number)
    is_sign = 0x20 < code < 0x7F or 0x9F < code < 0xD800 or 0xDFFF < code < 0xFFFE
    return (is_sign or 0xFFFF < code < 0x110000) and not chr(code).isspace()


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
    columns: dict[bytes, int] = field(default_factory=dict)
    last_row: int = 0

    def take(self, tokens: list[tuple[bytes, ...]]) -> bool:
        """Note all hits; whether they make rows of cells that stand in them."""
        said: dict[bytes, bool] = {}
        row, base = b"", 0
        # one pass over all hits: this is where the time of a scan goes
        for head, digits, style, kind, calc, value, inline, empty, new, more, end, _ in tokens:
            if head:
                column = self.columns.get(head) or self._new_column(head)
                if digits != row or column > LAST_COLUMN:
                    return False
                if value or inline or calc:
                    text = value or inline or (b"" if empty else None)
                    self._note(base + column, head + digits, kind, calc, text, style)
            elif new and not row:
                if more not in said:
                    said[more] = _is_proper(more)
                row, base = new, (int(new) << COLUMN_BITS) - 1
                if not said[more] or int(new) > LAST_ROW:
                    return False
                if more and _HIDDEN.search(more):
                    self.hidden.append(int(new))
            elif end and row:
                row, self.last_row = b"", max(self.last_row, int(row))
            else:
                return False
        return not row and all(place < after for place, after in pairwise(self.places))

    def _note(
        self, place: int, cell: bytes, kind: bytes, formula: bytes, text: bytes | None, style: bytes
    ) -> None:
        if text and kind == b"s":
            filled = not self.blank_strings[int(text)]
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

    def _new_column(self, head: bytes) -> int:
        """The number of a column; more than any sheet has for letters that name none."""
        try:
            self.columns[head] = split_address(f"{head.decode()}1")[1]
        except ValueError:
            self.columns[head] = LAST_COLUMN + 1
        return self.columns[head]

    def is_within(self, limits: Limits) -> bool:
        """Whether the sheet may certainly be read, its blank cells too."""
        extent = self.last_row * max(self.columns.values(), default=0)
        return extent <= limits.extent and len(self.places) <= limits.cells

    def added_to(self, around: SheetScan) -> SheetScan:
        """The sheet, of its rows and what stands around them."""
        columns = ((place & (LAST_COLUMN - 1)) + 1 for place in self.places)
        return replace(
            around,
            last_row=self.places[-1] >> COLUMN_BITS if self.places else 0,
            last_column=max(columns, default=0),
            places=self.places,
            types=bytes(self.types),
            errors=self.errors,
            formulas=frozenset(self.formulas),
            unvalued=frozenset(self.unvalued),
            styles=self.styles,
            hidden_rows=frozenset(self.hidden),
        )


def _is_proper(attributes: bytes) -> bool:
    """Whether no attribute of a row stands twice, its number included."""
    names = _NAME.findall(attributes)
    return len(set(names)) == len(names) and b"r" not in names
