"""Files that are not read: each kind has its code, its words, its next step."""

import contextlib
import io
import struct
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from pipelines.intake import cells
from pipelines.intake.formats.opening import counts_of, names_of, open_book
from pipelines.intake.refusal import Limits, UnreadableWorkbook
from pipelines.intake.workers import map_safely
from tests.intake import containers_made as made


def xlsx(**cells: str) -> bytes:
    book = Workbook()
    for place, value in (cells or {"A1": "Mã số", "B1": "Giá trị", "A2": "A01", "B2": "7"}).items():
        book.worksheets[0][place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


PLAIN = xlsx()
PARAGRAPHS = made.docx(made.paragraph("Kính gửi: Ban Chỉ đạo huyện"))
WRITER = made.zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"})
LOCKED_ODS = made.zipped(
    {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": b"\x01\x02",
        "META-INF/manifest.xml": "<m><manifest:encryption-data/></m>",
    }
)


@pytest.mark.parametrize(
    ("data", "code", "says", "action"),
    [
        (b"", "empty", "rỗng", "Kiểm tra tệp gốc"),
        (b"\0" * 4_096, "empty", "rỗng", "Kiểm tra tệp gốc"),
        (b"%PDF-1.7\n1 0 obj", "pdf", "PDF", "biểu Excel"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "image", "ảnh", "biểu Excel"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "image", "ảnh", "biểu Excel"),
        (b"BM" + struct.pack("<IIII", 90, 0, 54, 40), "image", "ảnh", "biểu Excel"),
        (
            made.compound("EncryptedPackage", "EncryptionInfo"),
            "password",
            "mật khẩu",
            "Bỏ mật khẩu",
        ),
        (LOCKED_ODS, "password", "mật khẩu", "Bỏ mật khẩu"),
        (made.compound("WordDocument"), "old_doc", ".doc", ".docx"),
        (made.compound("PowerPoint Document"), "slides", "trình chiếu", "biểu mẫu"),
        (made.compound("VisioDocument"), "unknown", "không phải", "biểu mẫu"),
        (made.compound("Workbook")[:700], "truncated", "cắt cụt", "tệp gốc"),
        (PLAIN[:-200], "truncated", "cắt cụt", "tệp gốc"),
        (PLAIN[: len(PLAIN) // 2], "truncated", "cắt cụt", "tệp gốc"),
        (made.zipped({"a.xlsx": PLAIN, "b.xlsx": PLAIN}), "archive", "tệp nén", "Giải nén"),
        (b"Rar!\x1a\x07\x01\0" + bytes(50), "archive", "tệp nén", "Giải nén"),
        (b"{\\rtf1\\ansi x}", "rtf", "RTF", ".docx"),
        (WRITER, "writer", "OpenDocument", ".docx"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "mhtml", "MHTML", ".xlsx"),
        (b'<?xml version="1.0"?><a/>', "xml", "XML", ".xlsx"),
        (b"\x01\x02\x03\x04" * 30, "unknown", "không phải", "biểu mẫu"),
        ("Kính gửi Ban Chỉ đạo".encode(), "unknown", "không phải", "biểu mẫu"),
        (PARAGRAPHS, "no_table", "không có bảng", "biểu Excel"),
        (b"<html><body><p>x</p></body></html>", "no_table", "không có bảng", "biểu mẫu"),
    ],
)
def test_each_kind_has_its_own_answer(data, code, says, action):
    with pytest.raises(UnreadableWorkbook) as refusal:
        open_book(data)
    assert refusal.value.code == code
    assert says in refusal.value.message_vi
    assert refusal.value.message_vi.endswith(".")
    assert action in refusal.value.action_vi
    assert refusal.value.action_vi[0].isupper()


def test_a_refusal_survives_the_way_out_of_a_worker():
    import pickle

    with pytest.raises(UnreadableWorkbook) as refusal:
        open_book(b"%PDF-1.7")
    again = pickle.loads(pickle.dumps(refusal.value))  # noqa: S301 — our own bytes
    assert (again.code, again.action_vi) == (refusal.value.code, refusal.value.action_vi)


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("bieu.xlsx", None),
        ("bieu.XLSM", None),
        ("bieu", None),
        ("bieu.xls", "Tên tệp có đuôi .xls nhưng nội dung là Excel .xlsx (đọc theo nội dung)."),
        (
            "raw/x.y/bieu.pdf",
            "Tên tệp có đuôi .pdf nhưng nội dung là Excel .xlsx (đọc theo nội dung).",
        ),
    ],
)
def test_an_ending_that_promises_something_else_is_said(name, note):
    assert open_book(PLAIN, name=name).notes == ((note,) if note else ())


def test_macros_are_said_and_not_run():
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    listed = members["xl/_rels/workbook.xml.rels"].decode()
    kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    more = f'<Relationship Id="rV" Type="{kind}" Target="vbaProject.bin"/></Relationships>'
    members["xl/_rels/workbook.xml.rels"] = listed.replace("</Relationships>", more).encode()
    book = open_book(made.zipped(members | {"xl/vbaProject.bin": b"\0" * 20}))
    assert book.notes == ("Tệp có macro (không được chạy).",)
    assert len(book.cells) == 4


ROW = '<table:table-row table:number-rows-repeated="{}"><table:table-cell {} {}/></table:table-row>'


def ods_bomb(rows: int, columns: int, value: str = 'office:value-type="float" office:value="1"'):
    row = ROW.format(rows, f'table:number-columns-repeated="{columns}"', value)
    return made.ods(f'<table:table table:name="T">{row}</table:table>')


def deep_html(levels: int) -> bytes:
    return b"<html>" + b"<table><tr><td>x" * levels


ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document xmlns:w="w"/>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (ods_bomb(1_000_000, 1_000), "extent"),
        (ods_bomb(2_000_000_000, 1), "broken"),
        (ods_bomb(1, 2_000_000_000), "extent"),
        (deep_html(30), "nested"),
        (b"<html><table><tr><td colspan=1000>x" + b"<td colspan=1000>x" * 17, "extent"),
        (made.zipped({"word/document.xml": ENTITY}), "entities"),
        (
            made.docx(
                '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999"/></w:tcPr>'
                f"{made.paragraph('x')}</w:tc></w:tr></w:tbl>"
            ),
            "extent",
        ),
        (made.docx("<w:tbl><w:tr><w:tc>" * 30 + "</w:tc></w:tr></w:tbl>" * 30), "broken"),
        (
            made.xlsb({"T": made.xlsb_sheet({1_048_576: {16_384: made.xlsb_cell(16_384, 1)}})}),
            "extent",
        ),
        (
            made.xlsb(
                {"T": made.xlsb_sheet({2: {1: made.xlsb_cell(1, 1)}, 1: {1: made.xlsb_cell(1, 1)}})}
            ),
            "broken",
        ),
    ],
)
def test_what_would_harm_a_reader_is_refused(data, code):
    with pytest.raises(UnreadableWorkbook) as refusal:
        open_book(data)
    assert refusal.value.code == code


