"""Writing a backup: everything that cannot be made again, and what it takes to go on at once.

Belongs here: which files, a consistent copy of them, the archive. Does not belong here: reading
one back (``backup_archive``), putting it in place (``restore``), a clock (the caller gives the
time).

The archive holds ``raw/``, which nobody but the office may read: it is written with mode 0600.
The installation's secret key is not in it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sqlite3
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Literal

import yaml

from pipelines.operations.backup_archive import (
    DAGSTER,
    LIST,
    RAW,
    SINGLE,
    WAREHOUSE,
    Listing,
    Member,
    listed,
    read_listing,
)
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.warehouse.durable import TEMPORARY, sync_folder, told_when_full
from pipelines.warehouse.lock import patient_lock
from pipelines.warehouse.manifest import (
    manifest_path,
    read_manifest,
    warehouse_folder,
)
from pipelines.warehouse.place import place_of

SUFFIX = ".tar.gz"
# rendered or written for people; the tables are named by the manifest
_RENDERED = ("published", "outbox", "feedback")
_PRIVATE = 0o600
_SQLITE = b"SQLite format 3\x00"
# what SQLite keeps beside a database that is in use; the copy needs none of it
_BESIDE = ("-wal", "-shm", "-journal")
_LEVEL = 6
_EPOCH = 0


@dataclass
class _Writer:
    """The archive while it is written; keeps what will be its list."""

    tar: tarfile.TarFile
    members: list[Member] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def add(self, name: str, path: Path) -> None:
        """Copy a plain file as it is now; a link is left out and said so."""
        if path.is_symlink():
            self.left_out.append(listed(name))
            return
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            hashed = _Hashed(stream)
            self.tar.addfile(_member(name, size), hashed)  # type: ignore[arg-type] # it only reads
        self.members.append(Member(name=listed(name), size=size, sha256=hashed.digest.hexdigest()))

    def finish(self, listing: Listing) -> None:
        """The list goes last: an archive that was cut has none."""
        data = (listing.model_dump_json(indent=1) + "\n").encode()
        self.tar.addfile(_member(LIST, len(data)), io.BytesIO(data))


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.digest.update(data)
        return data


def write_backup(root: Path, out: Path, *, at: str, home: Path | None = None) -> Path:
    """Write one consistent archive of a project, and read it back before it gets its name.

    Waits for a run that is writing; no run can write meanwhile.

    Args:
        root: The project's root.
        out: The archive: a path that ends in ``.tar.gz`` and is not there yet.
        at: Time of the backup, ISO with offset.
        home: Dagster's folder; ``.dagster`` in the root by default.

    Returns:
        The archive's path.

    Raises:
        Stopped: There is something at the path, nothing to save, or files changed meanwhile.
        WarehouseBusy: A run is still writing.
        DiskFullError: There is no room; no archive was left.
    """
    if out.exists():
        raise Stopped(_in_the_way(out))
    if not (root / RAW).is_dir():
        raise Stopped(_nothing(root))
    dagster = home if home is not None else root / ".dagster"
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        with told_when_full(out, 0), patient_lock(root):
            _write(root, dagster, temporary, at)
        read_listing(temporary, version("qcdc"))  # a backup that cannot be read is none
        temporary.rename(out)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(out.parent)
    return out


def _write(root: Path, home: Path, path: Path, at: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "wb") as stream:
        with (
            gzip.GzipFile("", "wb", _LEVEL, stream, mtime=_EPOCH) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            writer = _Writer(tar)
            for name, source in _files(root):
                writer.add(name, source)
            history = run_history(home)
            _add_history(writer, home, whole=history == "sqlite")
            writer.finish(_listing(writer, at, history))
        stream.flush()
        os.fsync(stream.fileno())


def _listing(writer: _Writer, at: str, history: Literal["sqlite", "postgres", "none"]) -> Listing:
    return Listing(
        code=version("qcdc"),
        dagster=version("dagster"),
        made_at=at,
        run_history=history,
        left_out=tuple(writer.left_out),
        members=tuple(writer.members),
    )


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    """Name and path of every file but Dagster's, in the order of the archive."""
    for name in SINGLE:
        if (root / name).is_file():
            yield name, root / name
    yield from _below(root / RAW, RAW)
    folder = warehouse_folder(root)
    # a store keeps its own files, and they can be computed anew from raw/
    is_here = not place_of(root).compares
    if is_here and manifest_path(root).is_file():
        yield f"{WAREHOUSE}/{manifest_path(root).name}", manifest_path(root)
    # what issued releases need lies with them in raw/
    for name in sorted(read_manifest(root).files()) if is_here else ():
        if not (folder / name).is_file():
            raise Stopped(_table_missing(name))
        yield f"{WAREHOUSE}/{name}", folder / name
    for rendered in _RENDERED:
        yield from _below(folder / rendered, f"{WAREHOUSE}/{rendered}")


