"""What a report calls its subject, its communes and the whole, by date and place."""

import pandas as pd
import pytest

from pipelines.analysis.scope import members, report_scope, scope_facts
from pipelines.analysis.setting import setting
from tests.analysis.frames import Frames, made, reference

OWED = {
    "unit_id": "xa-mh-01",
    "form": "xa-2021",
    "round": "estimate",
    "due_date": pd.Timestamp("2020-06-04"),
    "state": "on_time",
    "versions": 1,
    "is_illustrative": True,
}


def _requested(period: str, scope: str = "huyen-mh-1") -> Frames:
    half = reference()["ref.requests"]
    half = half[(half["period"] == "2021-H1") & (half["scope_id"] == "huyen-mh-1")]
    return Frames(ref__requests=half.assign(period=period, scope_id=scope))


@pytest.mark.parametrize(
    ("period", "scope", "title", "communes", "area"),
    [
        ("2021-H1", "huyen-mh-1", "Quy chế dân chủ ở cơ sở", "xã, thị trấn", "toàn huyện"),
        ("2023-H1", "huyen-mh-1", "Quy chế dân chủ ở cơ sở", "xã, thị trấn", "toàn huyện"),
        ("2023-H2", "huyen-mh-1", "dân chủ ở cơ sở", "xã, thị trấn", "toàn huyện"),
        ("2025-H2", "tinh-mh-1", "dân chủ ở cơ sở", "xã, phường", "toàn tỉnh"),
    ],
)
def test_words_follow_date_and_place(period, scope, title, communes, area):
    named = setting(_requested(period, scope), period)
    assert named.title == f"Kết quả thực hiện {title}"
    assert (named.communes, named.area) == (communes, area)
    assert not named.composed


def test_town_stands_first_only_where_there_is_one():
    assert "thị trấn đứng đầu" in setting(_requested("2021-H1"), "2021-H1").communes_lead
    later = setting(_requested("2025-H2", "tinh-mh-1"), "2025-H2")
    assert "thị trấn" not in later.communes_lead


def test_parts_of_a_year_are_named_where_it_owes_nothing_itself():
    reports = [OWED | {"period": "2020", "part": part} for part in ("2020-H1", "2020-H2")]
    wh = Frames(core__reporting=made("core.reporting", reports))
    named = setting(wh, "2020")
    assert list(named.parts) == ["2020-H1", "2020-H2"]
    assert named.parts_title == "Hai nửa năm đặt cạnh nhau"
    assert "6 tháng đầu năm 2020; 6 tháng cuối năm 2020" in named.findings_lead


def test_longer_period_says_what_it_is_made_of_and_how_much_came():
    came = pd.Timestamp("2020-06-02 08:00", tz="Asia/Ho_Chi_Minh")
    reports = [
        OWED | {"period": "2020", "part": "2020-H1", "received_at": came},
        OWED | {"period": "2020", "part": "2020-H2", "state": "missing"},
    ]
    wh = Frames(core__reporting=made("core.reporting", reports))
    facts = scope_facts(wh, report_scope(wh, "2020"), setting(wh, "2020").parts)
    assert facts["Gồm các kỳ"] == "6 tháng đầu năm 2020; 6 tháng cuối năm 2020"
    assert facts["Kỳ đã nhận được báo cáo"] == "1/2"
    assert "Hạn nộp" not in facts
    half = scope_facts(wh, report_scope(wh, "2020-H1"))
    assert "Hạn nộp" in half
    assert "Gồm các kỳ" not in half


def test_year_with_reports_of_its_own_has_no_parts():
    reports = made("core.reporting", [OWED | {"period": "2020", "part": "2020"}])
    assert not setting(Frames(core__reporting=reports), "2020").composed


def test_report_is_of_the_scope_that_holds_the_others():
    both = [
        _requested("2025-H2", scope).table("ref.requests") for scope in ("xa-mh-16", "tinh-mh-1")
    ]
    wh = Frames(ref__requests=pd.concat(both, ignore_index=True))
    assert report_scope(wh, "2025-H2").scope_id == "tinh-mh-1"
    assert report_scope(_requested("2025-H2", "xa-mh-16"), "2025-H2").scope_id == "xa-mh-16"


def test_members_stand_below_what_took_over_from_their_parent():
    wh = _requested("2025-H2", "tinh-mh-1")
    scope = report_scope(wh, "2025-H2")
    enterprises = members(wh, "enterprises", scope)["unit_id"]
    assert "dn-mh-01" in set(enterprises)  # its parent, the district, has ended
    assert len(members(wh, "qcdc_communes", scope)) == 6
