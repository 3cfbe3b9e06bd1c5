"""The sender's own workbook, marked: wrong cells coloured and noted, a first sheet that lists them.

Belongs here: marking a workbook, and taking the marks off one that comes back marked.
Does not belong here: the list itself (``feedback_sheet``), what a letter says (``feedback``),
files of other formats (``feedback_copy``).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from itertools import groupby

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Border, PatternFill, Protection, Side
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue.stamping import workbook_bytes
from pipelines.reports.feedback import Letter, Point
from pipelines.reports.feedback_copy import copied_book
from pipelines.reports.feedback_sheet import (
    COLOURS,
    EDGES,
    SHEET_NAME,
    original_fills,
    write_sheet,
)
from pipelines.reports.kept_results import Results, results_of, with_results
from pipelines.vietnamese.text import neutralise_formula

AUTHOR = "QCDC"
_DIVIDER = "\n\n— Ghi chú sẵn có trong tệp —\n"
_NO_FILL = PatternFill()
_RANK = {"error": 0, "warning": 1, "review": 2}
# of a formula: names of sheets ('…', they may hold a "), and texts ("…", they reach nowhere)
_QUOTED = re.compile(r"""('(?:[^']|'')*')|"(?:[^"]|"")*\"""")
# a link that leads to a cell of this book whichever way its condition falls
_NO_TEXT = r'(?:[^"()]|"")'
_BALANCED = rf"{_NO_TEXT}*"
for _ in range(4):  # brackets within brackets, as deep as the check sheet's conditions go
    _BALANCED = rf"(?:{_NO_TEXT}|\({_BALANCED}\))*"
_INNER_LINK = re.compile(
    rf'\bHYPERLINK\((?:"#[^"]*"|IF\(({_BALANCED}),"#[^"]*","#[^"]*"\)),', re.IGNORECASE
)
# what reaches beyond the file: other workbooks ([2]Sổ!A1, '[2]Sổ'!A1), programs
_REACHES_OUT = re.compile(
    r"\[[^\]]*\][^\s()+\-*/^&=<>,;!\[\]]*!|'[^']*\[[^']*'!|"
    r"\b(?:WEBSERVICE|HYPERLINK|CALL|REGISTER(?:\.ID)?|EXEC|RTD|DDE\w*)\s*\(",
    re.IGNORECASE,
)
# outside quotes a bar is no operator: it parts a program from what it is asked (DDE)
_BAR = "|"
_ADDRESS = re.compile(r"https?:|file:", re.IGNORECASE)
# what openpyxl raises for a container that it cannot make sense of
_UNLIKE_OURS = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # of either XML parser that openpyxl may use
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
)


def feedback_book(letter: Letter, source: bytes | None) -> tuple[bytes, bool]:
    """The marked workbook.

    Args:
        letter: The answer.
        source: Bytes of the sender's file; None where there is none to give back.

    Returns:
        The bytes of an ``.xlsx`` file, equal for equal arguments, and whether it is the sender's
        own workbook. One of another format is copied cell by cell; without a readable file there
        is the list only.
    """
    if source is not None and zipfile.is_zipfile(io.BytesIO(source)):
        own = _own_book(source)
        if own is not None:
            book, results = own
            return with_results(marked(book, letter), results), True
    copy = copied_book(source) if source is not None else None
    return marked(copy or _empty(), letter), False


def _empty() -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def marked(book: Workbook, letter: Letter) -> bytes:
    """A workbook with the letter's points marked in it, as a file.

    Args:
        book: The workbook; changed.
        letter: The answer.
    """
    _unmark(book)
    for sheet in book.worksheets:
        _neutralise(sheet)
    cells = {}
    places = sorted((p for p in letter.points if p.cell and p.sheet), key=_place)
    for (sheet_name, address), group in groupby(places, key=_place):
        cell = _cell(book, sheet_name, address)
        if cell is not None:
            points = sorted(group, key=lambda point: _RANK[point.severity])
            cells[sheet_name, address] = _mark(cell, points)
    write_sheet(book.create_sheet(SHEET_NAME, 0), letter, cells, set(book.sheetnames))
    for sheet in book.worksheets:
        # sheets selected together take one and the same typing
        sheet.sheet_view.tabSelected = sheet.title == SHEET_NAME
    book.active = 0
    if book.calculation is not None:
        book.calculation.fullCalcOnLoad = True
    return workbook_bytes(book, [])


