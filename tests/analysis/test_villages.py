"""Villages below their communes."""

import pandas as pd
import pytest

from pipelines.analysis.villages import village_meetings
from tests.analysis.frames import Frames, made


def meeting(unit: str, village: str, total: int, present: int, votes: int, **other: object) -> dict:
    row = {
        "submission_id": f"2021-H1/{unit}/01", "unit_id": unit, "period": "2021-H1",
        "meeting_code": f"{village}-{total}", "village": village, "kind": "Họp thôn",
        "held_on": pd.Timestamp("2021-03-02"), "matter": "Đường thôn",
        "households_total": total, "households_present": present, "votes_for": votes,
        "decision": "Thông qua" if votes * 2 > total else "Không thông qua",
        "is_illustrative": True,
    }  # fmt: skip
    return row | other


MEETINGS = [
    meeting("xa-mh-02", "Thôn 1", 100, 80, 70, row=9),
    meeting("xa-mh-02", "Buôn Mới", 60, 30, 10, row=10),
    meeting("xa-mh-02", "THÔN 1", 100, 40, 30, row=11),
    meeting("xa-mh-01", "Thôn 1", 50, 50, 50, row=9),
    meeting("xa-mh-01", "Thôn 1", 50, 50, 50, row=12, period="2020-H2"),
]


def test_meetings_add_up_by_village_and_commune() -> None:
    wh = Frames(core__registers_meetings=made("core.registers_meetings", MEETINGS))
    found = village_meetings(wh, "2021-H1").set_index(["unit", "village"])
    assert list(found.index) == [
        ("Xã minh họa 01", "Thôn 1"),
        ("Xã minh họa 02", "Buôn Mới"),
        ("Xã minh họa 02", "Thôn 1"),
    ]
    [row] = [r for r in found.reset_index().to_dict("records") if r["votes_for"] == 100]
    assert (row["unit"], row["village"]) == ("Xã minh họa 02", "Thôn 1")
    assert (row["meetings"], row["passed"]) == (2, 1)
    assert (row["households_asked"], row["households_present"], row["votes_for"]) == (200, 120, 100)
    assert row["attendance"] == pytest.approx(60)
    # nothing of a commune is lost on the way to its villages
    assert found["votes_for"].sum() == 70 + 10 + 30 + 50


def test_no_meeting_is_no_row() -> None:
    assert village_meetings(Frames(), "2021-H1").empty
