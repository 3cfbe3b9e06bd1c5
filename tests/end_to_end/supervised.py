"""A small project under the real supervisor with the shipped settings, for tests to kill parts of.

Belongs here: starting and ending it, asking it (supervisor, GraphQL), waiting with a bound. Does
not belong here: what must come out.
"""

import datetime as dt
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self
from xmlrpc.client import Fault, ServerProxy

import psutil
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._grpc.client import DagsterGrpcClient  # dagster has no public name for it
from supervisor.xmlrpc import SupervisorTransport

from pipelines.warehouse.manifest import read_manifest
from tests.end_to_end.quick_defs import HELD, HOLD
from tests.orchestration.mini import PERIOD, ROOT

PROGRAMS = ("code", "daemon", "operator", "reader")
JOB = "evaluate_period"
ENDED = {"SUCCESS", "FAILURE", "CANCELED"}
START_SECONDS = 600.0
RUN_SECONDS = 900.0
_QUICK = "tests.end_to_end.quick_defs"
_LAUNCH = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
_RUNS = """{ runsOrError { __typename ... on Runs { results {
  runId jobName status creationTime startTime endTime tags { key value } } } } }"""
_LOCATION = """{ workspaceOrError { ... on Workspace { locationEntries { loadStatus
  locationOrLoadError { __typename } } } } }"""


