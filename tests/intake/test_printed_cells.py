"""What stands beside a value, set against what the form prints. SỐ LIỆU MINH HỌA."""

import unicodedata

import pytest

from pipelines.intake.sheets import FileReading
from tests.intake.test_sheets import CATALOGUE, SHEET, faults, place, read, workbook

LAND = "xa.land_donated"
LABEL = CATALOGUE.elements[LAND].label_vi
ROW = place(workbook({}), "B11")[1:]


def beside(column: str, content: object, value: object = 300) -> FileReading:
    """A form whose land donated has something else in a column left of it."""
    book = workbook({LAND: value, "xa.publish_due": 5})
    book[SHEET][f"{column}{ROW}"].value = content
    return read(book)


@pytest.mark.parametrize(
    "label",
    [
        LABEL.upper(),
        unicodedata.normalize("NFD", LABEL),
        LABEL.replace(" ", "\u00a0"),
        f"21. {LABEL}",
        f" {LABEL} (m2) *",
        "Dien tich dat nhan dan hien",
    ],
)
def test_a_label_spelled_otherwise_is_the_same_label(label: str):
    assert faults(beside("B", label)) == []


def test_another_label_makes_the_value_doubtful_and_nothing_without_a_value():
    assert faults(beside("B", "Chiều dài đường làm mới")) == [("unambiguous", "300")]
    assert faults(beside("B", "Chiều dài đường làm mới", None)) == []


def test_another_unit_holds_the_value_and_zero_is_zero_in_every_unit():
    [fault] = beside("D", "ha").faults.to_dict("records")
    assert (fault["operator"], fault["cell"], fault["proposed"]) == (
        "typed",
        f"E{ROW}",
        "3.000.000",
    )
    assert faults(beside("D", "ha", 0)) == []


@pytest.mark.parametrize("content", [300, "300", "300 m2", "1.620"])
def test_a_number_in_the_column_of_units_is_put_aside_and_the_blank_cell_named(content: object):
    reading = beside("D", content, None)
    [fault] = reading.faults.to_dict("records")
    assert (fault["operator"], fault["cell"]) == ("on_form", f"D{ROW}")
    assert f"E{ROW} đang để trống" in fault["why"]
    assert reading.quarantine["cell"].tolist() == [f"D{ROW}"]


def test_a_number_beside_a_value_is_put_aside_and_the_value_stays():
    reading = beside("D", 12)
    assert faults(reading) == [("on_form", "12")]
    assert reading.entries.set_index("element").loc[LAND, "value"] == 300


def test_rows_between_those_of_the_form_hide_no_number():
    book = workbook({"xa.publish_due": 5})
    sheet = book[SHEET]
    row = int(place(book, "B09")[1:]) - 1
    for merged in [str(m) for m in sheet.merged_cells.ranges if m.min_row == row]:
        sheet.unmerge_cells(merged)
    sheet[f"C{row}"].value = 7
    assert faults(read(book)) == [("on_form", "7")]


def test_a_unit_with_a_number_in_it_gives_no_proposal():
    book = workbook({"xa.publish_due": 5, "ld.dissemination_attendance": 360})
    book[SHEET][f"D{place(book, 'A07')[1:]}"].value = "360 người"
    [fault] = read(book).faults.to_dict("records")
    assert (fault["operator"], fault["found"], fault["proposed"]) == ("typed", "360", None)