def _below(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """Files and links below a folder; half-written ones and links to folders are not walked."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if any(Path(part).match(TEMPORARY) for part in inside.parts):
            continue
        if path.is_symlink() or stat.S_ISREG(path.stat().st_mode):
            yield f"{name}/{inside.as_posix()}", path


def run_history(home: Path) -> Literal["sqlite", "postgres", "none"]:
    """Where Dagster keeps its history, as the settings in its folder say."""
    if not home.is_dir():
        return "none"
    settings = home / "dagster.yaml"
    told: Any = yaml.safe_load(settings.read_text(encoding="utf-8")) if settings.is_file() else {}
    storage = (told or {}).get("storage") or {}
    return "postgres" if "postgres" in str(storage).lower() else "sqlite"


def _add_history(writer: _Writer, home: Path, *, whole: bool) -> None:
    """Dagster's folder: databases as SQLite itself copies them, so that they are whole."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "copy.db"
        for inside, path in _below(home, DAGSTER):
            if path.name.endswith(_BESIDE) or path.is_symlink():
                continue
            if not _is_database(path):
                writer.add(inside, path)
            elif whole and copy_database(path, copy):
                writer.add(inside, copy)
            elif whole:  # what was received is worth saving without a broken history
                writer.left_out.append(listed(inside))


def _is_database(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(_SQLITE)) == _SQLITE


def copy_database(source: Path, target: Path) -> bool:
    """A whole copy of a SQLite database that somebody may be writing; False where it is broken."""
    target.unlink(missing_ok=True)
    address = f"{source.absolute().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(address, uri=True)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            reading.backup(writing)
            return writing.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.Error:
        return False


def _member(name: str, size: int) -> tarfile.TarInfo:
    """A member that says nothing of the machine, its users and file times."""
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, _PRIVATE, _EPOCH
    return member


def _in_the_way(out: Path) -> Problem:
    return Problem(
        "QCDC-E123",
        "Đã có tệp ở nơi sẽ ghi bản sao lưu.",
        out.name,
        "một tên tệp chưa có: bản sao lưu cũ không bao giờ bị ghi đè",
        "Chọn thư mục khác (--out) hoặc đợi sang giây sau rồi chạy lại.",
    )


def _nothing(root: Path) -> Problem:
    return Problem(
        "QCDC-E124",
        "Không có gì để sao lưu.",
        f"thư mục {root.name}/ không có raw/",
        "thư mục dự án có raw/ (sổ tiếp nhận và tệp đã nhận)",
        "Chuyển vào thư mục dự án rồi chạy lại.",
    )


def _table_missing(name: str) -> Problem:
    return Problem(
        "QCDC-E125",
        "Kho dữ liệu thiếu tệp, nên bản sao lưu sẽ không đủ.",
        f"không còn warehouse/{name}",
        "mọi tệp mà bản kê của kho nêu tên",
        "Chạy qcdc run cho kỳ đó để dựng lại kho từ raw/, rồi sao lưu lại.",
    )