class Site:
    """A project, its programs and their supervisor. Use as a context: it ends what it started."""

    def __init__(self, build: Callable[[Path], object], at: dt.datetime | None = None) -> None:
        """Make the project.

        Args:
            build: Fills the root.
            at: What the clock of the programs shows; with it, schedule and sensor are on.
        """
        # not pytest's folder: the path of a socket may have 107 letters; in memory where there is
        # such a place: killing programs asks nothing of a disk
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 — mkdtemp below it
        self.base = Path(tempfile.mkdtemp(prefix="qcdc-", dir=memory))
        self.root = self.base / "root"
        self.root.mkdir()
        build(self.root)
        shutil.copytree(ROOT / "deploy", self.root / "deploy")
        conf = self.root / "deploy" / "supervisord.conf"
        text = conf.read_text(encoding="utf-8")
        assert "pipelines.definitions" in text
        conf.write_text(text.replace("pipelines.definitions", _QUICK), encoding="utf-8")
        self.operator, self.reader = free_port(), free_port()
        self.env = self._environment()
        if at is not None:
            self.env |= {"QCDC_AUTOMATION": "on", "QCDC_CLOCK": str(self.base / "clock")}
            self.set_clock(at)
        for name in ("run", "log"):
            (self.base / name).mkdir()
        self._supervisor: subprocess.Popen[bytes] | None = None

    def _environment(self) -> dict[str, str]:
        own = {
            "QCDC_ROOT": self.root,
            "QCDC_BIN": Path(sys.executable).parent,
            "DAGSTER_HOME": self.base / "home",
            "QCDC_SOCKET": self.base / "run" / "code.sock",
            "QCDC_LOG": self.base / "log",
            "QCDC_BACKUPS": self.base / "backups",
            "QCDC_OPERATOR_PORT": self.operator,
            "QCDC_READER_PORT": self.reader,
            "PYTHONPATH": ROOT,
            "QCDC_AUTOMATION": "off",
            "QCDC_NO_PDF": "1",
        }
        shipped = (ROOT / "deploy" / "qcdc.env").read_text(encoding="utf-8").splitlines()
        said = dict(line.split("=", 1) for line in shipped if line and not line.startswith("#"))
        return dict(os.environ) | said | {key: str(value) for key, value in own.items()}

    def __enter__(self) -> Self:
        """Start all programs and wait until they answer."""
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End all of them; what does not end in time is killed."""
        self.stop()
        shutil.rmtree(self.base, ignore_errors=True)

    def start(self) -> float:
        """Start the supervisor; give the seconds until every program answered."""
        began = time.monotonic()
        self.command("instance-prepared", ["python", "-m", "pipelines.orchestration.home"])
        with (self.base / "log" / "supervisor.out").open("ab") as log:
            self._supervisor = subprocess.Popen(
                [
                    Path(sys.executable).with_name("supervisord"),
                    *("-n", "-c", self.root / "deploy" / "supervisord.conf"),
                ],
                env=self.env,
                cwd=self.root,
                stdout=log,
                stderr=log,
            )
        self.until(self.is_ready, START_SECONDS, "every program answers")
        return time.monotonic() - began

    def stop(self) -> None:
        """Ask the supervisor to end, then kill what is left of this site."""
        if self._supervisor is not None and self._supervisor.poll() is None:
            self._supervisor.terminate()
            try:
                self._supervisor.wait(60)
            except subprocess.TimeoutExpired:
                self._supervisor.kill()
                self._supervisor.wait(10)
        for process in self.processes():
            process.kill()

    def cut_power(self) -> None:
        """Kill the supervisor and everything it started, all at once."""
        assert self._supervisor is not None
        self._supervisor.kill()
        self._supervisor.wait(10)
        for process in self.processes():
            process.kill()
        self.until(lambda: not self.processes(), 10, "everything is gone")

    def processes(self) -> list[psutil.Process]:
        """Every living process of this site, orphans too: they carry its socket's name."""
        found = []
        for process in psutil.process_iter():
            try:
                mine = process.environ().get("QCDC_SOCKET") == self.env["QCDC_SOCKET"]
                if mine and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    # --- asking

    def pid(self, program: str) -> int:
        """Process number of a running program; 0 when it does not run."""
        address = f"unix://{self.base / 'log' / 'supervisor.sock'}"
        transport = SupervisorTransport(None, None, address)
        try:
            with ServerProxy("http://127.0.0.1", transport=transport) as server:
                told: Any = server.supervisor.getProcessInfo(program)
        except (OSError, Fault):
            return 0
        return int(told["pid"]) if told["statename"] in {"STARTING", "RUNNING"} else 0

    def kill(self, program: str) -> int:
        """Send SIGKILL to a program; give the number it had."""
        pid = self.pid(program)
        assert pid, f"{program} does not run"
        os.kill(pid, signal.SIGKILL)
        return pid

    def ask(self, query: str, *, port: int | None = None, **variables: Any) -> Any:
        """Send a GraphQL query; give ``data``.

        Raises:
            OSError: Nobody answers.
        """
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port or self.operator}/graphql",
            data=body,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 — loopback
            return json.loads(answer.read())["data"]

    def is_ready(self) -> bool:
        """Whether both webservers have loaded the code location and the daemon lives."""
        return all(self.pid(program) for program in PROGRAMS) and all(
            self.has_code(port) for port in (self.operator, self.reader)
        )

    def has_code(self, port: int) -> bool:
        """Whether a webserver answers and has the definitions."""
        try:
            entries = self.ask(_LOCATION, port=port)["workspaceOrError"]["locationEntries"]
        except (OSError, KeyError, TypeError):
            return False
        return [
            (entry["loadStatus"], (entry["locationOrLoadError"] or {}).get("__typename"))
            for entry in entries
        ] == [("LOADED", "RepositoryLocation")]

    def can_start_runs(self) -> bool:
        """Whether the code server itself answers, not what the webservers remember of it."""
        try:
            DagsterGrpcClient(host="localhost", socket=self.env["QCDC_SOCKET"]).ping("")
        except DagsterUserCodeUnreachableError:
            return False
        return self.has_code(self.operator)

    def launch(self, period: str = PERIOD) -> str:
        """Ask for a run as the UI does; give its id."""
        selector = {
            "repositoryLocationName": "qcdc",
            "repositoryName": "__repository__",
            "jobName": JOB,
        }
        tags = [{"key": "dagster/partition", "value": period}]
        params = {"selector": selector, "mode": "default", "executionMetadata": {"tags": tags}}
        told = self.ask(_LAUNCH, params=params | {"runConfigData": {}})["launchRun"]
        assert told["__typename"] == "LaunchRunSuccess", told
        return told["run"]["runId"]

    def runs(self) -> list[dict[str, Any]]:
        """All runs, oldest first, with their tags as a mapping."""
        results = self.ask(_RUNS)["runsOrError"]["results"]
        for run in results:
            run["tags"] = {tag["key"]: tag["value"] for tag in run["tags"]}
        return sorted(results, key=lambda run: run["creationTime"])

    def run_of(self, run_id: str) -> dict[str, Any]:
        """One run."""
        return next(run for run in self.runs() if run["runId"] == run_id)

    def retries_of(self, run_id: str) -> list[dict[str, Any]]:
        """The runs that Dagster started again for a run."""
        return [run for run in self.runs() if run["tags"].get("dagster/root_run_id") == run_id]

    # --- waiting

    def until(self, holds: Callable[[], object], seconds: float, what: str) -> float:
        """Wait until something holds; give how long it took, in seconds.

        Raises:
            AssertionError: It does not within the bound.
        """
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                if holds():
                    return time.monotonic() - began
            except (OSError, StopIteration):  # not up, or not known yet
                pass
            time.sleep(0.2)
        raise AssertionError(f"not within {seconds:.0f} s: {what}\n{self.logs()}")

    def until_ended(self, run_id: str, seconds: float = RUN_SECONDS) -> str:
        """Wait until a run has ended; give how."""
        self.until(lambda: self.run_of(run_id)["status"] in ENDED, seconds, f"{run_id} ends")
        return self.run_of(run_id)["status"]

    def until_good(self, run_id: str) -> None:
        """Wait until a run has ended well.

        Raises:
            AssertionError: It failed.
        """
        assert self.until_ended(run_id) == "SUCCESS", self.logs(60)

    def until_all_ended(self, seconds: float = RUN_SECONDS) -> float:
        """Wait until no run is open; give how long it took."""
        return self.until(
            lambda: all(run["status"] in ENDED for run in self.runs()), seconds, "all runs end"
        )

    def set_clock(self, at: dt.datetime) -> None:
        """Set what the programs' clock shows; whoever reads it meanwhile sees a whole time."""
        new = self.base / "clock.new"
        new.write_text(at.isoformat(), encoding="utf-8")
        new.replace(self.base / "clock")

    def hold(self) -> None:
        """Let the next run stop in its middle."""
        (self.root / HOLD).touch()

    def release(self) -> None:
        """Let held runs go on."""
        (self.root / HOLD).unlink(missing_ok=True)
        for mark in self.root.glob(f"{HELD}.*"):
            mark.unlink()

    def held(self) -> int:
        """Process number of the run worker that stands in the middle of its run."""
        self.until(lambda: list(self.root.glob(f"{HELD}.*")), RUN_SECONDS, "a run is under way")
        return int(next(self.root.glob(f"{HELD}.*")).suffix[1:])

    # --- looking

    def hashes(self) -> dict[str, str]:
        """Hash of every committed table and period."""
        return hashes(self.root)

    def logs(self, lines: int = 25) -> str:
        """The ends of all logs."""
        paths = [*sorted((self.base / "log").glob("*.log")), self.base / "log" / "supervisor.out"]
        return "\n".join(
            f"--- {path.name}\n" + "\n".join(path.read_text("utf-8").splitlines()[-lines:])
            for path in paths
            if path.is_file()
        )

    def command(self, what: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment's ``bin`` in the root."""
        program = Path(sys.executable).with_name(command[0])
        done = subprocess.run(
            [program, *command[1:]],
            cwd=self.root,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
        )
        assert done.returncode in {0, 1, 2}, f"{what}: {done.stderr}"
        return done


# `qcdc run` with placeholders for the papers, as the code server of a site has them
RUN_AT_A_DESK = (
    "import pytest, sys\n"
    "from tests.orchestration.mini import fake_report\n"
    "fake_report(pytest.MonkeyPatch())\n"
    "from pipelines.cli import main\n"
    f"main(['run', '{PERIOD}', '--json'])\n"
)


def hashes(root: Path) -> dict[str, str]:
    """Hash of every committed table and period."""
    tables: Mapping[str, Mapping[str, Any]] = read_manifest(root).tables
    return {f"{t}/{p}": e.hash for t, periods in tables.items() for p, e in periods.items()}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
