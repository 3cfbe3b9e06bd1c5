"""The doctor on a real folder: what is broken is found, mended where it may be, then clean."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from pipelines.cli import main
from pipelines.operations.doctor import examine
from pipelines.operations.doctor_facts import gather
from pipelines.operations.doctor_model import Finding
from pipelines.operations.doctor_repair import repair
from pipelines.orchestration.home import SETTINGS
from pipelines.warehouse.manifest import manifest_path, read_manifest
from tests.operations.instances import add_run, dead_pid, states
from tests.operations.projects import RECEIPT, add_version, home, journal, small_project

HOLD = (
    "import sys, time; from pathlib import Path; from pipelines.warehouse.lock import writer_lock\n"
    "with writer_lock(Path(sys.argv[1])):\n"
    "    print('held', flush=True)\n"
    "    time.sleep(60)\n"
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, with Dagster's home in it."""
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    (tmp_path / "project").mkdir()
    return small_project(tmp_path / "project")


def told(root: Path, *, deep: bool = False) -> list[Finding]:
    """What is not well; days, daemons and free space are those of the machine and left out."""
    aside = {"horizon", "daemons", "disk"}
    found = examine(gather(root, deep=deep))
    return [each for each in found if each.level != "ok" and each.check not in aside]


def only(root: Path, check: str, level: str, *, deep: bool = False) -> Finding:
    (found,) = told(root, deep=deep)
    assert (found.check, found.level) == (check, level)
    return found


def mended(root: Path) -> list[str]:
    """What a repair says; afterwards everything is well, and a second one does nothing."""
    facts = gather(root)
    done = repair(facts, examine(facts))
    assert told(root) == []
    again = gather(root)
    assert repair(again, examine(again)) == []
    return done


def old(path: Path) -> Path:
    yesterday = time.time() - 86_400
    os.utime(path, (yesterday, yesterday))
    return path


def test_a_sound_project_has_nothing_to_tell(root: Path) -> None:
    before = sorted(path for path in root.rglob("*") if home(root) not in path.parents)
    assert told(root, deep=True) == []
    assert sorted(path for path in root.rglob("*") if home(root) not in path.parents) == before


def test_missing_settings_are_put_there(root: Path) -> None:
    (home(root) / SETTINGS).unlink()
    only(root, "settings", "warning")
    assert mended(root) == ["đã chép dagster.yaml hiện hành vào thư mục Dagster"]


def test_lost_runs_and_what_killed_writers_left_are_put_right(root: Path) -> None:
    with dg.DagsterInstance.from_config(str(home(root))) as instance:
        lost = add_run(instance, "STARTED", pid=dead_pid())
    half = root / "raw" / "2021-H1" / ".journal.jsonl.77.tmp"
    half.write_text("x", encoding="utf-8")
    young = half.with_name(".journal.jsonl.78.tmp")
    young.write_text("x", encoding="utf-8")
    staging = root / "raw" / "2021-H1" / "releases" / ".01.tmp" / "tables"
    staging.mkdir(parents=True)
    (staging / "a").write_text("x", encoding="utf-8")
    (staging / "a").chmod(0o444)
    old(half)
    old(staging.parent)
    (root / "warehouse" / ".lock").write_text(str(dead_pid()), encoding="utf-8")
    assert {each.check for each in told(root)} == {"runs", "temporary", "lock"}
    done = mended(root)
    assert f"đã kết thúc lần chạy bị bỏ dở {lost[:8]} (kỳ 2021-H1, đang ở STARTED)" in done
    assert "đã xóa số tiến trình cũ trong tệp khóa" in done
    assert "đã xóa tệp ghi dở raw/2021-H1/.journal.jsonl.77.tmp" in done
    assert not half.exists()
    assert not staging.parent.exists()
    assert young.exists(), "somebody may be writing it"
    with dg.DagsterInstance.from_config(str(home(root))) as instance:
        assert states(instance)[lost] == "FAILURE"


def test_a_writer_at_work_is_no_fault_and_is_not_disturbed(root: Path) -> None:
    half = root / "warehouse" / ".a.tmp"
    half.write_text("x", encoding="utf-8")
    old(half)
    arguments = [sys.executable, "-c", HOLD, str(root)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "held\n"
            facts = gather(root)
            assert facts.disk.lock.is_held
            assert facts.disk.lock.named == writer.pid
            assert facts.disk.lock.holders in {(writer.pid,), ()}
            assert [each.check for each in told(root)] == ["temporary"]
            (line,) = repair(facts, examine(facts))
            assert "có lần chạy đang ghi" in line
            assert half.exists()
        finally:
            writer.send_signal(signal.SIGKILL)
    only_lock = [each for each in told(root) if each.check == "lock"]
    assert f"tiến trình {writer.pid}" in only_lock[0].found
    mended(root)


def _cut(root: Path) -> None:
    file = next((root / "warehouse").rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-20])


