"""Figures beside other periods and targets, as texts."""

import pandas as pd
import pytest

from pipelines.analysis import comparisons
from pipelines.analysis.shown import show_difference
from pipelines.vietnamese.numbers import NO_DATA
from pipelines.warehouse.reader import Warehouse
from tests.reports.small import PERIOD, SCOPE


class Changed:
    """The warehouse with one table changed."""

    def __init__(self, wh: Warehouse, name: str, frame: pd.DataFrame) -> None:
        self._wh, self._name, self._frame = wh, name, frame

    def table(self, name: str, /) -> pd.DataFrame:
        return self._frame if name == self._name else self._wh.table(name)


@pytest.fixture
def rows(wh: Warehouse) -> dict:
    return _rows(wh)


def _rows(wh) -> dict:
    return comparisons.headline_beside(wh, PERIOD).set_index("indicator").to_dict("index")


@pytest.mark.parametrize(
    ("difference", "display", "digits", "text"),
    [
        (6.666667, "rate", 0, "+6,67 điểm %"),
        (-10.0, "rate", 2, "-10 điểm %"),
        (100.0, "rate", 0, "+100 điểm %"),
        (1e-12, "rate", 0, "không đổi"),
        (0.001, "rate", 0, "không đáng kể"),
        (3.0, "count", 0, "+3"),
        (-1200.0, "count", 0, "-1.200"),
        (-0.5, "number", 1, "-0,5"),
        (-2_000_000.0, "money", 0, "-2 triệu đồng"),
        (float("nan"), "count", 0, NO_DATA),
    ],
)
def test_show_difference(difference, display, digits, text):
    assert show_difference(difference, display, digits) == text


def test_a_rate_differs_by_percentage_points(rows):
    row = rows["ntm.recognised_rate"]
    assert (row["same_label"], row["same_shown"]) == ("Cùng kỳ 2020", "66,7%")
    assert (row["same_difference"], row["same_why"]) == ("+6,67 điểm %", "")
    assert rows["nv.posts_streamlined"]["same_difference"] == "-3"


def test_what_must_not_be_compared_has_a_reason_and_no_difference(rows):
    row = rows["cq.conference_rate"]
    assert (row["same_shown"], row["same_difference"]) == ("100%", "")
    # the period is called by its name, not by its key
    told = "Độ phủ chưa đủ: 23/24 kỳ này, 24/24 kỳ 6 tháng đầu năm 2020."
    assert row["same_why"] == told


def test_a_period_without_figures_has_none(rows):
    row = rows["dn.conference_rate"]
    assert row["previous_label"] == "Kỳ trước (6 tháng cuối năm 2020)"
    assert (row["previous_shown"], row["previous_difference"], row["previous_why"]) == (
        NO_DATA,
        "",
        "",
    )


def test_targets_are_met_or_not_or_not_judged(rows):
    verdicts = {name: (r["target_shown"], r["target_verdict"]) for name, r in rows.items()}
    assert verdicts["tthc.resolution_rate"] == ("98%", "đạt")
    assert verdicts["dn.conference_rate"] == ("90%", "chưa đạt")
    assert verdicts["cq.conference_rate"] == ("100%", "chưa kết luận")
    assert verdicts["nv.posts_streamlined"] == ("35", "")  # neither more nor less is better
    assert verdicts["nv.units_after_merger"] == (NO_DATA, "")
    assert rows["cq.conference_rate"]["target_why"] == "Độ phủ chưa đủ: 23/24."
    assert rows["ntm.recognised_rate"]["target_source"] == "Nghị quyết minh họa số 02"


def test_without_comparisons_nothing_is_claimed(wh: Warehouse):
    nothing = wh.table("eval.comparisons").iloc[:0]
    rows = _rows(Changed(wh, "eval.comparisons", nothing))
    assert len(rows) == 8
    for row in rows.values():
        assert {row["same_shown"], row["previous_shown"], row["target_shown"]} == {NO_DATA}
        assert {row["same_difference"], row["target_verdict"], row["target_source"]} == {""}


def test_a_missing_figure_is_not_compared(wh: Warehouse):
    table = wh.table("eval.comparisons")
    chosen = (table["indicator"] == "dn.conference_rate") & (table["scope_id"] == SCOPE)
    table.loc[chosen, ["value", "difference"]] = float("nan")
    table.loc[chosen, "comparable"] = False
    table.loc[chosen, "why_not"] = "Kỳ này chưa có số liệu."
    row = _rows(Changed(wh, "eval.comparisons", table))["dn.conference_rate"]
    assert (row["same_shown"], row["same_difference"]) == ("80%", "")
    assert row["same_why"] == row["target_why"] == "Kỳ này chưa có số liệu."
    assert row["target_verdict"] == "chưa kết luận"


def test_the_first_period_has_nothing_before_it(wh: Warehouse):
    assert comparisons.period_labels(wh, "2016-H1") == {
        "same": "Cùng kỳ năm trước",
        "previous": "Kỳ trước",
    }


def test_headline_stands_first_then_the_other_rates_by_pillar(wh: Warehouse):
    frame = comparisons.compared(wh, PERIOD)
    groups = list(frame["group"].drop_duplicates())
    assert groups == ["Số liệu chính", "Dân biết", "Dân bàn", "Dân làm", "Dân kiểm tra"]
    assert frame["indicator"].is_unique
    first, rest = frame[frame["headline"]], frame[~frame["headline"]]
    assert len(first) == 8
    assert set(rest["format"]) == {"rate"}
    assert "dn.conference_rate" in set(first["indicator"])
    assert "xa.publish_rate" in set(rest["indicator"])
