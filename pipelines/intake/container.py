"""Guarding and auditing scan of an .xlsx container, independent of the value reader.

Nothing here keeps values: it counts cells with content, notes where errors and formulas stand,
and refuses what would harm a reader (archive bombs, entities, absurd extents).

Belongs here: what the container holds. Does not belong here: values (``cells``).
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.parsers import expat

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_CHUNK = 1 << 20


class UnreadableWorkbook(Exception):  # noqa: N818 — what the file is, not what the code did
    """A file that is not read; ``message_vi`` tells the sender why and what to do.

    Attributes:
        code: Stable short code.
        message_vi: Found, expected, next action.
        status: ``unreadable`` or ``refused`` (dangerous by construction).
    """

    def __init__(self, code: str, message_vi: str, status: str = "unreadable") -> None:
        self.code, self.message_vi, self.status = code, message_vi, status
        super().__init__(f"{code}: {message_vi}")


@dataclass(frozen=True)
class Limits:
    """What a workbook may weigh before it is refused."""

    members: int = 2_000
    uncompressed: int = 400_000_000
    ratio: int = 300
    cells: int = 3_000_000
    extent: int = 20_000_000


@dataclass(frozen=True)
class SheetScan:
    """What a sheet holds.

    Attributes:
        cells: Cells with content, formulas and errors included, white space not.
        last_row: Last row with content, 1-based; 0 for an empty sheet.
        last_column: Last column with content, 1-based.
        errors: Address → error text.
        formulas: Addresses of formulas.
        unvalued: Addresses of formulas that no program has computed yet.
        merged: Merged ranges.
    """

    name: str
    state: str
    cells: int
    last_row: int
    last_column: int
    errors: dict[str, str]
    formulas: frozenset[str]
    unvalued: frozenset[str]
    merged: tuple[str, ...]


@dataclass(frozen=True)
class Container:
    """What a workbook holds."""

    sheets: tuple[SheetScan, ...]
    defined_names: dict[str, str]


def scan_container(data: bytes, limits: Limits | None = None) -> Container:
    """Scan a workbook.

    Args:
        data: The file's bytes.
        limits: Weights allowed.

    Returns:
        Sheets in order, hidden ones too, and the text constants among the defined names.

    Raises:
        UnreadableWorkbook: Not a workbook, protected by a password, broken, or over a limit.
    """
    limits = limits or Limits()
    with _open(data, limits) as archive:
        try:
            book = _Workbook(archive)
            blanks = _blank_strings(archive, book.shared_strings)
            sheets = tuple(
                _Sheet(name, state, blanks, limits).parse(archive, member)
                for name, state, member in book.sheets
            )
        except (KeyError, expat.ExpatError, zipfile.BadZipFile, EOFError, ValueError) as error:
            raise _broken() from error
    return Container(sheets, book.names)


def _broken() -> UnreadableWorkbook:
    return UnreadableWorkbook(
        "broken", "Tệp Excel bị hỏng hoặc bị cắt cụt; mở lại, lưu thành .xlsx rồi gửi lại."
    )


def _open(data: bytes, limits: Limits) -> zipfile.ZipFile:
    if not data:
        raise UnreadableWorkbook("empty", "Tệp rỗng (0 byte); kiểm tra rồi gửi lại.")
    if data.startswith(_OLE2):
        raise UnreadableWorkbook(
            "protected_or_old",
            "Tệp có mật khẩu hoặc là Excel đời cũ (.xls);"
            " bỏ mật khẩu, lưu thành .xlsx rồi gửi lại.",
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError) as error:
        raise UnreadableWorkbook(
            "not_xlsx", "Tệp không phải là Excel .xlsx; lập lại theo biểu mẫu rồi gửi lại."
        ) from error
    members = archive.infolist()
    size = sum(member.file_size for member in members)
    if (
        len(members) > limits.members
        or size > limits.uncompressed
        or size > limits.ratio * max(len(data), 1)
        or any(_escapes(member.filename) for member in members)
    ):
        raise UnreadableWorkbook(
            "bomb", "Tệp nén bất thường, bị từ chối vì lý do an toàn.", status="refused"
        )
    if "xl/workbook.xml" not in archive.NameToInfo:
        raise UnreadableWorkbook(
            "not_workbook", "Tệp không phải là sổ Excel; lập lại theo biểu mẫu rồi gửi lại."
        )
    return archive


def _escapes(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name


class _Parser:
    """A streaming parser: subclasses override ``start``, ``end``; text is collected on demand."""

    def __init__(self) -> None:
        self.text: list[str] | None = None
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters
        self._expat.StartDoctypeDeclHandler = self._doctype

    def read(self, archive: zipfile.ZipFile, member: str) -> None:
        """Parse a member to its end."""
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                self._expat.Parse(chunk, False)
            self._expat.Parse(b"", True)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element, by local name."""

    def end(self, name: str) -> None:
        """Close an element, by local name."""

    def take(self) -> str:
        """The text collected so far; collecting stops."""
        text, self.text = "".join(self.text or []), None
        return text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.start(name.rpartition(" ")[2], attributes)

    def _end(self, name: str) -> None:
        self.end(name.rpartition(" ")[2])

    def _characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def _doctype(self, *_: object) -> None:
        raise UnreadableWorkbook(
            "entities", "Tệp chứa khai báo XML bị cấm, bị từ chối vì lý do an toàn.", "refused"
        )


