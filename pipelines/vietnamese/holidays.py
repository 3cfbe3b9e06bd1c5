"""Working days: deadlines of the law that are counted in "ngày làm việc".

Public holidays, the days off in lieu of a holiday at a weekend and the Saturdays worked for a day
swapped come from the ``holidays`` package. It knows what was announced before its release: of
later years it computes the holidays, while swaps and the second day of 02/9 may be decided
otherwise. Days that a province or a single office takes off are known to nobody here.

Belongs here: which days state bodies work, counting them. Does not belong here: which deadline a
duty has (the catalogue), reading dates (``dates``).
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import holidays

_WEEK = 5
# a working day taken off → the Saturday worked instead, where the package does not know of it:
# decided on 25/12/2025 for state bodies (24h.com.vn, 26/12/2025)
_SWAPPED = {dt.date(2026, 1, 2): dt.date(2026, 1, 10)}
_WORKED = frozenset(_SWAPPED.values())


def is_working_day(day: dt.date) -> bool:
    """Whether state bodies work on a day: a weekday that is no holiday, or a Saturday swapped."""
    if day in _WORKED or day in _year(day.year).weekend_workdays:
        return True
    return day.weekday() < _WEEK and day not in _SWAPPED and day not in _year(day.year)


def add_working_days(day: dt.date, n: int) -> dt.date:
    """The ``n``-th working day after a day; the day itself never counts.

    Args:
        day: The day a decision was taken; it may be any day.
        n: How many working days; before the day when negative, none when 0.

    Returns:
        The last day of a time limit of ``n`` working days; ``day`` itself for 0.
    """
    step = dt.timedelta(days=1 if n >= 0 else -1)
    left = abs(n)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days_between(first: dt.date, last: dt.date) -> int:
    """How many working days come after ``first``, up to and including ``last``.

    Negative when ``last`` comes first, so that swapping the two changes only the sign.
    """
    if last < first:
        # the days counted are the same, shifted by one: those after last, up to first
        return -working_days_between(last, first)
    days = (first + dt.timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(is_working_day(day) for day in days)


@cache
def _year(year: int) -> holidays.HolidayBase:
    """Holidays of a year, with its neighbours: a swap may cross the turn of the year."""
    return holidays.country_holidays("VN", years=[year - 1, year, year + 1])
