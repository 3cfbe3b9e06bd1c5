"""Names that have changed: what was written under an old one is read under the one of today.

Belongs here: the list of renames and what must hold of it, a name's name of today, the same for
journal lines and frames. Does not belong here: files (``intake.journal``, ``warehouse.reader``
call them when they read).
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pandas as pd
import yaml
from pydantic import StringConstraints, TypeAdapter, ValidationError, model_validator

from pipelines.catalogue import model
from pipelines.catalogue.base import Entry
from pipelines.catalogue.contracts import table_contract, table_names
from pipelines.catalogue.integrity import CatalogueError

Kind = Literal["element", "indicator", "rule", "slot", "table", "column"]
Name = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\s/@|]+$")]
FILE = "migrations.yaml"
# kinds whose codes stand as values in columns of that name, and in fields of journal lines
CODES: tuple[Kind, ...] = ("element", "indicator", "rule")
_NARRATIVE = "narrative:"
_FIGURES = ("figure_id",)
_NEAREST = 3


class UnknownCode(CatalogueError):  # noqa: N818 — names what was found, as its base does not
    """A code that neither the catalogue of today knows nor any rename leads on from."""


class Rename(Entry):
    """One name that has changed.

    Attributes:
        kind: What it names.
        old: Until then; never used again.
        new: From then on.
        since: Version of the program that brought the new name, ``0.2.0``.
        table: Of a column: its table, under the name of today.
        why: In a word, for who reads the list.
    """

    kind: Kind
    old: Name
    new: Name
    since: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")]
    table: Name | None = None
    why: str = ""

    @model_validator(mode="after")
    def _of_a_table(self) -> Self:
        if (self.table is not None) != (self.kind == "column"):
            raise ValueError("a column names its table, nothing else does")
        return self

    @property
    def space(self) -> str:
        """Within what the name is one: its kind, and a column's table."""
        return self.kind if self.table is None else f"{self.kind} {self.table}"


@dataclass(frozen=True)
class Migrations:
    """All renames, resolved: space → old name → the name of today."""

    renames: tuple[Rename, ...] = ()
    today: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything has ever been renamed."""
        return bool(self.renames)

    def name(self, kind: Kind, old: str) -> str:
        """The name of today; one that never changed is its own."""
        return self.today.get(kind, {}).get(old, old)

    def columns(self, table: str) -> Mapping[str, str]:
        """Old → new names of a table's columns; the table under its name of today."""
        return self.today.get(f"column {table}", {})

    def known(self, kind: Kind, code: str, names: Collection[str]) -> str:
        """The name of today of a code, which must be one of the catalogue's.

        Raises:
            UnknownCode: It is not; the message says what was looked for and what is near.
        """
        now = self.name(kind, code)
        if now in names:
            return now
        near = difflib.get_close_matches(now, names, n=_NEAREST)
        hint = f"; near: {', '.join(near)}" if near else ""
        raise UnknownCode(
            [f"{kind} {code!r}: not in the catalogue; {FILE} does not lead on from it{hint}"]
        )


def read_migrations(directory: Path) -> Migrations:
    """Read and check the renames of a catalogue; a catalogue may have none.

    Args:
        directory: Folder of the catalogue.

    Raises:
        CatalogueError: The list is malformed, or contradicts itself.
    """
    path = directory / FILE
    if not path.is_file():
        return Migrations()
    rows = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    try:
        return resolved(TypeAdapter(tuple[Rename, ...]).validate_python(rows))
    except ValidationError as error:
        raise CatalogueError([f"{FILE}: {error}"]) from error


def resolved(renames: tuple[Rename, ...]) -> Migrations:
    """Follow every chain of renames to its end.

    Raises:
        CatalogueError: A name has two new ones, becomes itself again, or goes back in time.
    """
    steps: dict[str, dict[str, Rename]] = {}
    problems: list[str] = []
    for each in renames:
        known = steps.setdefault(each.space, {})
        if each.old in known:
            problems.append(f"{FILE}: {each.space} {each.old} is renamed twice")
        known.setdefault(each.old, each)
    for space, known in steps.items():
        problems += [f"{FILE}: {space} {wrong}" for wrong in _wrong_chains(known)]
    if problems:
        raise CatalogueError(problems)
    return Migrations(
        renames, {space: {old: _end(known, old) for old in known} for space, known in steps.items()}
    )


