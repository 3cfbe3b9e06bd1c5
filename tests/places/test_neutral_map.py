"""The neutral map: the shape of the real merger, nothing of a real place in it."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.reference import read_facts
from pipelines.places.bridging import bridge, same_land
from pipelines.places.naming import Directory
from pipelines.places.units import in_force, within

FACTS = Path(__file__).parents[2] / "raw" / "reference"
CATALOGUE = load_catalogue()
TABLES = {
    f"ref.{name}": read_facts(CATALOGUE, FACTS, name)
    for name in ("units", "unit_names", "unit_successions", "requests")
}
UNITS, SUCCESSIONS = TABLES["ref.units"], TABLES["ref.unit_successions"]
NEUTRAL = UNITS[UNITS["is_illustrative"]]
BEFORE, AFTER, LATER = dt.date(2025, 6, 30), dt.date(2025, 12, 31), dt.date(2026, 6, 30)
DISTRICT, PROVINCE = "huyen-mh-1", "tinh-mh-1"
REAL_DISTRICT = "huyen-654-1"


def sizes(district: str) -> list[int]:
    """Of how many old communes each new one was made, the largest first."""
    communes = within(UNITS, district, BEFORE)
    communes = communes[communes["unit_type"] == "commune"]["unit_id"]
    edges = bridge(UNITS, SUCCESSIONS, BEFORE, AFTER)
    edges = edges[edges["unit_id"].isin(communes)]
    assert (edges["share"] == 1).all()
    return sorted(edges["today_id"].value_counts(), reverse=True)


def test_the_merger_has_the_shape_of_the_real_one():
    assert sizes(DISTRICT) == sizes(REAL_DISTRICT) == [4, 3, 3, 3, 2, 1]


def test_one_commune_goes_on_and_five_used_codes_are_on_record():
    edges = bridge(UNITS, SUCCESSIONS, BEFORE, AFTER)
    old = edges[edges["unit_id"].isin(within(UNITS, DISTRICT, BEFORE)["unit_id"])]
    old = old[old["today_id"].str.startswith("xa-")]
    assert same_land(old) == {"xa-mh-15"}
    neutral = SUCCESSIONS["predecessor"].isin(NEUTRAL["unit_id"])
    reused = SUCCESSIONS[neutral & (SUCCESSIONS["kind"] == "code_reuse")]
    code = UNITS.set_index("unit_id")["code"]
    assert len(reused) == 5
    assert (reused["predecessor"].map(code) == reused["successor"].map(code)).all()


def test_nothing_real_is_in_it():
    assert NEUTRAL["name"].str.contains("minh họa").all()
    assert NEUTRAL["source"].str.contains("minh họa").all()
    communes = NEUTRAL.loc[NEUTRAL["unit_type"] == "commune", "code"]
    assert communes.str.fullmatch(r"99[89]\d\d").all()
    real = UNITS[~UNITS["is_illustrative"]]
    assert not set(NEUTRAL["code"]) & set(real["code"])
    parents = NEUTRAL["parent_id"].dropna()
    assert set(parents) <= set(NEUTRAL["unit_id"])


@pytest.mark.parametrize("day", [BEFORE, AFTER, LATER])
def test_codes_and_names_are_unique_on_every_day(day):
    alive = in_force(NEUTRAL, day)
    assert alive["code"].is_unique
    assert alive["name"].is_unique


@pytest.mark.parametrize(
    ("text", "day", "unit", "how"),
    [
        ("Xã minh họa 04", BEFORE, "xa-mh-04", "name"),
        ("Xã minh họa 04", AFTER, "xa-mh-04-2", "name"),
        ("UBND xã minh hoạ 16", AFTER, "xa-mh-16", "name"),
        ("99901", BEFORE, "tt-mh-01", "code"),
        ("99901", AFTER, "xa-mh-16", "code"),
        ("Xã minh họa 15", AFTER, "xa-mh-15", "name"),
        ("Thị trấn minh họa", AFTER, "tt-mh-01", "ended"),
        ("Xã minh họa 20", AFTER, None, "not_yet"),
        ("Xã minh họa 20", LATER, "xa-mh-20", "name"),
        ("Trường THCS minh họa 002", AFTER, "truong-mh-002", "name"),
        ("Doanh nghiệp minh họa 03", LATER, "dn-mh-03", "name"),
    ],
)
def test_names_follow_the_day(text, day, unit, how):
    scope = DISTRICT if day == BEFORE else PROVINCE
    found = Directory.of(TABLES).find(text, day, scope)
    assert (found.unit_id, found.how) == (unit, how)


def test_requests_ask_with_the_forms_of_the_law_at_the_end():
    requests = TABLES["ref.requests"]
    ends = {"H1": "-06-30", "H2": "-12-31"}
    day = [pd.Timestamp(str(period)[:4] + ends[str(period)[5:]]) for period in requests["period"]]
    for form, end in zip(requests["form"], day, strict=True):
        assert CATALOGUE.forms[form].in_force(end.date()), (form, end)
    halves = {f"{year}-{half}" for year in range(2016, 2027) for half in ends} - {"2026-H2"}
    assert set(requests["period"]) == halves
    scope = [DISTRICT if end < pd.Timestamp("2025-07-01") else PROVINCE for end in day]
    assert list(requests["scope_id"]) == scope
    estimates = requests[requests["round"] == "estimate"]
    late = estimates["due_date"].dt.strftime("%m-%d")
    assert late.where(late > "07", "").le("12-14").all()
    assert late.where(late < "07", "").le("06-14").all()
    assert (requests["data_to"] < requests["due_date"]).all()
    assert estimates.groupby("period").size().eq(9).all()
