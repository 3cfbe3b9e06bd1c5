"""Days on which offices of the sample work.

Belongs here: working days. Does not belong here: what happens on them.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

from pipelines.vietnamese.holidays import is_working_day

# public holidays of the shipped periods (New Year, Tết, Hùng Kings, 30/4 and 1/5, 2/9)
HOLIDAYS = frozenset(
    {
        dt.date(2020, 1, 1),
        *(dt.date(2020, 1, day) for day in range(23, 30)),
        dt.date(2020, 4, 2),
        dt.date(2020, 4, 30),
        dt.date(2020, 5, 1),
        dt.date(2020, 9, 2),
        dt.date(2021, 1, 1),
        *(dt.date(2021, 2, day) for day in range(10, 17)),
        dt.date(2021, 4, 21),
        dt.date(2021, 4, 30),
        dt.date(2021, 5, 3),
    }
)
_SATURDAY = 5
_SHIPPED_YEARS = frozenset(day.year for day in HOLIDAYS)


def working_days(first: dt.date, last: dt.date) -> list[dt.date]:
    """All working days from ``first`` to ``last``, both included."""
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if _is_working(day)]


def working_day_before(day: dt.date) -> dt.date:
    """The day itself when it is a working day, else the last working day before it."""
    while not _is_working(day):
        day -= dt.timedelta(days=1)
    return day


def working_day_after(day: dt.date) -> dt.date:
    """The day itself when it is a working day, else the first working day after it."""
    while not _is_working(day):
        day += dt.timedelta(days=1)
    return day


@cache
def _is_working(day: dt.date) -> bool:
    # swapped Saturdays are left out: nobody of the sample works on one
    is_open = day.year in _SHIPPED_YEARS or is_working_day(day)
    return is_open and day.weekday() < _SATURDAY and day not in HOLIDAYS
