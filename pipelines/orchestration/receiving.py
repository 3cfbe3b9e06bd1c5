"""Giving receipts to files that have none: the only step of a run that reads a clock.

Belongs here: finding unreceipted files and appending their receipts.
Does not belong here: judging the files (``steps``).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.intake.appending import TORN
from pipelines.intake.container import UnreadableWorkbook
from pipelines.intake.documents import (
    UNKNOWN,
    EvidenceNote,
    document_format,
    first_note,
    open_plain,
)
from pipelines.intake.formats.opening import names_of
from pipelines.intake.identify import NAMES
from pipelines.intake.journal import (
    JournalError,
    append,
    next_submission_id,
    read_journal,
    unreceipted,
)
from pipelines.intake.known_hashes import sha256_at
from pipelines.intake.period_states import is_locked
from pipelines.intake.receipts import LARGEST, moved
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.manifest import read_manifest

FOLDER = "thư mục"
JOURNAL = "journal.jsonl"
_OWN = {JOURNAL, "narrative.yaml"}
# what programs leave beside a file that is open or on its way; never a submission
_TEMPORARY_PREFIXES = ("~$", ".", "_~")
_UNFINISHED = (".part", ".partial", ".crdownload", ".tmp", ".filepart")


class PeriodLocked(Exception):  # noqa: N818 — names the state, as the journal does
    """A file cannot be received: the period must be reopened with a reason first."""


class JournalLost(JournalError):  # noqa: N818 — names the state, as the one above
    """The warehouse knows receipts of a period whose journal has none: it was emptied or lost."""


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
        The new journal entries; empty when every file has its receipt. A file that was moved
        keeps its receipt, which is told where it lies. New files of a locked period get none:
        they wait, ``late_files`` names them, and the tables stay as they are.

    Raises:
        JournalLost: The journal is gone; new receipts would stand in the place of the old ones.
    """
    path = journal_path(root, period)
    require_journal(root, period)
    added = follow_moves(root, period, known_units, at=at, who=who)
    entries = list(read_journal(path).entries)
    if is_locked(entries):
        return added
    for relative, digest in waiting(root, period):
        file = root / relative
        sender = sender_of(file, path.parent, frozenset(known_units))
        with open_plain(file) as stream:
            kind = document_format(stream, name=file.name)
            note = None if kind is None else first_note(sender)
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


def follow_moves(
    root: Path, period: str, known_units: Sequence[str], *, at: dt.datetime, who: str
) -> list[dict[str, Any]]:
    """Say in the journal where files now lie that were moved within the period's folder.

    A file that was moved to the folder of another unit is not followed: it is that unit's then.

    Returns:
        The new journal entries.
    """
    path = journal_path(root, period)
    entries, known = read_journal(path).entries, frozenset(known_units)
    files = [
        (relative, digest, _folder_of(root / relative, path.parent, known))
        for relative, digest in _hashed(root, path)
    ]
    lines = [
        {
            "at": at.isoformat(),
            "who": who,
            "event": "correction",
            "submission_id": submission_id,
            "path": relative,
        }
        for submission_id, relative in moved(entries, files)
    ]
    for line in lines:
        append(path, line)
    return lines


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


def lost_receipts(root: Path, period: str) -> int:
    """How many receipts the committed tables know of a period whose journal has none."""
    committed = read_manifest(root).tables.get("intake.submissions", {}).get(period)
    if committed is None:
        return 0
    entries = read_journal(journal_path(root, period)).entries
    return 0 if any(entry["event"] == "received" for entry in entries) else committed.rows


def require_journal(root: Path, period: str) -> None:
    """Stop where the journal of a period was emptied or lost.

    Raises:
        JournalLost: The committed tables know receipts, the journal has none.
    """
    lost = lost_receipts(root, period)
    if lost:
        path = journal_path(root, period)
        state = "trống" if path.is_file() else "không còn"
        relative = path.relative_to(root).as_posix()
        raise JournalLost(f"{relative} {state}, kho đã biết {lost} lượt tiếp nhận của kỳ")


def waiting(root: Path, period: str) -> list[tuple[str, str]]:
    """(path relative to the root, sha256) of every file of a period that has no receipt."""
    journal = journal_path(root, period)
    return unreceipted(read_journal(journal).entries, _hashed(root, journal))


def late_files(root: Path, period: str) -> list[tuple[str, str]]:
    """Files that wait because the period is locked; none where it is not."""
    locked = is_locked(read_journal(journal_path(root, period)).entries)
    return waiting(root, period) if locked else []


def is_sent_name(name: str) -> bool:
    """Whether a file of this name can be something that was sent."""
    own = name in _OWN or (name.startswith(JOURNAL) and name.endswith(TORN))
    return not own and is_whole_name(name)


def is_whole_name(name: str) -> bool:
    """Whether a file of this name is neither a program's own nor still on its way."""
    return not name.startswith(_TEMPORARY_PREFIXES) and not name.lower().endswith(_UNFINISHED)


def _hashed(root: Path, journal: Path) -> list[tuple[str, str]]:
    return [(f.relative_to(root).as_posix(), sha256_at(f)) for f in _files(journal)]


def _files(journal: Path) -> list[Path]:
    """Plain files of the period in path order; links are never followed."""
    found: list[Path] = []
    for folder, names, files in os.walk(journal.parent):  # does not follow links
        names[:] = sorted(name for name in names if name != "releases")
        found += [Path(folder) / name for name in files if is_sent_name(name)]
    plain = (path for path in found if path.is_file() and not path.is_symlink())
    return sorted(path for path in plain if can_be_written_down(path))


def can_be_written_down(path: Path) -> bool:
    """Whether a journal can hold a file's name: one that is no UTF-8 is renamed by a person."""
    return not any("\ud800" <= letter <= "\udfff" for letter in str(path))


def nameless_files(root: Path, period: str) -> list[Path]:
    """Files of a period that wait because no journal can hold their names."""
    found = journal_path(root, period).parent.rglob("*")
    return sorted(path for path in found if path.is_file() and not can_be_written_down(path))


def sender_of(path: Path, folder: Path, known: frozenset[str]) -> str:
    """The sender: the unit whose folder the file lies in, else the unit its header names."""
    own = _folder_of(path, folder, known)
    if own is not None:
        return own
    if path.stat().st_size > LARGEST:
        return UNKNOWN
    try:
        said = names_of(path.read_bytes()).get(NAMES["unit"], "")
    except UnreadableWorkbook:
        return UNKNOWN
    return said if said in known else UNKNOWN


def _folder_of(path: Path, folder: Path, known: frozenset[str]) -> str | None:
    """The unit whose folder a file lies in."""
    first = path.relative_to(folder).parts[0]
    return first if first in known else None
