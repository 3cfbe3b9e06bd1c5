"""Several numbers or names in one sentence: one by one while they are few, then summed up.

Belongs here: enumerations as words. Does not belong here: a single number (``numbers``).
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.vietnamese.numbers import NO_DATA, format_count, format_number, is_missing

LISTED = 10  # more numbers or names than these are no longer a sentence


def numbers_listed(numbers: Sequence[float], unit: str, whose: str) -> str:
    """Numbers from the largest down: "17, 13, chưa có số liệu tiêu chí".

    Args:
        numbers: May be missing (nan).
        unit: What they count.
        whose: Whose numbers they are, for those that are missing among many: "xã".

    Returns:
        Of many only between which they lie: "từ 10 đến 17 tiêu chí (01 xã chưa có số liệu)".
    """
    known = sorted((number for number in numbers if not is_missing(number)), reverse=True)
    missing = len(numbers) - len(known)
    if len(numbers) <= LISTED:
        return ", ".join([*map(format_number, known), *([NO_DATA] * missing)]) + f" {unit}"
    if not known:
        return f"{NO_DATA} {unit}"
    aside = f" ({format_count(missing)} {whose} {NO_DATA})" if missing else ""
    return f"từ {format_number(known[-1])} đến {format_number(known[0])} {unit}{aside}"


def names_listed(names: Sequence[str], many: str) -> str:
    """Names one by one; more than a few are counted: "14 phường, thị trấn"."""
    return f"{format_count(len(names))} {many}" if len(names) > LISTED else ", ".join(names)
