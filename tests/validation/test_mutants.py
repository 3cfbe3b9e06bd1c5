"""Every rule of the catalogue has a mutant that breaks it and a neighbour that passes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pipelines.catalogue.load import load_catalogue

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
    if sheet.register_id and load_catalogue().registers[sheet.register_id].authority == "self"
]


def changed(world: World, rule: str, changes: list[dict[str, Any]]) -> list[str]:
    """The rules that fire after the changes, in a valid world of the forms they touch."""
    mutant = MUTANTS[rule]["breaking"] + MUTANTS[rule]["passing"]
    touched = {c["form"] if "form" in c else OWNERS[c["register"]] for c in mutant}
    for group in GROUPS:
        for form_id in sorted(group) if group & touched else []:
            world.submit(form_id)
    for change in changes:
        world.edit(change)
    return sorted(set(world.find()["rule"]))


def test_every_rule_has_its_mutants() -> None:
    assert list(MUTANTS) == list(load_catalogue().rules)


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
def test_the_smallest_breaking_input_fires_the_rule(world: World, rule: str) -> None:
    mutant = MUTANTS[rule]
    assert rule in mutant["fires"]
    assert changed(world, rule, mutant["breaking"]) == sorted(mutant["fires"])


@pytest.mark.parametrize("rule", MUTANTS)
def test_the_nearest_passing_input_does_not(world: World, rule: str) -> None:
    mutant = MUTANTS[rule]
    fires = mutant.get("passing_fires", [])
    assert rule not in fires
    assert changed(world, rule, mutant["passing"]) == sorted(fires)


def test_no_message_shows_an_unfilled_place(world: World) -> None:
    for mutant in MUTANTS.values():
        for change in mutant["breaking"]:
            world.edit(change)
    found = world.find()
    for column in ("message_vi", "message_en", "action_vi", "expected"):
        assert not found[column].str.contains(r"[{}]|nan|None", na=False).any()
