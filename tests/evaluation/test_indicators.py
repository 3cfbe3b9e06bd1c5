"""Numerator, denominator, value, state and coverage of every kind of measure."""

import datetime as dt

import pandas as pd
import pytest

from pipelines.evaluation.ranking import RankingError
from pipelines.evaluation.scopes import UnknownScopeError

COMMUNES = ["tt", "xa-1", "xa-2", "xa-3"]
COUNT = {
    "id": "t.count",
    "numerator": {"kind": "count", "element": "ld.programme_issued"},
    "denominator": {"kind": "units"},
    "per_unit": True,
    "better": "higher",
}
SUM = {
    "id": "t.sum",
    "numerator": {"kind": "sum", "elements": ["xa.petitions_carried", "xa.petitions_received"]},
    "display": {"format": "count"},
}
PETITIONS = {
    "id": "t.petitions",
    "numerator": {"kind": "sum", "elements": ["xa.petitions_resolved"]},
    "denominator": {"kind": "sum", "elements": ["xa.petitions_carried", "xa.petitions_received"]},
    "per_unit": True,
}
AVERAGE = {
    "id": "t.average",
    "population": "ntm_communes",
    "numerator": {"kind": "sum", "elements": ["ntm.criteria_met"]},
    "denominator": {"kind": "units"},
    "bounded": False,
    "display": {"format": "number", "digits": 1},
}


def said(row: pd.Series) -> tuple:
    """Numerator, denominator, value and state of a row; None where empty."""
    numbers = [None if pd.isna(row[name]) else row[name] for name in _NUMBERS]
    return (*numbers, row["state"])


_NUMBERS = ["numerator", "denominator", "value"]


def answers(element: str, *given: object) -> dict[tuple[str, str], object]:
    """One element answered by the communes in official order; fewer answers: the rest is silent."""
    return {(unit, element): value for unit, value in zip(COMMUNES, given, strict=False)}


@pytest.mark.parametrize(
    ("given", "expected", "asked"),
    [
        ((True, True, False, True), (3, 4, 75, "value"), (4, 4)),
        ((False, False, False, False), (0, 4, 0, "zero"), (4, 4)),
        ((True, None), (1, 4, 25, "value"), (4, 1)),
        ((), (None, 4, None, "missing"), (4, 0)),
        (("x", True, False), (1, 3, pytest.approx(100 / 3), "value"), (3, 2)),
        (("x", "x", "x", "x"), (None, None, None, "not_applicable"), (0, 0)),
    ],
)
def test_counts_of_units(evaluate, with_indicators, given, expected, asked):
    row = evaluate(answers("ld.programme_issued", *given), with_indicators(COUNT)).loc[
        ("h", "t.count")
    ]
    assert said(row) == expected
    assert (row["expected_units"], row["reporting_units"]) == asked
    coverage = asked[1] / asked[0] if asked[0] else float("nan")
    assert row["coverage"] == pytest.approx(coverage, nan_ok=True)


def test_a_sum_needs_all_its_elements(evaluate, with_indicators):
    given = answers("xa.petitions_carried", 1, 2, 3, 4) | answers("xa.petitions_received", 10, 20)
    row = evaluate(given, with_indicators(SUM)).loc[("h", "t.sum")]
    assert said(row) == (33, None, 33, "value")
    assert (row["expected_units"], row["reporting_units"]) == (4, 2)


def test_a_rate_of_sums_uses_units_where_both_sides_are_known(evaluate, with_indicators):
    given = (
        answers("xa.petitions_resolved", 5, 1, None, 7)
        | answers("xa.petitions_carried", 4, 0, 2, None)
        | answers("xa.petitions_received", 6, 10, 0, 9)
    )
    row = evaluate(given, with_indicators(PETITIONS)).loc[("h", "t.petitions")]
    assert said(row) == (6, 20, 30, "value")
    assert (row["expected_units"], row["reporting_units"]) == (4, 2)


def test_nothing_to_divide_by_is_not_missing(evaluate, with_indicators):
    given = {
        (unit, element): 0
        for unit in COMMUNES
        for element in ("xa.petitions_resolved", "xa.petitions_carried", "xa.petitions_received")
    }
    values = evaluate(given, with_indicators(PETITIONS), scopes=("h", "xa-1"))
    for scope in ("h", "xa-1"):
        row = values.loc[(scope, "t.petitions")]
        assert said(row) == (0, 0, None, "not_applicable")
        assert row[["lower", "upper"]].isna().all()


