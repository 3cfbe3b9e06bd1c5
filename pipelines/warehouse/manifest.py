"""The manifest: which files are the warehouse. One rename of it publishes a whole run.

Belongs here: manifests, candidates, the commit, and what no manifest names.
Does not belong here: the files themselves (``store``), reading tables (``reader``).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from pipelines.catalogue.load import load_migrations
from pipelines.catalogue.migrations import Migrations
from pipelines.warehouse.durable import TEMPORARY
from pipelines.warehouse.errors import FilesMissingError, ManifestDamagedError
from pipelines.warehouse.place import Seen, place_of
from pipelines.warehouse.renamed import tables_of_today

NAME = r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$"
PERIOD = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
# A manifest is read from disk: a name in it must not lead out of the warehouse.
_FILE = r"^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*/[A-Za-z0-9][A-Za-z0-9_-]*/[0-9a-f]{16,64}\.parquet$"

MANIFEST, CANDIDATES = "manifest.json", "candidates"
# what a writer was shown of a store's manifest and candidates while it held the lock
_Shown = dict[tuple[Path, str], Seen]
_shown: ContextVar[_Shown | None] = ContextVar("shown", default=None)

TableName = Annotated[str, StringConstraints(pattern=NAME)]
PeriodKey = Annotated[str, StringConstraints(pattern=PERIOD)]
FileName = Annotated[str, StringConstraints(pattern=_FILE)]


class TableEntry(BaseModel):
    """One table of one period: its files (relative to ``warehouse/``), rows, table hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: tuple[FileName, ...]
    rows: Annotated[int, Field(ge=0)]
    hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """Table → period → entry, and which code and catalogue made the last of them.

    ``inputs`` says per period from which inputs (a fingerprint) its tables were made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    code: str = ""
    catalogue_hash: str = ""
    inputs: dict[PeriodKey, str] = Field(default_factory=dict)
    tables: dict[TableName, dict[PeriodKey, TableEntry]] = Field(default_factory=dict)

    def files(self) -> set[str]:
        """All files named, relative to ``warehouse/``."""
        entries = (entry for periods in self.tables.values() for entry in periods.values())
        return {name for entry in entries for name in entry.files}

    def to_json(self) -> str:
        """The one way to write this manifest: sorted keys, tables without periods left out."""
        content = self.model_dump(mode="json")
        content["tables"] = {name: kept for name, kept in content["tables"].items() if kept}
        if not content["inputs"]:
            del content["inputs"]
        return json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def warehouse_folder(root: Path) -> Path:
    """Where the warehouse lies."""
    return root / "warehouse"


def published_folder(root: Path, period: str) -> Path:
    """Where the rendered reports of a period lie."""
    return warehouse_folder(root) / "published" / period


def manifest_path(root: Path) -> Path:
    """Where the committed manifest lies."""
    return warehouse_folder(root) / MANIFEST


def candidate_path(root: Path, period: str) -> Path:
    """Where the candidate of a period lies."""
    return warehouse_folder(root) / _candidate(period)


def _candidate(period: str) -> str:
    return f"{CANDIDATES}/{period}.json"


@contextmanager
def remembering() -> Iterator[None]:
    """Remember what a writer is shown: on a store it may replace that, and nothing newer."""
    token = _shown.set({})
    try:
        yield
    finally:
        _shown.reset(token)


def _show(root: Path, name: str) -> Seen:
    """What stands under a name now, remembered where writers are told apart by it."""
    place = place_of(root)
    seen, shown = place.see(name), _shown.get()
    if place.compares and shown is not None:
        shown.setdefault((root, name), seen)
    return seen


def _first_shown(root: Path, name: str) -> Seen | None:
    shown = _shown.get()
    return shown.get((root, name)) if shown else None


def _replace(root: Path, name: str, data: bytes, seen: Seen, point: str) -> bool:
    written = place_of(root).replace(name, data, seen, point)
    if (shown := _shown.get()) is not None:
        shown.pop((root, name), None)  # the next look is at what was just written
    return written


def read_manifest(root: Path) -> Manifest:
    """The committed manifest, tables under their names of today; empty before the first commit.

    Raises:
        ManifestDamagedError: The file is not a manifest of a known format.
    """
    return _standing(_show(root, MANIFEST))


def _standing(seen: Seen) -> Manifest:
    return of_today(_parsed(MANIFEST, seen) or Manifest(), load_migrations())


def of_today(manifest: Manifest, migrations: Migrations) -> Manifest:
    """A manifest with its tables under their names of today; files keep theirs."""
    if all(migrations.name("table", name) == name for name in manifest.tables):
        return manifest
    tables = tables_of_today(manifest.tables, migrations)
    return manifest.model_copy(update={"tables": tables})


def read_candidate(root: Path, period: str) -> Manifest | None:
    """What ``ingest`` left for a period, or None.

    Raises:
        ManifestDamagedError: The file is not a manifest of a known format.
    """
    return _parsed(_candidate(period), _show(root, _candidate(period)))


def write_candidate(root: Path, period: str, manifest: Manifest) -> bool:
    """Keep the entries of a period for the commit to come; readers do not see them.

    Returns:
        Whether anything was written: an equal candidate is left alone.

    Raises:
        CommittedElsewhere: On a store, another machine has left one meanwhile.
    """
    place, name = place_of(root), _candidate(period)
    data = manifest.to_json().encode()
    if place.compares:
        place.hold(manifest.files())  # whoever evaluates it may be another machine
    seen = _first_shown(root, name) or place.see(name)
    return _replace(root, name, data, seen, "candidate")


def drop_candidate(root: Path, period: str) -> None:
    """Forget the candidate of a period, if there is one."""
    name = _candidate(period)
    place_of(root).remove(name, _first_shown(root, name), "candidate")


def merge(last: Manifest, touched: Manifest, drop: Collection[tuple[str, str]] = ()) -> Manifest:
    """The last manifest with the touched (table, period) entries in place of its own.

    Args:
        last: What stands.
        touched: Entries of this run; its code and catalogue hash count.
        drop: (table, period) pairs that are no more.

    Returns:
        A new manifest; periods and tables that were not touched stay as they are.
    """
    tables = {
        name: {p: entry for p, entry in periods.items() if (name, p) not in drop}
        for name, periods in last.tables.items()
    }
    for name, periods in touched.tables.items():
        tables[name] = tables.get(name, {}) | periods
    kept_tables = {name: kept for name, kept in tables.items() if kept}
    inputs = last.inputs | touched.inputs
    return touched.model_copy(update={"tables": kept_tables, "inputs": inputs})


def commit(root: Path, touched: Manifest, drop: Collection[tuple[str, str]] = ()) -> Manifest:
    """Publish a run: merge its entries into the last manifest and replace that in one step.

    Call it inside ``writer_lock``. Unchanged content writes nothing.

    Args:
        root: The project's root.
        touched: Entries of every table and period that the run made.
        drop: (table, period) pairs that are no more.

    Returns:
        The manifest in force.

    Raises:
        FilesMissingError: An entry names a file that is not there; nothing was published.
        ManifestDamagedError: The last manifest cannot be read.
        CommittedElsewhere: On a store, another machine has committed since this one first looked
            under the lock; nothing was published.
    """
    place = place_of(root)
    if missing := place.hold(touched.files()):
        raise FilesMissingError(
            "Không công bố được: thiếu tệp của kho dữ liệu.",
            "the commit names files that are not there; nothing was published",
            f"thiếu {len(missing)} tệp, ví dụ warehouse/{missing[0]}",
            "mọi tệp mà lần chạy này vừa ghi",
            "Chạy lại lệnh vừa chạy; kho dữ liệu vẫn giữ bản công bố trước.",
        )
    last = _first_shown(root, MANIFEST) or place.see(MANIFEST)
    merged = merge(_standing(last), touched, drop)
    _replace(root, MANIFEST, merged.to_json().encode(), last, "manifest")
    return merged


def garbage(root: Path, manifests: Iterable[Manifest] = ()) -> list[Path]:
    """Files that no kept manifest names, and what killed writers left half-written.

    The committed manifest and all candidates are always kept. Call it inside ``writer_lock``:
    files of a run that has not committed yet look like garbage. Nothing is deleted here. Of a
    store these are this machine's copies; what lies on it, other machines may be about to name.

    Args:
        root: The project's root.
        manifests: Further manifests to keep, those of releases.

    Returns:
        Paths in sorted order.
    """
    folder, place = warehouse_folder(root), place_of(root)
    candidates = (_parsed(name, place.see(name)) for name in place.names(CANDIDATES))
    kept = [read_manifest(root), *manifests, *(c for c in candidates if c is not None)]
    named = {folder / name for manifest in kept for name in manifest.files()}
    unnamed = [path for path in folder.glob("*/*/*/*.parquet") if path not in named]
    return sorted([*unnamed, *folder.rglob(TEMPORARY)])


def _parsed(name: str, seen: Seen) -> Manifest | None:
    if seen.data is None:
        return None
    try:
        return Manifest.model_validate_json(seen.data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        folder, _, file = f"warehouse/{name}".rpartition("/")
        raise ManifestDamagedError(
            "Không đọc được bản kê của kho dữ liệu.",
            "not a manifest of a format this version knows",
            f"{file}: {'.'.join(str(part) for part in first['loc'])} {first['msg']}",
            "bản kê dạng JSON, format 1",
            f"Xóa thư mục {folder.rpartition('/')[2]}/ rồi chạy lại (make run): kho được dựng lại "
            "từ raw/.",
        ) from error
