import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.reference import read_facts
from pipelines.places.units import members, population_frame, scope_of, within

ROOT = Path(__file__).parents[2]
DAY = dt.date(2021, 6, 30)


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


@pytest.fixture(scope="module")
def units(catalogue):
    return read_facts(catalogue, ROOT / "raw" / "reference", "units")


@pytest.mark.parametrize(
    ("population", "size"),
    [
        ("qcdc_communes", 16),
        ("ntm_communes", 15),
        ("agencies", 24),
        ("enterprises", 15),
        ("qcdc_grassroots", 55),
        ("district", 1),
        ("labour_federation", 1),
    ],
)
def test_denominators_of_the_pilot(catalogue, units, population, size):
    assert len(members(catalogue.populations[population], units, "huyen-mh-1", DAY)) == size


def test_real_district_has_sixteen_communes_and_is_apart(catalogue, units):
    real = members(catalogue.populations["qcdc_communes"], units, "huyen-654-1", DAY)
    assert len(real) == 16
    assert list(real["kind"]).count("thi_tran") == 1
    assert real["name"].iloc[0] == "Thị trấn Phước An"  # the town first: official order
    assert not real["is_illustrative"].any()


def test_town_is_outside_the_new_countryside_base(catalogue, units):
    chosen = members(catalogue.populations["ntm_communes"], units, "huyen-mh-1", DAY)
    assert "tt-mh-01" not in set(chosen["unit_id"])


def test_nothing_is_left_of_the_district_after_its_last_day(catalogue, units):
    assert within(units, "huyen-mh-1", dt.date(2025, 7, 1)).empty
    day = dt.date(2025, 6, 30)
    assert len(members(catalogue.populations["qcdc_communes"], units, "huyen-mh-1", day)) == 16


def test_a_unit_is_a_scope_of_its_own(catalogue, units):
    own = members(catalogue.populations["qcdc_communes"], units, "xa-mh-03", DAY)
    assert list(own["unit_id"]) == ["xa-mh-03"]


def test_scope_of_is_the_parent_and_a_root_is_its_own(units):
    assert scope_of(units, "xa-mh-03", DAY) == "huyen-mh-1"
    assert scope_of(units, "huyen-mh-1", DAY) == "huyen-mh-1"


def test_membership_ends_with_the_unit_or_the_population(catalogue, units):
    frame = population_frame(catalogue, units)
    district = frame[(frame["population"] == "district") & (frame["unit_id"] == "huyen-mh-1")]
    assert district["valid_to"].iloc[0] == pd.Timestamp("2025-06-30")
    enterprises = frame[frame["population"] == "enterprises"].sort_values("valid_from")
    assert enterprises.groupby("unit_id").tail(1)["valid_to"].isna().all()
    assert not frame.duplicated(["population", "unit_id", "valid_from"]).any()


def test_membership_is_in_the_words_of_its_time_without_a_gap(catalogue, units):
    frame = population_frame(catalogue, units)
    one = frame[(frame["population"] == "qcdc_communes") & (frame["unit_id"] == "xa-mh-01")]
    one = one.sort_values("valid_from").reset_index(drop=True)
    assert one["valid_from"].iloc[1] == pd.Timestamp("2023-07-01")
    day = pd.Timedelta(days=1)
    assert (one["valid_from"].iloc[1:].to_numpy() == (one["valid_to"] + day).iloc[:-1]).all()
    assert one["basis"].iloc[0] == "Pháp lệnh 34/2007/PL-UBTVQH11"
    assert one["basis"].iloc[1].startswith("Luật 10/2022/QH15")


def test_the_whole_scope_is_the_district_and_then_the_province(catalogue, units):
    whole = catalogue.populations["district"]
    before = members(whole, units, "huyen-mh-1", dt.date(2025, 6, 30))
    assert list(before["unit_id"]) == ["huyen-mh-1"]
    after = members(whole, units, "tinh-mh-1", dt.date(2025, 7, 1))
    assert list(after["unit_id"]) == ["tinh-mh-1"]
