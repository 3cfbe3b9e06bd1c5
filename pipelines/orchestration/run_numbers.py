"""Numbers of a table that are worth a curve over periods and runs.

Belongs here: counts and shares of one table, with Vietnamese names; a state that does not occur is
a zero, so that the curve goes on. Does not belong here: the shape Dagster wants (``metadata``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from pipelines.catalogue import state_words
from pipelines.catalogue.state_words import headed

Numbers = dict[str, int | float]
_VALUE_STATES = {
    "value": "Có giá trị",
    "zero": "Không phát sinh",
    "not_applicable": "Không áp dụng",
    "missing": "Chưa có số liệu",
}


def numbers_of(table: str, frame: pd.DataFrame) -> Numbers:
    """Numbers of a table; empty for tables of which the number of rows says enough.

    Args:
        table: Its name.
        frame: The table of one period.
    """
    count = _COUNTS.get(table)
    return count(frame) if count is not None else {}


def by_state(frame: pd.DataFrame, column: str, words: Mapping[str, str]) -> Numbers:
    """Rows by state, all states of ``words`` in their order."""
    counts = frame[column].value_counts()
    found: Numbers = {}
    for state, word in words.items():
        found[word] = int(counts.get(state, 0))
    return found


def reporting_numbers(frame: pd.DataFrame) -> Numbers:
    """Owed reports, received ones, by state; ``core.reporting``."""
    by = by_state(frame, "state", headed(state_words.REPORT_STATES))
    received = int(frame["received_at"].notna().sum())
    return {
        "Báo cáo phải nộp": len(frame),
        "Báo cáo đã nhận": received,
        "Đơn vị phải nộp": int(frame["unit_id"].nunique()),
        "Đơn vị đã nộp": int(frame.loc[frame["received_at"].notna(), "unit_id"].nunique()),
        "Tỷ lệ đã nhận (%)": _percent(received, len(frame)),
        **by,
    }


def finding_numbers(frame: pd.DataFrame) -> Numbers:
    """Findings by level; ``core.findings``."""
    return by_state(frame, "severity", headed(state_words.SEVERITIES)) | {
        "Đã có quyết định": int(frame["decision"].notna().sum())
    }


def _submissions(frame: pd.DataFrame) -> Numbers:
    return {
        "Tệp đã nhận": len(frame),
        "Nơi gửi": int(frame["provider"].nunique()),
        **by_state(frame, "status", headed(state_words.STATUSES)),
    }


def _accounts(frame: pd.DataFrame) -> Numbers:
    cells = frame.groupby("fate")["cells"].sum()
    found: Numbers = {"Ô có nội dung": int(frame["cells"].sum())}
    for fate, word in headed(state_words.FATES).items():
        found[f"Ô: {word}"] = int(cells.get(fate, 0))
    return found


def _observations(frame: pd.DataFrame) -> Numbers:
    known = int((frame["state"] != "missing").sum())
    return {
        **by_state(frame, "state", _VALUE_STATES),
        "Độ phủ (%)": _percent(known, len(frame)),
        "Đơn vị": int(frame["unit_id"].nunique()),
    }


def _values(frame: pd.DataFrame) -> Numbers:
    reported = frame[frame["view"] == "as_reported"]
    return {
        "Độ phủ (%)": _percent(reported["reporting_units"].sum(), reported["expected_units"].sum()),
        **by_state(reported, "state", _VALUE_STATES),
    }


def _published(frame: pd.DataFrame) -> Numbers:
    agreeing = int(frame["agrees"].sum())
    return {"Số đã công bố": len(frame), "Khớp": agreeing, "Không khớp": len(frame) - agreeing}


def _duties(frame: pd.DataFrame) -> Numbers:
    return by_state(frame, "state", headed(state_words.DUTY_STATES))


def _percent(part: float, whole: float) -> float:
    """Percent with two decimals; of nothing, nothing is missing."""
    return round(100 * float(part) / float(whole), 2) if whole else 100.0


_COUNTS: dict[str, Callable[[pd.DataFrame], Numbers]] = {
    "core.findings": finding_numbers,
    "core.observations": _observations,
    "core.reporting": reporting_numbers,
    "eval.duties": _duties,
    "eval.indicator_values": _values,
    "eval.published": _published,
    "intake.accounts": _accounts,
    "intake.submissions": _submissions,
}
