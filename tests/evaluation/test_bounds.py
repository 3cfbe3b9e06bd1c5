"""Bounds hold whatever the silent units would have said, and silence never pays."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

COMMUNES = ["tt", "xa-1", "xa-2", "xa-3"]
PAIRS = [
    ("xa.publish_done", "xa.publish_due", 2000),
    ("xa.villages_met", "xa.villages_total", 200),
]
CHECKED = [
    "ld.programme_rate",  # count / units
    "ntm.recognised_rate",  # count / units, some not applicable
    "ntm.criteria_total",  # sum / units
    "ntm.criteria_average",  # quotient that is no rate
    "ntm.remaining_1",  # ranks
    "ntm.remaining_2",
    "xa.publish_rate",  # sum / sum
    "xa.village_meeting_rate",  # sum / sum whose denominator is at least 1
    "xa.schedule_rate",
    "xa.dialogues",  # plain sum
    "xa.petition_resolution_rate",  # denominator of two elements
]


NEVER_FLATTERED = {
    "ld.programme_rate",
    "ntm.recognised_rate",
    "ntm.criteria_total",
    "xa.schedule_rate",
}


@st.composite
def full_answers(draw):
    """Everything answered, within the elements' bounds, parts at most their wholes."""
    answers: dict[tuple[str, str], object] = {}
    for unit in COMMUNES:
        for part, whole, most in PAIRS:
            least = 1 if whole == "xa.villages_total" else 0
            size = draw(st.integers(least, 8) | st.just(most))
            answers[(unit, whole)] = size
            answers[(unit, part)] = draw(st.integers(0, size))
        carried, received = draw(st.integers(0, 3)), draw(st.integers(0, 3))
        answers[(unit, "xa.petitions_carried")] = carried
        answers[(unit, "xa.petitions_received")] = received
        answers[(unit, "xa.petitions_resolved")] = draw(st.integers(0, carried + received))
        answers[(unit, "xa.schedule_months")] = draw(st.integers(0, 6))
        answers[(unit, "xa.dialogues")] = draw(st.integers(0, 500))
        answers[(unit, "ld.programme_issued")] = draw(st.booleans())
        answers[(unit, "ntm.recognised")] = draw(st.sampled_from([True, False, "x"]))
        answers[(unit, "ntm.criteria_met")] = draw(st.integers(0, 19) | st.just("x"))
    for unit in ("dn-1", "dn-2"):
        answers[(unit, "ld.programme_issued")] = draw(st.booleans())
    return answers


@st.composite
def full_and_withheld(draw):
    """Full answers, and the same with units or single answers withheld."""
    full = draw(full_answers())
    silent = draw(st.sets(st.sampled_from([*COMMUNES, "dn-1", "dn-2"])))
    holes = draw(st.sets(st.sampled_from(sorted(full)), max_size=6))
    part = {key: v for key, v in full.items() if key[0] not in silent and key not in holes}
    return full, part


def at_most(low: float, high: float, whole: float) -> bool:
    """``low`` ≤ ``high`` up to float noise; an absent bound allows everything."""
    return math.isnan(low) or math.isnan(high) or low <= high + 1e-9 * max(1.0, abs(whole))


PAIRS_AT_ONCE = 4


@pytest.fixture(scope="module")
def twins(units):
    """Copies of the district: numbers 0 and 1 hold a first pair (full, withheld), and so on."""
    return pd.concat(
        [
            units.assign(
                unit_id=units["unit_id"] + f".{number}", parent_id=units["parent_id"] + f".{number}"
            )
            for number in range(2 * PAIRS_AT_ONCE)
        ],
        ignore_index=True,
    )


@settings(max_examples=8, deadline=None)
@given(pairs=st.lists(full_and_withheld(), min_size=PAIRS_AT_ONCE, max_size=PAIRS_AT_ONCE))
def test_bounds_hold_and_silence_never_pays(evaluate, with_indicators, twins, pairs):
    districts = [answers for pair in pairs for answers in pair]
    values = evaluate(
        {
            (f"{unit}.{number}", element): value
            for number, answers in enumerate(districts)
            for (unit, element), value in answers.items()
        },
        with_indicators(*CHECKED),
        scopes=tuple(f"h.{number}" for number in range(len(districts))),
        units=twins,
    )
    for number, pair in enumerate(pairs):
        for name in CHECKED:
            whole = values.loc[(f"h.{2 * number}", name)]
            known = values.loc[(f"h.{2 * number + 1}", name)]
            check_bounds(whole, known, (name, pair))
            if name in NEVER_FLATTERED:
                check_silence(whole, known, (name, pair))


