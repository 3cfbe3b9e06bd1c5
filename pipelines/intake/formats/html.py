"""Web pages, mostly saved by office systems under the name .xls: their tables, one page each.

Nothing is fetched and no script is run: tags are read as they stand.

Belongs here: tables with spans, text around them, what programs note beside a shown number.
Does not belong here: the second count (``html_count``).
"""

from __future__ import annotations

import math
import re
from html.parser import HTMLParser

from pipelines.intake.formats.book import Book
from pipelines.intake.formats.grid import (
    TEXT_PAGE,
    GridCell,
    Page,
    add_text,
    check_size,
    grid_book,
    page_name,
    too_large,
)
from pipelines.intake.formats.html_count import BLOCKS, SILENT, count_cells, loose_marks, shown_part
from pipelines.intake.formats.html_styles import HtmlStyles
from pipelines.intake.formats.plain_text import decoded
from pipelines.intake.formats.sniffing import unreadable
from pipelines.intake.refusal import Limits, refused
from pipelines.intake.sheet_scan import LAST_COLUMN

_DEEPEST = 20
_MOST_COLUMNS, _MOST_ROWS = 1_000, 65_534  # of a span, as browsers bound them
_MOST_LOOSE = 500
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
_HEAD = 2_000
_VOID = {"br", "img", "hr", "meta", "link", "input", "col", "wbr", "area", "base"}


def read_html(data: bytes, limits: Limits) -> Book:
    """Read the tables of a web page.

    Raises:
        UnreadableWorkbook: No table, nested too deep, or over a limit.
    """
    if len(data) > limits.uncompressed:
        raise too_large("Tệp HTML")
    text = shown_part(_text(data))
    if loose_marks(text) > _MOST_LOOSE:
        raise unreadable("truncated", "Tệp HTML bị hỏng: nhiều thẻ mở mà không đóng")
    walk = _Walk(text, limits)
    walk.feed(text)
    walk.close()
    pages = walk.pages()
    if not pages:
        raise refused("no_table", "Tệp HTML không có bảng nào", "lập lại theo biểu mẫu rồi gửi lại")
    counts = count_cells(text)
    names = [page.name for page in pages if page.name != TEXT_PAGE]
    tables = [counts.tables[number] for number in walk.numbers] if counts.tables else []
    counted = dict(zip(names, tables, strict=False)) | {TEXT_PAGE: counts.outside}
    return grid_book(pages, counted, "html", limits)


def _text(data: bytes) -> str:
    said = _CHARSET.search(data[:_HEAD])
    name = said[1].decode("ascii").casefold() if said else ""
    if name in {"windows-1258", "cp1258"}:
        return data.decode("cp1258", "replace")
    text = decoded(data)
    if text is None:
        raise unreadable("truncated", "Tệp HTML có chỗ không phải là chữ, có thể bị cắt cụt")
    return text


class _Table:
    """A table as far as it has been read."""

    def __init__(self, page: Page, number: int) -> None:
        self.page, self.number = page, number
        self.row = 0
        self.row_hidden = False
        self._column = 0
        self._covered: dict[int, int] = {}  # column → last row that a cell above covers
        self.cell: _Cell | None = None

    def open_row(self, *, hidden: bool) -> None:
        self.row, self._column, self.row_hidden = self.row + 1, 0, hidden

    def next_column(self, columns: int, rows: int) -> int:
        """The column of the next cell, right of what cells above it cover."""
        column = self._column + 1
        while self._covered.get(column, 0) >= self.row:
            column += 1
        self._column = column + columns - 1
        if self._column > LAST_COLUMN:
            raise too_large(self.page.name)
        if rows > 1:
            last = self.row + rows - 1
            self._covered.update(dict.fromkeys(range(column, column + columns), last))
        return column


class _Cell:
    """A cell that is open; its text comes in pieces."""

    def __init__(self, column: int, attributes: dict[str, str], *, hidden: bool) -> None:
        self.column, self.attributes, self.hidden = column, attributes, hidden
        self.pieces: list[str] = []
        self.font: str | None = None


