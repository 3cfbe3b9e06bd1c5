"""Figures on today's map: only where it is another one, statuses in words."""

import pytest

from pipelines.analysis.today import made_from, today
from pipelines.reports import commune_tables
from tests.analysis.frames import SCOPE, Frames, figure, made

LISTED = {"value": None, "lower": None, "upper": None, "state": "listed", "view": "as_today"}


@pytest.fixture
def wh() -> Frames:
    rows = [
        figure("xa.publish_rate"),
        figure("ld.inspection_plan_rate"),
        figure("xa.publish_rate", "xa-mh-01", value=50.0, denominator=2.0),
        figure("xa.publish_rate", "xa-mh-15", value=80.0, denominator=5.0),
        figure("xa.publish_rate", "xa-mh-15", value=80.0, denominator=5.0,
               view="as_today"),
        figure("xa.publish_rate", "xa-mh-16", value=75.0, numerator=6.0,
               denominator=8.0, view="as_today", expected_units=4),
        figure("ld.inspection_plan_rate", "xa-mh-16", numerator=2.0, denominator=4.0,
               expected_units=4, text="2/4 xã cũ đạt", **LISTED),
    ]  # fmt: skip
    return Frames(eval__indicator_values=made("eval.indicator_values", rows))


def _pick(wh: Frames, names: list[str]) -> Frames:
    values = wh.table("eval.indicator_values")
    return Frames(eval__indicator_values=values[values["scope_id"].isin([*names, SCOPE])])


def test_only_communes_that_hold_others_are_shown(wh: Frames):
    rows = made_from(wh, "2021-H1")
    assert list(rows["unit_id"]) == ["xa-mh-16"]
    assert rows["made_from"].iloc[0].split("; ")[0] == "Thị trấn minh họa"
    assert rows["made_from"].iloc[0].count(";") == 3
    shown = commune_tables.made_from(rows, number=8, illustrative=True).markup
    assert "01/07/2025" in shown


def test_values_and_words_stand_beside_each_other(wh: Frames):
    rows = today(wh, "2021-H1").set_index("indicator")
    assert set(rows["unit_id"]) == {"xa-mh-16"}
    assert rows.loc["ld.inspection_plan_rate", "shown"] == "2/4 xã cũ đạt"
    assert rows.loc["xa.publish_rate", "shown"] == "75%"
    assert rows.loc["xa.publish_rate", "fraction"] == "6/8"


def test_nothing_where_the_map_has_not_changed(wh: Frames):
    same = _pick(wh, ["xa-mh-01", "xa-mh-15"])
    assert made_from(same, "2021-H1").empty
    assert today(same, "2021-H1").empty


def test_words_have_no_fraction_below(wh: Frames):
    rows = today(wh, "2021-H1")
    for _, own in rows.groupby("pillar_order"):
        shown = commune_tables.communes(own, number="8.1", illustrative=True).markup
        assert "2/4 xã cũ đạt<small>" not in shown
