"""What the code of an earlier commit has written is opened by today's."""

import shutil
from collections.abc import Hashable, Iterator
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest
from dagster._core.storage.sql import AlembicVersion

from pipelines.analysis import adjustments, open_warehouse
from pipelines.catalogue.contracts import table_contract, table_names
from pipelines.catalogue.load import load_catalogue
from pipelines.definitions import build_defs
from pipelines.intake.journal import EVENTS, read_journal
from pipelines.intake.narrative import typed_words
from pipelines.operations.doctor_codes import unknown_codes
from pipelines.orchestration.earlier import due_periods
from pipelines.orchestration.inputs import inputs_fingerprint
from pipelines.orchestration.release_verify import issued_releases, verify
from pipelines.orchestration.running import run_period
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.manifest import read_manifest
from tests.cli.calls import answer
from tests.orchestration.mini import EARLIER, PERIOD, POSTS, fake_report
from tests.upgrades.before import COMMITS, unpack

RELEASE = f"{PERIOD}/01"
CATALOGUE = load_catalogue()
WRITTEN = {
    "adjustment",
    "correction",
    "decision",
    "period",
    "received",
    "release",
    "review",
    "text",
}
FIGURE = f"{PERIOD}/nv.posts_streamlined@huyen-mh-1"


@pytest.fixture(scope="module", params=COMMITS)
def before(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it was left; look, do not touch."""
    return unpack(tmp_path_factory.mktemp("before"), request.param)


@pytest.fixture
def instance(
    before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    """A copy of its Dagster instance, as today's Dagster opens it."""
    home = shutil.copytree(before / ".dagster", tmp_path / "home")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    with dg.DagsterInstance.get() as opened:
        yield opened


def test_the_history_migrates_and_is_read(instance: dg.DagsterInstance) -> None:
    instance.upgrade()
    for storage in (instance.run_storage, instance.event_log_storage, instance.schedule_storage):
        version: AlembicVersion | None = storage.alembic_version()  # type: ignore[union-attr] # SQLite's have one
        assert version is not None
        assert version[0] == version[1], "the newest scheme"
    runs = instance.get_runs()
    assert {run.tags["dagster/partition"] for run in runs} == {EARLIER, PERIOD}
    assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
    last = runs[0].run_id
    kinds = {entry.dagster_event_type for entry in instance.all_logs(last)}
    assert dg.DagsterEventType.ASSET_CHECK_EVALUATION in kinds
    made = instance.get_latest_materialization_event(dg.AssetKey(["eval", "indicator_values"]))
    assert made is not None
    assert made.run_id == last


@pytest.mark.parametrize("release", [None, RELEASE], ids=["warehouse", "release"])
def test_every_table_has_the_columns_of_the_contract(before: Path, release: str | None) -> None:
    warehouse = open_warehouse(release, before)
    for name in table_names(CATALOGUE):
        contract, frame = table_contract(CATALOGUE, name), warehouse.table(name)
        wanted = [column.name for column in contract.columns]
        assert [column for column in frame.columns if column in wanted] == wanted, name
        assert len(warehouse.sql(f"SELECT * FROM {name}")) == len(frame), name  # noqa: S608 — names of the catalogue


def test_figures_are_read_as_they_were(before: Path) -> None:
    values = open_warehouse(root=before).table("eval.indicator_values")
    one = values[
        (values["indicator"] == "nv.posts_streamlined") & (values["view"] == "as_reported")
    ]
    found = one.set_index(["period", "scope_id"])["value"]
    assert found[EARLIER, "huyen-mh-1"] == POSTS
    assert found[PERIOD, "huyen-mh-1"] == 40


def test_the_journal_is_read(before: Path) -> None:
    entries = read_journal(journal_path(before, PERIOD)).entries
    assert {entry["event"] for entry in entries} == WRITTEN
    assert WRITTEN <= EVENTS
    assert typed_words(entries) == {"uu_diem": "Có nề nếp (SỐ LIỆU MINH HỌA)."}
    adjusted = adjustments(open_warehouse(root=before), PERIOD, root=before)
    assert list(adjusted["figure_id"]) == [FIGURE]


def test_the_doctor_knows_every_code_of_the_journals(before: Path) -> None:
    assert unknown_codes(before) == ()


def test_a_locked_period_is_not_due_because_the_program_is_another_one(before: Path) -> None:
    inputs = read_manifest(before).inputs
    assert inputs[EARLIER] != inputs_fingerprint(before, CATALOGUE, EARLIER)
    assert due_periods(before, CATALOGUE, PERIOD, inputs) == []
    assert due_periods(before, CATALOGUE, PERIOD, {}) == [EARLIER], "it was never evaluated"


def test_status_tells_what_was_done(
    before: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(before)
    code, told = answer(capsys, "status")
    assert code == 0
    states = {each["period"]: each["state"] for each in told["periods"]}
    assert states == {EARLIER: "lock", PERIOD: "close"}


def test_the_issued_release_is_as_it_was_issued(before: Path) -> None:
    (release,) = issued_releases(before)
    assert release.release_id == RELEASE
    assert [each for each in verify(before, release) if not each.is_note] == []


@pytest.mark.long
def test_a_run_goes_on_from_there(before: Path, tmp_path: Path) -> None:
    root = shutil.copytree(before, tmp_path / "project")
    old = read_manifest(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(root / ".dagster"))
        fake_report(patch)
        outcome = run_period(root, PERIOD, lambda _step, _state: None, build_defs)
    assert outcome.problem is None
    assert not outcome.broken_checks
    new = read_manifest(root)
    assert _of(new.tables, EARLIER) == _of(old.tables, EARLIER), "the locked period stands"
    now, then = _values(root), _values(before)
    assert {figure: now.get(figure) for figure in then} == then
    (release,) = issued_releases(root)
    assert [each for each in verify(root, release) if not each.is_note] == []


def _of(tables: object, period: str) -> dict[str, object]:
    assert isinstance(tables, dict)
    return {name: entries[period] for name, entries in tables.items() if period in entries}


def _values(root: Path) -> dict[Hashable, float]:
    """The figures of the period."""
    values = open_warehouse(root=root).table("eval.indicator_values", period=PERIOD)
    known = values.set_index(["indicator", "scope_id", "view"])["value"].dropna()
    return pd.Series(known).to_dict()
