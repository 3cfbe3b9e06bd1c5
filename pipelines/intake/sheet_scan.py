"""One sheet's XML streamed past: where its content stands and of what type it is.

Belongs here: counting cells independently of the value reader, errors, formulas, merges.
Does not belong here: values (``cells``), the archive around the sheet (``container``).
"""

from __future__ import annotations

import functools
import zipfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from xml.parsers import expat

from pipelines.intake.refusal import Limits, UnreadableWorkbook, broken

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
COLUMN_BITS = 14
_CHUNK = 1 << 20
_TRUE = {"1", "true"}


class CellType(IntEnum):
    """How a cell's content is stored; a date is a number, its format makes it a date."""

    TEXT = 1
    NUMBER = 2
    BOOL = 3
    ERROR = 4
    ISO_DATE = 5
    UNVALUED = 6
    BLANK_RESULT = 7


TYPES = {
    "n": CellType.NUMBER,
    "s": CellType.TEXT,
    "str": CellType.TEXT,
    "inlineStr": CellType.TEXT,
    "b": CellType.BOOL,
    "e": CellType.ERROR,
    "d": CellType.ISO_DATE,
}


@dataclass(frozen=True)
class SheetScan:
    """What a sheet holds.

    Attributes:
        state: ``visible``, ``hidden`` or ``veryHidden``.
        last_row: Last row with content, 1-based; 0 for an empty sheet.
        last_column: Last column with content, 1-based.
        places: Packed addresses of the cells with content (see ``unpack``), in row order:
            formulas and errors included, white space not.
        types: A ``CellType`` per place.
        errors: Address → error text.
        formulas: Addresses of formulas.
        unvalued: Addresses of formulas that no program has computed yet.
        merged: Merged ranges.
        styles: The number of each place's style.
        hidden_rows: Rows that are not shown, filtered ones too.
        hidden_columns: First and last column of each run of columns that is not shown.

    A cell counts when content is stored for it, wherever it lies: also below a merged range, where
    no program shows it. (openpyxl drops that content in its normal mode, keeps it in read-only.)
    """

    name: str
    state: str
    last_row: int
    last_column: int
    places: array[int]
    types: bytes
    errors: dict[str, str]
    formulas: frozenset[str]
    unvalued: frozenset[str]
    merged: tuple[str, ...]
    styles: array[int] = field(default_factory=lambda: array("l"))
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[tuple[int, int], ...] = ()

    @property
    def cells(self) -> int:
        """Cells with content."""
        return len(self.places)


def pack(row: int, column: int) -> int:
    """A cell's address as one number that sorts in row order."""
    return row << COLUMN_BITS | (column - 1)


def unpack(place: int) -> tuple[int, int]:
    """The row and column, 1-based, of a packed address."""
    return place >> COLUMN_BITS, (place & (LAST_COLUMN - 1)) + 1


