"""What the doctor may put right by itself: nothing that holds anybody's work.

Belongs here: settings that are missing, lost runs, half-written files, the number of a dead
process in the lock file. Does not belong here: finding them (``doctor_checks*``).
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from pipelines.operations.doctor_facts import temporary_files
from pipelines.operations.doctor_model import Facts, Finding
from pipelines.operations.sweep import sweep, swept_lines
from pipelines.orchestration.instance import opened_instance
from pipelines.orchestration.running import prepare_home
from pipelines.warehouse.errors import WarehouseBusy
from pipelines.warehouse.lock import writer_lock


def repair(facts: Facts, findings: Sequence[Finding]) -> list[str]:
    """Put right what was found and may be.

    Args:
        facts: What the findings were judged by.
        findings: Of ``doctor.examine``.

    Returns:
        What was done, in Vietnamese; nothing where nothing was to be done.

    Raises:
        Stopped: The instance cannot be opened.
        OSError: A file cannot be written or removed.
    """
    wanted = {found.check for found in findings if found.repairable}
    done: list[str] = []
    if "settings" in wanted:
        prepare_home(facts.root)
        done.append("đã chép dagster.yaml hiện hành vào thư mục Dagster")
    if "runs" in wanted:
        with opened_instance(facts.root) as instance:
            gone = sweep(instance, time.time())
        done += [f"đã kết thúc lần chạy bị bỏ dở {line}" for line in swept_lines(gone)]
    if wanted & {"lock", "temporary"}:
        done += _unlocked(facts, wanted)
    return done


def _unlocked(facts: Facts, wanted: set[str]) -> list[str]:
    """Repairs that need the warehouse for themselves; a writer that is at work is left alone."""
    try:
        with writer_lock(facts.root):
            # holding it once has emptied the lock file of the dead process's number
            told = ["đã xóa số tiến trình cũ trong tệp khóa"] if "lock" in wanted else []
            if "temporary" in wanted:
                told += _without_temporary(facts)
    except WarehouseBusy:
        return ["chưa dọn tệp khóa, tệp ghi dở: có lần chạy đang ghi; chạy lại sau"]
    return told


def _without_temporary(facts: Facts) -> list[str]:
    """Remove half-written files that are old; younger ones may belong to somebody."""
    oldest = time.time() - facts.limits.temporary_minutes * 60
    told = []
    for path in temporary_files(facts.root):
        if path.stat().st_mtime > oldest:
            continue
        _remove(path)
        told.append(f"đã xóa tệp ghi dở {path.relative_to(facts.root).as_posix()}")
    return told


def _remove(path: Path) -> None:
    if path.is_dir():
        for inner in path.rglob("*"):  # the archive of a release is written read-only
            if inner.is_dir() and not os.access(inner, os.W_OK):
                inner.chmod(0o700)
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
