"""Collecting what the doctor judges by: the instance, the disk, the lock, the clock.

Belongs here: looking, without changing anything. Does not belong here: judging
(``doctor_checks*``), tables and journals (``doctor_facts_data``).
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import yaml

from pipelines.catalogue.operations import operations_rules
from pipelines.operations.doctor_backup import backup_facts
from pipelines.operations.doctor_codes import unknown_codes
from pipelines.operations.doctor_facts_data import period_facts, warehouse_facts
from pipelines.operations.doctor_model import DiskFacts, Facts, InstanceFacts, LockFacts
from pipelines.operations.sweep import open_runs
from pipelines.orchestration.clock import HANOI, VARIABLE, ClockBroken, now
from pipelines.orchestration.home import SETTINGS, changed_settings, dagster_home, is_own
from pipelines.orchestration.instance import (
    history_bytes,
    instance_errors,
    not_opened,
    opened_instance,
    without_secrets,
)
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.warehouse.durable import TEMPORARY
from pipelines.warehouse.lock import LOCK
from pipelines.warehouse.manifest import manifest_path, warehouse_folder

if TYPE_CHECKING:
    import dagster as dg

_LOCKS = Path("/proc/locks")
_FIRST_LINE = 200
# where the program writes: its environment and git's own files are none of its business
_WRITTEN = ("raw", "warehouse")


def gather(root: Path, *, deep: bool = False) -> Facts:
    """Look at everything; nothing is changed, and what cannot be looked at is said in the facts.

    Args:
        root: The project's root.
        deep: Read every byte of the warehouse.

    Raises:
        CatalogueError: The doctor's own limits cannot be read.
    """
    home = dagster_home(root)
    here, drill = _clock()
    instance = _instance(root, home)
    return Facts(
        root=root,
        home=home,
        now=here,
        wall=time.time(),
        limits=operations_rules().doctor,
        deep=deep,
        drill=drill,
        offset_hours=_offset(here),
        instance=instance,
        disk=_disk(root, home),
        warehouse=warehouse_facts(root, deep=deep),
        periods=period_facts(root, here.date()),
        backup=backup_facts(root),
        codes=unknown_codes(root),
    )


def lock_path(root: Path) -> Path:
    """The file of the writer lock."""
    return warehouse_folder(root) / LOCK


def temporary_files(root: Path) -> list[Path]:
    """Half-written files, in the folders that the program writes; folders of that name too."""
    found = (path for name in _WRITTEN for path in (root / name).rglob(TEMPORARY))
    whole = sorted(path for path in found if not path.is_symlink())
    return [path for path in whole if not any(parent in whole for parent in path.parents)]


def _clock() -> tuple[dt.datetime, str]:
    """The project's time, and what it is taken from where that is not the machine's clock."""
    try:
        return now(), os.environ.get(VARIABLE, "")
    except ClockBroken as error:
        return dt.datetime.now(HANOI).replace(microsecond=0), str(error)


def _offset(here: dt.datetime) -> float:
    offset = here.astimezone(HANOI).utcoffset()
    return offset.total_seconds() / 3600 if offset is not None else 0.0


def _instance(root: Path, home: Path) -> InstanceFacts:
    if not (home / SETTINGS).is_file():
        return InstanceFacts()
    try:
        changed = tuple(changed_settings(root, home))
        with opened_instance(root) as instance:
            facts = _opened(instance, home)
        return replace(facts, changed=changed, is_own=is_own(root, home))
    except Stopped as stopped:
        return InstanceFacts(prepared=True, problem=stopped.problem)
    except yaml.YAMLError as error:
        return InstanceFacts(prepared=True, problem=_no_yaml(error))
    except instance_errors() as error:
        return InstanceFacts(prepared=True, problem=not_opened(error))


def _opened(instance: dg.DagsterInstance, home: Path) -> InstanceFacts:
    heartbeats = instance.get_daemon_heartbeats()
    return InstanceFacts(
        prepared=True,
        required=tuple(instance.get_required_daemon_types()),
        heartbeats={name: beat.timestamp for name, beat in heartbeats.items()},
        errors={
            name: without_secrets(beat.errors[0].message.strip())[:_FIRST_LINE]
            for name, beat in heartbeats.items()
            if beat.errors
        },
        runs=tuple(open_runs(instance, time.time())),
        max_runtime=float(instance.run_monitoring_max_runtime_seconds),
        history_bytes=history_bytes(home),
    )


def _no_yaml(error: yaml.YAMLError) -> Problem:
    return Problem(
        "QCDC-E115",
        "Tệp cài đặt của Dagster có lỗi.",
        str(error)[:_FIRST_LINE],
        f"{SETTINGS} là YAML đúng cú pháp",
        f"Sửa tệp .dagster/{SETTINGS}, hoặc cất nó đi rồi chạy qcdc doctor --repair.",
    )


def _disk(root: Path, home: Path) -> DiskFacts:
    free = {"thư mục dự án": shutil.disk_usage(root).free}
    if home.is_dir() and home.stat().st_dev != root.stat().st_dev:
        free["thư mục Dagster"] = shutil.disk_usage(home).free
    wall = time.time()
    temporary = [
        (path.relative_to(root).as_posix(), wall - path.stat().st_mtime)
        for path in temporary_files(root)
    ]
    raw = root / "raw"
    unreadable = [
        path.relative_to(root).as_posix()
        for path in sorted(raw.rglob("*"))
        if not path.is_symlink() and not os.access(path, os.R_OK)
    ]
    manifest = manifest_path(root)
    newest = {"warehouse/manifest.json": manifest.stat().st_mtime} if manifest.is_file() else {}
    return DiskFacts(free, tuple(temporary), tuple(unreadable), _lock(root), newest)


def _lock(root: Path) -> LockFacts:
    """Who holds the warehouse; asking does not hinder a writer for longer than the question."""
    path = lock_path(root)
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return LockFacts()
    try:
        text = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        named = int(text) if text.isdigit() else None
        held = _is_held(descriptor)
        holders = tuple(_holders(os.fstat(descriptor).st_ino)) if held else ()
    finally:
        os.close(descriptor)
    return LockFacts(named, held, holders, named is not None and psutil.pid_exists(named))


def _is_held(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def _holders(inode: int) -> Iterator[int]:
    """Processes that the kernel names for a locked file; none where it does not tell."""
    try:
        lines = _LOCKS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        words = line.split()
        if "->" not in words and "FLOCK" in words and words[5].endswith(f":{inode}"):
            yield int(words[4])
