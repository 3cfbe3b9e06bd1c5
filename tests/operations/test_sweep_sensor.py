"""The sweep while everything runs ends lost runs, and only those."""

from pathlib import Path

import dagster as dg

from pipelines.operations.dagster_parts import operations_parts
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


def test_it_runs_without_being_switched_on() -> None:
    sensors = operations_parts(dg.StaticPartitionsDefinition(["2021-H1"])).sensors
    (sensor,) = [each for each in sensors if each.name == NAME]
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
