"""Shares and time limits of the law, row by row: what breaks them and what just keeps them."""

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
    (Path(__file__).parent / "mutants_law.yaml").read_text(encoding="utf-8")
)
FORM, UNIT, FIRST_ROW = "xa-2023", "xa-1", 5
SHEETS = {"publications": "Sổ công khai", "decisions": "Sổ quyết định"}
VALID = {
    "publications": {
        "publication_code": "CK-1",
        "unit": UNIT,
        "item": "Khoản 1",
        "title": "Kế hoạch phát triển kinh tế - xã hội",
        "decided_on": "2023-07-28",
        "published_on": "2023-08-01",
        "posted_to": None,
    },
    "decisions": {
        "decision_code": "QC-1",
        "unit": UNIT,
        "village": "Thôn 1",
        "item": "Khoản 1",
        "decided_on": "2023-09-10",
        "households_total": 90,
        "votes_for": 75,
        "sent_on": None,
    },
}


def case(
    register: str, *rows: dict[str, Any], form: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A submission with rows of a register."""
    return {"register": register, "rows": rows, "form": form or {}}


def of_mutant(rule: str, kind: str) -> dict[str, Any]:
    mutant = MUTANTS[rule]
    first = [{}] if mutant.get("twice") else []
    form = mutant.get("form") if kind == "breaking" else None
    return case(mutant["register"], *first, mutant[kind], form=form)


# further cases by name, with the rules of the law that they fire
CASES = {
    # contributions and spending need two thirds of ALL households, the rest more than half
    "two thirds lacking": (case("decisions", {"item": "Khoản 2", "votes_for": 59}), {"QCD-03"}),
    "two thirds": (case("decisions", {"item": "Khoản 2", "votes_for": 60}), set()),
    "half exceeded": (case("decisions", {"item": "Khoản 6", "votes_for": 46}), set()),
    "half reached": (case("decisions", {"item": "Khoản 6", "votes_for": 45}), {"QCD-04"}),
    # what is posted for good has no thirty days
    "regulation": (case("publications", {"item": "Khoản 4", "posted_to": "2023-08-02"}), set()),
    "procedures": (case("publications", {"item": "Khoản 13", "posted_to": "2023-08-02"}), set()),
    "thirty days": (case("publications", {"posted_to": "2023-08-10"}), {"CKN-03"}),
}


def findings(cases: dict[str, dict[str, Any]], period: str) -> pd.DataFrame:
    """The findings of all cases, each a commune of its own, in one batch."""
    world = World(CATALOGUE)
    for name, each in cases.items():
        values = {"xa.matters_decided": len(each["rows"])} | each["form"]
        submission = world.submit(FORM, values, provider=name, unit=name)
        where = {"submission_id": submission, "sheet": SHEETS[each["register"]]}
        world.rows[each["register"]] += [
            VALID[each["register"]] | row | where | {"unit": name, "row": FIRST_ROW + place}
            for place, row in enumerate(each["rows"])
        ]
        world.letters += [
            where | {"register_id": each["register"], "column": column.id, "letter": chr(66 + n)}
            for n, column in enumerate(CATALOGUE.registers[each["register"]].columns)
        ]
    like = UNITS.set_index("unit_id").loc[UNIT].to_dict()
    communes = pd.DataFrame([like | {"unit_id": name} for name in cases])
    return find(
        **world.frames(),
        units=pd.concat([UNITS, communes], ignore_index=True),
        catalogue=CATALOGUE,
        period=period,
    )


def at(period: str, cases: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Findings by rules of the law."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(conftest.SENDERS, FORM, (UNIT, UNIT))
        patch.setattr(conftest, "PERIOD", period)
        found = findings(cases, period)
    return found[found["rule"].isin(MUTANTS)].assign(
        case=lambda frame: frame["submission_id"].str.split("/").str[1]
    )


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    mutants = {
        f"{rule}-{kind}": of_mutant(rule, kind)
        for rule in MUTANTS
        for kind in ("breaking", "passing")
    }
    return at("2023-H2", mutants | {name: given for name, (given, _) in CASES.items()})


def rules(found: pd.DataFrame, name: str) -> set[str]:
    return set(found.loc[found["case"] == name, "rule"])


@pytest.mark.parametrize("rule", MUTANTS)
def test_the_smallest_breaking_row_fires_the_rule(found: pd.DataFrame, rule: str) -> None:
    assert rules(found, f"{rule}-breaking") == {rule}


@pytest.mark.parametrize("rule", MUTANTS)
def test_the_nearest_row_passes(found: pd.DataFrame, rule: str) -> None:
    assert rules(found, f"{rule}-passing") == set()


@pytest.mark.parametrize("name", CASES)
def test_each_item_of_an_article_has_its_own_measure(found: pd.DataFrame, name: str) -> None:
    assert rules(found, name) == CASES[name][1]


def test_messages_show_days_as_days(found: pd.DataFrame) -> None:
    row = found[(found["case"] == "thirty days") & (found["rule"] == "CKN-03")].iloc[0]
    assert row["found"] == "10/08/2023"
    assert row["expected"].startswith("từ 30/08/2023 trở đi")


def test_before_the_law_its_rules_say_nothing() -> None:
    assert at("2023-H1", {"early": case("decisions", {"votes_for": 10})}).empty


def test_a_finding_about_the_law_is_a_warning_with_its_article() -> None:
    about = [rule for name, rule in CATALOGUE.rules.items() if name in MUTANTS and rule.legal]
    assert {rule.severity for rule in about} == {"warning"}
    assert {rule.id for rule in about} == {"CKN-03", "QCD-03", "QCD-04"}
    assert all(citation.place for rule in about for citation in rule.legal)
