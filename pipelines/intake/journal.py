"""The journal of a period: append-only lines of what cannot be recomputed.

Belongs here: reading, checking and appending lines. Does not belong here: a clock — times come
from the caller.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

Entry = dict[str, Any]


class JournalError(ValueError):
    """A line that is no journal entry; says which, what is wrong and what to do."""


class _Line(BaseModel):
    """What every line says; further keys are kept as they are."""

    model_config = ConfigDict(extra="allow")

    at: AwareDatetime
    who: str
    event: str


class _Received(_Line):
    submission_id: str
    sha256: str
    path: str
    channel: str | None = None


class _Period(_Line):
    action: Literal["open", "close", "lock", "reopen"]
    why: str | None = None


_KINDS: dict[str, type[_Line]] = {"received": _Received, "period": _Period}
EVENTS = frozenset({"received", "period", "decision", "correction", "release", "text", "review"})


@dataclass(frozen=True)
class JournalRead:
    """A journal as read.

    Attributes:
        entries: The lines in order.
        torn: A last line without its end (a write that was cut); set aside, not lost.
    """

    entries: list[Entry]
    torn: str | None


def read_journal(path: Path) -> JournalRead:
    """Read a journal; a file that is not there has no entries.

    Raises:
        JournalError: A line other than a torn last one is not a valid entry.
    """
    if not path.is_file():
        return JournalRead([], None)
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    lines = text.split("\n")
    torn = lines.pop() or None
    entries = [
        _parse(line, path.name, number) for number, line in enumerate(lines, start=1) if line
    ]
    return JournalRead(entries, torn)


def append(path: Path, entry: Mapping[str, Any]) -> None:
    """Append one line and make it durable.

    A torn last line is ended first, so that the new entry stands alone.

    Raises:
        JournalError: The entry is not valid.
    """
    line = encode(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    torn = not is_new and read_journal(path).torn is not None
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, (("\n" if torn else "") + line + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        _sync_folder(path.parent)


def encode(entry: Mapping[str, Any]) -> str:
    """The line of an entry: checked, keys in the order given.

    Raises:
        JournalError: The entry is not valid.
    """
    line = json.dumps(dict(entry), ensure_ascii=False)
    _parse(line, "new entry", 0)
    return line


def next_submission_id(entries: Sequence[Mapping[str, Any]], period: str, provider: str) -> str:
    """``<period>/<provider>/<nn>``: nn counts the sender's receipts in journal order."""
    start = f"{period}/{provider}/"
    earlier = sum(
        str(e.get("submission_id", "")).startswith(start)
        for e in entries
        if e.get("event") == "received"
    )
    return f"{start}{earlier + 1:02d}"


def unreceipted(
    entries: Sequence[Mapping[str, Any]], files: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """The (path, sha256) pairs that no receipt names."""
    known = {(e["path"], e["sha256"]) for e in entries if e.get("event") == "received"}
    return [pair for pair in files if pair not in known]


def last_time(entries: Sequence[Mapping[str, Any]]) -> dt.datetime:
    """The time of the last line: the default "now" of a period.

    Raises:
        JournalError: There is no line.
    """
    if not entries:
        raise JournalError("journal: no line; expected at least one; receive a file first")
    return max(dt.datetime.fromisoformat(str(entry["at"])) for entry in entries)


def _parse(line: str, name: str, number: int) -> Entry:
    try:
        entry = json.loads(line)
        kind = entry.get("event") if isinstance(entry, dict) else None
        if kind not in EVENTS:
            raise JournalError(f"{name}:{number}: event {kind!r}, expected one of {sorted(EVENTS)}")
        _KINDS.get(str(kind), _Line).model_validate(entry)
    except (json.JSONDecodeError, ValidationError) as error:
        msg = f"{name}:{number}: not a journal line ({error}); restore it from the backup"
        raise JournalError(msg) from error
    return entry


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
