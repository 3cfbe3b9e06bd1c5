"""The whole job on four workbooks: what it publishes, and what it does not."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.analysis import open_warehouse
from pipelines.catalogue.contracts import table_names
from pipelines.catalogue.model import Catalogue
from pipelines.definitions import build_defs
from pipelines.orchestration import steps
from pipelines.orchestration.asset_words import HASH
from pipelines.orchestration.resources import ProjectResource
from pipelines.orchestration.running import STEPS_VI, Outcome, run_period
from pipelines.reports.notebook import NotebookFailed
from pipelines.validation.gate import InvariantBroken
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.manifest import candidate_path, manifest_path, read_manifest
from tests.orchestration.mini import PAGE, PAPER, PERIOD, digests, fake_report


def silent(_step: str, _state: str) -> None:
    """Nobody watches."""


def test_the_job_publishes_every_table_and_the_report(
    finished: tuple[Path, Outcome], catalogue: Catalogue
) -> None:
    root, outcome = finished
    assert outcome.problem is None
    folder = f"warehouse/published/{PERIOD}"
    assert sorted(outcome.pages) == [f"{folder}/{PAGE}", f"{folder}/{PAPER}"]
    stored = {name: list(periods) for name, periods in read_manifest(root).tables.items()}
    wanted = {n: ["all" if n.startswith("ref.") else PERIOD] for n in table_names(catalogue)}
    assert stored == wanted
    assert not candidate_path(root, PERIOD).exists()


def test_only_the_reconciliation_fails_on_a_quarter_of_the_sample(
    finished: tuple[Path, Outcome],
) -> None:
    assert finished[1].failed_checks == [
        "core/reporting:period_complete",
        "eval/published:reconciliation",
    ]
    assert finished[1].broken_checks == []


def test_figures_of_the_files_that_are_there(finished: tuple[Path, Outcome]) -> None:
    figures = open_warehouse(root=finished[0]).table("report.figures").set_index("figure_id")
    assert figures.loc[f"{PERIOD}/dn.conference_rate@huyen-mh-1", "shown_as"] == "13/15 (87%)"
    assert figures.loc[f"{PERIOD}/nv.posts_streamlined@huyen-mh-1", "shown_as"] == "40"


def test_a_second_run_changes_no_byte(
    evaluated: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_report(monkeypatch, real_site=True)
    before = digests(evaluated)
    assert run_period(evaluated, PERIOD, silent, build_defs).problem is None
    assert digests(evaluated) == before
    assert (home / "dagster.yaml").is_file()


@pytest.mark.usefixtures("home")
def test_steps_are_told_as_they_happen(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_report(monkeypatch)
    told: list[tuple[str, str]] = []
    run_period(project, PERIOD, lambda step, state: told.append((step, state)), build_defs)
    assert [step for step, state in told if state == "started"][:2] == ["ingest", "evaluate"]
    assert {step for step, state in told if state == "done"} == set(STEPS_VI)


@pytest.mark.usefixtures("home")
def test_a_broken_invariant_publishes_nothing(
    evaluated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_report(monkeypatch)
    manifest = manifest_path(evaluated).read_bytes()
    published = evaluated / "raw" / "reference" / "published.csv"
    published.write_text(published.read_text(encoding="utf-8").replace(",11,", ",12,"), "utf-8")

    def broken(*_: object) -> None:
        raise InvariantBroken("GATE-TABLE", ["two and two are five"])

    monkeypatch.setattr(steps, "check_invariants", broken)
    told: list[tuple[str, str]] = []
    outcome = run_period(
        evaluated, PERIOD, lambda step, state: told.append((step, state)), build_defs
    )
    assert outcome.problem is not None
    assert (outcome.problem.code, outcome.problem.exit_code) == ("QCDC-E01", 1)
    assert "two and two are five" in outcome.problem.found
    assert ("evaluate", "failed") in told
    assert ("report__half_year", "started") not in told
    assert manifest_path(evaluated).read_bytes() == manifest
    assert outcome.pages == []


@pytest.mark.usefixtures("home")
def test_a_mistake_of_the_program_is_told_with_the_run(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(steps, "ingest", mistaken)
    outcome = run_period(project, PERIOD, silent, build_defs)
    assert outcome.problem is not None
    assert outcome.problem.code == "QCDC-E99"
    assert outcome.problem.found == "ZeroDivisionError: by nought"
    assert outcome.run_id in outcome.problem.action


@pytest.mark.usefixtures("home")
def test_a_period_without_files_cannot_run(project: Path) -> None:
    outcome = run_period(project, "2019-H1", silent, build_defs)
    assert outcome.problem is not None
    assert (outcome.problem.code, outcome.problem.exit_code) == ("QCDC-E02", 2)
    assert not manifest_path(project).exists()
    assert not (project / "raw" / "2019-H1").exists()


@pytest.mark.usefixtures("home")
def test_two_writers_do_not_mix(project: Path) -> None:
    with writer_lock(project):
        outcome = run_period(project, PERIOD, silent, build_defs)
    assert outcome.problem is not None
    assert (outcome.problem.code, outcome.problem.exit_code) == ("QCDC-W02", 2)


@pytest.mark.usefixtures("home")
def test_a_failing_notebook_leaves_the_figures_published(
    evaluated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise NotebookFailed("QCDC-R01: Ô thứ 3 bị lỗi.\n  Tìm thấy: KeyError: x\n  Cần có: …")

    monkeypatch.setattr("pipelines.orchestration.report_asset.render_notebook", failing)
    outcome = run_period(evaluated, PERIOD, silent, build_defs)
    assert outcome.problem is not None
    assert outcome.problem.code == "QCDC-E09"
    assert outcome.problem.found == "QCDC-R01: Ô thứ 3 bị lỗi. Tìm thấy: KeyError: x"
    assert manifest_path(evaluated).is_file()


def test_ingest_alone_publishes_nothing_and_evaluate_takes_it_up(project: Path) -> None:
    defs = build_defs({"project": ProjectResource(root=str(project))})
    job = defs.resolve_implicit_global_asset_job_def()
    names = steps.ingest_tables(ProjectResource().catalogue())
    keys = [dg.AssetKey(name.split(".")) for name in names]
    done = job.execute_in_process(asset_selection=keys, partition_key=PERIOD)
    assert done.success
    assert candidate_path(project, PERIOD).is_file()
    assert not manifest_path(project).exists()
    rest = [
        dg.AssetKey(name.split("."))
        for name in steps.evaluate_tables(ProjectResource().catalogue())
    ]
    assert job.execute_in_process(asset_selection=rest, partition_key=PERIOD).success
    assert manifest_path(project).is_file()
    assert not candidate_path(project, PERIOD).exists()


def test_materialisations_say_rows_and_hash(finished: tuple[Path, Outcome]) -> None:
    root, outcome = finished
    with dg.DagsterInstance.from_config(str(root / ".dagster")) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(["core", "observations"]))
    assert event is not None
    assert event.run_id == outcome.run_id
    assert event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    entry = read_manifest(root).tables["core.observations"][PERIOD]
    assert metadata["dagster/row_count"].value == entry.rows
    assert entry.hash.startswith(str(metadata[HASH].value))
    assert event.asset_materialization.partition == PERIOD
