"""One cell's content → a typed value with its state; never coerced, never guessed.

Belongs here: what a single cell means for the element or column it stands under.
Does not belong here: where cells stand (``layout``), bounds and rules (``validation``).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue.expected import expected_of, written
from pipelines.catalogue.model import Element
from pipelines.vietnamese import answers, dates, numbers
from pipelines.vietnamese import text as words

DASH_PROPOSAL = "0"
_FRACTIONS = frozenset({"fraction_in_count", "fraction_in_money", "three_decimals_shown"})
_NO_RESULT = "(công thức chưa tính)"
# how programs set to the American order show dates; "mm-dd-yy" is the system's own order, whichever
_MONTH_FIRST = re.compile(r"(?:\[\$-[0-9A-Fa-f,]+\])?m{1,2}[/.-]d{1,2}[/.-]y{2,4}", re.IGNORECASE)
_SYSTEM_ORDER = "mm-dd-yy"


@dataclass(frozen=True)
class Content:
    """What a reader found in a cell.

    Attributes:
        kind: ``text``, ``number``, ``bool``, ``date``, ``error``, ``formula_empty`` or ``blank``.
        text: The text as written; ISO form for dates; the error text for errors.
        number: The number; 1 or 0 for booleans.
        number_format: How the cell shows a number ("0%", "0.000"), None for the usual way.
    """

    kind: str
    text: str | None = None
    number: float | None = None
    number_format: str | None = None


@dataclass(frozen=True)
class Typed:
    """A typed value, or why there is none.

    Attributes:
        state: ``value``, ``zero``, ``not_applicable``, ``missing`` or ``quarantined``.
        operator: The rule operator that a quarantined cell violates, else None.
        expected: What the cell should hold, in Vietnamese, such that it can be written.
        proposed: The likelier value, never used unasked.
        why: What is wrong with a quarantined cell, in Vietnamese.
        doubt: Why a value that is used should be looked at again, else None.
    """

    state: str
    value: float | None = None
    text: str | None = None
    qualifier: str | None = None
    operator: str | None = None
    expected: str | None = None
    proposed: str | None = None
    why: str | None = None
    doubt: str | None = None


BLANK = Content("blank")


def shown(content: Content) -> str | None:
    """The content as a person would see it."""
    if content.kind == "number" and content.number is not None:
        whole = float(content.number).is_integer()
        return str(int(content.number)) if whole else repr(content.number).replace(".", ",")
    if content.kind == "bool":
        return answers.format_yes_no(bool(content.number))
    if content.kind == "formula_empty":
        return f"{content.text} {_NO_RESULT}" if content.text else _NO_RESULT
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
    if content.kind == "blank":
        return Typed("missing")
    unusable = why_unusable(content)
    if unusable is not None:
        return _held(*unusable, element)
    if element.type == "text":
        return _text(content)
    by_sign = read_sign(content, element)
    if by_sign is not None:
        return by_sign
    if element.is_numeric:
        return _number(content, element)
    return {"bool": _answer, "enum": _choice, "date": _date}[element.type](content, element)


def why_unusable(content: Content) -> tuple[str, str] | None:
    """Operator and reason for a cell that holds no value of any type: an error, no result."""
    if content.kind == "error":
        return "no_error_value", f"Công thức trong ô báo lỗi {content.text or ''}".strip() + "."
    if content.kind == "formula_empty":
        return "typed", "Công thức trong ô chưa được tính, chưa có kết quả."
    return None


def read_sign(content: Content, element: Element) -> Typed | None:
    """What a sign in place of an answer means for an element; None for anything else.

    Args:
        content: What stands in the cell.
        element: Its ``signs`` decide.
    """
    if content.kind != "text" or content.text is None:
        return None
    sign = answers.sign_of(content.text)
    meaning = element.signs.get(sign, "missing" if sign == "" else None)
    if meaning == "missing":
        return Typed("missing")
    if meaning == "not_applicable" and element.allows_not_applicable:
        return Typed("not_applicable")
    if meaning == "zero":
        doubt = _READ_AS_ZERO.format(words.normalise(content.text))
        expected = expected_of(element)
        return Typed("zero", value=0.0, qualifier="=", expected=expected, doubt=doubt)
    if meaning == "ask":
        proposed = DASH_PROPOSAL if sign == "-" and element.is_numeric else None
        return _held("typed", _ASK.format(words.normalise(content.text)), element, proposed)
    if meaning == "not_applicable":
        return _held("typed", _NEVER_NOT_APPLICABLE, element)
    return None


_READ_AS_ZERO = "“{}” được đọc là 0 (không phát sinh); nếu chưa có số liệu thì để trống."
_ASK = "Chưa rõ “{}” là 0 hay chưa có số liệu: ghi 0 nếu không phát sinh, để trống nếu chưa có."
_NEVER_NOT_APPLICABLE = "Ô này không nhận “không áp dụng”."


def _held(operator: str, why: str, element: Element, proposed: str | None = None) -> Typed:
    expected = expected_of(element)
    return Typed("quarantined", operator=operator, expected=expected, proposed=proposed, why=why)


def _text(content: Content) -> Typed:
    text = shown(content)
    return Typed("value", text=words.mask_personal(words.normalise(text)) if text else None)


def _answer(content: Content, element: Element) -> Typed:
    raw = content.text if content.kind == "text" else content.number
    answer = answers.parse_yes_no(raw)
    if answer is None:
        return _held("in_list", "Câu trả lời không phải Có hoặc Không.", element)
    return Typed("value" if answer else "zero", value=float(answer), qualifier="=")


def _choice(content: Content, element: Element) -> Typed:
    option = choose(content, element.options or [])
    if option is None:
        return _held("in_list", "Nội dung không có trong danh mục.", element)
    return Typed("value", text=option)


def choose(content: Content, options: list[str]) -> str | None:
    """The option that a cell names, whatever its case and the place of its tone marks."""
    named = words.tone_key(words.unquote(shown(content) or ""))
    return next((option for option in options if words.tone_key(option) == named), None)


def read_date(content: Content) -> dates.ParsedDate:
    """The date in a cell; text in a cell of American format leaves open which number is the day."""
    if content.kind == "bool":
        return dates.ParsedDate(None, "not_a_date")
    if content.kind != "text":
        return dates.parse_date(content.text if content.kind == "date" else content.number)
    return dates.parse_date(content.text, dayfirst_known=not is_month_first(content))


def is_month_first(content: Content) -> bool:
    """Whether a cell shows dates in the American order."""
    shape = content.number_format or ""
    return shape.lower() != _SYSTEM_ORDER and _MONTH_FIRST.match(shape) is not None


def _date(content: Content, element: Element) -> Typed:
    parsed = read_date(content)
    if parsed.value is None:
        proposed = dates.format_date(parsed.proposed) if parsed.proposed else None
        return _held("typed", dates.PROBLEM_TEXT_VI[parsed.problem or "empty"], element, proposed)
    doubt = _day_or_month(parsed.value) if is_month_first(content) else None
    expected = expected_of(element) if doubt else None
    return Typed("value", text=parsed.value.isoformat(), expected=expected, doubt=doubt)


def _day_or_month(day: dt.date) -> str | None:
    """The two dates that a program set to the American order may have made one of."""
    if day.day > 12 or day.day == day.month:
        return None
    swapped = day.replace(day=day.month, month=day.day)
    return (
        "Ô hiển thị tháng trước ngày sau, có thể là "
        f"{dates.format_date(day)} hoặc {dates.format_date(swapped)}."
    )


def _number(content: Content, element: Element) -> Typed:
    if element.type == "rate" and (ratio := numbers.parse_ratio(content.text)):
        return _ratio(ratio, element)
    parsed = read_number(content, element.type)
    if parsed.value is None:
        operator = "whole" if parsed.problem in _FRACTIONS else "typed"
        why = numbers.PROBLEM_TEXT_VI[parsed.problem or "not_a_number"]
        return _held(operator, why, element, _proposal(parsed.proposed))
    state = "zero" if parsed.value == 0 else "value"
    return Typed(state, value=parsed.value, qualifier=parsed.qualifier)


def read_number(content: Content, kind: str) -> numbers.ParsedNumber:
    """The number in a cell, read for a kind of ``numbers.KINDS``."""
    if content.kind == "bool":
        return numbers.ParsedNumber(None, problem="not_a_number")
    raw = content.text if content.kind in {"text", "date"} else content.number
    return numbers.parse_number(raw, kind=kind, number_format=content.number_format or "")


def _ratio(ratio: tuple[int, int], element: Element) -> Typed:
    """A rate given as "13/15"; the two parts are kept as text. Of nothing there is no rate."""
    part, whole = ratio
    if whole == 0:
        state = Typed("not_applicable", text="0/0")
        return state if part == 0 else _held("typed", _OF_NOTHING, element)
    rate = part * 100 / whole
    text = numbers.format_ratio(part, whole)
    return Typed("value" if part else "zero", value=rate, text=text, qualifier="=")


_OF_NOTHING = "Mẫu số của tỷ lệ bằng 0."


def _proposal(value: float | None) -> str | None:
    return None if value is None else written(value)


def content_of(cell: pd.Series) -> Content:
    """The content of a row of the cells frame."""
    text = cell["text"] if isinstance(cell["text"], str) else None
    number = float(cell["number"]) if pd.notna(cell["number"]) else None
    shape = cell.get("number_format")
    return Content(str(cell["kind"]), text, number, shape if isinstance(shape, str) else None)
