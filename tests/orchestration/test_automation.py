"""The schedule and the sensor through their contexts: lines in the journal, runs asked for."""

import datetime as dt
import functools
import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines.catalogue.model import Catalogue
from pipelines.definitions import build_defs
from pipelines.intake.journal import read_journal
from pipelines.intake.period_states import period_events
from pipelines.orchestration.automation import DAY, STATE, VARIABLE, WHO, Asker
from pipelines.orchestration.clock import HANOI
from pipelines.orchestration.inputs import inputs_fingerprint
from pipelines.orchestration.resources import ClockResource, ProjectResource
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.manifest import Manifest, commit
from tests.orchestration.mini import PERIOD

DUE = dt.datetime(2021, 6, 4, 9, tzinfo=HANOI)  # of the shipped request; closes four days later
CLOSING, LOCKING = DUE + dt.timedelta(days=4), DUE + dt.timedelta(days=34)


@pytest.fixture
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    # a schedule's context takes none that lives in memory only
    with dg.DagsterInstance.local_temp(str(tmp_path_factory.mktemp("home"))) as kept:
        yield kept


@pytest.fixture
def project(project: Path) -> Path:
    """The small project as it was while the period was open."""
    journal = journal_path(project, PERIOD)
    kept = [line for line in journal.read_text("utf-8").splitlines() if '"close"' not in line]
    journal.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return project


@functools.cache
def definitions() -> dg.Definitions:
    """The shipped ones; nothing in them knows which project it is asked about."""
    return build_defs()


def resources(root: Path, now: dt.datetime) -> dict[str, object]:
    return {"project": ProjectResource(root=str(root)), "clock": ClockResource(at=now.isoformat())}


def tick(root: Path, now: dt.datetime, instance: dg.DagsterInstance) -> list[dg.RunRequest]:
    """What the calendar asks for at a time."""
    defs = definitions()
    with dg.build_schedule_context(  # left in order: Dagster remembers the instance it opens
        instance=instance,
        scheduled_execution_time=now,
        resources=resources(root, now),
        repository_def=defs.get_repository_def(),
    ) as context:
        schedule = defs.resolve_schedule_def("period_calendar")
        return list(schedule.evaluate_tick(context).run_requests or ())


def look(
    root: Path, now: dt.datetime, instance: dg.DagsterInstance, cursor: str | None
) -> tuple[list[dg.RunRequest], str | None]:
    """What the sensor asks for at a time, and what it remembers."""
    defs = definitions()
    with dg.build_sensor_context(
        instance=instance,
        cursor=cursor,
        resources=resources(root, now),
        repository_def=defs.get_repository_def(),
    ) as context:
        data = defs.resolve_sensor_def("raw_files").evaluate_tick(context)
    return list(data.run_requests or ()), data.cursor


def lines(root: Path) -> list[tuple[str, str]]:
    events = period_events(read_journal(journal_path(root, PERIOD)).entries)
    return [(event.action, event.who) for event in events if event.who == WHO]


def counted(root: Path, catalogue: Catalogue) -> None:
    """As if the period had just been evaluated."""
    commit(root, Manifest(inputs={PERIOD: inputs_fingerprint(root, catalogue, PERIOD)}))


def test_a_period_closes_is_evaluated_and_only_then_locked(
    project: Path, catalogue: Catalogue, instance: dg.DagsterInstance
) -> None:
    assert tick(project, CLOSING - dt.timedelta(hours=10), instance) == []
    asked = tick(project, CLOSING, instance)
    assert [(run.partition_key, run.tags["qcdc/asked_by"]) for run in asked] == [
        (PERIOD, "calendar")
    ]
    assert lines(project) == [("close", WHO)]
    assert tick(project, CLOSING + dt.timedelta(hours=1), instance) == []

    again = tick(project, LOCKING, instance)  # nobody has evaluated it: it is not locked
    assert [run.tags[STATE] for run in again] == [run.tags[STATE] for run in asked]
    assert lines(project) == [("close", WHO)]
    counted(project, catalogue)
    assert tick(project, LOCKING + dt.timedelta(hours=1), instance) == []
    assert lines(project) == [("close", WHO), ("lock", WHO)]
    assert tick(project, LOCKING + dt.timedelta(hours=2), instance) == []
    assert lines(project) == [("close", WHO), ("lock", WHO)]


def test_a_reminder_has_the_state_made_anew_once(
    project: Path, instance: dg.DagsterInstance
) -> None:
    keys = {
        run.run_key
        for hour in (0, 8, 13)
        for run in tick(project, DUE - dt.timedelta(days=7, hours=9 - hour), instance)
    }
    assert keys == {f"{PERIOD}/remind/2021-05-28/-/2021-05-28"}
    assert lines(project) == []


