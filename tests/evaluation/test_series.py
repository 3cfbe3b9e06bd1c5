"""A figure part by part: differences within an unbroken thread, breaks of law, map, definition."""

import datetime as dt

import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.periods import period_frame
from pipelines.evaluation.breaks import Breaks
from pipelines.evaluation.series import series

CATALOGUE = load_catalogue()
NAME, AREA, UNIT = "xa.dialogues", "p", "n"
YEARS = [str(year) for year in range(2021, 2026)]
MERGED = pd.Timestamp("2025-07-01")
UNITS = pd.DataFrame(
    {
        "unit_id": ["p", "a", "b", "n"],
        "unit_type": ["province", "commune", "commune", "commune"],
        "kind": ["tinh", "xa", "xa", "xa"],
        "parent_id": [None, "p", "p", "p"],
        "valid_from": [pd.Timestamp("2016-01-01")] * 3 + [MERGED],
        "valid_to": [pd.NaT, *[MERGED - pd.Timedelta(days=1)] * 2, pd.NaT],
        "official_order": [1, 2, 3, 4],
    }
)
SUCCESSIONS = pd.DataFrame(
    {
        "predecessor": ["a", "b"],
        "successor": "n",
        "kind": "merge",
        "share": "whole",
        "on": MERGED,
        "basis_share": None,
    }
)


def values(part: str, view: str, scope: str, value: float | None, units: int) -> dict:
    number = float("nan") if value is None else value
    return {
        "scope_id": scope, "indicator": NAME, "period": part, "view": view, "numerator": number,
        "denominator": float("nan"), "value": number,
        "state": "missing" if value is None else "value", "expected_units": units,
        "reporting_units": 0 if value is None else units, "coverage": float(value is not None),
        "is_illustrative": True,
    }  # fmt: skip


def told(given: dict[str, float | None], catalogue: Catalogue = CATALOGUE) -> pd.DataFrame:
    """The province in both views; the new commune on today's map, reported in the last year."""
    parts: dict[str, pd.DataFrame | None] = {}
    for year, value in given.items():
        old = 1 if year == "2025" else 2
        rows = [
            values(year, "as_reported", AREA, value, old),
            values(year, "as_today", AREA, value, old),
            values(year, "as_today", UNIT, value, old),
        ]
        if year == "2025":
            rows.append(values(year, "as_reported", UNIT, value, 1))
        parts[year] = pd.DataFrame(rows)
    tables = {
        "ref.units": UNITS,
        "ref.unit_successions": SUCCESSIONS,
        "ref.periods": period_frame(catalogue.periods),
    }
    found = series(parts=parts, tables=tables, catalogue=catalogue, period="2021-2025")
    assert not found.duplicated(table_contract(catalogue, "eval.series").key).any()
    return found


def thread(found: pd.DataFrame, view: str, scope: str) -> pd.DataFrame:
    rows = found[(found["view"] == view) & (found["scope_id"] == scope)]
    return rows.set_index("part").loc[YEARS]


def test_breaks_of_law_and_boundary_stop_differences() -> None:
    found = told(dict(zip(YEARS, (10, 12, 13, 14, 20), strict=True)))
    rows = thread(found, "as_reported", AREA)
    assert rows["break_before"].tolist() == [False, False, True, False, True]
    assert str(rows.loc["2023", "why"]).startswith("Pháp luật: Pháp lệnh 34/2007")
    assert "Địa giới, đơn vị: thêm 1, bớt 2." in str(rows.loc["2025", "why"])
    assert rows["change"].fillna(-1).tolist() == [-1, 2, -1, 1, -1]
    assert rows["from_first"].fillna(-1).tolist() == [-1, 2, -1, -1, -1]
    assert (rows["is_first"].tolist().index(True), rows["is_last"].tolist().index(True)) == (0, 4)


def test_on_todays_map_no_boundary_breaks_the_thread() -> None:
    found = told(dict(zip(YEARS, (10, 12, 13, 14, 20), strict=True)))
    rows = thread(found, "as_today", UNIT)
    assert rows["value"].tolist() == [10, 12, 13, 14, 20]
    assert not rows["why"].str.contains("Địa giới").any()
    # figures that are the same in both views stand once
    assert set(found.loc[found["view"] == "as_today", "scope_id"]) == {UNIT}


def test_what_is_unknown_stays_unknown() -> None:
    found = told(dict(zip(YEARS, (None, 12, None, 14, 15), strict=True)))
    rows = thread(found, "as_reported", AREA)
    assert rows["state"].tolist() == ["missing", "value", "missing", "value", "value"]
    assert rows["change"].isna().all()
    assert rows["is_first"].tolist() == [False, True, False, False, False]


@pytest.mark.parametrize(
    ("before", "now", "wanted"), [(2021, 2022, False), (2022, 2023, True), (2023, 2024, False)]
)
def test_a_law_breaks_once(before: int, now: int, wanted: bool) -> None:
    days = (dt.date(year, 12, 31) for year in (before, now))
    found = Breaks(CATALOGUE).between(CATALOGUE.indicators[NAME], *days)
    assert any(text.startswith("Pháp luật: ") for text in found) == wanted


def test_another_form_with_the_same_questions_is_no_break() -> None:
    old, new = CATALOGUE.forms["xa-2021"], CATALOGUE.forms["xa-2023"]
    asked = [{item.element for item in form.elements()} for form in (old, new)]
    assert NAME in asked[0] & asked[1]
    days = (dt.date(2023, 6, 30), dt.date(2023, 12, 31))
    texts = Breaks(CATALOGUE).between(CATALOGUE.indicators[NAME], *days)
    assert not any(text.startswith("Định nghĩa: ") for text in texts)
    # without the question the thread breaks
    without = CATALOGUE.model_copy(
        update={"forms": {old.id: old.model_copy(update={"valid_to": days[0]})}}
    )
    texts = Breaks(without).between(CATALOGUE.indicators[NAME], *days)
    assert any(text == "Định nghĩa: biểu bỏ B16." for text in texts)
