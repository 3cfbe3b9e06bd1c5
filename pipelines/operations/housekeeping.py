"""The nightly tidying: what ``qcdc retention --apply`` does, by itself.

Belongs here: the schedule, what its tick tells. Does not belong here: what may go
(``retention``, ``retention_history``), lost runs (their own sensor).
https://docs.dagster.io/guides/automate/schedules
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves

import time
from pathlib import Path

import dagster as dg

from pipelines.catalogue.operations import operations_rules
from pipelines.operations.retention import Share, file_shares
from pipelines.operations.retention_history import history_shares
from pipelines.orchestration.automation import is_on
from pipelines.orchestration.home import dagster_home
from pipelines.orchestration.jobs import EVALUATE_PERIOD
from pipelines.orchestration.problems import KNOWN, problem_of
from pipelines.orchestration.resources import ClockResource, ProjectResource

NAME = "housekeeping"
_AT_NIGHT = "45 2 * * *"
_ZONE = "Asia/Ho_Chi_Minh"


def housekeeping() -> dg.ScheduleDefinition:
    """Every night: remove what is past its time. It asks for no run; the tick tells what went.

    Off unless the server's settings turn the automation on, as the calendar is.
    """

    @dg.schedule(
        name=NAME,
        job_name=EVALUATE_PERIOD,  # a schedule names a job, also one that never asks for a run
        cron_schedule=_AT_NIGHT,
        execution_timezone=_ZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING
        if is_on()
        else dg.DefaultScheduleStatus.STOPPED,
        description="2:45 mỗi đêm: dọn những gì quá hạn giữ (như qcdc retention --apply).",
    )
    def tidy(
        context: dg.ScheduleEvaluationContext, project: ProjectResource, clock: ClockResource
    ) -> dg.SkipReason:
        return dg.SkipReason(_tidied(context.instance, project.folder(), clock))

    return tidy


def _tidied(instance: dg.DagsterInstance, root: Path, clock: ClockResource) -> str:
    """Remove what may go; what is in the way waits for the next night and is told."""
    rules, wall = operations_rules().retention, time.time()
    try:
        shares = [
            *history_shares(instance, dagster_home(root), rules, wall),
            *file_shares(root, rules, clock.now(), wall),
        ]
    except KNOWN as error:
        return _in_the_way(error)
    told = [_removed(share) for share in shares if share.count]
    return "; ".join(told) or "Không có gì quá hạn giữ."


def _removed(share: Share) -> str:
    """Remove one kind; that one cannot go (no right to a folder) keeps no other from going."""
    try:
        return f"{share.label_vi}: đã xóa {share.remove()}"
    except KNOWN as error:
        return f"{share.label_vi}: {_in_the_way(error)}"


def _in_the_way(error: Exception) -> str:
    problem = problem_of(error)
    return f"chưa dọn được, {problem.code} {problem.title} {problem.found}"
