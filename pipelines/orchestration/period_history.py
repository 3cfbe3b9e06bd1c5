"""What happened in a period, in words: its steps, and which file took the place of which.

Belongs here: journal lines and ``core.changes`` → who, when, why, how much. Does not belong here:
deciding anything, where it is shown (``period_status``, ``tracing``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.analysis.decisions import ACTIONS as DECISIONS
from pipelines.analysis.scope import of_period, unit_names
from pipelines.catalogue.state_words import ROUNDS
from pipelines.intake.decisions import action_of, is_correction
from pipelines.intake.journal import read_journal
from pipelines.intake.period_states import PeriodEvent, period_events
from pipelines.orchestration.steps import journal_path
from pipelines.validation.changes import TABLE, followed
from pipelines.warehouse.reader import Warehouse

ACTIONS = {"open": "mở", "close": "đóng", "lock": "khóa", "reopen": "mở lại"}
_DONE = {"open": "Mở", "close": "Đóng", "lock": "Khóa", "reopen": "Mở lại"}


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
    rounds = dict(
        zip(submissions["submission_id"], submissions["round"].astype("str"), strict=True)
    )
    counts = changes.groupby("submission_id").size().to_dict()
    pairs = {str(new): str(old) for new, old in followed(submissions).to_numpy()}
    found = [
        Resubmission(
            submission_id,
            previous,
            unit=submission_id.split("/")[1],
            round=_text(rounds[submission_id]),
            at=str(received[submission_id]["at"]),
            who=str(received[submission_id]["who"]),
            changed=int(counts.get(submission_id, 0)) if submission_id in pairs else None,
            new_round=submission_id in pairs and rounds[submission_id] != rounds[previous],
        )
        for submission_id, previous in {**_overwritten(submissions), **pairs}.items()
        if submission_id in received and submission_id in rounds
    ]
    order = {submission_id: place for place, submission_id in enumerate(received)}
    return sorted(found, key=lambda each: order[each.submission_id])


def decided(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every decision in the journal of a period, in its order.

    Returns:
        action, at, who, why, and what it is about: submission_id, provider, sheet, cell, rule,
        value, token, state; None where the line does not say it.
    """
    about = ("why", "submission_id", "provider", "sheet", "cell", "rule", "value", "token", "state")
    return [
        {"action": _action(e), "at": str(e["at"]), "who": str(e["who"])}
        | {key: e.get(key) for key in about}
        for e in entries
        if _action(e) is not None
    ]


def _action(entry: Mapping[str, Any]) -> str | None:
    if entry.get("event") == "decision":
        return str(entry["action"])
    return "correct" if is_correction(entry) else None


def decision_line(said: Mapping[str, Any]) -> str:
    """For instance ``Chấp nhận XA-01 tại Biểu 01-XA!E5 (2021-H1/xa-mh-09/01)``, who, when, why."""
    about = [said["rule"], f"ký hiệu “{said['token']}”" if said["token"] else None]
    place = f"tại {said['sheet']}!{said['cell']}" if said["cell"] else None
    file = said["submission_id"] or said["provider"]
    value = f"thành {said['value']}" if said["value"] else None
    words = " ".join(word for word in (*about, place, value, f"({file})") if word)
    why = f": {said['why']}" if said["why"] else ""
    return f"{DECISIONS[said['action']]} {words} lúc {spoken_time(said['at'])} — {said['who']}{why}"


@dataclass(frozen=True)
class History:
    """What happened around some submissions of a period.

    Attributes:
        events: Steps of the period: action, at, who, why.
        resubmissions: Fields of ``Resubmission``, and ``line`` in words, of those submissions.
    """

    events: list[dict[str, Any]]
    resubmissions: list[dict[str, Any]]

    def lines(self) -> list[tuple[str, str]]:
        """Labels and Vietnamese texts, in journal order."""
        steps = [("Kỳ báo cáo", event_line(PeriodEvent(**event))) for event in self.events]
        return [*steps, *(("Nộp lại", str(each["line"])) for each in self.resubmissions)]


def history_behind(
    root: Path, warehouse: Warehouse, period: str, behind: Collection[str]
) -> History:
    """The steps of a period, and which of the given submissions took the place of another.

    Args:
        root: The project's root; its journal is read.
        warehouse: Has the period's tables.
        period: Key of the period.
        behind: Ids of submissions.
    """
    entries = read_journal(journal_path(root, period)).entries
    names = names_of(warehouse)
    found = [
        each
        for each in resubmissions(entries, *_tables(warehouse, period))
        if each.submission_id in behind
    ]
    return History(
        [asdict(event) for event in period_events(entries)],
        [each.as_dict() | {"line": resubmission_line(each, names)} for each in found],
    )


def uncounted(warehouse: Warehouse, entries: Sequence[Mapping[str, Any]], period: str) -> int:
    """How many receipts and decisions of a journal the committed tables do not know yet.

    Args:
        warehouse: The committed tables.
        entries: The journal's entries.
        period: Key of the period.

    Returns:
        0 as well where nothing of the period is committed.
    """
    if period not in warehouse.manifest.tables.get("intake.submissions", {}):
        return 0
    sent = of_period(warehouse.table("intake.submissions"), period)["submission_id"]
    known = set(of_period(warehouse.table("core.decisions"), period)["decision_id"])
    said = [entry for entry in entries if action_of(entry) is not None]
    made = {f"{period}/qd-{n:03d}" for n, _ in enumerate(said, start=1)}
    received = {str(e["submission_id"]) for e in entries if e.get("event") == "received"}
    return len(received - set(sent)) + len(made - known)


def names_of(warehouse: Warehouse) -> dict[str, str]:
    """Names of all units by id."""
    return {str(unit_id): str(name) for unit_id, name in unit_names(warehouse).items()}


def resubmissions_of(
    warehouse: Warehouse, entries: Sequence[Mapping[str, Any]], period: str
) -> list[Resubmission]:
    """``resubmissions`` from the committed tables of a period."""
    return resubmissions(entries, *_tables(warehouse, period))


def _tables(warehouse: Warehouse, period: str) -> list[pd.DataFrame]:
    return [of_period(warehouse.table(name), period) for name in ("intake.submissions", TABLE)]


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


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


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
