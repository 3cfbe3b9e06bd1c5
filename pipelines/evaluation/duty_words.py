"""A judged duty as a Vietnamese sentence part, for those who report and read.

Belongs here: state and numbers → words. Does not belong here: judging (``duties``).
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from pipelines.catalogue.regimes import Duty
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import format_number, format_rate, is_missing

_LIMITS = {
    "within_working_days": "thời hạn {} ngày làm việc",
    "within_days": "thời hạn {} ngày",
    "posted_days": "thời gian ít nhất {} ngày",
}
# fractions as the law writes them
_FRACTIONS = {2 / 3: "2/3", 0.5: "50%"}
_NEAR = 1e-9


class Judged(NamedTuple):
    """A duty of one unit as it was judged; numbers are NaN where there are none.

    ``is_part``: the period is shorter than what the duty is owed for.
    """

    state: str
    found: float
    needed: float
    top: float
    bottom: float
    due_on: dt.date
    is_part: bool


def told(duty: Duty, judged: Judged, is_answer: bool) -> str:
    """What is said of a duty.

    Args:
        duty: What is demanded.
        judged: What came of it.
        is_answer: Whether it is read from a yes or no.

    Returns:
        E.g. "chưa thực hiện, còn thời hạn đến 31/12/2021".
    """
    until = format_date(judged.due_on)
    if judged.state == "not_applicable":
        return "không áp dụng"
    if judged.state == "missing" and judged.is_part and not is_missing(judged.found):
        whole = "cả năm" if duty.per == "year" else "cả 6 tháng"
        return f"kỳ này {_count(judged.found, duty)}, chưa đủ số liệu {whole}"
    if judged.state == "missing":
        return "chưa có số liệu" if duty.register_id is None else "chưa có số liệu: không gửi sổ"
    if judged.state == "done":
        said = _done(duty, judged, is_answer)
        return f"đã thực hiện: {said}" if said else "đã thực hiện"
    said = _short(duty, judged, is_answer)
    if judged.state == "not_yet_due":
        return f"{said or 'chưa thực hiện'}, còn thời hạn đến {until}"
    if duty.kind in _LIMITS or duty.kind in {"rows_share", "at_most"}:
        return said
    when = "tính đến" if duty.due == "period_end" else "hạn là"
    return f"{said or 'chưa thực hiện'}, {when} {until}"


def _done(duty: Duty, judged: Judged, is_answer: bool) -> str:
    if is_answer:
        return ""
    if duty.kind in _LIMITS:
        return f"không có nội dung nào không đúng {_limit(duty)}"
    if duty.kind == "rows_share":
        return f"{_count(judged.bottom, duty)} đều {_wanted(duty)}"
    if duty.kind == "share":
        return f"{_of(judged)}, {_wanted(duty)}"
    if duty.kind == "at_most" and judged.needed == 0:
        return f"không có {duty.unit_vi}"
    word = "ít nhất" if duty.kind == "at_least" else "không quá"
    return f"{_count(judged.found, duty)} ({word} {format_number(judged.needed)})"


def _short(duty: Duty, judged: Judged, is_answer: bool) -> str:
    """What is lacking; empty where nothing was done at all."""
    if is_answer or (judged.found == 0 and duty.kind in {"at_least", "share"}):
        return ""
    if duty.kind in _LIMITS:
        return f"{_count(judged.found, duty)} không đúng {_limit(duty)}"
    if duty.kind == "rows_share":
        return f"{format_number(judged.found)}/{_count(judged.bottom, duty)} chưa {_wanted(duty)}"
    if duty.kind == "share":
        return f"chưa đạt: {_of(judged)}, phải {_wanted(duty)}"
    if duty.kind == "at_most" and judged.needed == 0:
        return _count(judged.found, duty)
    word = "phải có ít nhất" if duty.kind == "at_least" else "không được quá"
    return f"chưa đạt: {_count(judged.found, duty)}, {word} {format_number(judged.needed)}"


def _of(judged: Judged) -> str:
    share = format_rate(judged.found * 100, 1)
    return f"{format_number(judged.top)}/{format_number(judged.bottom)} ({share})"


def _wanted(duty: Duty) -> str:
    fraction = next(
        (said for value, said in _FRACTIONS.items() if abs(value - duty.needed) < _NEAR),
        format_rate(duty.needed * 100),
    )
    if duty.more_than:
        return f"trên {fraction}"
    return "đủ 100%" if duty.needed >= 1 else f"từ {fraction} trở lên"


def _limit(duty: Duty) -> str:
    return _LIMITS[duty.kind].format(f"{duty.needed:02.0f}")


def _count(value: float, duty: Duty) -> str:
    number = "" if is_missing(value) else format_number(value)
    return f"{number} {duty.unit_vi}".strip()
