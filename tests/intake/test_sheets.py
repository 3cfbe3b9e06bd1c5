"""A whole workbook: who it says it is, and what lies where nothing should."""

import datetime as dt
import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.workbook.defined_name import DefinedName

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.reference import read_facts
from pipelines.catalogue.templates import Fill, Header, build_workbook
from pipelines.intake.sheets import FileReading, read_file

CATALOGUE = load_catalogue()
UNITS = read_facts(CATALOGUE, Path(__file__).parents[2] / "raw" / "reference", "units")
KNOWN = frozenset(UNITS["unit_id"])
UNIT, SHEET = "xa-mh-02", "Biểu 01-XA"
HEADER = Header(
    unit_id=UNIT,
    unit_name="Xã minh họa 02",
    period="2021-H1",
    period_label="6 tháng đầu năm 2021",
    round="estimate",
    due_date=dt.date(2021, 6, 4),
    data_to=dt.date(2021, 5, 31),
    is_illustrative=True,
)


def workbook(values: dict[str, object] | None = None) -> Workbook:
    fill = Fill(values={(UNIT, element): value for element, value in (values or {}).items()})
    data = build_workbook(
        CATALOGUE,
        CATALOGUE.forms["xa-2021"],
        HEADER,
        units=UNITS[UNITS["unit_id"] == UNIT],
        subject_id=UNIT,
        fill=fill,
    )
    return load_workbook(io.BytesIO(data))


def read(book: Workbook, **more: str | None) -> FileReading:
    stream = io.BytesIO()
    book.save(stream)
    receipt: dict[str, str | None] = {"provider": UNIT, "period": "2021-H1"} | more
    reading = read_file(
        stream.getvalue(),
        CATALOGUE,
        provider=receipt["provider"],
        period=receipt["period"],
        known_units=KNOWN,
    )
    assert reading.unreadable is None
    sums = reading.accounts.groupby("sheet")["cells"].sum().to_dict()
    assert sums == {name: cells for name, cells in reading.independent.items() if cells}
    return reading


def rename(book: Workbook, name: str, text: str | None) -> Workbook:
    del book.defined_names[name]
    if text is not None:
        book.defined_names[name] = DefinedName(name, attr_text=f'"{text}"', hidden=True)
    return book


def values(reading: FileReading) -> dict[str, float]:
    known = reading.entries.dropna(subset="value")
    return dict(zip(known["element"], known["value"], strict=True))


def place(book: Workbook, code: str, sheet: str = SHEET, letter: str = "E") -> str:
    """The address of a code's value."""
    [row] = [c.row for c in book[sheet]["C"] if c.value == code]
    return f"{letter}{row}"


