import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError

from pipelines.catalogue.integrity import CatalogueError, check_integrity
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.reference import reference_frames
from pipelines.catalogue.wording import Abbreviation, TextBlock, blanks, fill
from pipelines.vietnamese.dates import parse_date
from pipelines.vietnamese.text import fold

ROOT = Path(__file__).parents[2]
WORDS = load_catalogue().words
BLOCK = {"id": "t", "section": "I", "order": 1, "basis": "b", "text_vi": "Đạt {a.rate}."}


@pytest.fixture(scope="module")
def frames():
    return reference_frames(load_catalogue(), ROOT / "raw" / "reference")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "neither a fact nor an indicator it needs"),
        ({"needs": ["a.rate"]}, "what stands there without them"),
        (
            {"needs": ["a.rate"], "without_vi": "chưa", "above": {"a.rate": 1}},
            "what stands there otherwise",
        ),
        ({"needs": ["a.rate"], "without_vi": "chưa", "rises": ["b"]}, "indicators that it needs"),
        ({"needs": ["a.rate"], "without_vi": "chưa {a.rate}"}, "no places to fill"),
        ({"needs": ["a.rate"], "without_vi": "chưa", "otherwise_vi": "{b}"}, "neither a fact"),
    ],
)
def test_a_text_that_could_claim_without_data_is_refused(change, said):
    with pytest.raises(ValidationError, match=said):
        TextBlock.model_validate(BLOCK | change)


def test_places_are_filled_and_nothing_else():
    text = "{scope}: {a.rate:share}, {a.rate}; {Viết hoa} giữ nguyên"
    assert blanks(text) == ["scope", "a.rate", "a.rate"]
    assert fill(text, lambda name, form: f"<{name}|{form}>") == (
        "<scope|>: <a.rate|share>, <a.rate|>; {Viết hoa} giữ nguyên"
    )


@pytest.mark.parametrize(
    ("kind", "entry", "said"),
    [
        (
            "texts",
            TextBlock.model_validate(BLOCK | {"needs": ["a.rate"], "without_vi": "chưa"}),
            "text t: unknown indicator a.rate",
        ),
        (
            "texts",
            TextBlock.model_validate(BLOCK | {"text_vi": "x", "periods": ["decade"]}),
            "text t: unknown kind of period decade",
        ),
        (
            "abbreviations",
            Abbreviation(id="x", short="QCDC", full_vi="quy chế khác", full_en="other"),
            "abbreviation QCDC: stands for qcdc and x",
        ),
    ],
)
def test_wording_that_leads_nowhere_is_found(kind, entry, said):
    catalogue = load_catalogue()
    known = getattr(catalogue.words, kind)
    words = catalogue.words.model_copy(update={kind: {**known, entry.id: entry}})
    with pytest.raises(CatalogueError, match=said):
        check_integrity(catalogue.model_copy(update={"words": words}))


def test_a_claim_of_the_article_is_made_only_on_figures():
    # each evaluating phrase of the article: what bears it out, and what is said without it
    for name in ("awareness", "consensus", "conference-quality", "previous-year"):
        block = WORDS.texts[name]
        assert block.needs
        assert block.above or block.rises
        assert "chưa có số liệu" in block.without_vi
        assert block.otherwise_vi != block.text_vi


def test_quotes_are_in_the_list_of_the_articles_features():
    rows = (ROOT / "docs" / "seed-rows.csv").read_text(encoding="utf-8")
    known = fold(rows.replace('"', ""))
    for block in WORDS.texts.values():
        assert fold(block.quote_vi)[:30] in known, block.id


@pytest.mark.parametrize("day", [dt.date(2021, 6, 30), dt.date(2023, 6, 30), dt.date(2023, 7, 1)])
def test_the_slogan_of_a_day_is_that_of_its_pillars(day):
    pillars = [p for p in load_catalogue().pillars.values() if p.in_force(day)]
    said = ", ".join(p.label_vi for p in sorted(pillars, key=lambda p: p.order))
    slogans = [t for t in WORDS.themes.values() if t.kind == "slogan" and t.in_force(day)]
    assert [slogan.text_vi.lower() for slogan in slogans] == [said.lower()]


