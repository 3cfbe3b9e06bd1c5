"""Cells of formats that only hold text in tables: pages of them become a book.

Belongs here: the frame of such cells, their second count, their limits.
Does not belong here: finding the tables (``delimited``, ``html``, ``docx``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipelines.intake.cell_table import table_of
from pipelines.intake.cells import COLUMNS
from pipelines.intake.formats.book import Book, SheetInfo
from pipelines.intake.refusal import Limits, UnreadableWorkbook, refused
from pipelines.intake.sheet_scan import LAST_COLUMN, LAST_ROW, letters
from pipelines.intake.styles import PLAIN, Style

TEXT_PAGE = "Văn bản"
# Excel's own longest name of a sheet
_LONGEST = 31


@dataclass(frozen=True)
class GridCell:
    """A cell with content.

    Attributes:
        row: 1-based.
        column: 1-based.
        text: What stands there.
        number: The number that a program wrote beside the text it shows, if it did.
        style: What is said of the cell's look.
        is_hidden: Nobody sees it.
    """

    row: int
    column: int
    text: str
    number: float | None = None
    style: Style = PLAIN
    is_hidden: bool = False


@dataclass
class Page:
    """A table, or the text around the tables."""

    name: str
    cells: list[GridCell] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    def merge(self, row: int, column: int, rows: int, columns: int) -> None:
        """Note an area that its first cell covers."""
        right, bottom = min(column + columns - 1, LAST_COLUMN), min(row + rows - 1, LAST_ROW)
        self.merged.append(f"{letters(column)}{row}:{letters(right)}{bottom}")


def add_text(page: Page, text: str, *, style: Style = PLAIN, is_hidden: bool = False) -> None:
    """Put a paragraph below what a page of text holds."""
    page.cells.append(GridCell(len(page.cells) + 1, 1, text, style=style, is_hidden=is_hidden))


def grid_book(
    pages: list[Page],
    counted: Mapping[str, int],
    container: str,
    limits: Limits,
    notes: tuple[str, ...] = (),
) -> Book:
    """A book of pages whose cells were counted a second time.

    Args:
        pages: Their cells have content and stand in row order, names are unique.
        counted: Page → cells with content, by a count that shares nothing with the reader.
        container: What was read.
        limits: Weights allowed.
        notes: For the sender and the coordinator.

    Raises:
        UnreadableWorkbook: The counts differ, or a limit is passed.
    """
    check_size(pages, limits)
    for page in pages:
        if counted.get(page.name, 0) != len(page.cells):
            raise refused(
                "cells_differ",
                f"{page.name}: đếm được {counted.get(page.name, 0)} ô có nội dung nhưng đọc được"
                f" {len(page.cells)} ô",
                "lưu lại thành .xlsx rồi gửi lại",
            )
    sheets = tuple(SheetInfo(p.name, "visible", len(p.cells), tuple(p.merged)) for p in pages)
    return Book(table_of(_frame(pages)), sheets, {}, container, notes)


def check_size(pages: list[Page], limits: Limits) -> None:
    """Refuse pages that are over a limit.

    Raises:
        UnreadableWorkbook: They are.
    """
    if sum(len(page.cells) for page in pages) > limits.cells:
        raise too_large("tệp")
    for page in pages:
        last = max((cell.column for cell in page.cells), default=0)
        rows = page.cells[-1].row if page.cells else 0
        if last > LAST_COLUMN or rows > LAST_ROW or last * rows > limits.extent:
            raise too_large(page.name)


def too_large(where: str) -> UnreadableWorkbook:
    """The refusal of a table that is over a limit."""
    found = f"{where[:_LONGEST]}: có ô ở quá xa hoặc quá nhiều ô"
    return refused("extent", found, "xóa các dòng, cột thừa rồi gửi lại", "refused")


def page_name(wanted: str, taken: list[Page]) -> str:
    """A name for a page, unlike those of the pages before it."""
    name, names, number = wanted[:_LONGEST], {page.name for page in taken}, 1
    while name in names:
        number += 1
        name = f"{wanted[: _LONGEST - 5]} ({number})"
    return name


def _frame(pages: list[Page]) -> pd.DataFrame:
    cells = [(page.name, cell) for page in pages for cell in page.cells]
    numbers = [cell.number for _, cell in cells]
    frame = pd.DataFrame(
        {
            "sheet": pd.Series([name for name, _ in cells], dtype="str"),
            "row": pd.Series([cell.row for _, cell in cells], dtype="int64"),
            "column": pd.Series([cell.column for _, cell in cells], dtype="int64"),
            "cell": pd.Series([f"{letters(c.column)}{c.row}" for _, c in cells], dtype="str"),
            "kind": pd.Series(["text" if n is None else "number" for n in numbers], dtype="str"),
            "text": pd.Series(
                [cell.text if cell.number is None else None for _, cell in cells], dtype="str"
            ),
            "number": pd.Series(numbers, dtype="float64"),
            "is_formula": pd.Series(False, index=range(len(cells)), dtype="bool"),
            "number_format": pd.Series([c.style.number_format for _, c in cells], dtype="str"),
            "font": pd.Series([cell.style.font for _, cell in cells], dtype="str"),
            "is_hidden": pd.Series([cell.is_hidden for _, cell in cells], dtype="bool"),
        }
    )
    return frame[COLUMNS]
