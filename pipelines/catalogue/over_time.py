"""How the figures of a period follow from those of the periods it is made of.

Belongs here: the words for it, and the one that goes without saying. Does not belong here:
composing (``evaluation.composing``), which periods a period is made of (``periods``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pipelines.catalogue.model import Element

# add: the sum, known when every part is. last: the last part's, missing when that one is.
# last_known: the newest that was said. any, all: answers. recomputed: a rate, from what it divides.
# distinct: how many did something at least once; the same ones may have done it in two parts, so
# it is known only where one part alone counts any, or where one part counts all there are
OverTime = Literal["add", "distinct", "last", "last_known", "any", "all", "recomputed"]


def over_time(element: Element, *, years: bool = False) -> OverTime:
    """How an element of a longer period follows from its parts.

    Args:
        element: An element of the catalogue; what it says itself stands.
        years: Whether the parts are whole years. A figure about the year (a plan, what has come
            together since January) stands in every half and is the last one's, but years add up;
            a duty of every year is fulfilled when it was in all of them.
    """
    said = element.over_years if years else element.over_time
    if said is not None:
        return said
    if element.type == "rate":
        return "recomputed"
    if element.type in {"text", "date"}:
        return "last_known"
    if element.flow == "stock" or element.type == "enum":
        return "last"
    yearly = element.refers_to == "year"
    if element.type == "bool":
        return "all" if yearly and years else "any"
    return "last" if yearly and not years else "add"
