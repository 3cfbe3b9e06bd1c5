"""Duties of periods that are made of others: a straddled year, a review of years."""

import datetime as dt
from collections.abc import Callable

import pandas as pd
import pytest

from pipelines.catalogue.model import Catalogue, Duty
from pipelines.evaluation.duties import duties
from pipelines.evaluation.duty_parts import Parts
from tests.evaluation.law import LAW, MADE_UP, YEARLY, span


@pytest.fixture
def judge_2023(catalogue: Catalogue, units, observe) -> Callable[..., dict[str, tuple[str, str]]]:
    """The year 2023 from its halves: state and words of one shipped duty by unit."""

    def build(duty: str, whole: dict, first: dict, second: dict) -> dict[str, tuple[str, str]]:
        halves = {"2023-H1": first, "2023-H2": second}
        known = [observe(answers).assign(period=half) for half, answers in halves.items()]
        frame = duties(
            observations=observe(whole),
            registers={"meetings": pd.DataFrame({"unit_id": []})},
            register_known={"meetings": frozenset()},
            units=units,
            catalogue=catalogue.model_copy(update={"duties": {duty: catalogue.duties[duty]}}),
            period=span("2023", "2023-01-01", "2023-12-31"),
            scopes=["h", "tt", "xa-1", "xa-2", "xa-3", "dn-1", "dn-2"],
            parts=Parts(
                pd.concat(known, ignore_index=True),
                {"2023-H1": dt.date(2023, 6, 30), "2023-H2": dt.date(2023, 12, 31)},
            ),
        )
        words = zip(frame["state"], frame["text_vi"], strict=True)
        return dict(zip(frame["unit_id"], words, strict=True))

    return build


def test_what_only_the_new_forms_ask_is_judged_from_the_law_on(judge_2023) -> None:
    short = "xa.decisions_short"
    found = judge_2023(
        "l10.xa.decisions_short",
        whole={("xa-1", short): None, ("xa-2", short): None, ("xa-3", short): None},
        first={},
        second={("xa-1", short): 0, ("xa-2", short): 2},
    )
    assert found == {
        "xa-1": ("done", "đã thực hiện: không có quyết định chưa đủ tỷ lệ (tính từ 01/07/2023)"),
        "xa-2": ("not_done", "2 quyết định chưa đủ tỷ lệ (tính từ 01/07/2023)"),
        "xa-3": ("missing", "chưa có số liệu (tính từ 01/07/2023)"),
    }


def test_what_the_older_form_asked_too_and_was_not_told_stays_unknown(judge_2023) -> None:
    late = "xa.publish_late"
    found = judge_2023(
        "l10.xa.publish_in_time",
        whole={("xa-1", late): None},
        first={},
        second={("xa-1", late): 0},
    )
    assert found == {"xa-1": ("missing", "chưa có số liệu")}


def test_a_check_in_each_half_is_counted_by_halves_under_the_law(judge_2023) -> None:
    checked, kind = "dn.resolution_checked", "dn.kind"
    state = "Doanh nghiệp nhà nước"
    found = judge_2023(
        "l10.dn.resolution_checked",
        whole={
            ("dn-1", checked): True,
            ("dn-1", kind): state,
            ("dn-2", checked): True,
            ("dn-2", kind): state,
        },
        first={("dn-1", checked): True, ("dn-2", checked): False},
        second={("dn-1", checked): False, ("dn-2", checked): True},
    )
    # what was done before the law does not stand in for what it demands
    assert {unit: state for unit, (state, _) in found.items()} == {
        "dn-1": "not_done",
        "dn-2": "done",
    }


def test_one_half_alone_may_fulfil_a_yearly_duty(judge_2023) -> None:
    held = "dn.dialogues_periodic"
    found = judge_2023(
        "nd145.dialogue",
        whole={("dn-1", held): None, ("dn-2", held): None},
        first={("dn-1", held): 1, ("dn-2", held): 0},
        second={},
    )
    assert found["dn-1"] == ("done", "đã thực hiện: 1 cuộc (ít nhất 1)")
    assert found["dn-2"][0] == "missing"


