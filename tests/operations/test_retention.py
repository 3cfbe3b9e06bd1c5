"""What is past its time goes when told to; what anything stands on stays."""

import datetime as dt
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    ScheduleInstigatorData,
    TickData,
    TickStatus,
)

from pipelines.catalogue.operations import operations_rules
from pipelines.cli import main
from pipelines.operations.retention import file_shares, old_backups
from pipelines.operations.retention_history import give_back, history_shares, old_runs
from pipelines.orchestration.clock import HANOI
from pipelines.orchestration.problems import Stopped
from pipelines.warehouse.manifest import Manifest, manifest_path, read_manifest
from tests.operations.instances import add_run
from tests.operations.projects import add_version, home, small_project


@dg.asset
def small() -> None:
    """A table."""


@dg.asset_check(asset=small)
def is_small() -> dg.AssetCheckResult:
    """A check whose results are kept apart from the events."""
    return dg.AssetCheckResult(passed=True)


RULES = operations_rules().retention
DAY = 86_400.0
NOW = dt.datetime(2026, 11, 25, 9, tzinfo=HANOI)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.delenv("QCDC_BACKUPS", raising=False)
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return small_project(tmp_path / "project")


@pytest.fixture
def instance(root: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(home(root))) as opened:
        yield opened


def old(path: Path, days: float = 30) -> Path:
    at = time.time() - days * DAY
    os.utime(path, (at, at))
    return path


def counts(root: Path) -> dict[str, int]:
    return {each.kind: each.count for each in file_shares(root, RULES, NOW, time.time())}


def release_of(root: Path, manifest: Manifest) -> Path:
    """Issue a release that stands on a manifest."""
    folder = root / "raw" / "2021-H1" / "releases" / "01"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    return folder / "manifest.json"


def test_old_versions_go_and_those_in_use_stay(root: Path) -> None:
    issued = old(next((root / "warehouse").rglob("*.parquet")))
    release_of(root, read_manifest(root))
    unnamed = old(add_version(root, "xa-mh-02"))
    young = add_version(root, "xa-mh-03")
    current = old(add_version(root, "xa-mh-04"))
    assert counts(root) == {"warehouse": 1, "candidates": 0, "backups": 0}
    (share,) = [s for s in file_shares(root, RULES, NOW, time.time()) if s.kind == "warehouse"]
    assert share.size == unnamed.stat().st_size
    assert share.remove() == 1
    assert not unnamed.exists()
    assert all(path.exists() for path in (issued, young, current))
    assert counts(root)["warehouse"] == 0


def test_a_file_that_came_into_use_since_it_was_counted_stays(root: Path) -> None:
    first = old(next((root / "warehouse").rglob("*.parquet")))
    add_version(root, "xa-mh-02")
    (share,) = [s for s in file_shares(root, RULES, NOW, time.time()) if s.kind == "warehouse"]
    assert share.count == 1
    add_version(root, "xa-mh-01")
    assert share.remove() == 0
    assert first.exists()


def test_without_knowing_what_a_release_needs_nothing_goes(root: Path) -> None:
    release_of(root, read_manifest(root)).write_text("{", encoding="utf-8")
    with pytest.raises(Stopped, match="bản đã ban hành"):
        counts(root)


def test_candidates_that_nobody_evaluated_go(root: Path) -> None:
    folder = root / "warehouse" / "candidates"
    folder.mkdir()
    for name in ("2021-H1.json", "2021-H2.json"):
        (folder / name).write_text(Manifest().to_json(), encoding="utf-8")
    old(folder / "2021-H1.json")
    (share,) = [s for s in file_shares(root, RULES, NOW, time.time()) if s.kind == "candidates"]
    assert share.remove() == 1
    assert [path.name for path in folder.iterdir()] == ["2021-H2.json"]


def test_backups_thin_out_with_age() -> None:
    day = dt.datetime(2026, 11, 25, 2, 15, tzinfo=HANOI)
    daily = [
        Path(f"qcdc-{day - dt.timedelta(days=back):%Y%m%d-%H%M%S}.tar.gz") for back in range(1_000)
    ]
    others = [Path("qcdc-mine.tar.gz"), Path("notes.txt")]
    kept = set(daily) - set(old_backups([*daily, *others], RULES, NOW))
    recent = {path for path in daily if path.name >= "qcdc-20261027"}
    assert recent <= kept
    months = {path.name[5:11] for path in kept}
    assert len(months) == RULES.backups_months
    assert len(kept) == len(recent) + RULES.backups_months - 2, "two months are among them"
    assert "qcdc-20260930-021500.tar.gz" in {path.name for path in kept}, "the newest of a month"
    few = daily[500:505]
    assert old_backups(few, RULES, NOW) == [], "the newest ones stay however old they are"


