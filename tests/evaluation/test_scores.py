"""Points of one line: every kind of scale, what is missing, what does not apply, the stages."""

from dataclasses import replace

import pandas as pd
import pytest
from pydantic import ValidationError

from tests.evaluation.scoring import NOTHING_GIVEN, known, line, made_set, scored

DONE, COUNT, RATE = "ld.programme_issued", "xa.petitions_overdue", "xa.publish_rate"
STEPS = {
    "kind": "steps",
    "steps": [{"at_least": 90, "points": 10}, {"at_least": 50, "points": 4}],
}


def points(scale: dict, said: object, reads: dict | None = None, **more: object) -> tuple:
    reads = reads or {"element": COUNT}
    entry = made_set([line("a", 10, scale, reads, **more), *_filler(scale)])
    what = (
        known({}, {("u", reads["indicator"]): said})
        if "indicator" in reads
        else known({("u", reads["element"]): said})
    )
    row = scored(entry, what, ["u"]).set_index("criterion").to_dict("index")["a"]
    return tuple(None if pd.isna(row[name]) else row[name] for name in ("points", "lower", "upper"))


def _filler(scale: dict) -> list[dict]:
    """Bonus and penalty stand beside points; a set needs some that count."""
    if scale["kind"] not in {"bonus", "penalty"}:
        return []
    return [line("base", 100, {"kind": "yes_no"}, {"element": DONE})]


@pytest.mark.parametrize(
    ("scale", "said", "wanted"),
    [
        ({"kind": "yes_no"}, True, 10),
        ({"kind": "yes_no"}, False, 0),
        ({"kind": "yes_no", "at_least": 5}, 4, 0),
        ({"kind": "yes_no", "at_least": 5}, 5, 10),
        (STEPS, 90, 10),
        (STEPS, 89.99, 4),
        (STEPS, 50, 4),
        (STEPS, 49.99, 0),
        ({"kind": "linear"}, 75, 7.5),
        ({"kind": "linear"}, 120, 10),
        ({"kind": "linear", "full_at": 19}, 19, 10),
        ({"kind": "deduct", "per": 3}, 0, 10),
        ({"kind": "deduct", "per": 3}, 2, 4),
        ({"kind": "deduct", "per": 3}, 9, 0),
        ({"kind": "bonus", "per": 4}, 2, 8),
        ({"kind": "bonus", "per": 4}, 5, 10),
        ({"kind": "penalty", "per": 4}, 1, -4),
        ({"kind": "penalty", "per": 4}, 5, -10),
    ],
)
def test_a_known_figure_has_its_points_and_no_doubt(
    scale: dict, said: float, wanted: float
) -> None:
    assert points(scale, said) == (wanted, wanted, wanted)


@pytest.mark.parametrize(
    ("scale", "ends"),
    [
        ({"kind": "yes_no"}, (0, 10)),
        (STEPS, (0, 10)),
        ({"kind": "linear"}, (0, 10)),
        ({"kind": "deduct", "per": 3}, (0, 10)),
        ({"kind": "bonus", "per": 4}, (0, 10)),
        ({"kind": "penalty", "per": 4}, (-10, 0)),
    ],
)
def test_a_missing_answer_has_no_points_and_the_whole_scale_as_doubt(
    scale: dict, ends: tuple[int, int]
) -> None:
    assert points(scale, None) == (None, *ends)


@pytest.mark.parametrize(
    ("scale", "said", "wanted"),
    [
        ({"kind": "linear"}, ">60", (None, 6, 10)),
        ({"kind": "linear"}, "<60", (None, 0, 6)),
        ({"kind": "deduct", "per": 2}, ">3", (None, 0, 4)),
        ({"kind": "deduct", "per": 2}, "<3", (None, 4, 10)),
    ],
)
def test_a_figure_said_as_more_or_less_than_bounds_one_side(
    scale: dict, said: str, wanted: tuple
) -> None:
    assert points(scale, said) == wanted


def test_a_partly_known_rate_is_an_interval() -> None:
    reads = {"indicator": RATE}
    assert points({"kind": "linear"}, (40.0, 80.0), reads) == (None, 4, 8)
    assert points(STEPS, (40.0, 80.0), reads) == (None, 0, 4)


