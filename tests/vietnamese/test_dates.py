from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.vietnamese.dates import (
    PROBLEM_TEXT_VI,
    ParsedDate,
    format_date,
    format_date_long,
    format_weekday,
    parse_date,
)
from pipelines.vietnamese.numbers import NO_DATA

DAY = date(2021, 6, 10)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    "raw",
    [
        "10/06/2021",
        "10-6-2021",
        "10.06.2021",
        "10 / 6 / 2021",
        "ngày 10 tháng 6 năm 2021",
        "Ngày 10 tháng 06 năm 2021",
        "Krông Pắc, ngày 10 tháng 6 năm 2021",
        "2021-06-10",
        "2021/06/10",
        "2021-06-10 00:00:00",
        "2021-06-10T08:30:00+07:00",
        "10/06/2021 08:30",
        "Thứ 5, 10/06/2021 22:06 (GMT+7)",
        "Thứ Năm, ngày 10 tháng 6 năm 2021",
        "thứ năm ngày 10/06/2021",
        "T5 10/6/2021",
        44357,
        44357.5,
        "44357",
        DAY,
        datetime(2021, 6, 10, 8, 30, tzinfo=UTC),
        pd.Timestamp("2021-06-10"),
    ],
)
def test_reads_the_ways_a_date_is_written(raw):  # T09
    assert parse_date(raw) == ParsedDate(DAY)


@pytest.mark.parametrize(
    ("raw", "problem", "proposed"),
    [
        ("06/25/2021", "month_first", date(2021, 6, 25)),
        ("10/6/21", "two_digit_year", DAY),
        ("31/02/2021", "no_such_day", None),
        ("29/02/2021", "no_such_day", None),
        ("45/13/2021", "no_such_day", None),
        ("13/13/2021", "no_such_day", None),
        (60, "no_such_day", None),
        ("2021", "year_only", None),
        (2021, "year_only", None),
        ("10/06/0021", "implausible_year", None),
        (date(1899, 12, 31), "implausible_year", None),
        ("Thứ 6, 10/06/2021 22:06 (GMT+7)", "weekday_disagrees", DAY),
        ("Chủ nhật, ngày 10 tháng 6 năm 2021", "weekday_disagrees", DAY),
        ("CN 31/02/2021", "no_such_day", None),
        ("Thứ 5, 10/06/2021 22:06 (GMT+9)", "not_a_date", None),
        ("Thứ 8, 10/06/2021", "not_a_date", None),
        ("Thứ năm", "not_a_date", None),
        ("quý I", "not_a_date", None),
        ("10/06-2021", "not_a_date", None),
        (-5, "not_a_date", None),
        (True, "not_a_date", None),
        (float("inf"), "not_a_date", None),
        (1e12, "not_a_date", None),
        (None, "empty", None),
        (pd.NaT, "empty", None),
        (float("nan"), "empty", None),
        ("  ", "empty", None),
    ],
)
def test_never_guesses(raw, problem, proposed):
    assert parse_date(raw) == ParsedDate(None, problem, proposed)


def test_order_of_day_and_month_is_doubted_only_where_it_is_unknown():
    doubtful = parse_date("06/10/2021", dayfirst_known=False)
    assert doubtful == ParsedDate(None, "ambiguous_day_month", date(2021, 10, 6))
    assert parse_date("06/10/2021") == ParsedDate(date(2021, 10, 6))
    for unambiguous, day in [
        ("25/06/2021", date(2021, 6, 25)),
        ("06/25/2021", date(2021, 6, 25)),
        ("06/06/2021", date(2021, 6, 6)),
        ("2021-06-10", DAY),
    ]:
        assert parse_date(unambiguous, dayfirst_known=False) == ParsedDate(day)


def test_serial_days_follow_the_1900_system():
    assert parse_date(1).value == date(1900, 1, 1)
    assert parse_date(59).value == date(1900, 2, 28)
    assert parse_date(61).value == date(1900, 3, 1)


@given(days)
def test_dates_come_back(day):
    assert parse_date(format_date(day)).value == day
    assert parse_date(format_date_long(day)).value == day
    assert parse_date(day.isoformat()).value == day


@given(st.dates(date(1954, 10, 10), date(2199, 12, 31)))
def test_serials_come_back(day):
    serial = (day - date(1899, 12, 30)) // timedelta(days=1)
    assert parse_date(serial).value == day


@given(
    st.text(max_size=20)
    | st.from_regex(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}", fullmatch=True)
    | st.floats()
    | st.integers(),
    st.booleans(),
)
def test_a_date_or_a_problem_with_a_text_never_both(raw, dayfirst_known):
    parsed = parse_date(raw, dayfirst_known=dayfirst_known)
    assert (parsed.value is None) == (parsed.problem is not None)
    assert parsed.problem is None or PROBLEM_TEXT_VI[parsed.problem]


def test_writes_dates_as_officials_do():
    assert format_date(DAY) == "10/06/2021"
    assert format_date_long(DAY) == "ngày 10 tháng 6 năm 2021"
    assert format_date_long(date(2021, 2, 5)) == "ngày 05 tháng 02 năm 2021"
    assert format_date_long(date(2021, 3, 5)) == "ngày 05 tháng 3 năm 2021"
    assert format_date(None) == format_date_long(pd.NaT) == NO_DATA


@given(days, st.integers(1, 6))
def test_a_weekday_must_be_that_of_the_date(day, off):
    other = date.fromordinal((day.toordinal() + off - 1) % 7 + 700_001)
    assert parse_date(f"{format_weekday(day)}, {format_date(day)}").value == day
    written = f"{format_weekday(other)}, {format_date_long(day)}"
    agrees = other.weekday() == day.weekday()
    assert parse_date(written).value == (day if agrees else None)
    if not agrees:
        assert parse_date(written) == ParsedDate(None, "weekday_disagrees", day)


def test_weekdays_have_their_names():
    assert format_weekday(DAY) == "Thứ Năm"
    assert format_weekday(date(2021, 6, 13)) == "Chủ nhật"
    assert format_weekday(None) == NO_DATA
