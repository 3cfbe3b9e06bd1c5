"""Periods: static keys generated to a horizon; windows and relations are columns, not key logic."""

from __future__ import annotations

import calendar
import datetime as dt

import pandas as pd

from pipelines.catalogue import model
from pipelines.catalogue.model import PeriodPattern, PeriodPlan

_BETWEEN = ";"


def parts_of(periods: pd.DataFrame, period: str) -> list[str]:
    """Keys of the periods that a period is made of, in calendar order; none for most.

    Args:
        periods: ``ref.periods``.
        period: Key of the period.
    """
    said = periods.loc[periods["period"] == period, "parts"].dropna()
    return str(said.iloc[0]).split(_BETWEEN) if len(said) else []


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
        "ends_on": _day(year, pattern.end),
        "window_from": _day(year + pattern.window_from_year, pattern.window_from),
        "window_to": _day(year, pattern.window_to),
        "legal_year": year,
        "previous": f"{before_year}{before.suffix}" if before_year >= known else None,
        "same_period": f"{year - 1}{pattern.suffix}" if year - 1 >= known else None,
        "parts": _joined([f"{year}{suffix}" for suffix in pattern.parts]),
    }


def _parts_of_review(review: model.Review, plan: PeriodPlan) -> list[str]:
    kinds = [kind for kind in plan.kinds if kind.id == review.made_of]
    years = range(review.first_year, review.last_year + 1)
    return [f"{year}{p.suffix}" for year in years for kind in kinds for p in kind.keys]


def _joined(keys: list[str]) -> str | None:
    return _BETWEEN.join(keys) or None


def _day(year: int, text: str) -> dt.date:
    """``MM-DD`` or ``MM-end`` within a year."""
    month, day = text.split("-")
    last = calendar.monthrange(year, int(month))[1]
    return dt.date(year, int(month), last if day == "end" else int(day))
