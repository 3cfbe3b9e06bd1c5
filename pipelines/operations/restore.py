"""Putting a backup in place: everything is checked first, what stood there is set aside.

Belongs here: the order of checking, unpacking aside, swapping; what a crash in between leaves.
Does not belong here: what an archive is (``backup_archive``), writing one (``backup``).

A restore that was cut leaves the file ``NOTE`` in the root: ``warehouse.lock`` then lets nobody
write until it is restored again. The same archive may be restored again without being asked.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from pipelines.operations.backup_archive import (
    DAGSTER,
    LIST,
    RAW,
    SINGLE,
    WAREHOUSE,
    Listing,
    damaged,
    digest_of,
    listed,
    opened,
    plain_members,
    read_listing,
)
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.warehouse.durable import sync_folder, told_when_full, write_whole
from pipelines.warehouse.lock import LOCK, patient_lock
from pipelines.warehouse.lock import RESTORING as NOTE

STAGING = ".khoi-phuc.tmp"
_ASIDE = ".truoc-khoi-phuc"
_DIGITS = 8
_CHUNK = 1 << 20
_DAGSTER_HOME = ".dagster"


@dataclass(frozen=True)
class Restored:
    """What came of it.

    Attributes:
        files: How many files were put in place.
        places: The folders and files of the root that are now those of the archive.
        aside: Folder of the root in which lies what stood there before; None where nothing did.
        listing: The archive's list.
    """

    files: int
    places: list[str]
    aside: str | None
    listing: Listing


@dataclass(frozen=True)
class _Note:
    """What the root says while it is neither the old project nor the new one."""

    archive: str
    sha256: str
    aside: str


def restore(archive: Path, root: Path, *, replace: bool = False) -> Restored:
    """Put a backup in place of what a folder holds.

    Nothing is touched before every byte of the archive was compared with its hash. What stood in
    the folder is set aside inside it, never deleted. Stop Dagster's processes first.

    Args:
        archive: Written by ``backup.write_backup``.
        root: The folder; it is made where there is none.
        replace: Whether it may hold a project already.

    Raises:
        Stopped: The archive is damaged, unsafe or of a later program, or the folder holds a
            project and ``replace`` was not said; nothing was changed.
        WarehouseBusy: A run is writing.
        DiskFullError: There is no room; what stood there stands.
    """
    listing = read_listing(archive, version("qcdc"))
    with archive.open("rb") as stream:
        digest = digest_of(stream)
    before = unfinished(root)
    same = before is not None and before.sha256 == digest
    if (held := occupied(root)) and not (replace or same):
        raise Stopped(_not_empty(root, held))
    root.mkdir(parents=True, exist_ok=True)
    staging = root / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    with told_when_full(archive, archive.stat().st_size):
        _unpack(archive, staging, listing)
    note = before or _Note(archive.name, digest, _free_name(root, digest))
    with patient_lock(root, restoring=True):
        told = json.dumps(asdict(note) | {"sha256": digest}, ensure_ascii=False) + "\n"
        write_whole(root / NOTE, told.encode(), "report")
        places = _swap(root, staging, note.aside, again=before is not None)
        (root / NOTE).unlink()
        sync_folder(root)
    shutil.rmtree(staging, ignore_errors=True)
    aside = note.aside if (root / note.aside).is_dir() else None
    return Restored(len(listing.members), places, aside, listing)


def unfinished(root: Path) -> _Note | None:
    """What a restore that was cut has left to say, or None."""
    try:
        told = json.loads((root / NOTE).read_bytes())
        return _Note(str(told["archive"]), str(told["sha256"]), _plain(str(told["aside"])))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise Stopped(_unreadable_note(root)) from error


def occupied(root: Path) -> list[str]:
    """What a folder holds of a project: names of what a restore would set aside."""
    kept = []
    for name in (RAW, WAREHOUSE, _DAGSTER_HOME):
        files = (root / name).rglob("*")
        if any(path.name != LOCK and not path.is_dir() for path in files):
            kept.append(name)
    return kept


def _unpack(archive: Path, staging: Path, listing: Listing) -> None:
    """Unpack beside the project; every byte is compared once more, and is durable."""
    expected = {member.name: member.sha256 for member in listing.members}
    with opened(archive) as tar:
        for member in plain_members(archive, tar):
            if member.name == LIST:
                continue
            source = tar.extractfile(member)
            if source is None or listed(member.name) not in expected:
                raise Stopped(damaged(archive, f"{member.name} không có trong danh sách"))
            target = staging / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(source, target)
            with target.open("rb") as written:
                if digest_of(written) != expected[listed(member.name)]:
                    raise Stopped(damaged(archive, f"{member.name}: khác mã băm"))
    for folder in (staging, *(path for path in staging.rglob("*") if path.is_dir())):
        sync_folder(folder)


def _copy(source: object, target: Path) -> None:
    with target.open("wb") as stream:
        shutil.copyfileobj(source, stream, _CHUNK)  # type: ignore[arg-type] # a file of the archive
        stream.flush()
        os.fsync(stream.fileno())
    if "releases" in target.parts:
        target.chmod(0o444)  # as issued archives are


def _swap(root: Path, staging: Path, aside: str, *, again: bool) -> list[str]:
    """Set aside what stands there and give what was unpacked its names.

    Args:
        root: The project's root.
        staging: What was unpacked.
        aside: Name of the folder below the root.
        again: A former swap was cut: what stands there beside something in ``aside`` was put
            there by it.
    """
    places = [RAW, WAREHOUSE, _DAGSTER_HOME, *SINGLE]
    if (staging / DAGSTER).is_dir():
        _rename(staging / DAGSTER, staging / _DAGSTER_HOME)
    lock = root / WAREHOUSE / LOCK
    if lock.is_file():  # who waits for it now must wait for the same one afterwards
        (staging / WAREHOUSE).mkdir(exist_ok=True)
        os.link(lock, staging / WAREHOUSE / LOCK)
    held = {*occupied(root), *SINGLE}
    put = []
    for name in places:
        new, old, kept = staging / name, root / name, root / aside / name
        if name in SINGLE and old.exists():
            continue  # settings of this installation stay
        if old.exists():
            if name not in held or (again and kept.exists()):
                shutil.rmtree(old)
            else:
                kept.parent.mkdir(exist_ok=True)
                _rename(old, kept)
        if new.exists():
            _rename(new, old)
            put.append(name)
    sync_folder(root)
    return put


def _rename(old: Path, new: Path) -> None:
    old.rename(new)


def _free_name(root: Path, digest: str) -> str:
    """A name that nothing in the root has."""
    first = f"{_ASIDE}-{digest[:_DIGITS]}"
    names = (first, *(f"{first}-{n}" for n in range(2, 10_000)))
    return next(name for name in names if not (root / name).exists())


def _plain(name: str) -> str:
    if Path(name).name != name or not name.startswith(_ASIDE):
        msg = f"not a name of what was set aside: {name!r}"
        raise ValueError(msg)
    return name


def _not_empty(root: Path, held: list[str]) -> Problem:
    return Problem(
        "QCDC-E126",
        "Thư mục đích đang có dữ liệu.",
        f"{root.name}/ có {', '.join(held)}",
        "thư mục trống, hoặc đồng ý thay (--yes): dữ liệu cũ được cất riêng, không bị xóa",
        "Thêm --yes nếu muốn thay, hoặc chọn thư mục khác (--into). Chưa có gì bị thay đổi.",
    )


def _unreadable_note(root: Path) -> Problem:
    return Problem(
        "QCDC-E127",
        "Không đọc được ghi chú của lần khôi phục dở dang.",
        f"{root.name}/{NOTE}",
        f"tệp {NOTE} như chương trình đã ghi",
        f"Xem thư mục {_ASIDE}-… (dữ liệu trước khôi phục), chuyển {NOTE} đi nơi khác "
        "rồi khôi phục lại với --yes.",
    )
