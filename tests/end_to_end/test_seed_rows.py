"""Every row of the article's features leads to a table, a rule, a test or a passage of words."""

import ast
import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from pipelines.analysis import wording
from pipelines.analysis.indicators import scope_values
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration.remind_command import letters_of
from pipelines.reports.words import Values, passages

from .conftest import PERIOD, ROOT

CATALOGUE = load_catalogue()
SCOPE = "huyen-mh-1"
MUTANTS = yaml.safe_load((ROOT / "tests/validation/mutants.yaml").read_text(encoding="utf-8"))
KNOWN_STATES = {"value", "zero", "not_applicable"}
TABLES = {"table", "element", "register", "document", "population", "actor", "recipient"}
WORDS = {"block", "theme", "source", "abbreviation"}
# what may carry a feature of a kind; words carry words only
CARRIERS = {
    "A": TABLES,
    "D": TABLES,
    "E": TABLES,
    "M": TABLES,
    "I": {"indicator"},
    "R": {"rule", "test"},
    "N": TABLES | WORDS | {"indicator"},
}
# the article gives no figure, nor does the sample
WITHOUT_DATA: set[tuple[int, str]] = set()
# tables that only longer periods fill; a test of theirs stands in the same row
OF_LONGER_PERIODS = {"eval.series"}
# evidence came for no figure of the shipped period; its reading has a test in the same row
MAY_BE_EMPTY = {"core.evidence", "intake.quotes"}


@dataclass(frozen=True)
class Frames:
    """Tables of a run in the place of a warehouse."""

    tables: dict[str, pd.DataFrame]

    def table(self, name: str, /) -> pd.DataFrame:
        return self.tables[name]


@dataclass(frozen=True)
class Row:
    """A feature of the article and what carries it: (type, name) pairs."""

    number: int
    phrase: str
    kinds: tuple[str, ...]
    carriers: tuple[tuple[str, str], ...]

    def of(self, *types: str) -> list[tuple[str, str]]:
        return [carrier for carrier in self.carriers if carrier[0] in types]


