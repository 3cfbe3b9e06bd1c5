"""From one map to another, in steps: invented units for the rules, real ones for the counts."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.reference import read_facts
from pipelines.places.bridging import BridgeError, bridge, newest_map, same_land
from pipelines.places.units import members, scope_of, within

FACTS = Path(__file__).parents[2] / "raw" / "reference"
CATALOGUE = load_catalogue()
UNITS, SUCCESSIONS = (read_facts(CATALOGUE, FACTS, name) for name in ("units", "unit_successions"))
DAY, MIDDLE, TODAY = dt.date(2021, 6, 30), dt.date(2024, 11, 1), dt.date(2025, 7, 1)


def units_of(**spans):
    """Units with their first and last day ("" for open)."""
    rows = [
        {
            "unit_id": unit,
            "unit_type": "commune",
            "kind": "xa",
            "code": unit,
            "name": unit,
            "parent_id": None,
            "valid_from": first,
            "valid_to": last or None,
            "official_order": place,
            "is_illustrative": True,
            "source": "test",
        }
        for place, (unit, (first, last)) in enumerate(spans.items())
    ]
    return table_contract(CATALOGUE, "ref.units").conform(pd.DataFrame(rows))


def successions_of(*rows):
    """Successions from (predecessor, successor, kind, day, share or None or "whole")."""
    contract = table_contract(CATALOGUE, "ref.unit_successions")
    if not rows:
        return contract.empty()
    frame = pd.DataFrame(
        {
            "predecessor": before,
            "successor": after,
            "kind": kind,
            "share": "whole" if share == "whole" else "part",
            "on": on,
            "basis": "test",
            "basis_share": None if share == "whole" else share,
        }
        for before, after, kind, on, share in rows
    )
    return contract.conform(frame)


OLD, NEW = ("2016-01-01", "2025-06-30"), ("2025-07-01", "")


def shares(units, successions, day=DAY):
    edges = bridge(units, successions, day, TODAY)
    return {
        (unit, image): share
        for unit, image, share in zip(
            edges["unit_id"], edges["today_id"], edges["share"], strict=True
        )
    }


def test_steps_follow_each_other():
    units = units_of(a=("2016-01-01", "2024-10-31"), b=("2024-11-01", "2025-06-30"), c=NEW)
    successions = successions_of(
        ("a", "b", "merge", "2024-11-01", "whole"), ("b", "c", "rename", "2025-07-01", "whole")
    )
    assert shares(units, successions) == {("a", "c"): 1}
    assert shares(units, successions, MIDDLE) == {("b", "c"): 1}


def test_shares_of_shares():
    units = units_of(a=("2016-01-01", "2024-10-31"), b=("2024-11-01", "2025-06-30"), c=NEW, d=NEW)
    successions = successions_of(
        ("a", "b", "split", "2024-11-01", 0.5),
        ("a", "c", "split", "2024-11-01", 0.5),
        ("b", "c", "split", "2025-07-01", 0.25),
        ("b", "d", "split", "2025-07-01", 0.75),
    )
    assert shares(units, successions) == {("a", "c"): 0.625, ("a", "d"): 0.375}


def test_parts_that_meet_again_are_the_whole():
    units = units_of(
        a=("2016-01-01", "2024-10-31"),
        b=("2024-11-01", "2025-06-30"),
        c=("2024-11-01", "2025-06-30"),
        d=NEW,
    )
    successions = successions_of(
        ("a", "b", "split", "2024-11-01", None),
        ("a", "c", "split", "2024-11-01", None),
        ("b", "d", "merge", "2025-07-01", "whole"),
        ("c", "d", "merge", "2025-07-01", "whole"),
    )
    assert shares(units, successions) == {("a", "d"): 1}


@pytest.mark.parametrize(("share", "rest"), [(0.25, 0.75), (None, None)])
def test_a_unit_that_gave_a_part_away_lives_on_in_the_rest(share, rest):
    units = units_of(a=("2016-01-01", ""), b=NEW)
    found = shares(units, successions_of(("a", "b", "split", "2025-07-01", share)))
    assert set(found) == {("a", "a"), ("a", "b")}
    for pair, expected in ((("a", "b"), share), (("a", "a"), rest)):
        assert pd.isna(found[pair]) if expected is None else found[pair] == expected


def test_a_used_code_and_a_transfer_are_no_succession():
    units = units_of(a=OLD, b=NEW)
    successions = successions_of(
        ("a", "b", "code_reuse", "2025-07-01", "whole"),
        ("a", "b", "transfer", "2025-07-01", "whole"),
    )
    assert shares(units, successions) == {}


def test_merger_and_change_of_type_are_one_step():
    units = units_of(a=OLD, b=NEW)
    successions = successions_of(
        ("a", "b", "merge", "2025-07-01", "whole"),
        ("a", "b", "type_change", "2025-07-01", "whole"),
    )
    assert shares(units, successions) == {("a", "b"): 1}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", "b", "merge", "whole"), ("a", "c", "merge", "whole")], "as a whole"),
        ([("a", "b", "split", 0.7), ("a", "c", "split", 0.7)], "1.4"),
        ([("a", "b", "split", 0.2), ("a", "c", "split", 0.2)], "0.4"),
    ],
)
def test_contradictions_are_told(rows, words):
    units = units_of(a=OLD, b=NEW, c=NEW)
    given_rows = [(before, after, kind, "2025-07-01", share) for before, after, kind, share in rows]
    with pytest.raises(BridgeError, match=words):
        bridge(units, successions_of(*given_rows), DAY, TODAY)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_stated_shares_add_up_to_the_unit(weights):
    names = [f"n{place}" for place in range(len(weights))]
    units = units_of(a=OLD, **dict.fromkeys(names, NEW))
    total = sum(weights)
    successions = successions_of(
        *(
            ("a", name, "split", "2025-07-01", weight / total)
            for name, weight in zip(names, weights, strict=True)
        )
    )
    assert sum(shares(units, successions).values()) == pytest.approx(1)


def test_the_newest_map_on_record_is_today():
    real = UNITS[~UNITS["is_illustrative"]]
    assert newest_map(real, SUCCESSIONS) == TODAY
    # the neutral province grows to 102 communes half a year later
    assert newest_map(UNITS, SUCCESSIONS) == dt.date(2026, 1, 1)


@pytest.mark.parametrize(("day", "communes"), [(DAY, 294), (MIDDLE, 286), (TODAY, 102)])
def test_every_real_commune_lies_somewhere_today(day, communes):
    real = UNITS[(UNITS["unit_type"] == "commune") & ~UNITS["is_illustrative"]]
    edges = bridge(UNITS, SUCCESSIONS, day, TODAY)
    edges = edges[edges["unit_id"].isin(real["unit_id"])]
    assert edges["unit_id"].nunique() == communes
    assert edges["today_id"].nunique() == 102
    parts = edges[edges["share"].isna()]
    assert parts["unit_id"].nunique() == (0 if day == TODAY else 8)
    assert (edges.loc[edges["share"].notna(), "share"] == 1).all()


def test_the_same_land_is_what_was_renamed_or_left_alone():
    edges = bridge(UNITS, SUCCESSIONS, dt.date(2025, 6, 30), TODAY)
    real = UNITS[(UNITS["unit_type"] == "commune") & ~UNITS["is_illustrative"]]
    same = same_land(edges[edges["unit_id"].isin(real["unit_id"])])
    assert len(same) == 7
    assert "xa-24235-1" in same  # renamed on the same code
    assert "xa-22015-2024" not in same  # its code went to a larger commune


@pytest.mark.parametrize("unit", ["xa-24529-1", "xa-24184-1"])
def test_the_parent_follows_the_day(unit):
    before = scope_of(UNITS, unit, dt.date(2025, 6, 30), SUCCESSIONS)
    assert before.startswith("huyen-")
    assert scope_of(UNITS, unit, TODAY, SUCCESSIONS) == "tinh-66-2"


def test_new_province_holds_all_its_communes_and_no_district():
    inside = within(UNITS, "tinh-66-2", TODAY, SUCCESSIONS)
    assert inside["unit_type"].value_counts().to_dict() == {"commune": 102, "province": 1}
    population = CATALOGUE.populations["qcdc_communes"]
    assert len(members(population, UNITS, "tinh-66-2", TODAY, SUCCESSIONS)) == 102
    assert within(UNITS, "tinh-66-1", TODAY, SUCCESSIONS).empty
