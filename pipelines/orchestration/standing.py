"""Whether a period's committed tables still follow from all that they were made from.

The tables of a period follow from its own files and from those of other periods: rules and
comparisons look back. Where one hash of all of it is as it was when the tables were committed, and
the manifest names the same files still, making them again would make the same.

Belongs here: that hash, noting it beside what was committed, asking for it. Does not belong here:
what one period follows from (``inputs``), making the tables (``publishing``).
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.catalogue.load import catalogue_hash
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration.inputs import calendar, inputs_fingerprint
from pipelines.orchestration.kept_files import code_hash, keep, readings_folder
from pipelines.orchestration.period_facts import made_of
from pipelines.orchestration.steps import journal_path
from pipelines.orchestration.storing import stored_period
from pipelines.warehouse.manifest import Manifest, TableEntry, read_manifest
from pipelines.warehouse.place import place_of

_READ = ".read"


class Standing(BaseModel):
    """What was committed for a period, and the hash of all that it follows from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    follows_from: str
    tables: dict[str, TableEntry]


def everything(root: Path, catalogue: Catalogue, period: str) -> str:
    """One hash of all that a period's tables follow from, other periods and libraries included.

    Periods that were not looked back on count too: to tell them apart is not worth the risk.
    """
    known: dict[str, str] = {}
    tables = calendar(root, catalogue)
    prints = [
        f"{key} {inputs_fingerprint(root, catalogue, key, known)}"
        for key in tables["ref.periods"]["period"].astype(str)
        if not made_of(tables, key) and journal_path(root, key).is_file()
    ]
    return hashlib.sha256("\n".join([period, code_hash(), *prints]).encode()).hexdigest()


def note_read(root: Path, period: str, follows_from: str, candidate: Manifest) -> None:
    """Note what a candidate follows from: ``everything`` before its files were read."""
    _note(_path(root, period, _READ), period, follows_from, candidate)


def note_standing(
    root: Path, period: str, follows_from: str, candidate: Manifest, made: Manifest
) -> None:
    """Note what was committed for a period, where nothing changed since its files were read.

    Args:
        root: The project's root.
        period: Key of the period.
        follows_from: ``everything`` before the evaluation began.
        candidate: What was evaluated.
        made: All tables of the period.
    """
    read = _noted(root, period, _READ)
    same = read is not None and read.follows_from == follows_from
    if same and read is not None and read.tables == _entries(candidate, period):
        _note(_path(root, period), period, follows_from, made)


def _note(path: Path, period: str, follows_from: str, made: Manifest) -> None:
    noted = Standing(follows_from=follows_from, tables=_entries(made, period))
    keep(path, noted.model_dump_json().encode())


def _entries(made: Manifest, period: str) -> dict[str, TableEntry]:
    return {
        name: entries[stored_period(name, period)]
        for name, entries in made.tables.items()
        if stored_period(name, period) in entries
    }


def still_stands(
    root: Path, catalogue: Catalogue, period: str, names: Collection[str]
) -> Manifest | None:
    """The committed tables of a period where nothing that they follow from has changed.

    Args:
        root: The project's root.
        catalogue: What is measured.
        period: Key of the period; of one that is made of others nothing is said.
        names: Tables that are asked for.

    Returns:
        A manifest of just these tables, or None.
    """
    noted = _noted(root, period)
    if noted is None or made_of(calendar(root, catalogue), period):
        return None
    committed = read_manifest(root)
    entries = {
        name: committed.tables.get(name, {}).get(stored_period(name, period)) for name in names
    }
    # another period's run may have committed reference tables since: they must be the same ones
    if any(entry is None or noted.tables.get(name) != entry for name, entry in entries.items()):
        return None
    if noted.follows_from != everything(root, catalogue, period):
        return None
    tables = {
        name: {stored_period(name, period): entry}
        for name, entry in entries.items()
        if entry is not None
    }
    stands = committed.model_copy(
        update={
            "tables": tables,
            "inputs": {period: inputs_fingerprint(root, catalogue, period)},
            "catalogue_hash": catalogue_hash(catalogue),
        }
    )
    return None if place_of(root).hold(stands.files()) else stands


def is_within(source: Manifest, stands: Manifest) -> bool:
    """Whether every table of a candidate is one that stands."""
    return source.inputs.items() <= stands.inputs.items() and all(
        stands.tables.get(name, {}).get(where) == entry
        for name, entries in source.tables.items()
        for where, entry in entries.items()
        if name in stands.tables
    )


def _noted(root: Path, period: str, what: str = "") -> Standing | None:
    path = _path(root, period, what)
    with contextlib.suppress(OSError, ValidationError):
        return Standing.model_validate_json(path.read_bytes())
    return None


def _path(root: Path, period: str, what: str = "") -> Path:
    return readings_folder(root) / f"{period}{what}.json"
