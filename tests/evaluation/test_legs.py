"""Legs of a change: each cause in its own leg, and the sum is the change."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.evaluation.legs import ABSENT, KNOWN, LEGS, LegsBroken, changed, check_sums, legs

COLUMNS = ["scope_id", "indicator", "view", "numerator", "denominator", "value", "state"]
amounts = st.one_of(
    st.just(np.nan),
    st.integers(-(10**6), 10**6).map(float),
    st.floats(-1e6, 1e6, allow_nan=False).filter(lambda each: each == 0 or abs(each) > 1e-3),
)


def figures(*rows: tuple[str, float, float, float], view: str = "as_reported") -> pd.DataFrame:
    """Values of one scope: indicator, numerator, denominator, value."""
    frame = pd.DataFrame(
        [
            ("s", name, view, n, d, v, "missing" if np.isnan(v) else "value")
            for name, n, d, v in rows
        ],
        columns=COLUMNS,
    )
    return frame.astype({"scope_id": "str", "indicator": "str", "view": "str", "state": "str"})


def one(number: float) -> pd.DataFrame:
    return figures(("i", number, np.nan, number))


def many(numbers: Sequence[float]) -> pd.DataFrame:
    """A figure without a denominator per number."""
    return figures(*((f"i{place}", n, np.nan, n) for place, n in enumerate(numbers)))


def value_row(states: list[pd.DataFrame]) -> pd.Series:
    frame = legs(states)
    return frame[frame["part"] == "value"].iloc[0]


@given(st.lists(st.lists(amounts, min_size=6, max_size=6), min_size=1, max_size=30))
@settings(max_examples=15, deadline=None)
def test_known_before_and_after_adds_up(rows: list[list[float]]) -> None:
    frame = legs([many([row[place] for row in rows]) for place in range(6)])
    numbers = {f"i{number}": row for number, row in enumerate(rows)}
    told = frame[frame["part"] == "value"].set_index("indicator")
    ends = {name: (row[0], row[-1]) for name, row in numbers.items()}
    assert set(told.index) == {n for n, both in ends.items() if not np.isnan(both).all()}
    for name, row in told.iterrows():
        before, after = ends[str(name)]
        steps = [row[leg] for leg in LEGS]
        if np.isnan([before, after]).any():
            assert np.isnan(steps).any(), "a beginning or an end has no amount"
            assert KNOWN in {row["before_state"], row["after_state"]}
        else:
            assert sum(steps) == pytest.approx(after - before, rel=1e-9, abs=1e-6)


@given(
    st.integers(0, 4),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=30),
)
@settings(max_examples=15, deadline=None)
def test_a_single_cause_has_its_leg_to_itself(place: int, rows: list[tuple[int, int]]) -> None:
    before, after = many([row[0] for row in rows]), many([row[1] for row in rows])
    frame = legs([before] * (place + 1) + [after] * (5 - place))
    assert (frame[LEGS[place]] == frame["after"] - frame["before"]).all()
    others = [leg for leg in LEGS if leg != LEGS[place]]
    assert (frame[others] == 0).all(axis=None)
    assert len(frame) == 2 * len(rows)


@pytest.mark.parametrize("place", range(5))
def test_a_figure_that_came_is_not_counted_from_zero(place: int) -> None:
    row = value_row([one(np.nan)] * (place + 1) + [one(5.0)] * (5 - place))
    assert np.isnan(row["before"])
    assert row["after"] == 5
    assert (row["before_state"], row["after_state"]) == ("missing", KNOWN)
    assert row["came_with"] == LEGS[place]
    assert pd.isna(row["went_with"])
    assert np.isnan(row[LEGS[place]])
    assert all(row[leg] == 0 for leg in LEGS if leg != LEGS[place])


def test_a_figure_that_ended_says_with_what() -> None:
    row = value_row([one(5.0), one(6.0), figures(), figures(), figures(), figures()])
    assert (row["before_state"], row["after_state"]) == (KNOWN, ABSENT)
    assert row["boundary"] == 1
    assert np.isnan(row["catalogue"])
    assert row["went_with"] == "catalogue"


def test_legs_after_a_beginning_are_counted_from_it() -> None:
    row = value_row([figures(), figures(), one(5.0), one(5.0), one(9.0), one(8.0)])
    assert row["before_state"] == ABSENT
    assert row["came_with"] == "catalogue"
    assert list(row[["corrections", "resubmissions", "new_reports"]]) == [0, 4, -1]


def test_a_gap_in_between_is_told_and_still_adds_up() -> None:
    row = value_row([one(5.0), one(np.nan), one(8.0), one(8.0), one(8.0), one(9.0)])
    assert (row["went_with"], row["came_with"]) == ("boundary", "catalogue")
    assert list(row[list(LEGS)]) == [0, 3, 0, 0, 1]


def test_other_views_are_left_out() -> None:
    frame = legs([pd.concat([one(1.0), figures(("i", 7, 7, 7), view="as_today")])] * 6)
    assert set(frame["after"]) == {1.0}
    assert set(legs([figures(("i", 7, 7, 7), view="as_today")] * 6, "as_today")["after"]) == {7.0}


def test_numerator_and_denominator_stand_beside_the_value() -> None:
    before, after = figures(("i", 13, 15, 1300 / 15)), figures(("i", 13, 14, 1300 / 14))
    frame = legs([before] * 2 + [after] * 4).set_index("part")
    assert frame.loc["numerator", "catalogue"] == 0
    assert frame.loc["denominator", "catalogue"] == -1
    assert frame.loc["value", "catalogue"] == pytest.approx(1300 / 14 - 1300 / 15)
    assert set(changed(frame.reset_index())["part"]) == {"denominator", "value"}


def test_what_came_back_to_where_it_was_has_changed() -> None:
    frame = legs([one(1.0), one(2.0), one(2.0), one(1.0), one(1.0), one(1.0)])
    assert len(changed(frame)) == 2


def test_legs_that_do_not_add_up_are_refused() -> None:
    frame = legs([one(1.0)] * 5 + [one(2.0)])
    with pytest.raises(LegsBroken, match="s/i/numerator"):
        check_sums(frame.assign(boundary=0.5))
    with pytest.raises(LegsBroken):
        check_sums(frame.assign(boundary=np.nan))


def test_five_states_are_not_enough() -> None:
    with pytest.raises(ValueError, match="5 states, expected 6"):
        legs([one(1.0)] * 5)
