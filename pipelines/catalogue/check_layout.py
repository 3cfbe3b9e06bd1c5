"""How "Kiểm tra" looks: headings, lines, colours, the summary.

Belongs here: writing lines. Does not belong here: which lines there are (``checksheet``).
"""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Border, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.check_formulas import either, quoted
from pipelines.catalogue.sheet_frame import set_widths

SHEET_NAME = "Kiểm tra"
FINE, ERROR, REVIEW = "Đạt", "LỖI", "Cần xem lại"
MISSING, SKIPPED = "Thiếu số liệu", "Chưa đủ số liệu để kiểm tra"
NOT_REQUIRED, UPON_RECEIPT = "Không bắt buộc", "Kiểm tra khi nhận"
READY = "Biểu đã sẵn sàng để gửi"

HEADINGS = (
    "TT",
    "Mã quy tắc",
    "Nội dung kiểm tra",
    "Ô liên quan",
    "Kết quả",
    "Việc cần làm",
    "Máy đọc là",
)
HEADER_ROW = 5
SUMMARY_ROW = 2
RULE, RESULT, ACTION, READ = "B", "E", "F", "G"
_WIDTHS: list[float] = [6, 17, 60, 20, 26, 62, 13]
_HELP = (
    "Trang này tự tính lại khi nhập số liệu, không cần cài đặt gì. Bấm vào ô liên quan để đến chỗ "
    "cần sửa; lọc cột Kết quả để chỉ xem các dòng LỖI. Nếu cột Kết quả trống, bấm Enable Editing "
    "(Cho phép chỉnh sửa) ở đầu màn hình."
)
# severity of a rule → result of a line where it is broken
FAULTS = {"error": ERROR, "warning": REVIEW, "review": REVIEW}
_COLOURS = {
    ERROR: ("FFFFC7CE", "FF9C0006"),
    MISSING: ("FFFFEB9C", "FF7F6000"),
    REVIEW: ("FFFFEB9C", "FF7F6000"),
    FINE: ("FFC6EFCE", "FF006100"),
}


@dataclass(frozen=True)
class Elsewhere:
    """Another cell to go to, where the formula ``when`` holds."""

    when: str
    sheet: str
    cell: str


@dataclass(frozen=True)
class Line:
    """A check.

    Attributes:
        content: What is checked.
        sheet: Sheet of the cell to go to.
        cell: Address of the cell to go to.
        result: Formula of the result, without "=".
        todo: Formula of what to do.
        rule: Rule id, or a formula that gives it (``rule_is_formula``).
        rule_is_formula: Whether ``rule`` is a formula.
        longest: The longest result that may show, for the height of the row.
        read: Formula of the value as the check understands it.
        read_format: Number format of that value.
        elsewhere: The cell to go to where it depends on the values; None where it does not.
    """

    content: str
    sheet: str
    cell: str
    result: str
    todo: str
    rule: str = ""
    rule_is_formula: bool = False
    longest: str = SKIPPED
    read: str = ""
    read_format: str = "General"
    elsewhere: Elsewhere | None = None


