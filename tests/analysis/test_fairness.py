"""Comparison that is fair: peers from lists, orders with their doubt, chance in small numbers."""

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.analysis.fairness import (
    beside_peers,
    funnel,
    peer_groups,
    rank_stability,
    too_perfect,
)


class Two:
    """Tables of a warehouse."""

    def __init__(self, **tables: pd.DataFrame) -> None:
        self._tables = {name.replace("__", "."): frame for name, frame in tables.items()}

    def table(self, name: str) -> pd.DataFrame:
        return self._tables[name]


def units(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["unit_id", "kind", "valid_to"])
    return frame.assign(
        name=frame["unit_id"],
        unit_type="commune",
        official_order=range(len(frame)),
        valid_from=pd.Timestamp("2016-01-01"),
        valid_to=pd.to_datetime(frame["valid_to"]),
        source="Danh mục",
    )


LISTS = pd.DataFrame(
    [
        ("a", "area", "Khu vực I", "2016-01-01", "2021-06-03", "QĐ cũ"),
        ("a", "area", "Khu vực II", "2021-06-04", None, "QĐ mới"),
        ("b", "area", "Khu vực II", "2016-01-01", None, "QĐ mới"),
    ],
    columns=["unit_id", "grouping", "group", "valid_from", "valid_to", "source"],
).assign(
    valid_from=lambda f: pd.to_datetime(f["valid_from"]),
    valid_to=lambda f: pd.to_datetime(f["valid_to"]),
)


def test_groups_are_those_of_the_day_and_no_list_is_no_group() -> None:
    wh = Two(
        ref__units=units(("a", "xa", None), ("b", "thi_tran", None), ("c", "xa", None)),
        ref__unit_groups=LISTS,
    )
    before = peer_groups(wh, dt.date(2020, 6, 30)).set_index("unit_id")["group"]
    after = peer_groups(wh, dt.date(2021, 6, 30)).set_index("unit_id")["group"]
    assert (before["a"], after["a"], after["b"]) == ("Khu vực I", "Khu vực II", "Khu vực II")
    assert pd.isna(after["c"])
    kinds = peer_groups(wh, dt.date(2021, 6, 30), "kind").set_index("unit_id")["group"]
    assert kinds.to_dict() == {"a": "Xã", "b": "Thị trấn", "c": "Xã"}


def test_peers_need_three_known_units() -> None:
    groups = pd.DataFrame(
        {"unit_id": list("abcde"), "name": list("abcde"), "group": ["I"] * 3 + ["II"] * 2}
    )
    values = pd.DataFrame({"scope_id": list("abcd"), "value": [10.0, 20.0, 60.0, 5.0]})
    frame = beside_peers(values, groups).set_index("unit_id")
    assert list(frame.loc["c", ["peers", "median", "difference"]]) == [3, 20, 40]
    assert frame.loc[["d", "e"], "median"].isna().all()


def sheet(points: Mapping[str, Sequence[tuple[float, float]]]) -> pd.DataFrame:
    rows = [
        (unit, f"l{at}", 10.0, low, high)
        for unit, lines in points.items()
        for at, (low, high) in enumerate(lines)
    ]
    return pd.DataFrame(rows, columns=["unit_id", "criterion", "max_points", "lower", "upper"])


def test_a_clear_lead_is_firm_and_a_gap_in_knowledge_is_not() -> None:
    known = {"a": ((9, 9), (9, 9)), "b": ((5, 5), (5, 5)), "c": ((1, 1), (1, 1))}
    table = rank_stability(sheet(known), draws=200).set_index("unit_id")
    assert table["place"].to_dict() == {"a": 1, "b": 2, "c": 3}
    assert table["firm"].all()
    unknown = known | {"c": ((0, 10), (0, 10))}
    doubtful = rank_stability(sheet(unknown), draws=200).set_index("unit_id")
    assert not doubtful.loc["c", "firm"]
    assert (doubtful["place_95"] - doubtful["place_5"]).to_dict()["c"] > 0
    # what nobody knows is not in its favour
    assert doubtful.loc["c", "place"] == 3


def test_ties_share_a_place_and_equal_seeds_give_equal_tables() -> None:
    frame = sheet({"a": ((5, 5),), "b": ((5, 5),), "c": ((1, 1),)})
    assert rank_stability(frame, draws=50)["place"].tolist() == [1, 1, 3]
    pd.testing.assert_frame_equal(rank_stability(frame, draws=50), rank_stability(frame, draws=50))


def rates(*rows: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["scope_id", "numerator", "denominator"])


def test_small_denominators_are_not_called_outliers() -> None:
    frame = funnel(rates(("big", 50, 100), ("low", 300, 1000), ("tiny", 0, 2), ("half", 500, 900)))
    by_unit = frame.set_index("unit_id")
    assert by_unit.loc["low", "outside"]
    assert by_unit.loc["tiny", "small"]
    assert not by_unit.loc["tiny", "outside"]


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 300), st.floats(0.01, 0.99))
def test_limits_hold_the_common_rate_and_narrow_with_cases(cases: int, common: float) -> None:
    whole = rates(("a", cases * common, cases), ("b", 1000 * common, 1000))
    frame = funnel(whole).set_index("unit_id")
    # cases are whole: the limits may miss the common rate by less than one of them
    one = 100 / frame["denominator"]
    assert (frame["low"] < frame["common"] + one).all()
    assert (frame["high"] > frame["common"] - one).all()
    if cases < 200:
        width = frame["high"] - frame["low"]
        assert width["b"] <= width["a"] + one["a"]


@pytest.mark.parametrize(("known", "flagged"), [(5, True), (4, False)])
def test_a_unit_with_everything_at_a_hundred_is_flagged_when_there_is_enough(
    known: int, flagged: bool
) -> None:
    names = [f"i{at}" for at in range(known)]
    values = pd.DataFrame({"scope_id": "u", "indicator": names, "value": 100.0})
    assert too_perfect(values, names)["flagged"].tolist() == [flagged]
    less = values.assign(value=[99.99, *[100.0] * (known - 1)])
    assert too_perfect(less, names)["flagged"].tolist() == [False]
