"""One register cell's content → a typed value, or what is wrong with it.

Belongs here: what a single cell means for the register column it stands under.
Does not belong here: where cells stand (``register_sheet``), row rules (``validation``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from pipelines.catalogue.expected import expected_of_column
from pipelines.catalogue.model import RegisterColumn
from pipelines.intake import values
from pipelines.intake.values import Content, shown
from pipelines.vietnamese import answers, dates, numbers
from pipelines.vietnamese import text as words

# in a register these say that there is nothing to say
_SHORTEST_OF_A_PERSON = 9
_NOTHING = frozenset({"", "…", "-", "chưa có số liệu"})


class Result(NamedTuple):
    """What a register cell says.

    Attributes:
        value: The typed value, None when there is none.
        operator: The rule operator that the cell violates, else None.
        expected: What it should hold, such that it can be written.
        why: What is wrong with it.
    """

    value: object
    operator: str | None = None
    expected: str | None = None
    why: str | None = None


def type_content(content: Content, column: RegisterColumn, known_units: frozenset[str]) -> Result:
    """Type a cell for a register column.

    Args:
        content: What the reader found.
        column: What the cell is asked for.
        known_units: Unit ids that a unit column may name.

    Returns:
        The value, or what is wrong with the cell.
    """
    unusable = values.why_unusable(content)
    if unusable is not None:
        return _wrong(*unusable, column)
    if column.type == "unit":
        text = words.normalise(shown(content) or "")
        unknown = f"Mã đơn vị “{text}” không có trong danh mục."
        return Result(text) if text in known_units else _wrong("in_list", unknown, column)
    if column.type != "string" and answers.sign_of(content.text or "x") in _NOTHING:
        return Result(None)
    return _TYPES[column.type](content, column)


def _wrong(operator: str, why: str, column: RegisterColumn) -> Result:
    return Result(None, operator, expected_of_column(column), why)


def _string(content: Content, column: RegisterColumn) -> Result:
    text = words.normalise(shown(content) or "")
    if column.sensitivity == "free_text" or not _is_code(text):
        text = words.mask_personal(text)
    return Result(text or None)


def _is_code(text: str) -> bool:
    """Digits alone in a column of codes number a paper; those of persons begin with a nought."""
    return text.isdigit() and (text[0] != "0" or len(text) < _SHORTEST_OF_A_PERSON)


def _enum(content: Content, column: RegisterColumn) -> Result:
    option = values.choose(content, column.options or [])
    if option is None:
        return _wrong("in_list", "Nội dung không có trong danh mục.", column)
    return Result(option)


def _date(content: Content, column: RegisterColumn) -> Result:
    parsed = values.read_date(content)
    if parsed.value is None:
        return _wrong("typed", dates.PROBLEM_TEXT_VI[parsed.problem or "empty"], column)
    return Result(pd.Timestamp(parsed.value))


def _number(content: Content, column: RegisterColumn) -> Result:
    parsed = values.read_number(content, "count" if column.type == "int" else "number")
    if parsed.value is None:
        why = numbers.PROBLEM_TEXT_VI[parsed.problem or "not_a_number"]
        return _wrong("typed", why, column)
    return Result(parsed.value)


def _answer(content: Content, column: RegisterColumn) -> Result:
    answer = answers.parse_yes_no(content.text if content.kind == "text" else content.number)
    if answer is None:
        return _wrong("in_list", "Câu trả lời không phải Có hoặc Không.", column)
    return Result(answer)


_TYPES: dict[str, Callable[[Content, RegisterColumn], Result]] = {
    "string": _string,
    "enum": _enum,
    "date": _date,
    "int": _number,
    "float": _number,
    "bool": _answer,
}
