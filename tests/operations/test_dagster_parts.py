"""Operations' sensors and schedule: on a tiny job of the same name, in an instance of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.operations import dagster_parts
from pipelines.operations.dagster_parts import LAY_OUT, Parts, operations_parts
from pipelines.operations.failures import failures_of
from pipelines.operations.outbox import outbox_folder, read_outbox
from pipelines.orchestration.failures import told
from pipelines.orchestration.jobs import EVALUATE_PERIOD
from pipelines.orchestration.partitions import period_partitions
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.orchestration.resources import ClockResource, ProjectResource
from tests.orchestration.mini import PERIOD, digests

ROOT = Path(__file__).parents[2]
CLOCK = ClockResource(at="2021-06-11T09:00:00+07:00")
PROBLEM = Problem("QCDC-E05", "Một bảng sai.", "ô B3 = 012345678", "bảng đúng", "Sửa tệp đã nêu.")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with reference facts and one opened period, nothing evaluated."""
    (tmp_path / "workspace.yaml").write_text("{}", encoding="utf-8")
    shutil.copytree(ROOT / "raw" / "reference", tmp_path / "raw" / "reference")
    asked = tmp_path / "raw" / "reference" / "requests.csv"
    header, *rows = asked.read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if f"{PERIOD},estimate,mttq-2021" in row]
    assert kept
    asked.write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")
    journal = tmp_path / "raw" / PERIOD / "journal.jsonl"
    journal.parent.mkdir()
    first = (ROOT / "raw" / PERIOD / "journal.jsonl").read_text(encoding="utf-8").splitlines()[0]
    journal.write_text(first + "\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture(scope="module")
def parts() -> Parts:
    return operations_parts(period_partitions(load_catalogue()))


def run(instance: dg.DagsterInstance, how: str, tags: dict[str, str] | None = None) -> str:
    """A run of the period that goes through, stops with something to tell, or crashes."""

    @dg.op
    def work() -> None:
        if how == "stops":
            with told(PERIOD):
                raise Stopped(PROBLEM)
        if how == "crashes":
            raise KeyError("bí mật 012345678")

    @dg.job(name=EVALUATE_PERIOD, partitions_def=dg.StaticPartitionsDefinition([PERIOD]))
    def evaluate_period() -> None:
        work()

    done = evaluate_period.execute_in_process(
        instance=instance, partition_key=PERIOD, raise_on_error=False, tags=tags
    )
    return done.run_id


class Watching:
    """A sensor that is ticked by hand and keeps its cursor."""

    def __init__(self, parts: Parts, name: str, instance: dg.DagsterInstance, root: Path) -> None:
        self.sensor = next(each for each in parts.sensors if each.name == name)
        self.instance, self.root = instance, root
        self.cursor: str | None = None
        self.tick()  # the first tick only marks where to begin

    def tick(self) -> int:
        """Evaluate once.

        Returns:
            How many runs the sensor looked at.
        """
        with dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursor,
            resources={"project": ProjectResource(root=str(self.root)), "clock": CLOCK},
        ) as context:
            done = self.sensor.evaluate_tick(context)
        self.cursor = done.cursor
        errors = [each.error for each in done.dagster_run_reactions or [] if each.error]
        assert not errors
        return len(done.dagster_run_reactions or [])


def texts(root: Path) -> list[str]:
    found = sorted((outbox_folder(root, PERIOD) / "tin-nhan").glob("failed_*.txt"))
    return [path.read_text(encoding="utf-8") for path in found]


def everything(root: Path) -> str:
    files = (path for path in (root / "warehouse").rglob("*") if path.is_file())
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_a_run_that_stops_is_told_once_without_what_was_found(parts, instance, root):
    failed = Watching(parts, "failed_runs", instance, root)
    run(instance, "stops")
    assert failed.tick() == 1
    assert failed.tick() == 0
    (text,) = texts(root)
    assert "QCDC-E05: Một bảng sai." in text
    assert "Việc cần làm: Sửa tệp đã nêu." in text
    assert "012345678" not in everything(root)


