"""The catalogue of a longer period: limits and what is owed are those of all its halves.

Belongs here: the catalogue scaled to a number of halves. Does not belong here: composing figures
(``composing``).
"""

from __future__ import annotations

from pipelines.catalogue.model import Catalogue, Element, Indicator, SumMeasure, UnitsMeasure
from pipelines.catalogue.over_time import over_time


def wider(catalogue: Catalogue, parts: int) -> Catalogue:
    """The catalogue of a longer period: what is added may be, and is owed, that much more.

    Args:
        catalogue: Limits of a half-year.
        parts: How many half-years the period has.
    """
    elements = {
        name: element.model_copy(
            update={
                "minimum": None if element.minimum is None else min(element.minimum * parts, 0),
                "maximum": None if element.maximum is None else element.maximum * parts,
            }
        )
        if element.is_numeric and _adds(element)
        else element
        for name, element in catalogue.elements.items()
    }
    indicators = {
        name: _longer(entry, catalogue, parts) for name, entry in catalogue.indicators.items()
    }
    return catalogue.model_copy(update={"elements": elements, "indicators": indicators})


def _adds(element: Element) -> bool:
    return "add" in {over_time(element), over_time(element, years=True)}


def _longer(indicator: Indicator, catalogue: Catalogue, parts: int) -> Indicator:
    """What each unit owes per half (six months of schedules) it owes in every half."""
    top, bottom = indicator.numerator, indicator.denominator
    if not isinstance(bottom, UnitsMeasure) or not isinstance(top, SumMeasure):
        return indicator
    if not all(_adds(catalogue.elements[name]) for name in top.elements):
        return indicator
    longer = bottom.model_copy(update={"times": bottom.times * parts})
    return indicator.model_copy(update={"denominator": longer})
