"""Every decision a journal holds, as rows: who decided what, when, why, and whether it stands.

Belongs here: journal lines → the frame behind ``core.decisions``. Does not belong here: which of
them changed anything (``validation.corrections``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipelines.intake.decisions import action_of, in_force, is_meaning

LOG_COLUMNS = [
    "decision_id",
    "period",
    "action",
    "submission_id",
    "provider",
    "sheet",
    "cell",
    "rule",
    "unit_id",
    "element",
    "before",
    "after",
    "decided_by",
    "decided_at",
    "decided_why",
    "told_by",
    "told_on",
    "is_in_force",
]
# what stood there, and what is to stand there, by the key that says it
_BEFORE = {"correct": "expect", "means": "token", "accept": "found", "return": "found"}
_AFTER = {"correct": "value", "means": "state"}


def decision_log(
    entries: Sequence[Mapping[str, Any]],
    period: str,
    earlier: Sequence[tuple[str, Sequence[Mapping[str, Any]]]] = (),
) -> pd.DataFrame:
    """The decisions of a period and the meanings that earlier ones have left to it.

    Args:
        entries: The period's journal entries.
        period: Key of the period.
        earlier: Earlier periods with their entries, oldest first.

    Returns:
        Columns ``LOG_COLUMNS``. ``decision_id`` is ``<period>/qd-<nnn>``: the place of the line
        among the decisions of its own journal. Of earlier periods only meanings that still stand.
    """
    lines: list[tuple[str, Mapping[str, Any]]] = []
    for key, own in (*earlier, (period, entries)):
        decided = [entry for entry in own if action_of(entry) is not None]
        numbered = [(f"{key}/qd-{n:03d}", entry) for n, entry in enumerate(decided, start=1)]
        lines += [pair for pair in numbered if key == period or is_meaning(pair[1])]
    standing = set(in_force([entry for _, entry in lines]).values())
    rows = [
        _row(decision_id, entry, period) | {"is_in_force": place in standing}
        for place, (decision_id, entry) in enumerate(lines)
        if place in standing or decision_id.startswith(f"{period}/")
    ]
    return pd.DataFrame(rows, columns=LOG_COLUMNS)


def _row(decision_id: str, entry: Mapping[str, Any], period: str) -> dict[str, object]:
    action = str(action_of(entry))
    submission_id = entry.get("submission_id")
    sender = str(submission_id).split("/")[1] if submission_id else None
    after = entry.get(_AFTER.get(action, ""))
    if action == "confirm":
        after = "; ".join(str(entry[name]) for name in ("unit", "period", "form", "round"))
    return {
        "decision_id": decision_id,
        "period": period,
        "action": action,
        "submission_id": submission_id,
        "provider": entry.get("provider") or sender,
        "sheet": entry.get("sheet"),
        "cell": entry.get("cell"),
        "rule": entry.get("rule"),
        "unit_id": entry.get("unit_id"),
        "element": entry.get("element"),
        "before": entry.get(_BEFORE.get(action, "")),
        "after": after,
        "decided_by": entry["who"],
        "decided_at": entry["at"],
        "decided_why": entry["why"],
        "told_by": entry.get("told_by"),
        "told_on": entry.get("told_on"),
    }
