"""What the layout of a sheet and its cells say beyond their values. SỐ LIỆU MINH HỌA."""

import io

import pytest
from openpyxl import Workbook

from pipelines.intake.decisions import Meaning
from pipelines.intake.sheets import FileReading, read_file
from tests.cases.edits import add_column
from tests.intake.test_sheets import CATALOGUE, KNOWN, SHEET, UNIT, faults, place, read, workbook

DETAILS = "Chi tiết 01-XA"


def read_with(book: Workbook, *meanings: Meaning) -> FileReading:
    stream = io.BytesIO()
    book.save(stream)
    return read_file(
        stream.getvalue(),
        CATALOGUE,
        provider=UNIT,
        period="2021-H1",
        known_units=KNOWN,
        meanings=meanings,
    )


def state_of(reading: FileReading, element: str) -> tuple[str, object]:
    row = reading.entries.set_index("element").loc[element]
    return str(row["state"]), row["value"]


def meaning(element: str | None, state: str) -> Meaning:
    return Meaning(UNIT, element, "-", state, "Cán bộ tổng hợp", "2021-06-08T09:00:00+07:00", "hỏi")


def test_a_sign_is_held_until_its_sender_has_said_what_it_means():
    book = workbook({"xa.publish_due": "-", "xa.publish_done": "-"})
    assert [operator for operator, _ in faults(read_with(book))] == ["typed", "typed"]
    reading = read_with(book, meaning(None, "missing"), meaning("xa.publish_done", "zero"))
    assert faults(reading)[:1] != [("typed", "-")]
    assert state_of(reading, "xa.publish_due")[0] == "missing"
    assert state_of(reading, "xa.publish_done") == ("zero", 0.0)


def test_a_held_cell_says_what_is_expected_and_what_is_wrong():
    [fault] = read(workbook({"xa.publish_due": "nhiều"})).faults.to_dict("records")
    assert fault["expected"].startswith("số nguyên")
    assert fault["why"]
    assert fault["why"] != fault["expected"]


def test_hidden_values_are_used_and_said_once_a_sheet():
    book = workbook({"xa.publish_due": 5, "xa.publish_done": 4})
    for code in ("B01", "B02"):
        book[SHEET].row_dimensions[int(place(book, code)[1:])].hidden = True
    reading = read(book)
    [(operator, found)] = faults(reading)
    assert operator == "visible"
    assert "2 ô số liệu bị ẩn" in found
    assert state_of(reading, "xa.publish_due") == ("value", 5)


@pytest.mark.parametrize(("again", "expected"), [(5, []), (6, ["laid_out"])])
def test_a_code_that_stands_twice(again, expected):
    book = workbook({"xa.publish_due": 5})
    sheet = book[SHEET]
    row = sheet.max_row + 1
    sheet.cell(row, 3, "B01")
    sheet.cell(row, 5, again)
    reading = read(book)
    assert [operator for operator, _ in faults(reading)] == expected
    assert state_of(reading, "xa.publish_due") == ("value", 5)
    assert list(reading.quarantine.get("cell", [])) == ([f"E{row}"] if expected else [])


def test_a_code_that_is_gone_with_its_label_is_said():
    book = workbook({"xa.publish_due": 5})
    row = place(book, "B02")[1:]
    book[SHEET][f"B{row}"] = book[SHEET][f"C{row}"] = None
    assert ("laid_out", "thiếu dòng, cột B02") in faults(read(book))


def test_a_total_in_a_single_sheet_is_no_value():
    book = workbook({"xa.publish_due": 5})
    row = book[SHEET].max_row + 1
    book[SHEET].cell(row, 2, "Tổng cộng")
    book[SHEET].cell(row, 5, 99)
    reading = read(book)
    assert faults(reading) == []
    assert reading.accounts.set_index(["sheet", "fate"]).loc[(SHEET, "total"), "cells"] == 1


def test_notes_are_kept_beside_values_and_masked():
    book = workbook({"xa.publish_due": 5})
    book[SHEET][place(book, "B01", letter="F")] = "trong đó 02 đơn vượt cấp, gọi 0912345678"
    note = read(book).entries.set_index("element").loc["xa.publish_due", "note"]
    assert note == "trong đó 02 đơn vượt cấp, gọi [đã che]"


def test_what_was_found_is_told_with_numbers_of_persons_masked():
    [(_, found)] = faults(read(workbook({"xa.publish_due": "gọi 0912345678"})))
    assert found == "gọi [đã che]"


def test_an_extra_column_of_a_register_is_one_finding_and_its_cells_are_held():
    book = workbook({"xa.publish_due": 5})
    values = ["việc a", "việc b", "việc c"]
    more = {"sheet": "Sổ đơn", "column": "K", "header": "Ý kiến thêm", "values": values}
    add_column(book, {}, more)
    reading = read(book)
    [(operator, found)] = faults(reading)
    assert operator == "on_form"
    assert "Ý kiến thêm" in found
    assert len(reading.quarantine) == 3


def test_a_column_of_persons_is_withheld_and_its_content_goes_nowhere():
    book = workbook({"xa.publish_due": 5})
    more = {"header": "Số CCCD", "values": ["Nguyễn Thị Minh Họa"]}
    add_column(book, {}, {"sheet": "Sổ đơn", "column": "K"} | more)
    reading = read(book)
    assert reading.accounts.set_index(["sheet", "fate"]).loc[("Sổ đơn", "withheld"), "cells"] == 1
    assert "Minh Họa" not in str(reading)


def test_notes_of_a_register_are_quoted():
    book = workbook({"xa.publish_due": 5})
    more = {"header": "Ghi chú", "values": ["02 đơn vượt cấp"]}
    add_column(book, {}, {"sheet": "Sổ đơn", "column": "K"} | more)
    reading = read(book)
    assert faults(reading) == []
    assert list(reading.quotes["text"]) == ["02 đơn vượt cấp"]
