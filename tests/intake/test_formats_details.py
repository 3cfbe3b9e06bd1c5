"""What each container says beside its values: formats, fonts, hidden and merged parts, notes."""

import csv
import io
import struct

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from pipelines.intake.formats.delimited import LEGACY_NOTE, LOST_NOTE
from pipelines.intake.formats.opening import open_book
from tests.intake import containers_made as made


def told(data: bytes, *columns: str) -> dict[str, object]:
    """Address → text or number, or the columns asked for, of the first sheet."""
    book = open_book(data)
    cells = book.cells[book.cells["sheet"] == book.sheets[0].name]
    if not columns:
        values = cells["text"].where(cells["number"].isna(), cells["number"])
        return dict(zip(cells["cell"], values, strict=True))
    rows = zip(*[cells[c] for c in columns], strict=True)
    return {
        cell: tuple(None if pd.isna(v) else v for v in row)
        for cell, row in zip(cells["cell"], rows, strict=True)
    }


# --- .xlsx


def test_content_below_a_merged_range_counts_and_is_not_to_be_seen():
    book = Workbook()
    sheet = book.worksheets[0]
    for place in ("B2", "C2", "B3", "D4"):
        sheet[place] = place
    # a program may merge and leave what lies below; openpyxl's own method would clear it
    sheet.merged_cells.add("B2:C3")
    out = io.BytesIO()
    book.save(out)
    data = out.getvalue()
    read_only = load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
    counted = sum(v is not None for line in read_only.iter_rows(values_only=True) for v in line)
    assert open_book(data).sheets[0].cells == counted == 4
    assert open_book(data).sheets[0].merged == ("B2:C3",)
    assert told(data, "is_hidden") == {
        "B2": (False,),
        "C2": (True,),
        "B3": (True,),
        "D4": (False,),
    }


# --- .xlsb


def test_a_binary_workbook_tells_formats_fonts_errors_and_what_is_hidden():
    head = struct.pack("<II", 2, 0)
    hidden_row = made.record(0, struct.pack("<IIHBBBI", 1, 0, 0, 0, 0x10, 0, 0))
    hidden_column = made.record(60, struct.pack("<IIIIH", 3, 3, 2_000, 0, 1))
    sheet = made.xlsb_sheet(
        {
            1: {
                1: made.xlsb_cell(1, 52.62, 2),
                2: made.xlsb_cell(2, True),
                3: made.record(3, head + b"\x07"),
                4: made.xlsb_cell(4, "ẩn"),
                5: made.xlsb_cell(5, "=x"),
                6: made.xlsb_cell(6, "  "),
            }
        },
        hidden_column,
    )
    at = sheet.index(made.record(146))
    sheet = sheet[:at] + hidden_row + made.xlsb_cell(1, "dòng ẩn") + sheet[at:]
    data = made.xlsb({"T": sheet})
    assert told(data, "kind", "number_format", "font", "is_hidden") == {
        "A1": ("number", "0.000", ".VnTime", False),
        "B1": ("bool", None, None, False),
        "C1": ("error", None, None, False),
        "D1": ("text", None, None, True),
        "E1": ("text", None, None, False),
        "A2": ("text", None, None, True),
    }
    assert told(data)["C1"] == "#DIV/0!"
    assert open_book(data).cells.set_index("cell").loc["E1", "is_formula"]


# --- .ods


def test_repeated_cells_stand_at_each_of_their_places():
    cell = (
        '<table:table-cell table:number-columns-repeated="2" office:value-type="float"'
        ' office:value="7"/>'
    )
    row = f'<table:table-row table:number-rows-repeated="3">{cell}</table:table-row>'
    data = made.ods(f'<table:table table:name="T">{row}</table:table>')
    assert told(data) == dict.fromkeys(["A1", "B1", "A2", "B2", "A3", "B3"], 7.0)


