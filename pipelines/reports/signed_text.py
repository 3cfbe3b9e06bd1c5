"""The text of a Word file as a reader sees it, with the figures that its content controls mark.

Belongs here: paragraphs and table rows in reading order, what is deleted or moved left out, where
each figure stands. Does not belong here: comparing two files (``signed_copy``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from docx.oxml import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement

from pipelines.intake.container import contradictions, open_archive
from pipelines.intake.formats.docx import DOCUMENT, PREFIXES
from pipelines.intake.refusal import Limits, broken

CELL = "\x1f"
_ASIDE = {"w:moveFrom", "w:del", "mc:Fallback", "w:sdtPr", "w:pPr", "w:rPr", "w:sdtEndPr"}
_SIGNS = {"w:tab": " ", "w:br": " ", "w:cr": " ", "w:noBreakHyphen": "-"}
_PICTURES = {"w:drawing", "w:pict"}
_LONGEST_NAME = 40
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class Span:
    """A marked figure: from where to where in its block, its tag."""

    start: int
    end: int
    tag: str


@dataclass(frozen=True)
class Block:
    """A paragraph, or a row of a table with its cells parted by ``CELL``.

    Attributes:
        text: Its words; one space for any white space.
        spans: The figures in it, from left to right.
        place: For instance "đoạn 12" or "bảng 2, dòng 3".
    """

    text: str
    spans: tuple[Span, ...]
    place: str

    def where(self, position: int) -> str:
        """Where a position of the text is; in a row, in which column."""
        if CELL not in self.text:
            return self.place
        cells = (cell.strip() for cell in self.text.split(CELL))
        name = next((cell for cell in cells if any(map(str.isalpha, cell))), "")
        about = f" ({name[:_LONGEST_NAME]})" if name else ""
        return f"{self.place}{about}, cột {self.text.count(CELL, 0, position) + 1}"


@dataclass
class _Line:
    """A block as far as it has been read."""

    text: str = ""
    spans: list[Span] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)  # controls around whole paragraphs

    def add(self, text: str) -> None:
        """Words; white space that would stand twice stands once."""
        for sign in unicodedata.normalize("NFC", text):
            letter = " " if sign.isspace() and sign != CELL else sign
            if letter == " " and self.text[-1:] in {"", " ", CELL}:
                continue
            self.text += letter

    def block(self, place: str) -> Block:
        """The block, without space at its ends."""
        text = self.text.rstrip(" ")
        spans = (Span(s.start, min(s.end, len(text)), s.tag) for s in self.spans)
        return Block(text, tuple(spans), place)


@dataclass
class Words:
    """What a Word file says.

    Attributes:
        blocks: In reading order; empty ones left out.
        pictures: How many pictures it holds.
    """

    blocks: list[Block]
    pictures: int


def words_of(data: bytes) -> Words:
    """Read a ``.docx``.

    Raises:
        UnreadableWorkbook: It is none, is damaged, or would harm a reader.
    """
    with open_archive(data, Limits()) as archive, contradictions():
        if DOCUMENT not in archive.NameToInfo:
            raise broken("không phải tệp Word")
        text = archive.read(DOCUMENT)
    if b"<!DOCTYPE" in text:
        raise broken()
    try:
        tree = parse_xml(text)  # python-docx's parser resolves no entities
    except SyntaxError as error:
        raise broken() from error
    pictures = sum(1 for element in tree.iter() if _name(element) in _PICTURES)
    return Words(list(_Reader().blocks(tree)), pictures)


class _Reader:
    """Counts paragraphs and tables while it goes through the body."""

    def __init__(self) -> None:
        self._paragraphs = self._tables = 0

    def blocks(self, tree: BaseOxmlElement) -> Iterator[Block]:
        """All blocks below an element."""
        yield from self._below(tree, [])

    def _below(self, element: BaseOxmlElement, tags: list[str]) -> Iterator[Block]:
        for child in element:
            name = _name(child)
            if name == "w:p":
                yield from self._paragraph(child, tags)
            elif name == "w:tbl":
                yield from self._table(child, tags)
            elif name not in _ASIDE:
                yield from self._below(child, [*tags, *_tag(child)])

    def _paragraph(self, element: BaseOxmlElement, tags: list[str]) -> Iterator[Block]:
        line = _Line()
        apart = _read(element, line)
        _mark_whole(line, tags, 0)
        if line.text.strip():
            self._paragraphs += 1
            yield line.block(f"đoạn {self._paragraphs}")
        for box in apart:
            yield from self._below(box, tags)

    def _table(self, element: BaseOxmlElement, tags: list[str]) -> Iterator[Block]:
        self._tables += 1
        number = self._tables
        for place, (row, around) in enumerate(_children(element, "w:tr", tags), start=1):
            line = _Line()
            for n, (cell, inner) in enumerate(_children(row, "w:tc", around)):
                if n:
                    line.text = line.text.rstrip(" ") + CELL
                _read_cell(cell, line, inner)
            if line.text.strip(f" {CELL}"):
                yield line.block(f"bảng {number}, dòng {place}")


def _read_cell(cell: BaseOxmlElement, line: _Line, tags: list[str]) -> None:
    """The paragraphs of a cell; a table in it counts as words of the cell."""
    for paragraph in cell.iter(f"{_W}p"):
        around = [t for up in paragraph.iterancestors() if up is not cell for t in _own(up, cell)]
        start = len(line.text)
        _read(paragraph, line)
        _mark_whole(line, [*tags, *around], start)
        line.add(" ")


def _own(element: BaseOxmlElement, cell: BaseOxmlElement) -> list[str]:
    """The tag of a control inside a cell that stands around whole paragraphs."""
    inside = cell in element.iterancestors()
    return _tag(element) if inside else []


def _mark_whole(line: _Line, tags: list[str], start: int) -> None:
    if line.text[start:].strip():
        line.spans += [Span(start, len(line.text.rstrip(" ")), tag) for tag in tags]


def _read(element: BaseOxmlElement, line: _Line) -> list[BaseOxmlElement]:
    """Add what an element says to a line; text boxes in it are given back."""
    apart: list[BaseOxmlElement] = []
    for child in element:
        name = _name(child)
        if name in _ASIDE:
            continue
        if name == "w:t":
            line.add(child.text or "")
        elif name in _SIGNS:
            line.add(_SIGNS[name])
        elif name == "w:txbxContent":
            apart.append(child)
        elif tag := _tag(child):
            start = len(line.text)
            apart += _read(child, line)
            line.spans.append(Span(start, len(line.text), tag[0]))
        else:
            apart += _read(child, line)
    return apart


def _children(
    element: BaseOxmlElement, wanted: str, tags: list[str]
) -> Iterator[tuple[BaseOxmlElement, list[str]]]:
    """Rows of a table, or cells of a row, those in content controls too."""
    for child in element:
        if _name(child) == wanted:
            yield child, tags
        elif _name(child) in {"w:sdt", "w:sdtContent", "w:ins", "w:moveTo"}:
            yield from _children(child, wanted, [*tags, *_tag(child)])


def _tag(element: BaseOxmlElement) -> list[str]:
    """The tag of a content control; nothing for other elements."""
    if _name(element) != "w:sdt":
        return []
    properties = next((c for c in element if _name(c) == "w:sdtPr"), None)
    for each in properties if properties is not None else ():
        if _name(each) == "w:tag":
            return [str(value) for value in each.attrib.values()][:1]
    return []


def _name(element: BaseOxmlElement) -> str:
    """``prefix:name`` with our own prefixes; comments have none."""
    if not isinstance(element.tag, str):
        return ""
    space, _, local = element.tag.rpartition("}")
    return f"{PREFIXES.get(space[1:], 'x')}:{local}"
