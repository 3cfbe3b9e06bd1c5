"""The numbers of a paper as a workbook: a sheet per table, and one with every figure and its id.

Belongs here: sheets, their set-up for print, numbers as numbers. Does not belong here: levels of
headings (``grid``), how a number that is shown is read (``shown_numbers``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue.stamping import workbook_bytes
from pipelines.reports.papers import grid, lines
from pipelines.reports.papers.letters import printable
from pipelines.reports.papers.look import FONT
from pipelines.reports.papers.model import Block, Document, Table
from pipelines.reports.papers.shown_figures import ShownFigure, shown_figures
from pipelines.reports.papers.shown_numbers import cell_number
from pipelines.reports.papers.xlsx_sheets import (
    BOX,
    CENTRE,
    HEAD,
    MM_PER_CHARACTER,
    TYPE,
    WRAPPED,
    across,
    cell_at,
    fit_height,
    print_setup,
    table_sheet,
    write,
)

COVER, FIGURES = "Bìa", "Số liệu"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_COVER_MM = (53.0, 180.0)
_FIGURE_COLUMNS = (
    ("TT", 6.0),
    ("Mã số liệu", 46.0),
    ("Chỉ tiêu", 28.0),
    ("Phạm vi", 14.0),
    ("Như in trong văn bản", 18.0),
    ("Giá trị", 12.0),
    ("Vị trí trong văn bản", 48.0),
)


@dataclass(frozen=True)
class _Sheet:
    """A table and the sheet it goes to."""

    name: str
    table: Table
    part: str


def render(doc: Document) -> bytes:
    """The workbook as an ``.xlsx`` file; equal papers give equal bytes.

    Args:
        doc: The paper.

    Raises:
        ValueError: A row of a table does not fit its columns.
    """
    book = Workbook()
    cover = book.worksheets[0]
    cover.title = COVER
    sheets = _sheets(doc)
    for sheet in sheets:
        table_sheet(book.create_sheet(sheet.name), doc, sheet.table)
    _figure_sheet(book.create_sheet(FIGURES), doc)
    _cover_sheet(cover, doc, sheets)
    book.properties.title, book.properties.language = doc.title, "vi-VN"
    book.properties.creator = doc.head.body.replace("\n", " ")
    return workbook_bytes(book, [])


def _sheets(doc: Document) -> list[_Sheet]:
    """Every table, in the order of the paper, with a name that Excel takes."""
    found: list[_Sheet] = []
    taken = {COVER.casefold(), FIGURES.casefold()}
    for part, table in _tables(doc):
        told = _FORBIDDEN.sub(" ", printable(table.number or table.title))
        name = " ".join(told.split())[:_LONGEST_NAME].strip() or "Biểu"
        trial, n = name, 1
        while trial.casefold() in taken:
            n += 1
            trial = f"{name[: _LONGEST_NAME - 5]} ({n})"
        taken.add(trial.casefold())
        found.append(_Sheet(trial, table, part))
    return found


def _tables(doc: Document) -> Iterator[tuple[str, Table]]:
    parts: list[tuple[str, tuple[Block, ...]]] = [("Nội dung", doc.blocks)]
    titles = lines.annex_titles(doc)
    parts += [(title, annex.blocks) for title, annex in zip(titles, doc.annexes, strict=True)]
    for part, blocks in parts:
        for block in blocks:
            if isinstance(block, Table):
                yield part, block


def _figure_sheet(sheet: Worksheet, doc: Document) -> None:
    """Every figure of the paper with the id by which it is traced."""
    count = len(_FIGURE_COLUMNS)
    across(sheet, 1, "SỐ LIỆU TRONG VĂN BẢN VÀ MÃ TRUY NGUỒN", count, "center", bold=True, size=13)
    mark = lines.ILLUSTRATIVE if doc.illustrative else ""
    across(sheet, 2, mark, count, "right", italic=True)
    for column, (label, width) in enumerate(_FIGURE_COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        cell = write(sheet, 3, column, label, bold=True)
        cell.fill, cell.border, cell.alignment = HEAD, BOX, CENTRE
    figures = shown_figures(doc)
    for number, figure in enumerate(figures, 1):
        _figure_row(sheet, number, figure, lines.evidence_link(doc, figure.figure_id))
    sheet.freeze_panes = "C4"
    sheet.auto_filter.ref = f"A3:{get_column_letter(count)}{max(4, len(figures) + 3)}"
    sheet.print_title_rows = "3:3"
    print_setup(sheet, doc)


def _figure_row(sheet: Worksheet, number: int, figure: ShownFigure, link: str | None) -> None:
    row = number + 3
    cell_at(sheet, row, 1).value = number
    indicator, scope = lines.figure_parts(figure.figure_id)
    texts = (figure.figure_id, indicator, scope, figure.text)
    for column, text in enumerate(texts, 2):
        write(sheet, row, column, text)
    found = cell_number(figure.text, figure.value, is_number_column=True)
    if found is not None:
        cell = cell_at(sheet, row, 6)
        cell.value, cell.number_format = found.value, found.format
    write(sheet, row, 7, figure.place)
    for column in range(1, len(_FIGURE_COLUMNS) + 1):
        cell = cell_at(sheet, row, column)
        cell.font, cell.border, cell.alignment = Font(name=FONT, size=TYPE), BOX, WRAPPED
    if link is not None:
        named = cell_at(sheet, row, 2)
        page, _, place = link.partition("#")
        named.hyperlink = Hyperlink(ref=named.coordinate, target=page, location=place or None)
        named.font = Font(name=FONT, size=TYPE, color="12395C", underline="single")
    widths = [width * MM_PER_CHARACTER for _, width in _FIGURE_COLUMNS]
    fit_height(sheet, row, (str(number), *texts, "", figure.place), widths)


def _cover_sheet(sheet: Worksheet, doc: Document, sheets: list[_Sheet]) -> None:
    """What the workbook belongs to, and a way to each of its sheets."""
    row = 1
    head = (*doc.head.superior.split("\n"), *doc.head.body.split("\n"))
    mark = lines.ILLUSTRATIVE if doc.illustrative else ""
    for text in filter(None, (mark, *head)):
        write(sheet, row, 1, text, bold=True)
        row += 1
    row += 1
    for label, text in _about(doc):
        write(sheet, row, 1, label).alignment = WRAPPED
        write(sheet, row, 2, text, bold=True).alignment = WRAPPED
        fit_height(sheet, row, (label, text), _COVER_MM)
        row += 1
    row += 1
    write(sheet, row, 1, "Trang tính", bold=True)
    write(sheet, row, 2, "Nội dung", bold=True)
    told = [(item.name, f"{grid.title_line(item.table)} ({item.part})") for item in sheets]
    told.append((FIGURES, "Mọi số liệu trong văn bản và mã truy nguồn"))
    for place, (name, text) in enumerate(told, row + 1):
        cell = write(sheet, place, 1, name)
        cell.font = Font(name=FONT, size=TYPE, color="12395C", underline="single")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!A1")
        write(sheet, place, 2, text).alignment = WRAPPED
        fit_height(sheet, place, (name, text), _COVER_MM)
    for letter, width in zip("AB", _COVER_MM, strict=True):
        sheet.column_dimensions[letter].width = width / MM_PER_CHARACTER
    print_setup(sheet, doc)


def _about(doc: Document) -> list[tuple[str, str]]:
    about = (
        ("Văn bản", f"{doc.head.kind}: {doc.head.summary}".replace("\n", " ")),
        ("Số, ký hiệu", lines.number_line(doc.head)),
        ("Ngày ký", lines.dateline(doc.head)),
        ("Phiên bản", doc.release_id),
        *doc.facts.items(),
    )
    return [(label, text) for label, text in about if text]
