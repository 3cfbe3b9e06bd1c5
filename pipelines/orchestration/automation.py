"""What happens by itself: the calendar's steps every hour, an evaluation after files have come.

Belongs here: the schedule, the sensor, the runs they ask for. Does not belong here: which step is
due (``calendar``), which period is stale (``arrivals``), what a run does (the assets). Both end in
the one job ``evaluate_period``. What was evaluated and has not changed is not asked for again,
whoever asks; what changed is, even back to what it once was; what failed is tried once a day.

Both are off unless the server's settings say ``QCDC_AUTOMATION=on``: whoever opens the shipped
sample to look at it gets no line into a journal.
https://docs.dagster.io/guides/automate
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.catalogue.calendar import CalendarRules, calendar_rules
from pipelines.catalogue.model import Catalogue
from pipelines.intake.journal import JournalError, read_journal
from pipelines.intake.period_states import period_events
from pipelines.orchestration.arrivals import (
    Watch,
    has_input,
    in_order,
    is_stale,
    locked_any,
    looked,
    sign_of,
    stale_periods,
)
from pipelines.orchestration.calendar import Step, due_steps
from pipelines.orchestration.inputs import calendar, inputs_fingerprint
from pipelines.orchestration.jobs import EVALUATE_PERIOD
from pipelines.orchestration.period_command import NOT_COUNTED, record
from pipelines.orchestration.problems import KNOWN, Problem, Stopped, problem_of
from pipelines.orchestration.resources import ClockResource, ProjectResource
from pipelines.orchestration.steps import journal_path

if TYPE_CHECKING:
    import datetime as dt

    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

VARIABLE = "QCDC_AUTOMATION"
WHO = "Hệ thống (lịch)"
ASKED_BY = "qcdc/asked_by"
STATE, DAY = "qcdc/state", "qcdc/day"
_EVERY_HOUR = "0 * * * *"
_ZONE = "Asia/Ho_Chi_Minh"
_SECONDS = 30
# a run that has not begun reads everything that lies there when it begins
_TO_COME = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED]
_PARTITION = "dagster/partition"
_SHORT = 16


@dataclass
class Taken:
    """What a look at the calendar led to.

    Attributes:
        steps: Steps that were written into journals.
        ask: Periods to evaluate, with the reason that makes the key of a run; empty: their inputs.
        problems: What was in the way, by period.
    """

    steps: list[Step] = field(default_factory=list)
    ask: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Asker:
    """Asks for runs of a state, unless that was done.

    Attributes:
        instance: Knows which runs there were.
        by: Who asks: ``calendar`` or ``files``.
        today: The day in Hanoi.
    """

    instance: dg.DagsterInstance
    by: str
    today: "dt.date"

    def ask(self, period: str, state: str) -> dg.RunRequest | None:
        """The request for a period in a state; None where one is under way or was made today.

        A state that comes back after another one was evaluated is another state: the tables are
        not its own any more.
        """
        day, state = self.today.isoformat(), f"{period}/{state}/{self._evaluated(period)}"
        runs = self.instance.get_runs(
            dg.RunsFilter(job_name=EVALUATE_PERIOD, tags={STATE: state}), limit=_SHORT
        )
        if any(not run.is_finished or run.tags.get(DAY) == day for run in runs):
            return None
        tags = {ASKED_BY: self.by, STATE: state, DAY: day}
        return dg.RunRequest(run_key=f"{state}/{day}", partition_key=period, tags=tags)

    def _evaluated(self, period: str) -> str:
        """The last run that evaluated a period."""
        filters = dg.RunsFilter(
            job_name=EVALUATE_PERIOD,
            statuses=[dg.DagsterRunStatus.SUCCESS],
            tags={_PARTITION: period},
        )
        runs = self.instance.get_runs(filters, limit=1)
        return runs[0].run_id[:_SHORT] if runs else "-"


def is_on() -> bool:
    """Whether this installation does anything by itself."""
    return os.environ.get(VARIABLE, "").strip().lower() in {"on", "1", "true"}


def period_calendar(job: "UnresolvedAssetJobDefinition") -> dg.ScheduleDefinition:
    """The schedule that opens, reminds, closes and locks periods."""

    @dg.schedule(
        name="period_calendar",
        job=job,
        cron_schedule=_EVERY_HOUR,
        execution_timezone=_ZONE,
        default_status=(
            dg.DefaultScheduleStatus.RUNNING if is_on() else dg.DefaultScheduleStatus.STOPPED
        ),
        description="Mỗi giờ: mở, nhắc, đóng, khóa kỳ theo hạn của công văn yêu cầu báo cáo.",
    )
    def tick(
        context: dg.ScheduleEvaluationContext, project: ProjectResource, clock: ClockResource
    ) -> list[dg.RunRequest] | dg.SkipReason:
        root, catalogue, now = project.folder(), project.catalogue(), clock.now()
        taken = take_steps(root, catalogue, now, calendar_rules())
        for step in taken.steps:
            context.log.info(f"{step.period}: {step.action} ({step.why})")
        asker = Asker(context.instance, "calendar", now.date())
        requests, more = _requests(root, catalogue, taken.ask, asker)
        problems = [*taken.problems, *more]
        _tell(context, problems)
        if problems and not requests:
            raise dg.Failure(_text(problems[0]))
        return requests or dg.SkipReason(f"{len(taken.steps)} bước của kỳ; không cần đánh giá lại.")

    return tick


def raw_files(job: "UnresolvedAssetJobDefinition") -> dg.SensorDefinition:
    """The sensor that has unlocked periods evaluated after files have come to rest in raw/."""

    @dg.sensor(
        name="raw_files",
        job=job,
        minimum_interval_seconds=_SECONDS,
        default_status=(
            dg.DefaultSensorStatus.RUNNING if is_on() else dg.DefaultSensorStatus.STOPPED
        ),
        description="Tệp mới, sổ hoặc danh mục đổi: chờ yên rồi đánh giá lại kỳ chưa khóa.",
    )
    def tick(
        context: dg.SensorEvaluationContext, project: ProjectResource, clock: ClockResource
    ) -> dg.SensorResult | dg.SkipReason:
        root, catalogue, now = project.folder(), project.catalogue(), clock.now()
        watch, ready = looked(Watch.of(context.cursor), sign_of(root), now, calendar_rules())
        context.update_cursor(watch.model_dump_json())
        if not ready:
            return dg.SkipReason("Thư mục raw/ chưa đổi, hoặc còn đang chép tệp.")
        try:
            stale = stale_periods(root, catalogue)
            queued = _not_begun(context.instance)
            ask = in_order(root, catalogue, [key for key in stale if key not in queued])
            asker = Asker(context.instance, "files", now.date())
            requests, _ = _requests(root, catalogue, dict.fromkeys(ask, ""), asker)
        except KNOWN as error:
            raise dg.Failure(_text(problem_of(error, "")), allow_retries=False) from error
        context.update_cursor(watch.done(now).model_dump_json())
        return (
            dg.SensorResult(run_requests=requests)
            if requests
            else dg.SkipReason("Số liệu của mọi kỳ chưa khóa đã tính theo các tệp hiện có.")
        )

    return tick


def take_steps(root: Path, catalogue: Catalogue, now: "dt.datetime", rules: CalendarRules) -> Taken:
    """Write the lines of all steps that are due; one that fails stops no other period's.

    Args:
        root: The project's root.
        catalogue: Knows the periods.
        now: The time.
        rules: How many days.
    """
    taken = Taken()
    requests = calendar(root, catalogue)["ref.requests"]
    events = {}
    for period in sorted(requests["period"].unique()):
        try:
            events[period] = period_events(read_journal(journal_path(root, period)).entries)
        except JournalError as error:
            taken.problems.append(problem_of(error, period))
    readable = requests[requests["period"].isin(list(events))]
    held: set[str] = set()
    for step in due_steps(readable, events, now, rules):
        if step.period not in held:
            _take(root, catalogue, step, now, taken, held)
    return taken


def _take(
    root: Path,
    catalogue: Catalogue,
    step: Step,
    now: "dt.datetime",
    taken: Taken,
    held: set[str],
) -> None:
    """Take one step; of a period that stops, the later steps wait for the next hour."""
    try:
        received = has_input(root, catalogue, step.period)
        if step.action == "remind":
            if received:
                taken.ask.setdefault(step.period, f"remind/{step.on.isoformat()}")
            return
        if step.action == "lock" and is_stale(root, catalogue, step.period):
            taken.ask[step.period] = ""
            held.add(step.period)
            return
        record(root, step.period, step.action, at=now, who=WHO, why=step.why)
    except Stopped as error:
        held.add(step.period)
        if error.problem.code == NOT_COUNTED:
            taken.ask[step.period] = ""
        else:
            taken.problems.append(error.problem)
    except KNOWN as error:
        held.add(step.period)
        taken.problems.append(problem_of(error, step.period))
    else:
        taken.steps.append(step)
        if received and step.action != "lock":
            taken.ask[step.period] = ""


def _requests(
    root: Path, catalogue: Catalogue, ask: dict[str, str], asker: Asker
) -> tuple[list[dg.RunRequest], list[Problem]]:
    """One run for each period, in the order in which they are to run; what is in the way."""
    prints: dict[str, str] = {}
    found, problems = [], []
    unlocked = [key for key in ask if not locked_any(root, catalogue, key)]
    for period in in_order(root, catalogue, unlocked):
        try:
            state = ask.get(period) or inputs_fingerprint(root, catalogue, period, prints)[:_SHORT]
        except JournalError as error:  # of a period before it: no run could read it either
            problems.append(problem_of(error, period))
            continue
        request = asker.ask(period, state)
        if request is not None:
            found.append(request)
    return found, problems


def _not_begun(instance: dg.DagsterInstance) -> set[str]:
    """Periods with a run that will still read what lies there."""
    filters = dg.RunsFilter(job_name=EVALUATE_PERIOD, statuses=_TO_COME)
    runs: Iterable[dg.DagsterRun] = instance.get_runs(filters)
    return {run.tags[_PARTITION] for run in runs if _PARTITION in run.tags}


def _tell(context: dg.ScheduleEvaluationContext, problems: Sequence[Problem]) -> None:
    for problem in problems:
        context.log.warning(_text(problem))


def _text(problem: Problem) -> str:
    return f"{problem.code}: {problem.title} {problem.found} {problem.action}"