def test_no_year_has_two_themes():
    themes = [t for t in WORDS.themes.values() if t.kind == "theme"]
    years = [(t.valid_from, t.valid_to) for t in themes]
    assert all(start.year == end.year for start, end in years if end)
    assert len({start.year for start, _ in years}) == len(themes)
    assert WORDS.themes["theme-2021"].in_force(dt.date(2021, 6, 30))


@pytest.mark.parametrize("day", ["2021-06-30", "2025-06-30", "2025-07-01", "2026-06-30"])
def test_every_branch_is_told_at_every_time(day):
    told = [r for r in WORDS.recipients.values() if r.in_force(dt.date.fromisoformat(day))]
    branches = {"party", "government", "front", "mass_organisation", "union", "enterprise"}
    assert {r.branch for r in told} == branches
    assert len({r.order for r in told}) == len(told)
    levels = {r.level for r in told}
    assert ("district" in levels) == (day < "2025-07-01")
    assert {"province", "commune", "unit"} <= levels


def test_every_kind_of_illustrative_unit_belongs_to_one_branch(frames):
    units = frames["ref.units"]
    ours = units[units["is_illustrative"]]
    for day in ("2021-06-30", "2025-07-01"):
        end = pd.Timestamp(day)
        present = ours[(ours["valid_from"] <= end) & ~(ours["valid_to"] < end)]
        told = [r for r in WORDS.recipients.values() if r.in_force(end.date())]
        of_kind = [kind for r in told for kind in r.kinds]
        assert len(set(of_kind)) == len(of_kind)
        below = {"huyen"} if day >= "2025-07-01" else {"tinh"}
        assert set(present["kind"].dropna()) - below <= set(of_kind)


def test_the_printed_line_of_a_source_is_its_day():
    printed = [source for source in WORDS.sources.values() if source.published_vi]
    assert printed
    for source in printed:
        assert parse_date(source.published_vi).value == source.published_on


def test_every_published_figure_has_a_source_that_is_told(frames):
    assert set(frames["ref.published"]["source"]) == set(WORDS.sources)


def test_quotes_of_published_figures_carry_nothing_of_the_page(frames):
    published = frames["ref.published"]
    for source in WORDS.sources.values():
        printed = published[published["source"] == source.id]
        days = [None if pd.isna(day) else day.date() for day in printed["published_on"]]
        assert set(days) == {source.published_on}
        for text in source.furniture:
            assert not printed["quote"].str.contains(text, regex=False).any()


def test_wording_stands_in_reference_tables(frames):
    catalogue = load_catalogue()
    sizes = {
        "texts": catalogue.words.texts,
        "themes": catalogue.words.themes,
        "abbreviations": catalogue.words.abbreviations,
        "recipients": catalogue.words.recipients,
        "sources": catalogue.words.sources,
    }
    for name, entries in sizes.items():
        assert len(frames[f"ref.{name}"]) == len(entries) > 0
    row = frames["ref.texts"].set_index("text").loc["consensus"]
    assert (row["above"], row["needs"]) == ("xa.agreement_rate>50", "xa.agreement_rate")
    assert "Pháp lệnh 34/2007/PL-UBTVQH11" in row["legal"]


@pytest.mark.parametrize("day", [dt.date(2021, 6, 30), dt.date(2023, 7, 1), dt.date(2026, 6, 30)])
def test_no_wording_in_force_rests_on_an_expired_document(day):
    documents = load_catalogue().documents
    entries = [*WORDS.texts.values(), *WORDS.recipients.values()]
    cited = [(e.id, documents[c.document]) for e in entries if e.in_force(day) for c in e.legal]
    assert [name for name, document in cited if not document.in_force(day)] == []
