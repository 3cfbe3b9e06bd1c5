"""The journal of a period: append-only lines of what cannot be recomputed.

Belongs here: reading, checking and appending lines. Does not belong here: a clock — times come
from the caller.
"""

from __future__ import annotations

import datetime as dt
import json
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

from pipelines.catalogue.load import load_migrations
from pipelines.catalogue.migrations import entry_of_today
from pipelines.intake.adjustments import AdjustmentFields
from pipelines.intake.appending import append_line, set_aside
from pipelines.intake.documents import EvidenceNote
from pipelines.intake.notices import CALL, NOTICE, CallFields, NoticeFields
from pipelines.intake.receipts import is_move
from pipelines.intake.releases import ReleaseFields
from pipelines.vietnamese.text import mask_personal

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
    """Said later: of a document (``evidence``), of a file's place (``path``), or of a cell."""

    submission_id: _SubmissionId | None = None
    evidence: EvidenceNote | None = None
    path: _Path | None = None
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
        said = {"evidence": self.evidence, "path": self.path}
        for name, value in said.items():
            if value is not None and self.submission_id is None:
                raise ValueError(f"{name} without submission_id, expected the file's receipt")
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
    """A period is opened, closed, locked or reopened; which may follow which: ``period_states``."""

    action: Literal["open", "close", "lock", "reopen"]
    why: _Filled | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.action == "reopen" and self.why is None:
            raise ValueError("reopen without why")
        return self


class _Refused(_Line):
    """A file that was not kept; its name and content are not either."""

    sha256: _Sha256
    sender: _Filled
    why: _Filled


class _Release(_Line, ReleaseFields):
    """A step in a release's life; ``releases`` says what each action needs."""


class _Text(_Line):
    """What an official typed for a report: which place of it, which words."""

    about: _Filled
    text: str


class _Review(_Line):
    """What somebody noted when looking something over."""

    about: _Filled
    text: _Filled


class _Adjustment(_Line, AdjustmentFields):
    """An analyst's own value for a figure, beside the computed one."""


class _Notice(_Line, NoticeFields):
    """A notice that was sent; ``notices`` says what each field means."""


class _Call(_Line, CallFields):
    """A call to a unit; ``notices`` says what each field means."""


_KINDS: dict[str, type[_Line]] = {
    "received": _Received,
    "period": _Period,
    "correction": _Correction,
    "decision": _Decision,
    "refused": _Refused,
    "release": _Release,
    "text": _Text,
    "review": _Review,
    "adjustment": _Adjustment,
    NOTICE: _Notice,
    CALL: _Call,
}
EVENTS = frozenset(_KINDS)
# lines about the papers of a period and about talking with units, which say nothing of figures
ABOUT_PAPERS = frozenset({"adjustment", "release", "review", "text", NOTICE, CALL})


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
    """Read a journal, under the names of today; a file that is not there has no entries.

    Raises:
        JournalError: A line other than a torn last one is not a valid entry.
    """
    if not path.is_file():
        return JournalRead([], None)
    # decoded by hand: a text file would turn a carriage return into the end of a line
    text = path.read_bytes().decode("utf-8", errors="surrogateescape")
    lines = text.split("\n")
    last = lines.pop()
    names = load_migrations()
    entries = [
        entry_of_today(_parse(line, path.name, number), names)
        for number, line in enumerate(lines, start=1)
        if line
    ]
    if not last:
        return JournalRead(entries, None)
    try:  # an editor may have dropped the last line's end, and nothing else
        entries.append(entry_of_today(_parse(last, path.name, len(lines) + 1), names))
    except JournalError:
        return JournalRead(entries, last)
    return JournalRead(entries, None)


def append(path: Path, entry: Mapping[str, Any]) -> None:
    """Append one line and make it durable; nothing that stands is touched.

    A last line that a cut write left unfinished is kept in a file of its own beside the journal
    (``appending.set_aside``) before the new line is written.

    Args:
        path: The journal; it and its folder are made when they are not there.
        entry: What happened, with its time.

    Raises:
        JournalError: The entry is not valid, or a line of the journal is broken.
        OSError: It cannot be written; the journal is as it was.
    """
    why = entry.get("why")
    # a reason is shown wherever the line is: whom it names stays with who typed it
    said = {**entry, "why": mask_personal(why)} if isinstance(why, str) else entry
    line = f"{encode(said)}\n".encode()
    if read_journal(path).torn is not None:
        set_aside(path)
    append_line(path, line)


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
    hashes = {e["submission_id"]: e["sha256"] for e in entries if e.get("event") == "received"}
    # a receipt that follows its file still names the place where it was received
    known = {(e["path"], e["sha256"]) for e in entries if e.get("event") == "received"}
    known |= {(e["path"], hashes.get(e["submission_id"])) for e in entries if is_move(e)}
    return [pair for pair in files if pair not in known]


def last_time(entries: Sequence[Mapping[str, Any]]) -> dt.datetime:
    """The time of the last line: the default "now" of a period.

    That a file lies elsewhere in the same folder is no news of the period and does not count; nor
    does what is said about papers: who looked them over, typed in them or signed them changes no
    figure.

    Raises:
        JournalError: There is no line.
    """
    news = [e for e in entries if not is_move(e) and e.get("event") not in ABOUT_PAPERS]
    if not news:
        raise JournalError("journal: no line; expected at least one; receive a file first")
    return max(dt.datetime.fromisoformat(str(entry["at"])) for entry in news)


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
        _KINDS[kind].model_validate(entry)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise _refused(name, number, "; ".join(wrong)) from error
    return entry


def _refused(name: str, number: int, what: str) -> JournalError:
    action = "restore this line from the backup" if number else "nothing was written"
    return JournalError(f"{name}:{number}: {what}; {action}")
