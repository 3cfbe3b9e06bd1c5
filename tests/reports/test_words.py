from collections.abc import Collection

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.wording import TextBlock
from pipelines.reports.words import Values, passages, sentences

TEXTS = load_catalogue().words.texts
NAMES = ("scope", "period", "year", "data_to", "theme", "theme_of", "slogan")
FACTS: dict[str, str | None] = dict.fromkeys(NAMES, "…")


def figure(name, value, *, exact=None, expected=16, reporting=16, parts=(None, None)):
    return {
        "indicator": name,
        "label": name,
        "numerator": parts[0],
        "denominator": parts[1],
        "value": value,
        "shown": f"{value:g}%",
        "exact": exact,
        "expected_units": expected,
        "reporting_units": reporting,
        "coverage_shown": f"{reporting}/{expected}",
    }


def said(names, *figures, facts=None, risen: Collection[str] = (), answered: Collection[str] = ()):
    frame = pd.DataFrame(figures or [figure("none", 1.0)])
    values = Values.of(frame, FACTS | (facts or {}), answered, risen)
    return passages([TEXTS[name] for name in names], values)


def test_the_opening_is_filled_with_the_report_s_facts():
    facts = {"scope": "Huyện minh họa", "period": "6 tháng đầu năm 2021", "data_to": "05/06/2021"}
    (passage,) = said(["opening"], facts=facts)
    assert passage["state"] == "said"
    assert "trong Huyện minh họa, 6 tháng đầu năm 2021, nhằm" in passage["text"]
    assert "{" not in passage["text"]


def test_a_year_without_a_theme_has_no_sentence_about_one():
    assert said(["theme"], facts={"theme": None}) == []
    (passage,) = said(["theme"], facts={"year": "2021", "theme_of": "Ban X", "theme": "Y"})
    assert passage["text"] == "Chủ đề năm 2021 của Ban X: “Y”."


@pytest.mark.parametrize("name", [n for n, block in TEXTS.items() if block.needs])
def test_without_figures_a_passage_says_so_and_claims_nothing(name):
    for unknown in ((), (figure(TEXTS[name].needs[0], float("nan")),)):
        (passage,) = said([name], *unknown)
        assert passage["state"] == "without"
        assert passage["text"] == TEXTS[name].without_vi
        assert "chưa có số liệu" in passage["text"]


def test_own_words_are_named_only_where_there_are_some():
    (none,) = said(["own-words"], facts={"own_words": None})
    (some,) = said(["own-words"], facts={"own_words": "03 đơn vị"})
    assert none["text"] == TEXTS["own-words"].without_vi
    assert "03 đơn vị có lời văn riêng" in some["text"]


@pytest.mark.parametrize(("value", "state"), [(50.0, "otherwise"), (50.01, "said")])
def test_consensus_is_said_above_one_half_only(value, state):
    (passage,) = said(["consensus"], figure("xa.agreement_rate", value))
    assert passage["state"] == state
    assert ("tạo được sự đồng thuận" in passage["text"]) == (state == "said")


def test_awareness_is_never_claimed_and_a_rise_only_where_it_is_comparable():
    name = "xa.satisfaction_rate"
    (flat,) = said(["awareness"], figure(name, 93.0))
    (risen,) = said(["awareness"], figure(name, 93.0), risen={name})
    assert "cao hơn cùng kỳ" not in flat["text"]
    assert "cao hơn cùng kỳ" in risen["text"]
    for passage in (flat, risen):
        assert "căn cứ" in passage["text"]


def test_a_claim_about_all_needs_all_reports():
    name = "dn.answer_rate"
    half = figure(name, 90.0, expected=15, reporting=14)
    (partial,) = said(["conference-quality"], half, risen={name})
    (whole,) = said(["conference-quality"], half | {"reporting_units": 15}, risen={name})
    assert (partial["state"], whole["state"]) == ("otherwise", "said")
    assert partial["notes"] == ["dn.answer_rate: mới có số liệu của 14/15 đơn vị."]
    assert whole["notes"] == []


def test_of_several_figures_the_missing_one_is_named():
    known = figure("xa.petitions_received", 12.0, reporting=15)
    (passage,) = said(["petitions"], known)
    assert passage["state"] == "without"
    assert passage["notes"] == [
        "xa.petitions_received: mới có số liệu của 15/16 đơn vị.",
        "xa.petition_resolution_rate: chưa có số liệu.",
    ]


def test_figures_are_written_as_the_report_shows_them():
    block = TextBlock.model_validate(
        {
            "id": "t",
            "section": "I",
            "order": 1,
            "basis": "b",
            "needs": ["a"],
            "without_vi": "chưa có số liệu",
            "text_vi": "{a}; {a:share}; {a:count}; {a:numerator} trên {a:denominator}",
        }
    )
    row = figure("a", 87.0, exact="86,67%", parts=(13.0, 15.0))
    assert sentences([block], Values.of(pd.DataFrame([row]), FACTS)) == [
        "87% (86,67%); 13/15; 87; 13 trên 15"
    ]


def test_halves_are_no_counts_and_are_shown_as_they_are():
    names = ("xa.contribution_money", "xa.contribution_days", "xa.road_metres")
    days = figure(names[1], 16.5) | {"shown": "16,5"}
    (passage,) = said(["contributions"], figure(names[0], 1.0), days, figure(names[2], 9.0))
    assert "16,5 ngày công; làm mới, nâng cấp 09 mét" in passage["text"]


def test_elements_that_nobody_answered_are_missing():
    block = TEXTS["opening"].model_copy(update={"elements": ["xa.x"], "without_vi": "chưa có"})
    unanswered = Values.of(pd.DataFrame([figure("a", 1.0)]), FACTS)
    answered = Values.of(pd.DataFrame([figure("a", 1.0)]), FACTS, answered={"xa.x"})
    assert sentences([block], unanswered) == ["chưa có"]
    assert sentences([block], answered) != ["chưa có"]


def test_passages_stand_in_the_order_of_the_report():
    blocks = [TEXTS["theme"], TEXTS["opening"], TEXTS["slogan"]]
    values = Values.of(pd.DataFrame([figure("a", 1.0)]), FACTS)
    order = [passage["text_id"] for passage in passages(blocks, values)]
    assert order == ["opening", "slogan", "theme"]