class _Workbook(_Parser):
    """Sheets, their members, and text constants among the defined names."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__()
        self.names: dict[str, str] = {}
        self._listed: list[tuple[str, str, str]] = []
        self._name: str | None = None
        self.read(archive, "xl/workbook.xml")
        targets = _Relations(archive)
        self.sheets = [
            (name, state, targets.sheets[key])
            for name, state, key in self._listed
            if key in targets.sheets
        ]
        self.shared_strings = targets.shared_strings

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            key = attributes.get(_RELATIONSHIP) or next(
                (v for k, v in attributes.items() if k.endswith(" id")), ""
            )
            state = attributes.get("state", "visible")
            self._listed.append((attributes["name"], state, key))
        elif name == "definedName":
            self._name, self.text = attributes.get("name"), []

    def end(self, name: str) -> None:
        if name == "definedName" and self._name is not None:
            text = self.take()
            if len(text) > 1 and text[0] == text[-1] == '"':
                self.names[self._name] = text[1:-1].replace('""', '"')
            self._name = None


class _Relations(_Parser):
    """Where the sheets and the shared strings stand."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__()
        self.sheets: dict[str, str] = {}
        self.shared_strings: str | None = None
        self.read(archive, "xl/_rels/workbook.xml.rels")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship":
            return
        target = attributes["Target"]
        member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        kind = attributes["Type"].rpartition("/")[2]
        if kind == "worksheet":
            self.sheets[attributes["Id"]] = member
        elif kind == "sharedStrings":
            self.shared_strings = member


class _BlankStrings(_Parser):
    """Indices of shared strings that are white space only."""

    def __init__(self) -> None:
        super().__init__()
        self.blank: set[int] = set()
        self._index = -1
        self._filled = self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        del attributes
        if name == "si":
            self._index += 1
            self._filled = False
        elif name == "rPh":
            self._phonetic = True
        elif name == "t" and not self._phonetic:
            self.text = []

    def end(self, name: str) -> None:
        if name == "t" and not self._phonetic:
            self._filled |= bool(self.take().strip())
        elif name == "rPh":
            self._phonetic = False
        elif name == "si" and not self._filled:
            self.blank.add(self._index)


def _blank_strings(archive: zipfile.ZipFile, member: str | None) -> set[int]:
    parser = _BlankStrings()
    if member is not None and member in archive.NameToInfo:
        parser.read(archive, member)
    return parser.blank


class _Sheet(_Parser):
    """Counts a sheet's cells; keeps addresses of errors and formulas only."""

    def __init__(self, name: str, state: str, blanks: set[int], limits: Limits) -> None:
        super().__init__()
        self._name, self._state, self._blanks, self._limits = name, state, blanks, limits
        self._cells = self._row = self._column = 0
        self._last_row = self._last_column = 0
        self._errors: dict[str, str] = {}
        self._formulas: set[str] = set()
        self._unvalued: set[str] = set()
        self._merged: list[str] = []
        self._kind, self._address = "n", ""
        self._formula = self._valued = self._filled = False

    def parse(self, archive: zipfile.ZipFile, member: str) -> SheetScan:
        """Read the member; what was counted."""
        self.read(archive, member)
        return SheetScan(
            self._name,
            self._state,
            self._cells,
            self._last_row,
            self._last_column,
            self._errors,
            frozenset(self._formulas),
            frozenset(self._unvalued),
            tuple(self._merged),
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._open_cell(attributes)
        elif name in {"v", "t"}:
            self.text = []
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
        elif name == "mergeCell":
            self._merged.append(attributes["ref"])

    def end(self, name: str) -> None:
        if name == "v":
            self._value(self.take())
        elif name == "t":
            self._filled |= bool(self.take().strip())
        elif name == "c":
            self._close_cell()

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self._kind = attributes.get("t", "n")
        self._formula = self._valued = self._filled = False
        address = attributes.get("r")
        if address is None:
            self._column += 1
        else:
            self._row, self._column = split_address(address)
        self._address = address or ""

    def _value(self, text: str) -> None:
        self._valued = bool(text)
        if self._kind == "s":
            self._filled = int(text) not in self._blanks
        elif self._kind == "e":
            self._filled = True
            self._errors[self._where()] = text
        else:
            self._filled = bool(text.strip())

    def _where(self) -> str:
        return self._address or f"{letters(self._column)}{self._row}"

    def _close_cell(self) -> None:
        if self._formula:
            self._formulas.add(self._where())
            if not self._valued:
                self._unvalued.add(self._where())
        if not (self._filled or self._formula):
            return
        self._cells += 1
        self._last_row = max(self._last_row, self._row)
        self._last_column = max(self._last_column, self._column)
        if (
            self._cells > self._limits.cells
            or self._last_row * self._last_column > self._limits.extent
        ):
            raise UnreadableWorkbook(
                "extent",
                f"Trang {self._name} có ô ở quá xa ({self._where()}) hoặc quá nhiều ô;"
                " xóa các dòng, cột thừa rồi gửi lại.",
                status="refused",
            )


def split_address(address: str) -> tuple[int, int]:
    """``E12`` → ``(12, 5)``."""
    column = 0
    for place, letter in enumerate(address):
        if letter.isdigit():
            return int(address[place:]), column
        column = column * 26 + ord(letter) - 64
    msg = f"no cell address: {address!r}"
    raise ValueError(msg)


def letters(column: int) -> str:
    """``1`` → ``A``, ``27`` → ``AA``."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
