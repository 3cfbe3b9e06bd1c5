"""Which unit a text means, on a day and within a scope.

Order: code, then the name with its accents, then another spelling on record, then the name
without accents. The last is never enough alone: it needs one single unit inside the scope and is
told as "gần đúng". Where several units fit nobody is chosen.

Belongs here: text → unit. Does not belong here: keys of names (``spelling``), what a file says
about itself (``intake``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Self

import pandas as pd

from pipelines.places.spelling import LEVELS, Said, accented_key, bare_key, parse_place, strip_body
from pipelines.places.succession import heirs
from pipelines.vietnamese.text import normalise

How = Literal[
    "code",
    "name",
    "alias",
    "near",
    "ended",
    "ambiguous",
    "conflict",
    "outside",
    "not_yet",
    "unknown",
]
_CODE_AND_NAME = re.compile(
    r"(?:mã(?: số)?:? )?(\d{5})\b[\s.:\-–]*(.*)|(.+?)[\s(\[–-]+(\d{5})[)\]]?"
)
_MAX_STEPS = 10


@dataclass(frozen=True)
class Match:
    """What a text was found to mean.

    Attributes:
        unit_id: The unit; None when no single one is meant.
        how: Found by ``code``, ``name`` (accents agree), ``alias`` (a spelling on record),
            ``near`` (without accents, or another kind of unit: must be told), ``ended`` (no longer
            exists on the day). Not found: ``ambiguous`` (several fit), ``conflict`` (code and name
            disagree), ``outside`` (only elsewhere), ``not_yet``, ``unknown``.
        candidates: The unit, or those that might be meant.
    """

    unit_id: str | None
    how: How
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Row:
    unit_type: str
    kind: str
    code: str
    parent: str | None
    first: dt.date
    last: dt.date

    def lives(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


class Directory:
    """All units under all their names; made once, asked often.

    Args:
        units: ``ref.units``.
        names: ``ref.unit_names``; None when no other spellings are known.
        successions: ``ref.unit_successions``; None when nothing is known to have succeeded.

    Attributes:
        names: Official name by unit id.
        known: All unit ids.
        successions: As given.
    """

    def __init__(
        self,
        units: pd.DataFrame,
        names: pd.DataFrame | None = None,
        successions: pd.DataFrame | None = None,
    ) -> None:
        self.names = dict(zip(units["unit_id"].astype(str), units["name"].astype(str), strict=True))
        self.known = frozenset(self.names)
        self.successions = successions
        self._heirs = heirs(successions) if successions is not None else {}
        self._rows = {str(row["unit_id"]): _row(row) for row in units.to_dict("records")}
        self._full: dict[str, set[str]] = defaultdict(set)
        self._by_code: dict[str, set[str]] = defaultdict(set)
        self._levels: dict[str, dict[str, set[str]]] = {
            how: defaultdict(set) for how in ("name", "alias", "near")
        }
        for unit_id, row in self._rows.items():
            self._by_code[row.code.casefold()].add(unit_id)
            self._add(unit_id, self.names[unit_id], "name")
        for unit_id, name in [] if names is None else names[["unit_id", "name"]].to_numpy():
            self._add(str(unit_id), str(name), "alias")

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame]) -> Self:
        """The directory of a set of ``ref.*`` tables."""
        return cls(tables["ref.units"], tables["ref.unit_names"], tables["ref.unit_successions"])

    def _add(self, unit_id: str, name: str, how: str) -> None:
        own = _own_name(self._rows[unit_id], name)
        self._levels[how][accented_key(own)].add(unit_id)
        self._levels["near"][bare_key(own)].add(unit_id)
        if how == "name":
            self._full[accented_key(name)].add(unit_id)

    def parent_on(self, unit_id: str, day: dt.date) -> str | None:
        """The unit above on a day: where the one on record has ended, what took over from it."""
        parent = self._rows[unit_id].parent
        for _ in range(_MAX_STEPS):
            if parent is None or parent not in self._rows or self._rows[parent].lives(day):
                break
            parent = self._heirs.get(parent)
        return parent if parent in self._rows else None

    def scope_of(self, unit_id: str, day: dt.date) -> str:
        """The scope a unit reports to: its parent on that day, or itself when it has none."""
        return self.parent_on(unit_id, day) or unit_id

    def last_day(self, unit_id: str) -> dt.date | None:
        """The last day of a unit; None while it exists."""
        last = self._rows[unit_id].last
        return None if last == dt.date.max else last

    def above(self, unit_id: str, day: dt.date) -> list[str]:
        """A unit and everything above it on a day, from the bottom."""
        chain, unit = [unit_id], self.parent_on(unit_id, day)
        while unit is not None and unit not in chain:
            chain.append(unit)
            unit = self.parent_on(unit, day)
        return chain

    def find(
        self,
        text: str,
        day: dt.date,
        scope_id: str | None = None,
        kinds: Collection[str] | None = None,
    ) -> Match:
        """Which unit a text means.

        Args:
            text: A code, a ``unit_id``, a name in any spelling, with or without its kind and the
                places around it.
            day: Day on which the unit is meant to exist; decides codes that were used again.
            scope_id: Unit below which it is looked for first.
            kinds: Kinds of unit that can be meant; None for all.

        Returns:
            The match; ``unit_id`` is None unless exactly one unit fits.
        """
        asked = normalise(text)
        if asked in self._rows:
            return Match(asked, "code", (asked,))
        coded = self._find_code(asked, day, scope_id, kinds)
        if coded is not None or not asked:
            return coded or Match(None, "unknown")
        return self._find_name(asked, day, scope_id, kinds)

    def _find_code(
        self, text: str, day: dt.date, scope_id: str | None, kinds: Collection[str] | None
    ) -> Match | None:
        pair = _CODE_AND_NAME.fullmatch(text)
        code, name = (pair[1] or pair[4], pair[2] or pair[3] or "") if pair else (text, "")
        known = self._of_kinds(self._by_code.get(code.casefold(), set()), kinds)
        if not known:
            return None
        match = self._at(known, "code", day, scope_id)
        if not name or match.unit_id is None:
            return match
        named = self._find_name(name, day, scope_id, kinds)
        if named.unit_id == match.unit_id:
            return match
        return Match(None, "conflict", tuple(sorted({*match.candidates, *named.candidates})))

    def _find_name(
        self, text: str, day: dt.date, scope_id: str | None, kinds: Collection[str] | None
    ) -> Match:
        whole = self._of_kinds(self._full.get(accented_key(strip_body(text)), set()), kinds)
        found = self._at(whole, "name", day, scope_id)
        if found.unit_id is not None and found.how != "ended":
            return found
        said, around = parse_place(text)
        matches: list[Match] = []
        for how in ("name", "alias", "near"):
            fitting = self._fitting(said, around, how, kinds)
            match = self._at(fitting, how, day, scope_id)
            if match.unit_id is not None and match.how not in {"ended", "near"}:
                return match
            if match.how in {"ambiguous"}:
                return match
            matches.append(match)
        return (
            self._weigh(matches)
            if any(m.candidates for m in matches)
            else self._other_kind(said, around, day, scope_id, kinds)
        )

    def _weigh(self, matches: list[Match]) -> Match:
        """What no exact name inside the scope has settled."""
        near = matches[-1]
        exact = [m for m in matches[:-1] if m.candidates]
        if near.how == "near":
            # the same letters with the right accents elsewhere: nobody knows which was meant
            elsewhere = [m for m in exact if m.how == "outside"]
            if not elsewhere:
                return near
            both = {*near.candidates, *(c for m in elsewhere for c in m.candidates)}
            return Match(None, "ambiguous", tuple(sorted(both)))
        return exact[0] if exact else near

    def _other_kind(
        self,
        said: Said,
        around: tuple[Said, ...],
        day: dt.date,
        scope_id: str | None,
        kinds: Collection[str] | None,
    ) -> Match:
        """Find "Xã Phước An" where a town has that name: likely, and told."""
        if said.kind is None:
            return Match(None, "unknown")
        bare = Said(None, said.name)
        same_level = {kind for kind, level in LEVELS.items() if level == LEVELS[said.kind]}
        wanted = same_level if kinds is None else same_level & set(kinds)
        found = self._fitting(bare, around, "name", wanted)
        match = self._at(found, "name", day, scope_id)
        if match.unit_id is None or match.how == "ended" or scope_id is None:
            return Match(None, "unknown", match.candidates)
        return Match(match.unit_id, "near", match.candidates)

    def _fitting(
        self, said: Said, around: Iterable[Said], how: str, kinds: Collection[str] | None
    ) -> set[str]:
        key = bare_key(said.name) if how == "near" else accented_key(said.name)
        found = self._of_kinds(self._levels[how].get(key, set()), kinds)
        if said.kind is not None:
            found = {unit for unit in found if self._rows[unit].kind == said.kind}
        return {unit for unit in found if all(self._is_below(unit, place) for place in around)}

    def _is_below(self, unit_id: str, place: Said) -> bool:
        row = self._rows[unit_id]
        keys = {bare_key(place.name)}
        for day in {row.first, min(row.last, dt.date.max)}:
            for above in self.above(unit_id, day)[1:]:
                is_kind = place.kind is None or self._rows[above].kind == place.kind
                if is_kind and any(above in self._levels["near"].get(key, ()) for key in keys):
                    return True
        return False

    def _of_kinds(self, found: set[str], kinds: Collection[str] | None) -> set[str]:
        return (
            found if kinds is None else {unit for unit in found if self._rows[unit].kind in kinds}
        )

    def _at(self, found: set[str], how: How | str, day: dt.date, scope_id: str | None) -> Match:
        """Choose by day, then by scope."""
        living = {unit for unit in found if self._rows[unit].lives(day)}
        if living:
            return self._in_scope(living, how, day, scope_id)  # type: ignore[arg-type] # a How
        ended = {unit for unit in found if self._rows[unit].last < day}
        if ended:
            related = {u for u in ended if scope_id is None or self._was_within(u, day, scope_id)}
            if len(related) == 1:
                return Match(next(iter(related)), "ended", tuple(related))
            several = tuple(sorted(related or ended))
            return Match(None, "ambiguous" if len(several) > 1 else "outside", several)
        return Match(None, "not_yet" if found else "unknown", tuple(sorted(found)))

    def _in_scope(self, living: set[str], how: How, day: dt.date, scope_id: str | None) -> Match:
        inside = {u for u in living if scope_id is None or scope_id in self.above(u, day)}
        if len(inside) == 1 and (how != "near" or scope_id is not None):
            return Match(next(iter(inside)), how, tuple(inside))
        if inside:
            return Match(None, "ambiguous", tuple(sorted(inside)))
        return Match(None, "outside", tuple(sorted(living)))

    def _was_within(self, unit_id: str, day: dt.date, scope_id: str) -> bool:
        then = self._rows[unit_id].last
        if scope_id in self.above(unit_id, then):
            return True
        above = {self._heirs.get(unit, unit) for unit in self.above(unit_id, then)}
        return scope_id in above | {up for unit in above for up in self.above(unit, day)}


def find_unit(
    text: str,
    units: pd.DataFrame,
    names: pd.DataFrame | None,
    day: dt.date,
    scope_id: str | None = None,
    kinds: Collection[str] | None = None,
    successions: pd.DataFrame | None = None,
) -> Match:
    """Which unit a text means; see ``Directory.find``, which is faster for many texts."""
    return Directory(units, names, successions).find(text, day, scope_id, kinds)


def _row(row: dict) -> _Row:
    last = row["valid_to"]
    return _Row(
        unit_type=str(row["unit_type"]),
        kind=_text(row["kind"]) or "",
        code=_text(row["code"]) or str(row["unit_id"]),
        parent=_text(row["parent_id"]),
        first=pd.Timestamp(row["valid_from"]).date(),
        last=dt.date.max if pd.isna(last) else pd.Timestamp(last).date(),
    )


def _text(value: object) -> str | None:
    return None if pd.isna(value) else str(value)  # type: ignore[call-overload] # a scalar


def _own_name(row: _Row, name: str) -> str:
    """The name without the kind in front, where the unit is of that kind."""
    said, _ = parse_place(name)
    return said.name if row.kind in LEVELS and said.kind == row.kind else name
