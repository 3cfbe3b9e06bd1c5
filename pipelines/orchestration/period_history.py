"""What happened in a period, in words: its steps, and which file took the place of which.

Belongs here: journal lines and ``core.changes`` → who, when, why, how much. Does not belong here:
deciding anything, where it is shown (``period_status``, ``tracing``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from pipelines.intake.period_states import PeriodEvent, period_events
from pipelines.validation.changes import followed

ACTIONS = {"open": "mở", "close": "đóng", "lock": "khóa", "reopen": "mở lại"}
_DONE = {"open": "Mở", "close": "Đóng", "lock": "Khóa", "reopen": "Mở lại"}
ROUNDS = {"estimate": "số ước", "final": "số chính thức"}


@dataclass(frozen=True)
class Resubmission:
    """A submission that took the place of another.

    Attributes:
        submission_id: The one that stands, or stood.
        previous: The one before it.
        unit: The sender.
        round: Round of the newer one.
        at: When it was received.
        who: Who received it.
        changed: Cells that differ; None where the former file is no longer there to compare.
        new_round: Whether the former one is of another round, and stays visible.
    """

    submission_id: str
    previous: str
    unit: str
    round: str | None
    at: str
    who: str
    changed: int | None
    new_round: bool

    def as_dict(self) -> dict[str, object]:
        """All fields, for ``--json``."""
        return asdict(self)


def event_line(event: PeriodEvent) -> str:
    """For instance ``Khóa lúc 08:00 ngày 20/06/2021 — thường trực Ban Chỉ đạo: lý do``."""
    why = f": {event.why}" if event.why else ""
    return f"{_DONE[event.action]} lúc {spoken_time(event.at)} — {event.who}{why}"


def event_lines(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """All steps of a period, in journal order."""
    return [event_line(event) for event in period_events(entries)]


def spoken_time(at: str) -> str:
    """A time as officials write it."""
    return dt.datetime.fromisoformat(at).strftime("%H:%M ngày %d/%m/%Y")


def resubmissions(
    entries: Sequence[Mapping[str, Any]], submissions: pd.DataFrame, changes: pd.DataFrame
) -> list[Resubmission]:
    """Which submission took the place of which, in journal order.

    Args:
        entries: Journal entries of the period.
        submissions: ``intake.submissions`` of the period.
        changes: ``core.changes`` of the period.
    """
    received = {str(e["submission_id"]): e for e in entries if e.get("event") == "received"}
    about = submissions.set_index("submission_id")
    counts = changes.groupby("submission_id").size().to_dict()
    pairs = {str(new): str(old) for new, old in followed(submissions).to_numpy()}
    found = []
    for submission_id, previous in {**_overwritten(submissions), **pairs}.items():
        if submission_id not in received or submission_id not in about.index:
            continue
        line, row = received[submission_id], about.loc[submission_id]
        former = about.loc[previous] if previous in about.index else row
        told = isinstance(row["round"], str) and isinstance(former["round"], str)
        found.append(
            Resubmission(
                submission_id,
                previous,
                str(row["provider"]),
                row["round"] if isinstance(row["round"], str) else None,
                str(line["at"]),
                str(line["who"]),
                int(counts.get(submission_id, 0)) if submission_id in pairs else None,
                told and row["round"] != former["round"],
            )
        )
    order = {submission_id: place for place, submission_id in enumerate(received)}
    return sorted(found, key=lambda each: order[each.submission_id])


def resubmission_line(each: Resubmission, names: Mapping[str, str]) -> str:
    """For instance ``Xã minh họa 09: lần 2 thay lần 1: 3 ô đổi``, with when and who."""
    number, before = (int(key.rsplit("/", 1)[1]) for key in (each.submission_id, each.previous))
    if each.changed is None:
        what = "tệp cũ không còn để so từng ô"
    else:
        what = f"{each.changed} ô đổi" if each.changed else "không ô nào đổi"
    how = f"lần {number} thay lần {before}"
    if each.new_round and each.round in ROUNDS:
        how = f"lần {number} ({ROUNDS[each.round]}) đứng sau lần {before}, giữ cả hai"
    when = f"nhận lúc {spoken_time(each.at)}, {each.who}"
    return f"{names.get(each.unit, each.unit)}: {how}: {what} ({when})"


def _overwritten(submissions: pd.DataFrame) -> dict[str, str]:
    """The receipt after one whose bytes a newer file at the same path has replaced."""
    pairs: dict[str, str] = {}
    gone = submissions[submissions["status"].eq("superseded") & submissions["size"].isna()]
    for submission_id, path in zip(gone["submission_id"], gone["path"], strict=True):
        same = submissions.loc[submissions["path"] == path, "submission_id"].tolist()
        following = same[same.index(submission_id) + 1 :]
        if following:
            pairs[str(following[0])] = str(submission_id)
    return pairs
