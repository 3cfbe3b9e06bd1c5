"""One register cell's content → a typed value, or what is wrong with it.

Belongs here: what a single cell means for the register column it stands under.
Does not belong here: where cells stand (``register_sheet``), row rules (``validation``).
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from pipelines.catalogue.model import RegisterColumn
from pipelines.intake.values import Content, shown
from pipelines.vietnamese import answers, dates, numbers
from pipelines.vietnamese.text import mask_personal, normalise

# (value, operator violated, expected)
Result = tuple[object, str | None, str | None]


def type_content(content: Content, column: RegisterColumn, known_units: frozenset[str]) -> Result:
    """Type a cell for a register column.

    Args:
        content: What the reader found.
        column: What the cell is asked for.
        known_units: Unit ids that a unit column may name.

    Returns:
        The value, None for a doubtful one; the operator that it violates; what is expected.
    """
    if content.kind == "error":
        return None, "no_error_value", "một giá trị nhập trực tiếp"
    if content.kind == "formula_empty":
        return None, "typed", "một giá trị; công thức trong ô chưa có kết quả"
    if column.type == "unit":
        text = normalise(shown(content) or "")
        ok = text in known_units
        return (text, None, None) if ok else (None, "in_list", "mã đơn vị có trong danh mục")
    return _TYPES[column.type](content, column)


def _string(content: Content, column: RegisterColumn) -> Result:
    text = normalise(shown(content) or "")
    if column.sensitivity == "free_text":
        text = mask_personal(text)
    return text or None, None, None


def _enum(content: Content, column: RegisterColumn) -> Result:
    text = normalise(shown(content) or "")
    if text in (column.options or []):
        return text, None, None
    return None, "in_list", ", ".join(column.options or [])


def _date(content: Content, _: RegisterColumn) -> Result:
    parsed = dates.parse_date(content.number if content.kind == "number" else content.text)
    if parsed.value is None:
        return None, "typed", "ngày dạng 10/06/2021"
    return pd.Timestamp(parsed.value), None, None


def _number(content: Content, column: RegisterColumn) -> Result:
    kind = "count" if column.type == "int" else "number"
    raw = content.number if content.kind == "number" else content.text
    parsed = numbers.parse_number(raw, kind=kind)
    if parsed.value is None:
        return None, "typed", numbers.PROBLEM_TEXT_VI.get(parsed.problem or "", "một số")
    return parsed.value, None, None


def _answer(content: Content, _: RegisterColumn) -> Result:
    answer = answers.parse_yes_no(content.text if content.kind == "text" else content.number)
    if answer is None:
        return None, "in_list", f"{answers.YES} hoặc {answers.NO}"
    return answer, None, None


_TYPES: dict[str, Callable[[Content, RegisterColumn], Result]] = {
    "string": _string,
    "enum": _enum,
    "date": _date,
    "int": _number,
    "float": _number,
    "bool": _answer,
}
