"""Reminder letters: who is reminded of what, and through whom."""

import datetime as dt
import re

import pandas as pd
import pytest

from pipelines.reports.reminder import NOBODY, Reminder, Setting, reminder_page, reminders
from tests.reports.letters import HANOI

AT = dt.datetime(2021, 6, 8, 9, 12, tzinfo=HANOI)
STATES = {"a": "on_time", "b": "returned", "c": "missing", "d": "late", "e": "missing"}


def owed(unit: str, state: str) -> dict[str, object]:
    return {
        "unit_id": unit,
        "form": "xa-2021",
        "round": "estimate",
        "due_date": pd.Timestamp("2021-06-08" if unit == "e" else "2021-06-04"),
        "received_at": None if state == "missing" else pd.Timestamp(AT),
        "state": state,
        "is_illustrative": True,
    }


def area(unit: str, lead: str, start: str, end: str | None = None, **more: object):
    base = {
        "unit_id": unit,
        "lead_code": lead,
        "lead_position": None,
        "valid_from": pd.Timestamp(start),
        "valid_to": pd.Timestamp(end) if end else pd.NaT,
        "decision_number": None,
    }
    return base | more


def letters(*areas: dict[str, object], resend_by: dt.date | None = None) -> dict[str, Reminder]:
    found = reminders(
        reporting=pd.DataFrame([owed(*each) for each in STATES.items()]),
        findings=pd.DataFrame(
            [
                {
                    "submission_id": "s/b/01",
                    "severity": severity,
                    "is_primary": primary,
                    "sheet": "Biểu 01-XA",
                    "cell": cell,
                    "message_vi": message,
                }
                for severity, primary, cell, message in (
                    ("error", True, "E19", "Sai <phép cộng>."),
                    ("error", False, "E20", "Kéo theo."),
                    ("warning", True, "E21", "Nhỏ."),
                )
            ]
        ),
        submissions=pd.DataFrame(
            {
                "submission_id": ["s/b/01"],
                "provider": ["b"],
                "form": ["xa-2021"],
                "received_at": [AT],
                "status": ["returned"],
            }
        ),
        units=pd.DataFrame(
            {
                "unit_id": list("abcde"),
                "name": [f"Xã {name}" for name in "ABCDE"],
                "parent_id": ["huyen"] * 5,
                "official_order": [1, 3, 2, 4, 5],
            }
        ),
        assignments=pd.DataFrame(list(areas) or [area("z", "TV9", "2021-01-01")]),
        members=pd.DataFrame({"member_code": ["TV2"], "position": ["Trưởng phòng minh họa"]}),
        setting=Setting("6 tháng đầu năm 2021", AT, {"xa-2021": "Biểu 01-XA"}, {}, resend_by),
    )
    assert [letter.unit_id for letter in found] == ["c", "b", "d"]
    return {letter.unit_id: letter for letter in found}


def test_who_owes_something_is_reminded_in_official_order():
    # a is on time; the due date of e has not passed
    found = letters()
    assert [found[unit].owed[0].state for unit in "cbd"] == ["missing", "returned", "late"]
    assert found["c"].owed[0].due == "04/06/2021"
    assert found["c"].owed[0].received == ""


def test_a_report_that_was_sent_back_says_why():
    (owing,) = letters()["b"].owed
    assert owing.reasons == ("Trang “Biểu 01-XA”, ô E19: Sai <phép cộng>.",)
    assert letters()["d"].owed[0].reasons == ()


@pytest.mark.parametrize(
    ("areas", "through"),
    [
        ([area("c", "TV2", "2021-01-01")], "Trưởng phòng minh họa"),
        ([area("c", "TV3", "2021-01-01", lead_position="Phó Ban")], "Phó Ban"),
        ([area("c", "TV3", "2021-01-01")], "Thành viên mã TV3"),
        ([area("c", "TV3", "2021-01-01", "2021-06-07"), area("c", "TV2", "2021-06-08")], "Trưởng"),
        ([area("c", "TV2", "2021-01-01", "2021-06-08")], "Trưởng"),
    ],
)
def test_the_letter_goes_through_the_lead_of_the_day(areas, through):
    found = letters(*areas)["c"]
    assert found.addressed.startswith(through)
    assert "phụ trách địa bàn" in found.addressed


@pytest.mark.parametrize(
    "lead",
    [area("c", "TV2", "2021-01-01", "2021-06-07"), area("c", "TV2", "2021-06-09")],
)
def test_nobody_who_no_longer_or_not_yet_looks_after_the_area_is_named(lead):
    assert letters(lead)["c"].addressed == NOBODY


def test_the_page_is_internal_escaped_and_marked():
    found = letters(area("b", "TV2", "2021-01-01", decision_number="05-TB/BCĐ"))
    page = reminder_page(found["b"])
    assert "NỘI BỘ" in page
    assert "SỐ LIỆU MINH HỌA" in page
    assert "Sai &lt;phép cộng&gt;." in page
    assert "(theo 05-TB/BCĐ)" in page
    assert "Đề nghị trả lời trước" not in page
    later = letters(resend_by=dt.date(2021, 6, 12))["b"]
    assert re.search(r"trả lời trước:</dt><dd>12/06/2021", reminder_page(later))


def test_a_unit_in_somebodys_area_is_written_to_through_them():
    found = letters(area("huyen", "TV2", "2021-01-01"), area("b", "TV3", "2021-01-01"))
    assert found["c"].through == "Trưởng phòng minh họa"
    assert found["b"].through == "Thành viên mã TV3"
