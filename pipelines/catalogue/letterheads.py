"""Who issues a paper: what stands above and below it, by kind of scope, family and date.

Belongs here: entries of ``letterheads.yaml``, what must hold between them, filling them with the
name of a scope. Does not belong here: how a head looks (``reports.papers``), who is sent a paper
(``wording``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from pipelines.catalogue.base import Dated, Entry

if TYPE_CHECKING:
    from pipelines.catalogue.model import Catalogue

Family = Literal["party", "state"]
ScopeType = Literal["country", "province", "district", "commune"]
_BLANK = re.compile(r"\{(\w*)\}")
# "BC" of the kind of paper; name with and without its kind ("XÃ EA PHÊ", "EA PHÊ"); "HUYỆN ỦY"
BLANKS = frozenset({"CODE", "NAME", "PLACE", "COMMITTEE", "place"})
_ON_BEHALF = {"party": "T/M", "state": "TM."}


class PaperKind(Entry):
    """A kind of paper and its short form in the number ("BC" of "BÁO CÁO")."""

    id: str
    label_vi: str
    code: str
    source: str
    verified: bool


class Letterhead(Dated):
    """Who issues papers about scopes of a kind in one family.

    Texts hold ``BLANKS`` in braces. ``is_default``: the family a report is made in when nobody
    asks for one. ``symbol_vi`` follows the number.
    """

    id: str
    scope_type: ScopeType
    family: Family
    is_default: bool = False
    superior_vi: str = ""
    body_vi: str
    symbol_vi: str
    place_vi: str = "{place}"
    on_behalf_vi: str = ""
    role_vi: str
    source: str
    verified: bool
    note_vi: str = ""

    def texts(self) -> tuple[str, ...]:
        """Everything that may hold blanks."""
        return (
            self.superior_vi,
            self.body_vi,
            self.symbol_vi,
            self.place_vi,
            self.on_behalf_vi,
            self.role_vi,
        )


class Letterheads(Entry):
    """All letterheads; ``committees`` are Party committees by the first words of a scope's name."""

    kinds: dict[str, PaperKind] = Field(default_factory=dict)
    committees: dict[str, str] = Field(default_factory=dict)
    entries: dict[str, Letterhead] = Field(default_factory=dict)


class NoLetterhead(LookupError):  # noqa: N818 — says what is not there
    """Nobody is known who issues such a paper on that day."""


@dataclass(frozen=True)
class Issuer:
    """A letterhead filled with the name of a scope.

    Attributes:
        family: Party or state.
        kind: "BÁO CÁO".
        superior: The body above, in capitals; empty where none is named.
        body: The issuing body; line breaks are meant.
        symbol: What follows the number: "BC/BCĐ", "BC-UBND".
        place: Of the dateline.
        on_behalf: "T/M BAN CHỈ ĐẠO", "TM. ỦY BAN NHÂN DÂN"; may be empty.
        role: "TRƯỞNG BAN", "CHỦ TỊCH".
        verified: Whether the entry was checked against its source.
        source: Where it is from.
        note: What is not certain about it.
    """

    family: Family
    kind: str
    superior: str
    body: str
    symbol: str
    place: str
    on_behalf: str
    role: str
    verified: bool
    source: str
    note: str


def default_family(catalogue: Catalogue, scope_type: str, day: dt.date) -> Family:
    """The family of papers about such a scope when nobody asks for one.

    Raises:
        NoLetterhead: None is known.
    """
    for entry in catalogue.letterheads.entries.values():
        if entry.is_default and entry.scope_type == scope_type and entry.in_force(day):
            return entry.family
    raise NoLetterhead(_absent(scope_type, None, day))


