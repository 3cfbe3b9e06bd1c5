"""Year on year where units merged: the same land on today's map, told with a note, or nothing."""

import datetime as dt

import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.periods import period_frame
from pipelines.evaluation.comparisons import (
    LISTED,
    NOT_THERE,
    OTHER_MAP,
    OTHER_POPULATION,
    comparisons,
)

CATALOGUE = load_catalogue()
MERGED, BORN = pd.Timestamp("2025-07-01"), pd.Timestamp("2016-01-01")
ENDED = MERGED - pd.Timedelta(days=1)
INDICATOR = "xa.receptions"
PERIOD = {
    "period": "2026-H1",
    "ends_on": dt.date(2026, 6, 30),
    "previous": "2025-H2",
    "same_period": "2025-H1",
}
UNITS = pd.DataFrame(
    {
        "unit_id": ["p", "a", "b", "c", "n"],
        "unit_type": ["province", *["commune"] * 4],
        "kind": ["tinh", *["xa"] * 4],
        "parent_id": [None, *["p"] * 4],
        "valid_from": [BORN] * 4 + [MERGED],
        "valid_to": [pd.NaT, ENDED, ENDED, pd.NaT, pd.NaT],
        "official_order": range(5),
    }
)
SUCCESSIONS = pd.DataFrame(
    {"predecessor": ["a", "b"], "successor": "n", "kind": "merge", "share": "whole", "on": MERGED}
).assign(basis_share=None)
TABLES = {
    "ref.units": UNITS,
    "ref.unit_successions": SUCCESSIONS,
    "ref.periods": period_frame(CATALOGUE.periods),
}


def row(
    period: str, scope: str, view: str, value: float | None, units: int, state: str = "value"
) -> dict:
    return {
        "scope_id": scope, "period": period, "indicator": INDICATOR, "view": view,
        "numerator": value, "denominator": None, "value": value,
        "state": state,
        "text": None, "expected_units": units, "reporting_units": units, "coverage": 1.0,
        "lower": value, "upper": value, "is_illustrative": True,
        "as_of": pd.Timestamp("2026-06-10", tz="Asia/Ho_Chi_Minh"),
    }  # fmt: skip


def both(period: str, scope: str, value: float, units: int) -> list[dict]:
    return [row(period, scope, view, value, units) for view in ("as_reported", "as_today")]


def table(rows: list[dict]) -> pd.DataFrame:
    return table_contract(CATALOGUE, "eval.indicator_values").conform(pd.DataFrame(rows))


def compared(now: list[dict], then: list[dict], against: str = "same_period") -> dict[str, dict]:
    key = str(PERIOD[against])
    frame = comparisons(
        values=table(now),
        earlier={key: table(then)},
        targets=table_contract(CATALOGUE, "ref.targets").empty(),
        catalogue=CATALOGUE.model_copy(update={"regimes": {}}),
        period=PERIOD,
        tables=TABLES,
    )
    rows = frame[frame["against"] == against]
    return {str(each["scope_id"]): each for each in rows.to_dict("records")}


NOW = [*both("2026-H1", "p", 70, 2), *both("2026-H1", "n", 50, 1), *both("2026-H1", "c", 20, 1)]
THEN = [
    row("2025-H1", "p", "as_reported", 60, 3),
    row("2025-H1", "p", "as_today", 60, 3),
    row("2025-H1", "a", "as_reported", 10, 1),
    row("2025-H1", "b", "as_reported", 30, 1),
    row("2025-H1", "n", "as_today", 40, 2),
    *both("2025-H1", "c", 20, 1),
]


def test_a_merged_commune_is_compared_with_its_land_and_a_note() -> None:
    found = compared(NOW, THEN)["n"]
    assert (found["reference"], found["difference"]) == (40, 10)
    assert found["comparable"]
    assert found["note"] == "Kỳ 2025-H1 tính lại trên bản đồ hiện nay, từ 2 đơn vị cũ."


def test_a_scope_with_merged_units_is_compared_on_todays_map_and_another_as_it_is() -> None:
    found = compared(NOW, THEN)
    assert (found["p"]["difference"], found["p"]["comparable"]) == (10, True)
    assert "3 đơn vị cũ" in found["p"]["note"]
    assert (found["c"]["difference"], found["c"]["comparable"]) == (0, True)
    assert pd.isna(found["c"]["note"])


def test_what_is_listed_by_old_units_is_not_compared() -> None:
    then = [row("2025-H1", "n", "as_today", None, 2, state="listed")]
    found = compared(NOW, then)["n"]
    assert not found["comparable"]
    assert found["why_not"] == LISTED.format(period="2025-H1")
    assert pd.isna(found["note"])


@pytest.mark.parametrize(
    ("units", "why"),
    [(3, OTHER_POPULATION.format(now=2, then=3)), (2, OTHER_MAP.format(period="2025-H1"))],
)
def test_without_todays_map_other_land_is_not_compared(units: int, why: str) -> None:
    found = compared(NOW, [row("2025-H1", "p", "as_reported", 60, units)])["p"]
    assert (found["comparable"], found["why_not"]) == (False, why)


def test_a_scope_that_was_not_there_says_so() -> None:
    found = compared(NOW, [row("2025-H1", "p", "as_reported", 60, 3)])["n"]
    assert (found["comparable"], found["why_not"]) == (False, NOT_THERE.format(period="2025-H1"))


def test_a_new_law_forbids_comparing() -> None:
    frame = comparisons(
        values=table(NOW),
        earlier={"2025-H1": table(THEN)},
        targets=table_contract(CATALOGUE, "ref.targets").empty(),
        catalogue=CATALOGUE,
        period=PERIOD,
        tables=TABLES,
    )
    found = frame[(frame["scope_id"] == "c") & (frame["against"] == "same_period")].iloc[0]
    assert not found["comparable"]
    assert found["why_not"].startswith("Pháp luật: Luật 10/2022/QH15")
