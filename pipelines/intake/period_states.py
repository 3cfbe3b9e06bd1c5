"""A period's life: opened, closed, locked, reopened, and what may follow what.

Belongs here: the state that journal lines leave a period in, and its legal transitions. Does not
belong here: writing a line (``journal``), what a locked period refuses (``orchestration``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NEVER_OPENED = ""
LOCKED = "lock"
# the last action → the actions that may follow; a file in a folder opens no period by itself
_NEXT: dict[str, tuple[str, ...]] = {
    NEVER_OPENED: ("open",),
    "open": ("close",),
    "reopen": ("close",),
    "close": ("lock", "reopen"),
    LOCKED: ("reopen",),
}
NEEDS_REASON = frozenset({"reopen"})


@dataclass(frozen=True)
class PeriodEvent:
    """A period line of the journal.

    Attributes:
        action: ``open``, ``close``, ``lock`` or ``reopen``.
        at: When, ISO with offset.
        who: Who did it.
        why: For what reason, where one is said.
    """

    action: str
    at: str
    who: str
    why: str | None


def period_events(entries: Sequence[Mapping[str, Any]]) -> list[PeriodEvent]:
    """What happened to a period as such, in journal order."""
    return [
        PeriodEvent(str(e["action"]), str(e["at"]), str(e["who"]), e.get("why"))
        for e in entries
        if e.get("event") == "period"
    ]


def state_of(entries: Sequence[Mapping[str, Any]]) -> str:
    """The last action on a period; ``NEVER_OPENED`` where there is none."""
    events = period_events(entries)
    return events[-1].action if events else NEVER_OPENED


def is_locked(entries: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the last word on the period is ``lock``."""
    return state_of(entries) == LOCKED


def may_follow(state: str) -> tuple[str, ...]:
    """The actions that a period in a state allows."""
    return _NEXT[state]