def test_notes_on_a_cell_are_no_content_of_it():
    note = "<office:annotation><text:p>ghi chú</text:p></office:annotation>"
    rows = (
        f"<table:table-row><table:table-cell>{note}</table:table-cell>"
        f'<table:table-cell office:value-type="string">{note}<text:p>a</text:p>'
        "<text:p>b</text:p></table:table-cell></table:table-row>"
    )
    assert told(made.ods(f'<table:table table:name="T">{rows}</table:table>')) == {"B1": "a\nb"}


# --- .csv


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a;1,5\nb;2,5\n", {"A1": "a", "B1": "1,5", "A2": "b", "B2": "2,5"}),
        ("sep=|\na|b\nc|d\n", {"A1": "a", "B1": "b", "A2": "c", "B2": "d"}),
        ('"x;y\nz";1\n ;2\n', {"A1": "x;y\nz", "B1": "1", "B2": "2"}),
        ('a "b" c\t1\r\n=1+1\t2', {"A1": 'a "b" c', "B1": "1", "A2": "=1+1", "B2": "2"}),
    ],
)
def test_text_in_columns(text, cells):
    assert told(text.encode()) == cells


def test_bytes_of_an_old_encoding_are_kept_one_by_one():
    book = open_book(b"Ten;So\nX\xb7 A;7\n")
    assert book.notes == (LEGACY_NOTE,)
    assert book.cells["text"].tolist()[2] == "X\u00b7 A"


def test_letters_that_a_program_has_replaced_are_said():
    assert open_book(b"Bi?u 01;S? li?u\nxu?t ?n;1\nph??ng;2\n").notes == (LOST_NOTE,)


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=2, max_size=5))
def test_what_is_written_as_csv_comes_back(rows):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([["mã", "số"], ["a", "b"], *rows])
    found = open_book(out.getvalue().encode("utf-8-sig")).cells
    expected = [text for row in rows for text in row if text.strip()]
    assert found["text"].tolist()[4:] == expected


# --- web pages


def test_a_web_page_with_spans_scripts_and_tables_in_tables():
    page = """<html><head><title>x</title><script>var a = "<td>no</td>";</script>
    <style>.xl1{mso-number-format:"0\\.000";font-family:.VnTime} .off{display:none}</style></head>
    <body><p>Trước</p><table><tr><td rowspan=2>a<td colspan=2>b &amp; c<br>d
    <tr><td class=xl1 x:num="52.62">52,620<td>&nbsp;<tr class=off><td>ẩn</td></tr>
    <tr><td><table><tr><td>trong</td></tr></table></td><td sdval="7" sdnum="1033;0;#,##0">7</td>
    </tr></table><!-- <td>chú</td> --><div>Sau</div></body></html>"""
    book = open_book(page.encode())
    assert [(s.name, s.cells) for s in book.sheets] == [
        ("Trang 1", 5),
        ("Trang 2", 1),
        ("Văn bản", 2),
    ]
    assert told(page.encode()) == {"A1": "a", "B1": "b & c\nd", "B2": 52.62, "A3": "ẩn", "B4": 7.0}
    assert told(page.encode(), "number_format", "font", "is_hidden")["B2"] == (
        "0.000",
        ".VnTime",
        False,
    )
    hidden = book.cells[book.cells["is_hidden"]]
    assert hidden["text"].tolist() == ["ẩn"]
    assert book.sheets[0].merged == ("A1:A2", "B1:C1")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1, max_size=4))
def test_tables_of_any_text_are_read_and_counted_alike(rows):
    book = Workbook()
    for row, line in enumerate([["mã", "số"], *rows], start=1):
        for column, text in enumerate(line, start=1):
            cell = book.worksheets[0].cell(row, column, text)
            cell.data_type = "s"
    expected = {
        f"{'AB'[column]}{row}": " ".join(text.split())
        for row, line in enumerate(rows, start=2)
        for column, text in enumerate(line)
        if text.strip() and not text.startswith("=")
    }
    for data in (made.html_page(book), made.word_page(book)):
        found = {
            cell: " ".join(str(text).split())
            for cell, text in told(data).items()
            if cell[1:] != "1"
        }
        assert found == expected