def _turn(root: Path) -> None:
    file = next((root / "warehouse").rglob("*.parquet"))
    data = bytearray(file.read_bytes())
    data[10] ^= 1
    file.write_bytes(bytes(data))


def _gone(root: Path) -> None:
    next((root / "warehouse").rglob("*.parquet")).unlink()


def _other_rows(root: Path) -> None:
    text = manifest_path(root).read_text(encoding="utf-8")
    manifest_path(root).write_text(text.replace('"rows": 1', '"rows": 2'), encoding="utf-8")


def _no_manifest(root: Path) -> None:
    manifest_path(root).write_text("{", encoding="utf-8")


@pytest.mark.parametrize("harm", [_cut, _gone, _other_rows, _no_manifest])
def test_a_harmed_warehouse_is_an_error(root: Path, harm: Callable[[Path], None]) -> None:
    harm(root)
    only(root, "manifest", "error")


def test_a_turned_bit_is_found_by_reading_everything(root: Path) -> None:
    _turn(root)
    assert told(root) == []
    assert "mã băm" in only(root, "manifest", "error", deep=True).found


def test_another_catalogue_is_told(root: Path) -> None:
    text = manifest_path(root).read_text(encoding="utf-8")
    hashed = read_manifest(root).catalogue_hash
    manifest_path(root).write_text(text.replace(hashed, "0" * 64), encoding="utf-8")
    only(root, "catalogue", "warning")


def test_unreadable_facts_are_an_error(root: Path) -> None:
    (root / "raw" / "reference" / "requests.csv").write_text("nothing\n", encoding="utf-8")
    only(root, "catalogue", "error")


def test_a_broken_journal_a_cut_one_and_a_lost_file_are_told(root: Path) -> None:
    line = journal(root).read_text(encoding="utf-8")
    journal(root).write_text(line + '{"at": "2021-', encoding="utf-8")
    only(root, "journals", "warning")
    journal(root).write_text("nonsense\n" + line, encoding="utf-8")
    assert "journal.jsonl:1" in only(root, "journals", "error").found
    journal(root).write_text(line, encoding="utf-8")
    (root / RECEIPT["path"]).unlink()
    assert RECEIPT["submission_id"] in only(root, "raw", "warning").found


def test_a_file_whose_name_no_journal_can_hold_is_told(root: Path) -> None:
    folder = journal(root).parent / "xa-mh-01"
    folder.mkdir(exist_ok=True)
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.xlsx")).write_bytes(b"")
    assert "xa-mh-01/?.xlsx" in only(root, "nameless", "warning").found


def test_a_clock_that_was_set_back_is_told(root: Path) -> None:
    ahead = time.time() + 86_400
    os.utime(manifest_path(root), (ahead, ahead))
    only(root, "clock", "error")


def test_a_drill_is_told_and_a_broken_one_too(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("2021-06-09T09:00:00+07:00", encoding="utf-8")
    monkeypatch.setenv("QCDC_CLOCK", str(clock))
    assert "09:00 09/06/2021" in only(root, "clock", "warning").found
    clock.write_text("noon", encoding="utf-8")
    assert "noon" in only(root, "clock", "warning").found


@pytest.mark.parametrize(
    "damaged", [b"storage: [", b"no_such_setting: 1\n", b"\xff\xfe", b"run_monitoring: 7\n"]
)
def test_broken_settings_are_an_error_and_no_traceback(root: Path, damaged: bytes) -> None:
    (home(root) / SETTINGS).write_bytes(damaged)
    assert "history" in {each.check for each in told(root) if each.level == "error"}


def test_a_broken_history_is_an_error_and_no_traceback(root: Path) -> None:
    assert told(root) == []
    (home(root) / "history" / "runs.db").write_bytes(b"no database" * 1_000)
    only(root, "history", "error")


def test_an_older_version_of_the_table_is_no_fault(root: Path) -> None:
    add_version(root, "xa-mh-02")
    assert told(root, deep=True) == []


def test_the_command_tells_and_ends_as_promised(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.setenv("DAGSTER_HOME", str(home(root)))
    (home(root) / SETTINGS).unlink()

    def ended(*arguments: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as done:
            main(["doctor", *arguments])
        return done.value.code, capsys.readouterr().out

    code, text = ended()
    assert code == 0, "a daemon that never ran and settings not copied yet are warnings"
    assert "lưu ý   Cài đặt Dagster" in text
    code, text = ended("--repair")
    assert code == 0
    assert text.startswith("Đã sửa: đã chép dagster.yaml")
    assert "lưu ý   Cài đặt Dagster" not in text
    _gone(root)
    code, text = ended("--json", "--deep")
    assert code == 1
    said = json.loads(text)
    assert said["exit"] == 1
    assert [f["check"] for f in said["findings"] if f["level"] == "error"] == ["manifest"]
