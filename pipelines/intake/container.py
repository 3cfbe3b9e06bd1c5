"""Guarding and auditing scan of an .xlsx container, independent of the value reader.

Nothing here keeps values: it counts cells with content, notes where errors and formulas stand,
and refuses what would harm a reader (archive bombs, entities, absurd extents).

Belongs here: the archive, its sheets and names. Does not belong here: a sheet's cells
(``sheet_scan``), values (``cells``).
"""

from __future__ import annotations

import contextlib
import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.parsers import expat

from pipelines.intake.plain_sheet import scan_member
from pipelines.intake.refusal import ARCHIVE_ERRORS, Limits, UnreadableWorkbook, broken
from pipelines.intake.sheet_scan import (
    SheetScan,
    letters,
    split_address,
    stream_xml,
)
from pipelines.intake.styles import Style, read_styles

# the door to the scan: callers need not know how it is divided
__all__ = [
    "Container",
    "Limits",
    "SheetScan",
    "UnreadableWorkbook",
    "letters",
    "scan_container",
    "split_address",
]

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_ENCRYPTED = 0x1  # general purpose bit 0 of a zip member
# broken XML; a part, attribute or string that is named but not there; no number where one must be
_CONTRADICTIONS = (expat.ExpatError, LookupError, ValueError, StopIteration)
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


@dataclass(frozen=True)
class Container:
    """What a workbook holds.

    Attributes:
        sheets: Worksheets in order, hidden ones too.
        defined_names: Text constants among the defined names, unquoted.
        styles: Of cells, by the number that a sheet's scan names them with.
        has_macros: Whether the workbook carries a program; it is never run.
    """

    sheets: tuple[SheetScan, ...]
    defined_names: dict[str, str]
    styles: tuple[Style, ...] = ()
    has_macros: bool = False


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
    with _open(data, limits) as archive, contradictions():
        return _scan(archive, limits)


@contextlib.contextmanager
def contradictions() -> Iterator[None]:
    """Turn what damaged archives and broken XML raise into the refusal of a broken file.

    Raises:
        UnreadableWorkbook: The file contradicts itself.
    """
    try:
        yield
    except (*ARCHIVE_ERRORS, *_CONTRADICTIONS) as error:
        raise broken() from error


def read_names(data: bytes, limits: Limits | None = None) -> dict[str, str]:
    """Only the text constants among the defined names; no sheet is looked at.

    Raises:
        UnreadableWorkbook: As ``scan_container``.
    """
    book = _Book()
    with _open(data, limits or Limits()) as archive, contradictions():
        stream_xml(archive, _BOOK, book.start, book.end, book.characters)
    return book.names


def _scan(archive: zipfile.ZipFile, limits: Limits) -> Container:
    book, relations = _Book(), Relations()
    stream_xml(archive, _BOOK, book.start, book.end, book.characters)
    stream_xml(archive, _RELATIONS, relations.start, _ignore, _ignore)
    strings = _BlankStrings()
    if relations.shared_strings in archive.NameToInfo:
        member = relations.shared_strings
        stream_xml(archive, member, strings.start, strings.end, strings.characters)
    if len({name for name, _, _ in book.sheets}) < len(book.sheets):
        raise broken("hai trang trùng tên")
    sheets: list[SheetScan] = []
    for name, state, key in book.sheets:
        if relations.kinds[key] != "worksheet":
            continue  # a chart or dialog sheet has no cells
        sheets.append(
            scan_member(
                archive,
                relations.members[key],
                name=name,
                state=state,
                blank_strings=bytes(strings.blank),
                limits=limits,
            )
        )
    if not sheets:
        raise broken("không có trang tính nào")
    styles = read_styles(archive, relations.styles)
    return Container(tuple(sheets), book.names, styles, relations.has_macros)


