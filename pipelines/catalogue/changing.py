"""Entries that say something else from a day on: wording, citations, options, who counts.

Belongs here: an entry as it stands on a day, a catalogue as it stands on a day, what must hold of
changes. Does not belong here: forms (a new regime has new forms, ``form_versions``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pydantic import PrivateAttr, ValidationError

from pipelines.catalogue.base import Entry

if TYPE_CHECKING:
    from pipelines.catalogue.model import Catalogue, Form, Register

# what makes an entry the same one: with another of these it would be another entry
_FIXED = frozenset(
    {"id", "code", "type", "subject", "authority", "changes", "flow"}
    | {"numerator", "denominator", "population", "operator", "left", "right"}
)
Kept = TypeVar("Kept", bound="Changing")


class Change(Entry):
    """What an entry says from a day on; fields that ``to`` does not name stand."""

    since: dt.date
    to: dict[str, Any]


class Changing(Entry):
    """An entry whose words may change with the law while it stays the same entry."""

    changes: list[Change] = []
    _origin: Any = PrivateAttr(default=None)

    def on(self, day: dt.date) -> Self:
        """The entry as it stands on a day, whichever day it was last asked for."""
        origin = self._origin or self
        said = [change.to for change in origin.changes if change.since <= day]
        if not said:
            return origin
        update = {name: value for to in said for name, value in to.items()}
        found = type(self).model_validate(origin.model_dump() | update)
        found._origin = origin
        return found

    def versions(self) -> list[tuple[dt.date | None, Self]]:
        """The entry in every wording it ever has, each with its first day; the first has none."""
        origin = self._origin or self
        days = sorted({change.since for change in origin.changes})
        first = type(self).model_validate(origin.model_dump() | {"changes": []})
        return [(None, first), *((day, self.on(day)) for day in days)]


def on_day(catalogue: Catalogue, day: dt.date) -> Catalogue:
    """The catalogue as it stands on a day; forms and documents have days of their own."""
    registers = {name: _register(entry, day) for name, entry in catalogue.registers.items()}
    return catalogue.model_copy(
        update={
            "elements": _on(catalogue.elements, day),
            "populations": _on(catalogue.populations, day),
            "rules": _on(catalogue.rules, day),
            "indicators": _on(catalogue.indicators, day),
            "registers": registers,
        }
    )


def worded(catalogue: Catalogue, form: Form) -> Catalogue:
    """The catalogue as a form needs it: the words of its first day, the rules of its time."""
    last = form.valid_to or dt.date.max
    found = on_day(catalogue, form.valid_from)
    rules = {
        name: rule
        for name, rule in found.rules.items()
        if rule.valid_from <= last and (rule.valid_to or dt.date.max) >= form.valid_from
    }
    return found.model_copy(update={"rules": rules})


def _on(entries: Mapping[str, Kept], day: dt.date) -> dict[str, Kept]:
    return {name: entry.on(day) if entry.changes else entry for name, entry in entries.items()}


def _register(register: Register, day: dt.date) -> Register:
    if not any(column.changes for column in register.columns):
        return register
    columns = [column.on(day) for column in register.columns]
    return register.model_copy(update={"columns": columns})


def changing_problems(catalogue: Catalogue) -> Iterator[str]:
    """What is wrong with changes: each must give a valid entry, and fall between two forms."""
    entries = [
        *((f"element {e.id}", e, e.id) for e in catalogue.elements.values()),
        *((f"population {p.id}", p, None) for p in catalogue.populations.values()),
        *((f"rule {r.id}", r, None) for r in catalogue.rules.values()),
        *((f"indicator {i.id}", i, None) for i in catalogue.indicators.values()),
        *(
            (f"register {r.id}, column {c.id}", c, r.id)
            for r in catalogue.registers.values()
            for c in r.columns
        ),
    ]
    for where, entry, asked in entries:
        if entry.changes:
            yield from _of_entry(where, entry, catalogue)
            yield from _within_forms(where, entry, asked, catalogue)


def _of_entry(where: str, entry: Changing, catalogue: Catalogue) -> Iterator[str]:
    for change in entry.changes:
        unfit = sorted((_FIXED & set(change.to)) | (set(change.to) - set(type(entry).model_fields)))
        if unfit:
            yield f"{where}: changes {unfit} on {change.since}, which an entry may not"
            continue
        try:
            changed = entry.on(change.since)
        except ValidationError as error:
            yield f"{where}, from {change.since}: {error}"
            continue
        cited = {citation.document for citation in getattr(changed, "legal", [])}
        for document in sorted(cited - set(catalogue.documents)):
            yield f"{where}, from {change.since}: unknown document {document}"
        if getattr(changed, "pillar", None) not in {None, *catalogue.pillars}:
            yield f"{where}, from {change.since}: unknown pillar {change.to['pillar']}"


def _within_forms(
    where: str, entry: Changing, asked: str | None, catalogue: Catalogue
) -> Iterator[str]:
    """A form is in one wording: what it asks changes only where another form takes its place."""
    for form in catalogue.forms.values():
        names = {item.element for item in form.elements()}
        names |= {sheet.register_id for sheet in form.sheets if sheet.register_id}
        if asked is None or asked not in names:
            continue
        for change in entry.changes:
            if form.valid_from < change.since and (
                form.valid_to is None or change.since <= form.valid_to
            ):
                yield f"{where}: changes on {change.since}, while form {form.id} asks it"
