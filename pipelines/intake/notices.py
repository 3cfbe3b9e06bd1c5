"""Notices that went out and calls that were made: lines of a period's journal.

Belongs here: what such a line must say, reading them. Does not belong here: which notices are
due, their texts (``operations``), writing a line (``journal``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, StringConstraints

from pipelines.intake.documents import names_office
from pipelines.vietnamese.text import MASK, mask_personal

NOTICE, CALL = "notice", "call"


def _office(text: str) -> str:
    if not names_office(text):
        raise ValueError("an office is named, never a person")
    return text


def _impersonal(text: str) -> str:
    if MASK in mask_personal(text):
        raise ValueError("a note holds no number of a person or telephone")
    return text


_Filled = Annotated[str, StringConstraints(min_length=1)]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


class NoticeFields(BaseModel):
    """A notice that was sent: of what kind, about which unit, by what.

    Attributes:
        kind: Kind of notice.
        unit_id: Whom it is about; "" where it is about the system.
        fingerprint: What it was about; no two lines have the same.
        channel: By what it went.
    """

    kind: _Filled
    unit_id: str
    fingerprint: Fingerprint
    channel: _Filled


class CallFields(BaseModel):
    """A call to a unit.

    Attributes:
        unit_id: Who was called.
        by: Office of who called.
        outcome: What came of it.
        note: What was said; no name, no number of a person.
    """

    unit_id: _Filled
    by: Annotated[_Filled, AfterValidator(_office)]
    outcome: _Filled
    note: Annotated[str, StringConstraints(max_length=300), AfterValidator(_impersonal)] = ""


@dataclass(frozen=True)
class Sent:
    """A notice as its line tells; fields as in ``NoticeFields``."""

    at: str
    who: str
    kind: str
    unit_id: str
    fingerprint: str
    channel: str


@dataclass(frozen=True)
class Call:
    """A call as its line tells; fields as in ``CallFields``."""

    at: str
    unit_id: str
    by: str
    outcome: str
    note: str


def sent_notices(entries: Sequence[Mapping[str, Any]]) -> dict[str, Sent]:
    """The notices that went out, by fingerprint; the first line counts."""
    found: dict[str, Sent] = {}
    for entry in entries:
        if entry.get("event") == NOTICE:
            names = ("at", "who", "kind", "unit_id", "fingerprint", "channel")
            line = Sent(**{name: str(entry[name]) for name in names})
            found.setdefault(line.fingerprint, line)
    return found


def calls(entries: Sequence[Mapping[str, Any]]) -> list[Call]:
    """The calls, in journal order."""
    return [
        Call(
            at=str(entry["at"]),
            unit_id=str(entry["unit_id"]),
            by=str(entry["by"]),
            outcome=str(entry["outcome"]),
            note=str(entry.get("note", "")),
        )
        for entry in entries
        if entry.get("event") == CALL
    ]
