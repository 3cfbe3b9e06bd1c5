"""PAPI: every figure under the label of its own year; what drifted is not hidden."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.papi import Papi, papi_frame, papi_problems
from pipelines.catalogue.reference import reference_frames

ROOT = Path(__file__).resolve().parents[2]

CATALOGUE = load_catalogue()


@pytest.fixture(scope="module")
def papi() -> pd.DataFrame:
    return reference_frames(CATALOGUE, ROOT / "raw" / "reference")["ref.papi"]


@pytest.mark.parametrize(
    ("place", "years", "measure"),
    [
        ("2.1", range(2011, 2018), "poverty_lists"),
        ("2.2", range(2011, 2018), "budgets"),
        ("2.3", range(2011, 2018), "land_plans"),
        ("2.1", range(2018, 2025), "information"),
        ("2.2", range(2018, 2025), "poverty_lists"),
        ("3.2", range(2011, 2016), "inspection_boards"),
        ("3.3", range(2011, 2016), "investment_boards"),
        ("3.2", range(2016, 2025), "responsiveness"),
        ("3.3", range(2016, 2025), "justice"),
    ],
)
def test_a_place_means_what_was_asked_that_year(
    papi: pd.DataFrame, place: str, years: range, measure: str
) -> None:
    rows = papi[(papi["place"] == place) & papi["year"].isin(years)]
    assert len(rows) == 2 * len(years)
    assert set(rows["measure"]) == {measure}
    label = next(each.label_vi for each in CATALOGUE.papi.measures if each.id == measure)
    assert set(rows["label_vi"]) == {label}


def test_every_figure_has_label_source_and_attribution(papi: pd.DataFrame) -> None:
    assert papi[["label_vi", "source", "attribution_vi", "dimension_vi"]].notna().all().all()
    assert (papi["source"] == "PAPI " + papi["year"].astype("str")).all()
    assert set(papi["year"]) == set(range(2011, 2025))
    assert set(papi["scope_id"]) == {"tinh-66-1", "tinh-54-1"}


def test_dimensions_are_the_sums_of_their_parts_within_their_ends(papi: pd.DataFrame) -> None:
    whole = papi[papi["measure"].str.fullmatch(r"d\d")]
    parts = papi[~papi["measure"].str.fullmatch(r"d\d")]
    sums = parts.groupby(["year", "scope_id", "dimension"])["score"].sum()
    keys = pd.MultiIndex.from_frame(whole[["year", "scope_id", "dimension"]])
    assert (abs(sums.reindex(keys).to_numpy() - whole["score"].to_numpy()) < 1e-9).all()
    assert parts["score"].lt(parts["most"] + 1e-9).all()
    assert whole["score"].between(1, 10).all()
    # six dimensions to 2017, eight from then
    assert whole[whole["year"] <= 2017]["dimension"].max() == 6
    assert whole[whole["year"] >= 2018].groupby(["year", "scope_id"]).size().eq(8).all()


def test_runs_break_where_the_parts_of_a_dimension_change(papi: pd.DataFrame) -> None:
    since = papi.set_index(["scope_id", "measure", "year"])["comparable_from"]
    assert since["tinh-66-1", "d2", 2017] == 2011
    assert since["tinh-66-1", "d2", 2018] == 2018
    assert since["tinh-66-1", "d3", 2015] == 2011
    assert since["tinh-66-1", "d3", 2016] == 2016
    assert since["tinh-54-1", "d5", 2021] == 2021
    assert since["tinh-54-1", "poverty_lists", 2024] == 2018


def test_a_figure_where_its_measure_was_not_asked_is_refused() -> None:
    facts = pd.DataFrame(
        [(2012, "tinh-66-1", "information", 0.8, "PAPI 2012")],
        columns=["year", "scope_id", "measure", "score", "source"],
    )
    with pytest.raises(ValueError, match="information was not asked in 2012"):
        papi_frame(CATALOGUE.papi, facts)


def test_two_measures_cannot_stand_at_one_place_in_one_year() -> None:
    places = [{"place": "2.1", "from_year": 2011}]
    words = {"label_vi": "Một", "label_en": "One", "places": places}
    wrong = Papi.model_validate(
        {
            "dimensions": [{"id": 2, "label_vi": "Hai", "label_en": "Two", "from_year": 2011}],
            "measures": [{"id": "a", **words}, {"id": "b", **words}],
        }
    )
    assert list(papi_problems(CATALOGUE, wrong)) == ["PAPI 2.1 of 2011 is both a and b"]
