"""The small API of notebooks on a warehouse with known figures."""

import pandas as pd
import pytest

from pipelines.analysis import findings, indicators, registers, reporting, units
from pipelines.analysis.scope import NoRequest, published_on, report_scope, scope_facts
from pipelines.analysis.shown import NOTHING_HAPPENED, show, show_exact_rate, show_interval
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.measures import RowsMeasure
from pipelines.vietnamese.numbers import NO_DATA
from pipelines.warehouse.reader import Warehouse
from tests.reports.small import BLANK, PERIOD, RETURNED, SCOPE, SILENT


@pytest.mark.parametrize(
    ("value", "display", "digits", "text"),
    [
        (86.6667, "rate", 0, "87%"),
        (86.6667, "rate", 2, "86,67%"),
        (100.0, "rate", 2, "100%"),
        (7.0, "count", 0, "07"),
        (52620.0, "count", 0, "52.620"),
        (17.4, "number", 1, "17,4"),
        (46_920_000_000.0, "money", 0, "46.920 triệu đồng"),
        (float("nan"), "rate", 2, NO_DATA),
        (None, "count", 0, NO_DATA),
        (0.0, "count", 0, "0"),
    ],
)
def test_show(value, display, digits, text):
    assert show(value, display, digits) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(86.6667, 0, "86,67%"), (100.0, 0, ""), (73.333, 1, ""), (None, 0, ""), (99.999, 0, "")],
)
def test_exact_rate_only_where_rounding_hides_something(value, digits, text):
    assert show_exact_rate(value, digits) == text


def test_interval_of_a_sum_tells_only_its_lower_end():
    assert show_interval(80.0, 87.0, "rate", 0) == "từ 80% đến 87%"
    assert show_interval(12.0, 900.0, "count", 0) == "ít nhất 12"
    assert show_interval(12.0, 12.0, "count", 0) == ""
    assert show_interval(None, 12.0, "count", 0) == ""


def test_scope_comes_from_the_request(wh: Warehouse):
    scope = report_scope(wh, PERIOD)
    assert (scope.scope_id, scope.name, scope.round_vi) == (SCOPE, "Huyện minh họa", "Số ước")
    assert scope.is_illustrative
    facts = scope_facts(wh, scope)
    assert facts["Số liệu tính đến ngày"] == "31/05/2021"
    assert facts["Báo cáo được chấp nhận"] == "59/61"
    assert published_on(wh, PERIOD) == pd.Timestamp("2021-06-10")


def test_period_without_request_is_refused(wh: Warehouse):
    with pytest.raises(NoRequest, match="2016-H1"):
        report_scope(wh, "2016-H1")


def test_headline_stands_beside_what_was_published(wh: Warehouse):
    frame = indicators.headline(wh, PERIOD).set_index("indicator").to_dict("index")
    row = frame["dn.conference_rate"]
    assert (row["fraction"], row["shown"], row["exact"]) == ("13/15", "87%", "86,67%")
    assert (row["published"], row["agrees"]) == ("13/15 = 87%", True)
    assert row["figure_id"] == f"{PERIOD}/dn.conference_rate@{SCOPE}"
    assert frame["tthc.resolution_rate"]["agrees"] is False
    assert frame["nv.posts_streamlined"]["denominator_shown"] == "–"
    # the returned report leaves its unit open: 23 known of 24
    assert frame["cq.conference_rate"]["interval"] == "từ 96% đến 100%"
    assert frame["cq.conference_rate"]["coverage_shown"] == "23/24"


def test_four_pillars_before_july_2023(wh: Warehouse):
    assert list(indicators.pillars(wh, PERIOD)["pillar_label"].unique()) == [
        "Dân biết",
        "Dân bàn",
        "Dân làm",
        "Dân kiểm tra",
    ]


def test_communes_stand_in_official_order_with_the_town_first(wh: Warehouse):
    frame = indicators.communes_side_by_side(wh, PERIOD)
    names = list(frame["unit"].drop_duplicates())
    assert names == ["Thị trấn minh họa", *(f"Xã minh họa {n:02d}" for n in range(1, 16))]
    cell = frame[(frame["unit_id"] == BLANK) & (frame["indicator"] == "xa.contribution_money")]
    assert list(cell["shown"]) == [NO_DATA]


def test_nothing_to_divide_by_is_not_missing(wh: Warehouse):
    table = wh.table("eval.indicator_values")
    chosen = (table["indicator"] == "xa.publish_rate") & (table["scope_id"] == SCOPE)
    table.loc[chosen, ["numerator", "denominator"]] = 0.0
    table.loc[chosen, "value"] = float("nan")
    table.loc[chosen, "state"] = "not_applicable"

    class Changed:
        def table(self, name: str, /) -> pd.DataFrame:
            return table if name == "eval.indicator_values" else wh.table(name)

    frame = indicators.scope_values(Changed(), PERIOD).set_index("indicator")
    assert frame.loc["xa.publish_rate", "shown"] == NOTHING_HAPPENED


