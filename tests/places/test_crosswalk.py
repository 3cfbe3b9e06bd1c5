"""The crosswalk of 01/07/2025 is complete, sourced, and agrees with a second, public one."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.reference import read_facts
from pipelines.places.succession import TERRITORY
from pipelines.places.units import everything_inside
from tests.places.crosswalk import (
    AFTER,
    BEFORE,
    differences,
    library_rows,
    library_units,
    name_differences,
    own_rows,
    real_communes,
)

FACTS = Path(__file__).parents[2] / "raw" / "reference"
CATALOGUE = load_catalogue()
UNITS, SUCCESSIONS = (read_facts(CATALOGUE, FACTS, name) for name in ("units", "unit_successions"))
OWN, LIBRARY = own_rows(UNITS, SUCCESSIONS), library_rows()
LISTED = Path(__file__).parent / "crosswalk_differences.csv"
IN_2021 = dt.date(2021, 6, 30)
# not merged in 2025: they only came under the province
UNCHANGED = 6


def clauses() -> pd.DataFrame:
    """The rows of territory of 01/07/2025 between real communes, with their clause."""
    communes = set(real_communes(UNITS, BEFORE)["unit_id"])
    rows = SUCCESSIONS[
        (SUCCESSIONS["on"] == pd.Timestamp(AFTER))
        & SUCCESSIONS["kind"].isin(TERRITORY)
        & SUCCESSIONS["predecessor"].isin(communes)
    ]
    number = rows["basis"].str.extract(r"Nghị quyết 1660/NQ-UBTVQH15.*khoản (\d+)")[0]
    return rows.assign(clause=pd.to_numeric(number))


def test_every_new_commune_has_one_clause_of_the_resolution():
    rows = clauses()
    assert rows["clause"].notna().all()
    pairs = rows[["clause", "successor"]].drop_duplicates()
    assert sorted(pairs["clause"]) == list(range(1, 97))
    assert pairs["successor"].is_unique
    new = real_communes(UNITS, AFTER)
    unchanged = new[~new["unit_id"].isin(pairs["successor"])]
    assert len(unchanged) == UNCHANGED
    assert unchanged["source"].str.contains("1660/NQ-UBTVQH15").all()
    assert len(pairs) + len(unchanged) == 102
    assert new["kind"].value_counts().to_dict() == {"xa": 88, "phuong": 14}


def test_no_old_commune_is_left_out():
    assert [len(real_communes(UNITS, day)) for day in (IN_2021, BEFORE, AFTER)] == [294, 286, 102]
    after = set(real_communes(UNITS, AFTER)["unit_id"])
    frontier = set(real_communes(UNITS, IN_2021)["unit_id"])
    known = SUCCESSIONS[SUCCESSIONS["kind"].isin(TERRITORY)]
    for unit in frontier - after:
        assert unit in set(known["predecessor"]), unit
    assert set(OWN["old"]) == set(real_communes(UNITS, BEFORE)["code"])
    assert set(OWN["new"]) == set(real_communes(UNITS, AFTER)["code"])


def test_every_row_has_a_source_and_a_date():
    illustrative = set(UNITS.loc[UNITS["is_illustrative"], "unit_id"])
    neutral = SUCCESSIONS["predecessor"].isin(illustrative)
    assert (neutral == SUCCESSIONS["successor"].isin(illustrative)).all()
    real = SUCCESSIONS[~neutral]
    assert real["basis"].str.contains(r"Nghị quyết|Luật|Danh mục").all()
    assert SUCCESSIONS.loc[neutral, "basis"].str.contains("minh họa").all()
    assert set(SUCCESSIONS["on"]) == {pd.Timestamp("2024-11-01"), pd.Timestamp(AFTER)}
    communes = UNITS[(UNITS["unit_type"] == "commune") & ~UNITS["is_illustrative"]]
    assert communes["source"].str.contains(r"Nghị quyết|Danh mục").all()
    assert communes["valid_from"].notna().all()


def test_what_nobody_has_read_in_the_document_says_so():
    """The mergers of 2024 and the day Pơng Drang became a town are known from lists only."""
    of_2024 = SUCCESSIONS[SUCCESSIONS["on"] == pd.Timestamp("2024-11-01")]
    assert len(of_2024) == 16
    assert of_2024["basis"].str.contains("chưa đối chiếu văn bản").all()
    source = UNITS.set_index("unit_id")["source"]
    units = {*of_2024["predecessor"], *of_2024["successor"], "xa-24316-1"}
    assert source[sorted(units)].str.contains("chưa đối chiếu văn bản").all()


@pytest.mark.parametrize(
    ("day", "sizes"),
    [
        (IN_2021, {"tinh-66-1": 184, "tinh-54-1": 110}),
        (BEFORE, {"tinh-66-1": 180, "tinh-54-1": 106}),
        (AFTER, {"tinh-66-2": 102}),
    ],
)
def test_communes_of_each_province(day, sizes):
    together = everything_inside(UNITS, sizes, day, SUCCESSIONS)
    communes = together[together["unit_id"].isin(real_communes(UNITS, day)["unit_id"])]
    assert communes["scope_id"].value_counts().to_dict() == sizes


def test_no_part_has_an_invented_share():
    assert SUCCESSIONS["basis_share"].isna().all()


def test_used_codes_carry_only_what_the_resolution_gives_them():
    """No row says of a code alone what only land can say."""
    reused = SUCCESSIONS[SUCCESSIONS["kind"] == "code_reuse"]
    code = UNITS.set_index("unit_id")["code"]
    same = reused["predecessor"].map(code) == reused["successor"].map(code)
    assert same.all()
    assert len(reused) > 90


def test_the_public_library_agrees_row_by_row():
    assert len(OWN) == len(LIBRARY) == 294
    assert differences(OWN, LIBRARY).empty, differences(OWN, LIBRARY).to_string()


def test_what_the_library_does_not_know_is_what_ended_before_its_map():
    before_it = set(real_communes(UNITS, IN_2021)["unit_id"])
    gone = before_it - set(real_communes(UNITS, BEFORE)["unit_id"])
    ended = UNITS[UNITS["unit_id"].isin(gone)]
    assert len(ended) == 16
    assert (ended["valid_to"] == pd.Timestamp("2024-10-31")).all()


def test_names_differ_only_where_it_is_listed_with_a_reason():
    listed = pd.read_csv(LISTED, dtype="str")
    assert listed["reason"].str.len().gt(10).all()
    old, new = library_units()
    found = [
        name_differences(real_communes(UNITS, day), library).assign(map=name)
        for name, day, library in (("old", BEFORE, old), ("new", AFTER, new))
    ]
    columns = ["map", "code", "name_own", "name_library"]
    actual = {tuple(row) for row in pd.concat(found)[columns].itertuples(index=False)}
    assert actual == {tuple(row) for row in listed[columns].itertuples(index=False)}


def planted_succession(at: int) -> tuple[pd.DataFrame, pd.Series]:
    """The successions with one merger led to a wrong commune."""
    mergers = SUCCESSIONS[
        (SUCCESSIONS["kind"] == "merge")
        & (SUCCESSIONS["on"] == pd.Timestamp(AFTER))
        & SUCCESSIONS["predecessor"].isin(real_communes(UNITS, BEFORE)["unit_id"])
    ]
    alone = mergers[~mergers["predecessor"].duplicated(keep=False)]
    alone = alone[~alone["predecessor"].isin(_typed())]
    row = alone.iloc[at % len(alone)]
    others = sorted(set(alone["successor"]) - {row["successor"]})
    wrong = SUCCESSIONS.copy()
    wrong.loc[row.name, "successor"] = others[at % len(others)]  # type: ignore[index] # a label
    return wrong, row


def _typed() -> set[str]:
    """Units with a row beside their merger."""
    return set(SUCCESSIONS.loc[SUCCESSIONS["kind"] == "type_change", "predecessor"])


@pytest.mark.parametrize("at", [0, 57, 133, 250])
def test_one_wrong_merger_planted_among_them_is_found(at):
    wrong, row = planted_succession(at)
    found = differences(own_rows(UNITS, wrong), LIBRARY)
    code = UNITS.set_index("unit_id")["code"][row["predecessor"]]
    assert set(found["old"]) == {code}
    assert len(found) == 2  # the wrong one, and the right one that is gone


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 293), st.sampled_from(["new", "share", "gone", "twice"]), st.integers(1, 101))
def test_any_wrong_row_is_found(at, how, step):
    row = OWN.iloc[at]
    wrong = OWN.copy()
    if how == "gone":
        wrong = wrong.drop(index=at)
    elif how == "share":
        wrong.loc[at, "share"] = "part" if row["share"] == "whole" else "whole"
    else:
        codes = sorted(set(OWN["new"]))
        other = codes[(codes.index(row["new"]) + step) % len(codes)]
        if ((OWN["old"] == row["old"]) & (OWN["new"] == other)).any():
            return
        changed = pd.DataFrame([row.to_dict() | {"new": other}])
        kept = wrong if how == "twice" else wrong.drop(index=at)
        wrong = pd.concat([kept, changed], ignore_index=True)
    found = differences(wrong, LIBRARY)
    assert set(found["old"]) == {row["old"]}
