"""The sweep while everything runs ends lost runs, and only those."""

import time
from pathlib import Path

import dagster as dg

from pipelines.operations.dagster_parts import operations_parts
from pipelines.operations.sweep import tell_again
from pipelines.operations.sweep_sensor import NAME, lost_runs
from pipelines.orchestration.home_lock import home_lock
from tests.operations.instances import add_run, dead_pid, living_process, states


def test_lost_runs_end_and_others_go_on(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance, living_process() as process:
        lost = add_run(instance, "STARTED", pid=dead_pid())
        living = add_run(instance, "STARTED", pid=process.pid)
        with dg.build_sensor_context(instance=instance) as context:
            told = lost_runs()(context)
        assert isinstance(told, dg.SkipReason)
        assert told.skip_message is not None
        assert told.skip_message.startswith("1 lần chạy")
        assert states(instance) == {lost: "FAILURE", living: "STARTED"}
        with home_lock(tmp_path, patience=0.0):
            pass  # it was let go


def test_a_run_that_dagster_could_not_start_again_is_told_once_more(tmp_path: Path) -> None:
    settings = {"run_retries": {"enabled": True, "max_retries": 2}}
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=settings) as instance:
        given_up, waiting = (add_run(instance, "STARTED", pid=dead_pid()) for _ in range(2))
        for each in (given_up, waiting):
            instance.report_run_failed(stored(instance, each), "gone")
        # what the daemon does while no code server answers
        instance.report_engine_event("Failed to retry run", stored(instance, given_up))
        instance.add_run_tags(given_up, {"dagster/will_retry": "false"})
        assert tell_again(instance, time.time()) == [given_up]
        assert stored(instance, given_up).tags["dagster/will_retry"] == "true"
        assert len(instance.all_logs(given_up, of_type=dg.DagsterEventType.RUN_FAILURE)) == 2
        assert tell_again(instance, time.time()) == [], "only once"
        assert tell_again(instance, time.time() + 2 * 86_400) == []
        assert len(instance.all_logs(waiting, of_type=dg.DagsterEventType.RUN_FAILURE)) == 1


def stored(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRun:
    """A run as it stands now."""
    found = instance.get_run_by_id(run_id)
    assert found is not None
    return found


def test_it_runs_without_being_switched_on() -> None:
    sensors = operations_parts(dg.StaticPartitionsDefinition(["2021-H1"])).sensors
    (sensor,) = [each for each in sensors if each.name == NAME]
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
