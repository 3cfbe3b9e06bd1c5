"""The catalogue of a longer or shorter period: limits and what is owed go by its length.

Belongs here: the catalogue scaled to a number of halves. Does not belong here: composing figures
(``composing``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from pipelines.catalogue.model import Catalogue, Element, Indicator, SumMeasure, UnitsMeasure
from pipelines.catalogue.over_time import over_time

_HALF, _NINE_MONTHS = 6, 1.5


def halves_in(row: Mapping[str, object]) -> float:
    """How many half-years a period lasts, by whole months: a quarter is 0.5.

    Args:
        row: Row of ``ref.periods``, dates as ``datetime.date``.

    Raises:
        TypeError: Its ends are no dates.
    """
    first, last = row["starts_on"], row["ends_on"]
    if not isinstance(first, dt.date) or not isinstance(last, dt.date):
        msg = f"the ends of the period are no dates: {first!r}, {last!r}"
        raise TypeError(msg)
    after = last + dt.timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    return max(months, 1) / _HALF


def is_long(row: Mapping[str, object]) -> bool:
    """Whether a period is a year or longer; nine months are not, ten (a school year) are."""
    return halves_in(row) > _NINE_MONTHS


def of_length(catalogue: Catalogue, row: Mapping[str, object]) -> Catalogue:
    """The catalogue of a period, by its length; that of a half-year as it stands.

    Args:
        catalogue: Limits of a half-year.
        row: Row of ``ref.periods``, dates as ``datetime.date``.
    """
    return wider(catalogue, halves_in(row))


def wider(catalogue: Catalogue, parts: float) -> Catalogue:
    """The catalogue of a longer or shorter period: what is owed goes by its length.

    What is added may be that much more in a longer one. Limits of a shorter one stay those of a
    half-year, but for what is owed by the month: of four months no more than four.

    Args:
        catalogue: Limits of a half-year.
        parts: How many half-years the period has.
    """
    if parts == 1:
        return catalogue
    owed = {
        name
        for entry in catalogue.indicators.values()
        if isinstance(entry.numerator, SumMeasure) and _is_owed(entry, catalogue)
        for name in entry.numerator.elements
    }
    elements = {
        name: _limited(element, parts if name in owed else max(parts, 1.0))
        if element.is_numeric and _adds(element)
        else element
        for name, element in catalogue.elements.items()
    }
    indicators = {
        name: _longer(entry, catalogue, parts) for name, entry in catalogue.indicators.items()
    }
    return catalogue.model_copy(update={"elements": elements, "indicators": indicators})


def _limited(element: Element, times: float) -> Element:
    low, high = element.minimum, element.maximum
    return element.model_copy(
        update={
            "minimum": None if low is None else min(low * times, 0),
            "maximum": None if high is None else high * times,
        }
    )


def _adds(element: Element) -> bool:
    return "add" in {over_time(element), over_time(element, years=True)}


def _is_owed(indicator: Indicator, catalogue: Catalogue) -> bool:
    """Whether every unit owes so much per half-year (six months of schedules)."""
    top = indicator.numerator
    return (
        isinstance(indicator.denominator, UnitsMeasure)
        and isinstance(top, SumMeasure)
        and all(_adds(catalogue.elements[name]) for name in top.elements)
    )


def _longer(indicator: Indicator, catalogue: Catalogue, parts: float) -> Indicator:
    """What each unit owes per half it owes in every half."""
    bottom = indicator.denominator
    if not isinstance(bottom, UnitsMeasure) or not _is_owed(indicator, catalogue):
        return indicator
    longer = bottom.model_copy(update={"times": bottom.times * parts})
    return indicator.model_copy(update={"denominator": longer})
