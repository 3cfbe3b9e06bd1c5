"""Words and numbers of the evidence site.

Belongs here: values and codes → Vietnamese texts. Does not belong here: which of them are shown
(``lens``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from pipelines.catalogue.model import Catalogue
from pipelines.reports.site.source import Record
from pipelines.vietnamese.answers import format_yes_no
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import NO_DATA, format_number, format_rate

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
STATES = {
    "value": "có số liệu",
    "zero": "bằng 0",
    "not_applicable": "không áp dụng",
    "missing": NO_DATA,
    "withheld": "không ghi lại để bảo vệ người liên quan",
    "quarantined": "tạm giữ, chờ đơn vị trả lời",
}
SENSITIVITY = {
    "public": "công khai",
    "internal": "nội bộ",
    "personal": "dữ liệu cá nhân",
    "free_text": "chữ tự do, được che",
}
# headings of the report's layout, by the beginning of an indicator's section
SECTIONS = {
    "I": "I. Công tác lãnh đạo, chỉ đạo, tổ chức thực hiện",
    "II.1": "II.1. Kết quả ở xã, phường, thị trấn",
    "II.2": "II.2. Kết quả ở cơ quan, đơn vị sự nghiệp",
    "II.3": "II.3. Kết quả ở doanh nghiệp",
    "III": "III. Mặt trận Tổ quốc, đoàn thể, mô hình",
}
OTHER_SECTION = "Chỉ số khác"
BLOCKS = {
    "A": "Khối A. Lãnh đạo, chỉ đạo",
    "B": "Khối B. Xã, phường, thị trấn",
    "C": "Khối C. Cơ quan, đơn vị",
    "D": "Khối D. Doanh nghiệp",
}


def section_of(section: str) -> str:
    """The heading that an indicator stands under."""
    for start in sorted(SECTIONS, key=len, reverse=True):
        if section == start or section.startswith(f"{start}."):
            return SECTIONS[start]
    return OTHER_SECTION


def observed(row: Record, catalogue: Catalogue) -> str:
    """A value of a unit, as officials write it; the state where there is none."""
    if row["state"] not in {"value", "zero"}:
        return STATES.get(str(row["state"]), str(row["state"]))
    element = catalogue.elements.get(str(row["element"]))
    kind = element.type if element else "count"
    number = 0.0 if row["state"] == "zero" and row["value"] is None else row["value"]
    if number is None:
        return written(row["text"], kind)
    sign = "" if row["qualifier"] in {None, "="} else f"{row['qualifier']} "
    unit = f" {element.unit_vi}" if element and element.unit_vi and kind != "rate" else ""
    return f"{sign}{amount(number, kind)}{unit}"


def amount(number: float, kind: str = "count") -> str:
    """A number of a kind of element."""
    if kind == "bool":
        return format_yes_no(number)
    if kind == "rate":
        return format_rate(number, 0 if float(number).is_integer() else 2)
    return format_number(number, 0 if float(number).is_integer() else 2)


def value_of_entry(entry: Record, catalogue: Catalogue) -> str:
    """What a cell of the evidence holds."""
    element = catalogue.elements.get(str(entry["element"]))
    kind, value = element.type if element else "count", entry["value"]
    if value is None or isinstance(value, str):
        return NO_DATA if value is None else written(value, kind)
    return amount(value, kind)


def written(text: object, kind: str) -> str:
    """A text; a date as officials write it."""
    if kind == "date" and _ISO_DAY.fullmatch(str(text)):
        return format_date(dt.date.fromisoformat(str(text)))
    return str(text)


def part(number: float | None) -> str:
    """A numerator or denominator."""
    return "–" if number is None else amount(number)


def share(coverage: float | None) -> str:
    """Coverage from 0 to 1 as a percentage, rounded down so that a gap always shows."""
    return "" if coverage is None else f"{int(coverage * 100 + 1e-9)}%"


def day(value: object) -> str:
    """A date or time as officials write it; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and (value.hour or value.minute):
        return value.strftime("%H:%M %d/%m/%Y")
    if isinstance(value, dt.datetime):
        return format_date(value.date())
    return format_date(value) if isinstance(value, dt.date) else str(value)


def size(count: float | None) -> str:
    """Bytes."""
    return "" if count is None else f"{format_number(count, 0)} byte"


def points(low: float | None, high: float | None) -> str:
    """Points of a line, from … to … while something is missing."""
    if low is None or high is None:
        return NO_DATA
    least, most = (format_number(n, 0 if float(n).is_integer() else 2) for n in (low, high))
    return least if least == most else f"{least} đến {most}"


def label_of(names: Mapping[str, str], key: object) -> str:
    """A word for a code; the code itself where there is none."""
    return names.get(str(key), str(key))
