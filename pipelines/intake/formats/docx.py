"""Word documents: each table a page of its own, the paragraphs around them a page of text.

Belongs here: tables with merged cells, paragraphs, what is deleted or shown elsewhere left out.
Does not belong here: the second count (``docx_count``), which table is a form (``layout``).
"""

from __future__ import annotations

import zipfile

from pipelines.intake.container import contradictions, open_archive
from pipelines.intake.formats.book import Book
from pipelines.intake.formats.docx_count import count_docx
from pipelines.intake.formats.docx_fonts import DocxFonts
from pipelines.intake.formats.grid import (
    TEXT_PAGE,
    GridCell,
    Page,
    add_text,
    grid_book,
    too_large,
)
from pipelines.intake.formats.qualified_xml import stream_qualified
from pipelines.intake.refusal import Limits, broken, refused
from pipelines.intake.sheet_scan import LAST_COLUMN
from pipelines.intake.styles import Style, style_of

DOCUMENT, _STYLES, _MACROS = "word/document.xml", "word/styles.xml", "word/vbaProject.bin"
MACROS_NOTE = "Tệp có macro (không được chạy)."
_LATER = ("word/footnotes.xml", "word/endnotes.xml", "word/comments.xml")
NOTES_NOTE = "Chú thích và nhận xét trong tệp Word không được đọc."
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
PREFIXES = {_MAIN: "w", _STRICT: "w", _COMPATIBLE: "mc"}
_DEEPEST = 20
_LARGEST = 100_000_000  # of the main part; the second count holds its tree in memory
# what a reader of the document does not see: text moved away or deleted, the copy of a drawing
# for older programs
ASIDE = {"w:moveFrom", "w:del", "mc:Fallback"}
_SIGNS = {"w:tab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-"}


def read_docx(data: bytes, limits: Limits) -> Book:
    """Read a .docx.

    Raises:
        UnreadableWorkbook: Broken, without a table, nested too deep, or over a limit.
    """
    with open_archive(data, limits) as archive, contradictions():
        walk = _walk(archive, limits)
        members = archive.NameToInfo
        notes = [MACROS_NOTE] if _MACROS in members else []
        if any(member in members for member in _LATER[2:]):
            notes.append(NOTES_NOTE)
        pages = walk.pages()
        if all(page.name == TEXT_PAGE for page in pages):
            raise refused(
                "no_table",
                "Tệp Word không có bảng số liệu nào",
                "gửi kèm biểu Excel; văn bản chỉ nhận làm minh chứng",
            )
        counts = count_docx(archive.read(DOCUMENT))
    counted = {f"Bảng {number}": cells for number, cells in enumerate(counts.tables, start=1)}
    return grid_book(pages, counted | {TEXT_PAGE: counts.paragraphs}, "docx", limits, tuple(notes))


def read_tables(data: bytes, limits: Limits) -> list[Page]:
    """Only the pages, without a second count; none of a document without a table.

    Raises:
        UnreadableWorkbook: Broken, nested too deep, or over a limit.
    """
    with open_archive(data, limits) as archive, contradictions():
        return [page for page in _walk(archive, limits).pages() if page.name != TEXT_PAGE]


def _walk(archive: zipfile.ZipFile, limits: Limits) -> _Walk:
    if archive.getinfo(DOCUMENT).file_size > _LARGEST:
        raise too_large("Văn bản Word")
    fonts = DocxFonts()
    if _STYLES in archive.NameToInfo:
        stream_qualified(
            archive,
            _STYLES,
            PREFIXES,
            start=fonts.start,
            end=fonts.end,
            characters=lambda _: None,
        )
    walk = _Walk(fonts, limits)
    stream_qualified(
        archive, DOCUMENT, PREFIXES, start=walk.start, end=walk.end, characters=walk.characters
    )
    return walk


class _Table:
    """A table as far as it has been read."""

    def __init__(self, number: int) -> None:
        self.page = Page(f"Bảng {number}")
        self.row, self.column = 0, 0
        self.span, self.merge = 1, ""
        self.paragraphs: list[str] = []
        self.font: str | None = None
        self.hidden = False
        self._tall: dict[int, tuple[int, int]] = {}  # column → first row and width of a tall cell

    def open_cell(self) -> None:
        self.column += 1
        self.span, self.merge, self.paragraphs, self.font = 1, "", [], None
        self.hidden = False

    def close_cell(self) -> None:
        if self.column + self.span - 1 > LAST_COLUMN:
            raise too_large(self.page.name)
        text = "\n".join(line for line in self.paragraphs if line.strip())
        self._note_merge()
        if text.strip():
            # what stands below a merged cell is kept where it is, though no program shows it
            hidden = self.hidden or self.merge == "continue"
            self.page.cells.append(
                GridCell(
                    self.row,
                    self.column,
                    text,
                    style=style_of(None, self.font),
                    is_hidden=hidden,
                )
            )
        self.column += self.span - 1

    def _note_merge(self) -> None:
        tall = self._tall.get(self.column)
        if self.merge == "continue" and tall is not None:
            first, width = tall
            self.page.merged = [
                area for area in self.page.merged if not area.startswith(_start(self, first))
            ]
            self.page.merge(first, self.column, self.row - first + 1, width)
            return
        if self.merge == "restart":
            self._tall[self.column] = self.row, self.span
        else:
            self._tall.pop(self.column, None)
        if self.span > 1:
            self.page.merge(self.row, self.column, 1, self.span)


