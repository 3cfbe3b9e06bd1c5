"""What coordinators have decided, as the journal says it: the last line about a thing counts.

Belongs here: journal lines → decisions, and which earlier lines still speak. Does not belong
here: what follows from a decision (``validation.corrections``, ``identify``, ``values``), asking
for one (``orchestration``, ``reports``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from pipelines.vietnamese.text import normalise

Entry = Mapping[str, Any]
Action = Literal["accept", "return"]
# what a token that stands for no number may mean
MEANINGS = ("zero", "not_applicable", "missing")
_DASHES = "-–—−‐‑"
# kind of a line and the keys that say what it is about
Subject = tuple[str | None, ...]
VERDICTS = ("accept", "return")
_SUBJECTS = {
    "confirm": ("submission_id",),
    "means": ("provider", "element", "token"),
    "correct": ("submission_id", "sheet", "cell"),
    "verdict": ("submission_id", "sheet", "cell", "rule", "unit_id", "element"),
}
FindingKey = tuple[str, str | None, str | None, str, str | None, str | None]


@dataclass(frozen=True)
class Confirmed:
    """Whose file it is, for which period: said by a person where the header cannot be right.

    Attributes:
        submission_id: The file.
        unit: Unit that the file is from.
        period: Period of the file.
        form: Form that the file is read as.
        round: ``estimate`` or ``final``.
        who: Who decided.
        at: When, ISO with offset.
        why: On what grounds.
    """

    submission_id: str
    unit: str
    period: str
    form: str
    round: str
    who: str
    at: str
    why: str


@dataclass(frozen=True)
class Meaning:
    """What a provider means by a sign that is no number.

    Attributes:
        provider: Who writes it.
        element: In which element; None in every one.
        token: As it stands in the cell.
        state: One of ``MEANINGS``.
        who: Who decided.
        at: When.
        why: On what grounds.
    """

    provider: str
    element: str | None
    token: str
    state: str
    who: str
    at: str
    why: str


@dataclass(frozen=True)
class Correction:
    """The value that a cell should hold, said by those who sent it.

    Attributes:
        submission_id: The file.
        sheet: The sheet.
        cell: The cell.
        expect: What the cell held when this was decided; the correction applies to nothing else.
        value: The value as an official writes it.
        who: Who decided.
        at: When.
        why: On what grounds.
        told_by: Office of the person who gave the value; None for the file's own proposal.
        told_on: Day on which it was given, ISO.
    """

    submission_id: str
    sheet: str
    cell: str
    expect: str | None
    value: str
    who: str
    at: str
    why: str
    told_by: str | None = None
    told_on: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What was decided about one finding.

    Attributes:
        submission_id: File of the finding.
        sheet: Its sheet, if it has one.
        cell: Its cell, if it has one.
        rule: Its rule.
        unit_id: Whom it is about, if it says so.
        element: What it is about, if it says so.
        action: ``accept``: right although unusual; ``return``: the file goes back.
        who: Who decided.
        at: When.
        why: On what grounds.
        found: What the finding said then; another finding of the same place is open again.
    """

    submission_id: str
    sheet: str | None
    cell: str | None
    rule: str
    unit_id: str | None
    element: str | None
    action: Action
    who: str
    at: str
    why: str
    found: str | None = None

    @property
    def key(self) -> FindingKey:
        """The key of the finding in ``core.findings``."""
        return (
            self.submission_id,
            self.sheet,
            self.cell,
            self.rule,
            self.unit_id,
            self.element,
        )


