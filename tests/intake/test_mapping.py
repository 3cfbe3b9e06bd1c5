"""Tables of other makers: known by their headers, read by their mapping. SỐ LIỆU MINH HỌA."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl import Workbook

from pipelines.catalogue.foreign import ForeignLayout, layout_problems
from pipelines.intake.sheets import FileReading, read_file
from pipelines.places.naming import Directory
from tests.cases.foreign_files import report_docx
from tests.intake.test_sheets import CATALOGUE, KNOWN, UNITS, faults

DIRECTORY = Directory(UNITS)
Rows = Sequence[Sequence[Any]]

PETITIONS: Rows = [
    [None, "BẢNG TỔNG HỢP ĐƠN THƯ, SỐ LIỆU MINH HỌA"],
    [None],
    [
        None,
        "TT",
        "Đơn vị",
        "Đã tiếp nhận",
        None,
        "Đã giải\nquyết",
        "Nhân dân đóng góp (triệu đồng)",
    ],
    [None, None, None, "Trong kỳ", "Từ đầu năm"],
    [None, "(A)", "(B)", "(1)", "(2)", "(3)", "(4)"],
    [None, 1, "Xã minh họa 01", 4, 9, 3, "46,92"],
    [None, "TT", "Đơn vị", "Đã tiếp nhận", None, "Đã giải quyết"],
    [None, 2, "Xã minh họa 02", 6, 8, 5, 120],
    [None, None, "Tổng cộng", 10, 17, 8],
    [None, None, "NGƯỜI LẬP BIỂU"],
]


def read(rows: Rows, provider: str = "bcd-mh", period: str = "2021-H1") -> FileReading:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Trang 1"
    for row, line in enumerate(rows, start=1):
        for column, value in enumerate(line, start=1):
            sheet.cell(row, column, value)
    stream = io.BytesIO()
    book.save(stream)
    reading = read_file(
        stream.getvalue(),
        CATALOGUE,
        provider=provider,
        period=period,
        known_units=KNOWN,
        directory=DIRECTORY,
    )
    assert reading.unreadable is None
    sums = reading.accounts.groupby("sheet")["cells"].sum().to_dict()
    assert sums == {name: cells for name, cells in reading.independent.items() if cells}
    return reading


def fates(reading: FileReading) -> dict[str, int]:
    sums = reading.accounts.groupby("fate")["cells"].sum()
    return {str(fate): int(cells) for fate, cells in sums.items()}


def test_headers_of_two_rows_units_by_name_and_totals():
    reading = read(PETITIONS)
    assert faults(reading) == []
    got = reading.entries.set_index(["unit_id", "element"])["value"].to_dict()
    assert got == {
        ("xa-mh-01", "xa.petitions_received"): 4,
        ("xa-mh-01", "xa.petitions_resolved"): 3,
        ("xa-mh-01", "xa.contribution_money"): 46_920_000,
        ("xa-mh-02", "xa.petitions_received"): 6,
        ("xa-mh-02", "xa.petitions_resolved"): 5,
        ("xa-mh-02", "xa.contribution_money"): 120_000_000,
    }
    assert fates(reading)["total"] == 3
    assert "Bảng tổng hợp tiếp dân, đơn thư" in str(reading.reader_note)


def test_a_total_that_is_not_the_sum_is_a_finding():
    rows = [list(line) for line in PETITIONS]
    rows[8][3] = 11
    [fault] = read(rows).faults.to_dict("records")
    assert (fault["operator"], fault["cell"], fault["found"]) == ("total_agrees", "D9", "11")
    assert fault["expected"] == "10"


def test_a_unit_that_nobody_knows_is_said():
    rows = [list(line) for line in PETITIONS]
    rows[7][2] = "Xã không ai biết"
    reading = read(rows)
    assert ("laid_out", "Xã không ai biết") in faults(reading)
    assert "xa-mh-02" not in set(reading.entries["unit_id"])


def test_a_column_that_no_mapping_declares_is_held():
    rows = [list(line) for line in PETITIONS]
    rows[2].append("Ý kiến khác")
    rows[5].append("đang xem xét")
    assert [op for op, _ in faults(read(rows))] == ["on_form"]


DOSSIERS: Rows = [
    [
        "STT",
        "Mã hồ sơ",
        "Đơn vị tiếp nhận",
        "Lĩnh vực",
        "Hình thức",
        "Thời gian",
        None,
        None,
        "Tình trạng",
    ],
    [None, None, None, None, None, "Tiếp nhận", "Hẹn trả", "Trả kết quả"],
    [
        1,
        "H-1",
        "Xã minh họa 01",
        "Đất đai",
        "Trực tuyến mức 4",
        "05/03/2021",
        "15/03/2021",
        "12/03/2021",
        "Đã trả kết quả",
    ],
    [2, "H-2", "xa-mh-02", "Hộ tịch", "Trực tiếp", "06/03/2021", "16/03/2021", None, "Đang xử lý"],
]


def test_a_list_of_events_becomes_a_register():
    reading = read(DOSSIERS, provider="mc-mh")
    assert faults(reading) == []
    rows = reading.rows["dossiers"]
    assert list(rows["unit"]) == ["xa-mh-01", "xa-mh-02"]
    assert list(rows["channel"]) == ["Trực tuyến mức độ 4", "Trực tiếp, bưu chính"]
    assert list(rows["status"]) == ["Đã giải quyết", "Đang giải quyết"]
    assert rows["resolved_on"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("period", "year", "said", "form", "channel"),
    [
        ("2021-H1", 2021, "Trực tuyến mức 4", "motcua-2021", "Trực tuyến mức độ 4"),
        ("2023-H2", 2023, "Trực tuyến toàn trình", "motcua-2023", "Trực tuyến toàn trình"),
        ("2024-H1", 2024, "trực tuyến một phần", "motcua-2023", "Trực tuyến một phần"),
    ],
)
def test_the_same_table_stands_for_the_form_of_its_period(period, year, said, form, channel):
    rows = [[str(v).replace("2021", str(year)) if v else v for v in line] for line in DOSSIERS]
    rows[2][4] = said
    reading = read(rows, provider="mc-mh", period=period)
    assert faults(reading) == []
    assert reading.identity is not None
    assert reading.identity.form is not None
    assert reading.identity.form.id == form
    assert reading.rows["dossiers"]["channel"].iloc[0] == channel


def test_personal_columns_of_a_foreign_list_are_withheld():
    rows = [list(line) for line in DOSSIERS]
    rows[0].append("Họ và tên người nộp hồ sơ")
    rows[2].append("Nguyễn Văn Minh Họa")
    reading = read(rows, provider="mc-mh")
    assert fates(reading)["withheld"] == 1
    everything = [str(frame.to_dict()) for frame in (reading.faults, reading.quarantine)]
    assert not any("Nguyễn Văn" in text for text in everything)


REPORT: Rows = [
    ["ỦY BAN NHÂN DÂN XÃ MINH HỌA 01"],
    ["Kết quả thực hiện 6 tháng đầu năm 2021, SỐ LIỆU MINH HỌA"],
    ["TT", "Nội dung", "ĐVT", "Kết quả"],
    ["I", "Công khai"],
    [1, "Số nội dung phải công khai", "nội dung", "11"],
    [2, "Số nội dung đã công khai", "nội dung", "09"],
    [3, "Nhân dân đóng góp tiền", "đồng", "46.920 triệu đồng"],
    [4, "Việc không có trong biểu", "việc", "3"],
]


def test_a_report_table_is_read_by_its_labels():
    reading = read(REPORT, provider="xa-mh-01")
    got = reading.entries.set_index("element")["value"].to_dict()
    assert got == {
        "xa.publish_due": 11,
        "xa.publish_done": 9,
        "xa.contribution_money": 46_920_000_000,
    }
    assert set(reading.entries["unit_id"]) == {"xa-mh-01"}
    # the row that no form asks is held whole, with its addresses
    assert set(reading.quarantine["cell"]) == {"A8", "B8", "C8", "D8"}


def test_who_and_when_are_read_from_the_texts_around_the_table():
    reading = read(REPORT, provider="xa-mh-02")
    assert reading.identity is not None
    assert "Xã minh họa 01" in str(reading.identity.problem)
    reading = read(REPORT, provider="xa-mh-01", period="2020-H2")
    assert reading.identity is not None
    assert reading.identity.problem == "kỳ trong tệp là 2021-H1"


def test_a_table_that_nobody_has_declared_says_what_was_looked_for():
    [fault] = read([["Tên", "Điểm", "Hạng"], ["A", 1, 2]]).faults.to_dict("records")
    assert fault["operator"] == "mapped"
    assert '"Tên", "Điểm", "Hạng"' in str(fault["found"])
    assert "Danh sách hồ sơ" in str(fault["expected"])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"form": "không-có"}, "unknown form"),
        ({"later_forms": ["không-có"]}, "unknown form không-có"),
        ({"rows": {"Nhãn": "nv.posts_streamlined"}}, "does not ask"),
        ({"columns": [{"headers": ["x"], "column": "none"}]}, "unknown register column"),
    ],
)
def test_a_mapping_that_leads_nowhere_is_refused(change, problem):
    layout = CATALOGUE.layouts["don-thu-theo-xa"].model_dump() | change
    [found] = layout_problems(CATALOGUE, {"x": ForeignLayout.model_validate(layout)})
    assert problem in found


def test_paragraphs_of_a_report_are_quoted_with_their_unit_and_masked():
    reading = read_file(
        report_docx(b""),
        CATALOGUE,
        provider="xa-mh-01",
        period="2021-H1",
        known_units=KNOWN,
        directory=DIRECTORY,
    )
    sums = reading.accounts.groupby("sheet")["cells"].sum().to_dict()
    assert sums == reading.independent
    quotes = reading.quotes
    assert set(quotes["unit_id"]) == {"xa-mh-01"}
    assert quotes["text"].iloc[-1] == "Trong kỳ có 02 đơn vượt cấp, điện thoại liên hệ [đã che]."
    assert faults(reading) == []