class _Walk(HTMLParser):
    """Tables into pages, everything else into a page of text."""

    def __init__(self, text: str, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self._limits = limits
        self._styles = HtmlStyles(text)
        self._stack: list[_Table] = []
        self._tables: list[_Table] = []
        self._outside = Page(TEXT_PAGE)
        self._loose: list[str] = []
        self._silent: str | None = None
        self._silent_depth = 0
        self._title: list[str] | None = None
        self._wanted = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent is not None:
            self._silent_depth += tag == self._silent
            return
        attributes = {key: value or "" for key, value in attrs}
        if tag in SILENT:
            self._silent, self._silent_depth = tag, 1
        elif tag == "table":
            self._open_table()
        elif tag == "tr" and self._stack:
            self._close_cell()
            self._stack[-1].open_row(hidden=self._styles.hides(attributes))
        elif tag in {"td", "th"} and self._stack:
            self._open_cell(attributes)
        elif tag == "em" and self._cell() is None:
            self._title = []  # LibreOffice names a sheet so before its table
        else:
            self._inside(tag, attributes)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def _inside(self, tag: str, attributes: dict[str, str]) -> None:
        cell = self._cell()
        if tag in BLOCKS:
            self._break()
        elif cell is not None and not cell.font:
            cell.font = attributes.get("face") or self._styles.font_of(attributes)

    def handle_endtag(self, tag: str) -> None:
        if self._silent is not None:
            self._silent_depth -= tag == self._silent
            self._silent = self._silent if self._silent_depth else None
        elif tag == "table" and self._stack:
            self._close_cell()
            self._stack.pop()
        elif tag in {"td", "th", "tr"} and self._stack:
            self._close_cell()
        elif tag == "em" and self._title is not None:
            self._wanted, self._title = _spaced("".join(self._title)), None
        elif tag in BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if self._silent is not None:
            return
        if self._title is not None:
            self._title.append(data)
        cell = self._cell()
        if cell is not None:
            cell.pieces.append(_BLANKS.sub(" ", data))
        elif not self._stack:
            self._loose.append(data)
        elif data.strip():  # between cells; browsers show it before the table
            self._loose.append(f"{data} ")

    def _cell(self) -> _Cell | None:
        return self._stack[-1].cell if self._stack else None

    def _break(self) -> None:
        cell = self._cell()
        if cell is not None:
            cell.pieces.append("\n")
        else:
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        text = _spaced("".join(self._loose))
        self._loose = []
        if text:
            add_text(self._outside, text)

    def _open_table(self) -> None:
        if not self._stack:
            self._end_paragraph()
        if len(self._stack) >= _DEEPEST:
            raise refused(
                "nested",
                "Bảng HTML lồng nhau quá sâu",
                "lập lại theo biểu mẫu rồi gửi lại",
                "refused",
            )
        number = len(self._tables) + 1
        table = _Table(Page(self._wanted or f"Trang {number}"), number - 1)
        self._wanted = ""
        self._tables.append(table)
        self._stack.append(table)

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self._close_cell()
        table = self._stack[-1]
        if not table.row:
            table.open_row(hidden=False)
        columns = _span(attributes.get("colspan"), _MOST_COLUMNS)
        rows = _span(attributes.get("rowspan"), _MOST_ROWS)
        column = table.next_column(columns, rows)
        if columns > 1 or rows > 1:
            table.page.merge(table.row, column, rows, columns)
        hidden = table.row_hidden or self._styles.hides(attributes)
        table.cell = _Cell(column, attributes, hidden=hidden)

    def _close_cell(self) -> None:
        table = self._stack[-1]
        cell, table.cell = table.cell, None
        if cell is None:
            return
        text = "\n".join(filter(None, map(_spaced, "".join(cell.pieces).split("\n"))))
        if not text:
            return
        style = self._styles.of_cell(cell.attributes, cell.font)
        number = _number(cell.attributes, text)
        table.page.cells.append(
            GridCell(table.row, cell.column, text, number, style, is_hidden=cell.hidden)
        )
        if len(table.page.cells) > self._limits.cells:
            raise too_large(table.page.name)

    def pages(self) -> list[Page]:
        """Tables that hold something, and the text around them; none without a table."""
        while self._stack:  # the page ends before its tables do
            self._close_cell()
            self._stack.pop()
        self._end_paragraph()
        found: list[Page] = []
        self.numbers: list[int] = []
        for table in self._tables:
            if table.page.cells:
                table.page.cells.sort(key=lambda cell: (cell.row, cell.column))
                table.page.name = page_name(table.page.name, found)
                found.append(table.page)
                self.numbers.append(table.number)
        if found and self._outside.cells:
            found.append(self._outside)
        check_size(found, self._limits)
        return found


def _spaced(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def _span(text: str | None, most: int) -> int:
    digits = (text or "").strip()
    # rowspan=0 means "to the end"; the cells below tell where that is
    return min(max(int(digits), 1), most) if digits.isascii() and digits.isdigit() else 1


def _number(attributes: dict[str, str], text: str) -> float | None:
    """The number that LibreOffice or Excel notes beside what it shows of it; dates stay texts."""
    noted = attributes.get("sdval") or attributes.get("x:num")
    if not noted or not any(sign.isdigit() for sign in text) or "/" in text:
        return None
    try:
        number = float(noted)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