def check_bounds(whole: pd.Series, known: pd.Series, where: object) -> None:
    """The bounds of what is partly known hold the whole, and themselves hold together."""
    if pd.isna(whole["value"]):
        return
    assert whole["lower"] == pytest.approx(whole["value"]), where
    assert whole["upper"] == pytest.approx(whole["value"]), where
    assert at_most(known["lower"], whole["lower"], whole["value"]), where
    assert at_most(whole["upper"], known["upper"], whole["value"]), where
    assert at_most(known["lower"], known["value"], whole["value"]), where
    assert at_most(known["value"], known["upper"], whole["value"]), where


def check_silence(whole: pd.Series, known: pd.Series, where: object) -> None:
    """What is partly known never looks better, nor better covered, than the whole."""
    assert at_most(known["value"], whole["value"], whole["value"]), where
    assert at_most(known["coverage"], whole["coverage"], 1.0), where


def limits(row: pd.Series) -> tuple[float | None, float | None]:
    """Lower and upper; None where there is none."""
    low, high = (None if pd.isna(row[name]) else row[name] for name in ("lower", "upper"))
    return low, high


def test_bounds_of_a_count_are_all_no_and_all_yes(evaluate, with_indicators):
    given = {("xa-1", "ntm.recognised"): True, ("xa-2", "ntm.recognised"): False}
    row = evaluate(given, with_indicators("ntm.recognised_rate")).loc[("h", "ntm.recognised_rate")]
    assert limits(row) == pytest.approx((100 / 3, 200 / 3))


def test_bounds_of_a_sum_go_to_the_elements_bounds(evaluate, with_indicators):
    given = {("xa-1", "xa.dialogues"): 7, ("xa-2", "xa.dialogues"): 3, ("tt", "xa.dialogues"): 0}
    row = evaluate(given, with_indicators("xa.dialogues")).loc[("h", "xa.dialogues")]
    assert (row["value"], *limits(row)) == (10, 10, 510)


def test_bounds_of_a_rate_use_a_known_half_of_a_pair(evaluate, with_indicators):
    given = {(unit, "xa.publish_due"): 10 for unit in COMMUNES} | {
        (unit, "xa.publish_done"): 5 for unit in COMMUNES[:3]
    }
    row = evaluate(given, with_indicators("xa.publish_rate")).loc[("h", "xa.publish_rate")]
    # the fourth has published between 0 and 10 of 10
    assert (row["value"], *limits(row)) == (50, 37.5, 62.5)


def test_a_lower_bound_is_never_above_a_partial_total(evaluate, with_indicators):
    # a silent commune has at least one village, but the total shown is that of the known ones
    total = {
        "id": "t.villages",
        "numerator": {"kind": "sum", "elements": ["xa.villages_total"]},
        "display": {"format": "count"},
    }
    row = evaluate({("xa-1", "xa.villages_total"): 9}, with_indicators(total)).loc[
        ("h", "t.villages")
    ]
    assert (row["value"], *limits(row)) == (9, 9, 609)


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        ("ntm.recognised_rate", (0, 100)),
        ("xa.publish_rate", (0, 100)),
        ("xa.dialogues", (0, 2000)),
        ("ntm.criteria_average", (0, 19)),
        ("tthc.online_rate", (0, 100)),
        ("tthc.resolution_rate", (0, None)),  # may exceed 100: dossiers carried over
        ("tthc.pending", (0, None)),
    ],
)
def test_bounds_when_nothing_is_known(evaluate, with_indicators, indicator, expected):
    row = evaluate({}, with_indicators(indicator)).loc[("h", indicator)]
    assert row["state"] == "missing"
    assert limits(row) == expected


def test_an_element_without_maximum_leaves_the_upper_bound_open(
    evaluate, with_indicators, catalogue
):
    element = catalogue.elements["xa.dialogues"].model_copy(update={"maximum": None})
    wanted = with_indicators("xa.dialogues")
    wanted = wanted.model_copy(update={"elements": wanted.elements | {"xa.dialogues": element}})
    row = evaluate({("xa-1", "xa.dialogues"): 7}, wanted).loc[("h", "xa.dialogues")]
    assert limits(row) == (7, None)
