"""Small Dagster instances and the runs of broken days, for tests of operations."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import psutil
from dagster._core.events import EngineEventData
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)

from tests.orchestration.mini import ROOT


@dg.job
def nothing() -> None:
    """A job whose runs are only recorded."""


def settled(root: Path) -> Path:
    """A project with nothing but its settings."""
    for name in ("workspace.yaml", "dagster.yaml"):
        shutil.copy(ROOT / name, root)
    (root / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "dagster-postgres.yaml", root / "deploy")
    return root


def add_run(
    instance: dg.DagsterInstance,
    status: str,
    *,
    pid: int | None = None,
    period: str = "2021-H1",
    tags: dict[str, str] | None = None,
) -> str:
    """Record a run in a state, worked on by a process; its id."""
    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("qcdc"), "__repository__")
    run = instance.create_run_for_job(
        nothing,
        status=dg.DagsterRunStatus(status),
        tags={"dagster/partition": period, **(tags or {})},
        remote_job_origin=RemoteJobOrigin(repository, nothing.name),
    )
    if pid is not None:
        message = f"Started process for run (pid: {pid})."
        instance.report_engine_event(message, run, EngineEventData.in_process(pid))
    return run.run_id


@contextmanager
def living_process() -> Iterator[psutil.Process]:
    """A process that does nothing until the test is over."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.kill()


def dead_pid() -> int:
    """The number of a process that has ended."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def states(instance: dg.DagsterInstance) -> dict[str, str]:
    """Run id → its state."""
    return {run.run_id: run.status.value for run in instance.get_runs()}