def _start(table: _Table, row: int) -> str:
    page = Page("")
    page.merge(row, table.column, 1, 1)
    return page.merged[0].partition(":")[0] + ":"


class _Paragraph:
    """A paragraph that is open; text boxes in it have paragraphs of their own."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.style: str | None = None
        self.font: str | None = None
        self.is_hidden = False


class _Walk:
    """Tables into pages, the paragraphs around them into a page of text."""

    def __init__(self, fonts: DocxFonts, limits: Limits) -> None:
        self._fonts, self._limits = fonts, limits
        self._tables: list[_Table] = []
        self._stack: list[_Table] = []
        self._outside = Page(TEXT_PAGE)
        self._paragraphs: list[_Paragraph] = []
        self._run_font: str | None = None
        self._run_hidden = self._in_run = self._taking = False
        self._aside = self._cells = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._aside or name in ASIDE:
            self._aside += 1
        elif name == "w:p":
            self._paragraphs.append(_Paragraph())
        elif name == "w:tbl":
            self._open_table()
        elif self._stack and name in {"w:tr", "w:tc", "w:gridSpan", "w:vMerge", "w:gridBefore"}:
            self._table_part(name, attributes)
        elif self._paragraphs:
            self._inside(name, attributes, self._paragraphs[-1])

    def _open_table(self) -> None:
        if len(self._stack) >= _DEEPEST:
            raise broken("bảng lồng nhau quá sâu")
        table = _Table(len(self._tables) + 1)
        self._tables.append(table)
        self._stack.append(table)

    def _table_part(self, name: str, attributes: dict[str, str]) -> None:
        table, value = self._stack[-1], attributes.get("w:val", "")
        if name == "w:tr":
            table.row, table.column = table.row + 1, 0
        elif name == "w:tc":
            table.open_cell()
        elif name == "w:vMerge":
            table.merge = value or "continue"
        elif name == "w:gridSpan":
            table.span = min(max(int(value), 1), LAST_COLUMN + 1)
        else:
            table.column += min(max(int(value), 0), LAST_COLUMN)

    def _inside(self, name: str, attributes: dict[str, str], paragraph: _Paragraph) -> None:
        if name == "w:r":
            self._in_run, self._run_font, self._run_hidden = True, None, False
        elif name == "w:pStyle":
            paragraph.style = attributes.get("w:val")
        elif name == "w:rFonts" and self._in_run:
            self._run_font = attributes.get("w:ascii") or attributes.get("w:hAnsi")
        elif name == "w:vanish" and self._in_run:
            self._run_hidden = attributes.get("w:val", "true") not in {"0", "false"}
        elif name == "w:t":
            self._taking = True
        elif name in _SIGNS and self._in_run:
            paragraph.pieces.append(_SIGNS[name])

    def characters(self, text: str) -> None:
        if not self._taking or not self._paragraphs:
            return
        paragraph = self._paragraphs[-1]
        paragraph.pieces.append(text)
        if text.strip():
            font = self._run_font or self._fonts.of_paragraph(paragraph.style)
            paragraph.font = paragraph.font or font
            paragraph.is_hidden = paragraph.is_hidden or self._run_hidden

    def end(self, name: str) -> None:
        if self._aside:
            self._aside -= 1
        elif name == "w:t":
            self._taking = False
        elif name == "w:r":
            self._in_run = False
        elif name == "w:p" and self._paragraphs:
            self._close_paragraph(self._paragraphs.pop())
        elif name == "w:tc" and self._stack:
            self._stack[-1].close_cell()
            self._cells += 1
            if self._cells > self._limits.cells:
                raise too_large(self._stack[-1].page.name)
        elif name == "w:tbl" and self._stack:
            self._stack.pop()

    def _close_paragraph(self, paragraph: _Paragraph) -> None:
        text = "".join(paragraph.pieces)
        if not text.strip():
            return
        if self._stack:
            table = self._stack[-1]
            table.paragraphs.append(text)
            table.font = table.font or paragraph.font
            table.hidden = table.hidden or paragraph.is_hidden
        else:
            style: Style = style_of(None, paragraph.font)
            add_text(self._outside, text, style=style, is_hidden=paragraph.is_hidden)

    def pages(self) -> list[Page]:
        """Tables that hold something, then the text around them."""
        found = [table.page for table in self._tables if table.page.cells]
        return [*found, self._outside] if self._outside.cells else found
