"""Words and numbers as the report prints them.

Belongs here: one place for Vietnamese names of states and for the display of a value.
Does not belong here: choosing rows.
"""

from __future__ import annotations

import pandas as pd

from pipelines.catalogue import state_words
from pipelines.catalogue.state_words import headed
from pipelines.vietnamese.numbers import (
    NO_DATA,
    format_count,
    format_money,
    format_number,
    format_rate,
    format_ratio,
    is_missing,
    round_half_up,
)

REPORTING_STATES: dict[str, str] = {
    "on_time": "Đúng hạn",
    "late": "Trễ hạn",
    "returned": "Trả lại",
    "missing": "Chưa nộp",
}
SEVERITIES = headed(state_words.SEVERITIES)
STATUSES = headed(state_words.STATUSES)
FATES = headed(state_words.FATES)
STAGES = headed(state_words.STAGES)
ROUNDS = headed(state_words.ROUNDS)
DUTY_STATES, UNIT_TYPES = state_words.DUTY_STATES, state_words.UNIT_TYPES
NOT_APPLICABLE = "không áp dụng"
NOTHING_HAPPENED = "không phát sinh"
MET, NOT_MET, NOT_JUDGED = "đạt", "chưa đạt", "chưa kết luận"
UNCHANGED, NEGLIGIBLE = "không đổi", "không đáng kể"
NONE = "–"  # there is no such part, which is not the same as a missing one
_TOLERANCE = 1e-9
_EXACT_DIGITS = 2  # officials quote rates with two decimals when they do not round to whole percent


def show(
    value: float | None,
    display: str,
    digits: int = 0,
    *,
    numerator: float | None = None,
    denominator: float | None = None,
) -> str:
    """A value in the display form of its indicator.

    Args:
        value: Percent for ``rate``, đồng for ``money``, else the number itself; may be missing.
        display: ``rate``, ``count``, ``number``, ``money`` or ``ratio``.
        digits: Decimals of rates and numbers.
        numerator: Needed by ``ratio`` only.
        denominator: Needed by ``ratio`` only.

    Returns:
        For instance "87%", "07", "46.920 triệu đồng", "1/1"; "chưa có số liệu" when missing.
    """
    if display == "ratio":
        return format_ratio(numerator, denominator)
    if display == "rate":
        return format_rate(value, digits)
    if display == "money":
        return format_money(value)
    if display == "count":
        return format_count(value)
    return format_number(value, digits)


def show_exact_rate(value: float | None, digits: int) -> str:
    """The rate with two decimals where rounding to a whole percent hides them, else no text."""
    if digits or value is None or is_missing(value):
        return ""
    exact = format_rate(value, _EXACT_DIGITS)
    return "" if exact == format_rate(round_half_up(value), _EXACT_DIGITS) else exact


def show_interval(lower: float | None, upper: float | None, display: str, digits: int) -> str:
    """Where the value can lie: "từ 80% đến 87%", or no text when it is certain.

    Of sums only the lower end is told: the upper one comes from the largest value a form allows
    and says nothing about the unit.
    """
    if lower is None or upper is None or is_missing(lower) or is_missing(upper) or lower == upper:
        return ""
    low = show(lower, display, digits)
    return f"từ {low} đến {show(upper, display, digits)}" if display == "rate" else f"ít nhất {low}"


def show_reference(value: float | None, display: str, digits: int) -> str:
    """A value that stands beside a figure; of a ratio only the percentage is known."""
    return show(value, "rate" if display == "ratio" else display, digits)


def show_difference(difference: float | None, display: str, digits: int) -> str:
    """How much a figure has changed: "+6,67 điểm %", "-3", "không đổi".

    Args:
        difference: In the unit of the figure, percentage points for rates; may be missing.
        display: As in ``show``.
        digits: Decimals of numbers; percentage points have as many as they need, at most two.

    Returns:
        The text; "chưa có số liệu" when missing.
    """
    if difference is None or is_missing(difference):
        return NO_DATA
    size = abs(difference)
    if size < _TOLERANCE:
        return UNCHANGED
    if display in {"rate", "ratio"}:
        text, unit = format_number(size, _EXACT_DIGITS).rstrip("0").rstrip(","), " điểm %"
    elif display == "money":
        text, unit = format_money(size), ""
    else:
        text, unit = format_number(size, digits if display == "number" else 0), ""
    if not text.strip("0,."):
        return NEGLIGIBLE
    return f"{'+' if difference > 0 else '-'}{text}{unit}"


def show_percent_change(value: float, before: float) -> str:
    """By how many percent a count has changed: "+12,5%", "-3%", "không đổi".

    Of nothing no percentage can be told: the text is NONE then.
    """
    if abs(value - before) < _TOLERANCE:
        return UNCHANGED
    if abs(before) < _TOLERANCE:
        return NONE
    change = 100 * (value - before) / abs(before)
    text = format_number(abs(change), _EXACT_DIGITS).rstrip("0").rstrip(",")
    if not text.strip("0,."):
        return NEGLIGIBLE
    return f"{'+' if change > 0 else '-'}{text}%"


def show_coverage(reporting: int, expected: int) -> str:
    """Coverage as a fraction of units: "14/15"."""
    return format_ratio(float(reporting), float(expected)) if expected else NO_DATA


def show_flag(value: object) -> str:
    """An answer stored as 1/0: "Có", "Không" or "chưa có số liệu"."""
    if pd.isna(value):  # type: ignore[arg-type] # a scalar cell
        return NO_DATA
    return "Có" if value else "Không"
