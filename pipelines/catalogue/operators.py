"""The rule engine's masks: one vectorised function per operator, True where a rule is violated.

The same masks serve the findings (``validation``), the pandera checks (``schemas``) and, spelled
as formulas, the "Kiểm tra" sheet (``checksheet``): one truth.

Belongs here: operator semantics on a wide frame whose columns are elements or register columns.
Does not belong here: messages, severity, addresses.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import pandas as pd

from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Rule, Term

Mask = pd.Series
Side = list[str | float | Term]

# a sum of fractions of counts may differ from a whole by float noise only
TOLERANCE = 1e-9
# a rate may be written as a whole number
ROUNDING = 0.5

# of pandas columns and of polars expressions alike (``operators_polars``)
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda left, right: (left - right).abs() <= TOLERANCE,
    "!=": lambda left, right: (left - right).abs() > TOLERANCE,
    ">": lambda left, right: left > right + TOLERANCE,
    ">=": lambda left, right: left >= right - TOLERANCE,
    "<": lambda left, right: left < right - TOLERANCE,
    "<=": lambda left, right: left <= right + TOLERANCE,
}


def side_value(frame: pd.DataFrame, side: Side) -> pd.Series:
    """The sum of the terms of a side, per row; NaN where any term is missing.

    Dates count as days since 1970-01-01, so that they compare like numbers.
    """
    return reduce(lambda a, b: a + b, (_term(frame, term) for term in side))


def violations(rule: Rule, frame: pd.DataFrame, within: str | None = None) -> Mask:
    """Where a unit or row rule is violated.

    Args:
        rule: A rule of level ``unit`` or ``row`` whose operator works on one row or column.
        frame: Wide frame, one row per unit or register row; numbers and answers are float
            (yes = 1, no = 0), dates datetime64, the rest str; NaN means missing.
        within: A column; rows are compared with each other only where its value is the same.

    Returns:
        Boolean series on the frame's index; False in rows that the rule does not speak of.

    Raises:
        KeyError: The operator is not a row operator.
    """
    if frame.empty:  # a register that nobody keeps: its columns have no type
        return pd.Series(data=False, index=frame.index)
    if rule.when is None:
        return _mask(rule, frame, within)
    told = frame[spoken_of(rule, frame)]
    return _mask(rule, told, within).reindex(frame.index, fill_value=False)


def _mask(rule: Rule, frame: pd.DataFrame, within: str | None) -> Mask:
    if rule.operator in _BETWEEN_ROWS:
        return _BETWEEN_ROWS[rule.operator](rule, frame, [within] if within else [])
    return _MASKS[rule.operator](rule, frame)


def spoken_of(rule: Rule, frame: pd.DataFrame) -> Mask:
    """The rows that a rule speaks of: those its ``when`` names, all without one."""
    if rule.when is None:
        return pd.Series(data=True, index=frame.index)
    return frame[rule.when.column].isin(rule.when.among)


def register_totals(rule: Rule, rows: pd.DataFrame) -> pd.Series:
    """What registers say of the element that they are compared with.

    Args:
        rule: ``rows_equal_element`` (with a column on the left only the rows with a ``listed``
            value count) or ``column_sum_equals_element``.
        rows: Register rows with their submission_id.

    Returns:
        A number by submission_id. A register without a row is not there; nor is one in which a
        row leaves the column blank, for then its total is not known. Rows that the rule does not
        speak of add nothing.
    """
    names = term_names(rule.left)
    keys, told = rows["submission_id"], spoken_of(rule, rows)
    if rule.operator == "column_sum_equals_element":
        each = rows[names[0]].astype("float64")
    elif names:
        each = rows[names[0]].isin(rule.listed or []).astype("float64")
    else:
        each = pd.Series(1.0, index=rows.index)
    known = (rows[names].notna().all(axis=1) | ~told).groupby(keys).all()
    return each.where(told, 0.0).groupby(keys).sum()[known]


def is_missing_skipped(rule: Rule, frame: pd.DataFrame) -> Mask:
    """Where the rule's missing-value strategy says that it does not apply."""
    names = [n for n in term_names(rule.left) + term_names(rule.right) if n in frame.columns]
    if rule.missing == "never_skip" or not names:
        return pd.Series(data=False, index=frame.index)
    absent = frame[names].isna()
    return absent.any(axis=1) if rule.missing == "skip_if_any" else absent.all(axis=1)


def _term(frame: pd.DataFrame, term: str | float | Term) -> pd.Series:
    if isinstance(term, Term):
        return _column(frame, term.of) * term.times
    if isinstance(term, str):
        return _column(frame, term)
    return pd.Series(float(term), index=frame.index)


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    series = frame[name]
    if pd.api.types.is_datetime64_any_dtype(series):
        return (series - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)
    return series.astype("float64")


def _compare(rule: Rule, frame: pd.DataFrame) -> Mask:
    holds = COMPARISONS[rule.operator](side_value(frame, rule.left), side_value(frame, rule.right))
    return ~holds & ~is_missing_skipped(rule, frame)


def _fewer_or_none(rule: Rule, frame: pd.DataFrame) -> Mask:
    left, right = side_value(frame, rule.left), side_value(frame, rule.right)
    none_at_all = (left.abs() <= TOLERANCE) & (right.abs() <= TOLERANCE)
    return ~((left < right - TOLERANCE) | none_at_all) & ~is_missing_skipped(rule, frame)


