"""Sheets of a workbook: a table of a paper, text across columns, the set-up for print.

Belongs here: drawing cells. Does not belong here: which sheets a workbook has (``xlsx_paper``).
"""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.reports.papers import fit, grid, lines
from pipelines.reports.papers.letters import printable
from pipelines.reports.papers.look import FONT
from pipelines.reports.papers.model import Document, Row, Table
from pipelines.reports.papers.shown_numbers import cell_number
from pipelines.vietnamese.text import neutralise_formula

TYPE = 11.0
_WIDTH_MM = 257.0
MM_PER_CHARACTER = 1.9
_LINE_HEIGHT = 15.0
_TRUE = 0.95  # of the width that is estimated with something to spare
_LINE = Side(style="thin", color="000000")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
HEAD = PatternFill("solid", start_color="E9EEF4", end_color="E9EEF4")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
WRAPPED = Alignment(vertical="center", wrap_text=True)


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """A cell that holds something of its own, not one covered by a merged area.

    Raises:
        TypeError: It is covered.
    """
    cell = sheet.cell(row=row, column=column)
    if not isinstance(cell, Cell):
        msg = f"{sheet.title}: row {row}, column {column} lies under a merged area"
        raise TypeError(msg)
    return cell


def write(
    sheet: Worksheet,
    row: int,
    column: int,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: float = TYPE,
) -> Cell:
    """Text in a cell; what a spreadsheet would read as a formula stays text."""
    cell = cell_at(sheet, row, column)
    cell.value = neutralise_formula(printable(text)) or None
    cell.font = Font(name=FONT, size=size, bold=bold, italic=italic)
    return cell


def table_sheet(sheet: Worksheet, doc: Document, table: Table) -> None:
    """A table with its title, heading, rows and remarks."""
    count = len(table.columns)
    across(sheet, 1, grid.title_line(table), count, "center", bold=True, size=13)
    marks = [lines.ILLUSTRATIVE] if doc.illustrative else []
    above = " · ".join([*marks, *([table.unit_vi] if table.unit_vi else [])])
    across(sheet, 2, above, count, "right", italic=True)
    first = _head(sheet, table, 3)
    widths = fit.fit(table, _WIDTH_MM, TYPE).widths
    for number, row in enumerate(grid.body_rows(table), first):
        _body(sheet, table, row, number)
        fit_height(sheet, number, [run.text for run in row.cells], widths)
    after = first + len(grid.body_rows(table))
    for number, note in enumerate(table.notes, after):
        write(sheet, number, 1, note, italic=True)
    for n, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(n)].width = max(5.0, width / MM_PER_CHARACTER)
    _set_heights(sheet, table, widths, 3)
    named = 2 if count > 2 else 1
    sheet.freeze_panes = f"{get_column_letter(named + 1)}{first}"
    sheet.print_title_rows = f"3:{first - 1}"
    print_setup(sheet, doc)


def across(
    sheet: Worksheet,
    row: int,
    text: str,
    count: int,
    align: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: float = TYPE,
) -> None:
    """Text across the first ``count`` columns."""
    cell = write(sheet, row, 1, text, bold=bold, italic=italic, size=size)
    cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
    if count > 1:
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=count)


def _head(sheet: Worksheet, table: Table, top: int) -> int:
    """The heading from row ``top``; returns the row after it."""
    depth = grid.head_depth(table.columns)
    for cell in grid.head_cells(table.columns):
        row, column = top + cell.row, cell.column + 1
        write(sheet, row, column, cell.text, bold=True)
        if cell.rows > 1 or cell.columns > 1:
            sheet.merge_cells(
                start_row=row,
                start_column=column,
                end_row=row + cell.rows - 1,
                end_column=column + cell.columns - 1,
            )
    numbers = grid.numbering(table.columns) if table.numbering else []
    for column, text in enumerate(numbers, 1):
        # in brackets a number is no formula, but Excel reads "(1)" typed anew as -1
        write(sheet, top + depth, column, text, italic=True, size=9)
    after = top + depth + bool(numbers)
    for row in range(top, after):
        for column in range(1, len(table.columns) + 1):
            cell = sheet.cell(row=row, column=column)
            cell.border, cell.fill, cell.alignment = BOX, HEAD, CENTRE
    return after