def test_a_silent_unit_stays_in_the_denominator_of_units(evaluate, with_indicators):
    given = {("xa-1", "ntm.criteria_met"): 19, ("xa-2", "ntm.criteria_met"): 10}
    row = evaluate(given, with_indicators(AVERAGE)).loc[("h", "t.average")]
    assert said(row) == (29, 3, pytest.approx(29 / 3), "value")
    assert (row["lower"], row["upper"]) == (pytest.approx(29 / 3), pytest.approx(48 / 3))


def test_the_town_is_outside_the_new_countryside_population(evaluate, with_indicators):
    given = answers("ntm.recognised", "x", True, True, False)
    row = evaluate(given, with_indicators("ntm.recognised_rate")).loc[("h", "ntm.recognised_rate")]
    assert said(row) == (2, 3, pytest.approx(200 / 3), "value")


def test_times_multiplies_the_population(evaluate, with_indicators):
    given = answers("xa.schedule_months", 6, 6, 3, 0)
    row = evaluate(given, with_indicators("xa.schedule_rate")).loc[("h", "xa.schedule_rate")]
    assert said(row) == (15, 24, 62.5, "value")


@pytest.mark.parametrize(
    ("text", "expected"), [("Có", (1, 4, 25, "value")), (None, (None, 4, None, "missing"))]
)
def test_texts_are_counted_by_their_text(evaluate, with_indicators, text, expected):
    wanted = COUNT | {
        "id": "t.text",
        "numerator": {"kind": "count", "element": "cq.conference_on", "equals": "Có"},
    }
    given = {("xa-1", "cq.conference_on"): text, ("xa-2", "cq.conference_on"): text and "Không"}
    assert said(evaluate(given, with_indicators(wanted)).loc[("h", "t.text")]) == expected


# --- ranks


@pytest.mark.parametrize(
    ("recognised", "criteria", "n", "expected"),
    [
        ((False, False, False), (17, 13, 12), 1, (17, "value", 17, 17)),
        ((False, False, False), (17, 13, 12), 3, (12, "value", 12, 12)),
        ((True, False, False), (19, 13, 12), 1, (13, "value", 13, 13)),
        ((True, False, False), (19, 13, 12), 3, (None, "not_applicable", None, None)),
        ((True, False, None), (19, 13, 12), 1, (13, "value", 13, 13)),
        ((True, False, None), (19, 13, 16), 1, (13, "value", 13, 16)),
        ((True, False, False), (19, None, 12), 1, (12, "value", 12, 19)),
        ((True, False, False), (19, None, None), 1, (None, "missing", 0, 19)),
        ((True, False, False), (19, None, 12), 2, (None, "missing", 0, 12)),
        ((None, None, None), (None, None, None), 1, (None, "missing", None, 19)),
        (("x", False, False), ("x", 13, 12), 2, (12, "value", 12, 12)),
        ((False, False, False), (0, 0, 0), 1, (0, "zero", 0, 0)),
    ],
)
def test_ranks(evaluate, with_indicators, recognised, criteria, n, expected):
    given = answers("ntm.recognised", "x", *recognised) | answers(
        "ntm.criteria_met", "x", *criteria
    )
    name = f"ntm.remaining_{n}"
    row = evaluate(given, with_indicators(name)).loc[("h", name)]
    found = [None if pd.isna(row[c]) else row[c] for c in ("value", "state", "lower", "upper")]
    assert tuple(found) == expected
    assert pd.isna(row["numerator"]) == pd.isna(row["value"])
    assert row["expected_units"] == 3 - recognised.count("x")


def test_a_rank_has_no_denominator(evaluate, with_indicators):
    rank = {"kind": "nth_largest", "element": "ntm.criteria_met", "n": 1}
    wanted = with_indicators({"id": "t.r", "numerator": rank, "denominator": {"kind": "units"}})
    with pytest.raises(RankingError, match=r"t\.r"):
        evaluate({}, wanted)


# --- registers and reports