def test_of_a_share_with_a_new_side_both_are_of_the_same_parts(judge_2023) -> None:
    """Those present in the older half do not count beside those summoned under the law."""
    summoned, present = "dn.conference_summoned", "dn.conference_attended"
    kind = {("dn-1", "dn.kind"): "Doanh nghiệp nhà nước"}
    found = judge_2023(
        "l10.dn.quorum",
        whole={("dn-1", present): 60, ("dn-1", summoned): None} | kind,
        first={("dn-1", present): 30},
        second={("dn-1", present): 30, ("dn-1", summoned): 60},
    )
    assert found["dn-1"] == (
        "not_done",
        "chưa đạt: 30/60 (50%), phải từ 2/3 trở lên, tính đến 31/12/2023 (tính từ 01/07/2023)",
    )


@pytest.fixture
def judge_review(catalogue: Catalogue, units, observe) -> Callable[..., dict[str, tuple[str, str]]]:
    """Two years of halves judged together by one made-up duty."""

    def build(made: dict, whole: dict, **halves: dict) -> dict[str, tuple[str, str]]:
        ends = {"H1": (6, 30), "H2": (12, 31)}
        leaves = {
            f"{year}-{half}": dt.date(year, *ends[half]) for year in (2021, 2022) for half in ends
        }
        known = [
            observe(answers).assign(period=key[1:].replace("_", "-"))
            for key, answers in halves.items()
        ]
        duty = Duty.model_validate(MADE_UP | {"legal": [LAW], "regimes": ["xa-pl34"]} | made)
        frame = duties(
            observations=observe(whole),
            registers={},
            register_known={},
            units=units,
            catalogue=catalogue.model_copy(update={"duties": {"d": duty}}),
            period=span("2021-2022", "2021-01-01", "2022-12-31"),
            scopes=["h", "tt", "xa-1", "xa-2", "xa-3"],
            parts=Parts(pd.concat(known, ignore_index=True), leaves),
        )
        words = zip(frame["state"], frame["text_vi"], strict=True)
        return dict(zip(frame["unit_id"], words, strict=True))

    return build


def test_more_in_one_year_does_not_make_up_for_none_in_another(judge_review) -> None:
    held = "xa.dialogues"
    found = judge_review(
        YEARLY,
        whole={("xa-1", held): 4, ("xa-2", held): 2, ("xa-3", held): None},
        y2021_H1={("xa-1", held): 4, ("xa-2", held): 1, ("xa-3", held): 5},
        y2021_H2={("xa-1", held): 0, ("xa-2", held): 0},
        y2022_H1={("xa-1", held): 0, ("xa-2", held): 0, ("xa-3", held): 1},
        y2022_H2={("xa-1", held): 0, ("xa-2", held): 1},
    )
    assert found["xa-1"][0] == "not_done"
    assert found["xa-2"] == ("done", "đã thực hiện: 2 cuộc (ít nhất 2)")
    # a half is missing in each year, and yet each year has one
    assert found["xa-3"][0] == "done"


def test_a_share_whose_sides_part_over_years_is_not_judged(judge_review) -> None:
    """Conferences of two years over the villages of the last one would be a share of 200%."""
    duty = {
        "id": "d",
        "kind": "share",
        "needed": 1,
        "elements": ["xa.villages_year_end_held"],
        "of": ["xa.villages_total"],
        "due": "year_end",
    }
    whole = {("xa-1", "xa.villages_year_end_held"): 10, ("xa-1", "xa.villages_total"): 10}
    found = judge_review(duty, whole=whole, y2022_H2=whole)
    assert found == {"xa-1": ("missing", "chưa có số liệu cho cả kỳ, xem từng năm")}
