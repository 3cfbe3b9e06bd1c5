import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.catalogue.expected import expected_of
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Element, RegisterColumn
from pipelines.intake.register_values import type_content
from pipelines.intake.values import (
    BLANK,
    Content,
    is_month_first,
    shown,
    type_value,
)
from pipelines.vietnamese.dates import format_date, format_date_long
from pipelines.vietnamese.numbers import format_number, format_rate

CATALOGUE = load_catalogue()
ELEMENTS = CATALOGUE.elements
RATE = "bcd.members_assigned_rate"
COUNT, DAY, NOTE = "xa.publish_due", "cq.conference_on", "xa.property_donated"
COLUMNS = [c for r in CATALOGUE.registers.values() for c in r.columns]
UNITS = frozenset({"xa-mh-01"})


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
        ("ntm.criteria_met", text("…"), "missing", None),
        ("cq.conference_held", text("chưa có số liệu"), "missing", None),
        (RATE, number(86.67), "value", 86.67),
        (RATE, Content("number", number=0.8667, number_format="0%"), "value", 86.67),
        (RATE, text("3/4"), "value", 75),
        (RATE, text("0/7"), "zero", 0),
        (RATE, text("0/0"), "not_applicable", None),
        (RATE, Content("number", number=87, number_format='0"%"'), "value", 87),
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
        ("cq.conference_on", text("-"), "typed", None),
        ("cq.conference_on", Content("bool", number=1), "typed", None),
        ("cq.conference_held", text("-"), "typed", None),
        ("xa.publish_due", text("K"), "typed", None),
        ("xa.publish_due", text("13/15"), "typed", None),
        ("xa.publish_due", text("chưa có"), "typed", None),
        ("xa.publish_due", Content("number", number=52, number_format="0.000"), "whole", "52.000"),
        ("xa.publish_due", Content("number", number=1, number_format="0%"), "typed", None),
        ("xa.land_donated", text("1.234"), "typed", "1.234"),
        (RATE, number(0.8667), "typed", "86,67"),
        (RATE, text("5/0"), "typed", None),
        (RATE, Content("date", text="2021-12-11"), "typed", None),
        ("dn.kind", text("Hợp tác xã"), "in_list", None),
    ],
)
def test_a_doubtful_cell_is_held_and_never_changed(element, content, operator, proposed):
    typed = type_value(content, ELEMENTS[element])
    assert (typed.state, typed.value) == ("quarantined", None)
    assert (typed.operator, typed.proposed) == (operator, proposed)
    assert typed.expected == expected_of(ELEMENTS[element])
    assert typed.why
    assert typed.why != typed.expected


def test_a_date_is_kept_as_its_day():
    typed = type_value(Content("date", text="2021-03-15"), ELEMENTS["cq.conference_on"])
    assert (typed.state, typed.text, typed.value) == ("value", "2021-03-15", None)


def test_a_weekday_that_is_not_that_of_the_date_is_held_back():
    kept = type_value(text("Thứ 5, 10/06/2021"), ELEMENTS[DAY])
    held = type_value(text("Thứ 6, 10/06/2021"), ELEMENTS[DAY])
    assert (kept.state, kept.text) == ("value", "2021-06-10")
    assert (held.state, held.proposed) == ("quarantined", "10/06/2021")
    assert "Thứ trong tuần" in (held.why or "")


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (number(52.62), "52,62"),
        (number(7), "7"),
        (Content("bool", number=1), "Có"),
        (Content("error", text="#REF!"), "#REF!"),
        (BLANK, None),
        (Content("formula_empty"), "(công thức chưa tính)"),
        (Content("formula_empty", text="=A1+1"), "=A1+1 (công thức chưa tính)"),
    ],
)
def test_shown_is_what_a_person_sees(content, seen):
    assert shown(content) == seen


def test_a_rate_of_two_parts_keeps_both():
    typed = type_value(text("13 / 15"), ELEMENTS[RATE])
    assert (typed.text, typed.value) == ("13/15", pytest.approx(86.6667, abs=1e-4))


def test_a_word_read_as_zero_is_used_and_noted():
    typed = type_value(text("Không có"), ELEMENTS[COUNT])
    assert (typed.state, typed.value, typed.operator) == ("zero", 0, None)
    assert typed.doubt is not None
    assert "để trống" in typed.doubt


def test_an_option_is_chosen_whatever_its_case_and_tone_marks():
    for written in ("doanh nghiệp NHÀ NƯỚC", " Doanh nghiệp nhà nước\u00a0"):
        assert type_value(text(written), ELEMENTS["dn.kind"]).text == "Doanh nghiệp nhà nước"
    assert type_value(text("Doanh nghiep nha nuoc"), ELEMENTS["dn.kind"]).operator == "in_list"


