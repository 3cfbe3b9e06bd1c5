"""A release's life: submitted, returned, issued, corrected, withdrawn, its signed copy filed.

Belongs here: what a release line of the journal must say, the state that lines leave a release
in, what may follow what. Does not belong here: writing a line (``journal``), the archive of an
issued release (``orchestration.release_archive``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from pipelines.intake.documents import names_office

DRAFT, SUBMITTED, RETURNED = "draft", "submitted", "returned"
ISSUED, CORRECTED, WITHDRAWN = "issued", "corrected", "withdrawn"
NOT_YET = ""
Action = Literal["submit", "return", "withdraw", "issue", "correct", "sign"]
# the state of a release → the actions that may follow; ``correct`` opens the next one
_NEXT: dict[str, tuple[str, ...]] = {
    NOT_YET: ("submit", "correct"),
    DRAFT: ("submit", "withdraw"),
    SUBMITTED: ("issue", "return", "withdraw"),
    RETURNED: ("submit", "withdraw"),
    ISSUED: ("correct", "withdraw", "sign"),
    CORRECTED: ("sign",),
    WITHDRAWN: (),
}
_AFTER = {"submit": SUBMITTED, "return": RETURNED, "issue": ISSUED, "correct": DRAFT}
_NEEDS: dict[str, tuple[str, ...]] = {
    "submit": ("content", "preparer", "checker"),
    "return": ("why",),
    "withdraw": ("why",),
    "issue": ("number", "signed_on", "preparer", "checker", "signer", "sha256"),
    "correct": ("corrects", "why"),
    "sign": ("path", "sha256", "differences"),
}
NUMBER = r"^[0-9]{1,5}[a-z]?$"


def _role(text: str) -> str:
    if not names_office(text):
        raise ValueError("a role is named, never a person")
    return text


_Filled = Annotated[str, StringConstraints(min_length=1)]
_Role = Annotated[_Filled, AfterValidator(_role)]
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*/[0-9]{2,}$")]
_Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class ReleaseFields(BaseModel):
    """What a journal line about a release says; which fields an action needs is checked.

    Attributes:
        release_id: ``<period>/<nn>``.
        action: What was done.
        why: The reason; compulsory to return, withdraw and correct.
        content: Hash of the tables and texts that were submitted.
        preparer: Role of who prepared it.
        checker: Role of who checked it.
        signer: Role of who signed it.
        number: Number of the paper, without its symbol.
        signed_on: Day of the signature.
        sha256: Of the archive's ``release.json``, or of a signed copy.
        corrects: The release that a new one corrects.
        path: Of a signed copy, below the release's folder.
        differences: How many numbers of a signed copy are not those of the release.
    """

    release_id: _Id
    action: Action
    why: _Filled | None = None
    content: _Hash | None = None
    preparer: _Role | None = None
    checker: _Role | None = None
    signer: _Role | None = None
    number: Annotated[str, StringConstraints(pattern=NUMBER)] | None = None
    signed_on: dt.date | None = None
    sha256: _Hash | None = None
    corrects: _Id | None = None
    path: _Filled | None = None
    differences: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        absent = [name for name in _NEEDS[self.action] if getattr(self, name) is None]
        if absent:
            raise ValueError(f"{self.action} without {', '.join(absent)}")
        if self.differences and self.why is None:
            raise ValueError("a signed copy that differs was filed without why")
        return self


@dataclass(frozen=True)
class Signed:
    """A signed copy that was filed: below the release's folder, its hash, what differs, why."""

    path: str
    sha256: str
    differences: int = 0
    why: str | None = None