def test_rates_that_stand_on_fewer_units(wh: Warehouse):
    frame = indicators.partly_covered(wh, PERIOD)
    assert (frame["coverage"] < 1).all()
    assert "cq.conference_rate" in set(frame["indicator"])
    assert "dn.conference_rate" not in set(frame["indicator"])


def test_evidence_example_is_a_headline_figure(wh: Warehouse):
    assert indicators.evidence_example(wh, PERIOD) == f"{PERIOD}/dn.conference_rate@{SCOPE}"


def test_reporting_matrix_counts_every_owed_report_once(wh: Warehouse):
    matrix = reporting.reporting_matrix(wh, PERIOD).set_index("group")
    assert list(matrix.index) == [
        "Xã, thị trấn",
        "Cơ quan, đơn vị sự nghiệp",
        "Doanh nghiệp",
        "Cơ quan cung cấp số liệu",
    ]
    assert list(matrix["owed"]) == [16, 24, 15, 6]
    assert list(matrix.loc["Doanh nghiệp", ["on_time", "late", "returned", "missing"]]) == [
        14,
        0,
        0,
        1,
    ]
    assert (matrix.drop(columns="owed").sum(axis=1) == matrix["owed"]).all()


def test_units_to_be_urged_stand_in_official_order(wh: Warehouse):
    frame = reporting.to_be_urged(wh, PERIOD)
    assert list(frame["state_vi"]) == ["Trễ hạn", "Trả lại", "Chưa nộp"]


def test_new_countryside_leaves_the_town_out(wh: Warehouse):
    frame = units.ntm_distribution(wh, PERIOD)
    assert len(frame) == 15
    assert frame["criteria_met"].sum() == 261
    assert list(frame.loc[~frame["recognised"].astype(bool), "criteria_met"]) == [17, 13, 12, 10]
    assert units.outside_ntm(wh, PERIOD) == ["Thị trấn minh họa"]


def test_conferences_do_not_take_missing_for_no(wh: Warehouse):
    frame = units.conferences(wh, PERIOD)
    agencies = frame[frame["indicator"] == "cq.conference_rate"]
    enterprises = frame[frame["indicator"] == "dn.conference_rate"]
    assert (len(agencies), agencies["held"].sum(), agencies["held"].isna().sum()) == (24, 23, 1)
    assert (len(enterprises), enterprises["held"].sum()) == (15, 13)


def test_dossiers_flow_month_by_month(wh: Warehouse):
    flow = registers.dossier_flow(wh, PERIOD)
    assert list(flow["received"]) == [20] * 5
    assert list(flow["resolved"]) == [20, 20, 20, 20, 19]
    assert list(flow["open_at_end"]) == [0, 0, 0, 0, 1]
    assert registers.dossier_flow(wh, "2020-H2").empty


def test_dossiers_by_channel_add_up(wh: Warehouse):
    totals = registers.dossier_summary(wh, PERIOD)
    assert totals["received"].sum() == 100
    assert totals["pending"].sum() == 1


def test_inspections_are_counted_apart(wh: Warehouse):
    assert registers.inspection_summary(wh, PERIOD).to_dict("records") == [
        {"kind": "Kiểm tra", "planned": 5, "done": 2, "open": 3},
        {"kind": "Giám sát", "planned": 2, "done": 1, "open": 1},
    ]


def test_findings_stand_worst_first(wh: Warehouse):
    assert list(findings.findings_summary(wh, PERIOD)["severity"]) == [
        "error",
        "warning",
        "review",
        "review",
    ]
    assert findings.findings_top(wh, PERIOD, per_rule=1)["rule"].is_unique


def test_review_notes_name_the_figures_they_touch(wh: Warehouse):
    notes = findings.review_notes(wh, PERIOD)
    touched = notes.groupby("rule")["indicator"].agg(set)
    assert "tthc.resolution_rate" in touched["HS-04"]
    assert touched["PV-01"] == {"dn.conference_rate"}


def test_missing_values_are_listed_with_their_reason(wh: Warehouse):
    frame = findings.no_data(wh, PERIOD).set_index("unit_id").to_dict("index")
    assert (frame[BLANK]["missing"], frame[BLANK]["reason"]) == (1, "ô để trống")
    assert frame[RETURNED]["reason"] == "báo cáo bị trả lại"
    assert frame[SILENT]["reason"] == "chưa nộp báo cáo"
    assert "chỉ tiêu khác" in frame[SILENT]["elements"]
    # only registers that nobody has to send are without figures
    unknown = findings.missing_indicators(wh, PERIOD)["indicator"]
    counted = [load_catalogue().indicators[name].numerator for name in unknown]
    registers_of = {each.register_id for each in counted if isinstance(each, RowsMeasure)}
    assert len(registers_of) > 0
    assert all(isinstance(each, RowsMeasure) for each in counted)
    assert not registers_of & {"dossiers", "inspections"}