def test_rows_are_counted_inside_the_window(evaluate, with_indicators, dossiers):
    rows = dossiers(
        ("xa-1", "2020-12-14", "2020-12-20"),  # received before, resolved inside
        ("xa-1", "2020-12-15", "2020-12-20"),
        ("xa-2", "2021-06-14", "2021-06-14"),
        ("xa-2", "2021-06-14", "2021-06-15"),  # resolved after
        ("xa-3", "2021-06-01", None),
    )
    wanted = with_indicators("tthc.resolution_rate", "tthc.pending", "tthc.online_rate")
    values = evaluate({}, wanted, registers={"dossiers": rows})
    assert said(values.loc[("h", "tthc.resolution_rate")]) == (3, 4, 75, "value")
    assert said(values.loc[("h", "tthc.pending")]) == (1, None, 1, "value")
    assert said(values.loc[("h", "tthc.online_rate")]) == (2, 4, 50, "value")
    assert set(values["coverage"]) == {1.0}


def test_a_register_that_never_came_is_missing_and_an_empty_one_zero(
    evaluate, with_indicators, dossiers
):
    wanted = with_indicators("tthc.resolution_rate", "tthc.pending")
    absent = evaluate({}, wanted)
    assert said(absent.loc[("h", "tthc.pending")]) == (None, None, None, "missing")
    assert said(absent.loc[("h", "tthc.resolution_rate")]) == (None, None, None, "missing")
    assert list(absent["expected_units"]) == [1, 1]
    assert list(absent["reporting_units"]) == [0, 0]
    empty = evaluate({}, wanted, registers={"dossiers": dossiers()})
    assert said(empty.loc[("h", "tthc.pending")]) == (0, None, 0, "zero")
    assert said(empty.loc[("h", "tthc.resolution_rate")]) == (0, 0, None, "not_applicable")


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ({"column": "resolved_on", "is_present": True}, 1),
        ({"column": "resolved_on", "is_present": False}, 2),
        ({"column": "status", "equals": "Đang giải quyết"}, 2),
        ({"column": "status", "among": ["Đang giải quyết", "Đã giải quyết"]}, 3),
        ({"column": "resolved_on", "in_window": True}, 1),
    ],
)
def test_each_filter(evaluate, with_indicators, dossiers, test, expected):
    rows = dossiers(
        ("xa-1", "2021-01-01", "2021-01-02"),
        ("xa-1", "2021-01-01", None),
        ("h", "2021-01-01", None),
    )
    measure = {"kind": "rows", "register_id": "dossiers", "where": [test]}
    wanted = with_indicators({"id": "t.rows", "numerator": measure, "per_unit": True})
    values = evaluate({}, wanted, registers={"dossiers": rows}, scopes=("h", "xa-1", "xa-2"))
    assert values.loc[("h", "t.rows"), "value"] == expected
    assert values.loc[("xa-2", "t.rows"), "state"] == "zero"


def test_a_filter_that_tests_nothing_is_an_error(evaluate, with_indicators, dossiers):
    measure = {"kind": "rows", "register_id": "dossiers", "where": [{"column": "status"}]}
    wanted = with_indicators({"id": "t.rows", "numerator": measure})
    with pytest.raises(ValueError, match="tests nothing"):
        evaluate({}, wanted, registers={"dossiers": dossiers(("xa-1", "2021-01-01", None))})


def test_rows_over_an_element_need_both(evaluate, with_indicators, dossiers):
    wanted = with_indicators(
        {
            "id": "t.mixed",
            "population": "district",
            "numerator": {"kind": "rows", "register_id": "dossiers"},
            "denominator": {"kind": "sum", "elements": ["bcd.inspections_planned"]},
        }
    )
    planned = {("h", "bcd.inspections_planned"): 4}
    rows = {"dossiers": dossiers(("xa-1", "2021-01-01", None))}
    row = evaluate(planned, wanted, registers=rows).loc[("h", "t.mixed")]
    assert said(row) == (1, 4, 25, "value")
    assert (row["expected_units"], row["reporting_units"]) == (2, 2)
    half = evaluate({}, wanted, registers=rows).loc[("h", "t.mixed")]
    assert said(half) == (1, None, None, "missing")
    assert half["coverage"] == 0.5


def test_rows_per_unit_of_a_population(evaluate, with_indicators, dossiers):
    wanted = with_indicators(
        {
            "id": "t.per_commune",
            "numerator": {"kind": "rows", "register_id": "dossiers"},
            "denominator": {"kind": "units"},
            "bounded": False,
            "display": {"format": "number", "digits": 1},
        }
    )
    rows = dossiers(("xa-1", "2021-01-01", None), ("xa-2", "2021-01-01", None))
    row = evaluate({}, wanted, registers={"dossiers": rows}).loc[("h", "t.per_commune")]
    assert said(row) == (2, 4, 0.5, "value")
    assert (row["expected_units"], row["reporting_units"]) == (1, 1)