def _rate_agrees(rule: Rule, frame: pd.DataFrame) -> Mask:
    # 87 for 13/15 is a rounded rate; what differs by more is another one
    rate = side_value(frame, rule.left)
    off = (rate - percentage(rule, frame)).abs() > ROUNDING + TOLERANCE
    return off & ~is_missing_skipped(rule, frame)


def percentage(rule: Rule, frame: pd.DataFrame) -> pd.Series:
    """The rate that the two terms on the right make, 0–100; NaN where the second is 0."""
    part, whole = (side_value(frame, [term]) for term in rule.right)
    return part / whole.where(whole != 0) * 100


def _sum_equals(rule: Rule, frame: pd.DataFrame) -> Mask:
    return _compare(rule.model_copy(update={"operator": "=="}), frame)


def answers_yes(frame: pd.DataFrame, side: Side, values: list[str] | None = None) -> Mask:
    """Whether a side "is there": one of ``values``, or yes, above zero, a date, a text."""
    flags = []
    for name in term_names(side):
        series = frame[name]
        if values is not None:
            flags.append(series.isin(values))
        elif pd.api.types.is_numeric_dtype(series):
            flags.append(series.astype("float64").fillna(0) > 0)
        else:
            flags.append(series.notna())
    return reduce(lambda a, b: a | b, flags)


def _compulsory_pair(rule: Rule, frame: pd.DataFrame) -> Mask:
    left = answers_yes(frame, rule.left, rule.listed)
    right = answers_yes(frame, rule.right)
    return (left != right) & ~is_missing_skipped(rule, frame)


def _exclusive_pair(rule: Rule, frame: pd.DataFrame) -> Mask:
    left = answers_yes(frame, rule.left, rule.listed)
    right = answers_yes(frame, rule.right)
    return left & right & ~is_missing_skipped(rule, frame)


def _at_most_one(rule: Rule, frame: pd.DataFrame) -> Mask:
    flags = [answers_yes(frame, [name]).astype(int) for name in term_names(rule.left)]
    return (reduce(lambda a, b: a + b, flags) > 1) & ~is_missing_skipped(rule, frame)


def _some_pair_differs(rule: Rule, frame: pd.DataFrame) -> Mask:
    # every pair is equal and above zero: a hundred per cent everywhere
    full = pd.Series(data=True, index=frame.index)
    for left, right in zip(rule.left, rule.right, strict=True):
        part, whole = side_value(frame, [left]), side_value(frame, [right])
        full &= (whole > 0) & ((part - whole).abs() <= TOLERANCE)
    return full & ~is_missing_skipped(rule, frame)


def _implies_equal(rule: Rule, frame: pd.DataFrame) -> Mask:
    found, expected = side_value(frame, rule.right[:1]), side_value(frame, rule.right[1:])
    yes = answers_yes(frame, rule.left, rule.listed)
    return yes & ((found - expected).abs() > TOLERANCE) & ~is_missing_skipped(rule, frame)


def _in_list(rule: Rule, frame: pd.DataFrame) -> Mask:
    series = frame[term_names(rule.left)[0]]
    return ~series.isin(rule.listed or []) & ~is_missing_skipped(rule, frame)


def _pattern(rule: Rule, frame: pd.DataFrame) -> Mask:
    series = frame[term_names(rule.left)[0]]
    fits = series.str.fullmatch(rule.pattern or "", na=False)
    return ~fits.astype(bool) & ~is_missing_skipped(rule, frame)


def _present(rule: Rule, frame: pd.DataFrame) -> Mask:
    return frame[term_names(rule.left)].isna().any(axis=1)


def _unique(rule: Rule, frame: pd.DataFrame, within: list[str]) -> Mask:
    # the first occurrence stands; the repetitions are the violation
    repeated = frame.duplicated([*within, *term_names(rule.left)], keep="first")
    return repeated & ~is_missing_skipped(rule, frame)


def _no_overlap(rule: Rule, frame: pd.DataFrame, within: list[str]) -> Mask:
    # of two rows of one key that are in force on one day the later one is the violation
    keys, (first, last) = [*within, *term_names(rule.left)], term_names(rule.right)
    known = frame[frame[[*keys, first]].notna().all(axis=1)]
    known = known.sort_values([*keys, first], kind="stable")
    until = known[last].fillna(pd.Timestamp.max.as_unit("us"))
    groups = [known[key] for key in keys]
    latest = until.groupby(groups).cummax().groupby(groups).shift()
    return (known[first] <= latest).reindex(frame.index, fill_value=False)


def _first_of_month(rule: Rule, frame: pd.DataFrame) -> Mask:
    return frame[term_names(rule.left)[0]].dt.day.gt(1).fillna(value=False).astype(bool)


_MASKS: dict[str, Callable[[Rule, pd.DataFrame], Mask]] = {
    **dict.fromkeys(COMPARISONS, _compare),
    "sum_equals": _sum_equals,
    "fewer_or_none": _fewer_or_none,
    "rate_agrees": _rate_agrees,
    "compulsory_pair": _compulsory_pair,
    "exclusive_pair": _exclusive_pair,
    "at_most_one": _at_most_one,
    "some_pair_differs": _some_pair_differs,
    "implies_equal": _implies_equal,
    "in_list": _in_list,
    "pattern": _pattern,
    "present": _present,
    "first_of_month": _first_of_month,
}
_BETWEEN_ROWS: dict[str, Callable[[Rule, pd.DataFrame, list[str]], Mask]] = {
    "unique": _unique,
    "no_overlap": _no_overlap,
}
