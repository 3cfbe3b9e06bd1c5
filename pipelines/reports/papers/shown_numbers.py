"""Numbers as spreadsheets want them, from numbers as papers show them.

Belongs here: value and number format of a cell. Does not belong here: reading what others wrote
(``vietnamese.numbers``): these texts are the program's own.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_SHOWN = re.compile(r"([+\-−]?)([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,([0-9]+))?(%?)")


@dataclass(frozen=True)
class CellNumber:
    """What a cell holds and how it shows it."""

    value: float | int
    format: str


def cell_number(text: str, value: float | None, *, is_number_column: bool) -> CellNumber | None:
    """The number of a cell; None where it holds words.

    Args:
        text: As printed: "52.620", "86,67%", "07", "13/15".
        value: The number behind it, unrounded, where the table gives it.
        is_number_column: Elsewhere only whole numbers without leading zero are numbers: "24490"
            may be a code, "1.1" is the number of a row.
    """
    shown = _SHOWN.fullmatch(text.strip())
    if value is not None and math.isfinite(value):
        exact = int(value) if float(value).is_integer() else value
        return CellNumber(exact, _format(shown) if shown else "General")
    if shown is None:
        return None
    sign, whole, decimals, _ = shown.groups()
    is_plain = not sign and "." not in whole and not decimals and not shown[4]
    if not is_number_column and not (is_plain and (whole == "0" or whole[0] != "0")):
        return None
    digits = whole.replace(".", "")
    number = float(f"{digits}.{decimals}") if decimals else int(digits)
    return CellNumber(-number if sign in {"-", "−"} else number, _format(shown))


def _format(shown: re.Match[str]) -> str:
    sign, whole, decimals, percent = shown.groups()
    if len(whole) > 1 and whole[0] == "0":
        form = "0" * len(whole)  # "07" as officials write counts below ten
    else:
        form = "#,##0" if "." in whole or len(whole) <= 3 else "0"
    if decimals:
        form += "." + "0" * len(decimals)
    if percent:
        form += '"%"'  # rates are kept as 0 to 100
    return f"+{form};-{form};{form}" if sign == "+" else form
