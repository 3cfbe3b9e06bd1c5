"""What the sheets of a form share: who fills it, the header block, where values stand.

Belongs here: the header block and the addresses that sheets hand to the check sheet.
Does not belong here: the table below the header block (``sheet_single`` and its siblings).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.model import Form, FormSheet

ROUND_LABELS = {"estimate": "Số ước", "final": "Số chính thức"}
HEADER_ROW = 8
LEGEND = (
    'Ô nền vàng, có dấu * ở cột "TT" hoặc ở tên cột là ô bắt buộc; không phát sinh thì ghi 0. '
    "Ghi x nếu chỉ tiêu không áp dụng (chỉ ở chỉ tiêu cho phép). Gõ số liền, không gõ dấu chấm, "
    'dấu phẩy hàng nghìn. Xem trang "Kiểm tra" trước khi gửi.'
)


@dataclass(frozen=True)
class Header:
    """Who reports, about when, until when; written into the header block and hidden names."""

    unit_id: str
    unit_name: str
    period: str
    period_label: str
    round: str
    due_date: dt.date | None
    data_to: dt.date | None
    is_illustrative: bool


@dataclass(frozen=True)
class Fill:
    """What to enter into a form.

    Attributes:
        values: (unit_id, element) → number, bool, date, or text such as "x".
        notes: (unit_id, element) → text of "Ghi chú"; single sheets only.
        rows: register id → rows by column id.
    """

    values: Mapping[tuple[str, str], object] = field(default_factory=dict)
    notes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)


@dataclass(frozen=True)
class ValueCell:
    """The cell of one value: which sheet and address, about which unit and element."""

    sheet: str
    address: str
    unit_id: str
    unit_name: str
    element: str
    compulsory: bool
    in_grid: bool


@dataclass(frozen=True)
class RegisterArea:
    """Where the rows of a register stand: its columns' letters and its first row."""

    sheet: str
    register_id: str
    first_row: int
    letters: dict[str, str]
    filled: int


@dataclass(frozen=True)
class Columns:
    """Which columns of the header block take the labels and values; (first, last) each."""

    left_label: tuple[int, int]
    left_value: tuple[int, int]
    right_label: tuple[int, int]
    right_value: tuple[int, int]


def write_header(
    sheet: Worksheet, form: Form, spec: FormSheet, header: Header, columns: Columns, last: int
) -> None:
    """Write rows 1 to 7: number, banner, titles, who and when, legend.

    Args:
        sheet: Target, with column widths set.
        form: The form.
        spec: The sheet of the form.
        header: Who and when.
        columns: Where labels and values go.
        last: Number of the table's last column.
    """
    ws.put(sheet, 1, 1, form.number_vi, font=ws.BOLD, align=ws.FLAT, boxed=False)
    if header.is_illustrative:
        start = columns.right_label[0]
        _merge(sheet, 1, start, max(last, start))
        ws.put(sheet, 1, start, ws.BANNER, font=ws.RED, align=ws.CENTRE, boxed=False)
    _line(sheet, 2, form.title_vi, last, ws.TITLE, ws.CENTRE)
    _line(sheet, 3, spec.title_vi, last, ws.ITALIC, ws.CENTRE)
    facts = [
        ("Đơn vị:", header.unit_name, "Kỳ báo cáo:", header.period_label),
        (
            "Vòng:",
            ROUND_LABELS.get(header.round, header.round),
            "Số liệu tính đến ngày:",
            _day(header.data_to),
        ),
        ("Hạn nộp:", _day(header.due_date), "Mẫu biểu:", f"{form.id}, phiên bản {form.version}"),
    ]
    for row, (left, left_value, right, right_value) in enumerate(facts, start=4):
        _fact(sheet, row, columns.left_label, left, ws.FONT)
        _fact(sheet, row, columns.left_value, left_value, ws.BOLD)
        _fact(sheet, row, columns.right_label, right, ws.FONT)
        _fact(sheet, row, columns.right_value, right_value, ws.BOLD)
    _line(sheet, 7, LEGEND, last, ws.ITALIC, ws.LEFT)


def width_of(sheet: Worksheet, first: int, last: int) -> float:
    """Width in characters of adjoining columns."""
    return sum(
        sheet.column_dimensions[get_column_letter(number)].width
        for number in range(first, last + 1)
    )


def total_width(sheet: Worksheet) -> float:
    """Width in characters of all columns that have a width."""
    return width_of(sheet, 1, len(sheet.column_dimensions))


def set_widths(sheet: Worksheet, widths: list[float]) -> None:
    """Set the widths of the first columns."""
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def _line(sheet: Worksheet, row: int, text: str, last: int, font: object, align: object) -> None:
    _merge(sheet, row, 1, last)
    ws.put(sheet, row, 1, text, font=font, align=align, boxed=False)  # type: ignore[arg-type] # fonts and alignments by name
    scale = 1.45 if font is ws.TITLE else 1.0  # capitals in bold 14 are wider
    ws.fit_row(sheet, row, [(text, width_of(sheet, 1, last) / scale)])


def _fact(sheet: Worksheet, row: int, span: tuple[int, int], text: str, font: object) -> None:
    _merge(sheet, row, *span)
    ws.put(sheet, row, span[0], text, font=font, align=ws.FLAT, boxed=False)  # type: ignore[arg-type] # a font


def _merge(sheet: Worksheet, row: int, first: int, last: int) -> None:
    if last > first:
        sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)


def _day(day: dt.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day is not None else "…/…/……"
