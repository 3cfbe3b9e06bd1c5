import datetime as dt

import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.evaluation.comparisons import comparisons

CATALOGUE = load_catalogue()
PERIOD = {
    "period": "2021-H1",
    "ends_on": dt.date(2021, 6, 30),
    "previous": "2020-H2",
    "same_period": "2020-H1",
}
AS_OF = pd.Timestamp("2021-06-10", tz="Asia/Ho_Chi_Minh")


def values(period: str, indicator: str, value: float | None, *, known=15, expected=15):
    row = {
        "scope_id": "huyen-mh-1",
        "period": period,
        "indicator": indicator,
        "view": "as_reported",
        "numerator": value,
        "denominator": None,
        "value": value,
        "state": "missing" if value is None else "value",
        "text": None,
        "expected_units": expected,
        "reporting_units": known,
        "coverage": known / expected,
        "lower": value,
        "upper": value,
        "as_of": AS_OF,
        "is_illustrative": True,
    }
    contract = table_contract(CATALOGUE, "eval.indicator_values")
    return contract.conform(pd.DataFrame([row]))


def target(
    value: float,
    indicator: str,
    valid_from: str = "2021-01-01",
    valid_to: str | None = "2021-12-31",
):
    return {
        "target_id": f"t-{indicator}-{valid_from}",
        "scope_id": "huyen-mh-1",
        "indicator": indicator,
        "value": value,
        "valid_from": pd.Timestamp(valid_from),
        "valid_to": pd.Timestamp(valid_to) if valid_to else None,
        "source": "Kế hoạch minh họa",
        "is_illustrative": True,
    }


def compare(now, earlier=None, targets=()):
    contract = table_contract(CATALOGUE, "ref.targets")
    frame = contract.conform(pd.DataFrame(list(targets))) if targets else contract.empty()
    found = comparisons(
        values=now, earlier=earlier or {}, targets=frame, catalogue=CATALOGUE, period=PERIOD
    )
    return {str(row["against"]): row for row in found.to_dict("records")}


def test_both_known_and_alike_may_be_compared():
    now = values("2021-H1", "xa.dialogues", 42)
    then = values("2020-H1", "xa.dialogues", 40)
    row = compare(now, {"2020-H1": then})["same_period"]
    assert (row["reference"], row["difference"], row["comparable"]) == (40, 2, True)
    assert row["reference_period"] == "2020-H1"
    assert pd.isna(row["why_not"])


@pytest.mark.parametrize(
    ("now", "then", "why"),
    [
        ({"value": None}, {"value": 40}, "Kỳ này chưa có số liệu."),
        ({"value": 42}, {"value": None}, "Kỳ 2020-H1 chưa có số liệu."),
        ({"value": 42}, {"value": 40, "expected": 14, "known": 14}, "Số đơn vị phải có khác"),
        ({"value": 42, "known": 14}, {"value": 40}, "Độ phủ chưa đủ: 14/15 kỳ này, 15/15"),
        ({"value": 42}, {"value": 40, "known": 13}, "Độ phủ chưa đủ: 15/15 kỳ này, 13/15"),
    ],
)
def test_why_not(now, then, why):
    found = compare(
        values("2021-H1", "xa.dialogues", **now),
        {"2020-H1": values("2020-H1", "xa.dialogues", **then)},
    )
    row = found["same_period"]
    assert not row["comparable"]
    assert row["why_not"].startswith(why)


def test_a_period_without_figures_is_said():
    row = compare(values("2021-H1", "xa.dialogues", 42))["previous"]
    assert row["why_not"] == "Kỳ 2020-H2 chưa có số liệu."
    assert pd.isna(row["difference"])


def test_a_figure_of_the_year_is_not_set_beside_the_half_before():
    now = values("2021-H1", "bcd.inspections_planned", 7, known=1, expected=1)
    then = values("2020-H2", "bcd.inspections_planned", 6, known=1, expected=1)
    found = compare(now, {"2020-H2": then, "2020-H1": then.assign(period="2020-H1")})
    assert not found["previous"]["comparable"]
    assert found["same_period"]["comparable"]
    assert found["previous"]["difference"] == 1  # the numbers stand, the verdict does not


@pytest.mark.parametrize(
    ("value", "wanted", "met"), [(100, 98, True), (97.9, 98, False), (98, 98, True)]
)
def test_a_target_is_met_or_not(value, wanted, met):
    now = values("2021-H1", "cq.conference_rate", value, known=24, expected=24)
    row = compare(now, targets=[target(wanted, "cq.conference_rate")])["target"]
    assert (row["reference"], bool(row["met"]), row["source"]) == (wanted, met, "Kế hoạch minh họa")


def test_only_a_target_in_force_at_the_end_counts_and_the_newest_wins():
    now = values("2021-H1", "cq.conference_rate", 100, known=24, expected=24)
    old = target(90, "cq.conference_rate", "2020-01-01", "2020-12-31")
    wide = target(95, "cq.conference_rate", "2020-06-01", None)
    new = target(99, "cq.conference_rate")
    assert "target" not in compare(now, targets=[old])
    assert compare(now, targets=[old, wide, new])["target"]["reference"] == 99


def test_no_verdict_where_more_is_not_better():
    now = values("2021-H1", "nv.posts_streamlined", 40, known=1, expected=1)
    row = compare(now, targets=[target(35, "nv.posts_streamlined")])["target"]
    assert pd.isna(row["met"])
