"""Numbers as Vietnamese officials write them: 52.620, 86,67%, 07, 46.920 triệu đồng.

Parsing never guesses: whatever has two readings, or may have lost a separator on its way through
a spreadsheet, gives no value but a problem and, where one reading is likelier, a proposed value.
Ranges (0–100, not negative) belong to the rules of the catalogue, not here.
"""

import math
import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from numbers import Integral, Real

import pandas as pd

from pipelines.vietnamese import number_units
from pipelines.vietnamese.text import normalise, unquote

NO_DATA = "chưa có số liệu"

KINDS = frozenset({"count", "rate", "money", "area", "days", "number"})

PROBLEM_TEXT_VI: dict[str, str] = {
    "empty": "Ô trống, chưa có số liệu.",
    "not_a_number": "Nội dung không phải là số.",
    "fraction_in_count": (
        "Số lượng phải là số nguyên; nghi sai phân cách nghìn (ví dụ 52.620 bị đọc thành 52,62)."
    ),
    "fraction_in_money": "Số tiền tính bằng đồng phải là số nguyên; đề nghị ghi rõ đơn vị tính.",
    "fraction_in_days": "Số ngày chỉ được lẻ nửa ngày; nghi sai phân cách nghìn.",
    "three_decimals_shown": (
        "Ô hiển thị ba chữ số sau dấu phân cách; nghi sai phân cách nghìn, đề nghị kiểm tra lại."
    ),
    "thousands_in_rate": "Tỷ lệ phải dùng dấu phẩy thập phân, ví dụ 86,67; dấu chấm là hàng nghìn.",
    "ratio_or_percent": "Không rõ là tỷ số (0,87) hay phần trăm (87%); đề nghị ghi kèm dấu %.",
    "ratio_in_number": "Ghi dạng phân số (ví dụ 13/15) trong ô chỉ nhận một số.",
    "ambiguous_separator": "Không rõ dấu phân cách là hàng nghìn hay thập phân.",
    "unknown_unit": "Đơn vị tính ghi kèm không phù hợp với chỉ tiêu này.",
    "percent_in_count": "Ô đang hiển thị phần trăm; chỉ tiêu này là số lượng, không phải tỷ lệ.",
    "date_in_number": "Ô số đã bị bảng tính đổi thành ngày tháng.",
    "too_large": "Số quá lớn, vượt quá 15 chữ số.",
}


@dataclass(frozen=True)
class ParsedNumber:
    """What a cell says as a number.

    Attributes:
        value: in the base unit of the kind (percent for rates, đồng for money, m² for areas);
            None exactly when there is a problem.
        qualifier: "=", "≈" (about), ">" (that or more), "<" (that or less).
        problem: a key of `PROBLEM_TEXT_VI`, or None.
        proposed: the likelier value, for a person to confirm; never to be used unasked.
    """

    value: float | None
    qualifier: str = "="
    problem: str | None = None
    proposed: float | None = None


RawNumber = str | float | int | date | None

_LIMIT = Decimal(10) ** 15  # floats hold every whole number below, and Excel 15 digits
_NUMERAL = re.compile(r"([+\-−]?)([0-9](?:[0-9]|[.,](?=[0-9])| (?=[0-9]{3}(?![0-9])))*)(.*)")
_GROUPED = re.compile(r"([1-9][0-9]{0,2}(?:([., ])[0-9]{3})(?:\2[0-9]{3})*)(?:([.,])([0-9]+))?")
_DECIMAL = re.compile(r"([0-9]+)([.,])([0-9]+)")
_RATIO = re.compile(r"([0-9][0-9.,]*) ?/ ?([0-9][0-9.,]*)(?: [^\W\d_][^\d/]*)?")

