import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.intake.values import BLANK, Content, shown, type_value

ELEMENTS = load_catalogue().elements


def text(value: str) -> Content:
    return Content("text", text=value)


def number(value: float) -> Content:
    return Content("number", number=value)


@pytest.mark.parametrize(
    ("element", "content", "state", "value"),
    [
        ("xa.publish_due", number(17), "value", 17),
        ("xa.publish_due", text("52.620"), "value", 52620),
        ("xa.publish_due", text("07"), "value", 7),
        ("xa.publish_due", number(0), "zero", 0),
        ("xa.publish_due", text("không phát sinh"), "zero", 0),
        ("xa.publish_due", BLANK, "missing", None),
        ("xa.publish_due", text("chưa có số liệu"), "missing", None),
        ("xa.contribution_money", text("46,92 tỷ"), "value", 46_920_000_000),
        ("cq.conference_held", text("Có"), "value", 1),
        ("cq.conference_held", text("x"), "value", 1),
        ("cq.conference_held", text("Không"), "zero", 0),
        ("ntm.recognised", text("x"), "not_applicable", None),
        ("ntm.criteria_met", text("x"), "not_applicable", None),
    ],
)
def test_what_a_cell_says(element, content, state, value):
    typed = type_value(content, ELEMENTS[element])
    assert (typed.state, typed.value, typed.operator) == (state, value, None)


@pytest.mark.parametrize(
    ("element", "content", "operator", "proposed"),
    [
        ("xa.publish_due", number(52.62), "whole", "52.620"),
        ("xa.publish_due", text("nhiều"), "typed", None),
        ("xa.publish_due", text("-"), "typed", "0"),
        ("xa.publish_due", text("x"), "typed", None),
        ("xa.publish_due", Content("bool", number=1), "typed", None),
        ("xa.publish_due", Content("date", text="2021-12-11"), "typed", None),
        ("xa.publish_due", Content("error", text="#DIV/0!"), "no_error_value", None),
        ("xa.publish_due", Content("formula_empty"), "typed", None),
        ("cq.conference_held", text("có lẽ"), "in_list", None),
        ("cq.conference_on", text("hôm qua"), "typed", None),
    ],
)
def test_a_doubtful_cell_is_held_and_never_changed(element, content, operator, proposed):
    typed = type_value(content, ELEMENTS[element])
    assert (typed.state, typed.value) == ("quarantined", None)
    assert (typed.operator, typed.proposed) == (operator, proposed)
    assert typed.expected


def test_a_date_is_kept_as_its_day():
    typed = type_value(Content("date", text="2021-03-15"), ELEMENTS["cq.conference_on"])
    assert (typed.state, typed.text, typed.value) == ("value", "2021-03-15", None)


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (number(52.62), "52,62"),
        (number(7), "7"),
        (Content("bool", number=1), "Có"),
        (Content("error", text="#REF!"), "#REF!"),
        (BLANK, None),
    ],
)
def test_shown_is_what_a_person_sees(content, seen):
    assert shown(content) == seen
