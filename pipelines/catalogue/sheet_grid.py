"""A sheet whose rows are units and whose columns are elements."""

from __future__ import annotations

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.input_rules import Lists, element_validation
from pipelines.catalogue.model import Catalogue, Form, FormSheet
from pipelines.catalogue.sheet_frame import (
    HEADER_ROW,
    Columns,
    Fill,
    Header,
    ValueCell,
    set_widths,
    write_header,
)
from pipelines.catalogue.sheet_single import unit_of

HEADINGS = ("TT", "Mã đơn vị", "Tên đơn vị")
FIRST_ELEMENT = len(HEADINGS) + 1
_WIDTHS: list[float] = [9, 16, 36]
_ELEMENT_WIDTH = 24.0
_COLUMNS = Columns((1, 1), (2, 3), (4, 4), (5, 5))


def write_grid(
    sheet: Worksheet,
    catalogue: Catalogue,
    form: Form,
    spec: FormSheet,
    header: Header,
    fill: Fill,
    lists: Lists,
    units: list[tuple[str, str]],
) -> list[ValueCell]:
    """Write the sheet.

    Args:
        sheet: Empty target.
        catalogue: For the elements.
        form: The form.
        spec: The sheet of the form.
        header: Who and when.
        fill: Values to enter.
        lists: Takes the lists of drop-downs.
        units: (unit_id, name) per row, in official order.

    Returns:
        The value cells, unit by unit.
    """
    items = spec.elements()
    # the header block needs five columns even where fewer elements are asked
    last = max(FIRST_ELEMENT + len(items) - 1, FIRST_ELEMENT + 1)
    set_widths(sheet, [*_WIDTHS, *[_ELEMENT_WIDTH] * (last - FIRST_ELEMENT + 1)])
    write_header(sheet, form, spec, header, _COLUMNS, last)
    _headings(sheet, catalogue, spec)
    first = HEADER_ROW + 2
    cells: list[ValueCell] = []
    for number, (unit_id, name) in enumerate(units, start=1):
        row = first + number - 1
        ws.put(sheet, row, 1, number, align=ws.CENTRE)
        ws.put(sheet, row, 2, unit_id, align=ws.CENTRE)
        ws.put(sheet, row, 3, name)
        ws.fit_row(sheet, row, [(name, _WIDTHS[2])])
        for column, item in enumerate(items, start=FIRST_ELEMENT):
            element = catalogue.elements[item.element]
            value = fill.values.get((unit_id, item.element))
            cell = ws.put_input(sheet, row, column, value, element.type, compulsory=item.compulsory)
            cells.append(
                ValueCell(
                    spec.name, cell.coordinate, unit_id, name, item.element, item.compulsory, True
                )
            )
    for column, item in enumerate(items, start=FIRST_ELEMENT):
        letter = get_column_letter(column)
        validation = element_validation(catalogue.elements[item.element], lists, f"{letter}{first}")
        if validation is not None and units:
            validation.add(f"{letter}{first}:{letter}{first + len(units) - 1}")
            sheet.add_data_validation(validation)
    sheet.freeze_panes = f"D{first}"
    return cells


def _headings(sheet: Worksheet, catalogue: Catalogue, spec: FormSheet) -> None:
    texts: list[tuple[str, float]] = []
    for column, heading in enumerate(HEADINGS, start=1):
        _heading(sheet, column, heading, f"({'ABC'[column - 1]})")
    for column, item in enumerate(spec.elements(), start=FIRST_ELEMENT):
        element = catalogue.elements[item.element]
        unit = f" ({unit_of(element)})" if unit_of(element) else ""
        text = f"{element.label_vi}{unit}{' *' if item.compulsory else ''}"
        _heading(sheet, column, text, element.code)
        texts.append((text, _ELEMENT_WIDTH))
    ws.fit_row(sheet, HEADER_ROW, texts)


def _heading(sheet: Worksheet, column: int, text: str, code: str) -> None:
    ws.put(sheet, HEADER_ROW, column, text, font=ws.BOLD, align=ws.CENTRE, fill=ws.GREY)
    ws.put(sheet, HEADER_ROW + 1, column, code, align=ws.CENTRE, fill=ws.GREY)
