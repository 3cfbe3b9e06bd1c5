"""Numbers as spreadsheets want them, from numbers as papers show them.

Belongs here: value and number format of a cell. Does not belong here: reading what others wrote
(``vietnamese.numbers``): these texts are the program's own.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from pipelines.vietnamese.numbers import round_half_up

_NUMERAL = r"([+\-−]?)([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,([0-9]+))?"
_SHOWN = re.compile(_NUMERAL + "(%?)")
# "46.920 triệu đồng", "+0,69 điểm %"; not "13/15", "11/15 (73,3%)"
_WITH_UNIT = re.compile(_NUMERAL + r"( [^0-9/()\"]+)")


@dataclass(frozen=True)
class CellNumber:
    """What a cell holds and how it shows it."""

    value: float | int
    format: str


def cell_number(text: str, value: float | None, *, is_number_column: bool) -> CellNumber | None:
    """The number of a cell; None where it holds words, or two numbers such as "13/15".

    Args:
        text: As printed: "52.620", "86,67%", "07", "46.920 triệu đồng".
        value: The number behind it, unrounded, where the table gives it. What is printed wins
            over one that does not round to it.
        is_number_column: Elsewhere only whole numbers without leading zero are numbers: "24490"
            may be a code, "1.1" is the number of a row.
    """
    told = text.strip()
    known = value if value is not None and math.isfinite(value) else None
    if shown := _SHOWN.fullmatch(told):
        return _plain(shown, known, is_number_column=is_number_column)
    words = _WITH_UNIT.fullmatch(told)
    if words is None:
        return None
    if known is not None:
        return CellNumber(_whole(known), "#,##0" if float(known).is_integer() else "#,##0.00")
    return CellNumber(_number(words), _format(words)) if is_number_column else None


def _plain(
    shown: re.Match[str], value: float | None, *, is_number_column: bool
) -> CellNumber | None:
    number = _number(shown)
    if value is not None:
        digits = len(shown[3] or "")
        agrees = round_half_up(value, digits) == number
        return CellNumber(_whole(value) if agrees else number, _format(shown))
    sign, whole, decimals, percent = shown.groups()
    is_plain = not sign and "." not in whole and not decimals and not percent
    if not is_number_column and not (is_plain and (whole == "0" or whole[0] != "0")):
        return None
    return CellNumber(number, _format(shown))


def _number(shown: re.Match[str]) -> float | int:
    sign, whole, decimals, _ = shown.groups()
    digits = whole.replace(".", "")
    number = float(f"{digits}.{decimals}") if decimals else int(digits)
    return -number if sign in {"-", "−"} else number


def _whole(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def _format(shown: re.Match[str]) -> str:
    sign, whole, decimals, unit = shown.groups()
    if len(whole) > 1 and whole[0] == "0":
        form = "0" * len(whole)  # "07" as officials write counts below ten
    else:
        form = "#,##0" if "." in whole or len(whole) <= 3 else "0"
    if decimals:
        form += "." + "0" * len(decimals)
    if unit:
        form += f'"{unit}"'  # rates are kept as 0 to 100
    return f"+{form};-{form};{form}" if sign == "+" else form
