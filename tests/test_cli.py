"""The ``qcdc`` command as people and scripts use it: output, exit codes, no tracebacks."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.cell import coordinate_to_tuple

from pipelines import cli
from pipelines.definitions import build_defs
from pipelines.orchestration import checking, commands
from pipelines.orchestration.problems import Problem
from pipelines.orchestration.running import Outcome, prepare_home, run_period
from tests.orchestration.mini import PERIOD, build, digests, fake_report

FIGURE = f"{PERIOD}/dn.conference_rate@huyen-mh-1"
PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was run once; look, do not touch."""
    root = build(tmp_path_factory.mktemp("cli"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(root / ".dagster"))
        fake_report(patch)
        assert run_period(root, PERIOD, lambda _step, _state: None, build_defs).problem is None
    return root


@pytest.fixture(autouse=True)
def inside(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "raw")
    monkeypatch.setenv("DAGSTER_HOME", str(project / ".dagster"))


def qcdc(*arguments: str) -> int:
    """Run the command; return its exit code."""
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    return int(ended.value.code or 0)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Run the command with ``--json``; return exit code and document."""
    capsys.readouterr()  # what was said before is not the answer
    code = qcdc(*arguments, "--json")
    return code, json.loads(capsys.readouterr().out)


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
        ("2021", "2021-H1 và 2021-H2"),
        ("2021-Q3", "2021-H2"),
        ("2016-2020", "2016-H1 đến 2020-H2"),
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
        (["run"], "QCDC-E12"),
        (["ran", PERIOD], "QCDC-E12"),
        (["status", "--colour"], "QCDC-E12"),
        (["status", "nineteen"], "QCDC-E13"),
        (["trace", f"{PERIOD}/dn.conference_rte@huyen-mh-1"], "QCDC-E10"),
        (["trace", FIGURE, "--release", f"{PERIOD}/09"], "QCDC-A01"),
        (["check", "nowhere.xlsx"], "QCDC-E14"),
        (["template", "xa-2020"], "QCDC-E15"),
        (["template", "--unit", "xa-0"], "QCDC-E11"),
        (["template", "ntm-2021", "--unit", "xa-mh-01"], "QCDC-E16"),
        (["template", "--all", "--period", "2026-H1"], "QCDC-E16"),
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


def sent(project: Path) -> Path:
    (path,) = (project / "raw" / PERIOD / "xa-mh-01").glob("*.xlsx")
    return path


def broken_copy(project: Path, folder: Path) -> Path:
    """The commune's workbook with a word in its first value cell."""
    book = openpyxl.load_workbook(sent(project))
    sheet = book.worksheets[0]
    row = next(r for r in range(1, 40) if sheet.cell(r, 3).value == "B01")
    sheet[f"E{row}"] = "rất nhiều"
    path = folder / "sai.xlsx"
    book.save(path)
    return path


def test_check_of_a_sound_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = digests(project)
    assert qcdc("check", str(sent(project))) == 0
    assert "không thấy lỗi" in capsys.readouterr().out
    assert digests(project) == before


def test_check_of_a_file_with_an_error(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = broken_copy(project, tmp_path)
    code, document = answer(capsys, "check", str(sent(project)), str(path))
    assert code == 1
    good, bad = document["files"]
    assert good["findings"] == []
    (finding,) = [row for row in bad["findings"] if row["severity"] == "error"]
    assert finding["found"] == "rất nhiều"
    assert qcdc("check", str(path)) == 1
    assert "rất nhiều" in capsys.readouterr().out


def test_check_of_a_file_that_is_no_workbook(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thu.xlsx").write_bytes(b"no workbook")
    assert qcdc("check", str(sent(project)), str(tmp_path / "thu.xlsx")) == 2
    captured = capsys.readouterr()
    assert "không thấy lỗi" in captured.out
    assert "QCDC-E08" in captured.err


def test_check_says_what_a_file_was_taken_for(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qcdc("check", str(sent(project))) == 0
    out = capsys.readouterr().out
    first, second = out.splitlines()[:2]
    assert first == str(sent(project))
    assert "Biểu: xa-2021 (" in second
    assert "(xa-mh-01)" in second
    assert second.endswith(f"kỳ: {PERIOD}; vòng: Số ước")
    strange = tmp_path / "la.xlsx"
    openpyxl.Workbook().save(strange)
    bad = broken_copy(project, tmp_path)
    _, document = answer(capsys, "check", str(sent(project)), str(bad), str(strange))
    taken = [
        [file[key] for key in ("form", "unit", "period", "round", "status")]
        for file in document["files"]
    ]
    named = ["xa-2021", "xa-mh-01", PERIOD, "estimate"]
    assert taken == [
        [*named, "accepted"],
        [*named, "returned"],
        [None, None, None, None, "returned"],
    ]


def test_a_file_that_breaks_the_program_does_not_lose_the_others(
    project: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = checking.read_single

    def breaking(data: bytes, name: str, *rest: Any) -> Any:
        if name == "lạ.xlsx":
            return {}["no such key"]
        return read(data, name, *rest)

    monkeypatch.setattr(checking, "read_single", breaking)
    odd = shutil.copy(sent(project), tmp_path / "lạ.xlsx")
    bad = broken_copy(project, tmp_path)
    code, document = answer(capsys, "check", str(odd), str(bad), str(sent(project)))
    assert code == 2
    broken, returned, sound = document["files"]
    assert broken["problem"]["code"] == "QCDC-E99"
    assert "no such key" in broken["problem"]["found"]
    assert returned["status"] == "returned"
    assert (sound["problem"], sound["findings"]) == (None, [])
    assert qcdc("check", str(odd), str(sent(project))) == 2
    captured = capsys.readouterr()
    assert "không thấy lỗi" in captured.out
    assert "lạ.xlsx" in captured.err
    assert "QCDC-E99" in captured.err
    assert "Traceback" not in captured.err


# --- template


def test_templates_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = answer(capsys, "template")
    assert code == 0
    counts = {form["form"]: form["units"] for form in document["forms"]}
    assert (counts["xa-2021"], counts["cq-2021"], counts["dn-2021"]) == (16, 24, 15)


def names(book: Path) -> dict[str, str]:
    found = openpyxl.load_workbook(book).defined_names
    return {name: str(found[name].attr_text).strip('"') for name in found}


def test_template_of_a_unit_names_it_and_comes_back_unfilled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "moi"
    assert qcdc("template", "xa-2021", "--unit", "xa-mh-02", "--out", str(folder)) == 0
    (path,) = folder.iterdir()
    assert path.name == f"xa-2021_xa-mh-02_{PERIOD}_estimate.xlsx"
    said = names(path)
    assert (said["QCDC_UNIT"], said["QCDC_SUBJECT"]) == ("xa-mh-02", "xa-mh-02")
    assert (said["QCDC_PERIOD"], said["QCDC_ROUND"]) == (PERIOD, "estimate")
    code, document = answer(capsys, "check", str(path))
    rules = {row["rule"] for row in document["files"][0]["findings"]}
    assert (code, rules) == (0, {"CELL-MISSING"})


def test_an_office_speaks_about_the_scope(tmp_path: Path) -> None:
    assert qcdc("template", "noivu-2021", "--out", str(tmp_path)) == 0
    (path,) = tmp_path.iterdir()
    said = names(path)
    assert (said["QCDC_UNIT"], said["QCDC_SUBJECT"]) == ("nv-mh", "huyen-mh-1")


def test_all_templates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = answer(capsys, "template", "--all", "--out", str(tmp_path))
    assert code == 0
    assert len(document["files"]) == len(list(tmp_path.iterdir())) == 61


def test_a_period_without_request_takes_the_law(tmp_path: Path) -> None:
    arguments = ["--unit", "xa-mh-01", "--period", "2021-H2", "--out", str(tmp_path)]
    assert qcdc("template", *arguments) == 0
    (path,) = tmp_path.iterdir()
    assert names(path)["QCDC_ROUND"] == "final"
    assert names(path)["QCDC_DATA_TO"] == "2021-12-14"


def test_nobodys_work_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["template", "xa-2021", "--unit", "xa-mh-02", "--out", str(tmp_path)]
    assert qcdc(*arguments) == 0
    assert qcdc(*arguments) == 0, "the same file again is no trouble"
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"filled in")
    assert qcdc(*arguments) == 2
    assert path.read_bytes() == b"filled in"
    assert "QCDC-E17" in capsys.readouterr().err


# --- status, trace


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
