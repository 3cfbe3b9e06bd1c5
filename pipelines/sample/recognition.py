"""When communes were recognised as new-countryside communes, and by which decision.

Belongs here: number and day of the decision, the same in every later period. Does not belong here:
who is recognised (``values``).
"""

from __future__ import annotations

import datetime as dt

from pipelines.sample import cases
from pipelines.sample.draw import between, one_of
from pipelines.sample.setting import PERIOD, Setting
from pipelines.sample.targets import recognised_by_period
from pipelines.sample.values import Values
from pipelines.sample.workdays import working_days

_FIRST_YEARS = (2013, 2015)  # decisions before the sample begins
_YEARS_BEFORE_MERGER = (2014, 2024)
_PUBLISHED = {PERIOD: 11}  # as the article counts them; the totals of the others are written down
_HALVES = {"H1": ((1, 5), (5, 29)), "H2": ((7, 3), (11, 27))}


def decisions(recognised: set[str], setting: Setting) -> Values:
    """Number and day of the decision that recognised each commune.

    Args:
        recognised: Communes that are recognised in the period.
        setting: The period.
    """
    values: Values = {}
    for unit in sorted(recognised):
        day = _day(unit, setting)
        values[unit, "ntm.recognised_on"] = day
        number = between(101, 3290, unit, "recognised", str(day.year))
        values[unit, "ntm.recognised_number"] = f"{number}/QĐ-UBND"
    return values


def _day(unit_id: str, setting: Setting) -> dt.date:
    """A working day of the half-year that counts the commune first."""
    if setting.is_younger(unit_id):  # what it was made of had been recognised
        return _drawn(unit_id, between(*_YEARS_BEFORE_MERGER, unit_id, "year of recognition"), "H1")
    communes, counts = setting.members("ntm_communes"), recognised_by_period() | _PUBLISHED
    for period in sorted(counts):
        last = cases.not_recognised(period)
        if period < setting.period and unit_id in cases.holding(communes, last, counts[period]):
            first = between(*_FIRST_YEARS, unit_id, "year of recognition")
            year = first if period == min(counts) else int(period[:4])
            return _drawn(unit_id, year, period[5:])
    return _drawn(unit_id, int(setting.period[:4]), setting.period[5:])


def _drawn(unit_id: str, year: int, half: str) -> dt.date:
    first, last = (dt.date(year, *day) for day in _HALVES.get(half, _HALVES["H1"]))
    return one_of(working_days(first, last), unit_id, "recognised on")
