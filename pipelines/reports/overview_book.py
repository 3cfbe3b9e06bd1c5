"""The overview of a period as a workbook: a call log to type into.

Belongs here: its sheets. Does not belong here: its rows (``overview``).
"""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.sheet_frame import set_widths
from pipelines.catalogue.stamping import workbook_bytes
from pipelines.reports.feedback_sheet import COLOURS
from pipelines.reports.overview import CALL_LOG, HEADINGS, Overview, Owed, written
from pipelines.vietnamese.text import neutralise_formula

_WIDTHS: list[float] = [5, 28, 14, 11, 12, 20, 8, 8, 8, 8, 44, 15, 18, 20, 14]
_CENTRED = {1, 3, 4, 5, 7, 8, 9, 10}
_FILLS = {"missing": "error", "returned": "error", "late": "warning"}


def overview_book(shown: Overview) -> bytes:
    """The workbook; equal overviews give equal bytes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    calls = [row for row in shown.rows if row.must_be_called]
    _listed(book.create_sheet("Cần gọi"), "SỔ GỌI ĐIỆN", shown, calls)
    _listed(book.create_sheet("Tất cả"), "TÌNH HÌNH NỘP BÁO CÁO", shown, list(shown.rows))
    if shown.unplaced:
        _unplaced(book.create_sheet("Tệp chưa dùng được"), shown)
    return workbook_bytes(book, [])


def _listed(sheet: Worksheet, title: str, shown: Overview, rows: list[Owed]) -> None:
    set_widths(sheet, _WIDTHS)
    top = _head(sheet, title, shown, len(HEADINGS))
    for column, heading in enumerate(HEADINGS, start=1):
        ws.put(sheet, top, column, heading, font=ws.BOLD, align=ws.CENTRE, fill=ws.GREY)
    sheet.row_dimensions[top].height = 2 * ws.LINE_HEIGHT + 3
    for number, row in enumerate(rows, start=1):
        _row(sheet, top + number, number, row)
    sheet.freeze_panes = f"C{top + 1}"
    sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(HEADINGS))}{top + max(len(rows), 1)}"
    ws.print_setup(sheet, landscape=True, repeat=f"{top}:{top}", illustrative=shown.is_illustrative)


def _row(sheet: Worksheet, at: int, number: int, row: Owed) -> None:
    values = (number, *row.values(), *("" for _ in CALL_LOG))
    for column, value in enumerate(values, start=1):
        text = neutralise_formula(value) or None if isinstance(value, str) else value
        align = ws.CENTRE if column in _CENTRED else ws.LEFT
        cell = ws.put(sheet, at, column, text, align=align)
        if column > len(HEADINGS) - len(CALL_LOG):
            cell.protection = Protection(locked=False)
    severity = _FILLS.get(row.state)
    if severity is not None:
        cell = sheet.cell(row=at, column=4)
        cell.fill = ws.PatternFill(
            "solid", start_color=COLOURS[severity], end_color=COLOURS[severity]
        )
    ws.fit_row(sheet, at, [(str(values[1]), _WIDTHS[1]), (str(values[10]), _WIDTHS[10])])


def _head(sheet: Worksheet, title: str, shown: Overview, last: int) -> int:
    counts = "; ".join(f"{label}: {count:02d}" for label, count in shown.counts().items())
    lines = [(title, ws.TITLE), (f"{shown.period}, tính đến {written(shown.as_of)}", ws.BOLD)]
    lines += [(counts, ws.FONT)]
    if shown.is_illustrative:
        lines.insert(0, (ws.BANNER, ws.RED))
    for row, (text, font) in enumerate(lines, start=1):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=last)
        ws.put(sheet, row, 1, text, font=font, align=ws.CENTRE, boxed=False)
        ws.fit_row(sheet, row, [(text, 100)])
    return len(lines) + 2


def _unplaced(sheet: Worksheet, shown: Overview) -> None:
    widths: list[float] = [60, 90]
    set_widths(sheet, widths)
    top = _head(sheet, "TỆP KHÔNG ĐỌC ĐƯỢC, BỊ TỪ CHỐI HOẶC CHƯA RÕ ĐƠN VỊ GỬI", shown, 2)
    for column, heading in enumerate(("Tệp", "Lý do"), start=1):
        ws.put(sheet, top, column, heading, font=ws.BOLD, align=ws.CENTRE, fill=ws.GREY)
    for at, texts in enumerate(shown.unplaced, start=top + 1):
        for column, text in enumerate(texts, start=1):
            ws.put(sheet, at, column, neutralise_formula(text) or None)
        ws.fit_row(sheet, at, list(zip(texts, widths, strict=True)))
    ws.print_setup(sheet, landscape=True, repeat=f"{top}:{top}", illustrative=shown.is_illustrative)
