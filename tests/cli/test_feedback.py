"""``qcdc feedback``: letters and the overview as files, from the warehouse alone."""

import json
import shutil
from pathlib import Path

import dagster as dg
import openpyxl
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.definitions import build_defs
from pipelines.orchestration.feedback_asset import FEEDBACK, feedback_asset
from pipelines.orchestration.jobs import EVALUATE_PERIOD
from pipelines.orchestration.partitions import period_partitions
from pipelines.orchestration.resources import ProjectResource
from pipelines.reports.feedback_sheet import SHEET_NAME
from tests.cli.calls import answer, qcdc
from tests.orchestration.mini import PERIOD


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_writes_letters_and_the_overview(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = answer(capsys, "feedback", PERIOD, "--all")
    assert code == 0
    folder = project / "warehouse" / "feedback" / PERIOD
    assert document["folder"] == str(folder)
    assert {Path(page).name for page in document["overview"]} == {
        "tong-quan.html",
        "tong-quan.xlsx",
    }
    assert {each["unit"] for each in document["letters"]} == {
        "xa-mh-01",
        "ldld-mh",
        "nv-mh",
        "bcd-mh",
    }
    for each in document["letters"]:
        assert each["is_own_workbook"]
        assert openpyxl.load_workbook(each["workbook"]).sheetnames[0] == SHEET_NAME
        assert "SỐ LIỆU MINH HỌA" in Path(each["page"]).read_text(encoding="utf-8")
        assert len(Path(each["message"]).read_text(encoding="utf-8")) <= 1_500


def test_twice_gives_the_same_files_and_no_old_ones(project: Path) -> None:
    folder = project / "warehouse" / "feedback" / PERIOD
    assert qcdc("feedback", PERIOD, "--all") == 0
    first = files(folder)
    (folder / "xa-mh-01" / "99_tin-nhan.txt").write_text("cũ", encoding="utf-8")
    assert qcdc("feedback", PERIOD, "--all") == 0
    assert files(folder) == first


def test_one_unit_into_a_folder_of_ones_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "khac.txt").write_text("của tôi", encoding="utf-8")
    arguments = ["--unit", "xa-mh-01", "--out", str(tmp_path), "--all"]
    more = ["--resend-by", "12/06/2021", "--send-to", "Văn phòng"]
    assert qcdc("feedback", PERIOD, *arguments, *more) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"khac.txt", "xa-mh-01"}
    assert "xa-mh-01" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["2019-H1"], "QCDC-E40"),
        (["2021-X9"], "QCDC-E40"),
        ([PERIOD, "--unit", "xa-mh-99"], "QCDC-E42"),
        ([PERIOD, "--resend-by", "mai"], "QCDC-E41"),
        ([PERIOD, "--resend-by", "Thứ 6, 10/06/2021"], "QCDC-E41"),
    ],
)
def test_says_what_is_wrong_with_the_question(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = answer(capsys, "feedback", *arguments)
    assert code == 2
    assert document["problem"]["code"] == problem


def test_check_writes_the_letter_about_a_file_that_was_not_sent(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (source,) = (project / "raw" / PERIOD / "xa-mh-01").glob("*.xlsx")
    path = tmp_path / "biểu xã.xlsx"
    shutil.copy(source, path)
    code, document = answer(capsys, "check", str(path), "--feedback", str(tmp_path / "phieu"))
    (letter,) = document["feedback"]
    assert code == 0
    assert letter["submission_id"] is None
    text = Path(letter["message"]).read_text(encoding="utf-8")
    assert "chưa gửi, chỉ kiểm tra thử" in text
    assert "SẴN SÀNG GỬI" in text or "GỬI ĐƯỢC" in text
    assert json.dumps(document, ensure_ascii=False)


def test_dagster_writes_the_same_letters_on_demand(project: Path) -> None:
    folder = project / "warehouse" / "feedback" / PERIOD
    assert qcdc("feedback", PERIOD) == 0
    first = files(folder)
    shutil.rmtree(folder)
    catalogue = load_catalogue()
    asset = feedback_asset(catalogue, period_partitions(catalogue))
    given = {"project": ProjectResource(root=str(project))}
    done = dg.materialize([asset], partition_key=PERIOD, resources=given)
    (made,) = done.asset_materializations_for_node("report__feedback")
    assert files(folder) == first
    assert "tong-quan.html" in made.metadata


def test_the_job_of_a_period_writes_no_letters() -> None:
    job = build_defs().resolve_job_def(EVALUATE_PERIOD)
    assert FEEDBACK not in job.asset_layer.executable_asset_keys
