"""What of Dagster's history nobody needs any more: runs, step logs, ticks.

Belongs here: which of them may go, removing them, giving room back. Does not belong here: files of
the project (``retention``), how long things are kept (``operations.yaml``).
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from pipelines.catalogue.operations import RetentionRules
from pipelines.operations.retention import Share

if TYPE_CHECKING:
    import dagster as dg

_DAY = 86_400.0
_PARTITION = "dagster/partition"
_PATIENCE_SECONDS = 5.0
_WHOLE = ("history/runs/index.db", "history/runs.db", "schedules/schedules.db")


def history_shares(
    instance: dg.DagsterInstance, home: Path, rules: RetentionRules, now: float
) -> list[Share]:
    """Runs with their events, step logs and ticks that may go.

    Args:
        instance: Dagster's instance.
        home: ``DAGSTER_HOME``.
        rules: How long things are kept.
        now: Seconds since 1970.
    """
    records = list(instance.get_run_records())
    doomed = old_runs(records, rules, now)
    logs = _old_logs(home, doomed, rules, now)
    ticks = _old_ticks(instance, now - rules.ticks_days * _DAY)
    return [
        Share(
            "runs",
            "Lần chạy và sự kiện",
            f"cũ hơn {rules.runs_days} ngày; mỗi kỳ giữ {rules.runs_newest_per_period} lần xong "
            "mới nhất",
            len(doomed),
            sum(_size_of_run(home, run) for run in doomed),
            lambda: _remove_runs(instance, home, doomed),
        ),
        Share(
            "step_logs",
            "Nhật ký của bước",
            f"cũ hơn {rules.step_logs_days} ngày",
            len(logs),
            sum(_size(folder) for folder in logs),
            lambda: _remove_logs(instance, logs),
        ),
        Share(
            "ticks",
            "Lượt của lịch, cảm biến",
            f"cũ hơn {rules.ticks_days} ngày",
            ticks,
            None,
            lambda: _remove_ticks(instance, now - rules.ticks_days * _DAY),
        ),
    ]


def old_runs(records: Iterable[dg.RunRecord], rules: RetentionRules, now: float) -> list[str]:
    """Ids of the runs that may go, newest first.

    Kept are runs that have not ended, those of the last days, of each job and period the newest
    that succeeded, and the very newest of any outcome.

    Args:
        records: All runs.
        rules: How long things are kept.
        now: Seconds since 1970.
    """
    newest_first = sorted(records, key=lambda each: each.create_timestamp, reverse=True)
    seen: Counter[tuple[str, str]] = Counter()
    succeeded: Counter[tuple[str, str]] = Counter()
    doomed = []
    for record in newest_first:
        run = record.dagster_run
        of = (run.job_name, run.tags.get(_PARTITION, ""))
        seen[of] += 1
        succeeded[of] += run.is_success
        is_kept = seen[of] == 1 or (
            run.is_success and succeeded[of] <= rules.runs_newest_per_period
        )
        age = now - record.create_timestamp.timestamp()
        if run.is_finished and not is_kept and age > rules.runs_days * _DAY:
            doomed.append(run.run_id)
    return doomed


def give_back(home: Path) -> int:
    """Give the room of removed rows back to the disk, where SQLite holds the history.

    A database that somebody is writing is left for the next time.

    Returns:
        How many bytes the files have become smaller.
    """
    freed = 0
    for name in _WHOLE:
        path = home / name
        if not path.is_file():
            continue
        before = path.stat().st_size
        try:
            with closing(sqlite3.connect(path, timeout=_PATIENCE_SECONDS)) as connection:
                connection.execute("VACUUM")
        except sqlite3.OperationalError:
            continue
        freed += before - path.stat().st_size
    return freed


def _remove_runs(instance: dg.DagsterInstance, home: Path, runs: Sequence[str]) -> int:
    for run in runs:
        instance.compute_log_manager.delete_logs(prefix=[run])
        instance.delete_run(run)
        for path in (home / "history" / "runs").glob(f"{run}.db*"):
            path.unlink(missing_ok=True)  # Dagster empties it and leaves the file
    _remove_check_results(instance, runs)
    return len(runs)


def _remove_check_results(instance: dg.DagsterInstance, runs: Sequence[str]) -> None:
    """Results of checks, which Dagster 1.13 keeps when their run is deleted."""
    from dagster._core.storage.event_log import SqlEventLogStorage
    from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable as Results

    storage = instance.event_log_storage
    if isinstance(storage, SqlEventLogStorage):
        with storage.index_connection() as connection:
            for run in runs:  # one by one: SQLite limits how many values a statement has
                connection.execute(Results.delete().where(Results.c.run_id == run))


def _old_logs(home: Path, doomed: Sequence[str], rules: RetentionRules, now: float) -> list[Path]:
    """Folders of step logs that are old, and not those of runs that go with their logs."""
    folders = [path for path in (home / "storage").glob("*") if _is_of_run(path)]
    before = now - rules.step_logs_days * _DAY
    return sorted(
        path for path in folders if path.name not in doomed and path.stat().st_mtime < before
    )


def _is_of_run(path: Path) -> bool:
    try:
        UUID(path.name)
    except ValueError:
        return False
    return path.is_dir()


def _remove_logs(instance: dg.DagsterInstance, folders: Sequence[Path]) -> int:
    for folder in folders:
        instance.compute_log_manager.delete_logs(prefix=[folder.name])
    return len(folders)


def _old_ticks(instance: dg.DagsterInstance, before: float) -> int:
    return sum(
        len(instance.get_ticks(state.instigator_origin_id, state.selector_id, before=before))
        for state in instance.all_instigator_state()
    )


def _remove_ticks(instance: dg.DagsterInstance, before: float) -> int:
    count = _old_ticks(instance, before)
    for state in instance.all_instigator_state():
        instance.purge_ticks(state.instigator_origin_id, state.selector_id, before)
    return count


def _size_of_run(home: Path, run: str) -> int:
    shards = (home / "history" / "runs").glob(f"{run}.db*")
    return sum(path.stat().st_size for path in shards) + _size(home / "storage" / run)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
