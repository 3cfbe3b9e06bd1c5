"""How a figure is counted: filters, measures, display.

Belongs here: the vocabulary of numerators and denominators. Does not belong here: computing them
(``evaluation``).
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from pipelines.catalogue.base import Entry


class RowFilter(Entry):
    """A condition on a register column; exactly one test is given.

    ``not_before``: on or after a day, such as that on which answers began to mean something else.
    """

    column: str
    equals: str | bool | float | None = None
    among: list[str] | None = None
    in_window: bool = False
    is_present: bool | None = None
    not_before: dt.date | None = None


class RowCondition(Entry):
    """The rows whose column holds one of the values."""

    column: str
    among: list[str]


class ElementFilter(Entry):
    """A condition on another element of the same unit."""

    element: str
    equals: bool | float | str


class SumMeasure(Entry):
    """Σ of elements over the units of the population."""

    kind: Literal["sum"]
    elements: list[str]


class CountMeasure(Entry):
    """Number of units whose element equals a value."""

    kind: Literal["count"]
    element: str
    equals: bool | float | str = True


class UnitsMeasure(Entry):
    """Size of the population, times a constant."""

    kind: Literal["units"]
    times: float = 1


class RowsMeasure(Entry):
    """Number of register rows that pass every filter."""

    kind: Literal["rows"]
    register_id: str
    where: list[RowFilter] = []


class NthLargestMeasure(Entry):
    """The n-th largest value of an element among units that pass the filter."""

    kind: Literal["nth_largest"]
    element: str
    n: int
    where: ElementFilter | None = None


class ReportsMeasure(Entry):
    """Number of reports owed in the period that are in one of the states (all when empty)."""

    kind: Literal["reports"]
    states: list[str] = []


Measure = Annotated[
    SumMeasure | CountMeasure | UnitsMeasure | RowsMeasure | NthLargestMeasure | ReportsMeasure,
    Field(discriminator="kind"),
]


class Display(Entry):
    """How an indicator is printed."""

    format: Literal["rate", "count", "number", "money", "ratio"]
    digits: int = 0
