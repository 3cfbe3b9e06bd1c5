"""An office through a year: the clock moves, files arrive, what ticks ask for is carried out.

Belongs here: moving the clock, delivering files, doing what Dagster's daemon would do with what a
tick asks for. Does not belong here: what must have come out (the tests).
"""

import datetime as dt
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import build_defs
from pipelines.orchestration.clock import HANOI, VARIABLE
from pipelines.orchestration.jobs import EVALUATE_PERIOD
from pipelines.orchestration.resources import ClockResource, ProjectResource
from pipelines.warehouse.failpoints import KILLED
from pipelines.warehouse.failpoints import VARIABLE as FAILPOINT
from tests.orchestration.mini import ROOT, fake_report

HEAVY = "mc-mh"  # a register of many rows tells nothing more here


def moment(day: str, hour: int = 9, minute: int = 0) -> dt.datetime:
    """A time in Hanoi."""
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(hour, minute), HANOI)


@dataclass
class Office:
    """A project, its clock, and everything that was done to it.

    Attributes:
        root: The project.
        clock: The file that tells the time.
        now: What it tells.
        history: Dagster's history of the runs.
        cursor: What the sensor remembers.
        asked: Keys of the runs that were asked for, by who asked.
        runs: Periods that were evaluated, in order; a crash has a sign.
        sent: (path, sha256) of every file that was delivered.
    """

    root: Path
    clock: Path
    now: dt.datetime
    history: dg.DagsterInstance
    cursor: str | None = None
    asked: set[tuple[str, str]] = field(default_factory=set)
    runs: list[str] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)

    def at(self, when: dt.datetime) -> None:
        """Move the clock, never back."""
        assert when >= self.now
        self.now = when
        self.clock.write_text(when.isoformat(), encoding="utf-8")

    def deliver(self, period: str, provider: str, name: str, data: bytes) -> None:
        """A file arrives in a unit's folder."""
        path = self.root / "raw" / period / provider / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        relative = path.relative_to(self.root).as_posix()
        self.sent.append((relative, hashlib.sha256(data).hexdigest()))

    def hour(self, crash_at: str | None = None) -> None:
        """One tick of the calendar, and the runs it asks for."""
        defs = build_defs()
        with pytest.warns(UserWarning, match="get_schedule_def"):
            schedule = defs.get_schedule_def("period_calendar")
        with dg.build_schedule_context(
            instance=self.history,
            scheduled_execution_time=self.now,
            resources=self._resources(),
            repository_def=defs.get_repository_def(),
        ) as context:
            requests = schedule.evaluate_tick(context).run_requests
        self._carry_out("calendar", requests, crash_at)

    def look(self, crash_at: str | None = None) -> None:
        """One tick of the sensor, and the runs it asks for."""
        defs = build_defs()
        with pytest.warns(UserWarning, match="get_sensor_def"):
            sensor = defs.get_sensor_def("raw_files")
        with dg.build_sensor_context(
            instance=self.history,
            cursor=self.cursor,
            resources=self._resources(),
            repository_def=defs.get_repository_def(),
        ) as context:
            data = sensor.evaluate_tick(context)
        self.cursor = data.cursor
        self._carry_out("files", data.run_requests, crash_at)

    def rest(self, crash_at: str | None = None) -> None:
        """The sensor sees that something came, and a minute later that it is over."""
        self.look()
        self.at(self.now + dt.timedelta(seconds=60))
        self.look(crash_at)

    def _resources(self) -> dict[str, object]:
        return {"project": ProjectResource(root=str(self.root)), "clock": ClockResource()}

    def _carry_out(
        self, asked_by: str, requests: Iterable[dg.RunRequest] | None, crash_at: str | None
    ) -> None:
        for request in requests or ():
            key, period = (asked_by, str(request.run_key)), str(request.partition_key)
            if key in self.asked:  # as the daemon does
                continue
            self.asked.add(key)
            if crash_at is not None:
                assert crash(self.root, period, crash_at) == KILLED
                self.runs.append(f"{period} ✗")  # and the daemon tries again
            evaluate(self.root, period, self.history, request.tags)
            self.runs.append(period)


def evaluate(
    root: Path,
    period: str,
    history: dg.DagsterInstance,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Run the period's job, as a run worker would."""
    defs = build_defs({"project": ProjectResource(root=str(root))})
    job = defs.resolve_job_def(EVALUATE_PERIOD)
    result = job.execute_in_process(instance=history, partition_key=period, tags=dict(tags or {}))
    assert result.success


def crash(root: Path, period: str, point: str) -> int:
    """The same in a process that is killed at a place; its exit code."""
    call = f"from {__name__} import evaluate_alone; evaluate_alone({str(root)!r}, {period!r})"
    env = os.environ | {FAILPOINT: point, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", call], env=env, check=False).returncode


def evaluate_alone(root: str, period: str) -> None:
    """Run the period's job in a process that knows nothing of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        fake_report(patch)
        evaluate(Path(root), period, dg.DagsterInstance.ephemeral())


def open_office(
    folder: Path, periods: Container[str], start: dt.datetime, patch: pytest.MonkeyPatch
) -> Office:
    """A project that asks for some periods and has received nothing, and its clock."""
    root = folder / "office"
    root.mkdir()
    for name in ("workspace.yaml", "dagster.yaml"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "raw" / "reference", root / "raw" / "reference")
    requests = root / "raw" / "reference" / "requests.csv"
    head, *lines = requests.read_text(encoding="utf-8").splitlines()
    asked = [line for line in lines if line.split(",")[2] in periods]
    requests.write_text("\n".join([head, *asked]) + "\n", encoding="utf-8")
    (folder / "home").mkdir()
    history = dg.DagsterInstance.local_temp(str(folder / "home"))
    office = Office(root, folder / "clock", start, history)
    office.at(start)
    patch.setenv(VARIABLE, str(office.clock))
    patch.setenv("DAGSTER_HOME", str(folder / "home"))
    return office


def workbooks(period: str) -> dict[str, tuple[str, bytes]]:
    """The shipped files of a period by sender: name and bytes."""
    found = {}
    for path in sorted((ROOT / "raw" / period).glob("*/*.xlsx")):
        if path.parent.name != HEAVY:
            found.setdefault(path.parent.name, (path.name, path.read_bytes()))
    return found


if __name__ == "__main__":
    fake_report(pytest.MonkeyPatch())  # never undone: the process ends with the run
    with dg.DagsterInstance.ephemeral() as forgotten:
        evaluate(Path(sys.argv[1]), sys.argv[2], forgotten)
