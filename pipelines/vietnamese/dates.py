"""Dates as Vietnamese officials write them: 10/06/2021, ngày 10 tháng 6 năm 2021.

Days come before months. Whatever has two readings gives no value but a problem and, where one
reading is likelier, a proposed date. A weekday written before a date must be that of the date.
"""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from numbers import Real

import pandas as pd
from pandas.api.typing import NaTType

from pipelines.vietnamese.numbers import NO_DATA
from pipelines.vietnamese.text import fold, normalise, unquote

# the date that messages show as the way to write one
EXAMPLE = date(2021, 6, 10)

PROBLEM_TEXT_VI: dict[str, str] = {
    "empty": "Ô trống, chưa có ngày.",
    "not_a_date": "Nội dung không phải là ngày tháng; đề nghị ghi theo mẫu 10/06/2021.",
    "no_such_day": "Ngày này không có trong lịch.",
    "month_first": "Ngày ghi theo thứ tự tháng/ngày; đề nghị ghi ngày trước, tháng sau.",
    "ambiguous_day_month": "Không rõ ngày hay tháng đứng trước; đề nghị xác nhận.",
    "two_digit_year": "Năm chỉ ghi hai chữ số; đề nghị ghi đủ bốn chữ số.",
    "year_only": "Chỉ có năm, thiếu ngày và tháng.",
    "implausible_year": "Năm nằm ngoài khoảng 1900–2199.",
    "weekday_disagrees": "Thứ trong tuần không đúng với ngày; đề nghị xem lại cả hai.",
}


@dataclass(frozen=True)
class ParsedDate:
    """What a cell says as a date.

    Attributes:
        value: the date; None exactly when there is a problem.
        problem: a key of `PROBLEM_TEXT_VI`, or None.
        proposed: the likelier date, for a person to confirm; never to be used unasked.
    """

    value: date | None
    problem: str | None = None
    proposed: date | None = None


