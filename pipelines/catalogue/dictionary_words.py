"""Catalogue vocabulary in Vietnamese words: kinds, sources, measures, citations.

Belongs here: words for coded values. Does not belong here: rules (``rule_words``), the document
(``dictionary``).
"""

from __future__ import annotations

from pipelines.catalogue.measures import (
    CountMeasure,
    Measure,
    NthLargestMeasure,
    ReportsMeasure,
    RowFilter,
    RowsMeasure,
    SumMeasure,
    UnitsMeasure,
)
from pipelines.catalogue.model import Catalogue, Element, Register
from pipelines.catalogue.state_words import REPORT_STATES
from pipelines.vietnamese.dates import format_date

TYPES = {
    "count": "số đếm (nguyên)",
    "money": "số tiền (đồng, nguyên)",
    "area": "diện tích",
    "days": "số ngày",
    "rate": "tỷ lệ",
    "bool": "Có/Không",
    "date": "ngày",
    "text": "chữ",
    "enum": "chọn trong danh sách",
    "string": "chữ",
    "int": "số nguyên",
    "float": "số",
    "unit": "mã đơn vị",
    "timestamp": "thời điểm",
}
SENSITIVITY = {
    "public": "công khai (public)",
    "internal": "nội bộ (internal)",
    "personal": "dữ liệu cá nhân (personal)",
    "free_text": "chữ tự do, được che (free text)",
}
FLOWS = {"flow": "số thời kỳ (flow)", "stock": "số thời điểm (stock)"}
REFERS = {"period": "kỳ báo cáo", "year": "cả năm"}
SEVERITIES = {
    "error": "lỗi, trả lại (error)",
    "warning": "cảnh báo (warning)",
    "review": "cần xem lại (review)",
}
LEVELS = {
    "submission": "tệp",
    "cell": "ô",
    "unit": "đơn vị",
    "row": "dòng của sổ",
    "register": "cả sổ",
    "provider": "giữa các nguồn",
    "history": "so với kỳ trước",
    "peers": "so với đơn vị khác",
}
SKIPS = {
    "skip_if_any": "thiếu một số là bỏ qua",
    "skip_if_all": "thiếu mọi số mới bỏ qua",
    "never_skip": "luôn kiểm tra",
}
FORMATS = {
    "rate": "tỷ lệ %",
    "count": "số đếm",
    "number": "số",
    "money": "tiền",
    "ratio": "tử số/mẫu số",
}
LAYOUTS = {"single": "mỗi dòng một chỉ tiêu", "grid": "mỗi dòng một đơn vị", "register": "sổ"}


def authority_words(catalogue: Catalogue, authority: str) -> str:
    """Who supplies the value in force."""
    if authority == "self":
        return "đơn vị tự báo cáo"
    for population in catalogue.populations.values():
        if authority in (population.kinds or []):
            return population.label_vi
    return authority


def element_name(element: Element) -> str:
    """An element by label and code."""
    return f"{element.label_vi} ({element.code})"


def bounds_words(element: Element) -> str:
    """The range of an element, "" where there is none."""
    if not element.is_numeric or (element.minimum is None and element.maximum is None):
        return ""
    low = f"từ {number_words(element.minimum)}" if element.minimum is not None else ""
    high = f"đến {number_words(element.maximum)}" if element.maximum is not None else ""
    return f"{low} {high}".strip()


def number_words(number: float) -> str:
    """A number as officials write it: 52.620 or 0,5."""
    text = f"{number:,.10g}"
    return text.translate(str.maketrans(",.", ".,"))


def measure_words(catalogue: Catalogue, measure: Measure | None) -> str:
    """How a numerator or denominator is counted."""
    if isinstance(measure, SumMeasure):
        return "tổng của " + " và ".join(
            element_name(catalogue.elements[name]) for name in measure.elements
        )
    if isinstance(measure, CountMeasure):
        value = _value(measure.equals)
        return f"số đơn vị có {element_name(catalogue.elements[measure.element])} là {value}"
    if isinstance(measure, UnitsMeasure):
        times = "" if measure.times == 1 else f" nhân {number_words(measure.times)}"
        return f"số đơn vị của mẫu tính{times}"
    if isinstance(measure, RowsMeasure):
        return _rows_words(catalogue.registers[measure.register_id], measure)
    if isinstance(measure, NthLargestMeasure):
        return _nth_words(catalogue, measure)
    if isinstance(measure, ReportsMeasure):
        states = " hoặc ".join(REPORT_STATES.get(state, state) for state in measure.states)
        return f"số báo cáo {states}" if states else "số báo cáo phải nộp"
    return ""


def _rows_words(register: Register, measure: RowsMeasure) -> str:
    labels = {column.id: f"{column.label_vi} ({column.code})" for column in register.columns}
    tests = " và ".join(f"{labels[test.column]} {_filter_words(test)}" for test in measure.where)
    return f"số dòng của sổ {register.label_vi}" + (f" có {tests}" if tests else "")


def _filter_words(test: RowFilter) -> str:
    if test.in_window:
        return "trong khoảng chốt số liệu"
    if test.is_present is not None:
        return "có ghi" if test.is_present else "để trống"
    if test.not_before is not None:
        return f"từ ngày {format_date(test.not_before)}"
    options = test.among if test.among is not None else [test.equals]
    return "là " + " hoặc ".join(_value(option) for option in options)


def _nth_words(catalogue: Catalogue, measure: NthLargestMeasure) -> str:
    text = f"số lớn thứ {measure.n} của {element_name(catalogue.elements[measure.element])}"
    if measure.where is None:
        return text
    other = element_name(catalogue.elements[measure.where.element])
    return f"{text}, trong các đơn vị có {other} là {_value(measure.where.equals)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "Có" if value else "Không"
    return f'"{value}"' if isinstance(value, str) else f"{value}"
