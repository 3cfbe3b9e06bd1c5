"""Computing an issued release anew from its archive, with today's code.

Belongs here: a temporary project made of archived inputs, journals, facts and catalogue; the
comparison, table by table. Does not belong here: comparing bytes (``release_verify``), two
releases of a period (``what_changed``).
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue, reading_as
from pipelines.catalogue.migrations import read_migrations
from pipelines.catalogue.model import Catalogue
from pipelines.intake.documents import file_sha256
from pipelines.intake.receipts import is_inside
from pipelines.orchestration import release_problems as wrong
from pipelines.orchestration.problems import Stopped
from pipelines.orchestration.publishing import ingest_period, publish_period
from pipelines.orchestration.release_archive import FIGURES, read_record, stray_files, with_entry
from pipelines.orchestration.release_basis import code_now
from pipelines.orchestration.storing import opened
from pipelines.warehouse.archives import (
    CATALOGUE,
    INPUTS,
    JOURNALS,
    MANIFEST,
    REFERENCE,
    TABLES,
    release_folder,
)
from pipelines.warehouse.manifest import Manifest, read_manifest
from pipelines.warehouse.reader import WHOLE, Warehouse
from pipelines.warehouse.root import MARKER
from pipelines.warehouse.store import write_table


@dataclass(frozen=True)
class TableDifference:
    """A table that comes out otherwise than it was issued.

    Attributes:
        table: ``schema.table``.
        rows: Rows that differ, are gone or are new.
        first: The first of them, in Vietnamese.
    """

    table: str
    rows: int
    first: str


@dataclass(frozen=True)
class Rebuilt:
    """What came of it.

    Attributes:
        release_id: The release.
        tables: How many tables were compared.
        differences: Those that differ.
        same_code: Whether today's code is the one that made the release.
        code: Its version and hash.
    """

    release_id: str
    tables: int
    differences: list[TableDifference]
    same_code: bool
    code: dict[str, str]

    @property
    def is_broken(self) -> bool:
        """Whether the same code gives other tables, which must never be."""
        return self.same_code and bool(self.differences)


def rebuild(root: Path, release_id: str) -> Rebuilt:
    """Compute a release anew and compare.

    Args:
        root: The project's root; nothing in it is changed.
        release_id: An issued release.

    Raises:
        Stopped: The archive is damaged, or received files are lost.
        CatalogueError: Today's code does not understand the archived catalogue.
    """
    folder = release_folder(root, release_id)
    record = _whole_record(folder, release_id)
    catalogue = load_catalogue(folder / CATALOGUE)
    then = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    period = str(record["period"])
    with tempfile.TemporaryDirectory() as name, reading_as(folder / CATALOGUE):
        again = Path(name)
        _lay_out(root, folder, again, record)
        at = dt.datetime.fromisoformat(f"{record['signed_on']}T00:00:00+07:00")
        ingest_period(again, catalogue, period, at=at, who="qcdc")
        publish_period(again, catalogue, period)
        now = _named(again, catalogue, period, release_id)
        names = _compared(then, now, period)
        different = [
            name for name in names if _hash(then, name, period) != _hash(now, name, period)
        ]
        renamed = read_migrations(folder / CATALOGUE)
        before = Warehouse(root, then, folder=folder / TABLES, migrations=renamed)
        after = opened(again, catalogue, now)
        differences = [
            _difference(name, before, after, _where(then, name, period), catalogue)
            for name in different
        ]
    code = code_now()
    return Rebuilt(
        release_id, len(names), differences, record["code"] == code, dict(record["code"])
    )


def _whole_record(folder: Path, release_id: str) -> dict[str, Any]:
    """The record of an archive that is whole.

    Raises:
        Stopped: It is not.
    """
    try:
        record = read_record(folder)
    except (FileNotFoundError, ValueError) as error:
        raise Stopped(wrong.damaged(release_id, f"không đọc được {error}")) from error
    if stray := stray_files(folder, record["files"]):
        first = next(iter(stray))
        raise Stopped(wrong.damaged(release_id, f"{len(stray)} tệp khác lúc ban hành: {first}"))
    return record


def _lay_out(root: Path, folder: Path, again: Path, record: Mapping[str, Any]) -> None:
    """A project of just what the release stands on."""
    (again / MARKER).write_text("{}", encoding="utf-8")
    shutil.copytree(folder / REFERENCE, again / "raw" / "reference")
    for journal in sorted((folder / JOURNALS).glob("*.jsonl")):
        target = again / "raw" / journal.stem / "journal.jsonl"
        target.parent.mkdir(parents=True)
        shutil.copyfile(journal, target)
    lost = []
    for each in record["inputs"]:
        source = _found(root, folder, each)
        if source is None:
            lost.append(str(each["path"]))
            continue
        target = again / str(each["path"])
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    if lost:
        raise Stopped(wrong.inputs_lost(str(record["release_id"]), lost))


def _found(root: Path, folder: Path, each: Mapping[str, str]) -> Path | None:
    """Where the bytes of an input are: at their path, kept with the release, or moved."""
    leaf = root / "raw" / each["submission_id"].split("/")[0] / each["submission_id"].split("/")[1]
    candidates = [root / each["path"], folder / INPUTS / each["sha256"], *sorted(leaf.rglob("*"))]
    for path in candidates:
        if is_inside(path, root) and file_sha256(path) == each["sha256"]:
            return path
    return None


def _named(again: Path, catalogue: Catalogue, period: str, release_id: str) -> Manifest:
    """What was computed, its figures under the release's id as in the archive."""
    manifest = read_manifest(again)
    figures = opened(again, catalogue, manifest).table(FIGURES, period=period)
    contract = table_contract(catalogue, FIGURES)
    entry = write_table(again, contract, period, figures.assign(release_id=release_id))
    return with_entry(manifest, FIGURES, period, entry)


