"""One cell's content → a typed value with its state; never coerced, never guessed.

Belongs here: what a single cell means for the element or column it stands under.
Does not belong here: where cells stand (``layout``), bounds and rules (``validation``).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue.model import Element
from pipelines.vietnamese import answers, dates, numbers
from pipelines.vietnamese.text import mask_personal, normalise

DASH_PROPOSAL = "0"
_FRACTIONS = frozenset({"fraction_in_count", "fraction_in_money", "three_decimals_shown"})


@dataclass(frozen=True)
class Content:
    """What a reader found in a cell.

    Attributes:
        kind: ``text``, ``number``, ``bool``, ``date``, ``error``, ``formula_empty`` or ``blank``.
        text: The text as written; ISO form for dates; the error text for errors.
        number: The number; 1 or 0 for booleans.
    """

    kind: str
    text: str | None = None
    number: float | None = None


@dataclass(frozen=True)
class Typed:
    """A typed value, or why there is none.

    Attributes:
        state: ``value``, ``zero``, ``not_applicable``, ``missing`` or ``quarantined``.
        operator: The rule operator that a quarantined cell violates, else None.
        expected: What the cell should hold, in Vietnamese.
        proposed: The likelier value, never used unasked.
    """

    state: str
    value: float | None = None
    text: str | None = None
    qualifier: str | None = None
    operator: str | None = None
    expected: str | None = None
    proposed: str | None = None


BLANK = Content("blank")


def shown(content: Content) -> str | None:
    """The content as a person would see it."""
    if content.kind == "number" and content.number is not None:
        whole = float(content.number).is_integer()
        return str(int(content.number)) if whole else repr(content.number).replace(".", ",")
    if content.kind == "bool":
        return answers.format_yes_no(bool(content.number))
    return content.text


def type_value(content: Content, element: Element) -> Typed:
    """Type a cell for an element.

    Args:
        content: What the reader found.
        element: What the cell is asked for.

    Returns:
        The typed value; a doubtful one is quarantined with the operator it violates and, where
        one reading is likelier, a proposal.
    """
    if content.kind == "error":
        return _held("no_error_value", "một giá trị nhập trực tiếp")
    if content.kind == "formula_empty":
        return _held("typed", "một giá trị; công thức trong ô chưa có kết quả")
    if content.kind == "blank":
        return Typed("missing")
    if element.type == "text":
        return _text(content)
    state = answers.read_state(content.text) if content.kind == "text" else None
    if state == "missing":
        return Typed("missing")
    if state == "not_applicable" and element.allows_not_applicable:
        return Typed("not_applicable")
    if element.is_numeric:
        return _number(content, element, state)
    return {"bool": _answer, "enum": _choice, "date": _date}[element.type](content, element)


_DASH_QUESTION = "ghi 0 nếu không phát sinh, để trống nếu chưa có số liệu"


def _held(operator: str, expected: str, proposed: str | None = None) -> Typed:
    return Typed("quarantined", operator=operator, expected=expected, proposed=proposed)


def _text(content: Content) -> Typed:
    text = shown(content)
    return Typed("value", text=mask_personal(normalise(text)) if text else None)


def _answer(content: Content, _: Element) -> Typed:
    raw = content.text if content.kind == "text" else content.number
    answer = answers.parse_yes_no(raw)
    if answer is None:
        return _held("in_list", f"{answers.YES} hoặc {answers.NO}")
    return Typed("value" if answer else "zero", value=float(answer), qualifier="=")


def _choice(content: Content, element: Element) -> Typed:
    options = element.options or []
    text = normalise(shown(content) or "")
    if text not in options:
        return _held("in_list", ", ".join(options))
    return Typed("value", text=text)


def _date(content: Content, _: Element) -> Typed:
    raw = content.number if content.kind in {"number", "bool"} else content.text
    parsed = dates.parse_date(raw)
    if parsed.value is None:
        proposed = dates.format_date(parsed.proposed) if parsed.proposed else None
        return _held("typed", "ngày dạng 10/06/2021", proposed)
    return Typed("value", text=parsed.value.isoformat())


def _number(content: Content, element: Element, state: str | None) -> Typed:
    if state == "dash":
        return _held("typed", _DASH_QUESTION, proposed=DASH_PROPOSAL)
    if state == "zero":
        return Typed("zero", value=0.0, qualifier="=")
    raw: str | float | None = content.text if content.kind in {"text", "date"} else content.number
    if content.kind == "bool":
        return _held("typed", "một số")
    parsed = numbers.parse_number(raw, kind=element.type)
    if parsed.value is None:
        proposed = _proposal(parsed.proposed)
        operator = "whole" if parsed.problem in _FRACTIONS else "typed"
        why = numbers.PROBLEM_TEXT_VI.get(parsed.problem or "", "một số")
        return _held(operator, why, proposed)
    state = "zero" if parsed.value == 0 else "value"
    return Typed(state, value=parsed.value, qualifier=parsed.qualifier)


def _proposal(value: float | None) -> str | None:
    if value is None:
        return None
    return numbers.format_number(value, 0 if float(value).is_integer() else 2)


def content_of(cell: pd.Series) -> Content:
    """The content of a row of the cells frame."""
    text = cell["text"] if isinstance(cell["text"], str) else None
    number = float(cell["number"]) if pd.notna(cell["number"]) else None
    return Content(str(cell["kind"]), text, number)
