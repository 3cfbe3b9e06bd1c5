import math
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.vietnamese.numbers import (
    KINDS,
    NO_DATA,
    PROBLEM_TEXT_VI,
    ParsedNumber,
    format_count,
    format_money,
    format_number,
    format_rate,
    format_ratio,
    parse_number,
    parse_ratio,
    round_half_up,
)

kinds = st.sampled_from(sorted(KINDS))


@pytest.mark.parametrize(
    ("raw", "kind", "value", "qualifier"),
    [
        ("52.620", "count", 52620, "="),  # T01
        ("52,620", "count", 52620, "="),  # T03
        ("52 620", "count", 52620, "="),
        ("52\u00a0620", "count", 52620, "="),
        ("1.234.567", "count", 1234567, "="),
        ("1,234,567", "count", 1234567, "="),
        ("1.234", "count", 1234, "="),  # T04
        (52620, "count", 52620, "="),
        (52620.0, "count", 52620, "="),
        (np.int64(7), "count", 7, "="),
        (0.1 * 3 * 10, "count", 3, "="),  # noise behind the 15th digit
        ("12,0", "count", 12, "="),
        (-3, "count", -3, "="),
        ("-3", "count", -3, "="),
        ("'07", "count", 7, "="),  # T40
        ("86,67", "rate", 86.67, "="),  # T05
        ("86,67%", "rate", 86.67, "="),
        ("86,667 %", "rate", 86.667, "="),
        ("87 %", "rate", 87, "="),
        ("87 phần trăm", "rate", 87, "="),
        ("0,5", "rate", 0.5, "="),
        ("0.5%", "rate", 0.5, "="),
        (86.67, "rate", 86.67, "="),
        (0, "rate", 0, "="),
        ("46.920 triệu đồng", "money", 46_920_000_000, "="),  # T06
        ("46.920 trđ", "money", 46_920_000_000, "="),
        ("46,92 tỷ", "money", 46_920_000_000, "="),
        ("46,92 tỉ đồng", "money", 46_920_000_000, "="),
        ("46,92 nghìn tỷ đồng", "money", 46_920_000_000_000, "="),
        ("46920000000", "money", 46_920_000_000, "="),
        ("46.920.000.000 đ", "money", 46_920_000_000, "="),
        (46_920_000_000, "money", 46_920_000_000, "="),
        ("40 trường hợp", "count", 40, "="),  # T07
        ("40 TTHC/năm", "count", 40, "="),
        ("40 đồng chí", "count", 40, "="),
        ("03 đ/c", "count", 3, "="),
        ("40 trạm y tế", "count", 40, "="),
        ("02 xã (Ea M'Droh)", "count", 2, "="),
        ("07", "count", 7, "="),
        ("khoảng 1.200", "count", 1200, "≈"),
        ("Ước khoảng 1.200 hộ", "count", 1200, "≈"),
        ("gần 600", "count", 600, "≈"),
        (">600", "count", 600, ">"),
        (">= 600", "count", 600, ">"),
        ("trên 600 lượt", "count", 600, ">"),
        ("khoảng trên 600", "count", 600, ">"),
        ("từ 600 người trở lên", "count", 600, ">"),
        ("dưới 50", "count", 50, "<"),
        ("1,2 triệu lượt", "count", 1_200_000, "="),
        ("1.234 ngày công", "days", 1234, "="),
        ("2,5", "days", 2.5, "="),
        ("1.234,5 m²", "area", 1234.5, "="),
        ("1,2 ha", "area", 12000, "="),
        ("3,25", "number", 3.25, "="),
    ],
)
def test_reads_what_has_one_reading(raw, kind, value, qualifier):
    assert parse_number(raw, kind=kind) == ParsedNumber(value, qualifier)


@pytest.mark.parametrize(
    ("raw", "kind", "problem", "proposed"),
    [
        (52.62, "count", "fraction_in_count", 52620),  # T02
        (1.5, "count", "fraction_in_count", 1500),
        ("52.62", "count", "fraction_in_count", 52620),
        (0.62, "count", "fraction_in_count", None),  # no thousands begin with 0
        (1234.5, "count", "fraction_in_count", None),
        (52.6201, "count", "fraction_in_count", None),
        (52.62, "days", "fraction_in_days", 52620),
        (46.92, "money", "fraction_in_money", None),
        ("1.234", "rate", "thousands_in_rate", 1.234),  # T04
        (0.8667, "rate", "ratio_or_percent", 86.67),  # T05 without its format
        ("0.8667", "rate", "ratio_or_percent", 86.67),
        ("46,920 triệu", "money", "ambiguous_separator", 46_920_000),
        ("46 USD", "money", "unknown_unit", None),
        ("2 triệu rưỡi", "money", "unknown_unit", None),
        ("1.234", "area", "ambiguous_separator", 1234),
        ("1,234", "area", "ambiguous_separator", 1.234),
        ("2 sào", "area", "unknown_unit", None),  # 360 or 500 m²
        ("87%", "count", "unknown_unit", None),
        ("40 triệu đồng", "count", "unknown_unit", None),
        ("40 đồng", "count", "unknown_unit", None),
        ("40k", "count", "unknown_unit", None),
        ("13/15", "count", "ratio_in_number", None),  # T07
        ("13/16", "rate", "ratio_in_number", 81.25),
        ("0/0", "rate", "ratio_in_number", None),
        (date(2021, 12, 11), "count", "date_in_number", None),  # T08
        (datetime(2021, 12, 11, tzinfo=UTC), "rate", "date_in_number", None),
        ("2021-12-11 00:00:00", "count", "date_in_number", None),
        ("11/12/2021", "count", "date_in_number", None),
        (None, "count", "empty", None),
        (float("nan"), "count", "empty", None),
        (" \u00a0", "count", "empty", None),
        ("nhiều", "count", "not_a_number", None),
        ("40?", "count", "unknown_unit", None),
        ("-", "count", "not_a_number", None),
        ("1.23.456", "count", "not_a_number", None),
        ("5 xã, 3 thôn", "count", "not_a_number", None),
        (True, "count", "not_a_number", None),
        (float("inf"), "count", "not_a_number", None),
        ("9" * 20, "count", "too_large", None),
        (10**15, "money", "too_large", None),
    ],
)
def test_never_guesses(raw, kind, problem, proposed):
    parsed = parse_number(raw, kind=kind)
    assert (parsed.value, parsed.problem, parsed.proposed) == (None, problem, proposed)