def _wrong_chains(known: Mapping[str, Rename]) -> Iterator[str]:
    for old, step in known.items():
        seen, at = {old}, step
        while True:
            if at.new in seen:
                yield f"{old}: the chain comes back to {at.new}"
                break
            follows = known.get(at.new)
            if follows is None:
                break
            if _numbers(follows.since) < _numbers(at.since):
                yield f"{old}: {at.new} was renamed in {follows.since}, before it was there"
                break
            seen.add(at.new)
            at = follows


def _end(known: Mapping[str, Rename], old: str) -> str:
    while old in known:
        old = known[old].new
    return old


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def names_of(catalogue: model.Catalogue) -> dict[str, Collection[str]]:
    """All names of today by kind; an element may be a register's column, ``register.column``."""
    registers = catalogue.registers.values()
    columns = {f"{each.id}.{column.id}" for each in registers for column in each.columns}
    return {
        "element": {*catalogue.elements, *columns, *catalogue.registers},
        "indicator": catalogue.indicators,
        "rule": catalogue.rules,
        "slot": catalogue.narrative.slots,
        "table": table_names(catalogue),
    }


def migration_problems(catalogue: model.Catalogue, migrations: Migrations) -> list[str]:
    """What contradicts the catalogue: a rename must end in a name of it, and begin in none."""
    names = names_of(catalogue)
    found = []
    for each in migrations.renames:
        now = names.get(each.space)
        if each.table is not None:
            if each.table not in names["table"]:
                found.append(f"{FILE}: column {each.old}: no table {each.table}")
                continue
            columns = table_contract(catalogue, each.table).columns
            now = [column.name for column in columns]
        end = migrations.today[each.space][each.old]
        if now is not None and end not in now:
            found.append(f"{FILE}: {each.space} {each.old}: becomes {end}, which is not there")
        if now is not None and each.old in now:
            found.append(f"{FILE}: {each.space} {each.old}: renamed, and still there")
    return found


def entry_of_today(entry: dict[str, Any], migrations: Migrations) -> dict[str, Any]:
    """A journal line with the names of today; the line as it was if it has no old one."""
    changed: dict[str, Any] = {
        kind: migrations.name(kind, entry[kind])
        for kind in CODES
        if isinstance(entry.get(kind), str)
    }
    for key in _FIGURES:
        if isinstance(entry.get(key), str):
            changed[key] = figure_of_today(entry[key], migrations)
    about = entry.get("about")
    if isinstance(about, str):
        changed["about"] = _about(about, migrations)
    note = entry.get("evidence")
    if isinstance(note, dict) and isinstance(note.get("element"), str):
        changed["evidence"] = note | {"element": migrations.name("element", note["element"])}
    return entry if changed.items() <= entry.items() else entry | changed


def _about(about: str, migrations: Migrations) -> str:
    if not about.startswith(_NARRATIVE):
        return about
    return f"{_NARRATIVE}{migrations.name('slot', about.removeprefix(_NARRATIVE))}"


def figure_of_today(figure_id: str, migrations: Migrations) -> str:
    """``<period>/<indicator>@<scope>`` with the indicator's name of today."""
    period, slash, rest = figure_id.partition("/")
    indicator, at, scope = rest.partition("@")
    return f"{period}{slash}{migrations.name('indicator', indicator)}{at}{scope}"


def old_codes(column: str, migrations: Migrations) -> Mapping[str, str]:
    """Old → new values of a column that holds codes; empty for any other column."""
    return migrations.today.get(column, {}) if column in CODES else {}


def frame_of_today(frame: pd.DataFrame, table: str, migrations: Migrations) -> pd.DataFrame:
    """A frame of a table with the columns and codes of today.

    Args:
        frame: Rows as they were written; where a column stands under both names, the new one has
            the say where it says anything.
        table: ``schema.table``, the name of today.
        migrations: The renames.
    """
    out = frame
    for old, new in migrations.columns(table).items():
        if old in out.columns:
            moved = out[old] if new not in out.columns else out[new].fillna(out[old])
            out = out.drop(columns=[old]).assign(**{new: moved})
    for column in CODES:
        renamed = old_codes(column, migrations)
        if column in out.columns and renamed:
            out = out.assign(**{column: out[column].replace(dict(renamed))})
    if "figure_id" in out.columns and migrations.today.get("indicator"):
        told = out["figure_id"].map(
            lambda name: figure_of_today(name, migrations), na_action="ignore"
        )
        out = out.assign(figure_id=told)
    return out
