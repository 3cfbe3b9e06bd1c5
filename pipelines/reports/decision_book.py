"""The sổ xử lý as a workbook: each open finding a row, what to do about it a choice.

Belongs here: what the coordinator gets to fill in. Does not belong here: which findings are open
(``orchestration.deciding``), reading the book back (``decision_answers``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.sheet_frame import set_widths
from pipelines.catalogue.stamping import workbook_bytes
from pipelines.reports import decision_words as words
from pipelines.vietnamese.text import neutralise_formula

SEVERITY_VI = {"error": "Lỗi", "warning": "Cảnh báo", "review": "Cần đối chiếu"}
_FILLS = {"error": "FFF4A6A6", "warning": "FFFFD27F", "review": "FFBFD7F2"}
_HEAD_ROW = 6
_SHOWN = ("STT", "Đơn vị", "Mức độ", "Tệp", "Trang", "Ô", "Mã", "Nội dung", "Thấy", "Cần")
_INPUTS = (words.CHOICE, words.VALUE, words.TOLD_BY, words.TOLD_ON, words.WHY)
_HIDDEN = (words.CHECK, "Mã lần nộp", "Quy tắc", "Mã đơn vị", "Mã chỉ tiêu")
_WIDTHS: list[float] = [5, 17, 11, 17, 12, 7, 7, 38, 14, 20, 20, 13, 18, 13, 30]
_SIGN_SHOWN = ("STT", "Đơn vị", "Dấu", "Số ô", "Ở các ô")
_SIGN_WIDTHS: list[float] = [5, 30, 10, 8, 50, 24, 40]
_GUIDE = """\
Mỗi dòng của trang "Sổ xử lý" là một phát hiện còn mở. Chọn một việc ở cột Xử lý, ghi các cột bên \
cạnh, lưu lại, rồi chạy: qcdc decide KỲ --import TỆP --who "chức vụ của người quyết định".
Chấp nhận: số liệu đúng dù khác thường. Phải ghi Lý do. Ô có giá trị đề xuất thì chấp nhận là dùng \
giá trị đề xuất; ô không đọc được mà không có đề xuất thì để ngoài số liệu.
Sửa theo điện thoại: ghi Giá trị mới, Người cung cấp (chức vụ, không ghi họ tên), Ngày cung cấp, \
Lý do. Chỉ ô đó được thay; tệp của đơn vị giữ nguyên. Đơn vị gửi tệp mới thì lời sửa không theo \
sang tệp mới.
Trả lại: cả tệp trả về cho đơn vị. Bản đã được chấp nhận trước đó (nếu có) vẫn giữ nguyên giá trị.
Xác nhận đơn vị, kỳ: dùng khi phần đầu biểu ghi nhầm. Để trống Giá trị mới thì lấy đơn vị theo sổ \
tiếp nhận, kỳ và biểu theo công văn yêu cầu; hoặc ghi: mã đơn vị; kỳ; mã biểu; ước (hoặc chính \
thức).
Nghĩa là 0, Nghĩa là chưa có: chỉ cho ô ghi dấu như "-". Hỏi một lần cho mọi ô thì trả lời ở trang \
"0 hay chưa có"; câu trả lời được nhớ cho các kỳ sau của đơn vị đó.
Dòng để trống cột Xử lý thì bỏ qua. Nhập lại cùng một sổ không ghi thêm gì. Có dòng sai thì cả sổ \
không được nhập, chương trình chỉ rõ từng dòng.
""".strip().split("\n")


@dataclass(frozen=True)
class Matter:
    """A finding that waits for a decision.

    Attributes:
        key: submission_id, sheet, cell, rule, unit_id, element.
        severity: ``error``, ``warning`` or ``review``.
        unit: Name of the unit it is about.
        file: Name of the file.
        code: Code of the element as the form prints it.
        message: What is wrong.
        found: What was seen.
        expected: What should stand there.
        proposed: The likelier value of a doubtful cell.
        choices: What may be done, keys of ``decision_words.CHOICES``.
    """

    key: tuple[str | None, ...]
    severity: str
    unit: str
    file: str
    code: str
    message: str
    found: str | None
    expected: str | None
    proposed: str | None
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Sign:
    """A sign that a provider writes where a number is asked, and where.

    Attributes:
        provider: Unit id.
        unit: Its name.
        token: The sign.
        places: Addresses of the cells.
    """

    provider: str
    unit: str
    token: str
    places: tuple[str, ...]


def build_decision_book(
    period: str,
    label: str,
    matters: Sequence[Matter],
    signs: Sequence[Sign],
    *,
    illustrative: bool,
) -> bytes:
    """Write the book.

    Args:
        period: Key of the period.
        label: Its Vietnamese name.
        matters: Open findings in reading order.
        signs: Signs that nobody has been asked about.
        illustrative: Marks every sheet.

    Returns:
        The file; equal input gives equal bytes.
    """
    book = Workbook()
    work: Worksheet = book.active  # type: ignore[assignment] # a new workbook has one worksheet
    work.title = words.WORK_SHEET
    sign_sheet = book.create_sheet(words.SIGN_SHEET)
    guide = book.create_sheet(words.GUIDE_SHEET)
    lists = book.create_sheet(words.LIST_SHEET)
    book.defined_names[words.PERIOD_NAME] = DefinedName(words.PERIOD_NAME, attr_text=f'"{period}"')
    sources = _write_lists(lists, matters)
    head = f"SỔ XỬ LÝ – {label}"
    _write_matters(work, head, matters, sources, illustrative=illustrative)
    _write_signs(sign_sheet, label, signs, sources, illustrative=illustrative)
    _write_guide(guide, illustrative=illustrative)
    return workbook_bytes(book, [])


def _write_lists(sheet: Worksheet, matters: Sequence[Matter]) -> dict[tuple[str, ...], str]:
    """The lists that the choices come from: in a formula a comma would end a choice."""
    wanted: dict[tuple[str, ...], Mapping[str, str]] = dict.fromkeys(
        dict.fromkeys(matter.choices for matter in matters), words.CHOICES
    )
    wanted[tuple(words.SIGN_CHOICES)] = words.SIGN_CHOICES
    sources = {}
    for column, (choices, texts) in enumerate(wanted.items(), start=1):
        for row, choice in enumerate(choices, start=1):
            ws.put(sheet, row, column, texts[choice], boxed=False)
        letter = get_column_letter(column)
        sources[choices] = f"'{sheet.title}'!${letter}$1:${letter}${len(choices)}"
    sheet.sheet_state = "hidden"
    return sources


def _write_matters(
    sheet: Worksheet,
    head: str,
    matters: Sequence[Matter],
    sources: Mapping[tuple[str, ...], str],
    *,
    illustrative: bool,
) -> None:
    headings = (*_SHOWN, *_INPUTS, *_HIDDEN)
    lines = (
        f"{len(matters)} phát hiện chưa có quyết định. Chỉ ghi vào các cột nền vàng nhạt.",
        'Cách ghi: xem trang "Hướng dẫn". Nhập vào hệ thống bằng qcdc decide --import.',
    )
    _write_head(sheet, head, lines, _WIDTHS, illustrative=illustrative)
    _write_headings(sheet, headings, inputs=_INPUTS)
    checks = {choices: _validation(sheet, source) for choices, source in sources.items()}
    first = len(_SHOWN) + 1
    for number, matter in enumerate(matters, start=1):
        row = _HEAD_ROW + number
        texts = _texts(number, matter)
        for column, text in enumerate(texts, start=1):
            align = ws.CENTRE if column in {1, 3, 6, 7} else ws.LEFT
            cell = ws.put(sheet, row, column, text, align=align)
            if column == _SHOWN.index("Mức độ") + 1:
                colour = _FILLS[matter.severity]
                cell.fill = PatternFill("solid", start_color=colour, end_color=colour)
        _write_inputs(sheet, row, first)
        checks[matter.choices].add(sheet.cell(row=row, column=first).coordinate)
        submission_id, _, _, rule, unit_id, element = matter.key
        hidden = (words.matter_id(matter.key), submission_id, rule, unit_id, element)
        for column, text in enumerate(hidden, start=first + len(_INPUTS)):
            ws.put(sheet, row, column, text)
        ws.fit_row(sheet, row, [(str(t), w) for t, w in zip(texts, _WIDTHS, strict=False) if t])
    for column in range(first + len(_INPUTS), len(headings) + 1):
        sheet.column_dimensions[get_column_letter(column)].hidden = True
    _finish(sheet, len(headings), _HEAD_ROW + len(matters), illustrative=illustrative)


def _texts(number: int, matter: Matter) -> tuple[str | int | None, ...]:
    _, page, cell, _, _, _ = matter.key
    expected = matter.expected
    if matter.proposed is not None:
        expected = f"{expected or ''}\nĐề xuất: {matter.proposed}".strip()
    quoted = (matter.code, matter.message, matter.found, expected)
    return (
        number,
        matter.unit,
        SEVERITY_VI[matter.severity],
        neutralise_formula(matter.file),
        # keys of the row stay as they are; a cell of type text never becomes a formula
        page,
        cell,
        *(neutralise_formula(text) if text else None for text in quoted),
    )


def _write_inputs(sheet: Worksheet, row: int, first: int) -> None:
    for column, heading in enumerate(_INPUTS, start=first):
        cell = ws.put_input(sheet, row, column, None, "note", compulsory=True)
        # as text: 52.620 typed as a number would come back as 52,62
        cell.number_format = "@" if heading in {words.VALUE, words.TOLD_ON} else "General"


def _write_signs(
    sheet: Worksheet,
    label: str,
    signs: Sequence[Sign],
    sources: Mapping[tuple[str, ...], str],
    *,
    illustrative: bool,
) -> None:
    inputs = (words.MEANS, words.WHY)
    headings = (*_SIGN_SHOWN, *inputs, words.CHECK, words.SIGN_KEYS[0])
    lines = (
        'Đơn vị ghi dấu thay cho số. Hỏi đơn vị một lần: dấu đó là "0" hay "chưa có số liệu"?',
        "Câu trả lời áp dụng cho mọi ô của đơn vị, kỳ này và các kỳ sau.",
    )
    _write_head(sheet, f"0 HAY CHƯA CÓ? – {label}", lines, _SIGN_WIDTHS, illustrative=illustrative)
    _write_headings(sheet, headings, inputs=inputs)
    check = _validation(sheet, sources[tuple(words.SIGN_CHOICES)])
    for number, sign in enumerate(signs, start=1):
        row = _HEAD_ROW + number
        texts = (number, sign.unit, sign.token, len(sign.places), "; ".join(sign.places))
        for column, text in enumerate(texts, start=1):
            ws.put(sheet, row, column, text, align=ws.CENTRE if column in {1, 3, 4} else ws.LEFT)
        for column in range(len(texts) + 1, len(texts) + 1 + len(inputs)):
            ws.put_input(sheet, row, column, None, "note", compulsory=True)
        check.add(sheet.cell(row=row, column=len(texts) + 1).coordinate)
        key = (sign.provider, sign.token)
        hidden = (words.matter_id(key), sign.provider)
        for column, text in enumerate(hidden, start=len(texts) + len(inputs) + 1):
            ws.put(sheet, row, column, text)
        ws.fit_row(sheet, row, [(sign.unit, _SIGN_WIDTHS[1]), (str(texts[4]), _SIGN_WIDTHS[4])])
    for column in range(len(headings) - 1, len(headings) + 1):
        sheet.column_dimensions[get_column_letter(column)].hidden = True
    _finish(sheet, len(headings), _HEAD_ROW + len(signs), illustrative=illustrative)


def _write_head(
    sheet: Worksheet, title: str, lines: Sequence[str], widths: list[float], *, illustrative: bool
) -> None:
    set_widths(sheet, widths)
    ws.put(sheet, 1, 1, title, font=ws.TITLE, align=ws.FLAT, boxed=False)
    if illustrative:
        ws.put(sheet, 2, 1, ws.BANNER, font=ws.RED, align=ws.FLAT, boxed=False)
    for row, line in enumerate(lines, start=3):
        ws.put(sheet, row, 1, line, font=ws.ITALIC, align=ws.FLAT, boxed=False)


def _write_headings(sheet: Worksheet, headings: Sequence[str], *, inputs: Sequence[str]) -> None:
    for column, heading in enumerate(headings, start=1):
        fill = ws.YELLOW if heading in inputs else ws.GREY
        ws.put(sheet, _HEAD_ROW, column, heading, font=ws.BOLD, align=ws.CENTRE, fill=fill)
    sheet.row_dimensions[_HEAD_ROW].height = 2 * ws.LINE_HEIGHT + 3


def _validation(sheet: Worksheet, source: str) -> DataValidation:
    check = DataValidation(type="list", formula1=source, allow_blank=True)
    check.error = "Chọn một việc trong danh sách thả xuống, hoặc để trống."
    check.errorTitle = "Không có trong danh sách"
    sheet.add_data_validation(check)
    return check


def _finish(sheet: Worksheet, columns: int, last: int, *, illustrative: bool) -> None:
    sheet.freeze_panes = f"C{_HEAD_ROW + 1}"
    shown = get_column_letter(columns)
    sheet.auto_filter.ref = f"A{_HEAD_ROW}:{shown}{max(last, _HEAD_ROW + 1)}"
    ws.protect(sheet)
    sheet.protection.formatColumns = False
    ws.print_setup(
        sheet, landscape=True, repeat=f"{_HEAD_ROW}:{_HEAD_ROW}", illustrative=illustrative
    )


def _write_guide(sheet: Worksheet, *, illustrative: bool) -> None:
    widths: list[float] = [5, 110]
    _write_head(sheet, "CÁCH GHI SỔ XỬ LÝ", (), widths, illustrative=illustrative)
    for number, step in enumerate(_GUIDE, start=1):
        row = 3 + number
        ws.put(sheet, row, 1, number, align=ws.CENTRE)
        ws.put(sheet, row, 2, step).protection = Protection(locked=True)
        ws.fit_row(sheet, row, [(step, widths[1])])
    ws.protect(sheet)
    ws.print_setup(sheet, landscape=True, repeat="1:1", illustrative=illustrative)
