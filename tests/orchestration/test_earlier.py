"""Periods that a period is compared with: their figures, and when they run first."""

import json
from pathlib import Path

import pytest

from pipelines.analysis import open_warehouse
from pipelines.catalogue.model import Catalogue
from pipelines.definitions import build_defs
from pipelines.intake.journal import append
from pipelines.orchestration import commands, earlier, steps
from pipelines.orchestration.problems import Problem
from pipelines.orchestration.running import OnStep, Outcome, run_period
from pipelines.warehouse.manifest import read_manifest
from tests.orchestration.mini import EARLIER, PERIOD, POSTS, add_earlier, fake_report

AT = "2020-06-02T09:00:00+07:00"
BETWEEN = "2020-H2"


def journal(root: Path, period: str, *, received: bool = True) -> None:
    """A journal that was opened and, if wanted, has one receipt."""
    path = steps.journal_path(root, period)
    append(path, {"at": AT, "who": "kiểm thử", "event": "period", "action": "open"})
    if received:
        receipt = {
            "event": "received",
            "submission_id": f"{period}/nv-mh/01",
            "sha256": "0" * 64,
            "path": f"raw/{period}/nv-mh/a.xlsx",
        }
        append(path, {"at": AT, "who": "kiểm thử"} | receipt)


def prints(root: Path, catalogue: Catalogue, *periods: str) -> dict[str, str]:
    return {key: earlier.inputs_fingerprint(root, catalogue, key) for key in periods}


@pytest.mark.usefixtures("home")
@pytest.mark.long
def test_comparisons_do_not_depend_on_what_was_run_before(
    project: Path,
    catalogue: Catalogue,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake_report(monkeypatch)
    monkeypatch.chdir(add_earlier(project))
    alone = run_period(project, PERIOD, lambda _step, _state: None, build_defs)
    assert alone.problem is None
    manifest = read_manifest(project)
    assert set(manifest.inputs) == {PERIOD}
    first = manifest.tables["eval.comparisons"][PERIOD].hash

    # now the earlier period runs first, and its committed figures serve: nothing is computed twice
    monkeypatch.setattr(earlier, "_computed", None)
    commands.run(PERIOD, build_defs, as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert [done["period"] for done in document["earlier"]] == [EARLIER]
    assert document["earlier"][0]["problem"] is None
    manifest = read_manifest(project)
    assert manifest.inputs == prints(project, catalogue, EARLIER, PERIOD)
    assert manifest.tables["eval.comparisons"][PERIOD].hash == first
    assert earlier.due_periods(project, catalogue, PERIOD, manifest.inputs) == []

    rows = open_warehouse(root=project).table("eval.comparisons")
    chosen = rows["indicator"].eq("nv.posts_streamlined") & rows["against"].eq("same_period")
    (row,) = rows[chosen & rows["period"].eq(PERIOD)].to_dict("records")
    assert (row["value"], row["reference"], row["comparable"]) == (40, POSTS, True)


def test_periods_are_due_when_their_inputs_have_changed(
    project: Path, catalogue: Catalogue
) -> None:
    journal(project, EARLIER)
    journal(project, BETWEEN)
    assert earlier.due_periods(project, catalogue, PERIOD, {}) == [EARLIER, BETWEEN]
    inputs = prints(project, catalogue, EARLIER, BETWEEN)
    assert earlier.due_periods(project, catalogue, PERIOD, inputs) == []
    (project / "raw" / BETWEEN / "more.xlsx").write_bytes(b"new")
    assert earlier.due_periods(project, catalogue, PERIOD, inputs) == [BETWEEN]


def test_a_period_compared_with_a_due_one_is_due_too(project: Path, catalogue: Catalogue) -> None:
    journal(project, EARLIER)
    journal(project, BETWEEN)
    inputs = prints(project, catalogue, BETWEEN)
    assert earlier.due_periods(project, catalogue, PERIOD, inputs) == [EARLIER, BETWEEN]


def test_a_period_that_received_nothing_has_no_figures_and_is_not_due(
    project: Path, catalogue: Catalogue
) -> None:
    journal(project, EARLIER, received=False)
    tables = steps.reference_tables(project, catalogue)
    found = earlier.earlier_values(project, catalogue, tables, PERIOD, lambda _: None)
    assert found == {}
    assert earlier.due_periods(project, catalogue, PERIOD, {}) == []
    (project / "raw" / EARLIER / "new.xlsx").write_bytes(b"waits for its receipt")
    assert earlier.due_periods(project, catalogue, PERIOD, {}) == [EARLIER]


def test_an_earlier_period_that_fails_is_told_and_does_not_count(
    evaluated: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    journal(evaluated, EARLIER)
    monkeypatch.chdir(evaluated)
    monkeypatch.setattr(commands, "disagreeing", lambda *_: 0)
    problem = Problem("QCDC-X", "t", "f", "e", "a", 2)
    outcomes = {EARLIER: Outcome("r1", problem=problem), PERIOD: Outcome("r2", pages=["a.html"])}

    def run(_root: Path, period: str, on_step: OnStep, *_: object) -> Outcome:
        on_step("ingest", "done")
        return outcomes[period]

    monkeypatch.setattr(commands, "run_period", run)
    assert commands.run(PERIOD, build_defs, as_json=True) == 0
    said = capfd.readouterr()
    document = json.loads(said.out)
    assert document["run_id"] == "r2"
    (told,) = document["earlier"]
    assert (told["period"], told["run_id"], told["problem"]["code"]) == (EARLIER, "r1", "QCDC-X")
    lines = said.err.splitlines()
    assert lines[0].startswith(f"Kỳ {EARLIER} chưa đánh giá hoặc đầu vào đã đổi")
    assert lines[1] == f"Kỳ {EARLIER} – Đọc và kiểm tra biểu mẫu: xong"
    assert "QCDC-X: t" in said.err
    assert lines[-1] == "Đọc và kiểm tra biểu mẫu: xong"
