"""Operations' pieces of Dagster: what is seen to after runs, beside the work itself.

Belongs here: which schedules, sensors and jobs of operations there are, what of a run they pass
on. Does not belong here: the period's own assets, schedules and sensors (``orchestration``), what
a notice says (``notice_rows``). Nothing here sends anything or writes into a journal.
https://docs.dagster.io/guides/automate/sensors
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from pipelines.operations.failures import clear_failures, record_failure
from pipelines.operations.housekeeping import housekeeping
from pipelines.operations.notice_rows import Failure
from pipelines.operations.noticing import periods_to_tell, refresh
from pipelines.operations.run_failures import failure_of
from pipelines.operations.sweep_sensor import lost_runs
from pipelines.orchestration.jobs import EVALUATE_PERIOD
from pipelines.orchestration.problems import KNOWN, problem_of
from pipelines.orchestration.resources import ClockResource, ProjectResource

LAY_OUT = "lay_out_notices"
# a run that Dagster starts again by itself has not failed yet
_WILL_RETRY = "dagster/will_retry"
_EVERY_MORNING = "30 6 * * *"
_ZONE = "Asia/Ho_Chi_Minh"
_SECONDS = 30


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
    del partitions  # no piece is partitioned: one run a day sees to all periods
    job = _lay_out_job()
    return Parts(
        jobs=[job],
        schedules=[_daily(job), housekeeping()],
        sensors=[_outbox_after_evaluation(), _failed_runs(), lost_runs()],
    )


def _lay_out_job() -> dg.JobDefinition:
    @dg.op(name="lay_out", description="Lập lại hộp thông báo của các kỳ chưa khóa.")
    def lay_out(
        context: dg.OpExecutionContext, project: ProjectResource, clock: ClockResource
    ) -> None:
        root, at = project.folder(), clock.now()
        for period in periods_to_tell(root, at):
            context.log.info(f"{period}: {len(refresh(root, period, at).notices)} thông báo")

    @dg.job(
        name=LAY_OUT,
        executor_def=dg.in_process_executor,
        description="Lập sẵn thông báo chờ gửi (không tự gửi, không ghi sổ).",
    )
    def lay_out_notices() -> None:
        lay_out()

    return lay_out_notices


def _daily(job: dg.JobDefinition) -> dg.ScheduleDefinition:
    """What is due changes with the day even when no file comes."""
    return dg.ScheduleDefinition(
        name="notices_daily",
        job=job,
        cron_schedule=_EVERY_MORNING,
        execution_timezone=_ZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="6:30 mỗi sáng: lập lại hộp thông báo.",
    )


def _outbox_after_evaluation() -> dg.SensorDefinition:
    @dg.run_status_sensor(
        name="outbox_after_evaluation",
        run_status=dg.DagsterRunStatus.SUCCESS,
        # also runs that somebody started with `qcdc run`, which belong to no code location
        monitor_all_code_locations=True,
        minimum_interval_seconds=_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sau mỗi lần đánh giá xong: lập lại hộp thông báo của kỳ.",
    )
    def outbox_after_evaluation(
        context: dg.RunStatusSensorContext, project: ProjectResource, clock: ClockResource
    ) -> None:
        period = context.partition_key
        if context.dagster_run.job_name != EVALUATE_PERIOD or period is None:
            return
        clear_failures(project.folder(), period)
        _refreshed(context, project.folder(), period, clock.now())

    return outbox_after_evaluation


def _failed_runs() -> dg.SensorDefinition:
    @dg.run_failure_sensor(
        name="failed_runs",
        monitor_all_code_locations=True,
        minimum_interval_seconds=_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Lần chạy dừng lại: thông báo cho chuyên viên, kèm việc cần làm.",
    )
    def failed_runs(
        context: dg.RunFailureSensorContext, project: ProjectResource, clock: ClockResource
    ) -> None:
        run, period = context.dagster_run, context.partition_key
        if period is None or run.tags.get(_WILL_RETRY) == "true":
            return
        failure: Failure = failure_of(run.run_id, context.get_step_failure_events())
        if record_failure(project.folder(), period, failure):
            _refreshed(context, project.folder(), period, clock.now())

    return failed_runs


def _refreshed(
    context: dg.RunStatusSensorContext, root: Path, period: str, at: dt.datetime
) -> None:
    """Make the outbox anew; what is in the way is said in the tick and by the next refresh."""
    try:
        refresh(root, period, at)
    except KNOWN as error:
        problem = problem_of(error, period)
        context.log.warning(f"{problem.code}: {problem.title} {problem.found}")