def test_a_crash_is_told_without_its_traceback(parts, instance, root):
    failed = Watching(parts, "failed_runs", instance, root)
    run(instance, "crashes")
    failed.tick()
    (text,) = texts(root)
    assert "QCDC-E99" in text
    for secret in ("012345678", "KeyError", "Traceback", "test_dagster_parts"):
        assert secret not in everything(root)


def test_the_same_run_is_told_once_even_if_the_daemon_forgets_where_it_was(parts, instance, root):
    failed = Watching(parts, "failed_runs", instance, root)
    begun = failed.cursor
    run(instance, "stops")
    failed.tick()
    before = digests(root)
    failed.cursor = begun
    assert failed.tick() == 1
    assert digests(root) == before


def test_runs_that_stop_alike_are_one_notice_until_one_goes_through(
    parts, instance, root, monkeypatch
):
    monkeypatch.setattr(dagster_parts, "refresh", lambda *_: None)
    failed = Watching(parts, "failed_runs", instance, root)
    done = Watching(parts, "outbox_after_evaluation", instance, root)
    first = run(instance, "stops")
    run(instance, "stops")
    failed.tick()
    assert [each.run_id for each in failures_of(root, PERIOD)] == [first]
    run(instance, "crashes")
    failed.tick()
    assert [each.code for each in failures_of(root, PERIOD)] == ["QCDC-E05", "QCDC-E99"]
    run(instance, "goes")
    assert done.tick() == 1
    assert failures_of(root, PERIOD) == []
    again = run(instance, "stops")
    failed.tick()
    assert [each.run_id for each in failures_of(root, PERIOD)] == [again]


def test_a_run_that_will_be_tried_again_has_not_failed(parts, instance, root):
    failed = Watching(parts, "failed_runs", instance, root)
    run(instance, "stops", {"dagster/will_retry": "true"})
    failed.tick()
    assert failures_of(root, PERIOD) == []


def test_a_process_that_is_gone_is_an_interruption(parts, instance, root):
    failed = Watching(parts, "failed_runs", instance, root)
    gone = dg.DagsterRun(EVALUATE_PERIOD, tags={"dagster/partition": PERIOD})
    instance.add_run(gone)
    instance.report_run_failed(gone)
    failed.tick()
    (text,) = texts(root)
    assert "QCDC-E139" in text
    assert "qcdc doctor" in text


def test_the_outbox_follows_an_evaluation_and_the_journal_stays(parts, instance, root):
    done = Watching(parts, "outbox_after_evaluation", instance, root)
    journal = root / "raw" / PERIOD / "journal.jsonl"
    before = journal.read_bytes()
    run(instance, "goes")
    done.tick()
    listing = read_outbox(root, PERIOD)
    assert listing is not None
    assert {each.kind for each in listing.notices} == {"overdue"}
    assert journal.read_bytes() == before


def test_a_wrong_contact_list_does_not_hide_that_a_run_failed(parts, instance, root):
    contacts = root / "raw" / "reference" / "contacts.csv"
    contacts.write_text("a,b\n", encoding="utf-8")
    failed = Watching(parts, "failed_runs", instance, root)
    run(instance, "stops")
    failed.tick()
    assert len(failures_of(root, PERIOD)) == 1


def test_every_morning_the_outbox_of_every_living_period_is_made_anew(parts, instance, root):
    schedule = next(each for each in parts.schedules if each.name == "notices_daily")
    assert schedule.execution_timezone == "Asia/Ho_Chi_Minh"
    assert schedule.job_name == LAY_OUT
    lock = '{"at": "2020-07-01T08:00:00+07:00", "who": "Ban", "event": "period", "action": "%s"}\n'
    old = root / "raw" / "2020-H1" / "journal.jsonl"
    old.parent.mkdir()
    old.write_text("".join(lock % action for action in ("open", "close", "lock")), "utf-8")
    before = {path: path.read_bytes() for path in (root / "raw").rglob("*.jsonl")}
    job = next(each for each in parts.jobs if each.name == LAY_OUT)
    resources = {"project": ProjectResource(root=str(root)), "clock": CLOCK}
    assert job.execute_in_process(instance=instance, resources=resources).success
    assert [path.name for path in (root / "warehouse" / "outbox").iterdir()] == [PERIOD]
    assert {path: path.read_bytes() for path in (root / "raw").rglob("*.jsonl")} == before