def test_a_broken_journal_stops_no_other_periods_step_and_is_told(
    project: Path, instance: dg.DagsterInstance
) -> None:
    broken = project / "raw" / "2020-H2" / "journal.jsonl"
    broken.parent.mkdir(exist_ok=True)
    broken.write_text("{\n{}\n", encoding="utf-8")
    with pytest.raises(Exception, match="period_calendar") as told:
        tick(project, CLOSING, instance)
    assert "QCDC-E07" in str(told.value.__cause__)
    assert lines(project) == [("close", WHO)]


def test_files_are_evaluated_once_they_have_come_to_rest(
    project: Path, catalogue: Catalogue, instance: dg.DagsterInstance
) -> None:
    asked, cursor = look(project, DUE, instance, None)
    assert asked == []
    asked, cursor = look(project, DUE + dt.timedelta(seconds=60), instance, cursor)
    assert [run.partition_key for run in asked] == [PERIOD]
    counted(project, catalogue)
    sent = next((project / "raw" / PERIOD).glob("*/*.xlsx"))
    for number in range(200):  # a flood
        (sent.parent / f"lan-{number}.xlsx").write_bytes(sent.read_bytes() + b"%d" % number)
        if number % 50 == 0:
            now = DUE + dt.timedelta(seconds=90 + number)
            asked, cursor = look(project, now, instance, cursor)
            assert asked == []
    asked, cursor = look(project, DUE + dt.timedelta(seconds=300), instance, cursor)
    assert asked == []
    flood, cursor = look(project, DUE + dt.timedelta(seconds=360), instance, cursor)
    assert [run.partition_key for run in flood] == [PERIOD]
    assert cursor is not None
    assert len(json.dumps(cursor)) < 400
    assert look(project, DUE + dt.timedelta(seconds=390), instance, cursor)[0] == []


def test_a_run_that_has_not_begun_reads_everything(
    project: Path, instance: dg.DagsterInstance
) -> None:
    _, cursor = look(project, DUE, instance, None)
    instance.create_run_for_job(
        definitions().resolve_job_def("evaluate_period"),
        status=dg.DagsterRunStatus.NOT_STARTED,
        tags={"dagster/partition": PERIOD},
    )
    assert look(project, DUE + dt.timedelta(seconds=60), instance, cursor)[0] == []


def launched(instance: dg.DagsterInstance, asked: dg.RunRequest, status: str) -> None:
    """As if the daemon had carried out a request, and this came of it."""
    instance.create_run_for_job(
        definitions().resolve_job_def("evaluate_period"),
        status=dg.DagsterRunStatus[status],
        tags={**asked.tags, "dagster/partition": str(asked.partition_key)},
    )


def ask(instance: dg.DagsterInstance, by: str, day: int, state: str) -> dg.RunRequest:
    asked = Asker(instance, by, dt.date(2021, 6, day)).ask(PERIOD, state)
    assert asked is not None
    return asked


def test_a_state_that_comes_back_is_evaluated_again(instance: dg.DagsterInstance) -> None:
    keys = set()
    for state in (
        "a",
        "b",
        "a",
        "b",
    ):  # a file goes and comes again: no journal says so
        asked = ask(instance, "files", 4, state)
        keys.add(asked.run_key)
        launched(instance, asked, "SUCCESS")
    assert len(keys) == 4


def test_a_state_is_asked_for_once_whoever_asks(instance: dg.DagsterInstance) -> None:
    launched(instance, ask(instance, "calendar", 4, "a"), "STARTED")
    assert Asker(instance, "files", dt.date(2021, 6, 4)).ask(PERIOD, "a") is None
    assert Asker(instance, "files", dt.date(2021, 6, 5)).ask(PERIOD, "a") is None
    assert ask(instance, "files", 4, "b").tags["qcdc/asked_by"] == "files"


def test_what_failed_is_tried_once_a_day(instance: dg.DagsterInstance) -> None:
    launched(instance, ask(instance, "files", 4, "a"), "FAILURE")
    assert Asker(instance, "calendar", dt.date(2021, 6, 4)).ask(PERIOD, "a") is None
    assert ask(instance, "calendar", 5, "a").tags[DAY] == "2021-06-05"


def test_nothing_happens_by_itself_unless_the_server_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for value, running in (("", False), ("on", True)):
        monkeypatch.setenv(VARIABLE, value)
        defs = build_defs()
        schedule = defs.resolve_schedule_def("period_calendar")
        sensor = defs.resolve_sensor_def("raw_files")
        assert (schedule.default_status == dg.DefaultScheduleStatus.RUNNING) is running
        assert (sensor.default_status == dg.DefaultSensorStatus.RUNNING) is running
