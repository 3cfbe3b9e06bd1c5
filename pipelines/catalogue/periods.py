"""Periods: static keys generated to a horizon; windows and relations are columns, not key logic."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue import model
from pipelines.catalogue.model import PeriodPattern, PeriodPlan

_BETWEEN, _OR = ";", "|"


def parts_of(periods: pd.DataFrame, period: str) -> list[str]:
    """Keys of the periods that a period is made of by rule, in calendar order; none for most.

    Args:
        periods: ``ref.periods``.
        period: Key of the period.
    """
    return _Plan.of(periods, ()).alternatives(period)[0]


def composed_of(periods: pd.DataFrame, asked: Collection[str], period: str) -> list[str]:
    """Keys of the periods whose figures give those of a period, in calendar order.

    Args:
        periods: ``ref.periods``.
        asked: The periods that something is requested for.
        period: Key of the period.

    Returns:
        None where something is requested for the period itself, or where it has no parts. Of
        several ways to make it the one of which most is asked for, the first when equal; another
        than the first only where something is asked for each of its parts.
    """
    return _Plan.of(periods, asked).chosen(period)


@dataclass(frozen=True)
class _Plan:
    parts: Mapping[str, object]
    asked: frozenset[str]

    @staticmethod
    def of(periods: pd.DataFrame, asked: Collection[str]) -> _Plan:
        return _Plan(dict(zip(periods["period"], periods["parts"], strict=True)), frozenset(asked))

    def alternatives(self, period: str) -> list[list[str]]:
        """Ways to make a period; the first is empty where it is made of nothing by rule."""
        said = self.parts.get(period)
        ways = said.split(_OR) if isinstance(said, str) else [""]
        return [way.split(_BETWEEN) if way else [] for way in ways]

    def chosen(self, period: str) -> list[str]:
        return [] if period in self.asked else self._best(period)[0]

    def _best(self, period: str) -> tuple[list[str], float]:
        """The way to make a period, and how much of it is asked for, from 0 to 1."""
        first, *others = self.alternatives(period)
        shares = [(way, self._shares(way)) for way in others]
        ways = [(first, self._shares(first)), *((w, said) for w, said in shares if all(said))]
        rated = [(way, sum(said) / len(said) if said else 0.0) for way, said in ways]
        return max(rated, key=lambda each: each[1])

    def _shares(self, parts: list[str]) -> list[float]:
        return [1.0 if part in self.asked else self._best(part)[1] for part in parts]


def halves_within(periods: pd.DataFrame, starts_on: dt.date, ends_on: dt.date) -> list[str]:
    """Keys of the half-years that share a day with a span, in calendar order.

    Args:
        periods: ``ref.periods``.
        starts_on: First day of the span.
        ends_on: Its last day.
    """
    halves = periods[periods["kind"] == "half"].sort_values("starts_on")
    begins, ends = (pd.to_datetime(halves[name]) for name in ("starts_on", "ends_on"))
    inside = (begins <= pd.Timestamp(ends_on)) & (ends >= pd.Timestamp(starts_on))
    return [str(key) for key in halves.loc[inside, "period"]]


def period_frame(plan: PeriodPlan) -> pd.DataFrame:
    """All periods of a plan.

    Returns:
        One row per period with the columns of ``ref.periods``; reviews have no window,
        previous or same period.
    """
    rows = [
        _row(kind, pattern, year, plan)
        for year in range(plan.first_year, plan.last_year + 1)
        for kind in plan.kinds
        for pattern in kind.keys
    ]
    rows += [
        {
            "period": review.period,
            "kind": "review",
            "label_vi": review.label_vi,
            "starts_on": dt.date(review.first_year, 1, 1),
            "ends_on": dt.date(review.last_year, 12, 31),
            "window_from": None,
            "window_to": None,
            "legal_year": None,
            "previous": None,
            "same_period": None,
            "parts": _joined(_parts_of_review(review, plan)),
        }
        for review in plan.reviews
    ]
    frame = pd.DataFrame(rows)
    frame["legal_year"] = frame["legal_year"].astype("Int64")
    return frame


def period_keys(plan: PeriodPlan) -> list[str]:
    """All period keys in calendar order of their generation."""
    return [str(key) for key in period_frame(plan)["period"]]


def _row(
    kind: model.PeriodKind, pattern: PeriodPattern, year: int, plan: PeriodPlan
) -> dict[str, object]:
    place = kind.keys.index(pattern)
    before = kind.keys[place - 1]
    before_year = year if place else year - 1
    known = plan.first_year
    return {
        "period": f"{year}{pattern.suffix}",
        "kind": kind.id,
        "label_vi": pattern.label_vi.format(year=year),
        "starts_on": _day(year, pattern.start),
        "ends_on": _day(year + pattern.end_year, pattern.end),
        "window_from": _day(year + pattern.window_from_year, pattern.window_from),
        "window_to": _day(year + pattern.end_year, pattern.window_to),
        "legal_year": year,
        "previous": f"{before_year}{before.suffix}" if before_year >= known else None,
        "same_period": f"{year - 1}{pattern.suffix}" if year - 1 >= known else None,
        "parts": _ways(year, pattern),
    }


def _parts_of_review(review: model.Review, plan: PeriodPlan) -> list[str]:
    kinds = [kind for kind in plan.kinds if kind.id == review.made_of]
    years = range(review.first_year, review.last_year + 1)
    return [f"{year}{p.suffix}" for year in years for kind in kinds for p in kind.keys]


def _ways(year: int, pattern: PeriodPattern) -> str | None:
    ways = [pattern.parts, *pattern.or_parts]
    return _OR.join(_joined([f"{year}{s}" for s in way]) or "" for way in ways) or None


def _joined(keys: list[str]) -> str | None:
    return _BETWEEN.join(keys) or None


def _day(year: int, text: str) -> dt.date:
    """``MM-DD`` or ``MM-end`` within a year."""
    month, day = text.split("-")
    last = calendar.monthrange(year, int(month))[1]
    return dt.date(year, int(month), last if day == "end" else int(day))
