"""Working days, against calendars that were officially announced and against themselves."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.vietnamese.holidays import add_working_days, is_working_day, working_days_between

DAYS = st.dates(dt.date(2016, 1, 1), dt.date(2030, 12, 31))

# first and last day off of Tết as announced, weekends included; the days on either side are worked
TET = [
    ("2018-02-14", "2018-02-20"),
    ("2019-02-02", "2019-02-10"),
    ("2020-01-23", "2020-01-29"),
    ("2021-02-10", "2021-02-16"),
    ("2022-01-29", "2022-02-06"),
    ("2023-01-20", "2023-01-26"),
    ("2024-02-08", "2024-02-14"),
    ("2025-01-25", "2025-02-02"),
    ("2026-02-14", "2026-02-22"),
]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(("first", "last"), TET)
def test_nobody_works_at_tet_and_everybody_before_and_after(first: str, last: str) -> None:
    begins, ends = day(first), day(last)
    off = [begins + dt.timedelta(days=n) for n in range((ends - begins).days + 1)]
    assert not any(is_working_day(each) for each in off)
    assert is_working_day(begins - dt.timedelta(days=1))
    assert is_working_day(ends + dt.timedelta(days=1))


@pytest.mark.parametrize(
    "off",
    [
        "2021-09-02",
        "2021-09-03",  # from 2021 on 02/9 has a second day
        "2022-09-01",
        "2023-09-01",
        "2023-09-04",  # 02/9/2023 was a Saturday
        "2024-09-03",
        "2025-09-01",
        "2021-05-03",  # 01/5/2021 was a Saturday
        "2022-04-11",  # the Hùng Kings' day of 2022 was a Sunday
        "2024-04-29",  # swapped for 04/5
        "2025-05-02",  # swapped for 26/4
        "2026-01-02",  # swapped for 10/01; the package does not know it
    ],
)
def test_a_holiday_in_the_week_is_not_worked(off: str) -> None:
    assert day(off).weekday() < 5
    assert not is_working_day(day(off))


@pytest.mark.parametrize(
    "worked", ["2019-01-05", "2019-05-04", "2024-05-04", "2025-04-26", "2026-01-10", "2026-08-22"]
)
def test_a_saturday_swapped_is_worked(worked: str) -> None:
    assert day(worked).weekday() == 5
    assert is_working_day(day(worked))


def test_before_2021_the_second_of_september_stands_alone() -> None:
    assert not is_working_day(day("2020-09-02"))
    assert is_working_day(day("2020-09-01"))
    assert is_working_day(day("2020-09-03"))


@pytest.mark.parametrize(
    ("decided", "until"),
    [
        ("2024-03-11", "2024-03-18"),  # Monday to Monday
        ("2024-03-16", "2024-03-22"),  # a Saturday counts as no day
        ("2024-02-07", "2024-02-21"),  # across Tết 2024
        ("2024-04-26", "2024-05-07"),  # 27-28/4, 29/4 to 01/5 off; Saturday 04/5 is worked
        ("2025-08-29", "2025-09-09"),  # across 01 and 02/9
        ("2025-12-31", "2026-01-09"),  # across New Year and the swapped 02/01
    ],
)
def test_five_working_days_after_a_decision(decided: str, until: str) -> None:
    assert add_working_days(day(decided), 5) == day(until)
    assert working_days_between(day(decided), day(until)) == 5


@given(start=DAYS, n=st.integers(1, 60))
def test_the_last_day_of_a_time_limit_is_worked_and_is_the_nth(start: dt.date, n: int) -> None:
    last = add_working_days(start, n)
    assert is_working_day(last)
    assert working_days_between(start, last) == n
    assert add_working_days(start, n - 1) < last


@given(start=DAYS, n=st.integers(1, 60))
def test_counting_back_from_a_working_day_returns_to_it(start: dt.date, n: int) -> None:
    worked = add_working_days(start, 1)
    assert add_working_days(add_working_days(worked, n), -n) == worked


@given(first=DAYS, span=st.integers(0, 120), cut=st.integers(0, 120))
def test_stretches_add_up(first: dt.date, span: int, cut: int) -> None:
    middle = first + dt.timedelta(days=min(span, cut))
    last = first + dt.timedelta(days=span)
    whole = working_days_between(first, last)
    assert whole == working_days_between(first, middle) + working_days_between(middle, last)
    assert working_days_between(last, first) == -whole


@given(start=DAYS)
def test_no_days_is_the_same_day(start: dt.date) -> None:
    assert add_working_days(start, 0) == start
    assert working_days_between(start, start) == 0
