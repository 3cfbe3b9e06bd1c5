"""Dagster's history in a real PostgreSQL server, chosen by a setting."""

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import psycopg2
import pytest

from pipelines.cli import main
from pipelines.definitions import build_defs
from pipelines.operations.sweep import open_runs
from pipelines.orchestration.home import SETTINGS, dagster_home
from pipelines.orchestration.instance import opened_instance
from pipelines.orchestration.running import run_period
from tests.operations.instances import add_run, dead_pid, states
from tests.orchestration.mini import PERIOD, ROOT, build, fake_report

pytestmark = [pytest.mark.tool("postgres"), pytest.mark.long]

PASSWORD = "p@ss/w:rd"  # noqa: S105 — of a server that lives for one test; signs that URLs use
JOB = "import dagster as dg\n@dg.op\ndef work(): pass\n@dg.job\ndef small(): work()\n"


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """A server of its own on 127.0.0.1; the variables that name it."""
    from tests.conftest import find_tool

    binaries = find_tool("postgres", request.node).parent
    # not in pytest's folder: PostgreSQL refuses root, and only root may enter that one
    folder = Path(tempfile.mkdtemp(prefix="qcdc-pg-"))
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    shutil.chown(folder, user)
    try:
        with _served(binaries, folder, user) as variables:
            yield variables
    finally:
        shutil.rmtree(folder)


@contextmanager
def _served(binaries: Path, folder: Path, user: str) -> Iterator[dict[str, str]]:
    secret = folder / "secret"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o644)
    data, log = folder / "data", (folder / "log").open("wb")
    made = [binaries / "initdb", "-D", data, "-U", "qcdc", "--auth=scram-sha-256"]
    options = ["--pwfile", secret, "--encoding=UTF8", "--no-locale", "--no-sync"]
    subprocess.run([*made, *options], check=True, user=user, stdout=log, cwd=folder, umask=0o077)
    port = _free_port()
    command = [binaries / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder]
    server = subprocess.Popen([*command, "-F"], user=user, stderr=log, cwd=folder)
    try:
        _wait(port)
        yield {
            "QCDC_PG_HOST": "127.0.0.1",
            "QCDC_PG_PORT": str(port),
            "QCDC_PG_DATABASE": "postgres",
            "QCDC_PG_USER": "qcdc",
            "QCDC_PG_PASSWORD": PASSWORD,
        }
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg2.connect(
                host="127.0.0.1", port=port, user="qcdc", password=PASSWORD, dbname="postgres"
            ).close()
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def root(server: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small project whose history is in the server, empty at first."""
    for name, value in server.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    project = tmp_path / "project"
    project.mkdir()
    build(project)
    (project / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "dagster-postgres.yaml", project / "deploy")
    monkeypatch.chdir(project)
    yield project
    with opened_instance(project) as instance:
        for run in instance.get_runs():
            instance.delete_run(run.run_id)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[object, str, str]]:
    """Runs ``qcdc``: its exit code, what it printed, what it complained of."""

    def ask(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as done:
            main(list(arguments))
        shown = capsys.readouterr()
        return done.value.code, shown.out, shown.err

    return ask


Ask = Callable[..., tuple[object, str, str]]


def test_a_period_is_run_recorded_and_read_back(
    root: Path, told: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told("instance", "--storage", "postgres")[0] == 0
    fake_report(monkeypatch)
    outcome = run_period(root, PERIOD, lambda _step, _state: None, build_defs)
    assert outcome.problem is None
    with opened_instance(root) as instance:
        assert "postgres" in type(instance.event_log_storage).__module__
        run = instance.get_run_by_id(outcome.run_id)
        assert run is not None
        assert run.status.value == "SUCCESS"
        event = instance.get_latest_materialization_event(dg.AssetKey(["core", "observations"]))
        assert event is not None
        assert event.run_id == outcome.run_id
    home = dagster_home(root)
    assert not (home / "history").exists(), "nothing of the history lies in files"
    for path in home.rglob("*"):
        assert not path.is_file() or PASSWORD.encode() not in path.read_bytes()


def test_a_launched_run_and_the_sweep_and_the_doctor(root: Path, told: Ask) -> None:
    told("instance", "--storage", "postgres")
    (root / "small.py").write_text(JOB, encoding="utf-8")
    launch = [sys.executable, "-m", "dagster", "job", "execute", "-f", "small.py", "-j", "small"]
    subprocess.run(launch, check=True, capture_output=True, timeout=120)
    with opened_instance(root) as instance:
        (run,) = instance.get_runs()
        assert run.status.value == "SUCCESS"
        assert open_runs(instance, time.time()) == []
        lost = add_run(instance, "STARTED", pid=dead_pid())
        queued = add_run(instance, "QUEUED")
    code, text, _ = told("doctor", "--json")
    assert code == 1
    ill = [f["check"] for f in json.loads(text)["findings"] if f["level"] == "error"]
    assert ill == ["runs"]
    code, text, _ = told("sweep", "--json")
    assert [each["run_id"] for each in json.loads(text)["swept"]] == [lost]
    with opened_instance(root) as instance:
        assert states(instance)[lost] == "FAILURE"
        assert states(instance)[queued] == "QUEUED"
    code, text, _ = told("doctor", "--json")
    assert code == 0
    assert PASSWORD not in text


def test_without_server_or_password_a_person_is_told_what_to_do(
    root: Path, told: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    told("instance", "--storage", "postgres")
    with monkeypatch.context() as patch:
        patch.delenv("QCDC_PG_PASSWORD")
        code, _, err = told("sweep")
        assert code == 2
        assert "QCDC-E111" in err
        assert "QCDC_PG_PASSWORD" in err
        code, _, err = told("run", PERIOD)
        assert code == 2
        assert "QCDC-E111" in err
    with monkeypatch.context() as patch:
        patch.setenv("QCDC_PG_PASSWORD", "another")
        code, text, _ = told("doctor", "--json")
        assert code == 1
        (found,) = [f for f in json.loads(text)["findings"] if f["level"] == "error"]
        assert found["check"] == "history"
        assert "QCDC-E112" in found["found"]
    assert (dagster_home(root) / SETTINGS).is_file()
