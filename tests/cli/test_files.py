"""``qcdc check`` and ``qcdc template``: what clerks send and what they are given."""

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.orchestration import checking
from tests.cli.calls import answer, qcdc
from tests.orchestration.mini import PERIOD, digests


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

    def breaking(data: bytes, name: str, *rest: Any, **more: Any) -> Any:
        if name == "lạ.xlsx":
            return {}["no such key"]
        return read(data, name, *rest, **more)

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
    # a blank form must not displace a full one
    assert code == 1
    assert {"SUB-01", "CELL-MISSING"} <= rules


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
    arguments = ["--unit", "xa-mh-01", "--period", "2021-Q3", "--out", str(tmp_path)]
    assert qcdc("template", *arguments) == 0
    (path,) = tmp_path.iterdir()
    assert names(path)["QCDC_ROUND"] == "final"
    assert names(path)["QCDC_DATA_TO"] == "2021-09-14"


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