_QUALIFIERS = {
    **dict.fromkeys(("khoảng", "ước tính", "ước", "chừng", "xấp xỉ", "gần", "≈", "~"), "≈"),
    **dict.fromkeys(("hơn", "trên", "ít nhất", "tối thiểu", ">=", "≥", ">"), ">"),
    **dict.fromkeys(("dưới", "không quá", "tối đa", "<=", "≤", "<"), "<"),
}
_PREFIX = re.compile("(" + "|".join(map(re.escape, _QUALIFIERS)) + r")(?![^\W\d_]) ?")
_OPEN_ENDED = re.compile(r"(?:từ )?(.+?) trở (lên|xuống)")

_DATE_TEXT = re.compile(
    r"[0-9]{4}([/.-])[0-9]{1,2}\1[0-9]{1,2}\b.*|[0-9]{1,2}([/.-])[0-9]{1,2}\2[0-9]{4}\b.*"
)
_LITERAL = re.compile(r'"[^"]*"|\\.')
_THREE_DECIMALS = re.compile(r"[0#]\.000(?!0)")


def parse_number(raw: RawNumber, *, kind: str, number_format: str = "") -> ParsedNumber:
    """Read a cell as a number of a kind.

    Args:
        raw: the cell's value as the reader gave it: text, number, date, None or nan.
        kind: "count" (whole), "rate" (percent), "money" (đồng, whole), "area" (m²), "days",
            "number" (any).
        number_format: the cell's display format, if known ("0%", "0.000"); it settles whether
            0.8667 is a percentage and betrays a thousands separator read as a decimal point.

    Returns:
        The value, or a problem with or without a proposed value.

    Raises:
        ValueError: if the kind is not one of `KINDS`.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}, expected one of {sorted(KINDS)}")
    if isinstance(raw, str):
        return _from_text(unquote(normalise(raw)), kind)
    if raw is None or pd.isna(raw):
        return ParsedNumber(None, problem="empty")
    if isinstance(raw, date):
        return ParsedNumber(None, problem="date_in_number")
    if isinstance(raw, bool) or not isinstance(raw, Real) or not math.isfinite(raw):
        return ParsedNumber(None, problem="not_a_number")
    return _from_number(raw, kind, number_format)


def _from_number(raw: Real, kind: str, number_format: str) -> ParsedNumber:
    # 15 significant digits are what a spreadsheet shows; more is the noise of its sums.
    value = Decimal(int(raw)) if isinstance(raw, Integral) else Decimal(f"{float(raw):.15g}")
    if shows_percent(number_format):
        if kind != "rate":
            return ParsedNumber(None, problem="percent_in_count")
        return _finish(value * 100, kind, "=")
    if kind == "rate" and 0 < value <= 1:
        return ParsedNumber(None, problem="ratio_or_percent", proposed=float(value * 100))
    parsed = _finish(value, kind, "=")
    if parsed.value and kind not in {"rate", "number"} and _THREE_DECIMALS.search(number_format):
        return ParsedNumber(None, problem="three_decimals_shown", proposed=_as_thousands(value))
    return parsed


def shows_percent(number_format: str) -> bool:
    """Whether a display format multiplies with 100; a quoted or escaped % is only a letter."""
    return "%" in _LITERAL.sub("", number_format)


def _finish(value: Decimal, kind: str, qualifier: str) -> ParsedNumber:
    """Accept a value, unless it has a fraction its kind cannot have."""
    if abs(value) >= _LIMIT:
        return ParsedNumber(None, qualifier, "too_large")
    fraction = value % 1
    if fraction and kind == "count":
        return ParsedNumber(None, qualifier, "fraction_in_count", _as_thousands(value))
    if fraction and kind == "money":
        return ParsedNumber(None, qualifier, "fraction_in_money")
    if kind == "days" and (2 * value) % 1:
        return ParsedNumber(None, qualifier, "fraction_in_days", _as_thousands(value))
    return ParsedNumber(float(value), qualifier)


def _as_thousands(value: Decimal) -> float | None:
    """Return the number that reads as `value` once its thousands separator is lost, if any."""
    whole = value * 1000
    if whole % 1 or not 1 <= abs(value) < 1000:
        return None
    return float(whole)


def _from_text(text: str, kind: str) -> ParsedNumber:
    if not text:
        return ParsedNumber(None, problem="empty")
    if parse_ratio(text) is not None:
        return ParsedNumber(None, problem="ratio_in_number", proposed=_ratio_as(text, kind))
    if _DATE_TEXT.fullmatch(text):
        return ParsedNumber(None, problem="date_in_number")
    qualifier, rest = _split_qualifier(text.lower())
    match = _NUMERAL.fullmatch(rest)
    if match is None or re.search("[0-9]", match[3].replace("m2", "")):
        return ParsedNumber(None, qualifier, "not_a_number")
    sign, digits, suffix = match.groups()
    grouped, decimal = _readings(digits)
    if grouped is None and decimal is None:
        return ParsedNumber(None, qualifier, "not_a_number")
    factor = number_units.factor(suffix.strip(), kind)
    if factor is None:
        return ParsedNumber(None, qualifier, "unknown_unit")
    factor = -factor if sign in {"-", "−"} else factor
    value, problem, proposed = _choose(grouped, decimal, digits, kind, suffix.strip())
    if value is None:
        likely = None if proposed is None else float(proposed * factor)
        return ParsedNumber(None, qualifier, problem, likely)
    return _finish(value * factor, kind, qualifier)


def _split_qualifier(text: str) -> tuple[str, str]:
    """Split "khoảng 1.200" into ("≈", "1.200"); a bound wins over "about"."""
    open_ended = _OPEN_ENDED.fullmatch(text)
    if open_ended:
        return (">" if open_ended[2] == "lên" else "<"), open_ended[1]
    found: list[str] = []
    while match := _PREFIX.match(text):
        found.append(_QUALIFIERS[match[1]])
        text = text[match.end() :]
    bounds = [qualifier for qualifier in found if qualifier != "≈"]
    return (bounds or found or ["="])[0], text


def _readings(digits: str) -> tuple[Decimal | None, Decimal | None]:
    """Return a numeral read with thousands groups, and read without; None where impossible."""
    if digits.isdigit():
        return None, Decimal(digits)
    grouped = decimal = None
    match = _GROUPED.fullmatch(digits)
    if match and match[3] != match[2]:
        whole = match[1].replace(match[2], "")
        grouped = Decimal(f"{whole}.{match[4] or 0}")
    match = _DECIMAL.fullmatch(digits)
    if match:
        decimal = Decimal(f"{match[1]}.{match[3]}")
    return grouped, decimal


def _choose(
    grouped: Decimal | None, decimal: Decimal | None, digits: str, kind: str, unit: str
) -> tuple[Decimal | None, str | None, Decimal | None]:
    """Return (value, problem, proposed) for a numeral with one or two readings."""
    if kind == "rate" and decimal is not None and "." in digits:
        if grouped is not None:
            return None, "thousands_in_rate", decimal
        # A point and no sign is how programs print; then 0.8667 is as likely 86,67%.
        if not unit and 0 < decimal <= 1:
            return None, "ratio_or_percent", decimal * 100
    if grouped is None or decimal is None:
        return (decimal if grouped is None else grouped), None, None
    if kind == "rate":
        return decimal, None, None
    # Whole things are never written with three decimals, whichever separator is used…
    if kind == "days" or (kind in {"count", "money"} and not number_units.is_scaled(unit)):
        return grouped, None, None
    # …and millions of đồng are written the Vietnamese way: 46.920 triệu đồng.
    if kind == "money" and "." in digits:
        return grouped, None, None
    return None, "ambiguous_separator", grouped if "." in digits else decimal


def parse_ratio(raw: RawNumber) -> tuple[int, int] | None:
    """Read "13/15" as (13, 15).

    Args:
        raw: the cell's value; "13/15 doanh nghiệp" is read too.

    Returns:
        Numerator and denominator, or None if it is no ratio (a date, a single number, other text).
    """
    match = _RATIO.fullmatch(unquote(normalise(raw))) if isinstance(raw, str) else None
    if match is None:
        return None
    numerator, denominator = (parse_number(part, kind="count").value for part in match.groups())
    if numerator is None or denominator is None:
        return None
    return int(numerator), int(denominator)


def _ratio_as(text: str, kind: str) -> float | None:
    ratio = parse_ratio(text)
    if kind != "rate" or ratio is None or not ratio[1]:
        return None
    return ratio[0] * 100 / ratio[1]


def round_half_up(value: float, digits: int = 0) -> float:
    """Round as officials do: half away from zero, on the decimal number that is shown.

    Args:
        value: any number; nan and infinities come back unchanged.
        digits: decimals to keep.

    Returns:
        The rounded number (2.675 to two digits is 2.68, never -0.0).
    """
    return float(_rounded(value, digits)) + 0.0 if math.isfinite(value) else value


def _rounded(value: float, digits: int) -> Decimal:
    exact = Decimal(int(value)) if isinstance(value, Integral) else Decimal(repr(float(value)))
    step = Decimal(1).scaleb(-digits)
    return exact.quantize(step, rounding=ROUND_HALF_UP, context=Context(prec=400))


def is_missing(value: float | None) -> bool:
    """Tell whether a number is missing (None, nan or pandas' NA)."""
    return value is None or bool(pd.isna(value))


def format_number(value: float | None, digits: int = 0) -> str:
    """Write a number with points for thousands and a comma for decimals.

    Args:
        value: a finite number, or None or nan.
        digits: decimals to write, rounded half away from zero.

    Returns:
        For instance "52.620" or "86,67"; `NO_DATA` for a missing value.

    Raises:
        ValueError: if the number is infinite.
    """
    if value is None or is_missing(value):
        return NO_DATA
    if not math.isfinite(value):
        raise ValueError("an infinite number cannot be written")
    text = f"{_rounded(value, digits):,f}"
    if not text.strip("-0.,"):
        text = text.removeprefix("-")
    return text.translate(str.maketrans(",.", ".,"))


def format_count(value: float | None, pad: bool = True) -> str:
    """Write a count: "52.620", and "07" where counts below ten take a leading zero.

    Args:
        value: a whole number, or None or nan.
        pad: write 1–9 with a leading zero, as in running text.

    Returns:
        The text; `NO_DATA` for a missing value.

    Raises:
        ValueError: if the number has a fraction; rounding a count would hide an error.
    """
    if value is None or is_missing(value):
        return NO_DATA
    if value % 1:
        raise ValueError(f"a count must be whole, found {value}")
    text = format_number(value)
    return text.zfill(2) if pad and 0 < value < 10 else text


def format_rate(value: float | None, digits: int = 0) -> str:
    """Write a rate in percent: "87%", "86,67%", "60%" also with digits; `NO_DATA` if missing."""
    text = format_number(value, digits)
    whole, _, decimals = text.partition(",")
    if text == NO_DATA:
        return text
    # from 1.000% on the decimals stay: without them the dot could be read as a decimal point
    return (text if decimals.strip("0") or "." in whole else whole) + "%"


def format_money(value: float | None) -> str:
    """Write đồng: "46.920 triệu đồng"; amounts that are no round 10.000 đồng in full.

    Args:
        value: đồng, or None or nan.

    Returns:
        The text, from which `parse_number` gives back the same đồng; `NO_DATA` if missing.
    """
    if value is None or is_missing(value):
        return NO_DATA
    dong = _rounded(value, 0)
    if abs(dong) < 10**6 or dong % 10**4:
        return format_number(value) + " đồng"
    # Two decimals at most: "1,234 triệu" would read as a thousand in the other notation.
    text = f"{dong / 10**6:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,")) + " triệu đồng"


def format_ratio(numerator: float | None, denominator: float | None) -> str:
    """Write "13/15"; `NO_DATA` if either part is missing."""
    parts = [format_count(numerator, pad=False), format_count(denominator, pad=False)]
    return NO_DATA if NO_DATA in parts else "/".join(parts)
