"""``qcdc receive`` on a small project, and what status, tables and trace then say."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines import cli
from pipelines.analysis import open_warehouse
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.checks import CONSERVATION, REFERENCES, SCHEMA, _Judge
from pipelines.orchestration.clock import HANOI
from pipelines.orchestration.publishing import publish_period
from pipelines.orchestration.storing import write_tables
from pipelines.warehouse.manifest import write_candidate
from tests.orchestration.mini import PERIOD, build

FIGURE = f"{PERIOD}/dn.conference_rate@huyen-mh-1"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0"
SIGNED = [
    *("--evidence", "--kind", "Biên bản", "--number", "07/BB-HN", "--signed-on", "05/03/2021"),
    *("--signer", "Giám đốc", "--unit", "dn-mh-01", "--element", "dn.conference_held"),
    *("--title", "Hội nghị người lao động"),
]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(build(tmp_path / "project"))
    return tmp_path / "project"


@pytest.fixture
def paper(tmp_path: Path) -> str:
    (tmp_path / "bb.pdf").write_bytes(PDF)
    return str(tmp_path / "bb.pdf")


def qcdc(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    return int(ended.value.code or 0)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = qcdc(*arguments, "--json")
    return code, json.loads(capsys.readouterr().out)


def publish(root: Path) -> steps.Tables:
    """The job without Dagster."""
    catalogue = load_catalogue()
    write_candidate(
        root,
        PERIOD,
        write_tables(root, catalogue, PERIOD, steps.ingest(root, catalogue, PERIOD)),
    )
    return publish_period(root, catalogue, PERIOD)[1]


def test_from_the_desk_to_the_figure(
    root: Path, paper: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = publish(root)
    (tmp_path / "anh.png").write_bytes(PNG)
    code, document = answer(capsys, "receive", paper, *SIGNED)
    assert (code, document["files"][0]["outcome"]) == (0, "received")
    assert qcdc("receive", str(tmp_path / "anh.png"), "--from", "dn-mh-02") == 0
    assert "chưa gắn chỉ tiêu" in capsys.readouterr().out

    code, document = answer(capsys, "status", PERIOD)
    (status,) = document["periods"]
    assert (code, status["evidence"]) == (0, 2)
    assert status["unattached"] == [f"raw/{PERIOD}/dn-mh-02/minh-chung/anh.png"]
    assert qcdc("status", PERIOD) == 0
    assert "1 minh chứng chưa gắn chỉ tiêu" in capsys.readouterr().out

    after = publish(root)
    for name in ("core.reporting", "eval.published"):
        pd.testing.assert_frame_equal(after[name], before[name])
    old, new = (each["eval.indicator_values"].drop(columns="as_of") for each in (before, after))
    pd.testing.assert_frame_equal(new, old)
    _tables_are_sound(root)

    code, found = answer(capsys, "trace", FIGURE)
    (entry,) = found["evidence"]
    assert (entry["evidence"], entry["signed_on"]) == (f"{PERIOD}/dn-mh-01/01", "2021-03-05")
    assert len(found["cells"]) == 15
    assert all("part" in counted for counted in found["counted"])
    assert qcdc("trace", FIGURE) == 0
    out = capsys.readouterr().out
    assert "Minh chứng: Biên bản số 07/BB-HN ngày 05/03/2021 Hội nghị người lao động" in out
    assert entry["path"] in out


def _tables_are_sound(root: Path) -> None:
    sent = open_warehouse(root=root).table("intake.submissions")
    papers = sent[sent["provider"].isin(["dn-mh-01", "dn-mh-02"])]
    assert set(papers["status"]) == {"accepted"}
    assert papers["form"].isna().all()
    assert set(papers["reason"]) == {"Tài liệu minh chứng."}
    judge = _Judge(root, load_catalogue(), PERIOD)
    wanted = [("core.evidence", SCHEMA), ("core.evidence", REFERENCES)]
    for name, kind in [*wanted, ("intake.accounts", CONSERVATION)]:
        assert judge.verdict(name, kind).passed, name


def test_the_clock_of_the_receipt_is_hanois(root: Path, paper: str) -> None:
    assert qcdc("receive", paper, *SIGNED) == 0
    text = (root / "raw" / PERIOD / "journal.jsonl").read_text(encoding="utf-8")
    last = json.loads(text.splitlines()[-1])
    assert last["at"].endswith("+07:00")
    assert str(HANOI) == "Asia/Ho_Chi_Minh"
    assert last["evidence"]["signed_on"] == "2021-03-05"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--signed-on", "30/02/2021"], "QCDC-E19"),
        (["--unit", "dn-0"], "QCDC-E11"),
        (["--unit", "dn-mh-01", "--period", "2021-HH"], "QCDC-E13"),
        (["--unit", "dn-mh-01", "--element", "D01"], "QCDC-E19"),
        ([], "QCDC-E24"),
        (["--nothing"], "QCDC-E12"),
    ],
)
@pytest.mark.usefixtures("root")
def test_mistakes_are_told(
    paper: str, arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qcdc("receive", paper, *arguments) == 2
    said = capsys.readouterr().err
    assert f"{code}: " in said
    assert "Việc cần làm:" in said


@pytest.mark.usefixtures("root")
def test_the_code_of_an_element_leads_to_its_id(
    paper: str, capsys: pytest.CaptureFixture[str]
) -> None:
    element = load_catalogue().elements["dn.conference_held"]
    assert qcdc("receive", paper, "--unit", "dn-mh-01", "--element", element.code) == 2
    assert element.id in capsys.readouterr().err
