"""Rules that begin with a later law: each has a value that breaks it, and one that passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from pipelines.catalogue.load import load_catalogue
from pipelines.validation.rules import find
from tests.validation import conftest
from tests.validation.conftest import UNITS, World

CATALOGUE = load_catalogue()
MUTANTS: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "mutants_2023.yaml").read_text(encoding="utf-8")
)
KINDS = ("breaking", "passing")
# form → the period it is sent for, and a valid sender
FORMS = {
    "xa-2023": ("2023-H2", "xa-1"),
    "cq-2023": ("2023-H2", "cq-1"),
    "dn-2023": ("2023-H2", "dn-1"),
    "xa-2025": ("2025-H2", "xa-1"),
}
# what differs from the valid world of 2021
VALID: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "valid_world.yaml").read_text(encoding="utf-8")
)["later"]


def fired(period: str) -> dict[tuple[str, str], set[str]]:
    """The rules that fire by rule and kind of change: all forms of a period in one batch."""
    world = World(CATALOGUE)
    cases = {}
    for rule, mutant in MUTANTS.items():
        if FORMS[mutant["form"]][0] != period:
            continue
        for kind in KINDS:
            name = f"u-{rule}-{kind}"
            values = VALID | mutant[kind]
            world.submit(mutant["form"], values, provider=name, unit=name)
            cases[name] = (rule, kind, FORMS[mutant["form"]][1])
    types = UNITS.set_index("unit_id")
    units = pd.DataFrame(
        [{**types.loc[like].to_dict(), "unit_id": name} for name, (_, _, like) in cases.items()]
    )
    found = find(
        **world.frames(),
        units=pd.concat([UNITS, units], ignore_index=True),
        catalogue=CATALOGUE,
        period=period,
    )
    begun = {name for name, rule in CATALOGUE.rules.items() if rule.valid_from.year >= 2023}
    wrong = found[found["rule"].isin(begun) | found["severity"].eq("error")]
    by_unit = wrong.groupby("unit_id")["rule"].agg(set)
    return {(rule, kind): by_unit.get(name, set()) for name, (rule, kind, _) in cases.items()}


@pytest.fixture(scope="module")
def all_fired() -> dict[tuple[str, str], set[str]]:
    with pytest.MonkeyPatch.context() as patch:
        for form, (_, sender) in FORMS.items():
            patch.setitem(conftest.SENDERS, form, (sender, sender))
        found = {}
        for period in sorted({period for period, _ in FORMS.values()}):
            patch.setattr(conftest, "PERIOD", period)
            found |= fired(period)
        return found


def test_only_rules_that_begin_later_are_here() -> None:
    assert {CATALOGUE.rules[name].valid_from.year >= 2023 for name in MUTANTS} == {True}


@pytest.mark.parametrize("rule", MUTANTS)
def test_the_smallest_breaking_value_fires_the_rule(
    all_fired: dict[tuple[str, str], set[str]], rule: str
) -> None:
    assert all_fired[rule, "breaking"] == {rule, *MUTANTS[rule].get("fires", [])}


@pytest.mark.parametrize("rule", MUTANTS)
def test_the_nearest_value_passes(all_fired: dict[tuple[str, str], set[str]], rule: str) -> None:
    assert all_fired[rule, "passing"] == set(MUTANTS[rule].get("passing_fires", []))
