"""What a resubmission changed, cell by cell."""

from typing import Any

import pandas as pd
import pytest

from pipelines.validation.accept import settle
from pipelines.validation.changes import changes, equal, followed
from tests.validation.conftest import PERIOD, World

FORM = "xa-2021"


def numeric(world: World) -> list[str]:
    """Elements of the commune form that hold a free number, with no rule about them here."""
    form = world.catalogue.forms[FORM]
    ids = dict.fromkeys(item.element for item in form.elements())
    return [name for name in ids if world.catalogue.elements[name].is_numeric]


def table(world: World, findings: pd.DataFrame | None = None) -> pd.DataFrame:
    """``core.changes`` of a world in which nothing is found unless it is said."""
    frames = world.frames()
    nothing = world.find().iloc[:0]
    submissions = settle(frames["submissions"], nothing if findings is None else findings)
    return changes(
        submissions=submissions,
        entries=frames["entries"],
        rows=frames["rows"],
        row_letters=frames["row_letters"],
        catalogue=world.catalogue,
        period=PERIOD,
    )


def said(row: pd.Series) -> dict[str, Any]:
    return {key: row[key] for key in ("before", "after", "state_before", "state_after")}


@pytest.fixture
def twice(world: World) -> tuple[World, str]:
    """The same commune form twice, and a number in it."""
    name = numeric(world)[0]
    world.submit(FORM, {name: 5})
    world.submit(FORM, {name: 5})
    return world, name


def test_equal_answers_are_no_change(twice: tuple[World, str]) -> None:
    assert table(twice[0]).empty


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (5, 52620, ("5", "52.620", "value", "value")),
        (5, 0, ("5", "0", "value", "zero")),
        (None, 5, (None, "5", "missing", "value")),
        (5, None, ("5", None, "value", "missing")),
        (5, "x", ("5", "x", "value", "not_applicable")),
        (0, None, ("0", None, "zero", "missing")),
        (5, 5.25, ("5", "5,25", "value", "value")),
    ],
)
def test_a_changed_cell(world: World, before: object, after: object, expected: tuple) -> None:
    name = numeric(world)[0]
    world.submit(FORM, {name: before})
    world.submit(FORM, {name: after})
    (row,) = (row for _, row in table(world).iterrows())
    told = said(row)
    assert tuple(None if pd.isna(value) else value for value in told.values()) == expected
    assert (row["submission_id"], row["previous"]) == (f"{PERIOD}/xa-1/02", f"{PERIOD}/xa-1/01")
    assert (row["unit_id"], row["element"], row["period"]) == ("xa-1", name, PERIOD)
    assert row["cell"].startswith("E")
    assert row["is_illustrative"]


def test_answers_are_told_as_yes_and_no(world: World) -> None:
    form = world.catalogue.forms[FORM]
    ids = [item.element for item in form.elements()]
    name = next(n for n in ids if world.catalogue.elements[n].type == "bool")
    world.submit(FORM, {name: 1})
    world.submit(FORM, {name: 0})
    row = table(world).iloc[0]
    assert (row["before"], row["after"]) == ("Có", "Không")


def test_a_returned_file_is_compared_with_nothing(world: World) -> None:
    name = numeric(world)[0]
    first = world.submit(FORM, {name: 5})
    bad = world.submit(FORM, {name: 6})
    third = world.submit(FORM, {name: 7})
    error = {
        "submission_id": bad, "sheet": "s", "cell": "E5", "rule": "XA-01", "severity": "error",
        "message_vi": "sai",
    }  # fmt: skip
    findings = pd.DataFrame([error], columns=world.find().columns)
    found = table(world, findings)
    assert found[["submission_id", "previous"]].to_numpy().tolist() == [[third, first]]
    assert (found.iloc[0]["before"], found.iloc[0]["after"]) == ("5", "7")


def test_each_valid_file_is_compared_with_the_one_before(world: World) -> None:
    name = numeric(world)[0]
    ids = [world.submit(FORM, {name: value}) for value in (5, 6, 6, 5)]
    found = table(world)
    assert list(found["submission_id"]) == [ids[1], ids[3]]
    assert list(found["previous"]) == [ids[0], ids[2]]


def test_the_first_final_file_is_compared_with_the_newest_estimate(world: World) -> None:
    name = numeric(world)[0]
    world.submit(FORM, {name: 4}, round_="estimate")
    second = world.submit(FORM, {name: 5}, round_="estimate")
    final = world.submit(FORM, {name: 6}, round_="final")
    last = table(world).iloc[-1]
    assert (last["submission_id"], last["previous"]) == (final, second)
    assert (last["before"], last["after"]) == ("5", "6")


def test_an_estimate_after_the_final_one_does_not_follow_it(world: World) -> None:
    world.submit(FORM, round_="final")
    world.submit(FORM, round_="estimate")
    pairs = followed(settle(world.frames()["submissions"], world.find().iloc[:0]))
    assert pairs.empty


def test_forms_and_senders_are_not_mixed(full_world: World) -> None:
    submissions = settle(full_world.frames()["submissions"], full_world.find().iloc[:0])
    assert followed(submissions).empty


def test_a_file_whose_bytes_are_gone_is_compared_with_nothing(twice: tuple[World, str]) -> None:
    world, _ = twice
    world.submissions[0] |= {"status": "superseded", "size": None, "form": None, "round": None}
    assert followed(settle(world.frames()["submissions"], world.find().iloc[:0])).empty


# --- registers


@pytest.fixture
def exports(world: World) -> World:
    """The same register export twice."""
    world.submit("motcua-2021")
    world.submit("motcua-2021")
    return world


def own_rows(world: World, number: int) -> list[dict[str, Any]]:
    return [r for r in world.rows["dossiers"] if r["submission_id"].endswith(f"/{number:02d}")]


def test_equal_registers_are_no_change(exports: World) -> None:
    assert table(exports).empty


def test_a_changed_cell_of_a_register_is_told_by_its_row(exports: World) -> None:
    row = own_rows(exports, 2)[0]
    row["due_on"] = "2021-03-01"
    found = table(exports)
    assert list(found["element"]) == ["dossiers.due_on"]
    change = found.iloc[0]
    assert change["row_key"] == row["dossier_code"]
    assert change["after"] == "01/03/2021"
    assert change["cell"].endswith(str(row["row"]))


def test_rows_that_moved_are_the_same_rows(exports: World) -> None:
    first, second = own_rows(exports, 2)
    first["row"], second["row"] = second["row"], first["row"]
    assert table(exports).empty


def test_a_row_that_came_and_one_that_went(exports: World) -> None:
    gone = own_rows(exports, 2)[0]
    code, gone["dossier_code"] = gone["dossier_code"], "HS-NEW"
    found = table(exports).set_index("row_key")
    assert set(found["element"]) == {"dossiers.dossier_code"}
    assert tuple(found.loc["HS-NEW", ["state_before", "after"]]) == ("missing", "HS-NEW")
    assert tuple(found.loc[code, ["before", "state_after"]]) == (code, "missing")


def test_columns_of_objects_with_gaps_are_compared() -> None:
    one = pd.Series([pd.NA, 1.0, 2.0, pd.NA, "a"], dtype="object")
    other = pd.Series([2.0, pd.NA, 2.0, pd.NA, "b"], dtype="object")
    assert list(equal(one, other)) == [False, False, True, True, False]
    typed = pd.Series([1, None], dtype="Int64")
    assert list(equal(typed, pd.Series([1, None], dtype="Int64"))) == [True, True]