def test_a_qualifier_survives_a_problem():
    assert parse_number("khoảng 1,5", kind="count") == ParsedNumber(
        None, "≈", "fraction_in_count", 1500
    )


def test_the_display_format_settles_percent_and_betrays_thousands():
    assert parse_number(0.8667, kind="rate", number_format="0.00%").value == 86.67
    assert parse_number(52.0, kind="count", number_format="0.000") == ParsedNumber(
        None, problem="three_decimals_shown", proposed=52000
    )
    assert parse_number(52.62, kind="count", number_format="0.000").problem == "fraction_in_count"
    assert parse_number(52620, kind="count", number_format="#,##0").value == 52620


def test_an_unknown_kind_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="unknown kind 'whole'"):
        parse_number("7", kind="whole")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("13/15", (13, 15)),
        ("13 / 15", (13, 15)),
        ("1.200/1.500", (1200, 1500)),
        ("10.06/2021", None),
        ("07/15 doanh nghiệp", (7, 15)),
        ("10/06/2021", None),
        ("13", None),
        (date(2021, 12, 11), None),
        (None, None),
    ],
)
def test_parse_ratio(raw, expected):
    assert parse_ratio(raw) == expected


@given(
    st.one_of(
        st.text(max_size=20),
        st.from_regex(r"[khoảng>< ]{0,3}[0-9.,]{1,12} ?(triệu|tỷ|%|m2|đồng|hộ)?", fullmatch=True),
        st.floats(),
        st.integers(),
        st.none(),
    ),
    kinds,
)
def test_a_value_or_a_problem_with_a_text_never_both(raw, kind):
    parsed = parse_number(raw, kind=kind)
    assert (parsed.value is None) == (parsed.problem is not None)
    assert parsed.problem is None or PROBLEM_TEXT_VI[parsed.problem]
    assert parsed.proposed is None or parsed.problem is not None
    assert parsed.qualifier in {"=", "≈", ">", "<"}


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_counts_come_back(n):
    assert parse_number(format_number(n), kind="count").value == n
    assert parse_number(format_count(n), kind="count").value == n


@given(st.integers(0, 10**6))
def test_rates_of_two_decimals_come_back(hundredths):
    rate = hundredths / 100
    assert parse_number(format_number(rate, digits=2), kind="rate").value == rate
    assert parse_number(format_rate(rate, digits=2), kind="rate").value == rate


@given(st.integers(-(10**14), 10**14) | st.integers(-(10**9), 10**9).map(lambda n: n * 10**4))
def test_money_comes_back(dong):
    assert parse_number(format_money(dong), kind="money").value == dong


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (86.666, 2, 86.67),
        (2.675, 2, 2.68),
        (0.125, 2, 0.13),
        (2.5, 0, 3),
        (-2.5, 0, -3),
        (86.5, 0, 87),
        (1250, -2, 1300),
        (1e300, 2, 1e300),
    ],
)
def test_rounds_half_away_from_zero(value, digits, expected):
    assert round_half_up(value, digits) == expected


def test_rounding_leaves_no_negative_zero_and_passes_what_is_not_finite():
    assert math.copysign(1, round_half_up(-0.4)) == 1
    assert math.isnan(round_half_up(float("nan")))
    assert round_half_up(float("inf")) == float("inf")


@given(st.integers(-(10**9), 10**9))
def test_rounds_every_exact_half_away_from_zero(whole):
    away = whole + 1 if whole >= 0 else whole
    assert round_half_up(whole + 0.5) == away


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (format_number(52620), "52.620"),
        (format_number(86.67, digits=2), "86,67"),
        (format_number(-1234.5, digits=1), "-1.234,5"),
        (format_number(-0.4), "0"),
        (format_count(7), "07"),
        (format_count(7.0), "07"),
        (format_count(7, pad=False), "7"),
        (format_count(0), "0"),
        (format_count(10), "10"),
        (format_count(52620), "52.620"),
        (format_rate(86.666), "87%"),
        (format_rate(86.666, digits=2), "86,67%"),
        (format_rate(100), "100%"),
        (format_money(46_920_000_000), "46.920 triệu đồng"),
        (format_money(46_920_500_000), "46.920,5 triệu đồng"),
        (format_money(1_234_567), "1.234.567 đồng"),
        (format_money(500_000), "500.000 đồng"),
        (format_money(0), "0 đồng"),
        (format_ratio(13, 15), "13/15"),
    ],
)
def test_writes_numbers_as_officials_do(text, expected):
    assert text == expected


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, np.float64("nan")])
def test_missing_is_written_as_missing(missing):
    for write in (format_number, format_count, format_rate, format_money):
        assert write(missing) == NO_DATA
    assert format_ratio(13, missing) == NO_DATA
    assert format_ratio(missing, 15) == NO_DATA


def test_what_would_hide_an_error_is_not_written():
    with pytest.raises(ValueError, match="whole"):
        format_count(7.5)
    with pytest.raises(ValueError, match="infinite"):
        format_number(float("inf"))
