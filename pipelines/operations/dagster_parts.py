"""Operations' pieces of Dagster: what is seen to after runs, beside the work itself.

Belongs here: which schedules, sensors and jobs of operations there are. Does not belong here: the
period's own assets, schedules and sensors (``orchestration``), what a notice says
(``notices``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import dagster as dg


@dataclass(frozen=True)
class Parts:
    """What ``definitions`` adds to the period's own pieces.

    Attributes:
        jobs: Jobs.
        schedules: Schedules.
        sensors: Sensors.
    """

    jobs: Sequence[dg.JobDefinition] = ()
    schedules: Sequence[dg.ScheduleDefinition] = ()
    sensors: Sequence[dg.SensorDefinition] = ()


def operations_parts(partitions: dg.PartitionsDefinition[str]) -> Parts:
    """The pieces of operations.

    Args:
        partitions: The periods.
    """
    del partitions  # each piece that comes takes it
    return Parts()