def test_reports_are_counted_by_state(evaluate, with_indicators):
    states = {"xa-1": "on_time", "xa-2": "late", "xa-3": "missing", "dn-1": "returned"}
    owed = pd.DataFrame(
        {"unit_id": list(states), "state": list(states.values()), "period": "2021-H1"}
    )
    wanted = with_indicators("rp.completeness_rate", "rp.on_time_rate")
    values = evaluate({}, wanted, reporting=owed)
    assert said(values.loc[("h", "rp.completeness_rate")]) == (2, 4, 50, "value")
    assert said(values.loc[("h", "rp.on_time_rate")]) == (1, 4, 25, "value")
    assert list(values["expected_units"]) == [4, 4]
    assert list(values["coverage"]) == [1, 1]


# --- scopes, periods, flags


def test_units_get_the_indicators_shown_per_unit_of_their_population(evaluate, with_indicators):
    wanted = with_indicators(COUNT, SUM | {"per_unit": False}, "dn.conference_rate")
    given = {("xa-1", "ld.programme_issued"): True, ("dn-1", "dn.conference_held"): False}
    values = evaluate(given, wanted, scopes=("h", "xa-1", "dn-1", "mc"))
    assert set(values.index) == {
        ("h", "t.count"),
        ("h", "t.sum"),
        ("h", "dn.conference_rate"),
        ("xa-1", "t.count"),
        ("dn-1", "dn.conference_rate"),
    }
    assert said(values.loc[("xa-1", "t.count")]) == (1, 1, 100, "value")
    assert said(values.loc[("dn-1", "dn.conference_rate")]) == (0, 1, 0, "zero")


def test_a_scope_that_does_not_exist_is_an_error(evaluate, with_indicators):
    with pytest.raises(UnknownScopeError, match="xa-99"):
        evaluate({}, with_indicators(COUNT), scopes=("h", "xa-99"))


def test_other_periods_are_left_out(evaluate, with_indicators):
    later = {
        "period": "2021-H2",
        "ends_on": dt.date(2021, 12, 31),
        "window_from": dt.date(2021, 6, 15),
        "window_to": dt.date(2021, 12, 14),
    }
    row = evaluate(answers("ld.programme_issued", True), with_indicators(COUNT), period=later).loc[
        ("h", "t.count")
    ]
    assert said(row) == (None, 4, None, "missing")


def test_an_indicator_outside_its_dates_has_no_row(evaluate, with_indicators):
    old = COUNT | {"id": "t.old", "valid_to": "2021-06-29"}
    assert list(evaluate({}, with_indicators(COUNT, old)).index) == [("h", "t.count")]


def test_a_population_without_units_is_not_missing(evaluate, with_indicators):
    row = evaluate({}, with_indicators("cq.regulation_rate")).loc[("h", "cq.regulation_rate")]
    assert said(row) == (None, None, None, "not_applicable")
    assert row["expected_units"] == 0
    assert row[["coverage", "lower", "upper"]].isna().all()


def test_a_review_counts_rows_between_its_own_dates(evaluate, with_indicators, dossiers):
    review = {
        "period": "2021-H1",
        "starts_on": dt.date(2021, 1, 1),
        "ends_on": dt.date(2021, 6, 30),
        "window_from": pd.NaT,
        "window_to": pd.NaT,
    }
    rows = dossiers(("xa-1", "2020-12-31", None), ("xa-1", "2021-06-30", None))
    values = evaluate(
        {}, with_indicators("tthc.online_rate"), registers={"dossiers": rows}, period=review
    )
    assert values.loc[("h", "tthc.online_rate"), "denominator"] == 1


def test_illustrative_units_mark_every_scope_above(evaluate, with_indicators):
    assert evaluate({}, with_indicators(COUNT))["is_illustrative"].all()


def test_the_shipped_indicators_all_evaluate_without_any_input(evaluate, catalogue):
    values = evaluate({}, catalogue)
    current = {i.id for i in catalogue.indicators.values() if i.in_force(dt.date(2021, 6, 30))}
    assert set(values.index.get_level_values("indicator")) == current
    assert set(values["state"]) == {"missing", "not_applicable"}
    assert values["value"].isna().all()
