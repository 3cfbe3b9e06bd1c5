"""Giving receipts to files that have none: the only step of a run that reads a clock.

Belongs here: finding unreceipted files and appending their receipts.
Does not belong here: judging the files (``steps``).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.intake.container import UnreadableWorkbook, scan_container
from pipelines.intake.documents import (
    UNKNOWN,
    EvidenceNote,
    document_format,
    file_sha256,
    first_note,
    open_plain,
)
from pipelines.intake.identify import NAMES
from pipelines.intake.journal import append, next_submission_id, read_journal, unreceipted
from pipelines.orchestration.steps import journal_path

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FOLDER = "thư mục"
_OWN = {"journal.jsonl", "narrative.yaml"}
# what office programs leave beside an open file; never a submission
_TEMPORARY_PREFIXES = ("~$", ".", "._")


class PeriodLocked(Exception):  # noqa: N818 — names the state, as the journal does
    """New files wait: the period is locked and must be reopened with a reason first."""


def now() -> dt.datetime:
    """The wall clock in Hanoi, to the second."""
    return dt.datetime.now(HANOI).replace(microsecond=0)


def receive_new(
    root: Path, period: str, known_units: Sequence[str], *, at: dt.datetime, who: str
) -> list[dict[str, Any]]:
    """Append a receipt for every file under ``raw/<period>/`` whose (path, sha256) has none.

    Args:
        root: The project's root.
        period: Key of the period.
        known_units: Unit ids, to tell the sender by folder or header.
        at: Time of the receipts.
        who: Role that receives.

    Returns:
        The new journal entries; empty when every file has its receipt.

    Raises:
        PeriodLocked: There are new files but the period is locked.
    """
    path = journal_path(root, period)
    entries = list(read_journal(path).entries)
    fresh = waiting(root, period)
    if fresh and is_locked(entries):
        msg = f"{period}: {len(fresh)} new files, but the period is locked"
        raise PeriodLocked(msg)
    added = []
    for relative, digest in fresh:
        file = root / relative
        sender = sender_of(file, path.parent, frozenset(known_units))
        with open_plain(file) as stream:
            note = None if document_format(stream) is None else first_note(sender)
        entry = receipt(
            at=at,
            who=who,
            submission_id=next_submission_id(entries, period, sender),
            sha256=digest,
            path=relative,
            channel=FOLDER,
            note=note,
        )
        append(path, entry)
        entries.append(entry)
        added.append(entry)
    return added


def receipt(
    *,
    at: dt.datetime,
    who: str,
    submission_id: str,
    sha256: str,
    path: str,
    channel: str,
    note: EvidenceNote | None = None,
) -> dict[str, Any]:
    """The journal line of a received file; ``note`` says what a document is."""
    line = {
        "at": at.isoformat(),
        "who": who,
        "event": "received",
        "submission_id": submission_id,
        "sha256": sha256,
        "path": path,
        "channel": channel,
    }
    return line if note is None else line | {"evidence": note.model_dump()}


def waiting(root: Path, period: str) -> list[tuple[str, str]]:
    """(path relative to the root, sha256) of every file of a period that has no receipt."""
    journal = journal_path(root, period)
    files = [(f.relative_to(root).as_posix(), file_sha256(f)) for f in _files(journal)]
    return unreceipted(read_journal(journal).entries, files)


def is_locked(entries: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the last word on the period is ``lock``."""
    actions = [e.get("action") for e in entries if e.get("event") == "period"]
    return bool(actions) and actions[-1] == "lock"


def is_sent_name(name: str) -> bool:
    """Whether a file of this name can be something that was sent."""
    return name not in _OWN and not name.startswith(_TEMPORARY_PREFIXES)


def _files(journal: Path) -> list[Path]:
    """Plain files of the period in path order; links are never followed."""
    found: list[Path] = []
    for folder, names, files in os.walk(journal.parent):  # does not follow links
        names[:] = sorted(name for name in names if name != "releases")
        found += [Path(folder) / name for name in files if is_sent_name(name)]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def sender_of(path: Path, folder: Path, known: frozenset[str]) -> str:
    """The sender: the unit whose folder the file lies in, else the unit its header names."""
    first = path.relative_to(folder).parts[0]
    if first in known:
        return first
    try:
        said = scan_container(path.read_bytes()).defined_names.get(NAMES["unit"], "")
    except UnreadableWorkbook:
        return UNKNOWN
    return said if said in known else UNKNOWN
