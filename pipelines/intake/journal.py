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
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from pipelines.intake.documents import EvidenceNote

Entry = dict[str, Any]


class JournalError(ValueError):
    """A line that is no journal entry; says which, what is wrong and what to do."""


def _with_offset(text: str) -> str:
    if dt.datetime.fromisoformat(text).utcoffset() is None:
        raise ValueError("a time without offset, expected e.g. 2021-06-08T09:12:00+07:00")
    return text


def _below_root(text: str) -> str:
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError("a path that leads out of the project")
    return text


_Filled = Annotated[str, StringConstraints(min_length=1)]
_Time = Annotated[str, AfterValidator(_with_offset)]
_Path = Annotated[_Filled, AfterValidator(_below_root)]
_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]+$")]
_SubmissionId = Annotated[str, StringConstraints(pattern=r"^[^/]+/[^/]+/[0-9]{2,}$")]


class _Line(BaseModel):
    """What every line says; further keys are kept as they are."""

    model_config = ConfigDict(extra="allow")

    at: _Time
    who: _Filled
    event: str


class _Received(_Line):
    submission_id: _SubmissionId
    sha256: _Sha256
    path: _Path
    channel: str | None = None
    evidence: EvidenceNote | None = None


class _Correction(_Line):
    """What is said later: of a document (``evidence``), or of the value of a cell."""

    submission_id: _SubmissionId | None = None
    evidence: EvidenceNote | None = None
    sheet: _Filled | None = None
    cell: _Filled | None = None
    expect: str | None = None
    value: _Filled | None = None
    why: _Filled | None = None
    told_by: _Filled | None = None
    told_on: dt.date | None = None

    @model_validator(mode="after")
    def _names_the_cell(self) -> Self:
        told = (self.submission_id, self.sheet, self.cell, self.value, self.why)
        if self.cell is not None and None in told:
            raise ValueError("a cell's correction needs submission_id, sheet, cell, value and why")
        return self

    @model_validator(mode="after")
    def _names_the_document(self) -> Self:
        if self.evidence is not None and self.submission_id is None:
            raise ValueError("evidence without submission_id, expected the document's receipt")
        return self


class _Decision(_Line):
    """A coordinator's decision; ``intake.decisions`` says what each field means."""

    action: Literal["confirm", "means", "accept", "return", "withdraw"]
    submission_id: _SubmissionId | None = None
    round: Literal["estimate", "final"] | None = None
    state: Literal["zero", "not_applicable", "missing"] | None = None
    why: _Filled

    @model_validator(mode="after")
    def _says_what_about(self) -> Self:
        said = self.model_dump(exclude_none=True)
        needed = _DECISION_NEEDS[self.action]
        absent = [name for name in needed if said.get(name) in (None, "")]
        if absent:
            raise ValueError(f"{self.action} without {', '.join(absent)}")
        return self


_DECISION_NEEDS = {
    "confirm": ("submission_id", "unit", "period", "form", "round"),
    "means": ("provider", "token", "state"),
    "accept": ("submission_id", "rule"),
    "return": ("submission_id", "rule"),
    "withdraw": ("submission_id",),
}


class _Period(_Line):
    action: Literal["open", "close", "lock", "reopen"]
    why: str | None = None


_KINDS: dict[str, type[_Line]] = {
    "received": _Received,
    "period": _Period,
    "correction": _Correction,
    "decision": _Decision,
}
EVENTS = frozenset({"received", "period", "decision", "correction", "release", "text", "review"})


@dataclass(frozen=True)
class JournalRead:
    """A journal as read.

    Attributes:
        entries: The lines in order.
        torn: A last line that a cut write left unfinished; set aside and reported, not lost.
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
    last = lines.pop()
    entries = [
        _parse(line, path.name, number) for number, line in enumerate(lines, start=1) if line
    ]
    if not last:
        return JournalRead(entries, None)
    try:  # an editor may have dropped the last line's end, and nothing else
        entries.append(_parse(last, path.name, len(lines) + 1))
    except JournalError:
        return JournalRead(entries, last)
    return JournalRead(entries, None)


def append(path: Path, entry: Mapping[str, Any]) -> None:
    """Append one line and make it durable; nothing that stands is touched.

    Args:
        path: The journal; it and its folder are made when they are not there.
        entry: What happened, with its time.

    Raises:
        JournalError: The entry is not valid, or the journal's last line is torn.
    """
    line = f"{encode(entry)}\n".encode()
    torn = read_journal(path).torn
    if torn is not None:
        msg = (
            f"{path.name}: the last line was cut ({torn[:60]!r}), expected a whole line;"
            " delete these characters, note what they said, then run again"
        )
        raise JournalError(msg)
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            line = b"\n" + line
        while line:
            line = line[os.write(handle, line) :]
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
    try:
        line = json.dumps(dict(entry), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise _refused("new entry", 0, f"no JSON ({error})") from error
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
    """The entry of a line; ``number`` 0 stands for one that is not written yet."""
    try:
        entry = json.loads(line)
    except json.JSONDecodeError as error:
        raise _refused(name, number, f"no JSON ({error})") from error
    kind = entry.get("event") if isinstance(entry, dict) else None
    if not isinstance(kind, str) or kind not in EVENTS:
        raise _refused(name, number, f"event {kind!r}, expected one of {sorted(EVENTS)}")
    try:
        _KINDS.get(kind, _Line).model_validate(entry)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise _refused(name, number, "; ".join(wrong)) from error
    return entry


def _refused(name: str, number: int, what: str) -> JournalError:
    action = "restore this line from the backup" if number else "nothing was written"
    return JournalError(f"{name}:{number}: {what}; {action}")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
