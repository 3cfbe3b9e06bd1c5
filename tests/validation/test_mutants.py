"""Every rule of the catalogue has a mutant that breaks it and a neighbour that passes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import yaml

from pipelines.catalogue.load import load_catalogue
from pipelines.validation.rules import find

if TYPE_CHECKING:
    from tests.validation.conftest import World

MUTANTS: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "mutants.yaml").read_text(encoding="utf-8")
)


# forms that speak of the same units; a change in one can only meet rules of its own group
GROUPS = (
    {"xa-2021", "ntm-2021"},
    {"dn-2021", "ldld-2021"},
    {"bcd-2021"},
    {"cq-2021"},
    {"noivu-2021"},
    {"motcua-2021"},
)
OWNERS = yaml.safe_load((Path(__file__).parent / "valid_world.yaml").read_text(encoding="utf-8"))[
    "owners"
]
KEPT = [
    (sheet.register_id, form.id)
    for form in load_catalogue().forms.values()
    for sheet in form.sheets
    if form.in_force(dt.date(2021, 6, 30))
    and sheet.register_id
    and load_catalogue().registers[sheet.register_id].may_be_absent
]


def changed(world: World, rule: str, changes: list[dict[str, Any]]) -> World:
    """A valid world of the forms that a rule's mutants touch, after the changes."""
    mutant = MUTANTS[rule]["breaking"] + MUTANTS[rule]["passing"]
    touched = {c["form"] if "form" in c else OWNERS[c["register"]] for c in mutant}
    for group in GROUPS:
        for form_id in sorted(group) if group & touched else []:
            world.submit(form_id)
    for change in changes:
        world.edit(change)
    return world


def apart(world: World, place: int) -> None:
    """Give every unit and submission of a world a name of its own."""
    records = [*world.submissions, *world.entries, *world.letters, *world.faults]
    records += [*world.past, *world.past_rows]
    for record in [*records, *(row for rows in world.rows.values() for row in rows)]:
        for name in ("provider", "speaks_for", "unit_id", "unit"):
            if isinstance(record.get(name), str):
                record[name] = f"{record[name]}~{place}"
        if "submission_id" not in record:
            continue
        period, provider, number = record["submission_id"].rsplit("/", 2)
        record["submission_id"] = f"{period}/{provider}~{place}/{number}"


def side_by_side(worlds: list[World], units: pd.DataFrame, batch: World) -> pd.DataFrame:
    """The findings of worlds that stand apart, by ``place``: all of them in one batch."""
    everybody = []
    for place, world in enumerate(worlds):
        batch.submissions += world.submissions
        batch.entries += world.entries
        batch.letters += world.letters
        batch.faults += world.faults
        batch.past += world.past
        batch.past_rows += world.past_rows
        for register, rows in world.rows.items():
            batch.rows.setdefault(register, []).extend(rows)
        names = {name: units[name] + f"~{place}" for name in ("unit_id", "parent_id")}
        everybody.append(units.assign(**names))
    found = find(
        **batch.frames(),
        units=pd.concat(everybody, ignore_index=True),
        catalogue=batch.catalogue,
        period="2021-H1",
        history=batch.history(),
        rows_before=batch.rows_before(),
    )
    places = found["submission_id"].str.extract(r"~(\d+)/", expand=False).astype("int64")
    return found.assign(place=places)


@pytest.fixture(scope="module")
def fired(new_world: Callable[[], World], units: pd.DataFrame) -> dict[tuple[str, str], list[str]]:
    """The rules that fire by rule and kind of change."""
    cases = [(rule, kind) for rule in MUTANTS for kind in ("breaking", "passing")]
    worlds = [changed(new_world(), rule, MUTANTS[rule][kind]) for rule, kind in cases]
    for place, world in enumerate(worlds):
        apart(world, place)
    found = side_by_side(worlds, units, new_world())
    rules = found.groupby("place")["rule"].agg(set)
    return {case: sorted(rules.get(place, set())) for place, case in enumerate(cases)}


def test_every_rule_has_its_mutants() -> None:
    # those of rules that begin later stand with the test of their own period
    later: dict[str, Any] = {}
    for path in sorted(Path(__file__).parent.glob("mutants_*.yaml")):
        later |= yaml.safe_load(path.read_text(encoding="utf-8"))
    assert not set(later) & set(MUTANTS)
    assert sorted(MUTANTS | later) == sorted(load_catalogue().rules)


def test_in_the_valid_world_no_rule_fires(full_world: World) -> None:
    full_world.submit("tonghop-2021")
    assert full_world.find().empty
    assert set(full_world.settled()["status"]) == {"accepted"}


@pytest.mark.parametrize(("register", "form"), KEPT)
def test_a_valid_register_that_a_unit_keeps_fires_nothing(
    world: World, register: str, form: str
) -> None:
    world.submit(form)
    world.keep(register, form)
    assert world.find().empty


@pytest.mark.parametrize("rule", MUTANTS)
def test_the_smallest_breaking_input_fires_the_rule(
    fired: dict[tuple[str, str], list[str]], rule: str
) -> None:
    mutant = MUTANTS[rule]
    assert rule in mutant["fires"]
    assert fired[rule, "breaking"] == sorted(mutant["fires"])


@pytest.mark.parametrize("rule", MUTANTS)
def test_the_nearest_passing_input_does_not(
    fired: dict[tuple[str, str], list[str]], rule: str
) -> None:
    fires = MUTANTS[rule].get("passing_fires", [])
    assert rule not in fires
    assert fired[rule, "passing"] == sorted(fires)


def test_no_message_shows_an_unfilled_place(world: World) -> None:
    for mutant in MUTANTS.values():
        for change in mutant["breaking"]:
            world.edit(change)
    found = world.find()
    for column in ("message_vi", "message_en", "action_vi", "expected"):
        assert not found[column].str.contains(r"[{}]|nan|None", na=False).any()