def head_for(
    catalogue: Catalogue,
    scope_id: str,
    scope_type: str,
    scope_name: str,
    family: Family | None,
    day: dt.date,
    *,
    kind: str = "report",
) -> Issuer:
    """Who issues a paper about a scope.

    Args:
        catalogue: The catalogue.
        scope_id: For messages; it is never parsed.
        scope_type: ``unit_type`` of the scope.
        scope_name: As in ``ref.units``: "Huyện Krông Pắc", "Huyện minh họa". A name that is no
            proper noun after its kind stays whole, so that an illustrative scope never looks real.
        family: Party or state; None for the default.
        day: The day the paper speaks of: the last of its period.
        kind: Id of a kind of paper: ``report``, ``notice``.

    Raises:
        NoLetterhead: None is known for this kind of scope, family and day, or of such a paper.
    """
    wanted = family or default_family(catalogue, scope_type, day)
    papers = catalogue.letterheads.kinds
    if kind not in papers:
        msg = f"unknown kind of paper {kind}; known: {', '.join(sorted(papers))}"
        raise NoLetterhead(msg)
    for entry in catalogue.letterheads.entries.values():
        if (entry.scope_type, entry.family) == (scope_type, wanted) and entry.in_force(day):
            return _filled(entry, papers[kind], _blanks(catalogue.letterheads, scope_name))
    raise NoLetterhead(f"{scope_id}: {_absent(scope_type, wanted, day)}")


def _absent(scope_type: str, family: Family | None, day: dt.date) -> str:
    what = f"{family} letterhead" if family else "default letterhead"
    return f"no {what} for a {scope_type} on {day:%Y-%m-%d}; add it to letterheads.yaml"


def _blanks(letterheads: Letterheads, name: str) -> dict[str, str]:
    """What stands in the places of a scope."""
    kinds = sorted(letterheads.committees, key=len, reverse=True)
    kind = next((kind for kind in kinds if name.startswith(f"{kind} ")), "")
    proper = name[len(kind) :].strip()
    if not proper or proper == proper.lower() or proper[0].islower():
        proper = name
    return {
        "NAME": name.upper(),
        "PLACE": proper.upper(),
        "COMMITTEE": letterheads.committees.get(kind, ""),
        "place": proper,
    }


def _filled(entry: Letterhead, kind: PaperKind, blanks: dict[str, str]) -> Issuer:
    known = {**blanks, "CODE": kind.code}

    if "{COMMITTEE}" in entry.superior_vi and not known["COMMITTEE"]:
        msg = f"{known['place']}: no Party committee is known for such a name; see committees"
        raise NoLetterhead(msg)

    def fill(text: str) -> str:
        return _BLANK.sub(lambda blank: known[blank[1]], text).strip()

    superior, body, symbol, place, on_behalf, role = (fill(text) for text in entry.texts())
    return Issuer(
        family=entry.family,
        kind=kind.label_vi,
        superior=superior,
        body=body,
        symbol=symbol,
        place=place,
        on_behalf=on_behalf,
        role=role,
        verified=entry.verified,
        source=entry.source,
        note=entry.note_vi,
    )


def letterhead_problems(letterheads: Letterheads) -> Iterator[str]:
    """Blanks nobody fills, signs of the other family, days with two letterheads or defaults."""
    entries = list(letterheads.entries.values())
    for entry in entries:
        for text in entry.texts():
            for blank in _BLANK.findall(text):
                if blank not in BLANKS:
                    yield f"letterhead {entry.id}: unknown blank {{{blank}}}"
        sign = _ON_BEHALF[entry.family]
        if entry.on_behalf_vi and not entry.on_behalf_vi.startswith(sign):
            yield f"letterhead {entry.id}: papers of the {entry.family} are signed {sign}"
        if not entry.source.strip():
            yield f"letterhead {entry.id}: it must say where it is from"
    for n, one in enumerate(entries):
        for other in entries[n + 1 :]:
            same = (one.scope_type, one.family) == (other.scope_type, other.family)
            if same and _overlap(one, other):
                yield f"letterheads {one.id} and {other.id}: both in force on some day"
    yield from _defaults(entries)


def _defaults(entries: list[Letterhead]) -> Iterator[str]:
    """On each day that something begins, a kind of scope has one default."""
    for scope_type in sorted({entry.scope_type for entry in entries}):
        mine = [entry for entry in entries if entry.scope_type == scope_type]
        for day in sorted({entry.valid_from for entry in mine}):
            defaults = [entry.id for entry in mine if entry.is_default and entry.in_force(day)]
            if len(defaults) != 1:
                told = ", ".join(defaults) or "none"
                yield f"letterheads of a {scope_type} on {day:%Y-%m-%d}: one default, found {told}"


def _overlap(one: Dated, other: Dated) -> bool:
    latest = max(one.valid_from, other.valid_from)
    return one.in_force(latest) and other.in_force(latest)
