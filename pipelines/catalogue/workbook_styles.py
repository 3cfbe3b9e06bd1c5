"""How cells of a form look, and what may be typed into them.

Belongs here: fonts, fills, number formats, protection, cell writing.
Does not belong here: where cells stand (the ``sheet_*`` modules).
"""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.worksheet import Worksheet

BANNER = "SỐ LIỆU MINH HỌA"
YES, NO, NOT_APPLICABLE = "Có", "Không", "x"
FONT_NAME = "Times New Roman"
DATE_FORMAT = "dd/mm/yyyy"

NUMBER_FORMATS: dict[str, str] = {
    "count": "#,##0",
    "money": "#,##0",
    "int": "#,##0",
    "area": "#,##0.00",
    "float": "#,##0.00",
    "days": "#,##0.0",
    "rate": "0.00",
    "date": DATE_FORMAT,
}

FONT = Font(name=FONT_NAME, size=12)
BOLD = Font(name=FONT_NAME, size=12, bold=True)
ITALIC = Font(name=FONT_NAME, size=11, italic=True)
TITLE = Font(name=FONT_NAME, size=14, bold=True)
RED = Font(name=FONT_NAME, size=12, bold=True, color="FFC00000")
LINK = Font(name=FONT_NAME, size=12, underline="single", color="FF0563C1")

YELLOW = PatternFill("solid", start_color="FFFFF2CC", end_color="FFFFF2CC")
GREY = PatternFill("solid", start_color="FFD9D9D9", end_color="FFD9D9D9")
PALE = PatternFill("solid", start_color="FFF2F2F2", end_color="FFF2F2F2")
_LINE = Side(style="thin", color="FF7F7F7F")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)

LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
FLAT = Alignment(horizontal="left", vertical="center")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
RIGHT = Alignment(horizontal="right", vertical="center")

LINE_HEIGHT = 16.5  # points of one line of Times New Roman 12


def put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: object = None,
    *,
    font: Font = FONT,
    align: Alignment = LEFT,
    fill: PatternFill | None = None,
    boxed: bool = True,
) -> Cell:
    """Write a locked cell; a text that begins with "=" stays a text."""
    cell = sheet.cell(row=row, column=column)
    assign(cell, value)
    cell.font = font
    cell.alignment = align
    if boxed:
        cell.border = BOX
    if fill is not None:
        cell.fill = fill
    return cell  # type: ignore[return-value] # a plain cell: merged ones are never written to


def put_formula(
    sheet: Worksheet, row: int, column: int, formula: str, *, align: Alignment = LEFT
) -> Cell:
    """Write a locked cell with a formula (given without its "=")."""
    cell = put(sheet, row, column, align=align)
    cell.value = "=" + formula
    return cell


def put_input(
    sheet: Worksheet, row: int, column: int, value: object, kind: str, *, compulsory: bool = False
) -> Cell:
    """Write an unlocked cell for a value of a kind (an element or column type, or "note")."""
    cell = put(sheet, row, column, spoken(value, kind), align=input_alignment(kind))
    if kind in NUMBER_FORMATS:
        cell.number_format = NUMBER_FORMATS[kind]
    cell.protection = Protection(locked=False)
    if compulsory:
        cell.fill = YELLOW
    return cell


def assign(cell: Cell | object, value: object) -> None:
    """Put a value into a cell without letting a text become a formula."""
    cell.value = value  # type: ignore[attr-defined] # Cell or MergedCell of openpyxl
    if isinstance(value, str):
        cell.data_type = "s"  # type: ignore[attr-defined]


def spoken(value: object, kind: str) -> object:
    """A value as the clerk would enter it: answers in Vietnamese, dates without time."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if kind == "bool" and isinstance(value, bool | int | float):
        return YES if value else NO
    if isinstance(value, dt.datetime):
        return value.date()
    return value


def input_alignment(kind: str) -> Alignment:
    """Numbers right, answers and dates centred, texts left."""
    if kind in {"bool", "enum", "date", "unit"}:
        return CENTRE
    return RIGHT if kind in NUMBER_FORMATS else LEFT


def lines_needed(text: str, width: float) -> int:
    """Lines that a text takes in a column of a width in characters."""
    # a letter of Vietnamese text in Times New Roman is narrower than the digit widths count in
    usable = max(width * 1.15 - 1, 1)
    return sum(max(1, math.ceil(len(part) / usable)) for part in text.split("\n"))


def fit_row(sheet: Worksheet, row: int, texts: list[tuple[str, float]]) -> None:
    """Make a row high enough for texts in columns of given widths.

    Programs fit rows to wrapped texts only while typing, and never to merged cells.
    """
    lines = max((lines_needed(text, width) for text, width in texts), default=1)
    sheet.row_dimensions[row].height = LINE_HEIGHT * lines + 3


def protect(sheet: Worksheet) -> None:
    """Lock what is not an input; no password, since this guards against slips, not people."""
    guard = sheet.protection
    guard.sheet = True
    # in the file format False means: not forbidden
    guard.formatColumns = False
    guard.formatRows = False
    guard.formatCells = False
    guard.autoFilter = False
    guard.sort = False


def print_setup(sheet: Worksheet, *, landscape: bool, repeat: str, illustrative: bool) -> None:
    """A4, one page wide, header rows on each page, signatures in the footer.

    Args:
        sheet: The sheet.
        landscape: Landscape rather than portrait.
        repeat: Rows repeated on each page, as ``first:last``.
        illustrative: Whether the banner stands in the page header.
    """
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = repeat
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom = 0.7, 0.9
    banner = f'&"{FONT_NAME},Bold"&KC00000{BANNER}' if illustrative else None
    sheet.HeaderFooter.oddHeader = HeaderFooterItem(center=_HeaderFooterPart(text=banner))
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(text="&A"), right=_HeaderFooterPart(text="Trang &P/&N")
    )
