"""The sổ xử lý: what is written comes back as it was filled in, and opens elsewhere."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from pipelines.reports.decision_answers import NotADecisionBook, read_answers
from pipelines.reports.decision_book import Matter, Sign, build_decision_book
from pipelines.reports.decision_words import (
    CHOICES,
    SIGN_CHOICES,
    SIGN_SHEET,
    WORK_SHEET,
    matter_id,
)

PERIOD = "2021-H1"
FILE = "2021-H1/xa-mh-01/01"
MEMBERS = Matter(
    (FILE, "Biểu 01-XA", "E35", "XA-05", "xa-mh-01", "xa.inspectorate_members"),
    "warning",
    "Xã minh họa 01",
    "bieu.xlsx",
    "B12",
    "Ban Thanh tra nhân dân có 3 thành viên, ít hơn quy định.",
    "3",
    "từ 5 thành viên trở lên",
    None,
    ("accept", "correct", "return"),
)
DASH = Matter(
    (FILE, "Biểu 01-XA", "E37", "CELL-TYPE", "xa-mh-01", "xa.investment_supervisions"),
    "error",
    "Xã minh họa 01",
    "=cmd|' /c calc'!A0.xlsx",
    "B14",
    'Giá trị "-" không đúng kiểu.',
    "-",
    "số nguyên từ 0 đến 500",
    "0",
    ("zero", "missing", "accept", "correct", "return"),
)
HEADER = Matter(
    ("2021-H1/xa-mh-02/01", None, None, "SUB-03", None, None),
    "error",
    "Xã minh họa 02",
    "bieu.xlsx",
    "",
    "Phần đầu biểu ghi Xã khác.",
    "Xã khác",
    "Xã minh họa 02",
    None,
    ("confirm", "return"),
)
SIGN = Sign("xa-mh-01", "Xã minh họa 01", "-", ("Biểu 01-XA!E37",))
FIRST = 7  # row of the first matter


def build(*, illustrative: bool = True) -> bytes:
    return build_decision_book(
        PERIOD,
        "6 tháng đầu năm 2021",
        [MEMBERS, DASH, HEADER],
        [SIGN],
        illustrative=illustrative,
    )


def opened() -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(build()))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def column(book: Workbook, heading: str, sheet: str = WORK_SHEET) -> int:
    found = next(cell.column for cell in book[sheet][FIRST - 1] if cell.value == heading)
    assert found is not None
    return found


def listed(book: Workbook, place: str) -> list[object]:
    """What stands in a range (one column) of the sheet of choices."""
    rows = cast("tuple[tuple[Cell], ...]", book["Danh mục"][place])
    return [cell.value for (cell,) in rows]


def fill(book: Workbook, row: int, **said: Any) -> None:
    headings = {
        "choice": "Xử lý",
        "value": "Giá trị mới",
        "told_by": "Người cung cấp (chức vụ)",
        "told_on": "Ngày cung cấp",
        "why": "Lý do",
    }
    for name, value in said.items():
        book[WORK_SHEET].cell(row, column(book, headings[name]), value)


def test_equal_input_gives_equal_bytes() -> None:
    assert build() == build()


def test_an_untouched_book_decides_nothing() -> None:
    found = read_answers(build())
    assert (found.period, found.answers, found.signs, found.blank) == (PERIOD, [], [], 4)


def test_what_is_filled_in_comes_back() -> None:
    book = opened()
    fill(book, FIRST, choice="Chấp nhận", why=" đúng theo nghị quyết ")
    fill(
        book,
        FIRST + 1,
        choice="sửa theo điện thoại",
        value="52.620",
        told_by="Chủ tịch UBND xã",
        told_on=dt.date(2021, 6, 10),
        why="đã gọi",
    )
    book[SIGN_SHEET].cell(FIRST, column(book, "Nghĩa là", SIGN_SHEET), "Chưa có số liệu")
    book[SIGN_SHEET].cell(FIRST, column(book, "Lý do", SIGN_SHEET), "đã hỏi")
    found = read_answers(saved(book))
    accepted, mended = found.answers
    assert (accepted.key, accepted.choice) == (MEMBERS.key, "accept")
    assert (accepted.row, accepted.why) == (FIRST, "đúng theo nghị quyết")
    assert (mended.key, mended.choice, mended.value) == (DASH.key, "correct", "52.620")
    assert (mended.told_by, mended.told_on) == ("Chủ tịch UBND xã", "10/06/2021")
    (sign,) = found.signs
    assert (sign.provider, sign.token, sign.choice) == ("xa-mh-01", "-", "missing")
    assert found.blank == 1


@pytest.mark.parametrize("typed", [12, 12.0, "12"])
def test_a_value_typed_as_a_number_is_read_as_written(typed: object) -> None:
    book = opened()
    fill(book, FIRST, choice="Sửa theo điện thoại", value=typed)
    assert read_answers(saved(book)).answers[0].value == "12"


def test_columns_may_move_and_rows_be_sorted() -> None:
    book = opened()
    fill(book, FIRST + 2, choice="Trả lại", why="sai đơn vị")
    book[WORK_SHEET].insert_cols(3, 2)
    book[WORK_SHEET].insert_rows(2, 4)
    (answer,) = read_answers(saved(book)).answers
    assert (answer.key, answer.choice, answer.row) == (HEADER.key, "return", FIRST + 6)


def test_a_choice_outside_the_list_is_kept_as_written() -> None:
    book = opened()
    fill(book, FIRST, choice="Duyệt")
    assert read_answers(saved(book)).answers[0].choice == "Duyệt"


@pytest.mark.parametrize("heading", ["Mã lần nộp", "Quy tắc", "Mã chỉ tiêu", "Trang", "Ô"])
def test_a_row_whose_key_was_changed_is_not_trusted(heading: str) -> None:
    book = opened()
    fill(book, FIRST, choice="Chấp nhận", why="x")
    book[WORK_SHEET].cell(FIRST, column(book, heading), "khác")
    assert read_answers(saved(book)).answers[0].key is None


def test_a_remark_below_the_table_is_no_row() -> None:
    book = opened()
    book[WORK_SHEET].cell(FIRST + 9, column(book, "Lý do"), "Ghi chú chung")
    assert read_answers(saved(book)).answers == []


def test_a_file_that_is_no_book_says_what_is_missing() -> None:
    with pytest.raises(NotADecisionBook, match="dấu kỳ"):
        read_answers(saved(Workbook()))
    book = opened()
    book[WORK_SHEET].delete_cols(column(book, "Lý do"))
    with pytest.raises(NotADecisionBook, match="Lý do"):
        read_answers(saved(book))


def test_keys_are_locked_and_hidden_and_answers_are_open() -> None:
    book = opened()
    sheet = book[WORK_SHEET]
    assert sheet.protection.sheet
    for heading in ("Mã việc", "Mã lần nộp", "Quy tắc", "Mã đơn vị", "Mã chỉ tiêu"):
        place = column(book, heading)
        assert sheet.cell(FIRST, place).protection.locked
        assert sheet.column_dimensions[get_column_letter(place)].hidden
    for heading in ("Xử lý", "Giá trị mới", "Lý do"):
        assert not sheet.cell(FIRST, column(book, heading)).protection.locked
    assert sheet.cell(FIRST, column(book, "Mã việc")).value == matter_id(MEMBERS.key)


def test_each_row_offers_what_is_possible_there() -> None:
    book = opened()
    sheet = book[WORK_SHEET]
    offered = {}
    for check in sheet.data_validations.dataValidation:
        lists = listed(book, check.formula1.split("!")[1])
        offered |= {str(place): lists for place in check.sqref.ranges}
    at = [sheet.cell(FIRST + n, column(book, "Xử lý")).coordinate for n in range(3)]
    for place, matter in zip(at, (MEMBERS, DASH, HEADER), strict=True):
        assert offered[place] == [CHOICES[choice] for choice in matter.choices]
    signs = book[SIGN_SHEET].data_validations.dataValidation
    (wanted,) = (check.formula1.split("!")[1] for check in signs)
    assert listed(book, wanted) == list(SIGN_CHOICES.values())


def test_no_text_becomes_a_formula() -> None:
    for sheet in opened():
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


@pytest.mark.parametrize("illustrative", [True, False])
def test_the_banner_stands_where_values_are_illustrative(illustrative: bool) -> None:
    book = openpyxl.load_workbook(io.BytesIO(build(illustrative=illustrative)))
    for name in (WORK_SHEET, SIGN_SHEET):
        texts = {cell.value for row in book[name]["A1:A4"] for cell in row}
        assert ("SỐ LIỆU MINH HỌA" in texts) == illustrative


@pytest.mark.long
def test_it_comes_back_from_libreoffice(tmp_path: Path, tool_path: Callable[[str], Path]) -> None:
    book = opened()
    fill(book, FIRST, choice="Chấp nhận", why="đúng")
    source = tmp_path / "so.xlsx"
    source.write_bytes(saved(book))
    command = [
        str(tool_path("libreoffice")),
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "ods",
        "--outdir",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    (answer,) = read_answers((tmp_path / "so.ods").read_bytes()).answers
    assert (answer.key, answer.choice, answer.why) == (MEMBERS.key, "accept", "đúng")
