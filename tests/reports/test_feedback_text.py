"""The message to paste: short, plain, says where and what."""

import dataclasses
import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reports.feedback import deadline, points_of
from pipelines.reports.feedback_text import LIMIT, feedback_text
from tests.cases.building import CATALOGUE
from tests.reports.letters import LETTER, POINT, letter, many, point


def test_says_file_cell_value_remedy_place_and_day() -> None:
    text = feedback_text(letter(POINT, resend_by=dt.date(2021, 6, 12)))
    for said in (
        "Xã minh họa 07 (SỐ LIỆU MINH HỌA)",
        "Biểu 01-XA, 6 tháng đầu năm 2021, Số ước",
        "Tệp: xa-2021_2021-H1.xlsx (14:16 ngày 01/06/2021, qua e-mail)",
        "ô E19 (mã B02): đang ghi “25”; cần: không quá 22. Rà soát mã B01 và B02",
        "Gửi về: Ban Chỉ đạo QCDC huyện minh họa.",
        "trước hết ngày 12/06/2021",
        "2021-H1/xa-mh-07/01",
    ):
        assert said in text


def test_what_does_not_fit_is_counted() -> None:
    text = feedback_text(letter(*many(60)))
    assert len(text) <= LIMIT
    told = sum(line.partition(".")[0].isdigit() for line in text.splitlines())
    assert told >= 3
    assert f"và {60 - told:02d} nội dung khác" in text


@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=400), st.integers(0, 25))
def test_never_too_long_and_one_line_per_point(
    found: str, action: str, name: str, count: int
) -> None:
    points = [point(number=n, found=found, action=action) for n in range(1, count + 1)]
    text = feedback_text(letter(*points, file_name=name, reason=action))
    assert len(text) <= LIMIT
    assert sum(line.startswith("1. ") for line in text.splitlines()) == bool(count)


def test_blank_cell_reads_as_blank() -> None:
    assert "đang để trống; cần:" in feedback_text(letter(point(found="(để trống)")))


@pytest.mark.parametrize("status", ["unreadable", "refused"])
def test_a_file_that_was_not_taken_says_why_and_what_to_do(status: str) -> None:
    text = feedback_text(letter(status=status, reason="Tệp có mật khẩu."))
    assert "Lý do: Tệp có mật khẩu." in text
    assert "Gửi về:" in text


def test_days() -> None:
    assert deadline(LETTER) == "Hạn nộp 04/06/2021 đã qua, đề nghị gửi lại ngay"
    in_time = dataclasses.replace(LETTER, is_late=False)
    assert deadline(in_time) == "Gửi lại trước hết ngày 04/06/2021 (hạn nộp)"
    assert deadline(dataclasses.replace(LETTER, due_date=None)) == ""


def findings(*rows: dict[str, object]) -> pd.DataFrame:
    base = {
        "submission_id": "s",
        "sheet": "Biểu 01-XA",
        "cell": "E19",
        "rule": "XA-01",
        "unit_id": "xa-mh-07",
        "element": "xa.publish_done",
        "severity": "error",
        "is_primary": True,
        "found": "25",
        "expected": "không quá 22",
        "message_vi": "Sai.",
        "action_vi": "Sửa.",
        "decision": None,
        "decided_by": None,
        "decided_why": None,
    }
    return pd.DataFrame([base | row for row in rows])


def test_points_stand_in_the_order_of_the_sheet_gravest_first() -> None:
    frame = findings(
        {"cell": "E100", "severity": "warning"},
        {"cell": "E100"},
        {"cell": "AA9"},
        {"cell": "E9"},
        {"cell": None, "sheet": None, "rule": "SUB-01"},
    )
    points = points_of(frame, CATALOGUE, {}, "xa-mh-07")
    places = [(p.number, p.severity, p.cell) for p in points]
    assert places == [
        (1, "error", None),
        (2, "error", "E9"),
        (3, "error", "AA9"),
        (4, "error", "E100"),
        (5, "warning", "E100"),
    ]
    assert points[0].place == "Cả tệp"


def test_points_name_code_basis_and_whom_an_office_speaks_of() -> None:
    (said,) = points_of(findings({}), CATALOGUE, {"xa-mh-07": "Xã minh họa 07"}, "ntm-mh")
    assert said.code == "B02"
    assert said.label == "Xã minh họa 07: Số nội dung đã công khai"
    assert "34/2007/PL-UBTVQH11" in said.basis
    assert said.basis.endswith("quy tắc XA-01")


def test_what_a_coordinator_has_settled_is_not_asked_again() -> None:
    frame = findings(
        {"decision": "accept"},
        {"cell": "E20", "decision": "return", "decided_why": "sai đơn vị tính"},
    )
    (said,) = points_of(frame, CATALOGUE, {}, "xa-mh-07")
    assert said.cell == "E20"
    assert said.action == "Sửa. Ý kiến của người tổng hợp: sai đơn vị tính"


def test_a_missing_expectation_is_the_rule_in_words() -> None:
    (said,) = points_of(findings({"expected": None, "found": None}), CATALOGUE, {}, "x")
    assert "không lớn hơn" in said.expected
    assert said.found == "(để trống)"
