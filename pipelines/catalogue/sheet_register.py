"""A sheet whose rows are events."""

from __future__ import annotations

from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.bulk_rows import BulkRows
from pipelines.catalogue.input_rules import Lists, column_validation
from pipelines.catalogue.model import Catalogue, Form, FormSheet, Register, RegisterColumn
from pipelines.catalogue.sheet_frame import (
    HEADER_ROW,
    Columns,
    Fill,
    Header,
    RegisterArea,
    set_widths,
    write_header,
)

FIRST_ROW = HEADER_ROW + 2
BLANK_ROWS = 30  # boxed rows of an empty register; more may be filled below them
LAST_ROW = 1_048_576
_WIDTHS = {"date": 15.0, "enum": 24.0, "unit": 19.0, "int": 14.0, "float": 14.0, "bool": 14.0}
_COLUMNS = Columns((1, 1), (2, 3), (4, 4), (5, 6))


def write_register(
    sheet: Worksheet,
    catalogue: Catalogue,
    form: Form,
    spec: FormSheet,
    header: Header,
    fill: Fill,
    lists: Lists,
    units: list[tuple[str, str]],
    *,
    blank_rows: int = BLANK_ROWS,
) -> tuple[RegisterArea, BulkRows]:
    """Write the sheet.

    Args:
        sheet: Empty target.
        catalogue: For the register.
        form: The form.
        spec: The sheet of the form.
        header: Who and when.
        fill: Rows to enter.
        lists: Takes the lists of drop-downs.
        units: (unit_id, name) that a unit column may hold.
        blank_rows: Boxed rows where there are fewer entered; one at least.

    Returns:
        Where the rows stand, and all rows but the first for the saved file.
    """
    register = catalogue.registers[str(spec.register_id)]
    set_widths(sheet, [_WIDTHS.get(column.type, 22.0) for column in register.columns])
    write_header(sheet, form, spec, header, _COLUMNS, max(len(register.columns), 6))
    _headings(sheet, register)
    rows = fill.rows.get(register.id, [])
    for number, column in enumerate(register.columns, start=1):
        _column(sheet, number, column, lists, [unit_id for unit_id, _ in units])
    first, *others = [
        [ws.spoken(row.get(column.id), column.type) for column in register.columns]
        for row in [*rows, *({} for _ in range(max(blank_rows - len(rows), 0)))]
    ]
    styles = [
        ws.put_input(sheet, FIRST_ROW, number, value, column.type).style_id
        for number, (column, value) in enumerate(zip(register.columns, first, strict=True), start=1)
    ]
    sheet.freeze_panes = f"A{FIRST_ROW}"
    letters = [get_column_letter(number) for number in range(1, len(styles) + 1)]
    area = RegisterArea(
        spec.name,
        register.id,
        FIRST_ROW,
        dict(zip((column.id for column in register.columns), letters, strict=True)),
        len(rows),
    )
    return area, BulkRows(spec.name, FIRST_ROW + 1, letters, styles, others)


def _headings(sheet: Worksheet, register: Register) -> None:
    texts: list[tuple[str, float]] = []
    for number, column in enumerate(register.columns, start=1):
        text = column.label_vi + (" *" if column.required else "")
        ws.put(sheet, HEADER_ROW, number, text, font=ws.BOLD, align=ws.CENTRE, fill=ws.GREY)
        ws.put(sheet, HEADER_ROW + 1, number, column.code, align=ws.CENTRE, fill=ws.GREY)
        texts.append((text, sheet.column_dimensions[get_column_letter(number)].width))
    ws.fit_row(sheet, HEADER_ROW, texts)


def _column(
    sheet: Worksheet, number: int, column: RegisterColumn, lists: Lists, units: list[str]
) -> None:
    """Unlock and format a whole column, so that rows may be pasted at any length."""
    letter = get_column_letter(number)
    dimension = sheet.column_dimensions[letter]
    dimension.font = ws.FONT
    dimension.alignment = ws.input_alignment(column.type)
    dimension.protection = Protection(locked=False)
    if column.type in ws.NUMBER_FORMATS:
        dimension.number_format = ws.NUMBER_FORMATS[column.type]
    validation = column_validation(column, lists, units)
    if validation is not None:
        validation.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
        sheet.add_data_validation(validation)
