"""Sheets whose rows are units. SỐ LIỆU MINH HỌA."""

import dataclasses
import io

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue.templates import Fill, build_workbook
from pipelines.intake.sheets import FileReading, read_file
from pipelines.places.naming import Directory
from tests.intake.test_sheets import CATALOGUE, HEADER, KNOWN, UNITS, faults

SHEET = "Biểu 05-NTM"
COMMUNES = ["xa-mh-01", "xa-mh-02", "xa-mh-03"]
OFFICE = "ntm-mh"
MET = {"xa-mh-01": 19, "xa-mh-02": 12, "xa-mh-03": 10}


def workbook() -> tuple[Workbook, Worksheet]:
    values: dict[tuple[str, str], object] = {}
    for unit, met in MET.items():
        values[unit, "ntm.criteria_met"] = met
        values[unit, "ntm.recognised"] = "Có" if met == max(MET.values()) else "Không"
    data = build_workbook(
        CATALOGUE,
        CATALOGUE.forms["ntm-2021"],
        dataclasses.replace(HEADER, unit_id=OFFICE, unit_name="Văn phòng minh họa"),
        units=UNITS[UNITS["unit_id"].isin(COMMUNES)],
        subject_id=OFFICE,
        fill=Fill(values=values),
        is_archive=True,
    )
    book = load_workbook(io.BytesIO(data))
    for merged in list(book[SHEET].merged_cells.ranges):
        book[SHEET].unmerge_cells(str(merged))
    return book, book[SHEET]


def read(book: Workbook) -> FileReading:
    stream = io.BytesIO()
    book.save(stream)
    reading = read_file(
        stream.getvalue(),
        CATALOGUE,
        provider=OFFICE,
        period="2021-H1",
        known_units=KNOWN,
        directory=Directory(UNITS),
    )
    assert reading.unreadable is None
    sums = reading.accounts.groupby("sheet")["cells"].sum().to_dict()
    assert sums == {name: cells for name, cells in reading.independent.items() if cells}
    return reading


def met(reading: FileReading) -> dict[str, float]:
    own = reading.entries[reading.entries["element"] == "ntm.criteria_met"]
    return dict(zip(own["unit_id"], own["value"], strict=True))


def laid_out(reading: FileReading) -> list[tuple[str, str]]:
    """Faults but those of the header, which says another name than the office's."""
    return [fault for fault in faults(reading) if fault[0] not in {"header_agrees", "header_clear"}]


def row_of(sheet: Worksheet, unit_id: str) -> int:
    return next(cell.row for cell in sheet["B"] if cell.value == unit_id)


@pytest.mark.parametrize(("total", "operators"), [(41, []), (40, ["total_agrees"])])
def test_the_total_of_all_units_is_compared(total, operators):
    book, sheet = workbook()
    last = row_of(sheet, "xa-mh-03") + 1
    sheet.cell(last, 3, "Toàn huyện")
    sheet.cell(last, 5, total)
    reading = read(book)
    assert [operator for operator, _ in laid_out(reading)] == operators
    assert met(reading) == MET


@pytest.mark.parametrize(("first", "operators"), [(31, []), (30, ["total_agrees"])])
def test_groups_of_units_have_totals_of_their_own(first, operators):
    book, sheet = workbook()
    row = row_of(sheet, "xa-mh-01")
    sheet.insert_rows(row)
    for column, value in ((1, "I"), (3, "Khối xã"), (5, first)):
        sheet.cell(row, column, value)
    row = row_of(sheet, "xa-mh-03")
    sheet.insert_rows(row)
    for column, value in ((1, "II"), (3, "Khối thị trấn"), (5, 10)):
        sheet.cell(row, column, value)
    reading = read(book)
    assert [operator for operator, _ in laid_out(reading)] == operators
    assert met(reading) == MET


def test_a_header_printed_again_is_no_unit():
    book, sheet = workbook()
    row = row_of(sheet, "xa-mh-02")
    sheet.insert_rows(row, 2)
    for column in range(1, 6):
        sheet.cell(row, column, sheet.cell(8, column).value)
        sheet.cell(row + 1, column, sheet.cell(9, column).value)
    reading = read(book)
    assert laid_out(reading) == []
    assert met(reading) == MET


def test_columns_without_codes_are_found_by_their_labels():
    book, sheet = workbook()
    sheet["E9"] = None
    reading = read(book)
    assert laid_out(reading) == []
    assert met(reading) == MET
    assert "cột E là B32" in str(reading.reader_note)


def test_units_may_be_named_instead_of_coded():
    book, sheet = workbook()
    sheet.cell(row_of(sheet, "xa-mh-02"), 2, "Xã minh họa 02")
    assert met(read(book)) == MET


def test_a_unit_that_is_nobody_is_said():
    book, sheet = workbook()
    sheet.cell(row_of(sheet, "xa-mh-02"), 2, "xa-mh-99")
    reading = read(book)
    assert ("laid_out", "xa-mh-99") in faults(reading)
    assert set(met(reading)) == {"xa-mh-01", "xa-mh-03"}


def test_a_note_of_a_row_stays_with_its_unit():
    book, sheet = workbook()
    sheet["F8"] = "Ghi chú"
    sheet.cell(row_of(sheet, "xa-mh-02"), 6, "chờ quyết định")
    reading = read(book)
    assert laid_out(reading) == []
    noted = reading.entries.dropna(subset="note")
    assert list(zip(noted["unit_id"], noted["note"], strict=True)) == [
        ("xa-mh-02", "chờ quyết định")
    ]


@pytest.mark.parametrize(
    ("codes", "operators"),
    [(["B131", "B132"], []), (["B32"], ["laid_out"])],
)
def test_a_copy_from_before_optional_columns_were_asked_is_a_good_report(codes, operators):
    book, sheet = workbook()
    for code in codes:
        (cell,) = [c for row in sheet.iter_rows() for c in row if c.value == code]
        assert cell.row is not None
        for row in range(cell.row - 1, sheet.max_row + 1):
            sheet.cell(row, int(str(cell.column))).value = None
    reading = read(book)
    assert [operator for operator, _ in laid_out(reading)] == operators
    if not operators:
        assert met(reading) == MET
        assert "không có cột mã B131, B132" in (reading.reader_note or "")
