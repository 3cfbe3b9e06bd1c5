"""A run whose process is gone does not stay "running"; one that is worked on is left alone."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines.operations import sweep as sweeping
from pipelines.operations.sweep import is_running, open_runs, sweep
from tests.operations.instances import add_run, dead_pid, living_process, states


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path_factory.mktemp("instance"))) as made:
        yield made


@pytest.fixture
def instance(kept: dg.DagsterInstance) -> Iterator[dg.DagsterInstance]:
    """An instance without runs; making a new one for each test takes a second."""
    yield kept
    for run in kept.get_runs():
        kept.delete_run(run.run_id)


def swept(instance: dg.DagsterInstance, later: float = 0) -> set[str]:
    return {run.run_id for run in sweep(instance, time.time() + later)}


@pytest.mark.parametrize("status", ["STARTED", "STARTING"])
def test_a_run_whose_process_ended_is_failed_and_says_why(
    instance: dg.DagsterInstance, status: str
) -> None:
    run = add_run(instance, status, pid=dead_pid())
    assert swept(instance) == {run}
    assert states(instance)[run] == "FAILURE"
    told = [entry.user_message or entry.message for entry in instance.all_logs(run)]
    assert any("Lần chạy bị bỏ dở: tiến trình" in text for text in told)
    assert swept(instance) == set(), "a second sweep has nothing to do"


def test_a_run_that_was_being_cancelled_ends_as_cancelled(instance: dg.DagsterInstance) -> None:
    run = add_run(instance, "CANCELING", pid=dead_pid())
    assert swept(instance) == {run}
    assert states(instance)[run] == "CANCELED"


def test_a_living_run_and_the_queue_are_left_alone(instance: dg.DagsterInstance) -> None:
    with living_process() as process:
        living = add_run(instance, "STARTED", pid=process.pid)
        queued = add_run(instance, "QUEUED")
        assert swept(instance, later=86_400) == set()
    assert states(instance) == {living: "STARTED", queued: "QUEUED"}


def test_a_number_given_to_a_later_process_is_not_the_runs() -> None:
    with living_process() as process:
        assert is_running(process.pid, process.create_time())
        assert not is_running(process.pid, process.create_time() - 3_600)


def test_a_killed_process_that_nobody_collected_is_gone() -> None:
    with living_process() as process:
        process.kill()
        deadline = time.monotonic() + 5
        while process.status() != "zombie" and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not is_running(process.pid, time.time())


def test_a_run_that_never_got_a_process_is_given_its_time(instance: dg.DagsterInstance) -> None:
    run = add_run(instance, "STARTING")
    limit = instance.run_monitoring_start_timeout_seconds
    assert swept(instance) == set()
    assert swept(instance, later=limit + 5) == {run}


def test_a_run_whose_code_server_is_gone_does_not_wait(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    path = str(tmp_path / "server")
    tags = {".dagster/grpc_info": f'{{"host": "localhost", "socket": "{path}"}}'}
    run = add_run(instance, "STARTING", tags=tags)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        assert swept(instance) == set()
    assert swept(instance) == {run}


def test_a_run_that_ends_during_the_sweep_keeps_its_end(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = add_run(instance, "STARTED", pid=dead_pid())
    seen = open_runs(instance, time.time())
    stored = instance.get_run_by_id(run)
    assert stored is not None
    instance.report_run_failed(stored, "ended by itself")
    monkeypatch.setattr(sweeping, "open_runs", lambda *_: seen)
    sweep(instance, time.time())
    texts = [entry.message for entry in instance.all_logs(run)]
    assert not any("bỏ dở" in text for text in texts)