def test_of_old_runs_the_newest_of_each_period_stay(instance: dg.DagsterInstance) -> None:
    added = [
        ("failed long ago", "FAILURE", "2020-H2"),
        ("third", "SUCCESS", "2020-H2"),
        ("second", "SUCCESS", "2020-H2"),
        ("first", "SUCCESS", "2020-H2"),
        ("failed before", "FAILURE", "2020-H2"),
        ("failed last", "FAILURE", "2020-H2"),
        ("only failure", "FAILURE", "2021-H1"),
        ("at work", "STARTED", "2021-H2"),
        ("waits", "QUEUED", "2021-H2"),
    ]
    names = {add_run(instance, status, period=period): name for name, status, period in added}
    records = instance.get_run_records()
    later = time.time() + (RULES.runs_days + 1) * DAY
    gone = {names[run] for run in old_runs(records, RULES, later)}
    assert gone == {"failed long ago", "third", "failed before"}
    assert old_runs(records, RULES, time.time()) == []


def test_runs_logs_and_ticks_are_removed_and_room_is_given_back(
    root: Path, instance: dg.DagsterInstance
) -> None:
    runs = [dg.materialize([small, is_small], instance=instance).run_id for _ in range(4)]
    first, *kept = runs  # of one job the two newest that succeeded, so two go
    storage = home(root) / "storage"
    stray = storage / "5f8457a2-b47a-4647-9823-9b3e258e6344"
    for folder in (storage / first, stray, storage / "mine"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "out").write_text("x" * 100, encoding="utf-8")
        old(folder, RULES.step_logs_days + 1)
    add_ticks(instance, [10.0, RULES.ticks_days + 10.0])
    later = time.time() + (RULES.runs_days + 1) * DAY
    shares = {s.kind: s for s in history_shares(instance, home(root), RULES, later)}
    assert shares["runs"].count == 2
    assert (shares["runs"].size or 0) > 10_000
    removed = {kind: share.remove() for kind, share in shares.items()}
    assert removed == {kind: share.count for kind, share in shares.items()}
    assert removed["ticks"] == 1
    assert {run.run_id for run in instance.get_runs()} == set(kept[1:])
    assert not list((home(root) / "history" / "runs").glob(f"{first}.db*"))
    assert [path.name for path in storage.iterdir() if path.name in {stray.name, "mine"}] == [
        "mine"
    ]
    newest = instance.get_latest_materialization_event(small.key)
    assert newest is not None
    assert newest.run_id == kept[-1]
    results = instance.event_log_storage.get_asset_check_execution_history(is_small.check_key, 9)
    assert {result.run_id for result in results} == set(kept[1:])
    assert give_back(home(root)) >= 0
    again = history_shares(instance, home(root), RULES, later)
    assert [share.count for share in again] == [0, 0, 0]


def add_ticks(instance: dg.DagsterInstance, ages_in_days: list[float]) -> None:
    """Ticks of a schedule that was in the code once."""
    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("qcdc"), "__repository__")
    origin = RemoteInstigatorOrigin(repository, "once")
    data = ScheduleInstigatorData("0 * * * *", time.time())
    state = InstigatorState(origin, InstigatorType.SCHEDULE, InstigatorStatus.RUNNING, data)
    instance.add_instigator_state(state)
    for days in ages_in_days:
        instance.create_tick(
            TickData(
                instigator_origin_id=state.instigator_origin_id,
                instigator_name="once",
                instigator_type=InstigatorType.SCHEDULE,
                status=TickStatus.SUCCESS,
                timestamp=time.time() + (RULES.runs_days + 1 - days) * DAY,
                selector_id=state.selector_id,
                run_ids=[],
            )
        )


def test_the_command_removes_nothing_until_it_is_told_to(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unnamed = old(next((root / "warehouse").rglob("*.parquet")))
    add_version(root, "xa-mh-02")
    backup = root / "sao-luu" / "qcdc-20200101-000000.tar.gz"
    backup.parent.mkdir()
    backup.write_bytes(b"kept: of few backups the newest stay")

    def said(*arguments: str) -> str:
        with pytest.raises(SystemExit) as done:
            main(["retention", *arguments])
        assert done.value.code == 0
        return capsys.readouterr().out

    size = unnamed.stat().st_size
    told = {s["kind"]: s for s in json.loads(said("--json"))["shares"]}
    assert told["warehouse"] == {"kind": "warehouse", "count": 1, "bytes": size}
    assert set(told) == {"runs", "step_logs", "ticks", "warehouse", "candidates", "backups"}
    assert "Có thể giải phóng" in said()
    assert unnamed.exists()
    raw = {path: path.read_bytes() for path in (root / "raw").rglob("*") if path.is_file()}
    assert "Đã giải phóng" in said("--apply")
    assert not unnamed.exists()
    assert backup.exists()
    assert manifest_path(root).is_file()
    assert raw == {path: path.read_bytes() for path in (root / "raw").rglob("*") if path.is_file()}