@functools.cache  # 16,384 columns at most; a row of cells asks for the same few
def letters(column: int) -> str:
    """``1`` → ``A``, ``27`` → ``AA``."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def address(place: int) -> str:
    """A packed address in A1 style."""
    row, column = unpack(place)
    return f"{letters(column)}{row}"


def split_address(cell: str) -> tuple[int, int]:
    """``E12`` → ``(12, 5)``.

    Raises:
        ValueError: Not the address of a cell that a sheet can have.
    """
    head = cell.rstrip("0123456789")
    if head.isascii() and head.isalpha() and len(head) <= 3 and 0 < len(cell) - len(head) <= 7:
        column = functools.reduce(
            lambda sum_, letter: sum_ * 26 + ord(letter) - 64, head.upper(), 0
        )
        row = int(cell[len(head) :])
        if 1 <= row <= LAST_ROW and column <= LAST_COLUMN:
            return row, column
    msg = f"no cell address: {cell[:20]!r}"
    raise ValueError(msg)


@functools.lru_cache(maxsize=8_192)  # a form's merged ranges are the same in every file
def split_area(area: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """``A1:C2`` → ``((1, 1), (2, 3))``; a single cell is an area too.

    Raises:
        ValueError: Not an area of a sheet.
    """
    first, _, last = area.partition(":")
    return split_address(first), split_address(last or first)


def stream_xml(
    archive: zipfile.ZipFile,
    member: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    characters: Callable[[str], None],
) -> None:
    """Parse a member chunk by chunk, as ``parse_xml`` does."""
    parse_xml(chunks_of(archive, member), start, end, characters)


def chunks_of(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The bytes of a member, piece by piece."""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def parse_xml(
    chunks: Iterable[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    characters: Callable[[str], None],
) -> None:
    """Parse XML; names come without their prefix.

    Raises:
        UnreadableWorkbook: It declares a document type, the door of entity bombs.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def first(name: str, attributes: dict[str, str]) -> None:
        # nearly all programs write no prefix, so that the handlers can be called unwrapped
        cut = len(name.rpartition(":")[0] + ":") if ":" in name else 0
        parser.StartElementHandler = (lambda n, a: start(n[cut:], a)) if cut else start
        parser.EndElementHandler = (lambda n: end(n[cut:])) if cut else end
        parser.CharacterDataHandler = characters
        start(name[cut:], attributes)

    parser.StartElementHandler = first
    parser.StartDoctypeDeclHandler = refuse_doctype
    for chunk in chunks:
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def refuse_doctype(*_: object) -> None:
    """End a parse at a document type.

    Raises:
        UnreadableWorkbook: Always.
    """
    raise UnreadableWorkbook(
        "entities",
        "Tệp chứa khai báo XML bị cấm, bị từ chối vì lý do an toàn; mở bằng Excel, lưu lại rồi"
        " gửi lại.",
        "refused",
    )


def scan_sheet(
    chunks: Iterable[bytes],
    *,
    name: str,
    state: str,
    blank_strings: bytes,
    limits: Limits,
) -> SheetScan:
    """Scan a sheet.

    Args:
        chunks: The sheet's XML.
        name: The sheet's name.
        state: Whether it is shown.
        blank_strings: A byte per shared string, 1 where it is white space only.
        limits: What a sheet may weigh.

    Raises:
        UnreadableWorkbook: Over a limit, or an address that is wrong or stands twice.
    """
    walk = _Walk(name, blank_strings, limits)
    parse_xml(chunks, walk.start, walk.end, walk.characters)
    return walk.result(state)


class _Walk:
    """State of the walk; slots and few calls per cell, since registers have half a million."""

    __slots__ = (
        "_blank_strings",
        "_errors",
        "_far_column",
        "_formula",
        "_formulas",
        "_hidden_columns",
        "_hidden_rows",
        "_in_phonetic",
        "_kind",
        "_known_letters",
        "_limits",
        "_merged",
        "_name",
        "_place",
        "_places",
        "_row",
        "_row_text",
        "_style",
        "_styles",
        "_taking",
        "_text",
        "_types",
        "_unvalued",
    )

    def __init__(self, name: str, blank_strings: bytes, limits: Limits) -> None:
        self._name, self._blank_strings, self._limits = name, blank_strings, limits
        self._places: array[int] = array("q")
        self._types = bytearray()
        self._styles: array[int] = array("l")
        self._style = 0
        self._hidden_rows: list[int] = []
        self._hidden_columns: list[tuple[int, int]] = []
        self._errors: dict[str, str] = {}
        self._formulas: list[int] = []
        self._unvalued: list[int] = []
        self._merged: list[str] = []
        self._known_letters: dict[str, int] = {}
        self._row, self._row_text, self._place, self._far_column = 0, "", 0, 0
        self._kind, self._text = "n", None
        self._formula = self._taking = self._in_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._kind = attributes.get("t", "n")
            style = attributes.get("s")
            self._style = int(style) if style and style.isdigit() and len(style) < 7 else 0
            self._text: str | None = None
            self._formula = False
            self._place = self._where(attributes.get("r"))
        elif name == "v" or (name == "t" and not self._in_phonetic):
            self._taking = True
            self._text = self._text or ""
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._open_row(attributes.get("r"))
            if attributes.get("hidden") in _TRUE:
                self._hidden_rows.append(self._row)
        elif name == "col" and attributes.get("hidden") in _TRUE:
            first, last = int(attributes["min"]), int(attributes["max"])
            self._hidden_columns.append((min(first, LAST_COLUMN), min(last, LAST_COLUMN)))
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "mergeCell":
            split_area(attributes["ref"])
            self._merged.append(attributes["ref"])

    def end(self, name: str) -> None:
        if name == "c":
            if self._text is not None or self._formula:
                self._close_cell()
        elif name in {"v", "t"}:
            self._taking = False
        elif name == "rPh":
            self._in_phonetic = False

    def characters(self, text: str) -> None:
        if self._taking:
            self._text = f"{self._text}{text}" if self._text else text

    def _open_row(self, number: str | None) -> None:
        self._row = self._row + 1 if number is None else int(number)
        self._row_text = str(self._row)
        if not 1 <= self._row <= LAST_ROW:
            raise broken(f"dòng {self._row_text[:20]}")
        self._place = pack(self._row, 1) - 1

    def _where(self, cell: str | None) -> int:
        """The packed address of a cell; without one it stands right of the cell before."""
        if cell is None:
            if (
                self._place & (LAST_COLUMN - 1) == LAST_COLUMN - 1
                and self._place >> COLUMN_BITS == self._row
            ):
                raise broken(f"dòng {self._row} quá dài")
            return self._place + 1
        head = cell.removesuffix(self._row_text)
        column = self._known_letters.get(head)
        if column is None:
            row, column = split_address(cell)
            if row != self._row:
                return pack(row, column)
            self._known_letters[head] = column
        return pack(self._row, column)

    def _close_cell(self) -> None:
        text, place = self._text, self._place
        column = (place & (LAST_COLUMN - 1)) + 1
        if column > self._far_column:
            self._far_column = column
        if (place >> COLUMN_BITS) * self._far_column > self._limits.extent:
            raise self._too_large()
        if text and self._kind == "s":
            filled = not self._blank_strings[int(text)]
        else:
            filled = bool(text and text.strip())
        if filled or self._formula:
            self._note(place, text, filled)

    def _note(self, place: int, text: str | None, filled: bool) -> None:
        if self._formula:
            self._formulas.append(place)
        if filled:
            kind = TYPES.get(self._kind, CellType.TEXT)
            if kind is CellType.ERROR:
                self._errors[address(place)] = (text or "").strip()
        elif text is not None and self._kind in {"s", "str"}:
            kind = CellType.BLANK_RESULT
        else:
            kind = CellType.UNVALUED
            self._unvalued.append(place)
        self._places.append(place)
        self._types.append(kind)
        self._styles.append(self._style)
        if len(self._types) > self._limits.cells:
            raise self._too_large()

    def _too_large(self) -> UnreadableWorkbook:
        return UnreadableWorkbook(
            "extent",
            f"Trang {self._name} có ô ở quá xa ({address(self._place)}) hoặc quá nhiều ô;"
            " xóa các dòng, cột thừa rồi gửi lại.",
            status="refused",
        )

    def result(self, state: str) -> SheetScan:
        """What was seen."""
        places, types, styles = self._places, bytes(self._types), self._styles
        if any(after <= before for before, after in pairwise(places)):
            order = sorted(range(len(places)), key=places.__getitem__)
            places = array("q", [places[i] for i in order])
            types = bytes(types[i] for i in order)
            styles = array("l", [styles[i] for i in order])
            twice = next((p for p, after in pairwise(places) if p == after), None)
            if twice is not None:
                raise broken(f"trang {self._name} ghi ô {address(twice)} hai lần")
        return SheetScan(
            name=self._name,
            state=state,
            last_row=unpack(places[-1])[0] if places else 0,
            last_column=max((p & (LAST_COLUMN - 1) for p in places), default=-1) + 1,
            places=places,
            types=types,
            errors=self._errors,
            formulas=frozenset(map(address, self._formulas)),
            unvalued=frozenset(map(address, self._unvalued)),
            merged=tuple(self._merged),
            styles=styles,
            hidden_rows=frozenset(self._hidden_rows),
            hidden_columns=tuple(self._hidden_columns),
        )
