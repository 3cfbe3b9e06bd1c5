"""What a finding says: values as officials write them, what was expected, what to do.

Belongs here: raw findings → Vietnamese texts. Does not belong here: deciding what is wrong
(``cell_rules``, ``unit_rules``, ``row_rules``, ``provider_rules``).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue.expected import expected_of, expected_of_column
from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import NUMERIC_TYPES, Catalogue, Form, Register, Rule
from pipelines.catalogue.operators import COMPARISONS, Side, percentage, side_value
from pipelines.vietnamese.answers import format_yes_no
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import NO_DATA, format_number

BLANK = "để trống"
# a finding quotes; the whole content stands in the cell itself
_MAX_QUOTE = 200
_NOISE = 1e-9


@dataclass(frozen=True)
class Named:
    """How a message speaks of an element or a register column."""

    code: str
    type: str


def element_names(catalogue: Catalogue) -> dict[str, Named]:
    """Elements by id."""
    return {e.id: Named(e.code, e.type) for e in catalogue.elements.values()}


def column_names(register: Register) -> dict[str, Named]:
    """Columns of a register by id."""
    return {c.id: Named(c.code, c.type) for c in register.columns}


def show(value: object, kind: str) -> str:
    """A typed value as officials write it.

    Args:
        value: Number, yes = 1 / no = 0, date, text, or missing.
        kind: Type of the element or column.
    """
    if value is None or pd.isna(value):  # type: ignore[call-overload] # a scalar
        return NO_DATA
    if kind == "bool":
        return format_yes_no(float(str(value)) != 0 if not isinstance(value, bool) else value)
    if kind == "date":
        return format_date(pd.Timestamp(str(value)).date())
    if isinstance(value, (int, float)) or kind in NUMERIC_TYPES | {"int", "float"}:
        return show_number(float(str(value)))
    return str(value)


def show_number(value: float) -> str:
    """A number with as many decimals as it needs, at most two."""
    return format_number(value, 0 if float(value).is_integer() else 2)


def quote(text: object) -> str | None:
    """What was found, cut to a length that a message can hold; None when nothing was."""
    if text is None or pd.isna(text):  # type: ignore[call-overload] # a scalar
        return None
    whole = str(text)
    return whole if len(whole) <= _MAX_QUOTE else whole[: _MAX_QUOTE - 1] + "…"


def expected_bounds(minimum: float | None, maximum: float | None) -> str:
    """Bounds in words."""
    low = None if minimum is None else f"từ {show_number(minimum)}"
    high = None if maximum is None else f"đến {show_number(maximum)}"
    if low and high:
        return f"{low} {high}"
    return f"{low} trở lên" if low else f"{high} trở xuống".removeprefix("đến ")


def expected_texts(catalogue: Catalogue, form: Form) -> dict[tuple[str | None, str], str]:
    """What the cells of a form should hold.

    Returns:
        By sheet and element or register column; without a sheet, what the first that asks wants.
    """
    asked = (catalogue.elements[item.element] for item in form.elements())
    texts: dict[tuple[str | None, str], str] = {(None, e.id): expected_of(e) for e in asked}
    for sheet in form.sheets:
        if sheet.register_id is not None:
            for column in catalogue.registers[sheet.register_id].columns:
                wanted = expected_of_column(column)
                texts[sheet.name, column.id] = wanted
                texts.setdefault((None, column.id), wanted)
    return texts


def sides(
    rule: Rule, frame: pd.DataFrame, names: Mapping[str, Named]
) -> tuple[pd.Series, pd.Series]:
    """What was found and expected in each row that violates a rule.

    Args:
        rule: A unit or row rule.
        frame: The violating rows of the wide frame.
        names: Codes and types of the terms.

    Returns:
        Texts on the frame's index; expected is missing where the rule's own text says it all.
    """
    found, expected = _side_texts(rule, frame, names)
    texts = [pd.Series(side, index=frame.index, dtype="str") for side in (found, expected)]
    return texts[0], texts[1]


def _side_texts(
    rule: Rule, frame: pd.DataFrame, names: Mapping[str, Named]
) -> tuple[list[str], list[str | None]]:
    if rule.operator in COMPARISONS or rule.operator in {"sum_equals", "fewer_or_none"}:
        return _values(rule, frame, rule.left, names), list(_bounds(rule, frame, names))
    if rule.operator == "rate_agrees":
        rates = [show_number(float(rate)) for rate in percentage(rule, frame)]
        return _values(rule, frame, rule.left, names), list(rates)
    if rule.operator == "implies_equal":
        kinds = {names[name].type for name in term_names(rule.right)}
        if kinds == {"bool"}:
            answers = (side_value(frame, side) for side in (rule.right[:1], rule.right[1:]))
            found, expected = ([show(float(v), "bool") for v in values] for values in answers)
            return found, list(expected)
        right = _values(rule, frame, rule.right[1:], names)
        return _values(rule, frame, rule.right[:1], names), list(right)
    terms = term_names(rule.left) + term_names(rule.right)
    if rule.operator == "first_of_month":
        days = [pd.Timestamp(day) for day in frame[terms[0]]]
        first = [show(day.replace(day=1), "date") for day in days]
        return [show(day, "date") for day in days], list(first)
    if rule.operator in {"unique", "in_list", "pattern"}:
        expected = ", ".join(rule.listed) if rule.listed else None
        found = [", ".join(row) for row in _shown(frame, term_names(rule.left), names)]
        return found, [expected] * len(frame)
    return [_pair(terms, row, names) for row in _shown(frame, terms, names)], [None] * len(frame)


def _shown(
    frame: pd.DataFrame, terms: list[str], names: Mapping[str, Named]
) -> list[tuple[str, ...]]:
    columns = [[show(value, names[term].type) for value in frame[term]] for term in terms]
    return list(zip(*columns, strict=True))


def _pair(terms: list[str], values: tuple[str, ...], names: Mapping[str, Named]) -> str:
    """For instance "A06 = 3, A07 để trống"."""
    parts = [
        f"{names[term].code} {BLANK}" if value == NO_DATA else f"{names[term].code} = {value}"
        for term, value in zip(terms, values, strict=True)
    ]
    return ", ".join(parts)


def _values(rule: Rule, frame: pd.DataFrame, side: Side, names: Mapping[str, Named]) -> list[str]:
    values = side_value(frame, side)
    return [_side_text(rule, float(value), names) for value in values]


def _bounds(rule: Rule, frame: pd.DataFrame, names: Mapping[str, Named]) -> list[str]:
    """The right side; a bound on a count is the nearest count that passes."""
    numbers = [float(value) for value in side_value(frame, rule.right)]
    if {names[name].type for name in term_names(rule.left)} <= {"count", "money", "int"}:
        numbers = [_nearest_whole(rule.operator, number) for number in numbers]
    return [_side_text(rule, number, names) for number in numbers]


def _nearest_whole(operator: str, bound: float) -> float:
    if math.isnan(bound) or operator not in {">=", "<="}:
        return bound
    return float(math.ceil(bound - _NOISE) if operator == ">=" else math.floor(bound + _NOISE))


def _side_text(rule: Rule, value: float, names: Mapping[str, Named]) -> str:
    if math.isnan(value):
        return NO_DATA
    terms = term_names(rule.left) + term_names(rule.right)
    if all(names[term].type == "date" for term in terms):
        return format_date(dt.date(1970, 1, 1) + dt.timedelta(days=value))
    return show_number(value)


def fill(template: str, found: str | None, expected: str | None, why: str | None = None) -> str:
    """A message template with its places filled; what is not there reads "để trống".

    A reason for which the template has no place stands behind it.
    """
    text = template.format(found=found or BLANK, expected=expected or BLANK, why=why or BLANK)
    if why is None or "{why}" in template:
        return text
    return f"{text.removesuffix('.')}: {why.removesuffix('.')}."


def expected_text(rule: Rule, found: str | None, expected: str | None) -> str | None:
    """The ``expected`` column: the rule's own words, None when they only repeat a missing value."""
    if expected is None and "{expected}" in rule.expected_vi:
        return None
    return fill(rule.expected_vi, found, expected)


def action_text(rule: Rule, proposed: str | None) -> str:
    """What to do; a proposal is asked about, never used."""
    if proposed is None:
        return rule.action_vi
    return f"{rule.action_vi} Có phải là “{proposed}” không? Hệ thống không tự sửa."