@dataclass(frozen=True)
class Decisions:
    """Everything decided for a period; of several about one thing only the last."""

    confirmed: Mapping[str, Confirmed] = field(default_factory=dict)
    meanings: tuple[Meaning, ...] = ()
    corrections: tuple[Correction, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def decisions_of(entries: Sequence[Entry], earlier_entries: Sequence[Entry] = ()) -> Decisions:
    """The decisions of a period.

    Args:
        entries: The period's journal entries, in order.
        earlier_entries: Entries of earlier periods, oldest first. Only what they say of a
            provider's signs is remembered; everything else is about files of their own period.

    Returns:
        The decisions; of several lines about the same thing the last stands, and a line
        ``withdraw`` takes back what was decided about its finding or its cell.
    """
    lines = [*(entry for entry in earlier_entries if is_meaning(entry)), *entries]
    kept = [lines[place] for place in in_force(lines).values()]
    confirmed = [Confirmed(**_told(Confirmed, e)) for e in kept if action_of(e) == "confirm"]
    return Decisions(
        confirmed={each.submission_id: each for each in confirmed},
        meanings=tuple(Meaning(**_told(Meaning, e)) for e in kept if action_of(e) == "means"),
        corrections=tuple(
            Correction(**_told(Correction, e)) for e in kept if action_of(e) == "correct"
        ),
        verdicts=tuple(Verdict(**_told(Verdict, e)) for e in kept if action_of(e) in VERDICTS),
    )


def in_force(entries: Sequence[Entry]) -> dict[Subject, int]:
    """The lines that stand: what each is about, and its place among the entries.

    Args:
        entries: Journal entries in order; those that decide nothing are passed over.
    """
    standing: dict[Subject, int] = {}
    for place, entry in enumerate(entries):
        action = action_of(entry)
        if action == "withdraw":
            for subject in [s for s in standing if _is_about(s, entry)]:
                del standing[subject]
        elif action is not None:
            subject = _subject(action, entry)
            standing.pop(subject, None)
            standing[subject] = place
    return standing


def action_of(entry: Entry) -> str | None:
    """What a line decides: ``correct`` or the action it names; None when it decides nothing."""
    if is_correction(entry):
        return "correct"
    return str(entry["action"]) if entry.get("event") == "decision" else None


def _subject(action: str, entry: Entry) -> Subject:
    """What a line is about; a later line about the same takes its place."""
    names = _SUBJECTS["verdict" if action in VERDICTS else action]
    said = tuple(entry.get(name) for name in names)
    if action == "means":
        said = (*said[:2], token_of(str(entry["token"])))
    return ("verdict" if action in VERDICTS else action, *said)


def _is_about(subject: Subject, entry: Entry) -> bool:
    """Whether a withdrawal speaks of a subject; without a rule it speaks of all of its cell."""
    kind, *said = subject
    about = [entry.get(name) for name in _SUBJECTS["verdict"]]
    if kind == "confirm":
        return said[0] == about[0] and about[1:] == [None] * 5
    if kind == "means" or (about[2] is None and about[3] is None):
        return False
    return said == about if about[3] is not None else said[:3] == about[:3]


def token_of(text: str) -> str:
    """A sign as it is remembered: one spelling whatever its case, spaces and kind of dash."""
    word = normalise(text).lower().strip(" .;'")
    return "-" if word and not word.strip(_DASHES) else word


def meaning_id(provider: str, element: str | None, token: str) -> str:
    """What tells one meaning from another."""
    return "|".join((provider, element or "", token_of(token)))


def meaning_of(meanings: Sequence[Meaning], element: str, text: str | None) -> Meaning | None:
    """What a provider has said about a cell's text; what is said of the element goes first.

    Args:
        meanings: The meanings of the provider who sent the file.
        element: Element that the cell is asked for.
        text: The cell's text.
    """
    if text is None:
        return None
    token = token_of(text)
    said = {m.element: m for m in meanings if token_of(m.token) == token}
    return said.get(element) or said.get(None)


def is_meaning(entry: Entry) -> bool:
    """Whether a line says what a provider means by a sign; such lines outlive their period."""
    return entry.get("event") == "decision" and entry.get("action") == "means"


def is_correction(entry: Entry) -> bool:
    """Whether a line corrects the value of a cell, and not what is said of a document."""
    return entry.get("event") == "correction" and entry.get("cell") is not None


def _told(kind: type, entry: Entry) -> dict[str, Any]:
    """What a line says of each field of a dataclass."""
    return {each.name: entry.get(each.name) for each in fields(kind)}