def test_blank_repeats_of_any_length_harm_nothing():
    filled = ROW.format(1, "", 'office:value-type="float" office:value="7"')
    blank = ROW.format(1_048_570, 'table:number-columns-repeated="16384"', "")
    data = made.ods(f'<table:table table:name="T">{filled}{blank}</table:table>')
    assert open_book(data).cells["number"].tolist() == [7.0]


@pytest.mark.parametrize(
    "data",
    [
        made.csv_of(PLAIN),
        made.html_of(PLAIN),
        made.docx_of(PLAIN),
        made.ods_of(PLAIN),
        made.xlsb_of(PLAIN),
        PLAIN,
    ],
)
def test_the_limit_on_cells_holds_in_every_container(data):
    with pytest.raises(UnreadableWorkbook, match="extent"):
        open_book(data, Limits(cells=1))
    # one page, and the text around the tables
    assert open_book(data, Limits(cells=5)).sheets[0].cells == 4


INTACT = {
    "xlsx": PLAIN,
    "xlsb": made.xlsb_of(PLAIN),
    "ods": made.ods_of(PLAIN),
    "docx": made.docx_of(PLAIN),
    "csv": made.csv_of(PLAIN),
    "html": made.html_of(PLAIN),
    "old": made.compound("Workbook"),
}


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(INTACT)), st.data())
def test_damage_is_refused_in_words_or_counts_stay_equal(container, data):
    intact = INTACT[container]
    damaged = bytearray(intact)
    for at in data.draw(st.lists(st.integers(0, len(intact) - 1), min_size=1, max_size=4)):
        damaged[at] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.one_of(st.just(len(intact)), st.integers(0, len(intact))))
    seen = bytes(damaged[:cut])
    assert outcome(seen) in {"refused in words", "every cell read"}


def outcome(data: bytes) -> str:
    try:
        book = open_book(data)
        names_of(data)
    except UnreadableWorkbook as refusal:
        return "refused in words" if refusal.message_vi.endswith(".") else "refused"
    counted, told = sum(counts_of(data).values()), sum(sheet.cells for sheet in book.sheets)
    read = len(book.cells)
    return "every cell read" if counted == told == read else f"{read} of {counted}, {told}"


@pytest.mark.parametrize("piece", ["<a", "<style>", '<a "', "<!--", "<td", "&#", "</", "<!"])
def test_a_broken_page_is_looked_over_in_linear_time(piece):
    page = f"<html><table><tr><td>x{piece * 20_000}".encode()
    started = time.monotonic()
    with contextlib.suppress(UnreadableWorkbook):
        open_book(page)
    assert time.monotonic() - started < 5


def test_a_sheet_that_the_fast_reader_cannot_see_is_said(monkeypatch):
    monkeypatch.setattr(cells, "_open_fast", lambda _: None)
    book = open_book(PLAIN)
    assert book.notes == ("Đọc bằng bộ đọc dự phòng: Sheet.",)
    assert book.cells["text"].tolist() == ["Mã số", "Giá trị", "A01", "7"]


def test_a_field_of_any_length_is_one_cell():
    book = open_book(b'ma;so\na;b\n"' + b"x" * 300_000 + b'";7\n')
    assert book.cells["text"].str.len().tolist() == [2, 2, 1, 1, 300_000, 1]


def test_in_workers_each_file_has_its_own_end():
    lying = made.docx(made.paragraph("x"))
    found = map_safely(open_book, [PLAIN, b"", INTACT["ods"], lying, INTACT["xlsb"]])
    ends = [f.code if isinstance(f, UnreadableWorkbook) else f.container for f in found]
    assert ends == ["xlsx", "empty", "ods", "no_table", "xlsb"]
