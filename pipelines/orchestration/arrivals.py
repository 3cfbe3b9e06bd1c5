"""Whether raw/ lies still again, and which periods' tables no longer follow from it.

Belongs here: the sign by which a change is seen, how long it is waited for, which periods are to be
evaluated. Does not belong here: asking for runs (``automation``), giving receipts (``receiving``).

No file is remembered by name or dropped: what counts is whether the tables of a period follow from
what lies there now (``inputs``). The sign below only saves reading all of it every half minute.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.catalogue.calendar import CalendarRules
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.reference import CONTACTS
from pipelines.intake.journal import JournalError, read_journal
from pipelines.intake.period_states import is_locked
from pipelines.orchestration.earlier import calendar_place, due_periods
from pipelines.orchestration.inputs import calendar, inputs_fingerprint, leaves_with_input
from pipelines.orchestration.period_facts import leaves_of, made_of
from pipelines.orchestration.receiving import is_whole_name, waiting
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.archives import RELEASES
from pipelines.warehouse.manifest import read_manifest


class Watch(BaseModel):
    """What a sensor remembers from look to look: a few words, however many files there are.

    Attributes:
        seen: The sign of raw/ at the last look.
        moved_at: When it was last found changed.
        moving_since: When it began to change; None while nothing is waited for.
        read_at: When the periods were last looked at in full.
    """

    model_config = ConfigDict(frozen=True)

    seen: str
    moved_at: dt.datetime
    moving_since: dt.datetime | None = None
    read_at: dt.datetime | None = None

    @classmethod
    def of(cls, cursor: str | None) -> Watch | None:
        """What a cursor holds; None where it is empty or of another version."""
        if not cursor:
            return None
        try:
            return cls.model_validate_json(cursor)
        except ValidationError:
            return None

    def done(self, now: dt.datetime) -> Watch:
        """The watch after the periods were looked at."""
        return self.model_copy(update={"moving_since": None, "read_at": now})


def looked(
    watch: Watch | None, sign: str, now: dt.datetime, rules: CalendarRules
) -> tuple[Watch, bool]:
    """Compare raw/ with the last look.

    Args:
        watch: The last look; None at the first.
        sign: The sign of raw/ now.
        now: The time.
        rules: How long is waited.

    Returns:
        The new look, and whether the periods are to be looked at: raw/ has lain still long enough
        after a change, or has not come to rest for too long, or was not read in full for long.
    """
    if watch is None or watch.seen != sign:
        since = watch.moving_since if watch is not None and watch.moving_since else now
        moved = Watch(
            seen=sign,
            moved_at=now,
            moving_since=since,
            read_at=None if watch is None else watch.read_at,
        )
        return moved, now - since >= dt.timedelta(seconds=rules.longest_wait_seconds)
    if watch.moving_since is not None:
        return watch, now - watch.moved_at >= dt.timedelta(seconds=rules.quiet_seconds)
    read_at = watch.read_at
    overdue = read_at is None or now - read_at >= dt.timedelta(hours=rules.verify_hours)
    return watch, overdue


def sign_of(root: Path) -> str:
    """One hash over path, size and time of every file under raw/ that may count.

    Links are not followed; files on their way (``~$…``, ``.part`` and the like) do not count.
    """
    digest = hashlib.sha256()
    raw = root / "raw"
    for entry in _entries(raw):
        stat = entry.stat(follow_symlinks=False)
        name = Path(entry.path).relative_to(raw).as_posix()
        digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode("utf-8", "replace"))
    return digest.hexdigest()


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        found = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:  # gone since its parent was listed
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            if entry.name != RELEASES:
                yield from _entries(Path(entry.path))
        elif entry.is_file(follow_symlinks=False) and _may_count(entry.name):
            yield entry


def _may_count(name: str) -> bool:
    return name != CONTACTS and is_whole_name(name)


def stale_periods(root: Path, catalogue: Catalogue, *, locked: bool = False) -> list[str]:
    """Periods whose committed tables do not follow from their inputs, in the order to run them.

    Args:
        root: The project's root.
        catalogue: Knows the periods.
        locked: Name locked ones too.

    Returns:
        Those with files of their own; those that are made of others only where they were evaluated
        before. Calendar order, parts before the whole. One whose journal cannot be read is left
        out: no run could read it either, and ``qcdc doctor`` names it.
    """
    prints: dict[str, str] = {}
    found = []
    for key in _candidates(root, catalogue):
        with suppress(JournalError):
            if (locked or not locked_any(root, catalogue, key)) and is_stale(
                root, catalogue, key, prints
            ):
                found.append(key)
    return found


def evaluable_periods(root: Path, catalogue: Catalogue) -> list[str]:
    """Periods with input: those with files of their own, wholes that were evaluated before.

    Raises:
        JournalError: A journal cannot be read.
    """
    return [key for key in _candidates(root, catalogue) if has_input(root, catalogue, key)]


def _candidates(root: Path, catalogue: Catalogue) -> list[str]:
    """Periods with a folder, and wholes that were evaluated, in the order to run them."""
    tables = calendar(root, catalogue)
    known = set(tables["ref.periods"]["period"])
    folders = [path for path in (root / "raw").iterdir() if path.is_dir() and not path.is_symlink()]
    own = {path.name for path in folders} & known
    evaluated = set(read_manifest(root).inputs) & known - own
    wholes = {key for key in evaluated if made_of(tables, key)}
    return sorted(own | wholes, key=lambda key: calendar_place(tables, key))


def is_stale(
    root: Path, catalogue: Catalogue, period: str, prints: dict[str, str] | None = None
) -> bool:
    """Whether a period has input that its committed tables do not follow from.

    Raises:
        JournalError: A journal cannot be read.
    """
    if not has_input(root, catalogue, period):
        return False
    made_from = read_manifest(root).inputs.get(period)
    return made_from != inputs_fingerprint(root, catalogue, period, prints)


def has_input(root: Path, catalogue: Catalogue, period: str) -> bool:
    """Whether a period, or one that it is made of, has received anything or is about to.

    Raises:
        JournalError: A journal cannot be read.
    """
    tables = calendar(root, catalogue)
    return bool(leaves_with_input(root, tables, period)) or any(
        waiting(root, leaf) for leaf in leaves_of(tables, period)
    )


def locked_any(root: Path, catalogue: Catalogue, period: str) -> bool:
    """Whether a period is locked, by its own journal or in all its parts."""
    leaves = {period, *leaves_of(calendar(root, catalogue), period)}
    own = is_locked(read_journal(journal_path(root, period)).entries)
    parts = leaves - {period}
    return own or (
        bool(parts)
        and all(is_locked(read_journal(journal_path(root, part)).entries) for part in parts)
    )


def in_order(root: Path, catalogue: Catalogue, periods: Sequence[str]) -> list[str]:
    """Periods to run, with the unlocked ones that they stand on or are compared with before them.

    Where a journal of those cannot be read, the period is run alone: its own run tells why.
    """
    inputs = read_manifest(root).inputs
    tables = calendar(root, catalogue)
    wanted = dict.fromkeys(periods)
    for period in periods:
        with suppress(JournalError):
            for due in due_periods(root, catalogue, period, inputs):
                if not locked_any(root, catalogue, due):
                    wanted.setdefault(due)
    return sorted(wanted, key=lambda key: calendar_place(tables, key))
