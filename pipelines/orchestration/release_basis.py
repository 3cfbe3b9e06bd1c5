"""What a release stands on: periods, journals, files, code.

Belongs here: from a period to everything its tables follow from, and one hash of what is
submitted. Does not belong here: keeping it (``release_archive``), computing it anew
(``release_rebuild``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pipelines
from pipelines.catalogue.model import Catalogue
from pipelines.intake.documents import file_sha256
from pipelines.intake.journal import Entry, read_journal
from pipelines.intake.narrative import typed_words
from pipelines.intake.receipts import is_inside, receipts
from pipelines.orchestration.earlier import LOOK_BACK, earlier_periods
from pipelines.orchestration.inputs import Tables, calendar, leaves_with_input
from pipelines.orchestration.period_facts import made_of, period_row
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.reader import WHOLE


@dataclass(frozen=True)
class Input:
    """A received file that a release stands on: where it lies, its hash, its receipt."""

    path: str
    sha256: str
    submission_id: str


@dataclass(frozen=True)
class Basis:
    """Everything that the tables of a period follow from, the catalogue and the code left out.

    Attributes:
        period: Key of the period.
        leaves: Its periods with files of their own, those that have received anything.
        looked_back: The same of the periods that it is compared with or that rules look back on.
        kept: Periods whose tables a release keeps: its own, its parts, those compared with.
        journals: Periods whose journals speak to it.
        inputs: Files of ``leaves`` and ``looked_back`` that are there, by path.
    """

    period: str
    leaves: tuple[str, ...]
    looked_back: tuple[str, ...]
    kept: tuple[str, ...]
    journals: tuple[str, ...]
    inputs: tuple[Input, ...]


def basis_of(root: Path, catalogue: Catalogue, period: str) -> Basis:
    """What a period stands on, as it lies there now.

    Raises:
        JournalError: A journal cannot be read.
    """
    tables = calendar(root, catalogue)
    own = leaves_with_input(root, tables, period)
    compared = earlier_periods(root, tables, period)
    before = [key for leaf in own for key in _looked_back(root, tables, leaf)]
    before += [leaf for key in compared for leaf in leaves_with_input(root, tables, key)]
    looked_back = [key for key in dict.fromkeys(before) if key not in own]
    leaves = [*own, *looked_back]
    return Basis(
        period=period,
        leaves=tuple(own),
        looked_back=tuple(looked_back),
        kept=tuple(
            dict.fromkeys(part for key in (period, *compared) for part in _all(tables, key))
        ),
        journals=tuple(_journals(root, tables, period, leaves)),
        inputs=tuple(each for leaf in leaves for each in _inputs(root, leaf)),
    )


def _all(tables: Tables, period: str) -> list[str]:
    """A period and everything it is made of."""
    return [period, *(each for part in made_of(tables, period) for each in _all(tables, part))]


def _looked_back(root: Path, tables: Tables, leaf: str) -> list[str]:
    """The leaves with files that the rules of a period hold its figures against."""
    keys, at = earlier_periods(root, tables, leaf), leaf
    for _ in range(LOOK_BACK):
        before = period_row(tables, at)["previous"]
        if not isinstance(before, str):
            break
        keys, at = [*keys, before], before
    return [each for key in keys for each in leaves_with_input(root, tables, key)]


def _journals(root: Path, tables: Tables, period: str, leaves: list[str]) -> list[str]:
    """The journals of its leaves, and earlier ones in which anything was decided."""
    last = period_row(tables, period)["ends_on"]
    periods = tables["ref.periods"]
    keys = [str(key) for key, ends in periods[["period", "ends_on"]].to_numpy() if ends <= last]
    return [
        key
        for key in keys
        if journal_path(root, key).is_file()
        and (key in leaves or _decides(read_journal(journal_path(root, key)).entries))
    ]


def _decides(entries: Iterable[Entry]) -> bool:
    return any(entry["event"] in {"decision", "correction"} for entry in entries)


def _inputs(root: Path, leaf: str) -> list[Input]:
    """The files of a period's receipts whose bytes are still at their path."""
    frame = receipts(read_journal(journal_path(root, leaf)).entries, leaf)
    found: dict[str, Input] = {}
    hashes: dict[str, str] = {}
    for submission_id, path, sha256 in frame[["submission_id", "path", "sha256"]].to_numpy():
        if path not in hashes:
            target = root / path
            hashes[path] = file_sha256(target) if is_inside(target, root) else ""
        if hashes[path] == sha256:
            found[path] = Input(str(path), str(sha256), str(submission_id))
    return list(found.values())


def kept_manifest(manifest: Manifest, basis: Basis) -> Manifest:
    """The part of a manifest that a release keeps; reference tables are in it whole."""
    wanted = {*basis.kept, WHOLE}
    chosen = {
        name: {key: entry for key, entry in entries.items() if key in wanted}
        for name, entries in manifest.tables.items()
    }
    return manifest.model_copy(
        update={
            "tables": {name: entries for name, entries in chosen.items() if entries},
            "inputs": {key: made for key, made in manifest.inputs.items() if key in wanted},
        }
    )


def own_hashes(manifest: Manifest, period: str) -> dict[str, str]:
    """Table → hash of what a period's papers show: its own tables and the reference tables."""
    return {
        name: entry.hash
        for name, entries in manifest.tables.items()
        for key, entry in entries.items()
        if key in {period, WHOLE}
    }


def content_of(manifest: Manifest, period: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """One hash of what is submitted: tables, catalogue, what officials typed."""
    said = {
        "tables": own_hashes(manifest, period),
        "catalogue": manifest.catalogue_hash,
        "texts": typed_words(entries),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def code_now() -> dict[str, str]:
    """Version of the program, and one hash of its sources: which code made a release."""
    package = Path(pipelines.__path__[0])
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(f"{path.relative_to(package).as_posix()} {file_sha256(path)}\n".encode())
    return {"version": version("qcdc"), "sha256": digest.hexdigest()}
