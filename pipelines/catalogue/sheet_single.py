"""A sheet whose rows are elements, about one unit."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.input_rules import Lists, element_validation
from pipelines.catalogue.model import Catalogue, Element, Form, FormElement, FormSheet
from pipelines.catalogue.sheet_frame import (
    HEADER_ROW,
    Columns,
    Fill,
    Header,
    ValueCell,
    set_widths,
    write_header,
)

HEADINGS = ("TT", "Nội dung", "Mã số", "Đơn vị tính", "Giá trị", "Ghi chú")
_WIDTHS: list[float] = [9, 48, 8, 13, 19, 27]
_COLUMNS = Columns((1, 1), (2, 2), (3, 4), (5, 6))


def write_single(
    sheet: Worksheet,
    catalogue: Catalogue,
    form: Form,
    spec: FormSheet,
    header: Header,
    fill: Fill,
    lists: Lists,
    subject: tuple[str, str],
) -> list[ValueCell]:
    """Write the sheet.

    Args:
        sheet: Empty target.
        catalogue: For the elements.
        form: The form.
        spec: The sheet of the form.
        header: Who and when.
        fill: Values and notes to enter.
        lists: Takes the lists of drop-downs.
        subject: (unit_id, name) of the unit that the figures are about.

    Returns:
        The value cells, in order.
    """
    set_widths(sheet, _WIDTHS)
    write_header(sheet, form, spec, header, _COLUMNS, len(HEADINGS))
    for column, heading in enumerate(HEADINGS, start=1):
        ws.put(sheet, HEADER_ROW, column, heading, font=ws.BOLD, align=ws.CENTRE, fill=ws.GREY)
    cells: list[ValueCell] = []
    row = HEADER_ROW + 1
    for section in spec.sections:
        _section(sheet, row, section.title_vi)
        for item in section.elements:
            row += 1
            element = catalogue.elements[item.element]
            number = f"{len(cells) + 1}{'*' if item.compulsory else ''}"
            _row(sheet, row, number, element, item, fill, subject[0])
            _validate(sheet, element, lists, f"E{row}")
            cells.append(
                ValueCell(spec.name, f"E{row}", *subject, item.element, item.compulsory, False)
            )
        row += 1
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    return cells


def _section(sheet: Worksheet, row: int, title: str) -> None:
    for column in range(1, len(HEADINGS) + 1):
        ws.put(sheet, row, column, font=ws.BOLD, fill=ws.PALE)
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(HEADINGS))
    ws.put(sheet, row, 1, title, font=ws.BOLD, fill=ws.PALE)
    ws.fit_row(sheet, row, [])


def _row(
    sheet: Worksheet,
    row: int,
    number: str,
    element: Element,
    item: FormElement,
    fill: Fill,
    unit_id: str,
) -> None:
    key = (unit_id, element.id)
    note = fill.notes.get(key)
    ws.put(sheet, row, 1, number, align=ws.CENTRE)
    ws.put(sheet, row, 2, element.label_vi)
    ws.put(sheet, row, 3, element.code, align=ws.CENTRE)
    ws.put(sheet, row, 4, unit_of(element), align=ws.CENTRE)
    value = fill.values.get(key)
    ws.put_input(sheet, row, 5, value, element.type, compulsory=item.compulsory)
    ws.put_input(sheet, row, 6, note, "note")
    ws.fit_row(sheet, row, [(element.label_vi, _WIDTHS[1]), (note or "", _WIDTHS[5])])


def _validate(sheet: Worksheet, element: Element, lists: Lists, address: str) -> None:
    validation = element_validation(element, lists, address)
    if validation is not None:
        validation.add(address)
        sheet.add_data_validation(validation)


def unit_of(element: Element) -> str:
    """What to enter: the unit of measure, or the kind of answer."""
    if element.type == "bool":
        return "Có/Không"
    return element.unit_vi or {"date": "ngày"}.get(element.type, "")
