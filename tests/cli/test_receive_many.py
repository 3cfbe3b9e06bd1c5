"""``qcdc receive`` of several files: each has its answer, one that is bad holds up no other."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.orchestration import filing
from pipelines.warehouse.lock import writer_lock
from tests.cases.foreign_files import petitions_html, report_docx
from tests.cli.calls import answer, qcdc
from tests.orchestration.mini import PERIOD, build, digests

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JOURNAL = f"raw/{PERIOD}/journal.jsonl"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(build(tmp_path / "project"))
    return tmp_path / "project"


def lines(root: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root / JOURNAL).read_text("utf-8").splitlines()]


def workbook(root: Path, text: str) -> bytes:
    """The commune's workbook with a text beside its table."""
    (path,) = (root / "raw" / PERIOD / "xa-mh-01").glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["H2"] = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_file_has_its_answer(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = {
        "thu.txt": b"a letter",
        "mat.xlsx": workbook(root, "MẬT"),
        "bieu.xlsx": workbook(root, "ghi chú"),
        "khong.xlsx": None,
        "bb.pdf": PDF,
    }
    for name, data in sent.items():
        if data is not None:
            (tmp_path / name).write_bytes(data)
    before = len(lines(root))
    paths = [str(tmp_path / name) for name in sent]
    code, document = answer(capsys, "receive", *paths, "--from", "xa-mh-01")
    files = document["files"]
    codes = [each["problem"] and each["problem"]["code"] for each in files]
    assert code == 2
    assert [each["source"] for each in files] == paths
    assert codes == ["QCDC-E23", "QCDC-E27", None, "QCDC-E14", None]
    assert [each["outcome"] for each in files] == [None, None, "received", None, "received"]
    assert [line["event"] for line in lines(root)[before:]] == ["refused", "received", "received"]
    assert (root / files[2]["path"]).read_bytes() == sent["bieu.xlsx"]

    assert qcdc("receive", *paths, "--from", "xa-mh-01") == 2
    said = capsys.readouterr()
    assert f"Không nhận: {paths[0]}" in said.err
    assert "Đã nhận từ trước" in said.out
    assert "2/5 tệp" in said.out
    assert qcdc("receive", paths[2], paths[4], "--from", "xa-mh-01") == 0


def test_a_file_that_breaks_the_program_holds_up_no_other(
    root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look = filing.secret_reason

    def breaking(data: bytes) -> str | None:
        if data == PDF:
            return {}["no such key"]
        return look(data)

    monkeypatch.setattr(filing, "secret_reason", breaking)
    (tmp_path / "bb.pdf").write_bytes(PDF)
    (tmp_path / "bieu.xlsx").write_bytes(workbook(root, "ghi chú"))
    paths = [str(tmp_path / name) for name in ("bb.pdf", "bieu.xlsx")]
    code, document = answer(capsys, "receive", *paths, "--from", "xa-mh-01")
    broken, good = document["files"]
    assert (code, broken["problem"]["code"], good["outcome"]) == (2, "QCDC-E99", "received")


def test_receiving_waits_its_turn(
    root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[Path] = []

    def lock(at: Path) -> Any:
        waited.append(at)
        return writer_lock(at)

    monkeypatch.setattr(filing, "patient_lock", lock)
    (tmp_path / "bb.pdf").write_bytes(PDF)
    before = digests(root)
    with writer_lock(root):
        assert qcdc("receive", str(tmp_path / "bb.pdf"), "--from", "xa-mh-01") == 2
    assert "QCDC-W02" in capsys.readouterr().err
    assert digests(root) == before
    assert waited == [root]


@pytest.mark.usefixtures("root")
def test_a_table_of_other_makers_is_filed_under_whom_it_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "don-thu.xls").write_bytes(petitions_html(b""))
    (tmp_path / "bao-cao.docx").write_bytes(report_docx(b""))
    paths = [str(tmp_path / name) for name in ("don-thu.xls", "bao-cao.docx")]
    _, taken = answer(capsys, "check", *paths)
    code, document = answer(capsys, "receive", *paths)
    assert code == 0, document
    senders = [each["submission_id"].split("/")[:2] for each in document["files"]]
    assert senders == [[each["period"], each["unit"]] for each in taken["files"]]


@pytest.mark.parametrize(("sender", "said"), [("xa-mh-01", "chấp nhận"), ("xa-mh-02", "1 lỗi: ")])
def test_what_check_would_say_is_said_at_once(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], sender: str, said: str
) -> None:
    (tmp_path / "bieu.xlsx").write_bytes(workbook(root, "ghi chú"))
    before = set(digests(root))
    assert qcdc("receive", str(tmp_path / "bieu.xlsx"), "--from", sender) == 0
    told = capsys.readouterr().out
    assert f"Kiểm tra: {said}" in told
    assert set(digests(root)) - before == {f"raw/{PERIOD}/{sender}/bieu.xlsx"}


def test_a_secret_report_is_refused_under_whom_it_names(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "secret_reason", lambda _: "có dấu MẬT")
    (tmp_path / "bao-cao.docx").write_bytes(report_docx(b""))
    assert qcdc("receive", str(tmp_path / "bao-cao.docx")) == 2
    assert (lines(root)[-1]["event"], lines(root)[-1]["sender"]) == ("refused", "xa-mh-01")


def test_a_lost_journal_gives_no_new_receipts(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.orchestration.receiving.read_manifest", lambda _: Known)
    (tmp_path / "bb.pdf").write_bytes(PDF)
    (root / JOURNAL).write_bytes(b"")
    for _ in range(2):
        before = digests(root)
        code, document = answer(capsys, "receive", str(tmp_path / "bb.pdf"), "--from", "xa-mh-01")
        assert (code, document["files"][0]["problem"]["code"]) == (2, "QCDC-E28")
        assert digests(root) == before
        (root / JOURNAL).unlink(missing_ok=True)


class _Entry:
    rows = 4


class Known:
    """A manifest that knows four receipts."""

    tables = {"intake.submissions": {PERIOD: _Entry}}  # noqa: RUF012 — read only


def test_check_follows_no_links(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bieu.xlsx").write_bytes(workbook(root, "ghi chú"))
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "bieu.xlsx")
    code, document = answer(capsys, "check", str(tmp_path / "link.xlsx"))
    (file,) = document["files"]
    assert (code, file["problem"]["code"], file["findings"]) == (2, "QCDC-E14", [])
    assert "liên kết" in file["problem"]["found"]