@dataclass(frozen=True)
class Release:
    """A release as its journal lines leave it.

    Attributes:
        release_id: ``<period>/<nn>``.
        state: ``draft`` (a correction was begun), ``submitted``, ``returned``, ``issued``,
            ``corrected``, ``withdrawn``.
        was_issued: Whether there is an archive of it.
        content: Hash of what was submitted last.
        number: Of the paper.
        signed_on: Day of the signature, ISO.
        preparer: Role.
        checker: Role.
        signer: Role.
        sha256: Of the archive's ``release.json``.
        corrects: The release that this one corrects.
        corrected_by: The release that corrects this one.
        correction: Why it corrects that one.
        why: Reason of the last step that had one.
        signed: Signed copies that were filed.
    """

    release_id: str
    state: str = NOT_YET
    was_issued: bool = False
    content: str | None = None
    number: str | None = None
    signed_on: str | None = None
    preparer: str | None = None
    checker: str | None = None
    signer: str | None = None
    sha256: str | None = None
    corrects: str | None = None
    corrected_by: str | None = None
    correction: str | None = None
    why: str | None = None
    signed: tuple[Signed, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is still on its way to being issued."""
        return self.state in {DRAFT, SUBMITTED, RETURNED}

    @property
    def allows(self) -> tuple[str, ...]:
        """The actions that may follow."""
        return _NEXT[self.state]


@dataclass(frozen=True)
class Issued:
    """What is printed on the papers of a release that is being issued.

    Attributes:
        release_id: ``<period>/<nn>``.
        number: Of the paper, without its symbol.
        signed_on: Day of the signature.
        signer: Role of who signs.
        preparer: Role of who prepared it.
        checker: Role of who checked it.
        corrects: The release that it corrects.
        correction: Why.
    """

    release_id: str
    number: str
    signed_on: dt.date
    signer: str
    preparer: str
    checker: str
    corrects: str | None = None
    correction: str | None = None


def releases_of(entries: Sequence[Mapping[str, Any]]) -> list[Release]:
    """The releases of a period, by number, as the journal leaves them.

    Args:
        entries: Journal entries of the period.
    """
    found: dict[str, Release] = {}
    for entry in entries:
        if entry.get("event") == "release":
            name = str(entry["release_id"])
            found[name] = _after(found.get(name, Release(name)), entry)
    by = {
        release.corrects: name
        for name, release in found.items()
        if release.corrects and release.state in {ISSUED, CORRECTED}
    }
    return [
        replace(
            release,
            corrected_by=by.get(name),
            state=CORRECTED if name in by and release.state == ISSUED else release.state,
        )
        for name, release in sorted(found.items(), key=lambda item: _place(item[0]))
    ]


def _after(release: Release, entry: Mapping[str, Any]) -> Release:
    """A release after one more line."""
    action = str(entry["action"])
    if action == "sign":
        copy = Signed(
            str(entry["path"]), str(entry["sha256"]), int(entry["differences"]), entry.get("why")
        )
        return replace(release, signed=(*release.signed, copy))
    if action == "withdraw":
        return _withdrawn(release, entry.get("why"))
    names = ("content", "number", "signed_on", "preparer", "checker", "signer", "sha256")
    said = {name: entry[name] for name in (*names, "corrects", "why") if entry.get(name)}
    if action == "correct":
        said["correction"] = said.get("why")
    was_issued = release.was_issued or action == "issue"
    return replace(release, state=_AFTER[action], was_issued=was_issued, **said)


def _withdrawn(release: Release, why: str | None) -> Release:
    """Issued: it stands no more; submitted: back to who prepared it; else as if never begun."""
    if release.was_issued:
        return replace(release, state=WITHDRAWN, why=why)
    if release.state == SUBMITTED:
        return replace(release, state=RETURNED, why=why)
    return Release(release.release_id, why=why)


def open_release(releases: Sequence[Release]) -> Release | None:
    """The release that is on its way, if there is one."""
    return next((release for release in reversed(releases) if release.is_open), None)


def in_force(releases: Sequence[Release]) -> Release | None:
    """The release that stands: issued, neither corrected nor withdrawn."""
    return next((release for release in reversed(releases) if release.state == ISSUED), None)


def next_id(releases: Sequence[Release], period: str) -> str:
    """``<period>/<nn>``, one more than the last that was issued."""
    issued = [_place(release.release_id) for release in releases if release.was_issued]
    return f"{period}/{max(issued, default=0) + 1:02d}"


def find(releases: Sequence[Release], release_id: str) -> Release | None:
    """The release of an id."""
    return next((each for each in releases if each.release_id == release_id), None)


def _place(release_id: str) -> int:
    return int(release_id.rpartition("/")[2])