@pytest.mark.parametrize(
    ("shape", "is_first"),
    [
        ("mm/dd/yyyy", True),
        ("[$-409]m/d/yy", True),
        ("M/D/YYYY", True),
        ("mm-dd-yy", False),  # the order of whichever system opens the file
        ("dd/mm/yyyy", False),
        (None, False),
    ],
)
def test_the_american_order_of_dates(shape, is_first):
    assert is_month_first(Content("text", text="06/10/2021", number_format=shape)) is is_first


def test_a_date_shown_month_first_is_doubted_where_it_has_two_readings():
    shape = "mm/dd/yyyy"
    stored = type_value(Content("date", "2021-06-10", number_format=shape), ELEMENTS[DAY])
    assert (stored.text, stored.operator) == ("2021-06-10", None)
    assert "06/10/2021" in (stored.doubt or "")
    for text_ in ("2021-06-15", "2021-06-06"):
        assert type_value(Content("date", text_, number_format=shape), ELEMENTS[DAY]).doubt is None
    typed = type_value(Content("text", "06/10/2021", number_format=shape), ELEMENTS[DAY])
    assert (typed.state, typed.proposed) == ("quarantined", "06/10/2021")


@given(st.integers(0, 10_000))
def test_counts_come_back(n):
    typed = type_value(text(format_number(n)), ELEMENTS["xa.publish_due"])
    assert (typed.value, typed.operator) == (n, None)


@given(st.integers(0, 10_000))
def test_rates_come_back(hundredths):
    typed = type_value(text(format_rate(hundredths / 100, digits=2)), ELEMENTS[RATE])
    assert (typed.value, typed.operator) == (hundredths / 100, None)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
def test_dates_come_back(day):
    for written in (format_date(day), format_date_long(day), day.isoformat()):
        assert type_value(text(written), ELEMENTS[DAY]).text == day.isoformat()


@given(
    st.builds(
        Content,
        st.sampled_from(["text", "number", "bool", "date", "error", "formula_empty", "blank"]),
        st.none()
        | st.text(max_size=12)
        | st.sampled_from(["-", "x", "1.234", "13/15", "0/0", "K"]),
        st.none() | st.floats(allow_nan=False) | st.integers(0, 99).map(float),
        st.none() | st.sampled_from(["0%", "0.000", "mm/dd/yyyy", '0"%"']),
    ),
    st.sampled_from(sorted(ELEMENTS)),
)
def test_any_content_has_one_state_and_is_never_zero_for_want_of_a_value(content, name):
    typed = type_value(content, ELEMENTS[name])
    assert (typed.operator is None) == (typed.state != "quarantined")
    assert typed.operator is None or (typed.expected and typed.why)
    if typed.state in {"missing", "quarantined", "not_applicable"}:
        assert typed.value is None
    if content.kind == "blank":
        assert typed.state == "missing"
    if typed.state == "zero" and content.kind == "text":
        assert content.text is not None
        assert content.text.strip()


def what_to_write(expected: str) -> str:
    """A value that meets an expected text, as a clerk would read it."""
    for noun in ("số nguyên", "số", "một số"):
        if match := re.fullmatch(rf"{noun}(?: từ (\S+))?(?: đến \S+)?(?: trở lên)?", expected):
            return match[1] or "1"
    if match := re.fullmatch(r"ngày dạng (\S+)", expected):
        return match[1]
    if expected == "mã đơn vị có trong danh mục":
        return "xa-mh-01"
    return re.split(r" hoặc |, (?=[A-ZĐ])", expected)[0]


@pytest.mark.parametrize("element", ELEMENTS.values(), ids=lambda e: e.id)
def test_what_an_element_expects_can_be_written(element: Element):
    typed = type_value(text(what_to_write(expected_of(element))), element)
    assert typed.operator is None
    assert typed.state in {"value", "zero"}


@pytest.mark.parametrize("column", COLUMNS, ids=lambda c: c.code)
def test_what_a_register_column_expects_can_be_written(column: RegisterColumn):
    wrong = type_content(Content("error", text="#REF!"), column, UNITS)
    assert (wrong.value, wrong.operator) == (None, "no_error_value")
    assert wrong.why
    right = type_content(text(what_to_write(wrong.expected or "")), column, UNITS)
    assert right.operator is None
    assert right.value is not None


def test_a_dash_in_a_register_says_nothing_except_in_text():
    by_type = {column.type: column for column in COLUMNS}
    assert type_content(text("-"), by_type["int"], UNITS).operator is None
    assert type_content(text("-"), by_type["int"], UNITS).value is None
    assert type_content(text("-"), by_type["unit"], UNITS).operator == "in_list"


def test_free_text_is_masked_but_not_its_meaning():
    typed = type_value(text("gọi 0912345678,  hàng rào"), ELEMENTS[NOTE])
    assert typed.text == "gọi [đã che], hàng rào"
