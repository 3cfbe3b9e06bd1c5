"""Files that are not kept: what remains is a hash, a time and a reason."""

import io
import json
from pathlib import Path

import openpyxl
import pytest

from tests.cli.calls import answer
from tests.orchestration.mini import PERIOD, build, digests

NAMED = "Người tố cáo: Trần Văn Bình"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(build(tmp_path / "project"))
    return tmp_path / "project"


def with_text(root: Path, cell: str, text: str) -> bytes:
    (path,) = (root / "raw" / PERIOD / "xa-mh-01").glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    book.worksheets[0][cell] = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("text", ["MẬT", NAMED])
def test_a_secret_file_is_not_stored(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    sent = tmp_path / "tran-van-binh.xlsx"
    sent.write_bytes(with_text(root, "H2", text))
    before = digests(root)
    journal = root / "raw" / PERIOD / "journal.jsonl"
    code, document = answer(capsys, "receive", str(sent))
    assert (code, document["problem"]["code"]) == (2, "QCDC-E27")
    after = digests(root)
    changed = {path for path in after if before.get(path) != after[path]}
    assert changed == {journal.relative_to(root).as_posix()}
    line = json.loads(journal.read_text(encoding="utf-8").splitlines()[-1])
    assert set(line) == {"at", "who", "event", "sha256", "sender", "why"}
    assert (line["event"], line["sender"]) == ("refused", "xa-mh-01")
    assert "Bình" not in json.dumps(line, ensure_ascii=False)
    assert "binh" not in json.dumps(line)


def test_the_same_file_without_the_mark_is_received(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = tmp_path / "bieu.xlsx"
    sent.write_bytes(with_text(root, "H2", "ghi chú"))
    code, document = answer(capsys, "receive", str(sent))
    assert (code, document["files"][0]["outcome"]) == (0, "received")