@pytest.mark.parametrize(("rule", "wanted"), [("full", (10, 10, 10)), ("renormalise", (None,) * 3)])
def test_what_does_not_apply_gives_all_points_or_is_left_out(rule: str, wanted: tuple) -> None:
    assert points({"kind": "linear"}, "x", not_applicable=rule) == wanted
    assert points({"kind": "linear"}, None, {"indicator": RATE}, not_applicable=rule) == wanted


def test_an_element_that_is_not_about_a_unit_is_not_applicable_to_it() -> None:
    entry = made_set([line("a", 10, {"kind": "linear"}, {"element": COUNT})])
    what = replace(known({("u", COUNT): None}), about={COUNT: frozenset({"u"})})
    rows = scored(entry, what, ["u", "town"]).set_index("unit_id")
    assert rows["points"].isna().to_dict() == {"u": True, "town": False}
    assert rows["lower"].to_dict() == {"u": 0, "town": 10}


def test_a_missing_report_counts_nothing_now_and_may_still_turn_out_to_be_there() -> None:
    entry = made_set([line("a", 10, {"kind": "yes_no"}, {"reports": ["on_time"]})])
    for state, wanted in (
        ("on_time", (10, 10, 10)),
        ("late", (0, 0, 0)),
        ("missing", (0, 0, 10)),
        ("returned", (0, 0, 10)),
    ):
        row = scored(entry, known({}, reports={("u", "xa-2021"): state}), ["u"]).iloc[0]
        assert (row["points"], row["lower"], row["upper"]) == wanted


def test_verified_figures_and_given_points_stand_beside_the_self_score_with_their_reason() -> None:
    entry = made_set(
        [
            line("rate", 10, {"kind": "linear"}, {"element": "xa.publish_done"}),
            line("plan", 5, {"kind": "yes_no"}, {"element": DONE}),
        ]
    )
    told = {("u", "xa.publish_done"): 90, ("u", DONE): True, ("v", DONE): True}
    stages = {"self": known(told), "verified": known({**told, ("u", "xa.publish_done"): 50})}
    given = pd.DataFrame(
        [("u", "thu", "plan", "decided", 2.0, "Chương trình ban hành muộn", "qd.pdf")],
        columns=NOTHING_GIVEN.columns,
    )
    table = scored(entry, stages, ["u", "v"], given)
    told_points = table.set_index(["unit_id", "stage", "criterion"])["points"]
    assert told_points["u", "self", "rate"] == 9
    assert told_points["u", "verified", "rate"] == 5
    assert told_points["u", "decided", "rate"] == 5
    assert told_points["u", "decided", "plan"] == 2
    assert set(table.loc[table["unit_id"] == "v", "stage"]) == {"self"}
    reasons = table.set_index(["unit_id", "stage", "criterion"])["reason"]
    assert reasons["u", "verified", "rate"] == "tự chấm 9 điểm"
    assert reasons["u", "decided", "plan"] == "thẩm định 5 điểm; Chương trình ban hành muộn"
    assert pd.isna(reasons["u", "verified", "plan"])
    evidence = table.set_index(["unit_id", "stage", "criterion"])["evidence"]
    assert evidence["u", "decided", "plan"] == "qd.pdf"


def test_a_self_score_above_what_the_figures_give_says_so() -> None:
    entry = made_set([line("plan", 5, {"kind": "yes_no"}, {"element": DONE})])
    given = pd.DataFrame(
        [("u", "thu", "plan", "self", 5.0, None, None)], columns=NOTHING_GIVEN.columns
    )
    row = scored(entry, known({("u", DONE): False}), ["u"], given).iloc[0]
    assert (row["points"], row["reason"]) == (5, "số liệu cho 0 điểm")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"points": 12}, "do not add up to 12"),
        ({"bands": [{"id": "a", "label_vi": "A", "at_least": 10}]}, "begins at 0"),
        (
            {"forced": [{"id": "f", "label_vi": "F", "section_below": 50, "at_most": "none"}]},
            "no band",
        ),
        (
            {
                "forced": [
                    {"id": "f", "label_vi": "F", "section_below": 50, "down": 1, "unrated": 1}
                ]
            },
            "exactly one effect",
        ),
    ],
)
def test_a_set_that_does_not_add_up_is_refused(change: dict, told: str) -> None:
    lines = [line("a", 10, {"kind": "yes_no"}, {"element": DONE})]
    with pytest.raises(ValidationError, match=told):
        made_set(lines, **change)
