"""A value that meets what a finding expects: the words of ``expected``, read back.

What stands as expected is a promise: whoever writes such a value into the cell is rid of the
finding. Reading it by a program keeps the words few and the promise testable.

Belongs here: Vietnamese words of ``expected`` → one value. Does not belong here: making the words
(``messages``, ``narrowing``, the rules' own texts in the catalogue).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from pipelines.catalogue.model import NUMERIC_TYPES, Element, RegisterColumn
from pipelines.vietnamese.answers import NO, YES
from pipelines.vietnamese.dates import format_date, parse_date

Content = str | float
Cell = Element | RegisterColumn

_NUMBER = r"(-?[\d.]+(?:,\d+)?)"
_DATE = r"(\d{1,2}/\d{1,2}/\d{4})"
# explanations stand behind what is expected: "0 (…)", "Có, khi …", "từ 5 thành viên trở lên"
_EXPLAINED = re.compile(r"; | \(|,? khi |, nhập trực tiếp")
_EXACT = {"để trống": "", "x": "x", f"{YES} hoặc {NO}": YES, YES: YES, NO: NO}
_NEW_CODE = "MA-MOI-1"


def satisfying(expected: str | None, element: Cell | None) -> Content | None:
    """A content that meets an expectation.

    Args:
        expected: The ``expected`` of a finding.
        element: What the cell is asked for, an element or a register column; None for none.

    Returns:
        A number, a text (dates as 10/06/2021, "" to leave the cell blank), or None where no
        value of this cell mends it: a sheet is missing, a unit's code must come from the list, a
        row stands twice, or a review asks for a second look only.
    """
    if expected is None:
        return None
    core = _EXPLAINED.split(expected.strip(), maxsplit=1)[0].strip()
    if core in _EXACT:
        return _EXACT[core]
    for read in (_option, _bounded, _kind):
        found = read(core, element)
        if found is not None:
            return found
    return None


def _option(core: str, element: Cell | None) -> Content | None:
    """The first of the allowed options that is named."""
    options = (element.options if element is not None else None) or []
    named = [option for option in options if option in core]
    return min(named, key=core.index) if named else None


def _bounded(core: str, _: Cell | None) -> Content | None:
    for pattern, content in _BOUNDS:
        match = pattern.search(core)
        if match is not None:
            return content(match[1])
    return None


def _as_number(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


def _one_less(text: str) -> float:
    return _as_number(text) - 1


def _day_before(text: str) -> str:
    day = parse_date(text).value
    return text if day is None else format_date(day - dt.timedelta(days=1))


# a count of things may stand between a bound and its direction: "từ 5 thành viên trở lên"
_BOUNDS: tuple[tuple[re.Pattern[str], Callable[[str], Content]], ...] = (
    (re.compile(rf"^ngày dạng {_DATE}"), str),
    (re.compile(rf"^(?:từ |bằng |không sau )?{_DATE}(?: trở đi)?$"), str),
    (re.compile(rf"^trước ngày {_DATE}$"), _day_before),
    (re.compile(rf"^ít hơn {_NUMBER}$"), _one_less),
    (re.compile(r"^dạng (\S+?)(?:,| hoặc |$)"), str),
    (re.compile(rf"\btừ {_NUMBER} đến {_NUMBER}$"), _as_number),
    (re.compile(rf"\btừ {_NUMBER}(?: \w+)* trở lên$"), _as_number),
    (re.compile(rf"\b(?:không quá|không dưới|bằng) {_NUMBER}(?: \w+)*$"), _as_number),
    (re.compile(rf"^(?:số nguyên |số )?(?:đến )?{_NUMBER}(?: trở xuống)?$"), _as_number),
    (re.compile(rf"^{_NUMBER}(?: tiêu chí)?$"), _as_number),
)


def _kind(core: str, element: Cell | None) -> Content | None:
    """What any content of the cell's kind is, where no more is said."""
    if core in {"số nguyên", "số", "một số"}:
        return float(max(getattr(element, "minimum", None) or 0, 0))
    if core == "mã khác các dòng trên":
        return _NEW_CODE
    if core == "nội dung":
        return "nội dung"
    if core == "một giá trị" and element is not None:
        return _of_type(element)
    return None


def _of_type(element: Cell) -> Content | None:
    if element.type in NUMERIC_TYPES | {"int", "float"}:
        return _kind("số", element)
    simple = {"bool": YES, "date": "10/06/2021", "text": "nội dung", "string": "nội dung"}
    return simple.get(element.type)
