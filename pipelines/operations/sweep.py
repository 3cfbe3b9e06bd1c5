"""The start-up sweep: runs whose process is gone are failed, so that none stays "running".

Belongs here: which process a run had, whether it is still there, failing the run. Does not belong
here: runs that Dagster's own monitoring ends (too slow to start, too long), which needs a daemon.

A process is known by its number and its age: a number that another process got later is not the
run's. Numbers are those of this machine, so history in PostgreSQL serves one machine.
"""

from __future__ import annotations

import datetime as dt
import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    import dagster as dg

_UNFINISHED = ("STARTING", "STARTED", "CANCELING")
_GRPC = ".dagster/grpc_info"
_PARTITION = "dagster/partition"
# clocks of the kernel and of the process differ a little; a number is not given again so soon
_SLACK_SECONDS = 30.0
_CONNECT_SECONDS = 1.0
# words and tags of Dagster's daemon (auto_run_reexecution), and one of our own
_NOT_RETRIED, _WILL_RETRY = "Failed to retry run", "dagster/will_retry"
_TOLD_AGAIN = "qcdc/told_again"
_FORGET_SECONDS = 86_400.0  # an older run was given up by people, too


@dataclass(frozen=True)
class OpenRun:
    """A run that has not ended.

    Attributes:
        run_id: Id in Dagster's history.
        period: Its partition; empty where it has none.
        status: ``QUEUED``, ``NOT_STARTED``, ``STARTING``, ``STARTED`` or ``CANCELING``.
        since: When it began (or was asked for), seconds since 1970.
        pids: Processes that worked on it.
        is_gone: Whether nobody works on it any more; never so while it waits in the queue.
    """

    run_id: str
    period: str
    status: str
    since: float
    pids: tuple[int, ...]
    is_gone: bool


def open_runs(instance: dg.DagsterInstance, now: float) -> list[OpenRun]:
    """All runs that have not ended, oldest first.

    Args:
        instance: Dagster's instance.
        now: Seconds since 1970.
    """
    import dagster as dg

    wanted = [dg.DagsterRunStatus(name) for name in ("QUEUED", "NOT_STARTED", *_UNFINISHED)]
    records = instance.get_run_records(dg.RunsFilter(statuses=wanted))
    found = [_open_run(instance, record, now) for record in records]
    return sorted(found, key=lambda run: (run.since, run.run_id))


def sweep(instance: dg.DagsterInstance, now: float) -> list[OpenRun]:
    """Fail every run whose process is gone.

    Dagster then starts those again that it launched itself (``run_retries`` of dagster.yaml).

    Args:
        instance: Dagster's instance.
        now: Seconds since 1970.

    Returns:
        The runs that were failed.
    """
    gone = [run for run in open_runs(instance, now) if run.is_gone]
    for run in gone:
        _fail(instance, run)
    return gone


def tell_again(instance: dg.DagsterInstance, now: float) -> list[str]:
    """Fail those runs once more whose new start Dagster gave up for want of a code server.

    A run is started again when its failure is read. Where the code server is away at that moment,
    Dagster says "Failed to retry run" and never tries again; a second event of failure has it try.

    Args:
        instance: Dagster's instance.
        now: Seconds since 1970.

    Returns:
        Ids of the runs, each only once in its life.
    """
    import dagster as dg

    since = dt.datetime.fromtimestamp(now - _FORGET_SECONDS, dt.UTC)
    wanted = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.FAILURE], tags={_WILL_RETRY: "false"}, updated_after=since
    )
    found = [
        run
        for run in instance.get_runs(wanted)
        if _TOLD_AGAIN not in run.tags and _gave_up(instance, run.run_id)
    ]
    for run in found:
        instance.add_run_tags(run.run_id, {_TOLD_AGAIN: "true"})
        instance.report_run_failed(run, "Máy chủ mã đã trở lại: lần chạy được thử lại.")
    return [run.run_id for run in found]


def _gave_up(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether Dagster's last word on a run is that it could not start it again."""
    import dagster as dg

    entries = instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    return any((entry.message or "").startswith(_NOT_RETRIED) for entry in entries)


def is_running(pid: int, seen_at: float) -> bool:
    """Whether the process that had a number at a time is still there.

    Args:
        pid: The number.
        seen_at: When it had it, seconds since 1970.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return process.create_time() <= seen_at + _SLACK_SECONDS
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # it is there, and somebody else's
        return True


def _open_run(instance: dg.DagsterInstance, record: dg.RunRecord, now: float) -> OpenRun:
    run = record.dagster_run
    seen = _processes(instance, run.run_id)
    since = record.start_time or record.create_timestamp.timestamp()
    alive = any(is_running(pid, at) for pid, at in seen.items())
    if run.status.value not in _UNFINISHED:
        gone = False
    elif seen:
        gone = not alive
    else:
        gone = _never_came(instance, run.tags, now - since)
    period = run.tags.get(_PARTITION, "")
    return OpenRun(run.run_id, period, run.status.value, since, tuple(seen), gone)


def _processes(instance: dg.DagsterInstance, run_id: str) -> dict[int, float]:
    """Process numbers that the run's events tell, with the first time each was told."""
    import dagster as dg

    found: dict[int, float] = {}
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
        event = entry.dagster_event
        metadata: Mapping[str, object] = event.engine_event_data.metadata if event else {}
        value = getattr(metadata.get("pid"), "value", None)
        if value is not None and str(value).isdigit():
            found.setdefault(int(value), entry.timestamp)
    return found


def _never_came(instance: dg.DagsterInstance, tags: Mapping[str, str], age: float) -> bool:
    """Whether a run that told of no process is lost: it is late, or who started it is gone."""
    limit = instance.run_monitoring_start_timeout_seconds
    return age > limit or (_GRPC in tags and not _answers(tags[_GRPC]))


def _answers(told: str) -> bool:
    """Whether the code server that was to start a run listens."""
    try:
        server = json.loads(told)
        if server.get("socket"):
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(_CONNECT_SECONDS)
                probe.connect(str(Path(server["socket"])))
            return True
        address = (str(server.get("host") or "localhost"), int(server["port"]))
        with socket.create_connection(address, timeout=_CONNECT_SECONDS):
            return True
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _fail(instance: dg.DagsterInstance, run: OpenRun) -> None:
    """Say in the run's log why, then end it: as cancelled where that was asked for."""
    stored = instance.get_run_by_id(run.run_id)
    if stored is None or stored.is_finished:  # it ended by itself meanwhile
        return
    message = _told(run)
    instance.report_engine_event(message, stored)
    if run.status == "CANCELING":
        instance.report_run_canceled(stored, message)
    else:
        instance.report_run_failed(stored, message)


def _told(run: OpenRun) -> str:
    which = ", ".join(str(pid) for pid in run.pids)
    process = f"tiến trình {which} không còn" if which else "không có tiến trình nào nhận việc"
    return (
        f"Lần chạy bị bỏ dở: {process} (máy tắt, hoặc tiến trình bị dừng giữa chừng). "
        "Đánh dấu kết thúc khi quét lúc khởi động; số liệu đã công bố không bị ảnh hưởng."
    )


def swept_lines(runs: Iterable[OpenRun]) -> list[str]:
    """What was failed, a line for each."""
    return [f"{run.run_id[:8]} (kỳ {run.period or '–'}, đang ở {run.status})" for run in runs]