def read_rows() -> Iterator[Row]:
    with (ROOT / "docs" / "seed-rows.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            carriers = [carrier.partition(":") for carrier in line["carriers"].split(";")]
            yield Row(
                int(line["row"]),
                line["phrase"],
                tuple(line["kinds"].split(";")),
                tuple((kind, name) for kind, _, name in carriers),
            )


ROWS = list(read_rows())


def rows_of(tables: dict[str, pd.DataFrame], kind: str, name: str) -> pd.DataFrame:
    """The rows of the warehouse that a carrier names; without data there are none.

    Raises:
        KeyError: There is no such table.
    """
    if kind in {"table", "register"}:
        return tables[name if kind == "table" else f"core.registers_{name}"]
    table, column = {
        "element": ("core.observations", "element"),
        "indicator": ("eval.indicator_values", "indicator"),
        "document": ("ref.documents", "document"),
        "population": ("ref.populations", "population"),
        "actor": ("ref.units", "kind"),
        "period": ("ref.periods", "period"),
        "recipient": ("ref.recipients", "recipient"),
        "regime": ("ref.regimes", "regime"),
        "block": ("ref.texts", "text"),
        "theme": ("ref.themes", "theme"),
        "source": ("ref.sources", "source"),
        "abbreviation": ("ref.abbreviations", "short"),
    }[kind]
    frame = tables[table][tables[table][column] == name]
    if kind == "element":
        return frame[frame["state"].isin(KNOWN_STATES)]
    if kind == "indicator":
        return frame[(frame["scope_id"] == SCOPE) & frame["value"].notna()]
    return frame


@cache
def functions_of(path: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def can_fail(function: ast.FunctionDef) -> bool:
    """Whether a test asserts something, or expects an error."""
    return any(
        isinstance(node, ast.Assert) or (isinstance(node, ast.Attribute) and node.attr == "raises")
        for node in ast.walk(function)
    )


def test_the_rows_are_those_of_the_article():
    assert [row.number for row in ROWS] == list(range(1, 46))
    assert all(row.phrase for row in ROWS)
    assert {kind for row in ROWS for kind in row.kinds} == set(CARRIERS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
def test_every_kind_of_a_row_is_carried(row):
    uncarried = {kind for kind in row.kinds if not row.of(*CARRIERS[kind])}
    assert uncarried == set()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
def test_words_alone_satisfy_words_only(row):
    if not row.of(*TABLES, "indicator", "rule", "test"):
        assert row.kinds == ("N",)


def test_names_lead_somewhere(shipped_tables):
    known = {
        "element": CATALOGUE.elements,
        "indicator": CATALOGUE.indicators,
        "register": CATALOGUE.registers,
        "rule": CATALOGUE.rules,
    }
    for row in ROWS:
        for kind, name in row.carriers:
            assert kind in {*TABLES, *WORDS, "indicator", "period", "regime", "rule", "test"}
            if kind in known:
                assert name in known[kind], f"row {row.number}: {kind}:{name}"
            elif kind != "test":
                found = rows_of(shipped_tables, kind, name)
                empty = name in MAY_BE_EMPTY | OF_LONGER_PERIODS and row.of("test", "block")
                assert len(found) or empty, f"row {row.number}: {kind}:{name}"


def test_rows_without_data_are_known(shipped_tables):
    """Each kind of a row has a row in a table; the exceptions are named here."""
    without = {
        (row.number, kind)
        for row in ROWS
        for kind in row.kinds
        if kind in "ADEMI"
        and not any(len(rows_of(shipped_tables, *carrier)) for carrier in row.of(*CARRIERS[kind]))
    }
    assert without == WITHOUT_DATA


def test_what_has_no_data_is_missing_and_not_zero(shipped_tables):
    observed = shipped_tables["core.observations"]
    values = shipped_tables["eval.indicator_values"]
    shown = shipped_tables["report.figures"].set_index("figure_id")["shown_as"]
    for row in ROWS:
        for kind, name in row.of("element", "indicator"):
            if len(rows_of(shipped_tables, kind, name)):
                continue
            if kind == "element":
                asked = observed[observed["element"] == name]
                assert set(asked["state"]) <= {"missing"}, name
                assert asked["value"].isna().all(), name
            else:
                state = values.query("scope_id == @SCOPE and indicator == @name")["state"]
                assert list(state) == ["missing"], name
                assert shown[f"{PERIOD}/{name}@{SCOPE}"] == "chưa có số liệu"


@pytest.mark.parametrize("rule", sorted({name for row in ROWS for _, name in row.of("rule")}))
def test_every_rule_has_its_mutants(rule):
    assert rule in CATALOGUE.rules
    assert MUTANTS[rule]["breaking"]
    assert rule in MUTANTS[rule]["fires"]


@pytest.mark.parametrize("test", sorted({name for row in ROWS for _, name in row.of("test")}))
def test_every_named_test_is_there_and_can_fail(test):
    path, _, name = test.partition("::")
    assert Path(path).name.startswith("test_")
    function = functions_of(ROOT / path)[name]
    assert can_fail(function)


@pytest.fixture(scope="module")
def said(shipped_tables) -> dict[str, dict[str, Any]]:
    """Passages of the shipped period's report by the block they come from."""
    wh = Frames(shipped_tables)
    values = Values.of(
        scope_values(wh, PERIOD),
        wording.facts(wh, PERIOD),
        wording.answered(wh, PERIOD),
        wording.risen(wh, PERIOD),
    )
    told = passages(wording.blocks(wh, PERIOD), values)
    return {str(passage["text_id"]): dict(passage) for passage in told}


BLOCKS = sorted({name for row in ROWS for _, name in row.of("block")})


@pytest.mark.parametrize("name", BLOCKS)
def test_every_passage_is_borne_out_or_says_that_data_are_missing(name, said, shipped_tables):
    block = CATALOGUE.words.texts[name]
    if block.periods:
        assert name not in said, "it belongs to another kind of period"
        return
    passage = said[name]
    values = shipped_tables["eval.indicator_values"].query("scope_id == @SCOPE")
    known = set(values.loc[values["value"].notna(), "indicator"])
    if passage["state"] == "without":
        assert passage["text"] == block.without_vi
        assert "chưa có số liệu" in passage["text"]
        assert not set(block.needs) <= known or not block.needs
    else:
        assert set(block.needs) <= known
    assert "{" not in passage["text"]


def test_rises_are_claimed_only_where_the_comparison_says_so(said, shipped_tables):
    beside = shipped_tables["eval.comparisons"].query("scope_id == @SCOPE")
    beside = beside[(beside["against"] == "same_period") & beside["comparable"]]
    risen = set(beside.loc[beside["difference"] > 0, "indicator"])
    claims = {name: CATALOGUE.words.texts[name].rises for name in said}
    told = {name for name, needs in claims.items() if needs and said[name]["state"] == "said"}
    assert all(set(claims[name]) <= risen for name in told)


def test_the_report_opens_with_its_place_its_theme_and_its_slogan(said):
    assert "Huyện minh họa" in said["opening"]["text"]
    assert "mở rộng dân chủ xã hội chủ nghĩa" in said["opening"]["text"]
    assert "năm 2021 của Ban Dân vận Trung ương" in said["theme"]["text"]
    assert "Dân biết, dân bàn, dân làm, dân kiểm tra" in said["slogan"]["text"]


def test_who_owes_a_report_has_a_letter_of_its_own(shipped_tables):
    reporting = shipped_tables["core.reporting"]
    owing = set(reporting.loc[reporting["state"] != "on_time", "unit_id"])
    long_after = dt.datetime(2021, 12, 31, tzinfo=dt.UTC)
    letters = letters_of(Frames(shipped_tables), CATALOGUE, PERIOD, long_after)
    assert {letter.unit_id for letter in letters} == owing
    assert owing
    names = {letter.unit for letter in letters}
    assert len(names) == len(owing)
    assert all(letter.addressed and letter.owed for letter in letters)


def test_a_test_without_a_claim_is_seen():
    (empty,) = ast.parse("def test_a():\n    print(1)").body
    (claims,) = ast.parse("def test_b():\n    assert 1").body
    assert isinstance(empty, ast.FunctionDef)
    assert isinstance(claims, ast.FunctionDef)
    assert (can_fail(empty), can_fail(claims)) == (False, True)
