"""Totals, bands and forced downgrades; what is missing widens and never flatters."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evaluation.scoring import CATALOGUE, banded, known, line, made_set

DONE, COUNT = "ld.programme_issued", "xa.crowd_groups"
A, B, C = "xa.publish_done", "xa.dialogues", "xa.receptions"


def hundred(**more: object):
    """100 points, one for each percent of an element."""
    return made_set([line("a", 100, {"kind": "linear"}, {"element": A})], **more)


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (90, "Tốt"),
        (89.99, "Khá"),
        (70, "Khá"),
        (69.99, "Trung bình"),
        (50, "Trung bình"),
        (0, "Yếu"),
    ],
)
def test_lower_bounds_are_inclusive(total: float, band: str) -> None:
    row = banded(hundred(), known({("u", A): total}), ["u"])["u"]
    assert (row["points"], row["band"]) == (total, band)


def test_a_sum_of_tenths_that_is_ninety_is_not_taken_for_less() -> None:
    lines = [line(f"l{n}", 10, {"kind": "linear"}, {"element": A}) for n in range(3)]
    lines.append(line("rest", 70, {"kind": "yes_no"}, {"element": DONE}))
    row = banded(made_set(lines), known({("u", A): 66.66666666666667, ("u", DONE): True}), ["u"])
    assert math.isclose(row["u"]["points"], 90)
    assert row["u"]["band"] == "Tốt"


def test_equal_points_share_a_band() -> None:
    table = banded(hundred(), known({("u", A): 80, ("v", A): 80}), ["u", "v"])
    assert (table["u"]["band"], table["v"]["band"]) == ("Khá", "Khá")


def test_a_line_left_out_scales_the_others_up() -> None:
    entry = made_set(
        [
            line("a", 60, {"kind": "linear"}, {"element": A}),
            line("b", 40, {"kind": "linear"}, {"element": B}, not_applicable="renormalise"),
        ]
    )
    row = banded(entry, known({("u", A): 50, ("u", B): "x"}), ["u"])["u"]
    assert (row["points"], row["lower"], row["upper"], row["coverage"]) == (50, 50, 50, 1)


def test_bonus_within_is_capped_bonus_apart_stands_beside_and_penalty_takes_away() -> None:
    entry = made_set(
        [
            line("a", 100, {"kind": "linear"}, {"element": A}),
            line("more", 5, {"kind": "bonus", "per": 2}, {"element": B}),
            line("apart", 5, {"kind": "bonus", "per": 1, "counted": "apart"}, {"element": C}),
            line("late", 3, {"kind": "penalty", "per": 1}, {"reports": ["late"]}),
        ]
    )
    late = {("u", "f"): "late", ("v", "f"): "on_time"}
    what = known(
        {("u", A): 90, ("u", B): 2, ("u", C): 3, ("v", A): 98, ("v", B): 2, ("v", C): 0},
        reports=late,
    )
    table = banded(entry, what, ["u", "v"])
    assert (table["u"]["points"], table["v"]["points"]) == (93, 100)
    assert (table["u"]["apart"], table["v"]["apart"]) == (3, 0)


@pytest.mark.parametrize(
    ("rule", "said", "band"),
    [
        ({"reads": {"element": COUNT}, "at_most": "fair"}, 1, "Khá"),
        ({"reads": {"element": COUNT}, "at_most": "fair"}, 0, "Tốt"),
        ({"reads": {"element": COUNT}, "at_least": 2, "at_most": "fair"}, 1, "Tốt"),
        ({"reads": {"element": COUNT}, "down": 2}, 1, "Trung bình"),
        ({"reads": {"element": COUNT}, "down": 9}, 1, "Yếu"),
        ({"reads": {"element": COUNT}, "unrated": True}, 1, "chưa xếp loại"),
        ({"reads": {"element": COUNT}, "at_most": "fair"}, "x", "Tốt"),
    ],
)
def test_forced_downgrades(rule: dict, said: object, band: str) -> None:
    entry = hundred(forced=[{"id": "f", "label_vi": "Điểm liệt"} | rule])
    row = banded(entry, known({("u", A): 95, ("u", COUNT): said}), ["u"])["u"]
    assert row["band"] == band
    assert (row["forced_by"] == "Điểm liệt") == (band != "Tốt")


def test_a_weak_section_takes_a_band_down_only_below_half() -> None:
    sections = [
        {"id": "all", "label_vi": "Một", "points": 85},
        {"id": "two", "label_vi": "Hai", "points": 15},
    ]
    entry = made_set(
        [
            line("a", 85, {"kind": "yes_no"}, {"element": DONE}),
            line("b", 15, {"kind": "linear"}, {"element": A}, section="two"),
        ],
        sections=sections,
        forced=[{"id": "w", "label_vi": "Mục yếu", "section_below": 50, "down": 1}],
    )
    half = banded(entry, known({("u", DONE): True, ("u", A): 50}), ["u"])["u"]
    less = banded(entry, known({("u", DONE): True, ("u", A): 49.99}), ["u"])["u"]
    assert (half["band"], less["band"]) == ("Tốt", "Khá")


def test_a_half_year_is_not_rated_unless_the_set_says_so() -> None:
    what = known({("u", A): 95})
    assert banded(hundred(), what, ["u"], is_half=True)["u"]["band"] == "chưa xếp loại"
    entry = hundred(half_year_bands=True)
    assert banded(entry, what, ["u"], is_half=True)["u"]["band"] == "Tốt"


def test_a_unit_that_reports_nothing_is_not_rated_and_could_be_anything() -> None:
    for entry in CATALOGUE.criteria.values():
        what = known({}, reports={("u", "xa-2021"): "missing"})
        row = banded(entry, what, ["u"])["u"]
        assert row["band"] == "chưa xếp loại"
        # the worst that penalties make of it, and all points
        assert (row["lower"], row["upper"]) == (0, entry.points)
        assert (row["band_lower"], row["band_upper"]) == (
            entry.bands[-1].label_vi,
            entry.bands[0].label_vi,
        )
        assert math.isnan(row["points"])


def test_the_points_of_a_set_are_those_of_its_lines_and_sections() -> None:
    for entry in CATALOGUE.criteria.values():
        assert entry.example
        assert sum(each.max_points for each in entry.rated) == entry.points == 100


RATES = st.none() | st.just("x") | st.floats(0, 100)
LINES = [
    line("a", 30, {"kind": "linear"}, {"element": A}, not_applicable="renormalise"),
    line(
        "b",
        40,
        {"kind": "steps", "steps": [{"at_least": 90, "points": 40}, {"at_least": 40, "points": 7}]},
        {"element": B},
    ),
    line("c", 30, {"kind": "deduct", "per": 4}, {"element": C}, not_applicable="renormalise"),
    line("more", 5, {"kind": "bonus", "per": 2}, {"element": "ld.models_recognised"}),
    line("late", 5, {"kind": "penalty", "per": 2}, {"reports": ["late"]}),
]
FORCED = [
    {"id": "f", "label_vi": "F", "reads": {"element": COUNT}, "at_most": "fair"},
    {"id": "r", "label_vi": "R", "reads": {"reports": ["missing"]}, "down": 1},
    {"id": "s", "label_vi": "S", "section_below": 50, "down": 1},
]
WHOLE = made_set(LINES, forced=FORCED)
ELEMENTS = (A, B, C, "ld.models_recognised", COUNT)


@settings(deadline=None, max_examples=60)
@given(
    st.tuples(*[RATES for _ in ELEMENTS]),
    st.sampled_from(["on_time", "late", "missing"]),
    st.sets(st.sampled_from(ELEMENTS)),
    st.booleans(),
)
def test_what_is_withheld_only_widens(said: tuple, state: str, gone: set, silent: bool) -> None:
    full = {("u", element): answer for element, answer in zip(ELEMENTS, said, strict=True)}
    less = {pair: None if silent or pair[1] in gone else answer for pair, answer in full.items()}
    report = {("u", "f"): state}
    of_full = banded(WHOLE, known(full, reports=report), ["u"])["u"]
    of_less = banded(
        WHOLE, known(less, reports={("u", "f"): "missing"} if silent else report), ["u"]
    )["u"]
    assert of_less["lower"] <= of_full["lower"] + 1e-9
    assert of_full["lower"] <= of_full["upper"] + 1e-9
    assert of_full["upper"] <= of_less["upper"] + 1e-9
    order = [band.label_vi for band in reversed(WHOLE.bands)]
    assert order.index(of_less["band_lower"]) <= order.index(of_full["band_lower"])
    assert order.index(of_full["band_upper"]) <= order.index(of_less["band_upper"])
    # silence never gains a band
    if of_less["band"] in order and of_full["band"] in order:
        assert order.index(of_less["band"]) <= order.index(of_full["band"])
    if not math.isnan(of_full["points"]):
        assert of_full["lower"] - 1e-9 <= of_full["points"] <= of_full["upper"] + 1e-9
