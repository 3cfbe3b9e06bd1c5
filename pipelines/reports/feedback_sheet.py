"""The sheet "Phiếu phản hồi": the letter's points as a list that leads to the cells.

Belongs here: the sheet's rows, looks and printing, what it remembers of the cells it has marked.
Does not belong here: marking the other sheets (``feedback_book``).
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.sheet_frame import set_widths
from pipelines.reports.feedback import (
    SEVERITY_WORDS,
    Letter,
    Point,
    deadline,
    received,
    verdict,
    what_to_do,
)
from pipelines.vietnamese.text import neutralise_formula

SHEET_NAME = "Phiếu phản hồi"
# no colour of the forms; told apart in grey print by their lightness, and named beside each point
COLOURS = {"error": "FFF4A6A6", "warning": "FFFFD27F", "review": "FFBFD7F2"}
EDGES = {"error": "FFC00000", "warning": "FFB36B00", "review": "FF2F5D94"}
HEADINGS = (
    "Số",
    "Mức độ",
    "Trang",
    "Ô",
    "Mã",
    "Nội dung",
    "Thấy (tệp đang ghi)",
    "Cần (giá trị hợp lệ)",
    "Căn cứ",
    "Việc cần làm",
)
_WIDTHS: list[float] = [5, 13, 16, 8, 8, 38, 20, 24, 28, 36]
_SHEET, _CELL, _FILL = 3, 4, 12  # the last one is a hidden column: the fill a cell had
_TOP = Alignment(horizontal="left", vertical="top", wrap_text=True)
_TOP_CENTRE = Alignment(horizontal="center", vertical="top", wrap_text=True)
_LONGEST = 1_000
_STEPS = (
    "1. Bấm vào tên ô (cột Ô) để tới ô cần sửa; ô được tô màu, rê chuột vào ô để xem ghi chú.",
    "2. Sửa ngay trong tệp này. Không đổi tên trang, không xóa cột mã; không cần xóa trang này.",
    "3. Lưu tệp rồi gửi lại. Bản có lỗi không bao giờ thay bản đã được chấp nhận trước đó.",
)


def write_sheet(
    sheet: Worksheet, letter: Letter, fills: Mapping[tuple[str, str], str], sheets: Set[str]
) -> None:
    """Write the sheet.

    Args:
        sheet: An empty sheet.
        letter: The answer.
        fills: Per marked cell (sheet, address) the fill it had, "" where it had none.
        sheets: Names of the workbook's sheets: only to these lead links.
    """
    set_widths(sheet, _WIDTHS)
    row = _facts(sheet, letter)
    row = _steps(sheet, letter, row)
    header = row + 1
    for column, heading in enumerate(HEADINGS, start=1):
        ws.put(sheet, header, column, heading, font=ws.BOLD, align=ws.CENTRE, fill=ws.GREY)
    sheet.row_dimensions[header].height = 2 * ws.LINE_HEIGHT + 3
    for offset, point in enumerate(letter.points, start=1):
        _point(sheet, header + offset, point, fills, sheets)
    if not letter.points:
        _across(sheet, header + 1, "Không có nội dung nào phải sửa.", ws.FONT)
    sheet.column_dimensions["L"].hidden = True
    sheet.sheet_properties.tabColor = EDGES["error" if letter.of("error") else "review"]
    sheet.sheet_view.showGridLines = False
    ws.print_setup(
        sheet, landscape=True, repeat=f"{header}:{header}", illustrative=letter.is_illustrative
    )
    sheet.print_area = f"A1:J{sheet.max_row}"


def original_fills(sheet: Worksheet) -> dict[tuple[str, str], str]:
    """Cells that an earlier answer has marked, with the fill that each had before."""
    found: dict[tuple[str, str], str] = {}
    for row in sheet.iter_rows(min_col=_SHEET, max_col=_FILL):
        name, address, fill = row[0].value, row[1].value, row[_FILL - _SHEET].value
        if isinstance(fill, str) and isinstance(name, str) and isinstance(address, str):
            found[name, address] = fill.removeprefix("-")
    return found


def _facts(sheet: Worksheet, letter: Letter) -> int:
    row = 1
    if letter.is_illustrative:
        _across(sheet, row, ws.BANNER, ws.RED, align=ws.CENTRE)
        row += 1
    _across(sheet, row, "PHIẾU PHẢN HỒI BÁO CÁO", ws.TITLE, align=ws.CENTRE)
    for label, text in _pairs(letter):
        row += 1
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
        sheet.merge_cells(start_row=row, end_row=row, start_column=3, end_column=len(_WIDTHS))
        ws.put(sheet, row, 1, label, align=ws.FLAT, boxed=False)
        font = ws.RED if label == "Kết quả:" and letter.of("error") else ws.BOLD
        ws.put(sheet, row, 3, neutralise_formula(text), font=font, boxed=False)
        ws.fit_row(sheet, row, [(text, sum(_WIDTHS[2:]))])
    return row + 1


def _pairs(letter: Letter) -> list[tuple[str, str]]:
    about = ", ".join(text for text in (letter.form, letter.period, letter.round) if text)
    stamp = " · ".join(text for text in (letter.submission_id, letter.sha256[:12]) if text)
    pairs = [
        ("Đơn vị gửi:", letter.unit),
        ("Báo cáo:", about),
        ("Tệp:", f"{letter.file_name} ({received(letter)})"),
        ("Dấu tiếp nhận:", stamp),
        ("Kết quả:", verdict(letter)),
        ("Lý do:", letter.reason if not letter.points else ""),
        ("Ghi chú khi đọc:", " ".join(letter.notes)),
        ("Việc cần làm:", what_to_do(letter)),
        ("Thời hạn:", deadline(letter)),
        ("Gửi về:", letter.send_to),
    ]
    return [(label, text) for label, text in pairs if text]


def _steps(sheet: Worksheet, letter: Letter, row: int) -> int:
    if not letter.points:
        return row
    for step in _STEPS:
        _across(sheet, row, step, ws.FONT)
        row += 1
    column = 1
    for severity, words in SEVERITY_WORDS.items():
        count = len(letter.of(severity))
        fill = PatternFill("solid", start_color=COLOURS[severity], end_color=COLOURS[severity])
        last = column + 2
        sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=last)
        text = f"{words}: {count:02d}"
        ws.put(sheet, row, column, text, font=ws.BOLD, align=ws.CENTRE, fill=fill)
        column = last + 1
    sheet.row_dimensions[row].height = 2 * ws.LINE_HEIGHT
    return row + 1


def _point(
    sheet: Worksheet,
    row: int,
    point: Point,
    fills: Mapping[tuple[str, str], str],
    sheets: Set[str],
) -> None:
    said = f"{point.label}\n{point.message}" if point.label else point.message
    texts = (
        point.severity_vi,
        point.sheet or "Cả tệp",
        point.cell or "",
        point.code,
        said,
        point.found,
        point.expected,
        point.basis,
        point.action,
    )
    ws.put(sheet, row, 1, point.number, align=_TOP_CENTRE)
    for column, text in enumerate(texts, start=2):
        align = _TOP_CENTRE if column in {2, _CELL, 5} else _TOP
        ws.put(sheet, row, column, neutralise_formula(text[:_LONGEST]) or None, align=align)
    colour = COLOURS[point.severity]
    sheet.cell(row=row, column=2).fill = PatternFill("solid", start_color=colour, end_color=colour)
    sheet.cell(row=row, column=7).font = Font(name=ws.FONT_NAME, size=12, bold=True)
    ws.fit_row(sheet, row, list(zip(texts, _WIDTHS[1:], strict=True)))
    if point.sheet in sheets and point.cell:
        _link(sheet, row, point)
        key = (str(point.sheet), point.cell)
        if key in fills:
            # never empty, so that a cell without a fill is remembered too
            ws.put(sheet, row, _FILL, f"-{fills[key]}", boxed=False)


def _link(sheet: Worksheet, row: int, point: Point) -> None:
    cell = sheet.cell(row=row, column=_CELL)
    quoted = str(point.sheet).replace("'", "''")
    place = f"'{quoted}'!{point.cell}"
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place, display=point.cell)
    cell.font = ws.LINK


def _across(
    sheet: Worksheet, row: int, text: str, font: Font, *, align: Alignment = ws.LEFT
) -> Cell:
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(_WIDTHS))
    ws.fit_row(sheet, row, [(text, sum(_WIDTHS))])
    return ws.put(sheet, row, 1, text, font=font, align=align, boxed=False)
