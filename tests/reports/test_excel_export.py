"""A table as a workbook: numbers are numbers, texts are no formulas, equal tables equal bytes."""

import base64
import io
import re

import pandas as pd
import pytest
from openpyxl import load_workbook

from pipelines.reports.annex import Column, table
from pipelines.reports.excel_export import Sheet, file_name, workbook
from pipelines.reports.html import Html

COLUMNS = [
    Column("unit", "Đơn vị", "unit"),
    Column("count", "Số cuộc", "count"),
    Column("shown", "Tỷ lệ", "number", "value"),
    Column("day", "Ngày", "date"),
    Column("cell", "Cùng kỳ", "reference"),
    Column("met", "Đối chiếu", "badge"),
    Column("part", "Phần trăm", "percent"),
]
FRAME = pd.DataFrame(
    {
        "unit": ["=HYPERLINK(1)", "Xã minh họa 01"],
        "count": [1234, 0],
        "shown": ["87%", "chưa có số liệu"],
        "value": [86.66666, float("nan")],
        "day": [pd.Timestamp("2021-06-04"), pd.NaT],
        "cell": [Html("52.620 <small>13/15</small>", ""), Html("<i>–</i>", "")],
        "met": [True, False],
        "part": [12.5, 100.0],
        "group": ["Dân biết", "Dân bàn"],
    }
)
SHEET = Sheet("Biểu số 01: Thử", illustrative=True, unit="cuộc", remark="-ghi chú", group="group")


def _cells(data: bytes) -> list[list[object]]:
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_figures_are_numbers_and_texts_are_texts():
    data = workbook(FRAME, COLUMNS, SHEET)
    rows = _cells(data)
    head = next(at for at, row in enumerate(rows) if row[0] == "TT")
    assert rows[head][:5] == ["TT", "Nhóm", "Đơn vị", "Số cuộc", "Tỷ lệ"]
    first, second = rows[head + 1], rows[head + 2]
    assert first[:5] == [1, "Dân biết", "'=HYPERLINK(1)", 1234, 86.66666]
    assert first[6:] == [52620, "13/15", "khớp", 12.5]
    assert second[3:5] == [0, "chưa có số liệu"]
    assert second[5:8] == ["chưa có số liệu", "–", None]
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    assert page.cell(head + 2, 5).number_format == '#,##0"%"'
    assert page.cell(head + 2, 6).number_format == "dd/mm/yyyy"
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"n", "s", "d"}


def test_it_says_that_the_data_is_illustrative():
    assert _cells(workbook(FRAME, COLUMNS, SHEET))[0][0] == "SỐ LIỆU MINH HỌA"
    real = Sheet("Biểu số 01: Thử", illustrative=False)
    assert "SỐ LIỆU MINH HỌA" not in str(_cells(workbook(FRAME, COLUMNS, real)))


def test_a_break_of_a_series_stands_behind_its_number():
    broken = (
        '<span class="qcdc-break" title="Đứt">┆<sup>(1,2)</sup></span> 73,3%<small>11/15</small>'
    )
    frame = pd.DataFrame({"cell": [Html(broken, "", 73.3333)]})
    sheet = Sheet("Biểu", illustrative=True)
    data = workbook(frame, [Column("cell", "2019", "reference")], sheet)
    assert [row for row in _cells(data) if row[0] == 1] == [[1, 73.3333, "11/15 · đứt (1,2)"]]
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    assert any(cell.number_format == '#,##0.0"%"' for row in page.iter_rows() for cell in row)


def test_equal_tables_give_equal_bytes():
    assert workbook(FRAME, COLUMNS, SHEET) == workbook(FRAME.copy(), list(COLUMNS), SHEET)


def test_a_total_has_no_running_number():
    rows = _cells(workbook(FRAME, COLUMNS, Sheet("Biểu", illustrative=True, total=True)))
    last = next(row for row in rows if "Xã minh họa 01" in row)
    assert last[0] is None


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Biểu số 01: Số liệu chính, “đối chiếu”", "bieu-so-01-so-lieu-chinh-doi-chieu.xlsx"),
        ("../../Êđê\n", "ede.xlsx"),
        ("…", "bieu.xlsx"),
    ],
)
def test_the_name_of_the_file_is_plain(title: str, name: str):
    assert file_name(title) == name


def test_the_link_of_a_page_holds_the_workbook():
    shown = table(FRAME, COLUMNS, number=1, title="Thử", illustrative=True, group="group").markup
    found = re.search(r'download="([^"]+)" href="data:[^;]+;base64,([^"]+)"', shown)
    assert found is not None
    assert found[1] == "bieu-so-01-thu.xlsx"
    assert "Biểu số 01: Thử" in str(_cells(base64.b64decode(found[2])))
    empty = table(FRAME.iloc[:0], COLUMNS, number=1, title="Thử", illustrative=True).markup
    assert "download=" not in empty
