"""What passages stand on, recipients and sources, from frames alone."""

import pandas as pd
import pytest

from pipelines.analysis import wording
from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.periods import period_frame
from pipelines.catalogue.wording_frames import wording_frames

CATALOGUE = load_catalogue()
SCOPE = "huyen-mh-1"
PERIODS = table_contract(CATALOGUE, "ref.periods").conform(period_frame(CATALOGUE.periods))
CUT_OFFS = {"2020-H1": "2020-05-31", "2021-H1": "2021-05-31", "2025-H2": "2025-12-10"}


class Frames:
    """Reference tables of the catalogue, and a few rows of the others."""

    def __init__(self) -> None:
        self.frames = wording_frames(CATALOGUE, lambda _: None) | {
            "ref.periods": PERIODS,
            "ref.units": pd.DataFrame({"unit_id": [SCOPE], "name": ["Huyện minh họa"]}),
            "ref.requests": pd.DataFrame(
                [
                    {
                        "scope_id": SCOPE,
                        "period": period,
                        "round": "final",
                        "due_date": pd.Timestamp(day),
                        "data_to": pd.Timestamp(day),
                        "is_illustrative": True,
                    }
                    for period, day in CUT_OFFS.items()
                ]
            ),
            "ref.published": pd.DataFrame(
                {
                    "period": ["2020-H1", "2021-H1", "2021-H1"],
                    "source": ["vnbusiness-1069952", *["krong-pac-2021-06-10"] * 2],
                }
            ),
            "eval.indicator_values": pd.DataFrame({"period": [], "as_of": []}),
            "intake.quotes": pd.DataFrame(
                {"period": ["2021-H1"] * 3, "unit_id": ["xa-1", "xa-1", "xa-2"]}
            ),
            "core.observations": pd.DataFrame(
                {
                    "period": ["2021-H1"] * 4 + ["2020-H1"],
                    "element": ["a", "a", "b", "c", "d"],
                    "state": ["missing", "value", "missing", "zero", "value"],
                }
            ),
            "eval.comparisons": pd.DataFrame(
                [
                    ("2021-H1", SCOPE, "up", "same_period", True, 2.0),
                    ("2021-H1", SCOPE, "down", "same_period", True, -2.0),
                    ("2021-H1", SCOPE, "level", "same_period", True, 0.0),
                    ("2021-H1", SCOPE, "unlike", "same_period", False, 2.0),
                    ("2021-H1", SCOPE, "last", "previous", True, 2.0),
                    ("2021-H1", "xa-1", "elsewhere", "same_period", True, 2.0),
                    ("2020-H1", SCOPE, "before", "same_period", True, 2.0),
                ],
                columns=["period", "scope_id", "indicator", "against", "comparable", "difference"],
            ),
        }

    def table(self, name: str, /) -> pd.DataFrame:
        return self.frames[name]


@pytest.fixture(scope="module")
def wh() -> Frames:
    return Frames()


def test_facts_are_those_of_the_period(wh):
    told = wording.facts(wh, "2021-H1")
    assert told == {
        "scope": "Huyện minh họa",
        "period": "6 tháng đầu năm 2021",
        "year": "2021",
        "data_to": "31/05/2021",
        "theme": "Đẩy mạnh thực hiện Quy chế dân chủ ở cơ sở",
        "theme_of": "Ban Dân vận Trung ương",
        "slogan": "Dân biết, dân bàn, dân làm, dân kiểm tra",
        "own_words": "02 đơn vị",
    }
    other = wording.facts(wh, "2020-H1")
    assert (other["theme"], other["theme_of"], other["own_words"]) == (None, None, None)
    assert str(wording.facts(wh, "2025-H2")["slogan"]).endswith("dân thụ hưởng")


def test_own_words_of_a_year_are_those_of_its_halves(wh):
    assert wording.facts(wh, "2021")["own_words"] == "02 đơn vị"
    assert wording.facts(wh, "2020")["own_words"] is None


def test_a_passage_belongs_to_its_time_and_kind_of_period(wh):
    now = {block.id for block in wording.blocks(wh, "2021-H1")}
    later = {block.id for block in wording.blocks(wh, "2025-H2")}
    assert {"opening", "consensus"} <= now
    assert not {"opening", "consensus", "review-120"} & later
    assert {"opening-2023", "consensus-2023"} <= later
    review = {block.id for block in wording.blocks(wh, "2016-2020")}
    assert {"opening", "review-120"} <= review


def test_what_somebody_answered_is_answered(wh):
    assert wording.answered(wh, "2021-H1") == {"a", "c"}


def test_only_comparable_rises_of_the_scope_on_the_same_period_count(wh):
    assert wording.risen(wh, "2021-H1") == {"up"}


def test_recipients_follow_the_tiers_of_the_day(wh):
    before, after = (wording.recipients(wh, period) for period in ("2021-H1", "2025-H2"))
    assert "Huyện" in set(before["level_vi"])
    assert "Huyện" not in set(after["level_vi"])
    for rows in (before, after):
        assert set(rows["branch_vi"]) == set(wording.BRANCHES.values())
        assert rows.notna().all()[["label_vi", "branch_vi", "level_vi"]].all()


def test_a_source_says_what_is_not_known_of_it(wh):
    (article,) = wording.sources(wh, "2021-H1").to_dict("records")
    (other,) = wording.sources(wh, "2020-H1").to_dict("records")
    assert article["published_vi"] == "Thứ 5, 10/06/2021 22:06 (GMT+7)"
    assert other["published_vi"] == wording.UNKNOWN_DAY
    assert str(other["publisher_vi"]).endswith("(chưa đối chiếu)")
    assert wording.sources(wh, "2025-H2").empty
