"""The sweep while everything runs: a run that lost its process is not left until the next start.

Belongs here: the sensor. Does not belong here: which runs are lost (``sweep``), the sweep before a
program starts (``sweep_command``).

A code server tells of its own workers that die. Nobody tells when it was killed with them and came
back before the sweep of its start could see it, or when it could not write for want of room. Nor
does anybody start a run again that was failed while no code server answered.
https://docs.dagster.io/guides/automate/sensors
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves
import time
from pathlib import Path

import dagster as dg

from pipelines.operations.sweep import sweep, swept_lines, tell_again
from pipelines.orchestration.home_lock import home_lock

NAME = "lost_runs"
_SECONDS = 120
# a tick has a minute; whoever holds the lock is sweeping already
_PATIENCE_SECONDS = 10.0


def lost_runs() -> dg.SensorDefinition:
    """The sensor that fails runs whose process is gone; Dagster then starts them again."""

    @dg.sensor(
        name=NAME,
        minimum_interval_seconds=_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="2 phút một lần: kết thúc những lần chạy có tiến trình không còn.",
    )
    def tick(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        with home_lock(Path(context.instance.root_directory), _PATIENCE_SECONDS):
            gone = sweep(context.instance, time.time())
            tell_again(context.instance, time.time())
        for line in swept_lines(gone):
            context.log.warning(line)
        return dg.SkipReason(f"{len(gone)} lần chạy bị bỏ dở đã được đánh dấu kết thúc.")

    return tick