RawDate = str | float | int | date | datetime | NaTType | None

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_LAST_SERIAL = 2958465  # 31/12/9999, the last day a spreadsheet knows
_TIME = r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
# newspapers print the time zone after the time; a day of another zone may be another day here
_TIME += r"(?: ?\((?:GMT|UTC) ?\+0?7(?::00)?\))?)?"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}}) ?([/.-]) ?([0-9]{{1,2}}) ?\2 ?([0-9]{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(
    rf"(?:ngày )?([0-9]{{1,2}}) ?([/.-]) ?([0-9]{{1,2}}) ?\2 ?([0-9]{{4}}|[0-9]{{2}}){_TIME}",
    re.IGNORECASE,
)
# The date line of a letter names the place first: "Krông Pắc, ngày 10 tháng 6 năm 2021".
_IN_WORDS = re.compile(
    r"(?:[^,0-9]+, ?)?(?:ngày ?)?([0-9]{1,2}) ?tháng ?([0-9]{1,2}),? ?năm ?([0-9]{4})",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"(thứ (?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|thu (?:tu|nam|sau|bay)|t[2-7]|chủ nhật|chu nhat|cn)"
    r"(?: ?, ?| )",
    re.IGNORECASE,
)
_WEEKDAYS = ("hai", "ba", "tu", "nam", "sau", "bay", "nhat")
_SERIAL_TEXT = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")


def parse_date(raw: RawDate, *, dayfirst_known: bool = True) -> ParsedDate:
    """Read a cell as a date.

    Args:
        raw: the cell's value as the reader gave it: text, a spreadsheet's serial day (1900
            system), a date, None or nan. Times of day are dropped.
        dayfirst_known: whether the file is known to write days before months; if not, a date
            such as 06/10/2021 has two readings and is a problem.

    Returns:
        The date, or a problem with or without a proposed date.
    """
    if isinstance(raw, str):
        return _from_text(unquote(normalise(raw)), dayfirst_known)
    if raw is None or pd.isna(raw):
        return ParsedDate(None, "empty")
    if isinstance(raw, datetime):
        return _plausible(raw.date())
    if isinstance(raw, date):
        return _plausible(raw)
    if isinstance(raw, bool) or not isinstance(raw, Real) or not math.isfinite(raw):
        return ParsedDate(None, "not_a_date")
    return _from_serial(float(raw))


def _plausible(day: date) -> ParsedDate:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return ParsedDate(None, "implausible_year")
    return ParsedDate(day)


def _from_serial(serial: float) -> ParsedDate:
    if _FIRST_YEAR <= serial <= _LAST_YEAR and serial.is_integer():
        return ParsedDate(None, "year_only")
    if not 1 <= serial < _LAST_SERIAL + 1:
        return ParsedDate(None, "not_a_date")
    days = int(serial)
    if days == 60:  # the 1900 system counts a 29/02/1900 that never was
        return ParsedDate(None, "no_such_day")
    epoch = date(1899, 12, 30) if days > 60 else date(1899, 12, 31)
    return _plausible(epoch + timedelta(days=days))


def _from_text(text: str, dayfirst_known: bool) -> ParsedDate:
    if not text:
        return ParsedDate(None, "empty")
    if match := _WEEKDAY.match(text):
        return _on_weekday(match[1], text[match.end() :], dayfirst_known)
    if match := _YEAR_FIRST.fullmatch(text):
        return _from_parts(int(match[1]), int(match[3]), int(match[4]))
    if match := _IN_WORDS.fullmatch(text):
        return _from_parts(int(match[3]), int(match[2]), int(match[1]))
    if match := _YEAR_LAST.fullmatch(text):
        return _from_day_month(int(match[1]), int(match[3]), match[4], dayfirst_known)
    if _SERIAL_TEXT.fullmatch(text):
        return _from_serial(float(text))
    if re.fullmatch(r"(?:năm )?[0-9]{4}", text, re.IGNORECASE):
        return ParsedDate(None, "year_only")
    return ParsedDate(None, "not_a_date")


def _on_weekday(word: str, rest: str, dayfirst_known: bool) -> ParsedDate:
    """The date that follows a weekday, if it fell on it."""
    parsed = _from_text(rest, dayfirst_known) if rest else ParsedDate(None, "not_a_date")
    if parsed.value is None or parsed.value.weekday() == _weekday(word):
        return parsed
    return ParsedDate(None, "weekday_disagrees", parsed.value)


def _weekday(word: str) -> int:
    """Monday is 0, as in ``date.weekday``; the Vietnamese count Monday as the second day."""
    last = fold(word).split(" ")[-1]
    if last[-1].isdigit():
        return int(last[-1]) - 2
    return 6 if last == "cn" else _WEEKDAYS.index(last)


def _from_day_month(first: int, second: int, year: str, dayfirst_known: bool) -> ParsedDate:
    if len(year) == 2:
        likely = _from_day_month(first, second, "20" + year, dayfirst_known)
        return ParsedDate(None, "two_digit_year", likely.value or likely.proposed)
    day_first = _from_parts(int(year), second, first)
    if first == second or second > 12 >= first:
        swapped = _from_parts(int(year), first, second)
        if first == second or swapped.value is None or not dayfirst_known:
            return swapped
        return ParsedDate(None, "month_first", swapped.value)
    if not dayfirst_known and first <= 12 and day_first.value:
        return ParsedDate(None, "ambiguous_day_month", day_first.value)
    return day_first


def _from_parts(year: int, month: int, day: int) -> ParsedDate:
    try:
        return _plausible(date(year, month, day))
    except ValueError:
        return ParsedDate(None, "no_such_day")


def format_date(day: date | NaTType | None) -> str:
    """Write "10/06/2021"; `NO_DATA` if there is no date."""
    if day is None or isinstance(day, NaTType):
        return NO_DATA
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def format_date_long(day: date | NaTType | None) -> str:
    """Write "ngày 10 tháng 6 năm 2021"; `NO_DATA` if there is no date.

    Days below ten and the months 1 and 2 take a leading zero (Nghị định 30/2020/NĐ-CP).
    """
    if day is None or isinstance(day, NaTType):
        return NO_DATA
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year:04d}"


def format_weekday(day: date | NaTType | None) -> str:
    """Write "Thứ Năm"; `NO_DATA` if there is no date."""
    if day is None or isinstance(day, NaTType):
        return NO_DATA
    names = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
    return names[day.weekday()]
