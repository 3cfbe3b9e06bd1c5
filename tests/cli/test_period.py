"""``qcdc period``: who opened, closed, locked and reopened, and what a lock keeps out."""

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.analysis import open_warehouse
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration import commands, period_command
from pipelines.orchestration.publishing import ingest_period, publish_period
from pipelines.orchestration.receiving import JournalLost
from pipelines.orchestration.running import Outcome
from pipelines.warehouse import lock
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.manifest import read_manifest
from tests.cli.calls import answer, qcdc
from tests.orchestration.mini import PERIOD, build

NEXT = "2021-H2"
WHO = ("--who", "thường trực Ban Chỉ đạo")
WHY = ("--why", "xã minh họa 01 nộp bổ sung")
START = dt.datetime.fromisoformat("2021-06-20T08:00:00+07:00")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project, closed as it is shipped; each step comes a day after the one before."""
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(build(tmp_path / "project"))
    days = (START + dt.timedelta(days=n) for n in range(99))
    monkeypatch.setattr(period_command, "now", lambda: next(days))
    return tmp_path / "project"


def lines(root: Path, period: str = PERIOD) -> list[dict[str, Any]]:
    path = root / "raw" / period / "journal.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def publish(root: Path, day: int = 1) -> dict[str, str]:
    """The job without Dagster; the hashes of the period's tables."""
    catalogue = load_catalogue()
    ingest_period(root, catalogue, PERIOD, at=START + dt.timedelta(days=day), who="qcdc")
    publish_period(root, catalogue, PERIOD)
    tables = read_manifest(root).tables
    return {n: periods[PERIOD].hash for n, periods in tables.items() if PERIOD in periods}


def ingest(root: Path) -> dict[str, str]:
    """The first half of the job; the hashes of its tables."""
    candidate, _ = ingest_period(root, load_catalogue(), PERIOD, at=START, who="qcdc")
    return {n: entry.hash for n, periods in candidate.tables.items() for entry in periods.values()}


def drop(root: Path, receptions: int) -> Path:
    """A further workbook of the commune, with another number of receptions."""
    folder = root / "raw" / PERIOD / "xa-mh-01"
    book = openpyxl.load_workbook(folder / f"xa-2021_{PERIOD}.xlsx")
    label = load_catalogue().elements["xa.receptions"].code
    sheet = book.worksheets[0]
    (row,) = [r for r in range(1, 200) if sheet.cell(r, 3).value == label]
    sheet[f"E{row}"] = receptions
    book.save(folder / "lan2.xlsx")
    return folder / "lan2.xlsx"


