"""What a sender does to a workbook: ``name(book, places, argument)``, called by a case's ``edits``.

``places`` gives sheet and address of each code's value cell.
"""

from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Font

from pipelines.catalogue.load import load_catalogue
from pipelines.vietnamese.encodings import TCVN3

Places = dict[str, tuple[str, str]]
_CODES = {element.id: element.code for element in load_catalogue().elements.values()}


def place_of(places: Places, element: str) -> tuple[str, str]:
    """Sheet and address of an element's value cell."""
    return places[_CODES[element]]


def _unmerge(book: Workbook, name: str) -> None:
    """Part merged cells: the library that inserts rows leaves them where they were."""
    sheet = book[name]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))


def hide_row(book: Workbook, places: Places, element: str) -> None:
    """Hide the row of an element."""
    sheet, cell = place_of(places, element)
    book[sheet].row_dimensions[int(cell[1:])].hidden = True


def hide_sheet(book: Workbook, places: Places, argument: Any) -> None:
    """Hide a sheet: its name, or {name, state: veryHidden}."""
    del places
    name = argument if isinstance(argument, str) else argument["name"]
    state = "hidden" if isinstance(argument, str) else argument["state"]
    book[name].sheet_state = state


def insert_rows(book: Workbook, places: Places, argument: dict[str, Any]) -> None:
    """Insert blank rows on top of a sheet: {sheet, rows}."""
    del places
    _unmerge(book, argument["sheet"])
    book[argument["sheet"]].insert_rows(1, argument["rows"])


def insert_columns(book: Workbook, places: Places, argument: dict[str, Any]) -> None:
    """Insert blank columns: {sheet, at, columns}."""
    del places
    _unmerge(book, argument["sheet"])
    book[argument["sheet"]].insert_cols(argument["at"], argument["columns"])


def drop_codes(book: Workbook, places: Places, sheet: str) -> None:
    """Clear the column of codes."""
    for name, cell in places.values():
        if name == sheet:
            book[sheet][f"C{cell[1:]}"].value = None


def copy_sheet(book: Workbook, places: Places, argument: dict[str, Any]) -> None:
    """Copy a sheet: {sheet, title, cells: {A1: value}}."""
    del places
    copied = book.copy_worksheet(book[argument["sheet"]])
    copied.title = argument["title"]
    for cell, value in argument.get("cells", {}).items():
        copied[cell] = value


def rename_sheet(book: Workbook, places: Places, argument: dict[str, str]) -> None:
    """Rename a sheet: {sheet, title}."""
    del places
    book[argument["sheet"]].title = argument["title"]


def drop_sheet(book: Workbook, places: Places, sheet: str) -> None:
    """Delete a sheet."""
    del places
    book.remove(book[sheet])


def hide_column(book: Workbook, places: Places, argument: dict[str, str]) -> None:
    """Hide a column: {sheet, column}."""
    del places
    book[argument["sheet"]].column_dimensions[argument["column"]].hidden = True


def repeat_header(book: Workbook, places: Places, element: str) -> None:
    """Print the header again above an element, as after a page break, and number the columns."""
    name, cell = place_of(places, element)
    sheet, row = book[name], int(cell[1:])
    _unmerge(book, name)
    top = next(c.row for c in sheet["C"] if c.value == "Mã số")
    sheet.insert_rows(row, 2)
    for column, sign in enumerate(["(A)", "(B)", "(C)", "(D)", "(1)", "(2)"], start=1):
        sheet.cell(row, column, sheet.cell(top, column).value)
        sheet.cell(row + 1, column, sign)


def add_total(book: Workbook, places: Places, argument: dict[str, Any]) -> None:
    """Insert a row of totals above an element: {before, label, value}."""
    name, cell = place_of(places, argument["before"])
    sheet, row = book[name], int(cell[1:])
    _unmerge(book, name)
    sheet.insert_rows(row)
    sheet.cell(row, 2, argument["label"])
    sheet.cell(row, 5, argument["value"])


def show_twice(book: Workbook, places: Places, argument: dict[str, Any]) -> None:
    """Put a row with an element's code a second time right above it: {element, value}."""
    name, cell = place_of(places, argument["element"])
    sheet, row = book[name], int(cell[1:])
    _unmerge(book, name)
    sheet.insert_rows(row + 1)
    sheet.cell(row + 1, 3, sheet.cell(row, 3).value)
    sheet.cell(row + 1, 5, argument["value"])


def add_column(book: Workbook, places: Places, argument: dict[str, Any]) -> None:
    """Add a column to a register's sheet: {sheet, column, header, values}."""
    del places
    sheet = book[argument["sheet"]]
    top = next(
        r
        for r in range(1, 40)
        if sheet.cell(r, 1).value
        and sheet.cell(r + 1, 1).value
        and len(str(sheet.cell(r + 1, 1).value)) == 3
    )
    letter = argument["column"]
    sheet[f"{letter}{top}"].value = argument["header"]
    for row, value in enumerate(argument["values"], start=top + 2):
        sheet[f"{letter}{row}"].value = value


def note(book: Workbook, places: Places, argument: dict[str, str]) -> None:
    """Write beside a value: {element, text}."""
    name, cell = place_of(places, argument["element"])
    book[name][f"F{cell[1:]}"].value = argument["text"]


def relabel(book: Workbook, places: Places, argument: dict[str, str]) -> None:
    """Take an element's code away and write its label otherwise: {element, label}."""
    name, cell = place_of(places, argument["element"])
    book[name][f"B{cell[1:]}"].value = argument["label"]
    book[name][f"C{cell[1:]}"].value = None


def in_tcvn3(book: Workbook, places: Places, sheet: str) -> None:
    """Type every text of a sheet in TCVN3, with its font; what TCVN3 cannot write stays."""
    del places
    codes = {letter: code for code, letter in TCVN3.items()}
    for row in book[sheet].iter_rows():
        for cell in row:
            if not isinstance(cell, Cell) or not isinstance(cell.value, str):
                continue
            typed = "".join(codes.get(char, char) for char in cell.value)
            if typed != cell.value and max(typed) <= "\xff":
                cell.value = typed
                cell.font = Font(name=".VnTime")
