"""Which law judged what, and duties counted by unit."""

import pandas as pd
import pytest

from pipelines.analysis.law import duties, judged
from pipelines.reports import law_tables
from tests.analysis.frames import SCOPE, Frames, made

SAID = {
    "scope_id": SCOPE,
    "period": "2021-H1",
    "documents": "PL-34-2007;NQLT-09-2008",
    "straddles": False,
    "verified": True,
    "is_illustrative": True,
}
DUTY = {
    "period": "2021-H1",
    "duty": "a",
    "regime": "xa-2007",
    "label_vi": "Đối thoại ít nhất 01 lần một năm",
    "state": "done",
    "due_on": pd.Timestamp("2021-12-31"),
    "text_vi": "–",
    "legal": "Điều 32",
    "verified": True,
    "is_illustrative": True,
}
ABOUT = {
    "regime": "xa-2007",
    "population": "qcdc_communes",
    "kind": "at_least",
    "needed": 1.0,
    "more_than": False,
    "per": "year",
    "due": "year_end",
    "legal": "Điều 32",
    "verified": True,
}


@pytest.fixture
def wh() -> Frames:
    said = [
        SAID | {"subject": "map", "documents": None, "text_vi": "Bản đồ ngày 30/06/2021: …"},
        SAID | {"subject": "enterprise", "straddles": True, "text_vi": "Doanh nghiệp: …"},
        SAID | {"subject": "commune", "verified": False, "text_vi": "Xã, thị trấn: …"},
        SAID | {"subject": "commune", "scope_id": "xa-mh-01", "text_vi": "một xã"},
    ]
    states = {
        "xa-mh-01": "done",
        "xa-mh-02": "not_done",
        "xa-mh-03": "not_yet_due",
        "xa-mh-04": "missing",
        "xa-mh-05": "not_applicable",
        "xa-24490-1": "done",  # of another district
    }
    rows = [DUTY | {"unit_id": unit, "state": state} for unit, state in states.items()]
    rows.append(DUTY | {"unit_id": "cq-mh-01", "duty": "b", "legal": "Điều 52.3"})
    about = [
        ABOUT | {"duty": "a", "unit_type": "commune", "label_vi": "Đối thoại"},
        ABOUT | {"duty": "b", "unit_type": "agency", "label_vi": "Kiểm tra nghị quyết"},
    ]
    return Frames(
        eval__judged=made("eval.judged", said),
        eval__duties=made("eval.duties", rows),
        ref__duties=made("ref.duties", about),
    )


def test_law_of_each_kind_of_unit_then_the_map(wh: Frames):
    rows = judged(wh, "2021-H1")
    assert list(rows["label"]) == ["Xã, thị trấn", "Doanh nghiệp", "Bản đồ"]
    assert rows["documents"].iloc[0] == (
        "34/2007/PL-UBTVQH11; 09/2008/NQLT-CP-UBTWMTTQVN (chưa kiểm chứng)"
    )
    assert rows["documents"].iloc[2] == ""


def test_straddled_and_unchecked_are_said(wh: Frames):
    shown = law_tables.judged(judged(wh, "2021-H1"), number=1, illustrative=True).markup
    commune, enterprise, place = shown.split("<tr>")[2:]
    assert "<small>(chưa kiểm chứng)</small>" in commune
    assert "Văn bản thay đổi trong kỳ" in enterprise
    assert "Văn bản thay đổi" not in commune + place


def test_duties_count_units_of_the_scope_by_state(wh: Frames):
    rows = duties(wh, "2021-H1")
    first = rows.iloc[0]
    counts = [first[name] for name in ("owed", "done", "not_done", "not_yet_due", "missing")]
    assert counts == [4, 1, 1, 1, 1]
    assert first["due"] == "còn thời hạn đến 31/12/2021"
    assert list(rows["group"]) == ["Xã, thị trấn", "Cơ quan, đơn vị sự nghiệp"]
    assert rows["due"].iloc[1] == ""


def test_table_of_duties_names_articles_and_no_unit(wh: Frames):
    shown = law_tables.duties(duties(wh, "2021-H1"), number=5, illustrative=True).markup
    assert "1<small>còn thời hạn đến 31/12/2021</small>" in shown
    assert "Điều 52.3" in shown
    assert "minh họa 0" not in shown


def test_nothing_judged_is_nothing_shown():
    assert judged(Frames(), "2021-H1").empty
    assert duties(Frames(), "2021-H1").empty
