"""Running a period's job in this process, with its history kept where Dagster looks for it.

Belongs here: DAGSTER_HOME, the instance, the job, its outcome. Does not belong here: what the job
does (``jobs``), what a person sees (``screen``). Dagster is imported by the call, not with this
module: the other commands do not wait for it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.orchestration.asset_words import MILD_CHECKS, PAGES
from pipelines.orchestration.history_full import told_when_history_is_full
from pipelines.orchestration.home import dagster_home, refresh_settings
from pipelines.orchestration.instance import opened_home
from pipelines.orchestration.problems import CANNOT_RUN, Problem, unexpected

if TYPE_CHECKING:
    import dagster as dg

STEPS_VI = {
    "ingest": "Đọc và kiểm tra biểu mẫu",
    "evaluate": "Tính chỉ số, đối chiếu, công bố",
    "report__half_year": "Lập báo cáo",
    "report__papers": "Lập văn bản trình ký, tra cứu, tóm tắt, thông báo",
    "report__evidence": "Lập trang minh chứng",
    "ingest_checks": "Soát lại các bảng đã đọc",
    "evaluate_checks": "Soát lại các bảng đã tính",
}
_PAPERS_STEP = "report__papers"
_STATES = {"STEP_START": "started", "STEP_SUCCESS": "done", "STEP_FAILURE": "failed"}

OnStep = Callable[[str, str], None]
BuildDefs = Callable[[Mapping[str, object]], "dg.Definitions"]


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        run_id: Id in Dagster's history.
        problem: Why it stopped; None when every step succeeded.
        pages: Rendered reports, relative to the root.
        failed_checks: ``asset:check`` of the checks that did not pass.
    """

    run_id: str
    problem: Problem | None = None
    pages: list[str] = field(default_factory=list)
    failed_checks: list[str] = field(default_factory=list)

    @property
    def broken_checks(self) -> list[str]:
        """Failed checks that mean damage, not those that say what a period is like."""
        return [name for name in self.failed_checks if name.rpartition(":")[2] not in MILD_CHECKS]


def run_period(
    root: Path, period: str, on_step: OnStep, build: BuildDefs, family: str = "default"
) -> Outcome:
    """Run ``evaluate_period`` for one period.

    Args:
        root: The project's root.
        period: A key of the partition set.
        on_step: Called with a step's key and ``started``, ``done`` or ``failed``.
        build: ``definitions.build_defs``, which stands above this room.
        family: In which families papers are written, as ``papers.write_papers`` takes it.

    Returns:
        The outcome; errors of the steps are in it and not raised.
    """
    home = prepare_home(root)

    from pipelines.orchestration.jobs import EVALUATE_PERIOD
    from pipelines.orchestration.resources import ProjectResource

    defs = build({"project": ProjectResource(root=str(root))})
    job = defs.resolve_job_def(EVALUATE_PERIOD).with_logger_defs({"quiet": _logger(on_step)})
    with told_when_history_is_full(home), opened_home(home) as instance:
        result = job.execute_in_process(
            run_config={
                "loggers": {"quiet": {}},
                "ops": {_PAPERS_STEP: {"config": {"family": family}}},
            },
            instance=instance,
            partition_key=period,
            raise_on_error=False,
        )
    return _outcome(result)


def prepare_home(root: Path) -> Path:
    """Make Dagster's folder with the project's settings in it, and point the environment to it.

    Returns:
        ``DAGSTER_HOME``: as the environment has it, else ``.dagster`` in the root.
    """
    home = dagster_home(root)
    refresh_settings(root, home)
    os.environ["DAGSTER_HOME"] = str(home)
    return home


class _StepHandler(logging.Handler):
    """Passes on what begins and ends; the rest stays in Dagster's own log."""

    def __init__(self, on_step: OnStep) -> None:
        super().__init__()
        self._on_step = on_step

    def emit(self, record: logging.LogRecord) -> None:
        """Tell about a step, if the record is about one."""
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is None or event.step_key is None:
            return
        state = _STATES.get(event.event_type_value)
        if state is not None:
            self._on_step(event.step_key, state)


def _logger(on_step: OnStep) -> dg.LoggerDefinition:
    import dagster as dg

    def make(_: dg.InitLoggerContext) -> logging.Logger:
        # not from getLogger: nothing of a run may reach the handlers of the process
        logger = logging.Logger("qcdc")
        logger.addHandler(_StepHandler(on_step))
        return logger

    return dg.LoggerDefinition(make, description="Chỉ báo bước nào bắt đầu, bước nào xong.")


def _outcome(result: dg.ExecuteInProcessResult) -> Outcome:
    pages = [
        str(page)
        for materialization in result.get_asset_materialization_events()
        for page in _pages(materialization)
    ]
    failed = [
        f"{check.asset_key.to_user_string()}:{check.check_name}"
        for check in result.get_asset_check_evaluations()
        if not check.passed
    ]
    return Outcome(result.run_id, _problem(result), pages, failed)


def _pages(event: dg.DagsterEvent) -> Sequence[object]:
    found = event.materialization.metadata.get(PAGES)
    value = found.value if found is not None else None
    return value if isinstance(value, list) else ()


def _problem(result: dg.ExecuteInProcessResult) -> Problem | None:
    """The first failure, as the failing step told it."""
    if result.success:
        return None
    for event in result.all_events:
        if not event.is_step_failure:
            continue
        told = event.step_failure_data.user_failure_data
        fields = {k: v.value for k, v in told.metadata.items()} if told is not None else {}
        if "code" in fields:
            exit_code = fields.get("exit_code")
            texts = {k: str(fields[k]) for k in ("code", "title", "found", "expected", "action")}
            return Problem(
                **texts, exit_code=exit_code if isinstance(exit_code, int) else CANNOT_RUN
            )
        error = event.step_failure_data.error
        cause = error.cause if error is not None and error.cause is not None else error
        return unexpected(cause.message.strip() if cause else "?", result.run_id)
    return unexpected("job failed outside its steps", result.run_id)
