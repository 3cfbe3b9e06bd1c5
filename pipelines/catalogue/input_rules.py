"""What a cell lets a clerk type: drop-downs from "Danh mục", numbers in bounds, dates.

Belongs here: data validations and the sheet their lists stand on.
Does not belong here: checks after typing (``checksheet``); pasted values pass by validations.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.expected import expected_of
from pipelines.catalogue.model import WHOLE_TYPES, Element, RegisterColumn

SHEET_NAME = "Danh mục"
UNITS_LIST, UNIT_NAMES = "Mã đơn vị", "Tên đơn vị"
HEADER_ROW, FIRST_ROW = 2, 3
# dates before 1990 or after 2099 are slips of the pen; serial numbers of the 1900 date system
MIN_DATE, MAX_DATE = 32874, 73050
_TITLE = "Kiểm tra lại"


@dataclass
class Lists:
    """The lists of "Danh mục" in the order they were asked for."""

    columns: dict[str, list[str]] = field(default_factory=dict)

    def reference(self, name: str, options: list[str]) -> str:
        """The absolute address of a list; it is put down when first asked for."""
        self.columns.setdefault(name, options)
        return str(self.address(name))

    def address(self, name: str) -> str | None:
        """The absolute address of a list, None if nobody asked for it."""
        if name not in self.columns:
            return None
        letter = get_column_letter(list(self.columns).index(name) + 1)
        last = FIRST_ROW + max(len(self.columns[name]), 1) - 1
        return f"'{SHEET_NAME}'!${letter}${FIRST_ROW}:${letter}${last}"

    def write(self, sheet: Worksheet, *, illustrative: bool) -> None:
        """Write all lists, one a column."""
        ws.put(sheet, 1, 1, SHEET_NAME.upper(), font=ws.TITLE, align=ws.FLAT, boxed=False)
        if illustrative:
            ws.put(sheet, 1, 3, ws.BANNER, font=ws.RED, align=ws.FLAT, boxed=False)
        for number, (name, options) in enumerate(self.columns.items(), start=1):
            width = max([len(name), *(len(option) for option in options)]) + 4
            sheet.column_dimensions[get_column_letter(number)].width = width
            ws.put(sheet, HEADER_ROW, number, name, font=ws.BOLD, fill=ws.GREY)
            for row, option in enumerate(options, start=FIRST_ROW):
                ws.put(sheet, row, number, option)
        ws.protect(sheet)
        repeat = f"{HEADER_ROW}:{HEADER_ROW}"
        ws.print_setup(sheet, landscape=False, repeat=repeat, illustrative=illustrative)


def answers_list(lists: Lists, *, allows_not_applicable: bool) -> str:
    """Address of the list of answers to a yes-no question."""
    if allows_not_applicable:
        return lists.reference("Có, không, không áp dụng", [ws.YES, ws.NO, ws.NOT_APPLICABLE])
    return lists.reference("Có, không", [ws.YES, ws.NO])


def element_validation(element: Element, lists: Lists, anchor: str) -> DataValidation | None:
    """The validation of an element's cells.

    Args:
        element: The element.
        lists: Takes the lists that drop-downs need.
        anchor: First cell that the validation is for, as in ``E9``.

    Returns:
        None where any text may stand.
    """
    if element.type == "text":
        return None
    if element.type == "bool":
        return _list(answers_list(lists, allows_not_applicable=element.allows_not_applicable))
    if element.type == "enum":
        options = list(element.options or [])
        if element.allows_not_applicable:
            options.append(ws.NOT_APPLICABLE)
        return _list(lists.reference(element.label_vi, options))
    if element.type == "date":
        return _date()
    return _number(element, anchor)


def column_validation(
    column: RegisterColumn, lists: Lists, units: list[str]
) -> DataValidation | None:
    """The validation of a register column; ``units`` are the ids a unit column may hold."""
    if column.type == "enum":
        return _list(lists.reference(column.label_vi, list(column.options or [])))
    if column.type == "bool":
        return _list(answers_list(lists, allows_not_applicable=False))
    if column.type == "unit":
        return _list(lists.reference(UNITS_LIST, units)) if units else None
    if column.type == "date":
        return _date()
    if column.type in {"int", "float"}:
        kind = "whole" if column.type == "int" else "decimal"
        expected = "Nhập số nguyên." if column.type == "int" else "Nhập số."
        return _validation(
            kind, "0", expected + " Không gõ dấu hàng nghìn.", operator="greaterThanOrEqual"
        )
    return None


def _number(element: Element, anchor: str) -> DataValidation:
    low = element.minimum if element.minimum is not None else -1e15
    high = element.maximum if element.maximum is not None else 1e15
    whole = element.type in WHOLE_TYPES
    expected = f"Nhập {expected_of(element)}, không gõ dấu hàng nghìn."
    if element.allows_not_applicable:
        inside = f"{anchor}>={low:.15g},{anchor}<={high:.15g}"
        test = f"AND({inside}{f',{anchor}=INT({anchor})' if whole else ''})"
        formula = f'IF(ISNUMBER({anchor}),{test},{anchor}="{ws.NOT_APPLICABLE}")'
        return _validation("custom", formula, f"{expected} Không áp dụng thì ghi x.")
    return _validation(
        "whole" if whole else "decimal",
        f"{low:.15g}",
        expected,
        operator="between",
        second=f"{high:.15g}",
    )


def _date() -> DataValidation:
    text = "Nhập ngày dạng ngày/tháng/năm, ví dụ 25/03/2021."
    return _validation("date", str(MIN_DATE), text, operator="between", second=str(MAX_DATE))


def _list(reference: str) -> DataValidation:
    return _validation("list", reference, "Chọn một giá trị trong danh sách thả xuống.")


def _validation(
    kind: str, first: str, text: str, *, operator: str | None = None, second: str | None = None
) -> DataValidation:
    # a typed slip is stopped at once; what is pasted is left to the check sheet
    return DataValidation(
        type=kind,  # type: ignore[arg-type] # one of the format's kinds by construction
        operator=operator,  # type: ignore[arg-type] # a spreadsheet operator by construction
        formula1=first,
        formula2=second,
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="stop",
        errorTitle=_TITLE,
        error=text,
    )