def _own_book(source: bytes) -> tuple[Workbook, Results] | None:
    """The sender's workbook, without macros and links to other files; None where it is none."""
    try:
        return load_workbook(io.BytesIO(source), keep_links=False), results_of(source)
    except _UNLIKE_OURS:
        return None


def _place(point: Point) -> tuple[str, str]:
    return str(point.sheet), str(point.cell)


def _cell(book: Workbook, sheet_name: str, address: str) -> Cell | None:
    """The cell to mark; of a merged area the one that holds its content."""
    if sheet_name not in book.sheetnames or not isinstance(book[sheet_name], Worksheet):
        return None
    sheet = book[sheet_name]
    sheet.sheet_state = "visible"
    cell = sheet[address]
    if isinstance(cell, MergedCell):
        area = next(a for a in sheet.merged_cells.ranges if address in a)
        cell = sheet.cell(row=area.min_row, column=area.min_col)
    if not isinstance(cell, Cell):
        return None
    sheet.row_dimensions[cell.row].hidden = False
    return cell


def _mark(cell: Cell, points: list[Point]) -> str:
    """Colour and note a cell; returns the fill it had, as ``original_fills`` reads it."""
    worst = points[0].severity
    was = cell.fill.fgColor.rgb if cell.fill.fill_type == "solid" else ""
    cell.fill = PatternFill("solid", start_color=COLOURS[worst], end_color=COLOURS[worst])
    side = Side(style="medium", color=EDGES[worst])
    cell.border = Border(left=side, right=side, top=side, bottom=side)
    # a cell that is named must be open to typing, on the form's protected sheets too
    cell.protection = Protection(locked=False)
    text = "\n\n".join(_noted(point) for point in points)
    if cell.comment is not None:
        text += _DIVIDER + cell.comment.text
    comment = Comment(text, AUTHOR, width=340, height=min(60 + 17 * _lines(text), 420))
    cell.comment = comment
    return was if isinstance(was, str) else ""


def _noted(point: Point) -> str:
    code = f" {point.code}" if point.code else ""
    return (
        f"{point.severity_vi.upper()} (mục {point.number}{code})\n{point.message}\n"
        f"Thấy: {point.found}\nCần: {point.expected}\nViệc cần làm: {point.action}"
    )


def _lines(text: str) -> int:
    return sum(1 + len(line) // 48 for line in text.split("\n"))


def _unmark(book: Workbook) -> None:
    """Take off the marks of an earlier answer, so that a mended cell is no longer red."""
    if SHEET_NAME not in book.sheetnames:
        return
    for (sheet_name, address), rgb in original_fills(book[SHEET_NAME]).items():
        cell = _cell(book, sheet_name, address)
        if cell is None:
            continue
        if cell.fill.fgColor.rgb in COLOURS.values():
            cell.fill = PatternFill("solid", start_color=rgb, end_color=rgb) if rgb else _NO_FILL
            side = Side(style="thin", color="FF7F7F7F")
            cell.border = Border(left=side, right=side, top=side, bottom=side)
        if cell.comment is not None and cell.comment.author == AUTHOR:
            own = cell.comment.text.partition(_DIVIDER)[2]
            cell.comment = Comment(own, "") if own else None
    book.remove(book[SHEET_NAME])


def _neutralise(sheet: Worksheet) -> None:
    """Turn formulas that reach beyond the file into the texts they are."""
    for cell in _formulas(sheet):
        text = str(cell.value)
        if reaches_out(text):
            cell.value = neutralise_formula(text)
            cell.data_type = "s"


def reaches_out(formula: str) -> bool:
    """Whether a formula speaks of another workbook, a program, or an address.

    Args:
        formula: As it stands in the cell, with its "=".
    """
    own = _INNER_LINK.sub(r"(\1,", formula)
    named = _QUOTED.sub(r"\1", own)
    bare = _QUOTED.sub("", own)
    return bool(_BAR in bare or _REACHES_OUT.search(named) or _ADDRESS.search(formula))


def _formulas(sheet: Worksheet) -> Iterable[Cell]:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, Cell) and cell.data_type == "f" and isinstance(cell.value, str):
                yield cell