class Page:
    """The sheet while it is written; ``row`` is where the next line goes."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.row = HEADER_ROW + 1
        self._number = 0
        set_widths(sheet, _WIDTHS)

    def at(self, column: str) -> str:
        """Address of a column of the next line."""
        return f"${column}${self.row}"

    def todo(self, action: str, more: str = "") -> str:
        """Formula of what to do unless all is well; ``more`` is a formula to append."""
        done = either(
            [f"{self.at(RESULT)}={quoted(result)}" for result in (FINE, SKIPPED, NOT_REQUIRED)]
        )
        return f'IF({done},"",{quoted(action)}{more})'

    def heading(self, text: str) -> None:
        """Write a heading across the table."""
        for column in range(1, len(HEADINGS) + 1):
            ws.put(self.sheet, self.row, column, fill=ws.PALE, boxed=False)
        title = ws.put(self.sheet, self.row, 1, text, font=ws.BOLD, align=ws.FLAT, boxed=False)
        title.fill = ws.PALE
        ws.fit_row(self.sheet, self.row, [])
        self.row += 1

    def line(self, line: Line) -> None:
        """Write a line."""
        sheet, row = self.sheet, self.row
        self._number += 1
        ws.put(sheet, row, 1, self._number, align=ws.CENTRE)
        if line.rule_is_formula:
            ws.put_formula(sheet, row, 2, line.rule, align=ws.CENTRE)
        else:
            ws.put(sheet, row, 2, line.rule or None, align=ws.CENTRE)
        ws.put(sheet, row, 3, line.content)
        self._link(line)
        ws.put_formula(sheet, row, 5, line.result, align=ws.CENTRE)
        ws.put_formula(sheet, row, 6, line.todo)
        if line.read:
            cell = ws.put_formula(sheet, row, 7, line.read, align=ws.CENTRE)
            cell.number_format = line.read_format
        else:
            ws.put(sheet, row, 7)
        ws.fit_row(sheet, row, [(line.content, _WIDTHS[2]), (line.longest, _WIDTHS[4])])
        self.row += 1

    def finish(self, *, illustrative: bool) -> None:
        """Write what stands above the lines, colours, filter and print set-up."""
        sheet, last = self.sheet, self.row - 1
        self._above("KIỂM TRA TRƯỚC KHI GỬI", 1, ws.TITLE)
        self._above(_HELP, 3, ws.ITALIC)
        if illustrative:
            self._above(ws.BANNER, 4, ws.RED)
        for column, heading in enumerate(HEADINGS, start=1):
            ws.put(sheet, HEADER_ROW, column, heading, font=ws.BOLD, align=ws.CENTRE, fill=ws.GREY)
        self._summary(f"${RESULT}${HEADER_ROW + 1}:${RESULT}${last}")
        self._colours(f"{RESULT}{HEADER_ROW + 1}:{RESULT}{last}")
        sheet.auto_filter.ref = f"A{HEADER_ROW}:{READ}{last}"
        sheet.freeze_panes = f"A{HEADER_ROW + 1}"
        ws.protect(sheet)
        repeat = f"{HEADER_ROW}:{HEADER_ROW}"
        ws.print_setup(sheet, landscape=True, repeat=repeat, illustrative=illustrative)

    def _above(self, text: str | None, row: int, font: Font) -> None:
        self.sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(HEADINGS))
        ws.put(self.sheet, row, 1, text, font=font, align=ws.CENTRE, boxed=False)
        ws.fit_row(self.sheet, row, [(text or "", sum(_WIDTHS))])

    def _summary(self, results: str) -> None:
        errors, missing, review = (
            f"COUNTIF({results},{quoted(result)})" for result in (ERROR, MISSING, REVIEW)
        )
        doubts = f'IF({review}>0,", "&{review}&" mục cần xem lại","")'
        open_points = f'"Còn "&{errors}&" lỗi, "&{missing}&" ô bắt buộc chưa nhập"&{doubts}'
        ready = f'{quoted(READY)}&IF({review}>0," ("&{review}&" mục cần xem lại trước khi gửi)","")'
        self._above(None, SUMMARY_ROW, ws.TITLE)
        summary = f"IF({errors}+{missing}>0,{open_points},{ready})"
        cell = ws.put_formula(self.sheet, SUMMARY_ROW, 1, summary, align=ws.CENTRE)
        cell.font, cell.border = ws.TITLE, Border()
        self.sheet.row_dimensions[SUMMARY_ROW].height = 28
        tests = [
            (f"{errors}>0", ERROR),
            (f"{missing}+{review}>0", REVIEW),
            (f"{errors}+{missing}+{review}=0", FINE),
        ]
        for test, result in tests:
            fill, font = _colour(result)
            rule = FormulaRule(formula=[test], fill=fill, font=font, stopIfTrue=True)
            self.sheet.conditional_formatting.add(f"A{SUMMARY_ROW}:{READ}{SUMMARY_ROW}", rule)

    def _colours(self, results: str) -> None:
        for result in _COLOURS:
            fill, font = _colour(result)
            rule = CellIsRule("equal", formula=[quoted(result)], fill=fill, font=font)
            self.sheet.conditional_formatting.add(results, rule)

    def _link(self, line: Line) -> None:
        text, place = f"{line.sheet}: {line.cell}", f"'{line.sheet}'!{line.cell}"
        if line.elsewhere is not None:
            cell = ws.put_formula(self.sheet, self.row, 4, _either_link(line, line.elsewhere))
        else:
            cell = ws.put(self.sheet, self.row, 4, text)
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place)
        cell.font, cell.alignment = ws.LINK, ws.CENTRE


def _either_link(line: Line, other: Elsewhere) -> str:
    """A link, within the workbook, to the line's cell or to the other one."""
    places = [f"#'{spot.sheet}'!{spot.cell}" for spot in (other, line)]
    texts = [f"{spot.sheet}: {spot.cell}" for spot in (other, line)]
    to, shown = (
        f"IF({other.when},{','.join(quoted(word) for word in words)})" for words in (places, texts)
    )
    return f"HYPERLINK({to},{shown})"


def _colour(result: str) -> tuple[PatternFill, Font]:
    background, foreground = _COLOURS[result]
    return (
        PatternFill("solid", start_color=background, end_color=background),
        Font(color=foreground, bold=True),
    )
