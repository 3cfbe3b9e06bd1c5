"""The value of an .ods cell as its attributes write it.

Belongs here: attributes and text → a Python value. Does not belong here: walking (``ods``).
"""

from __future__ import annotations

import datetime as dt
import re

from pipelines.intake.sheet_scan import CellType

_SPAN = re.compile(r"P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?")


def value_of(type_: CellType, attributes: dict[str, str], text: str) -> object:
    """A cell's value; None where it cannot be made out.

    Args:
        type_: How it is stored.
        attributes: Of the cell.
        text: Its paragraphs.
    """
    if type_ is CellType.TEXT:
        return text
    if type_ is CellType.BOOL:
        return attributes.get("office:boolean-value") == "true"
    try:
        if type_ is CellType.NUMBER:
            return float(attributes.get("office:value", ""))
        if type_ is CellType.ISO_DATE:
            return _moment(attributes)
    except ValueError:
        return None
    return None


def _moment(attributes: dict[str, str]) -> object:
    day = attributes.get("office:date-value")
    if day is not None:
        return dt.datetime.fromisoformat(day.rstrip("Z"))
    span = _SPAN.fullmatch(attributes.get("office:time-value", ""))
    if span is None:
        return None
    days, hours, minutes, seconds = (
        float((part or "0").replace(",", ".")) for part in span.groups()
    )
    return dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
