"""The ``qcdc`` command as people and scripts use it: output, exit codes, no tracebacks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.cell import coordinate_to_tuple

from pipelines.orchestration import commands
from pipelines.orchestration.problems import Problem
from pipelines.orchestration.running import Outcome, prepare_home
from tests.cli.calls import answer, qcdc
from tests.orchestration.mini import PERIOD, build, digests, fake_report

FIGURE = f"{PERIOD}/dn.conference_rate@huyen-mh-1"
PROJECT = Path(__file__).parents[2]


# --- run


def test_run_prints_figures_and_the_report(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_report(monkeypatch)
    before = digests(project)
    # three quarters of the sample are not here: published figures cannot agree
    assert qcdc("run", PERIOD) == 1
    out = capsys.readouterr().out
    assert "13/15 (87%)" in out
    assert "khớp" in out
    assert "SỐ LIỆU MINH HỌA" in out
    assert f"Báo cáo: warehouse/published/{PERIOD}/bao-cao.html" in out
    assert digests(project) == before


def outcome_of(monkeypatch: pytest.MonkeyPatch, **fields: Any) -> None:
    done = Outcome(run_id="r", **fields)
    monkeypatch.setattr(commands, "run_period", lambda *_: done)


def test_run_as_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    outcome_of(monkeypatch, pages=["a.html"])
    code, document = answer(capsys, "run", PERIOD)
    assert code == 1
    assert document["reports"] == ["a.html"]
    assert document["disagreeing"] > 0
    rows = {row["indicator"]: row for row in document["headline"]}
    assert rows["dn.conference_rate"]["shown_as"] == "13/15 (87%)"
    assert rows["dn.conference_rate"]["agrees"] is True
    assert rows["ntm.recognised_rate"]["agrees"] is False


def test_run_exits_0_when_all_agrees_and_1_when_a_check_is_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commands, "disagreeing", lambda *_: 0)
    outcome_of(monkeypatch)
    assert qcdc("run", PERIOD) == 0
    outcome_of(monkeypatch, failed_checks=["core/findings:schema"])
    assert qcdc("run", PERIOD) == 1


@pytest.mark.parametrize("exit_code", [1, 2])
def test_run_exits_as_the_problem_says(
    exit_code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome_of(monkeypatch, problem=Problem("QCDC-X", "t", "f", "e", "a", exit_code))
    assert qcdc("run", PERIOD) == exit_code
    said = capsys.readouterr().err
    assert all(word in said for word in ("QCDC-X: t", "Thấy:", "Mong đợi:", "Việc cần làm:"))
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("period", "halves"),
    [
        ("2021-Q3", "2021-H2"),
        ("2021-9M", "2021-H1 và 2021-H2"),
    ],
)
def test_run_of_a_kind_of_period_that_is_not_evaluated_names_the_halves(
    period: str,
    halves: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(build(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / ".dagster"))
    assert qcdc("run", period) == 2
    said = capsys.readouterr().err
    assert f"QCDC-E02: Hệ thống chưa đánh giá loại kỳ này ({period})" in said
    assert f"kỳ 6 tháng: {halves}\n" in said
    assert f"qcdc run {halves[:7]}\n" in said
    assert "Chép biểu mẫu" not in said


# --- what users get wrong


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["run", "2021-HH"], "QCDC-E13"),
        (["run"], "QCDC-E103"),
        (["ran", PERIOD], "QCDC-E12"),
        (["status", "--colour"], "QCDC-E12"),
        (["status", "nineteen"], "QCDC-E13"),
        (["trace", f"{PERIOD}/dn.conference_rte@huyen-mh-1"], "QCDC-E10"),
        (["trace", FIGURE, "--release", f"{PERIOD}/09"], "QCDC-A01"),
        (["check", "nowhere.xlsx"], "QCDC-E14"),
        (["template", "xa-2020"], "QCDC-E15"),
        (["template", "--unit", "xa-0"], "QCDC-E11"),
        (["template", "ntm-2021", "--unit", "xa-mh-01"], "QCDC-E16"),
        (["template", "--all", "--period", "2026-H2"], "QCDC-E16"),
    ],
)
def test_mistakes_are_told_with_exit_2(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qcdc(*arguments) == 2
    said = capsys.readouterr().err
    assert f"{code}: " in said
    assert "Việc cần làm:" in said
    assert "Traceback" not in said


def test_mistakes_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = answer(capsys, "run", "2021-HH")
    assert code == 2
    assert document["problem"]["code"] == "QCDC-E13"
    assert "2021-H1" in document["problem"]["expected"]


def test_outside_a_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert qcdc("status") == 2
    assert "QCDC-W01" in capsys.readouterr().err


def test_a_broken_line_of_the_journal_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = build(tmp_path)
    journal = root / "raw" / PERIOD / "journal.jsonl"
    journal.write_text("not json\n" + journal.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(root)
    assert qcdc("status", PERIOD) == 2
    assert "QCDC-E07" in capsys.readouterr().err


def test_a_lost_file_of_facts_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = build(tmp_path)
    (root / "raw" / "reference" / "units.csv").unlink()
    monkeypatch.chdir(root)
    assert qcdc("template") == 2
    said = capsys.readouterr().err
    assert "QCDC-E18" in said
    assert "units.csv" in said


def test_help_is_vietnamese_and_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert qcdc() == 0
    out = capsys.readouterr().out
    assert "quy chế dân chủ" in out
    assert all(name in out for name in ("run", "check", "template", "status", "trace"))


# --- check


def test_status_counts(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = answer(capsys, "status")
    assert code == 0
    (period,) = document["periods"]
    assert (period["period"], period["state"], period["receipts"]) == (PERIOD, "close", 5)
    assert period["waiting"] == 0
    assert sum(period["submissions"].values()) == 5
    assert sum(period["reporting"].values()) == 61
    assert qcdc("status", PERIOD) == 0
    assert "đã đóng" in capsys.readouterr().out


def test_status_before_any_run_names_new_files_and_a_cut_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = build(tmp_path)
    folder = root / "raw" / PERIOD
    shutil.copy(folder / "nv-mh" / f"noivu-2021_{PERIOD}.xlsx", folder / "nv-mh" / "them.xlsx")
    with (folder / "journal.jsonl").open("a", encoding="utf-8") as journal:
        journal.write('{"at": "2021')
    monkeypatch.chdir(root)
    code, document = answer(capsys, "status", PERIOD)
    (period,) = document["periods"]
    assert (code, period["waiting"], period["torn"], period["evaluated"]) == (0, 1, True, False)
    assert qcdc("status", PERIOD) == 0
    out = capsys.readouterr().out
    assert "1 tệp mới" in out
    assert "dòng cuối bị đứt" in out
    assert not (root / "warehouse").exists()


def test_trace_leads_to_file_sheet_cell_and_hash(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = answer(capsys, "trace", FIGURE)
    assert code == 0
    assert (found["numerator"], found["denominator"]) == (13, 15)
    assert (found["shown_as"], found["release_id"]) == ("13/15 (87%)", f"{PERIOD}/draft")
    assert len(found["cells"]) == 15
    for cell in found["cells"]:
        book = openpyxl.load_workbook(project / cell["path"])
        row, column = coordinate_to_tuple(cell["cell"])
        shown = book[cell["sheet"]].cell(row, column).value
        assert shown == ("Có" if cell["value"] else "Không")
        assert len(cell["sha256"]) == 64
        assert cell["unit"].startswith("Doanh nghiệp minh họa")


def test_trace_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert qcdc("trace", FIGURE) == 0
    out = capsys.readouterr().out
    assert "SỐ LIỆU MINH HỌA" in out
    assert "13/15 (87%)" in out
    assert "ldld-2021" in out
    assert qcdc("trace", f"{PERIOD}/bcd.inspections_planned@huyen-mh-1") == 0


# --- start


def test_light_commands_do_not_import_dagster() -> None:
    code = "import sys, pipelines.cli; assert 'dagster' not in sys.modules, 'dagster'"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=PROJECT
    )
    assert done.returncode == 0, done.stderr


def test_it_runs_as_a_module(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "run", "never"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "QCDC-E13" in done.stderr


def test_dagsters_folder_defaults_to_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DAGSTER_HOME")
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    assert prepare_home(tmp_path) == tmp_path / ".dagster"
    assert os.environ["DAGSTER_HOME"] == str(tmp_path / ".dagster")
    kept = tmp_path / ".dagster" / "dagster.yaml"
    kept.write_text("mine: true\n", encoding="utf-8")
    prepare_home(tmp_path)
    assert kept.read_text(encoding="utf-8") == "mine: true\n"