def _compared(then: Manifest, now: Manifest, period: str) -> list[str]:
    """Every table of the period or without periods, of either."""
    both = {*then.tables, *now.tables}
    return sorted(n for n in both if _hash(then, n, period) or _hash(now, n, period))


def _where(manifest: Manifest, name: str, period: str) -> str:
    return WHOLE if WHOLE in manifest.tables.get(name, {}) else period


def _hash(manifest: Manifest, name: str, period: str) -> str:
    entry = manifest.tables.get(name, {}).get(_where(manifest, name, period))
    return entry.hash if entry is not None else ""


def _difference(
    name: str, before: Warehouse, after: Warehouse, where: str, catalogue: Catalogue
) -> TableDifference:
    key = table_contract(catalogue, name).key
    then, now = (_rows(each, name, where) for each in (before, after))
    count, first = differing_rows(then, now, key)
    return TableDifference(name, count, first)


def _rows(warehouse: Warehouse, name: str, where: str) -> pd.DataFrame:
    if name not in warehouse.tables():
        return pd.DataFrame()
    return warehouse.table(name, period=where)


def differing_rows(then: pd.DataFrame, now: pd.DataFrame, key: list[str]) -> tuple[int, str]:
    """How many rows of a table differ, and the first in words.

    Args:
        then: Its rows as issued.
        now: Its rows as computed today.
        key: Columns that identify a row.
    """
    columns = [name for name in dict.fromkeys((*then.columns, *now.columns)) if name not in key]
    before, after = _by_key(then, key, columns), _by_key(now, key, columns)
    wrong = [
        row
        for row in sorted({*before, *after})
        if before.get(row) is None or before.get(row) != after.get(row)
    ]
    if not wrong:
        return 0, "cùng các dòng, khác kiểu hoặc thứ tự cột"
    first = wrong[0]
    named = ", ".join(f"{name}={value}" for name, value in zip(key, first, strict=True))
    if first not in after:
        return len(wrong), f"{named}: nay không còn"
    if first not in before:
        return len(wrong), f"{named}: nay mới có"
    told = zip(columns, before[first], after[first], strict=True)
    column, old, new = next(each for each in told if each[1] != each[2])
    return len(wrong), f"{named}: {column} {old} → {new}"


def _by_key(
    frame: pd.DataFrame, key: list[str], columns: list[str]
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Key → values, all as text, so that missing equals missing."""
    texts = [_texts(frame, name) for name in (*key, *columns)]
    rows = zip(*texts, strict=True)
    return {row[: len(key)]: row[len(key) :] for row in rows}


def _texts(frame: pd.DataFrame, name: str) -> list[str]:
    if name not in frame.columns:
        return ["trống"] * len(frame)
    column = frame[name]
    return [
        "trống" if missing else str(value)
        for value, missing in zip(column, column.isna(), strict=True)
    ]
