"""The overview of a period: who is called first, and a log to type into."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pandas as pd
import pytest

from pipelines.reports.overview import CALL_LOG, Overview, overview, overview_page
from pipelines.reports.overview_book import overview_book
from tests.reports.letters import HANOI

AT = dt.datetime(2021, 6, 8, 9, 12, tzinfo=HANOI)


def owed(unit_id: str, state: str, versions: int = 1) -> dict[str, object]:
    received = None if state == "missing" else AT
    return {
        "unit_id": unit_id,
        "form": "xa-2021",
        "round": "estimate",
        "due_date": pd.Timestamp("2021-06-04"),
        "received_at": received,
        "state": state,
        "versions": versions,
        "is_illustrative": True,
    }


def sent(unit_id: str, status: str, nn: str = "01", **more: object) -> dict[str, object]:
    base = {
        "submission_id": f"2021-H1/{unit_id}/{nn}",
        "provider": unit_id,
        "form": "xa-2021",
        "round": "estimate",
        "received_at": AT,
        "path": f"raw/2021-H1/{unit_id}/bieu.xlsx",
        "status": status,
        "reason": None,
    }
    return base | more


def finding(unit_id: str, severity: str, **more: object) -> dict[str, object]:
    base = {"submission_id": f"2021-H1/{unit_id}/01", "severity": severity, "decision": None}
    return base | more


@pytest.fixture
def shown() -> Overview:
    names = ["a", "b", "c", "d", "e"]
    return overview(
        reporting=pd.DataFrame(
            [owed("a", "on_time"), owed("b", "returned"), owed("c", "missing", 0),
             owed("d", "late"), owed("e", "on_time", 2)]
        ),
        submissions=pd.DataFrame(
            [sent("a", "accepted"), sent("b", "returned", reason="XA-01 tại E19"),
             sent("d", "accepted_with_warnings"), sent("e", "accepted"),
             sent("e", "returned", "02", received_at=AT + dt.timedelta(1), reason="=1+1"),
             sent("unknown", "unreadable", form=None, reason="Tệp có mật khẩu")]
        ),
        findings=pd.DataFrame(
            [finding("b", "error"), finding("d", "warning"),
             finding("a", "warning", decision="accept")]
        ),
        units=pd.DataFrame(
            {"unit_id": names, "name": ["=Xã A", "Xã B", "Xã C", "Xã D", "Xã E"],
             "official_order": range(5)}
        ),
        form_names={"xa-2021": "Biểu 01-XA"},
        period_label="6 tháng đầu năm 2021",
        as_of=AT,
    )  # fmt: skip


def test_who_is_called_first(shown: Overview) -> None:
    assert [(row.unit, row.must_be_called) for row in shown.rows] == [
        ("Xã C", True),
        ("Xã B", True),
        ("Xã D", True),
        ("=Xã A", False),
        ("Xã E", False),
    ]
    assert shown.rows[1].open == (1, 0, 0)


def test_counts(shown: Overview) -> None:
    assert shown.counts() == {
        "Phải nộp": 5,
        "Đã gửi": 4,
        "Đúng hạn": 2,
        "Trễ hạn": 1,
        "Trả lại": 1,
        "Chưa nộp": 1,
    }


def test_what_to_talk_about(shown: Overview) -> None:
    said = {row.unit: row.to_say for row in shown.rows}
    assert "Đề nghị gửi báo cáo" in said["Xã C"]
    assert said["Xã B"] == "Sửa và gửi lại: XA-01 tại E19."
    assert said["Xã E"].startswith("Bản gửi sau bị trả lại, bản trước vẫn được dùng.")
    assert said["=Xã A"] == ""


def test_files_without_a_sender(shown: Overview) -> None:
    assert shown.unplaced == (("bieu.xlsx (2021-H1/unknown/01)", "Tệp có mật khẩu"),)


def test_page(shown: Overview) -> None:
    page = overview_page(shown)
    assert page.index("Xã C") < page.index("Xã B") < page.index("Đã nộp, không phải gọi")
    assert "SỐ LIỆU MINH HỌA" in page
    assert "Tệp có mật khẩu" in page
    assert "://" not in page


def test_workbook_has_a_log_and_no_formulas(shown: Overview) -> None:
    data = overview_book(shown)
    assert data == overview_book(shown)
    book: Any = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Cần gọi", "Tất cả", "Tệp chưa dùng được"]
    rows = [[cell.value for cell in row] for row in book["Cần gọi"].iter_rows()]
    (top,) = [number for number, row in enumerate(rows) if row[0] == "TT"]
    assert rows[top][-4:] == list(CALL_LOG)
    assert [row[1] for row in rows[top + 1 :]] == ["Xã C", "Xã B", "Xã D"]
    assert all(row[-4:] == [None] * 4 for row in rows[top + 1 :])
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "'=Xã A" in {cell.value for cell in cells}
