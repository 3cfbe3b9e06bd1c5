"""Outlines, sentences, listings and places to write in: what must hold between them."""

import datetime as dt
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.narrative import (
    Listing,
    Outline,
    Section,
    Sentence,
    as_sentence,
    narrative_problems,
)
from pipelines.vietnamese.text import fold

ROOT = Path(__file__).parents[2]
CATALOGUE = load_catalogue()
NARRATIVE = CATALOGUE.narrative
SENTENCE = {"id": "s", "text_vi": "Đạt {a.rate}"}
# headings of the official layout, in order
PERIODIC = ["I", "II", "III", "IV", "V", "VI"]
REVIEW = ["P1", "P2", "P3", "P4"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "neither a fact nor an indicator it needs"),
        ({"needs": ["a.rate"], "complete": True}, "what stands there otherwise"),
        ({"needs": ["a.rate"], "rises": ["b"], "otherwise_vi": "x"}, "indicators that it needs"),
        ({"needs": ["a.rate"], "compare": ["b"]}, "compares what it does not declare"),
        ({"needs": ["a.rate"], "without_vi": "chưa {a.rate}"}, "no places to fill"),
        ({"needs": ["a.rate"], "clauses": [{"text_vi": "; {b}"}]}, "{b} is neither"),
    ],
)
def test_a_sentence_says_nothing_that_it_does_not_declare(change, said):
    with pytest.raises(ValidationError, match=said):
        Sentence.model_validate(SENTENCE | change)


@pytest.mark.parametrize(
    ("update", "said"),
    [
        (
            {"outlines": {"o": Outline(id="o", kinds=["decade"], title_vi="", sections=[])}},
            "outline o: unknown kind of period decade",
        ),
        (
            {
                "outlines": {
                    "o": Outline(
                        id="o",
                        kinds=["half"],
                        title_vi="",
                        sections=[Section(id="I", level=1, items=["nothing"])],
                    )
                }
            },
            "outline o, I: unknown item nothing",
        ),
        (
            {"sentences": {"s": Sentence(id="s", text_vi="{a.rate}", needs=["a.rate"])}},
            "sentence s: unknown indicator a.rate",
        ),
        ({"sentences": {"s": Sentence(id="s", text_vi="Rất tốt")}}, "sentence s: it stands on"),
        (
            {"listings": {"l": Listing(id="l", frame="gossip", lead_vi="")}},
            "listing l: unknown register gossip",
        ),
    ],
)
def test_what_leads_nowhere_is_found(update, said):
    changed = NARRATIVE.model_copy(update=update)
    assert any(problem.startswith(said) for problem in narrative_problems(CATALOGUE, changed))


def test_a_name_means_one_thing():
    slots = NARRATIVE.slots | {"dossiers": next(iter(NARRATIVE.slots.values()))}
    changed = NARRATIVE.model_copy(update={"slots": slots})
    assert "dossiers: names two things" in list(narrative_problems(CATALOGUE, changed))


@pytest.mark.parametrize(("kind", "wanted"), [("half", PERIODIC), ("year", PERIODIC)])
def test_a_periodic_report_has_the_official_sections(kind, wanted):
    outline = NARRATIVE.outline_for(kind, dt.date(2021, 6, 30))
    found = [s.id for s in outline.sections if s.level == 1 and s.heading_vi]
    assert found == wanted


def test_a_review_has_four_parts():
    outline = NARRATIVE.outline_for("review", dt.date(2020, 12, 31))
    assert [s.id for s in outline.sections if s.level == 1 and s.heading_vi] == REVIEW


def test_a_year_adds_the_programme_the_comparison_and_the_bands():
    outline = NARRATIVE.outline_for("year", dt.date(2021, 12, 31))
    added = [item for s in outline.sections if s.kinds == ["year"] for item in s.items]
    assert {"tasks-done", "table:compared", "bands", "rewards"} <= set(added)


def test_every_indicator_is_told_in_some_report():
    texts = [
        *NARRATIVE.sentences.values(),
        *(as_sentence(block) for block in CATALOGUE.words.texts.values()),
    ]
    told = {name for sentence in texts for name in sentence.indicators}
    # an average says nothing beside the sum and the number of communes
    assert set(CATALOGUE.indicators) - told == {"ntm.criteria_average"}


def test_quotes_are_in_the_list_of_the_articles_features():
    rows = (ROOT / "docs" / "seed-rows.csv").read_text(encoding="utf-8")
    known = fold(rows.replace('"', ""))
    for sentence in NARRATIVE.sentences.values():
        assert fold(sentence.quote_vi)[:30] in known, sentence.id


def test_columns_of_listings_are_those_of_their_registers():
    derived = {"n", "unit"}
    for listing in NARRATIVE.listings.values():
        if listing.frame not in CATALOGUE.registers:
            continue
        columns = {column.id for column in CATALOGUE.registers[listing.frame].columns} | derived
        assert {*listing.by, *listing.where} <= columns, listing.id
        for column, values in listing.where.items():
            entry = next(c for c in CATALOGUE.registers[listing.frame].columns if c.id == column)
            assert set(values) <= set(entry.options or []), listing.id