# --- Word


CELL = "<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc>"


def test_a_word_table_with_merged_cells_keeps_each_text_once():
    wide, top, below = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    empty, p = "<w:p/>", made.paragraph
    rows = [
        CELL.format(top, p("TT")) + CELL.format(wide, p("Nội dung")) + CELL.format("", p("Số")),
        CELL.format(below, empty) + CELL.format("", p("a")) + CELL.format("", p("b")),
        CELL.format(below, p("thừa")) + CELL.format("", p("c")),
    ]
    body = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    data = made.docx(f"<w:tbl>{body}</w:tbl>")
    assert told(data) == {
        "A1": "TT",
        "B1": "Nội dung",
        "D1": "Số",
        "B2": "a",
        "C2": "b",
        "A3": "thừa",
        "B3": "c",
    }
    assert sorted(open_book(data).sheets[0].merged) == ["A1:A3", "B1:C1"]
    assert told(data, "is_hidden")["A3"] == (True,)


def test_only_what_the_document_shows_is_read():
    run = "<w:r><w:t>{}</w:t></w:r>"
    cell = (
        f"<w:p>{run.format('còn')}<w:ins>{run.format(' thêm')}</w:ins>"
        "<w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run.format('chỗ cũ')}</w:moveFrom>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:br/><w:t>dưới</w:t></w:r></w:p>"
    )
    nested = made.word_table([["trong"]])
    row = CELL.format("", cell) + CELL.format("", made.paragraph("ngoài") + nested)
    book = open_book(made.docx(f"<w:tbl><w:tr>{row}</w:tr></w:tbl>" + made.paragraph("Nơi nhận")))
    cells = zip(book.cells["sheet"], book.cells["cell"], book.cells["text"], strict=True)
    assert set(cells) == {
        ("Bảng 1", "A1", "còn thêm\ndưới"),
        ("Bảng 1", "B1", "ngoài"),
        ("Bảng 2", "A1", "trong"),
        ("Văn bản", "A1", "Nơi nhận"),
    }


def test_a_font_of_an_old_encoding_is_told_by_run_style_and_document():
    styles = (
        f'<w:styles xmlns:w="{made.WORD}"><w:style w:type="paragraph" w:default="1"'
        ' w:styleId="N"><w:rPr><w:rFonts w:ascii=".VnTime"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="U"><w:basedOn w:val="N"/>'
        '<w:rPr><w:rFonts w:ascii="Times New Roman"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="C"><w:basedOn w:val="N"/></w:style></w:styles>'
    )

    def cell(properties: str, run: str) -> str:
        text = f"<w:p><w:pPr>{properties}</w:pPr><w:r>{run}<w:t>x</w:t></w:r></w:p>"
        return CELL.format("", text)

    unicode_, child = '<w:pStyle w:val="U"/>', '<w:pStyle w:val="C"/>'
    vni = '<w:rPr><w:rFonts w:ascii="VNI-Times"/></w:rPr>'
    row = cell("", "") + cell(unicode_, "") + cell(child, "") + cell(unicode_, vni)
    data = made.docx(f"<w:tbl><w:tr>{row}</w:tr></w:tbl>", **{"word/styles.xml": styles})
    assert told(data, "font") == {
        "A1": (".VnTime",),
        "B1": (None,),
        "C1": (".VnTime",),
        "D1": ("VNI-Times",),
    }


def test_letters_may_be_written_by_number():
    text = "Xã Ea Phê" * 100
    numbers = "".join(f"&#{ord(sign)};" for sign in text)
    page = f"<html><table><tr><td>{numbers}</td></tr></table></html>"
    assert told(page.encode()) == {"A1": text}
