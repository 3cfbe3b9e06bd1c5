"""Files of other makers for the case table: an export, a list, a report. SỐ LIỆU MINH HỌA."""

import io
import zipfile
from html import escape

_HEAD = """<html><head><meta charset="utf-8"></head><body><table>
<tr><td colspan="7">BẢNG TỔNG HỢP TIẾP DÂN, ĐƠN THƯ - SỐ LIỆU MINH HỌA</td></tr>
<tr><td colspan="7">Đơn vị: Ban Chỉ đạo QCDC huyện minh họa</td></tr>
<tr><td colspan="7">Kỳ báo cáo: 6 tháng đầu năm 2021</td></tr>
<tr><th rowspan="2">TT</th><th rowspan="2">Đơn vị</th><th rowspan="2">Lượt tiếp dân</th>
<th colspan="2">Đã tiếp nhận</th><th colspan="2">Đã giải quyết</th></tr>
<tr><th>Trong kỳ</th><th>Từ đầu năm</th><th>Trong kỳ</th><th>Từ đầu năm</th></tr>
<tr><td>(A)</td><td>(B)</td><td>(1)</td><td>(2)</td><td>(3)</td><td>(4)</td><td>(5)</td></tr>
"""
_ROWS = [
    ("1", "Xã minh họa 01", "12", "4", "9", "3", "7"),
    ("2", "Xã minh họa 02", "8", "6", "8", "5", "6"),
]


def _petitions(total: str) -> bytes:
    lines = [*_ROWS, ("", "Tổng cộng", "20", total, "17", "8", "13")]
    rows = ["<tr>" + "".join(f"<td>{escape(t)}</td>" for t in line) + "</tr>" for line in lines]
    return (_HEAD + "\n".join(rows) + "</table></body></html>").encode()


def petitions_html(_: bytes) -> bytes:
    """A list by commune with a header of two rows, numbering and totals, as web systems export."""
    return _petitions("10")


def petitions_html_wrong_total(_: bytes) -> bytes:
    """The same with a total that is not the sum."""
    return _petitions("11")


def dossiers_csv(_: bytes) -> bytes:
    """A province's list of dossiers, separated by semicolons, with a byte-order mark."""
    lines = [
        "Đơn vị: Bộ phận một cửa minh họa;;;;;;;;",
        "Kỳ báo cáo: 6 tháng đầu năm 2021;;;;;;;;",
        "STT;Mã hồ sơ;Đơn vị tiếp nhận;Lĩnh vực;Hình thức;Thời gian;;;Tình trạng",
        ";;;;;Tiếp nhận;Hẹn trả;Trả kết quả;",
        "1;MH-001;Xã minh họa 01;Đất;Trực tuyến mức 4;5/3/2021;15/3/2021;12/3/2021;Đã trả kết quả",
        "2;MH-002;Xã minh họa 02;Hộ tịch;Trực tiếp;06/03/2021;16/03/2021;;Đang xử lý",
    ]
    return "\r\n".join(lines).encode("utf-8-sig")


def unknown_csv(_: bytes) -> bytes:
    """A table that no mapping knows."""
    return "Thôn;Trưởng thôn bầu ngày;Kết quả bầu\n1;05/03/2021;đạt\n".encode()


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/'
    '2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
    'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override '
    'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def _paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _row(texts: list[str]) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{_paragraph(t)}</w:tc>" for t in texts) + "</w:tr>"


def report_docx(_: bytes) -> bytes:
    """A commune's report in Word: paragraphs and a table of results."""
    rows = [
        ["TT", "Nội dung", "ĐVT", "Kết quả"],
        ["I", "Công khai", "", ""],
        ["1", "Số nội dung phải công khai", "nội dung", "11"],
        ["2", "Số nội dung đã công khai", "nội dung", "09"],
        ["3", "Nhân dân đóng góp tiền", "đồng", "46.920 triệu đồng"],
    ]
    body = (
        _paragraph("ỦY BAN NHÂN DÂN XÃ MINH HỌA 01")
        + _paragraph("BÁO CÁO kết quả thực hiện QCDC 6 tháng đầu năm 2021 (SỐ LIỆU MINH HỌA)")
        + _paragraph("Trong kỳ có 02 đơn vượt cấp, điện thoại liên hệ 0912345678.")
        + "<w:tbl>"
        + "".join(map(_row, rows))
        + "</w:tbl>"
    )
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{_WORD}">'
        f"<w:body>{body}</w:body></w:document>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", document)
    return out.getvalue()
