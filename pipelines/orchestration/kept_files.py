"""What is kept of earlier runs so that the next one does less: readings, hashes, what stands.

Everything here is a cache below ``warehouse/readings/``: it may be deleted at any time, no manifest
names it, no backup holds it, and what is damaged in it is as good as absent. No table depends on
it: a run with it and one without give the same hashes.

Belongs here: where a cache lies, when it is read, added to, made small again. Does not belong here:
what a segment is (``intake.kept_readings``), when hints hold (``intake.known_hashes``).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pandas as pd

import pipelines
from pipelines.catalogue.load import catalogue_hash
from pipelines.catalogue.model import Catalogue
from pipelines.intake.batch import FileTask, Reader, read_in_workers
from pipelines.intake.collected import FileReading
from pipelines.intake.kept_readings import (
    DAMAGES,
    FACTS,
    Frames,
    Readings,
    asked_for,
    key_of,
    merged,
    segment,
    unpacked,
)
from pipelines.intake.known_hashes import KnownHashes, knowing, sha256_at
from pipelines.places.naming import Directory
from pipelines.warehouse.manifest import warehouse_folder

FOLDER, HASHES = "readings", "hashes.json"
UNIT_TABLES = ("ref.units", "ref.unit_names", "ref.unit_successions")
# code that decides what a file is read as
_ROOMS = ("intake", "vietnamese", "places", "catalogue")
# so many segments of a period are read, and so much in them that nobody asks for, before they
# are made one
_MOST_SEGMENTS, _FEW = 8, 50


def readings_folder(root: Path) -> Path:
    """Where everything that is kept lies."""
    return warehouse_folder(root) / FOLDER


@contextlib.contextmanager
def hashes_known(root: Path) -> Iterator[None]:
    """Take files for unchanged that look it, within the block."""
    path = readings_folder(root) / HASHES
    known = KnownHashes(root)
    if path.is_file():
        known = KnownHashes.from_json(root, path.read_text(encoding="utf-8", errors="replace"))
    with knowing(known):
        yield
    if known.is_changed:
        keep(path, known.to_json().encode())


def forget_hashes(root: Path) -> None:
    """Let the next run hash every file again, whatever it looks like."""
    (readings_folder(root) / HASHES).unlink(missing_ok=True)


@dataclass
class KeptReadings:
    """A reader with a memory: what was read before under equal conditions is not read again.

    Attributes:
        root: The project's root.
        units: Tables by name, ``UNIT_TABLES`` among them.
        read: Reads what is not kept.
    """

    root: Path
    units: Mapping[str, pd.DataFrame]
    read: Reader = read_in_workers
    _units_hash: str = field(default="", init=False)

    def __call__(
        self, catalogue: Catalogue, directory: Directory, tasks: Sequence[FileTask]
    ) -> list[FileReading]:
        """Read the files that no kept reading is of; keep what was read."""
        if not tasks:
            return []
        folder = readings_folder(self.root) / tasks[0].period
        keys = self._keys(catalogue, tasks)
        segments = _segments(folder)
        kept = asked_for(list(segments.values()), keys, catalogue)
        missing = [place for place in range(len(tasks)) if place not in kept.facts]
        fresh = self.read(catalogue, directory, [tasks[place] for place in missing])
        by_place = dict(zip(missing, fresh, strict=True))
        _add(folder, segment({keys[place]: each for place, each in by_place.items()}))
        held = sum(len(frames[FACTS]) for frames in segments.values())
        if len(segments) > _MOST_SEGMENTS or held > 2 * len(kept.facts) + _FEW:
            _add(folder, merged(kept, keys), instead_of=segments)
        together = kept.facts | by_place
        return Readings([together[place] for place in range(len(tasks))], kept)

    def _keys(self, catalogue: Catalogue, tasks: Sequence[FileTask]) -> list[str]:
        self._units_hash = self._units_hash or units_hash(self.units)
        told = f"{catalogue_hash(catalogue)} {code_hash()} {self._units_hash}"
        context = hashlib.sha256(told.encode()).hexdigest()
        return [
            key_of(
                context,
                task.sha256 or hashlib.sha256(task.data).hexdigest(),
                (task.provider, task.period, task.file_name, task.confirmed, task.meanings),
            )
            for task in tasks
        ]


def _add(folder: Path, data: bytes | None, instead_of: Iterable[Path] = ()) -> None:
    if data is None:
        return
    path = folder / f"{hashlib.sha256(data).hexdigest()[:32]}.zip"
    keep(path, data)
    for former in instead_of:
        if former != path and path.is_file():
            former.unlink(missing_ok=True)


def _segments(folder: Path) -> dict[Path, Frames]:
    """What can be read of what is kept, oldest name first; the rest is as good as absent."""
    found: dict[Path, Frames] = {}
    for path in sorted(folder.glob("*.zip")):
        with contextlib.suppress(*DAMAGES):
            frames = unpacked(path.read_bytes())
            if set(frames[FACTS].columns) == {"key", "said"}:
                found[path] = frames
    return found


def keep(path: Path, data: bytes) -> None:
    """Write a cache; where there is no room for one, there is none."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            # not synced: what a power cut leaves half-written is seen to be damaged
            temporary.write_bytes(data)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def units_hash(tables: Mapping[str, pd.DataFrame]) -> str:
    """One hash of the units, their names and what became of them."""
    digest = hashlib.sha256()
    for name in UNIT_TABLES:
        digest.update(tables[name].to_csv(index=False, date_format="%Y-%m-%d").encode())
    return digest.hexdigest()


@cache
def code_hash() -> str:
    """One hash of the code that reads files, and of the versions of the libraries it stands on."""
    package, digest = Path(pipelines.__path__[0]), hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((package / room).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(package).as_posix()} {sha256_at(path)}".encode())
    for name in sorted(_libraries()):
        with contextlib.suppress(PackageNotFoundError):  # of another platform
            digest.update(f"{name} {version(name)}".encode())
    return digest.hexdigest()


def _libraries() -> set[str]:
    named = (re.match(r"[A-Za-z0-9._-]+", line) for line in requires("qcdc") or ())
    return {match.group() for match in named if match}
