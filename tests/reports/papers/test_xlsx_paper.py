import io
from dataclasses import replace

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.reports.papers import xlsx_paper
from pipelines.reports.papers.model import Annex, Column, Document, Row, Run, Table
from pipelines.reports.papers.shown_numbers import CellNumber, cell_number
from tests.reports.papers.every_block import COUNT, LONG_ID, RATE, document

SIGNED = '+#,##0.00" điểm %";-#,##0.00" điểm %";#,##0.00" điểm %"'
MARK = "SỐ LIỆU MINH HỌA"


def opened(doc: Document) -> Workbook:
    return load_workbook(io.BytesIO(xlsx_paper.render(doc)))


def sheet_of(book: Workbook, name: str) -> Worksheet:
    sheet = book[name]
    assert isinstance(sheet, Worksheet)
    return sheet


@pytest.fixture(scope="module")
def book() -> Workbook:
    return opened(document())


def test_a_cover_a_sheet_per_table_and_all_figures(book: Workbook) -> None:
    assert book.sheetnames == [
        "Bìa",
        "Biểu số 01",
        "Biểu không có dòng",
        "Biểu số 02",
        "Đơn vị chưa báo cáo",
        "Số liệu",
    ]
    cover = sheet_of(book, "Bìa")
    places = [c.hyperlink.location for row in cover.iter_rows() for c in row if c.hyperlink]
    assert places == [f"'{name}'!A1" for name in book.sheetnames[1:]]


def test_numbers_are_numbers(book: Workbook) -> None:
    sheet = sheet_of(book, "Biểu số 01")
    rows = {row[1].value: row for row in sheet.iter_rows(min_row=6)}
    total = rows["Tổng cộng"]
    assert [cell.value for cell in total[2:4]] == [15, 13]
    assert total[4].value == pytest.approx(13 / 15 * 100)
    assert total[4].number_format == '#,##0.00"%"'
    assert total[5].value == "chưa có số liệu"
    wide = sheet_of(book, "Biểu số 02")
    assert isinstance(wide["C7"].value, int)


def test_each_sheet_is_set_up_for_print(book: Workbook) -> None:
    for name in book.sheetnames:
        sheet = sheet_of(book, name)
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize or 0)) == (
            "landscape",
            9,
        )
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddHeader is not None
        assert sheet.oddHeader.right is not None
        assert sheet.oddHeader.right.text == MARK
    wide = sheet_of(book, "Biểu số 02")
    assert wide.freeze_panes == "C7"
    assert wide.print_title_rows == "$3:$6"


def test_every_figure_stands_with_its_id(book: Workbook) -> None:
    sheet = sheet_of(book, "Số liệu")
    told = [[cell.value for cell in row[1:]] for row in sheet.iter_rows(min_row=4)]
    assert [row[0] for row in told] == [COUNT, RATE, RATE, LONG_ID]
    assert told[0][1:5] == ["tthc.received", "huyen-mh-1", "52.620", 52620]
    assert told[1][3:5] == ["13/15", None]
    assert told[2][4] == pytest.approx(13 / 15 * 100)
    assert str(told[2][5]).startswith("Biểu số 01: Hội nghị")


def test_figures_of_a_paper_with_evidence_lead_there(book: Workbook) -> None:
    sheet = sheet_of(opened(document(evidence=True)), "Số liệu")
    link = sheet["B5"].hyperlink
    assert link is not None
    told = (link.target, link.location)
    assert told == ("minh-chung/chi-tieu/dn.conference_rate.html", "huyen-mh-1")
    assert sheet_of(book, "Số liệu")["B5"].hyperlink is None


def test_no_cell_is_a_formula() -> None:
    table = Table(
        '=cmd|"/c calc"!A1',
        (Column("=1+1"), Column("+2", align="right")),
        (Row((Run("@SUM(A1)"), Run("=2+2"))), Row((Run("=HYPERLINK(1)"),))),
        notes=("-1+1",),
    )
    doc = replace(document(), title="=1", blocks=(table,), annexes=(), facts={"=a": "=b"})
    for sheet in opened(doc).worksheets:
        for row in sheet.iter_rows():
            assert [cell.value for cell in row if cell.data_type == "f"] == []


def test_names_of_sheets_are_short_and_differ() -> None:
    long = Table("Kết quả [thực hiện]: năm/kỳ? " * 3, (Column("A"),), (Row((Run("1"),)),))
    doc = replace(document(), blocks=(long, long), annexes=(Annex("X", (long,)),))
    names = opened(doc).sheetnames
    assert len({name.casefold() for name in names}) == 5
    assert all(len(name) <= 31 for name in names)


def test_equal_papers_give_equal_bytes() -> None:
    assert xlsx_paper.render(document()) == xlsx_paper.render(document())
    assert xlsx_paper.render(document()) != xlsx_paper.render(document(signed=True))


@pytest.mark.parametrize(
    ("text", "value", "right", "told"),
    [
        ("52.620", None, True, CellNumber(52620, "#,##0")),
        ("86,67%", 86.666, True, CellNumber(86.666, '#,##0.00"%"')),
        ("07", None, True, CellNumber(7, "00")),
        ("+5,5", 5.5, True, CellNumber(5.5, "+#,##0.0;-#,##0.0;#,##0.0")),
        ("−3", None, True, CellNumber(-3, "#,##0")),
        ("46.920 triệu đồng", 46_920_000_000.0, True, CellNumber(46_920_000_000, "#,##0")),
        ("-87,5 triệu đồng", None, True, CellNumber(-87.5, '#,##0.0" triệu đồng"')),
        ("+0,69 điểm %", None, True, CellNumber(0.69, SIGNED)),
        ("+0,69 điểm %", None, False, None),
        ("1/1", 100.0, True, None),
        ("11/15 (73,3%)", 73.3, True, None),
        ("7.725", 7.725, True, CellNumber(7725, "#,##0")),
        ("87%", 86.6667, True, CellNumber(86.6667, '#,##0"%"')),
        ("13/15", None, True, None),
        ("chưa có số liệu", None, True, None),
        ("-", None, True, None),
        ("12", None, False, CellNumber(12, "#,##0")),
        ("24490", None, False, CellNumber(24490, "0")),
        ("0", None, False, CellNumber(0, "#,##0")),
        ("007", None, False, None),
        ("1.1", None, False, None),
        ("1.234", None, False, None),
        ("x", float("nan"), True, None),
    ],
)
def test_shown_numbers(text: str, value: float | None, right: bool, told: CellNumber) -> None:
    assert cell_number(text, value, is_number_column=right) == told
