"""Periods as officials write them: "6 tháng đầu năm 2021", "Quý I/2021", "năm 2021" → key.

Belongs here: text → period key of the plan. Does not belong here: generating periods
(``periods``), which period a file is for (``intake.identify``).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable

from pipelines.catalogue.model import PeriodPlan
from pipelines.vietnamese.text import fold

_YEAR = r"(?:nam )?(20[0-9]{2})"
_TO_YEAR = r"\s*(?:[/.-]|nam|cua nam)?\s*"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_QUARTER = r"(iv|i{1,3}|0?[1-4])"
_SIX = r"(?:0?6|sau) ?(?:thang|t)"
_NINE = r"(?:0?9|chin) ?(?:thang|t)"
_Made = Callable[[re.Match[str]], str]
# without accents and in small letters; the first pattern that fits the whole text decides
_PATTERNS: tuple[tuple[re.Pattern[str], _Made], ...] = tuple(
    (re.compile(pattern), made)
    for pattern, made in (
        (r"(20[0-9]{2}(?:-[a-z0-9]+)?)", lambda m: m[1].upper()),
        (rf"(?:giai doan )?(20[0-9]{{2}}) ?- ?{_YEAR}", lambda m: f"{m[1]}-{m[2]}"),
        (rf"{_SIX} (?:cuoi|sau)(?: nam)?{_TO_YEAR}{_YEAR}", lambda m: f"{m[1]}-H2"),
        (rf"{_SIX}(?: dau)?(?: nam)?{_TO_YEAR}{_YEAR}", lambda m: f"{m[1]}-H1"),
        (rf"{_NINE}(?: dau)?(?: nam)?{_TO_YEAR}{_YEAR}", lambda m: f"{m[1]}-9M"),
        (rf"(?:quy|q) ?{_QUARTER}{_TO_YEAR}{_YEAR}", lambda m: f"{m[2]}-Q{_number(m[1])}"),
        (rf"thang ([01]?[0-9]){_TO_YEAR}{_YEAR}", lambda m: f"{m[2]}-{int(m[1]):02d}"),
        (r"h([12])[ /.-]?(20[0-9]{2})", lambda m: f"{m[2]}-H{m[1]}"),
        (rf"(?:ca nam|nam|12 thang(?: nam)?) ?{_YEAR}", lambda m: m[1]),
    )
)
_LEAD = re.compile(r"^(?:(?:ky )?bao cao|ky|so lieu)\s*:?\s*")


def period_of(text: str, plan: PeriodPlan) -> str | None:
    """The period that a text names.

    Args:
        text: The whole text of a cell or a part of a file name.
        plan: Knows all periods.

    Returns:
        Its key; None when the text names none, or only a part ("6 tháng đầu năm" without a year).
    """
    said = _LEAD.sub("", fold(text).strip(" .:;"))
    for review in plan.reviews:
        if said == fold(review.label_vi):
            return review.period
    for pattern, made in _PATTERNS:
        match = pattern.fullmatch(said)
        if match is not None:
            key = made(match)
            return key if is_period(key, plan) else None
    return None


def is_period(key: str, plan: PeriodPlan) -> bool:
    """Whether a plan has a period, without making all of them."""
    if key in {review.period for review in plan.reviews}:
        return True
    year, suffix = key[:4], key[4:]
    suffixes = {pattern.suffix for kind in plan.kinds for pattern in kind.keys}
    in_plan = year.isdecimal() and plan.first_year <= int(year) <= plan.last_year
    return in_plan and suffix in suffixes


def period_end(key: str, plan: PeriodPlan) -> dt.date:
    """The last day of a period of the plan.

    Raises:
        KeyError: The plan has no such period.
    """
    for review in plan.reviews:
        if review.period == key:
            return dt.date(review.last_year, 12, 31)
    if not is_period(key, plan):
        raise KeyError(key)
    ends = {pattern.suffix: pattern.end for kind in plan.kinds for pattern in kind.keys}
    month, day = ends[key[4:]].split("-")
    year = int(key[:4])
    last = calendar.monthrange(year, int(month))[1] if day == "end" else int(day)
    return dt.date(year, int(month), last)


def period_label(key: str, plan: PeriodPlan) -> str:
    """How a period is called, e.g. "6 tháng đầu năm 2021"; the key where the plan has none."""
    reviews = {review.period: review.label_vi for review in plan.reviews}
    labels = {pattern.suffix: pattern.label_vi for kind in plan.kinds for pattern in kind.keys}
    if key in reviews or not is_period(key, plan):
        return reviews.get(key, key)
    return labels[key[4:]].format(year=key[:4])


def _number(text: str) -> int:
    return _ROMAN[text.lstrip("0")]
