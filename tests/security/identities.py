"""Distinctive identities of nobody, and the search for them in whatever a program leaves behind.

No number here can be anybody's: there is no province 000, no telephone code 000 and no top-level
domain "invalid"; "Xq" begins no Vietnamese name. Each plant has a letter code, so that a hit says
where it was planted.
"""

from __future__ import annotations

import gzip
import io
import re
import sqlite3
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

from pipelines.vietnamese.text import fold

_LETTERS = 26
_KINDS = (
    ("name", re.compile(r"(?i)xq([a-z]{3})x(?![a-z])")),
    # not within longer words: the schema of a Parquet file in base64 holds "XQAAAD"
    ("address", re.compile(r"(?i)(?<![a-z0-9+/])xq([a-z]{3})d(?![a-z])")),
    ("email", re.compile(r"(?i)xq([a-z]{3})e@")),
    ("cccd", re.compile(r"000777(\d{6})")),
    ("phone", re.compile(r"0007[ .\-]?(\d{3})[ .\-]?(\d{3})(?!\d)")),
)
_QUICK = re.compile(r"(?i)xq[a-z]{3}[xde]|0007")
_DEEPEST = 4


@dataclass
class Plants:
    """What was planted where, by letter code."""

    places: list[str] = field(default_factory=list)

    def at(self, place: str) -> Identity:
        """A new identity for a place."""
        self.places.append(place)
        return Identity(len(self.places) - 1)

    def place_of(self, hit: Hit) -> str:
        """Where the identity of a hit was planted."""
        number = hit.number
        return self.places[number] if number < len(self.places) else f"unknown plant {number}"


@dataclass(frozen=True)
class Identity:
    """Somebody who does not exist."""

    number: int

    @property
    def code(self) -> str:
        """Three letters."""
        first, rest = divmod(self.number, _LETTERS * _LETTERS)
        return "".join(chr(97 + n) for n in (first, *divmod(rest, _LETTERS)))

    @property
    def name(self) -> str:
        """A name as people have it."""
        return f"Nguyễn Thị Xq{self.code}x"

    @property
    def cccd(self) -> str:
        """An identity number of no province."""
        return f"000777{self.number:06d}"

    @property
    def phone(self) -> str:
        """A telephone number of no network."""
        digits = f"{self.number:06d}"
        return f"0007 {digits[:3]} {digits[3:]}"

    @property
    def email(self) -> str:
        """An address that no mail reaches."""
        return f"xq{self.code}e@thu.invalid"

    @property
    def address(self) -> str:
        """A place where nobody lives."""
        return f"số 12 đường Xq{self.code}d"

    @property
    def text(self) -> str:
        """How an official writes all of it down."""
        return (
            f"ông {self.name}, CCCD {self.cccd}, điện thoại {self.phone}, {self.email}, "
            f"trú tại {self.address}"
        )

    @property
    def short(self) -> str:
        """For places that hold little, such as sheet names."""
        return f"ba Xq{self.code}x {self.cccd}"

    @property
    def file_name(self) -> str:
        """As people name files: no accents, no spaces."""
        return f"{fold(self.name).title().replace(' ', '_')}_{self.cccd}"


@dataclass(frozen=True)
class Hit:
    """An identity that was found.

    Attributes:
        where: File, and what inside of it.
        kind: ``name``, ``cccd``, …
        number: Of the identity.
        around: What stands around it.
    """

    where: str
    kind: str
    number: int
    around: str


def hits_below(folder: Path, leave: tuple[Path, ...] = ()) -> Iterator[Hit]:
    """Every identity in names and contents of the files below a folder.

    Args:
        folder: Where to look.
        leave: Folders and files that are not looked at.
    """
    for path in sorted(folder.rglob("*")):
        if any(path == each or each in path.parents for each in leave):
            continue
        relative = path.relative_to(folder).as_posix()
        yield from hits_in_text(f"name of {relative}", path.name)
        if path.is_file() and not path.is_symlink():
            yield from hits_in_bytes(relative, path.read_bytes())


def hits_in_bytes(where: str, data: bytes, depth: int = 0) -> Iterator[Hit]:
    """Every identity in bytes, inside whatever they pack."""
    seen: set[tuple[str, int]] = set()
    for part, text in _texts(where, data, depth):
        for hit in hits_in_text(part, text):
            if (hit.kind, hit.number) not in seen:
                seen.add((hit.kind, hit.number))
                yield hit


def hits_in_text(where: str, text: str) -> Iterator[Hit]:
    """Every identity in a text."""
    if _QUICK.search(text) is None:
        return
    for kind, pattern in _KINDS:
        for found in pattern.finditer(text):
            said = "".join(found.groups())
            number = int(said) if said.isdigit() else _number(said)
            around = text[max(0, found.start() - 60) : found.end() + 30]
            yield Hit(where, kind, number, " ".join(around.split()))


def _number(code: str) -> int:
    first, second, third = (ord(letter) - 97 for letter in code.lower())
    return (first * _LETTERS + second) * _LETTERS + third


def _texts(where: str, data: bytes, depth: int) -> Iterator[tuple[str, str]]:
    """What bytes say, and what they say once unpacked."""
    plain = unicodedata.normalize("NFC", data.decode("utf-8", "ignore"))
    yield where, plain
    yield where, data.decode("utf-16-le", "ignore")
    if "\\u" in plain or "&#" in plain:
        yield where, _unescaped(plain)
    if depth < _DEEPEST:
        for name, inner in _unpacked(data):
            yield from _texts(f"{where}!{name}", inner, depth + 1)


def _unescaped(text: str) -> str:
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    return re.sub(r"&#(\d+);", lambda m: chr(min(int(m[1]), 0x10FFFF)), text)


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data.startswith(b"PK\x03\x04") and zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)
    elif data.startswith(b"PAR1"):
        yield "rows", _rows(pq.read_table(pa.BufferReader(data)))
    elif data.startswith(b"ARROW1"):
        yield "rows", _rows(ipc.open_file(data).read_all())
    elif data.startswith(b"SQLite format 3\x00"):
        yield from _of_sqlite(data)
    elif data.startswith(b"\x1f\x8b"):
        yield "gzip", gzip.decompress(data)
    elif data.startswith(b"%PDF"):
        yield from _of_pdf(data)


def _rows(table: pa.Table) -> bytes:
    said = [f"{table.schema.metadata}"]
    for column in table.columns:
        said += [str(value) for value in column.unique().to_pylist() if value is not None]
    return "\n".join(said).encode()


def _of_sqlite(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Values of every table; pages that were freed are seen by the search of the raw bytes."""
    rollback = data[:18] + b"\x01\x01" + data[20:]  # a copy in memory has no write-ahead log
    with sqlite3.connect(":memory:") as connection:
        connection.deserialize(rollback)
        names = [
            n for (n,) in connection.execute("select name from sqlite_master where type='table'")
        ]
        for name in names:
            for number, row in enumerate(connection.execute(f'select * from "{name}"')):  # noqa: S608
                packed = [v if isinstance(v, bytes) else str(v).encode() for v in row]
                yield f"{name}[{number}]", b"\n".join(packed)


def _of_pdf(data: bytes) -> Iterator[tuple[str, bytes]]:
    for number, stream in enumerate(re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)):
        try:
            yield f"stream {number}", zlib.decompress(stream)
        except zlib.error:
            continue
