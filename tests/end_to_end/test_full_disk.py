"""A disk that fills up: a run is told so, nothing is lost, and with room again all goes on."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.orchestration.history_full import is_full
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.manifest import manifest_path
from tests.end_to_end.crashing import stamp
from tests.end_to_end.supervised import RUN_AT_A_DESK, hashes
from tests.orchestration.mini import PERIOD, ROOT, build

SIZE = "96m"
SENDER = "xa-mh-01"
HISTORY, WAREHOUSE = "QCDC-E141", "QCDC-W08"
SECONDS = 600


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own; without the right to mount one there is nothing to try."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "qcdc-test", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no right to mount a small disk: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


class Office:
    """A project and its history, each on a disk of the test's choosing."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root, self.home = root, home
        root.mkdir()
        build(root)

    def run(self) -> tuple[int, str]:
        """``qcdc run``; the exit code and the code of the problem, if there is one."""
        done = subprocess.run(
            [sys.executable, "-c", RUN_AT_A_DESK],
            cwd=self.root,
            env=os.environ | {"DAGSTER_HOME": str(self.home), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr[-2_000:]
        return done.returncode, json.loads(done.stdout).get("problem", {}).get("code", "")

    def received(self) -> list[str]:
        return journal_path(self.root, PERIOD).read_text(encoding="utf-8").splitlines()


def _fill(disk: Path, room: int) -> Path:
    """Leave so many bytes free; give the file to remove."""
    ballast = disk / "ballast"
    free = shutil.disk_usage(disk).free
    with ballast.open("wb") as stream:
        stream.write(bytes(max(0, free - room)))
    return ballast


# room for nothing, for a few lines of the history, for some tables
@pytest.mark.long
@pytest.mark.parametrize(
    ("apart", "rooms"),
    [(False, [0, 300_000]), (True, [0, 40_000])],
    ids=["history on the same disk", "history on another disk"],
)
def test_a_full_disk_is_told_and_loses_nothing(
    disk: Path, tmp_path: Path, apart: bool, rooms: list[int]
) -> None:
    office = Office(disk / "root", (tmp_path if apart else disk) / "home")
    code, problem = office.run()
    assert (code, problem) == (1, ""), "this small project agrees with few published figures"
    before, manifest = hashes(office.root), manifest_path(office.root).read_bytes()
    (book,) = (office.root / "raw" / PERIOD / SENDER).glob("*.xlsx")
    stamp(book, book.with_name("lan2.xlsx"), "lần 2")
    lines = office.received()
    for room in rooms:
        ballast = _fill(disk, room)
        code, problem = office.run()
        assert code == 2
        assert problem == WAREHOUSE if apart else problem in {HISTORY, WAREHOUSE}
        assert manifest_path(office.root).read_bytes() == manifest
        assert hashes(office.root) == before
        assert office.received()[: len(lines)] == lines
        assert not list((office.root / "warehouse").rglob("*.tmp"))
        ballast.unlink()
    assert office.run() == (1, "")
    assert len(office.received()) == len(lines) + 1, "the file that came is received once"
    after = hashes(office.root)
    assert after.keys() == before.keys()
    assert after["intake.submissions/2021-H1"] != before["intake.submissions/2021-H1"]
    clean = Office(tmp_path / "clean", tmp_path / "clean-home")
    shutil.rmtree(clean.root / "raw")
    shutil.copytree(office.root / "raw", clean.root / "raw")
    assert clean.run() == (1, "")
    assert hashes(clean.root) == after, "as on a disk that was never full"


def test_what_a_database_says_of_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_full(tmp_path, "database or disk is full")
    assert is_full(tmp_path, 'could not extend file "base/1": No space left on device')
    assert not is_full(tmp_path, "database is locked")
    assert not is_full(tmp_path, "disk I/O error"), "there is room: the disk itself is at fault"
    nothing = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: nothing)
    assert is_full(tmp_path, "disk I/O error")
