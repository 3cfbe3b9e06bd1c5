"""What a sender does to a workbook: ``name(book, places, argument)``, called by a case's ``edits``.

``places`` gives sheet and address of each code's value cell.
"""

from typing import Any

from openpyxl import Workbook

from pipelines.catalogue.load import load_catalogue

Places = dict[str, tuple[str, str]]
_CODES = {element.id: element.code for element in load_catalogue().elements.values()}


def place_of(places: Places, element: str) -> tuple[str, str]:
    """Sheet and address of an element's value cell."""
    return places[_CODES[element]]


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
    book[argument["sheet"]].insert_rows(1, argument["rows"])


def insert_columns(book: Workbook, places: Places, argument: dict[str, Any]) -> None:
    """Insert blank columns: {sheet, at, columns}."""
    del places
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
        copied[cell].value = value


def rename_sheet(book: Workbook, places: Places, argument: dict[str, str]) -> None:
    """Rename a sheet: {sheet, title}."""
    del places
    book[argument["sheet"]].title = argument["title"]


def drop_sheet(book: Workbook, places: Places, sheet: str) -> None:
    """Delete a sheet."""
    del places
    book.remove(book[sheet])