def test_the_life_of_a_period(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert qcdc("period", "open", NEXT, *WHO) == 0
    assert "đang mở" in capsys.readouterr().out
    for action in ("close", "lock"):
        assert qcdc("period", action, NEXT, *WHO) == 0
    code, document = answer(capsys, "period", "reopen", NEXT, *WHO, *WHY)
    assert (code, document["action"], document["why"]) == (0, "reopen", WHY[1])
    assert [line["action"] for line in lines(root, NEXT)] == ["open", "close", "lock", "reopen"]
    assert {line["who"] for line in lines(root, NEXT)} == {WHO[1]}
    assert lines(root, NEXT)[-1]["why"] == WHY[1]
    assert lines(root, NEXT)[0]["at"] == START.isoformat()
    assert qcdc("status", NEXT) == 0
    out = capsys.readouterr().out
    assert "đã mở lại" in out
    assert f"Mở lại lúc 08:00 ngày 23/06/2021 — {WHO[1]}: {WHY[1]}" in out
    _, document = answer(capsys, "status", NEXT)
    (status,) = document["periods"]
    assert [event["action"] for event in status["events"]] == ["open", "close", "lock", "reopen"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["open", PERIOD, *WHO], "QCDC-E31", "đã đóng"),
        (["close", PERIOD, *WHO], "QCDC-E31", "qcdc period lock"),
        (["close", NEXT, *WHO], "QCDC-E31", "qcdc period open"),
        (["lock", NEXT, *WHO], "QCDC-E31", "chưa mở"),
        (["reopen", PERIOD, *WHO], "QCDC-E32", "lý do"),
        (["reopen", PERIOD, *WHO, "--why", "  "], "QCDC-E32", "lý do"),
        (["lock", PERIOD, "--who", " "], "QCDC-E33", "chức vụ"),
        (["lock", PERIOD], "QCDC-E12", "qcdc period --help"),
        (["lock", "2021-HH", *WHO], "QCDC-E13", "2021-H1"),
    ],
)
def test_what_may_not_be_is_told_and_not_written(
    root: Path, arguments: list[str], code: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = lines(root)
    assert qcdc("period", *arguments) == 2
    told = capsys.readouterr().err
    assert f"{code}: " in told
    assert said in told
    assert "Việc cần làm:" in told
    assert lines(root) == before
    assert not (root / "raw" / NEXT).exists()


def test_a_step_waits_its_turn(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.0)
    before = lines(root)
    with writer_lock(root):
        assert qcdc("period", "lock", PERIOD, *WHO) == 2
    assert "QCDC-W02" in capsys.readouterr().err
    assert lines(root) == before


def test_late_after_the_lock_changes_nothing_until_reopened(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "run_period", lambda *_: Outcome(run_id="r"))
    monkeypatch.setattr(commands, "disagreeing", lambda *_: 0)
    assert qcdc("period", "lock", PERIOD, *WHO) == 0
    locked, written = publish(root), lines(root)
    late = drop(root, 77)
    assert publish(root, day=2) == locked
    assert lines(root) == written
    relative = late.relative_to(root).as_posix()
    _, document = answer(capsys, "status", PERIOD)
    assert document["periods"][0]["late"] == [relative]
    assert qcdc("status", PERIOD) == 0
    out = capsys.readouterr().out
    assert f"Đến sau khi khóa: 1 tệp, chưa tính vào số liệu: {relative}" in out
    assert f"qcdc period reopen {PERIOD}" in out
    assert qcdc("receive", str(late)) == 2
    assert "QCDC-E03" in capsys.readouterr().err
    code, document = answer(capsys, "run", PERIOD)
    assert (code, document["late"]) == (0, [relative])
    assert qcdc("run", PERIOD) == 0
    told = capsys.readouterr().err
    assert relative in told
    assert f"qcdc period reopen {PERIOD}" in told

    assert qcdc("period", "reopen", PERIOD, *WHO, *WHY) == 0
    assert publish(root, day=3) != locked
    code, document = answer(capsys, "status", PERIOD)
    (status,) = document["periods"]
    assert (code, status["late"], status["state"]) == (0, [], "reopen")
    (again,) = [each for each in status["resubmissions"] if each["unit"] == "xa-mh-01"]
    assert (again["submission_id"], again["previous"]) == (
        f"{PERIOD}/xa-mh-01/02",
        f"{PERIOD}/xa-mh-01/01",
    )
    assert (again["changed"], again["who"]) == (1, "qcdc")
    assert qcdc("status", PERIOD) == 0
    out = capsys.readouterr().out
    assert "Nộp lại: Xã minh họa 01: lần 2 thay lần 1: 1 ô đổi (nhận lúc" in out
    assert qcdc("trace", figure_of(root, "xa-mh-01/02")) == 0
    out = capsys.readouterr().out
    assert f"Kỳ báo cáo: Mở lại lúc 08:00 ngày 21/06/2021 — {WHO[1]}: {WHY[1]}" in out
    assert "Nộp lại: Xã minh họa 01: lần 2 thay lần 1: 1 ô đổi" in out


def test_no_lock_before_everything_received_is_counted(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(root)
    assert qcdc("receive", str(drop(root, 77))) == 0
    before = lines(root)
    assert qcdc("period", "lock", PERIOD, *WHO) == 2
    told = capsys.readouterr().err
    assert "QCDC-E34" in told
    assert f"qcdc run {PERIOD}" in told
    assert lines(root) == before
    _, document = answer(capsys, "status", PERIOD)
    assert document["periods"][0]["uncounted"] == 1
    assert qcdc("status", PERIOD) == 0
    assert "Kho: chậm hơn sổ tiếp nhận 1 dòng" in capsys.readouterr().out
    publish(root, day=2)
    _, document = answer(capsys, "status", PERIOD)
    assert document["periods"][0]["uncounted"] == 0
    assert qcdc("period", "lock", PERIOD, *WHO) == 0


def test_a_lost_journal_stops_everything_that_writes(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(root)
    journal = root / "raw" / PERIOD / "journal.jsonl"
    receipts = sum(line["event"] == "received" for line in lines(root))
    journal.write_bytes(b"")
    for _ in range(2):
        with pytest.raises(JournalLost):
            publish(root, day=2)
        assert qcdc("period", "open", PERIOD, *WHO) == 2
        assert "QCDC-E28" in capsys.readouterr().err
        _, document = answer(capsys, "status", PERIOD)
        assert document["periods"][0]["lost"] == receipts
        assert qcdc("status", PERIOD) == 0
        out = capsys.readouterr().out
        assert f"đã mất hoặc trống, trong khi kho biết {receipts} lượt" in out
        assert not journal.exists() or journal.stat().st_size == 0
        journal.unlink(missing_ok=True)


def figure_of(root: Path, submission: str) -> str:
    """A figure that stands on cells of a submission."""
    table = open_warehouse(root=root).table("report.figures")
    return str(table.loc[table["cells"].str.contains(submission), "figure_id"].iloc[0])


def test_a_file_moved_under_the_lock_keeps_its_receipt_and_the_tables(root: Path) -> None:
    assert qcdc("period", "lock", PERIOD, *WHO) == 0
    before = ingest(root)
    folder = root / "raw" / PERIOD / "xa-mh-01"
    (folder / "cu").mkdir()
    shutil.move(folder / f"xa-2021_{PERIOD}.xlsx", folder / "cu" / "xa.xlsx")
    after = ingest(root)
    moved = lines(root)[-1]
    assert (moved["event"], moved["submission_id"]) == ("correction", f"{PERIOD}/xa-mh-01/01")
    assert moved["path"] == f"raw/{PERIOD}/xa-mh-01/cu/xa.xlsx"
    # only where the file lies differs
    assert {name for name in before if before[name] != after[name]} == {"intake.submissions"}