def faults(reading: FileReading) -> list[tuple[str, str]]:
    return [(str(f["operator"]), str(f["found"])) for f in reading.faults.to_dict("records")]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("QCDC_FORM", "mẫu tự lập", "biểu mẫu tự lập"),
        ("QCDC_VERSION", "9", "phiên bản 9"),
        ("QCDC_UNIT", "xa-mh-99", "đơn vị xa-mh-99"),
        ("QCDC_UNIT", "xa-mh-03", "đơn vị trong tệp là xa-mh-03"),
        ("QCDC_SUBJECT", "xa-mh-03", "số liệu ghi cho xa-mh-03"),
        ("QCDC_PERIOD", "2020-H2", "kỳ trong tệp là 2020-H2"),
        ("QCDC_ROUND", "sometimes", "vòng sometimes"),
        ("QCDC_DATA_TO", "31/02/2021", "ngày chốt số liệu 31/02/2021"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_not_used(name, text, found):
    reading = read(rename(workbook({"xa.publish_due": 5}), name, text))
    assert reading.entries.empty
    [(operator, seen)] = faults(reading)
    assert operator == "identified"
    assert found in seen


def test_a_form_that_the_catalogue_does_not_know_is_named():
    reading = read(rename(workbook({"xa.publish_due": 5}), "QCDC_FORM", "xa-1999"))
    assert reading.entries.empty
    [(operator, seen)] = faults(reading)
    assert operator == "form_in_force"
    assert "tệp ghi biểu xa-1999" in seen


@pytest.mark.parametrize("period", ["abc", "2099-H1"])
def test_a_period_that_does_not_exist_is_said_without_a_receipt(period):
    book = rename(workbook({"xa.publish_due": 5}), "QCDC_PERIOD", period)
    reading = read(book, provider=None, period=None)
    assert faults(reading) == [("identified", f"kỳ {period}")]


def test_a_blank_form_says_nothing_and_is_not_used_in_place_of_a_full_one():
    assert faults(read(workbook())) == [("identified", "biểu chưa có số liệu nào")]
    assert faults(read(workbook({"xa.publish_due": 0}))) == []


@pytest.mark.parametrize(
    ("sheet", "cell", "value"),
    [
        (SHEET, "A300", 5),
        (SHEET, "B300", "trong đó 02 đơn vượt cấp"),
        (SHEET, "H12", "ngoài biểu"),
        ("Kiểm tra", "K300", 12),
        ("Kiểm tra", "H9", "xem lại giúp"),
        ("Kiểm tra", "E9", "đã đạt"),
        ("Hướng dẫn", "F3", "số liệu ước"),
        ("Hướng dẫn", "C900", "số liệu ước"),
        ("Danh mục", "C90", "thêm một mục"),
        ("Danh mục", "K9", 7),
        ("Hướng dẫn", "K9", dt.date(2021, 6, 1)),
    ],
)
def test_what_lies_outside_the_form_is_held_with_its_address(sheet, cell, value):
    book = workbook({"xa.publish_due": 5})
    book[sheet][cell] = value
    reading = read(book)
    held = reading.quarantine
    assert list(zip(held["sheet"], held["cell"], strict=True)) == [(sheet, cell)]
    assert [operator for operator, _ in faults(reading)] == ["on_form"]


def test_a_foreign_sheet_is_one_finding_and_every_cell_counts():
    book = workbook({"xa.publish_due": 5})
    extra = book.create_sheet("Nháp")
    extra["A1"], extra["B2"] = "ghi chú", 3
    extra.sheet_state = "hidden"
    reading = read(book)
    assert faults(reading) == [("on_form", "trang Nháp (2 ô, đang ẩn)")]
    assert reading.accounts.set_index(["sheet", "fate"]).loc[("Nháp", "ignored"), "cells"] == 2


def test_an_inserted_column_moves_nothing():
    book = workbook({"xa.publish_due": 5, "xa.publish_done": 4})
    book[SHEET].insert_cols(2)
    reading = read(book)
    values = reading.entries.dropna(subset="value").set_index("element")["value"]
    assert values.to_dict() == {"xa.publish_due": 5, "xa.publish_done": 4}


def test_a_renamed_sheet_is_found_by_its_codes_and_that_is_noted():
    book = workbook({"xa.publish_due": 5})
    book[SHEET].title = "Biểu của tôi"
    reading = read(book)
    assert faults(reading) == []
    assert values(reading) == {"xa.publish_due": 5}
    assert "Trang Biểu của tôi được đọc là trang Biểu 01-XA" in str(reading.reader_note)


def test_a_missing_sheet_is_said():
    book = workbook({"xa.publish_due": 5})
    del book[SHEET]
    assert ("laid_out", f"thiếu trang {SHEET}") in faults(read(book))


def test_a_missing_sheet_that_asks_nothing_compulsory_is_a_note():
    book = workbook({"xa.publish_due": 5})
    del book["Chi tiết 01-XA"]
    reading = read(book)
    assert faults(reading) == []
    assert "không có trang Chi tiết 01-XA (không bắt buộc)" in str(reading.reader_note)


def test_a_page_that_stands_twice_is_ignored_when_nothing_differs():
    book = workbook({"xa.publish_due": 5})
    book.copy_worksheet(book[SHEET]).title = f"{SHEET} (2)"
    reading = read(book)
    assert faults(reading) == []
    assert f"{SHEET} (2) giống hệt" in str(reading.reader_note)
    assert values(reading) == {"xa.publish_due": 5}


def test_a_page_that_stands_twice_and_differs_is_an_error():
    book = workbook({"xa.publish_due": 5})
    copy = book.copy_worksheet(book[SHEET])
    copy.title = f"{SHEET} (2)"
    copy[place(book, "B01")] = 6
    assert faults(read(book)) == [("sheet_once", f"trang {SHEET} (2) và trang {SHEET}")]


def test_blank_cells_are_entries_too():
    reading = read(workbook({"xa.publish_due": 5}))
    asked = {item.element for item in CATALOGUE.forms["xa-2021"].elements()}
    assert set(reading.entries["element"]) == asked
    states = reading.entries.set_index("element")["state"]
    assert states["xa.publish_due"] == "value"
    assert reading.entries["value"].count() == 1
    assert (states.drop("xa.publish_due") == "missing").all()
