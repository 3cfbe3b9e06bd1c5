"""Parts of a period on the map of its last day: what adds up, what does not."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.evaluation.carrying import carried, carried_known, carried_rows
from pipelines.places.bridging import bridge

CATALOGUE = load_catalogue()
BEFORE, AFTER = dt.date(2025, 6, 30), dt.date(2025, 12, 31)
COUNT, ANSWER, TEXT = "xa.villages_total", "xa.committee", "ld.programme_number"
# a, b → n as a whole; c is divided between d, by 30 percent, and e; f → g under another name
MAP = [("a", 0), ("b", 0), ("n", 1), ("c", 0), ("d", 1), ("e", 1), ("f", 0), ("g", 1), ("x", 2)]
WENT = [
    ("a", "n", "merge", "whole", None),
    ("b", "n", "merge", "whole", None),
    ("c", "d", "split", "part", 0.3),
    ("c", "e", "split", "part", 0.7),
    ("f", "g", "rename", "whole", None),
]


def edges(went: list[tuple] = WENT) -> pd.DataFrame:
    born, moved = pd.Timestamp("2016-01-01"), pd.Timestamp("2025-07-01")
    units = pd.DataFrame(
        {
            "unit_id": [unit for unit, _ in MAP],
            "valid_from": [moved if age == 1 else born for _, age in MAP],
            "valid_to": [moved - pd.Timedelta(days=1) if age == 0 else pd.NaT for _, age in MAP],
        }
    )
    names = ["predecessor", "successor", "kind", "share", "basis_share"]
    successions = pd.DataFrame(went, columns=names).assign(on=moved)
    return bridge(units, successions, BEFORE, AFTER)


def observed(said: dict[tuple[str, str], float | str | None]) -> pd.DataFrame:
    contract = table_contract(CATALOGUE, "core.observations")
    rows = []
    for (unit, element), value in said.items():
        number = None if value is None or isinstance(value, str) else float(value)
        rows.append(
            {
                "unit_id": unit,
                "period": "2025-H1",
                "element": element,
                "value": number,
                "qualifier": None if number is None else "=",
                "text": value if isinstance(value, str) else None,
                "note": None,
                "state": "missing" if value is None else "zero" if value == 0 else "value",
                "decided": None,
                "source": "form",
                "provider": unit,
                "submission_id": f"2025-H1/{unit}/01",
                "sheet": "Biểu",
                "cell": "E9",
                "is_estimate": False,
                "is_illustrative": True,
            }
        )
    return contract.conform(pd.DataFrame(rows))


def after(
    said: dict[tuple[str, str], float | str | None], went: list[tuple] = WENT
) -> dict[tuple[str, str], dict]:
    found = carried(observed(said), edges(went), CATALOGUE)
    assert not found.duplicated(["unit_id", "element"]).any()
    return {(row["unit_id"], row["element"]): row for row in found.to_dict("records")}


@settings(deadline=None, max_examples=30)
@given(st.tuples(*[st.none() | st.integers(0, 500)] * 4))
def test_whole_units_add_up_to_the_last_one(said: tuple[int | None, ...]) -> None:
    a, b, f, x = said
    found = after({("a", COUNT): a, ("b", COUNT): b, ("f", COUNT): f, ("x", COUNT): x})
    assert set(found) == {("n", COUNT), ("g", COUNT), ("x", COUNT)}
    wanted = {"n": None if a is None or b is None else a + b, "g": f, "x": x}
    for unit, value in wanted.items():
        row = found[unit, COUNT]
        assert (row["state"] == "missing") == (value is None)
        if value is not None:
            assert row["value"] == value


@pytest.mark.parametrize(
    ("shares", "wanted"), [((0.3, 0.7), [30, 70]), ((None, None), [None, None])]
)
def test_a_divided_unit_adds_its_stated_share(shares: tuple, wanted: list[float | None]) -> None:
    went = [("c", unit, "split", "part", s) for unit, s in zip("de", shares, strict=True)]
    found = after({("c", COUNT): 100}, went)
    values = [found[unit, COUNT]["value"] for unit in "de"]
    assert [None if value != value else round(value) for value in values] == wanted
    # a part of nothing is nothing
    assert after({("c", COUNT): 0}, went)["d", COUNT]["state"] == "zero"


def test_answers_and_texts_go_over_only_with_their_own_land() -> None:
    found = after(
        {("a", ANSWER): 1, ("b", ANSWER): 1, ("f", ANSWER): 1, ("f", TEXT): "01", ("a", TEXT): "2"}
    )
    assert (found["n", ANSWER]["state"], found["n", TEXT]["state"]) == ("missing", "missing")
    assert pd.isna(found["n", TEXT]["text"])
    assert (found["g", ANSWER]["value"], found["g", TEXT]["text"]) == (1, "01")
    assert found["g", ANSWER]["cell"] == "E9"


def test_what_every_unit_owes_is_not_added() -> None:
    owed = "xa.schedule_months"
    found = after({("a", owed): 4, ("b", owed): 4, ("f", owed): 3})
    assert (found["n", owed]["state"], found["g", owed]["value"]) == ("missing", 3)


def test_a_register_is_known_where_all_that_went_in_is() -> None:
    rows = pd.DataFrame({"unit_id": ["a", "b", "c", "f"], "row": range(4)})
    assert carried_rows(rows, edges())["unit_id"].tolist() == ["n", "n", "c", "g"]
    origins = carried_rows(rows, edges(), parts=True)
    assert origins["unit_id"].tolist() == ["n", "n", "d", "e", "g"]
    assert carried_known(frozenset("abf"), rows, edges()) == {"n", "g"}
    assert carried_known(frozenset("af"), rows, edges()) == {"g"}
    # rows of a divided unit cannot be told apart, so an office's register is not known
    assert carried_known(True, rows, edges()) is False
    assert carried_known(True, rows[rows["unit_id"] != "c"], edges()) is True
