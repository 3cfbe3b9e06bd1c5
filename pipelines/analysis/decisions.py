"""What coordinators have decided: the sổ xử lý in words, as a whole and behind a cell.

Belongs here: ``core.decisions`` with the names a reader knows. Does not belong here: deciding
(``orchestration``), what a decision changes (``validation``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.scope import of_period, unit_names
from pipelines.vietnamese.dates import format_date

ACTIONS = {
    "accept": "Chấp nhận",
    "correct": "Sửa số liệu",
    "return": "Trả lại",
    "confirm": "Xác nhận đơn vị, kỳ",
    "means": "Nghĩa của dấu",
    "withdraw": "Rút quyết định",
}
MEANINGS = {"zero": "0", "missing": "chưa có số liệu", "not_applicable": "không áp dụng"}
_BLANK = "(để trống)"


def decisions(wh: Tables, period: str) -> pd.DataFrame:
    """Every decision that speaks to a period, in the order of the journals.

    Args:
        wh: The warehouse.
        period: Key of the period.

    Returns:
        Columns of ``core.decisions`` and unit (name), action_vi, place (``Trang!Ô``), what (what
        was decided, in words), said_at (time in words), effect (có hiệu lực, đã thay, …).
    """
    frame = of_period(wh.table("core.decisions"), period)
    names = unit_names(wh)
    about = frame["unit_id"].fillna(frame["provider"])
    rows = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    return frame.assign(
        unit=about.map(names).fillna(about),
        action_vi=frame["action"].map(ACTIONS),
        place=[_place(row) for row in rows],
        what=[_what(row) for row in rows],
        said_at=frame["decided_at"].dt.strftime("%H:%M ngày %d/%m/%Y"),
        effect=[_effect(row) for row in rows],
    )


def behind(table: pd.DataFrame, cell: Mapping[str, str], state: str | None) -> pd.DataFrame:
    """The decisions that the value of a cell stands on.

    Args:
        table: ``decisions`` of the period.
        cell: submission_id, sheet, cell and element of the value.
        state: Its state, where a provider's sign was read as one (``decided`` is ``means``).
    """
    used = table[table["is_applied"]]
    of_file = used["submission_id"].eq(cell["submission_id"])
    of_cell = of_file & used["sheet"].eq(cell["sheet"]) & used["cell"].eq(cell["cell"])
    chosen = of_cell | (of_file & used["action"].eq("confirm"))
    if state is not None:
        sender = str(cell["submission_id"]).split("/")[1]
        read = used["action"].eq("means") & used["provider"].eq(sender) & used["after"].eq(state)
        own = read & used["element"].eq(cell["element"])
        # what is said of the element goes before what is said of all
        chosen |= own if own.any() else read & used["element"].isna()
    return used[chosen]


def spoken(row: Mapping[Any, object]) -> str:
    """A decision in one line: what, who, when, who told it, why."""
    told = ""
    if _is_text(row["told_by"]):
        told = f"; {row['told_by']} cho biết"
        if not pd.isna(row["told_on"]):  # type: ignore[call-overload] # a scalar
            told += f" ngày {format_date(pd.Timestamp(str(row['told_on'])).date())}"
    return (
        f"{row['what']} — {row['decided_by']}, {row['said_at']}{told}. Lý do: {row['decided_why']}"
    )


def _place(row: Mapping[str, object]) -> str:
    return "!".join(str(row[name]) for name in ("sheet", "cell") if _is_text(row[name]))


def _what(row: Mapping[str, object]) -> str:
    before, after = (str(row[n]) if _is_text(row[n]) else None for n in ("before", "after"))
    action = row["action"]
    if action == "correct" and not _is_text(row["told_by"]):
        return f"Dùng giá trị đề xuất {after} thay {before or _BLANK}"
    if action == "correct":
        return f"Sửa {before or _BLANK} thành {after}"
    if action == "means":
        return f"“{before}” nghĩa là {MEANINGS.get(str(after), str(after))}"
    if action == "confirm":
        return f"Xác nhận tệp là của {after}"
    rule = f" ({row['rule']})" if _is_text(row["rule"]) else ""
    seen = f" {before}" if before else ""
    return f"{ACTIONS[str(action)]}{seen}{rule}"


def _effect(row: Mapping[str, object]) -> str:
    if row["action"] == "withdraw":
        return "đã ghi"
    if not row["is_in_force"]:
        return "đã thay hoặc đã rút"
    return "đang áp dụng" if row["is_applied"] else "không còn khớp, không áp dụng"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""
