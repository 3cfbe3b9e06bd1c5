"""The "Hướng dẫn" sheet: how to fill in, and what each code asks for."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.model import Catalogue, Citation, Form
from pipelines.catalogue.reference import citations
from pipelines.catalogue.sheet_frame import Header, set_widths

SHEET_NAME = "Hướng dẫn"
HEADINGS = ("Mã số", "Nội dung", "Giải thích", "Căn cứ")
_WIDTHS: list[float] = [9, 40, 62, 40]
_STEPS = """\
Chỉ nhập vào các ô nền vàng (bắt buộc) và ô trắng của cột giá trị, cột ghi chú hoặc của sổ; có \
thể dán số liệu từ tệp khác (dán giá trị).
Không phát sinh thì ghi 0. Chưa có số liệu thì để trống, không ghi 0. Chỉ ghi x khi chỉ tiêu \
không áp dụng cho đơn vị.
Số gõ liền, không gõ dấu chấm hay dấu phẩy hàng nghìn (gõ 52620, không gõ 52.620); tiền ghi theo \
đồng, không ghi theo triệu đồng.
Ngày gõ theo dạng ngày/tháng/năm, ví dụ 25/03/2021. Câu hỏi Có/Không thì chọn trong danh sách \
thả xuống.
Xem trang "Kiểm tra": sửa hết các dòng LỖI, bổ sung ô bắt buộc, xem lại các dòng Cần xem lại \
(nếu số liệu đúng, ghi lý do ở cột Ghi chú).
Không đổi tên trang, không xóa cột mã số, không chép biểu sang tệp khác; gửi nguyên tệp này. \
Không ghi họ tên, địa chỉ, số điện thoại của công dân vào tệp.
""".strip().split("\n")


def write_guide(sheet: Worksheet, catalogue: Catalogue, form: Form, header: Header) -> None:
    """Write the sheet: steps, then the definition of every code of the form."""
    set_widths(sheet, _WIDTHS)
    _across(sheet, 1, f"HƯỚNG DẪN NHẬP {form.number_vi.upper()}", bold=True)
    row = 2
    if header.is_illustrative:
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(HEADINGS))
        ws.put(sheet, row, 1, ws.BANNER, font=ws.RED, align=ws.CENTRE, boxed=False)
    for number, step in enumerate(_STEPS, start=1):
        row += 1
        _across(sheet, row, f"{number}. {step}")
    row += 2
    first = row
    for column, heading in enumerate(HEADINGS, start=1):
        ws.put(sheet, row, column, heading, font=ws.BOLD, align=ws.CENTRE, fill=ws.GREY)
    for texts in definitions(catalogue, form):
        row += 1
        for column, text in enumerate(texts, start=1):
            ws.put(sheet, row, column, text or None, align=ws.CENTRE if column == 1 else ws.LEFT)
        ws.fit_row(sheet, row, list(zip(texts, _WIDTHS, strict=True)))
    ws.protect(sheet)
    ws.print_setup(
        sheet, landscape=True, repeat=f"{first}:{first}", illustrative=header.is_illustrative
    )


def _across(sheet: Worksheet, row: int, text: str, *, bold: bool = False) -> None:
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(HEADINGS))
    ws.put(sheet, row, 1, text, font=ws.TITLE if bold else ws.FONT, boxed=False)
    ws.fit_row(sheet, row, [(text, sum(_WIDTHS))])


def definitions(catalogue: Catalogue, form: Form) -> list[tuple[str, str, str, str]]:
    """Code, label, definition and basis of everything that a form asks; "" for none."""
    found: list[tuple[str, str, str, str]] = []
    for item in form.elements():
        element = catalogue.elements[item.element]
        basis = _basis(element.legal, catalogue)
        found.append((element.code, element.label_vi, element.definition_vi, basis))
    for sheet in form.sheets:
        if sheet.register_id is None:
            continue
        register = catalogue.registers[sheet.register_id]
        found.append(("", register.label_vi, register.definition_vi, ""))
        for column in register.columns:
            need = "Bắt buộc. " if column.required else ""
            choice = f"Chọn: {', '.join(column.options)}." if column.options else ""
            found.append((column.code, column.label_vi, (need + choice).strip(), ""))
    return found


def _basis(legal: list[Citation], catalogue: Catalogue) -> str:
    return citations(legal, catalogue) or ""