def _open(data: bytes, limits: Limits) -> zipfile.ZipFile:
    if not data:
        raise UnreadableWorkbook("empty", "Tệp rỗng (0 byte); kiểm tra rồi gửi lại.")
    if data.startswith(_OLE2):
        raise _protected()
    archive = open_archive(data, limits)
    if _BOOK not in archive.NameToInfo:
        raise UnreadableWorkbook(
            "not_workbook", "Tệp không phải là sổ Excel; lập lại theo biểu mẫu rồi gửi lại."
        )
    return archive


def open_archive(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """Open an archive that may be unpacked.

    Raises:
        UnreadableWorkbook: No archive, cut, or one that would harm a reader.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (*ARCHIVE_ERRORS, ValueError) as error:
        raise UnreadableWorkbook(
            "not_xlsx", "Tệp không phải là Excel .xlsx; lập lại theo biểu mẫu rồi gửi lại."
        ) from error
    _guard(archive.infolist(), len(data), limits)
    return archive


def _guard(members: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    """Refuse by the archive's directory alone, before anything is unpacked."""
    unpacked = sum(member.file_size for member in members)
    names = {member.filename for member in members}
    if (
        len(members) > limits.members
        or unpacked > limits.uncompressed
        or unpacked > limits.ratio * size
        or any(_escapes(name) for name in names)
    ):
        raise UnreadableWorkbook(
            "bomb",
            "Tệp nén bất thường, bị từ chối vì lý do an toàn; mở bằng Excel, lưu lại rồi gửi lại.",
            status="refused",
        )
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise _protected()
    # of two members with one name, two readers may each see another
    if len(names) < len(members) or any(m.compress_type not in _PACKINGS for m in members):
        raise broken()


def _protected() -> UnreadableWorkbook:
    return UnreadableWorkbook(
        "protected_or_old",
        "Tệp có mật khẩu hoặc là Excel đời cũ (.xls); bỏ mật khẩu, lưu thành .xlsx rồi gửi lại.",
    )


def _escapes(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name


def _ignore(_: str) -> None:
    """Text and closing tags that say nothing."""


class _Book:
    """Sheets ``(name, state, relation)`` and text constants among the defined names."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.sheets: list[tuple[str, str, str]] = []
        self._name: str | None = None
        self._is_local = False
        self._text = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            key = next(v for k, v in attributes.items() if k.endswith(":id"))
            self.sheets.append((attributes["name"], attributes.get("state", "visible"), key))
        elif name == "definedName":
            self._name, self._text = attributes["name"], ""
            self._is_local = "localSheetId" in attributes

    def characters(self, text: str) -> None:
        self._text += text

    def end(self, name: str) -> None:
        if name != "definedName" or self._name is None:
            return
        text = self._text.strip()
        if len(text) > 1 and text[0] == text[-1] == '"':
            value = text[1:-1].replace('""', '"')
            # a copied sheet brings its own copy of a name; the workbook's own one counts
            self.names[self._name] = self.names.get(self._name, value) if self._is_local else value
        self._name = None


class Relations:
    """Which member each sheet is, by relation id, and where the shared strings stand."""

    def __init__(self) -> None:
        self.members: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.shared_strings = self.styles = ""
        self.has_macros = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship" or attributes.get("TargetMode") == "External":
            return
        # an absolute target starts at the archive's root, any other beside the workbook
        member = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
        kind = attributes["Type"].rpartition("/")[2]
        self.members[attributes["Id"]], self.kinds[attributes["Id"]] = member, kind
        if kind == "sharedStrings":
            self.shared_strings = member
        elif kind == "styles":
            self.styles = member
        elif kind == "vbaProject":
            self.has_macros = True


class _BlankStrings:
    """A byte per shared string: 1 where it is white space only, in all its runs."""

    def __init__(self) -> None:
        self.blank = bytearray()
        self._taking = self._in_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        del attributes
        if name == "si":
            self.blank.append(1)
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "t":
            self._taking = not self._in_phonetic

    def characters(self, text: str) -> None:
        if self._taking and text.strip():
            self.blank[-1] = 0

    def end(self, name: str) -> None:
        if name == "t":
            self._taking = False
        elif name == "rPh":
            self._in_phonetic = False
