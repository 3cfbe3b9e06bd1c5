"""Parts of a longer period: unknown stays unknown, breaks are numbered, changes stop at them."""

import pandas as pd
import pytest

from pipelines.analysis.series import beside_last_year, series
from pipelines.analysis.shown import NONE, show_percent_change
from pipelines.reports import longer_tables, series_chart
from pipelines.vietnamese.numbers import NO_DATA
from tests.analysis.frames import Frames, figure, made
from tests.analysis.test_setting import OWED

PERIOD = "2016-2020"
YEARS = ["2016", "2017", "2018", "2019", "2020"]
LAW = "Pháp luật: 60/2013/NĐ-CP hết hiệu lực 31/12/2018, thay bằng 149/2018/NĐ-CP."
PLACE = "Địa giới, đơn vị: thêm 6, bớt 16."


def _row(part: str, value: float | None, **other: object) -> dict:
    known = value is not None
    row = {
        "scope_id": "huyen-mh-1", "period": PERIOD, "indicator": "dn.conference_rate",
        "view": "as_reported",
        "part": part, "numerator": value, "denominator": 100.0 if known else None, "value": value,
        "state": "value" if known else "missing", "expected_units": 15 if known else None,
        "reporting_units": 15 if known else None, "coverage": 1.0 if known else 0.0,
        "change": None, "from_first": None, "is_first": False, "is_last": False,
        "break_before": False, "why": None, "is_illustrative": True,
    }  # fmt: skip
    return row | other


def _wh(rows: list[dict]) -> Frames:
    reports = [OWED | {"period": PERIOD, "part": year} for year in YEARS]
    value = figure("dn.conference_rate", period=PERIOD, value=90.0, denominator=100.0)
    return Frames(
        core__reporting=made("core.reporting", reports),
        eval__indicator_values=made("eval.indicator_values", [value]),
        eval__series=made("eval.series", rows),
    )


BROKEN = [
    _row("2016", None),
    _row("2017", 60.0, is_first=True),
    _row("2018", 70.0, from_first=10.0),
    _row("2019", 80.0, break_before=True, why=f"{LAW} {PLACE}"),
    _row("2020", 90.0, is_last=True),
]
WHOLE = [*BROKEN[:3], _row("2019", None), _row("2020", 90.0, is_last=True, from_first=30.0)]


def test_unknown_part_is_said_and_reasons_are_numbered_one_by_one():
    said = series(_wh(BROKEN), PERIOD)
    assert list(said.parts.values()) == YEARS
    assert list(said.rows["shown"]) == [NO_DATA, "60%", "70%", "80%", "90%"]
    assert said.rows["breaks"].iloc[3] == [1, 2]
    assert said.reasons[1].startswith("Từ năm 2019: pháp luật: 60/2013/NĐ-CP")
    assert said.reasons[2] == "Từ năm 2019: địa giới, đơn vị: thêm 6, bớt 16."


def test_change_is_told_only_inside_one_stretch():
    assert series(_wh(WHOLE), PERIOD).figures["change_shown"].iloc[0] == "+30 điểm %"
    broken = series(_wh(BROKEN), PERIOD).figures.iloc[0]
    assert (broken["change_shown"], broken["change_why"]) == (NONE, "có chỗ đứt")
    single = series(_wh([_row("2017", 60.0, is_first=True, is_last=True)]), PERIOD).figures.iloc[0]
    assert single["change_why"] == "chỉ có số liệu của một kỳ"


def test_table_marks_the_break_and_says_why_below():
    shown = longer_tables.parts(series(_wh(BROKEN), PERIOD), number=3, illustrative=True).markup
    cells = shown.split("<td")
    broken = next(cell for cell in cells if "80%" in cell)
    assert "┆<sup>(1,2)</sup>" in broken
    assert "┆" not in next(cell for cell in cells if "70%" in cell)
    assert "<li value=1>Từ năm 2019: pháp luật" in shown
    assert NO_DATA in shown