def _set_heights(sheet: Worksheet, table: Table, widths: tuple[float, ...], top: int) -> None:
    """Spreadsheets fit the height of a row to its text, but not to that of merged cells."""
    title = _lines(grid.title_line(table), sum(widths), 13)
    sheet.row_dimensions[1].height = title * _LINE_HEIGHT * 1.2
    depth = grid.head_depth(table.columns)
    heights = [1] * depth
    for cell in sorted(grid.head_cells(table.columns), key=lambda cell: cell.rows):
        width = sum(widths[cell.column : cell.column + cell.columns])
        above = sum(heights[cell.row : cell.row + cell.rows - 1])
        last = cell.row + cell.rows - 1
        heights[last] = max(heights[last], _lines(cell.text, width, TYPE) - above)
    for level, height in enumerate(heights):
        sheet.row_dimensions[top + level].height = height * _LINE_HEIGHT + 2


def fit_height(sheet: Worksheet, row: int, texts: Sequence[str], widths: Sequence[float]) -> None:
    """Give a row the height its longest text needs; a single text goes across all columns.

    Args:
        sheet: The sheet.
        row: Number of the row.
        texts: Of its cells.
        widths: Of the columns, millimetres.
    """
    wide = [sum(widths)] if len(texts) == 1 else widths
    pairs = zip(texts, wide, strict=True)
    count = max(_lines(text, width, TYPE, bold=False) for text, width in pairs)
    if count > 1:
        sheet.row_dimensions[row].height = count * _LINE_HEIGHT


def _lines(text: str, width: float, size: float, *, bold: bool = True) -> int:
    """Lines that a text takes in a column of so many millimetres."""
    room = max(1.0, width - 2 * fit.CELL_PADDING_MM)
    taken, count = 0.0, 1
    for word in text.split():
        wide = fit.text_width(f"{word} ", size, bold=bold) * _TRUE
        if taken and taken + wide > room:
            taken, count = 0.0, count + 1
        taken += wide
        broken = int(taken // room)  # a word longer than the column is broken
        taken, count = taken - broken * room, count + broken
    return count


def _body(sheet: Worksheet, table: Table, row: Row, number: int) -> None:
    count = len(table.columns)
    if grid.spans(table, row):
        run = row.cells[0]
        align = "center" if run.italic else "left"
        bold = run.bold or row.strong
        across(sheet, number, run.text, count, align, bold=bold, italic=run.italic)
        for column in range(1, count + 1):
            sheet.cell(row=number, column=column).border = BOX
        return
    values = row.values or (None,) * count
    for place, (run, column, value) in enumerate(
        zip(row.cells, table.columns, values, strict=True), 1
    ):
        cell = cell_at(sheet, number, place)
        found = cell_number(run.text, value, is_number_column=column.align == "right")
        if found is None:
            cell.value = neutralise_formula(printable(run.text)) or None
        else:
            cell.value, cell.number_format = found.value, found.format
        cell.font = Font(name=FONT, size=TYPE, bold=run.bold or row.strong, italic=run.italic)
        cell.alignment = Alignment(horizontal=column.align, vertical="center", wrap_text=True)
        cell.border = BOX


def print_setup(sheet: Worksheet, doc: Document) -> None:
    """A4 landscape, as wide as the page, the mark and the page number on every page."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = sheet.ORIENTATION_LANDSCAPE
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.top, margins.bottom, margins.left, margins.right = 0.8, 0.6, 0.8, 0.6
    sheet.print_options.horizontalCentered = True
    mark = lines.ILLUSTRATIVE if doc.illustrative else ""
    sheet.HeaderFooter.oddHeader = HeaderFooterItem(
        center=_HeaderFooterPart(text="&P"), right=_HeaderFooterPart(text=mark)
    )
    sheet.sheet_view.showGridLines = False
