"""Which periods exist: kinds, patterns within a year, reviews over years."""

from __future__ import annotations

from pipelines.catalogue.base import Citation, Entry


class PeriodPattern(Entry):
    """One period of a kind within a year; days are ``MM-DD``, years relative to the key's year.

    ``parts`` are the suffixes of the periods of the same year that it is made of where nothing is
    requested for itself; ``or_parts`` are others, which take their place where more of them is
    asked for. Without either it has only what is requested for it. ``end_year`` is 1 for a period
    that ends in the year after its key (a school year).
    """

    suffix: str
    label_vi: str
    start: str
    end: str
    window_from: str
    window_from_year: int = 0
    window_to: str
    end_year: int = 0
    parts: list[str] = []
    or_parts: list[list[str]] = []


class PeriodKind(Entry):
    """How the periods of one kind are made."""

    id: str
    label_vi: str
    label_en: str
    keys: list[PeriodPattern]


class Review(Entry):
    """A review over several years, set by a Party document rather than by the calendar.

    ``made_of`` is the kind of the periods it is made of, in each of its years.
    """

    period: str
    label_vi: str
    first_year: int
    last_year: int
    document: str
    made_of: str = "year"


class PeriodPlan(Entry):
    """Which period keys exist."""

    first_year: int
    last_year: int
    windows_basis: Citation
    kinds: list[PeriodKind]
    reviews: list[Review] = []