def test_lines_stop_at_breaks_and_gaps(monkeypatch: pytest.MonkeyPatch):
    kept = []
    save = series_chart.style.save

    def keep(figure, **said):
        lines = [line for axes in figure.axes for line in axes.get_lines()]
        kept.extend(list(line.get_xdata()) for line in lines if line.get_marker() == "o")
        return save(figure, **said)

    monkeypatch.setattr(series_chart.style, "save", keep)
    said = series(_wh(BROKEN), PERIOD)
    chart = series_chart.over_time(said.rows, said.parts, said.reasons, number=2, illustrative=True)
    assert kept == [[1, 2], [3, 4]]
    assert "2019 80% (đứt trước kỳ này, lý do (1), (2))" in chart.alt
    assert "2016 chưa có số liệu" in chart.alt
    assert "(1) Từ năm 2019: pháp luật" in chart.caption
    kept.clear()
    said = series(_wh(WHOLE), PERIOD)
    series_chart.over_time(said.rows, said.parts, said.reasons, number=2, illustrative=True)
    assert kept == [[1, 2], [4]]


def test_figure_that_is_never_known_has_no_panel_but_a_name():
    said = series(_wh([_row(year, None) for year in YEARS]), PERIOD)
    chart = series_chart.over_time(
        said.rows, said.parts, said.reasons, number=2, illustrative=False
    )
    assert "Chưa có số liệu ở mọi kỳ: Doanh nghiệp đã tổ chức" in chart.caption


def test_last_year_has_percent_for_counts_only():
    both = [
        figure("nv.posts_streamlined", value=36.0, numerator=36.0),
        figure("dn.conference_rate", value=90.0, denominator=15.0),
        figure("nv.units_before_merger", value=3.0, numerator=3.0),
    ]
    references = {"nv.posts_streamlined": 40.0, "dn.conference_rate": 80.0}
    compared = [
        {
            "scope_id": row["scope_id"], "period": row["period"], "indicator": row["indicator"],
            "against": "same_period", "value": row["value"],
            "reference": references.get(row["indicator"]), "reference_period": "2020-H1",
            "difference": row["value"] - references.get(row["indicator"], float("nan")),
            "comparable": row["indicator"] in references,
            "why_not": None if row["indicator"] in references else "Kỳ 2020-H1 chưa có số liệu.",
            "is_illustrative": True,
        }
        for row in both
    ]  # fmt: skip
    wh = Frames(
        eval__indicator_values=made("eval.indicator_values", both),
        eval__comparisons=made("eval.comparisons", compared),
    )
    frame = beside_last_year(wh, "2021-H1").set_index("indicator")
    assert frame["percent"].to_dict() == {
        "nv.posts_streamlined": "-10%",
        "dn.conference_rate": NONE,
        "nv.units_before_merger": NO_DATA,
    }
    shown = longer_tables.last_year(frame.reset_index(), number=1, illustrative=True).markup
    for text in (">-4<", ">-10%<", "+10 điểm %", ">Năm trước<"):
        assert text in shown


@pytest.mark.parametrize(
    ("value", "before", "text"),
    [(9.0, 8.0, "+12,5%"), (8.0, 8.0, "không đổi"), (3.0, 0.0, NONE), (0.0, 4.0, "-100%")],
)
def test_percent_of_a_count(value, before, text):
    assert show_percent_change(value, before) == text


def test_figures_on_todays_map_take_the_place_of_those_reported():
    today = {"view": "as_today", "expected_units": 16, "reporting_units": 16}
    carried = [
        _row("2019", None, **today | {"state": "not_splittable"}),
        _row("2020", None, **today | {"state": "listed"}),
    ]
    said = series(_wh([*BROKEN, *carried]), PERIOD)
    assert said.moved
    assert list(said.rows["shown"]) == ["không tách được", "theo từng đơn vị cũ"]
    shown = longer_tables.parts(said, number=3, illustrative=True).markup
    assert "Bản đồ đã đổi giữa các kỳ" in shown
    assert not series(_wh(BROKEN), PERIOD).moved


def test_half_year_has_no_parts():
    wh = Frames(eval__indicator_values=made("eval.indicator_values", [figure("rp.on_time_rate")]))
    said = series(wh, "2021-H1")
    assert said.parts == {}
    assert said.rows.empty
    assert isinstance(said.figures, pd.DataFrame)
