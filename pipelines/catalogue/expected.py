"""What a cell should hold, in words by which it can be filled in: one wording for every message.

Belongs here: the expected text of an element and of a register column. Does not belong here: what
is wrong with a cell (``intake.values``), what a relation between cells expects (``validation``).
"""

from __future__ import annotations

from pipelines.catalogue.model import WHOLE_TYPES, Element, RegisterColumn
from pipelines.vietnamese import answers, dates, numbers

ANSWER = f"{answers.YES} hoặc {answers.NO}"
DATE = f"ngày dạng {dates.format_date(dates.EXAMPLE)}"
_COLUMNS = {
    "int": "số nguyên",
    "float": "một số",
    "bool": ANSWER,
    "date": DATE,
    "unit": "mã đơn vị có trong danh mục",
    "string": "nội dung",
}


def expected_of(element: Element) -> str:
    """What a cell of an element should hold: "số nguyên từ 0 đến 60", "Có hoặc Không"."""
    if not element.is_numeric:
        fixed = {"bool": ANSWER, "date": DATE, "text": "nội dung"}
        return fixed.get(element.type) or ", ".join(element.options or [])
    noun = "số nguyên" if element.type in WHOLE_TYPES else "số"
    limits = (("từ", element.minimum), ("đến", element.maximum))
    said = [f"{word} {written(limit)}" for word, limit in limits if limit is not None]
    if element.maximum is None and said:
        return f"{noun} {said[0]} trở lên"
    return " ".join([noun, *said])


def expected_of_column(column: RegisterColumn) -> str:
    """What a cell of a register column should hold."""
    return ", ".join(column.options) if column.options else _COLUMNS[column.type]


def written(value: float) -> str:
    """A number as officials write it, with as many decimals as it needs, at most two."""
    return numbers.format_number(value, 0 if float(value).is_integer() else 2)
