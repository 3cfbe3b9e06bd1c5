"""What officials typed for a report, as the journal says it: the last line about a place counts.

Belongs here: journal lines → texts by key, their history, making a line, one hash of them. Does
not belong here: which keys there are (the catalogue's ``narrative``), the file that is edited
(``orchestration.narrative_command``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Entry = Mapping[str, Any]
ABOUT = "narrative:"


@dataclass(frozen=True)
class Typed:
    """A text that an official typed.

    Attributes:
        text: In full; empty where it was taken back.
        who: Office of the person.
        at: When, ISO with offset.
        why: Reason, if one was given.
    """

    text: str
    who: str
    at: str
    why: str | None = None


def typed_history(entries: Sequence[Entry]) -> dict[str, list[Typed]]:
    """Every version of every text by key, oldest first.

    Args:
        entries: The period's journal entries, in order.
    """
    found: dict[str, list[Typed]] = {}
    for entry in entries:
        about = str(entry.get("about", ""))
        if entry.get("event") == "text" and about.startswith(ABOUT):
            typed = Typed(entry["text"], entry["who"], entry["at"], entry.get("why"))
            found.setdefault(about.removeprefix(ABOUT), []).append(typed)
    return found


def typed_texts(entries: Sequence[Entry]) -> dict[str, Typed]:
    """The text in force of every key; one that was taken back is empty."""
    return {key: versions[-1] for key, versions in typed_history(entries).items()}


def typed_words(entries: Sequence[Entry]) -> dict[str, str]:
    """The words in force by key, without those that were taken back."""
    return {key: typed.text for key, typed in typed_texts(entries).items() if typed.text.strip()}


def typed_hash(entries: Sequence[Entry]) -> str:
    """SHA-256 of the words in force: a report with other words is another report."""
    text = json.dumps(typed_words(entries), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def text_line(key: str, text: str, *, at: str, who: str, why: str | None) -> dict[str, Any]:
    """The journal line of a text."""
    line = {"at": at, "who": who, "event": "text", "about": f"{ABOUT}{key}", "text": text}
    return line if why is None else line | {"why": why}
