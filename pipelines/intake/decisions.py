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
Address = tuple[str, str, str]
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
    meanings: dict[tuple[str, str | None, str], Meaning] = {}
    confirmed: dict[str, Confirmed] = {}
    corrections: dict[Address, Correction] = {}
    verdicts: dict[FindingKey, Verdict] = {}
    for entry in (*earlier_entries, *entries):
        if is_meaning(entry):
            meaning = Meaning(**_told(Meaning, entry))
            meanings[meaning.provider, meaning.element, meaning.token] = meaning
    for entry in entries:
        if is_correction(entry):
            correction = Correction(**_told(Correction, entry))
            corrections[_address(entry)] = correction
        elif entry.get("event") != "decision":
            continue
        elif entry.get("action") == "confirm":
            confirmed[str(entry["submission_id"])] = Confirmed(**_told(Confirmed, entry))
        elif entry.get("action") in {"accept", "return"}:
            verdict = Verdict(**_told(Verdict, entry))
            verdicts[verdict.key] = verdict
        elif entry.get("action") == "withdraw":
            corrections.pop(_address(entry), None)
            taken_back = [key for key in verdicts if _is_about(key, entry)]
            for key in taken_back:
                del verdicts[key]
    return Decisions(
        confirmed, tuple(meanings.values()), tuple(corrections.values()), tuple(verdicts.values())
    )


def token_of(text: str) -> str:
    """A sign as it is remembered: one spelling whatever its case, spaces and kind of dash."""
    word = normalise(text).lower().strip(" .;'")
    return "-" if word and not word.strip(_DASHES) else word


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


def _address(entry: Entry) -> Address:
    return str(entry["submission_id"]), str(entry.get("sheet")), str(entry.get("cell"))


def _is_about(key: FindingKey, entry: Entry) -> bool:
    """Whether a line speaks of a finding; without a rule it speaks of every one of its cell."""
    same = key[:3] == (entry["submission_id"], entry.get("sheet"), entry.get("cell"))
    if entry.get("rule") is None:
        return same and entry.get("cell") is not None
    return same and key[3:] == (entry["rule"], entry.get("unit_id"), entry.get("element"))


def _told(kind: type, entry: Entry) -> dict[str, Any]:
    """What a line says of each field of a dataclass."""
    return {each.name: entry.get(each.name) for each in fields(kind)}
