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


def test_every_rule_has_its_mutants() -> None:
    assert list(MUTANTS) == list(load_catalogue().rules)


def test_in_the_valid_world_no_rule_fires(world: World) -> None:
    assert world.find().empty
    assert set(world.settled()["status"]) == {"accepted"}


@pytest.mark.parametrize("rule", MUTANTS)
def test_the_smallest_breaking_input_fires_the_rule(world: World, rule: str) -> None:
    mutant = MUTANTS[rule]
    for change in mutant["breaking"]:
        world.edit(change)
    found = world.find()
    assert rule in mutant["fires"]
    assert sorted(set(found["rule"])) == sorted(mutant["fires"])
    assert set(found.loc[found["rule"] == rule, "severity"]) == {
        world.catalogue.rules[rule].severity
    }


@pytest.mark.parametrize("rule", MUTANTS)
def test_the_nearest_passing_input_does_not(world: World, rule: str) -> None:
    mutant = MUTANTS[rule]
    assert rule not in mutant.get("passing_fires", [])
    for change in mutant["passing"]:
        world.edit(change)
    assert sorted(set(world.find()["rule"])) == sorted(mutant.get("passing_fires", []))


def test_no_message_shows_an_unfilled_place(world: World) -> None:
    for mutant in MUTANTS.values():
        for change in mutant["breaking"]:
            world.edit(change)
    found = world.find()
    for column in ("message_vi", "message_en", "action_vi", "expected"):
        assert not found[column].str.contains(r"[{}]|nan|None", na=False).any()
