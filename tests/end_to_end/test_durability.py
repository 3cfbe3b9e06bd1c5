"""Crashes, a full disk, two at once: the next run ends where an undisturbed one does."""

import errno
import random
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from pipelines.analysis import open_warehouse
from pipelines.intake import appending
from pipelines.intake.journal import read_journal
from pipelines.orchestration.problems import problem_of
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse import failpoints
from pipelines.warehouse.durable import write_whole
from pipelines.warehouse.errors import DiskFullError
from pipelines.warehouse.failpoints import KILLED
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.manifest import manifest_path, read_manifest
from tests.end_to_end import crashing
from tests.end_to_end.crashing import ALL_POINTS, CUT, Apart, begin, fresh, outcome
from tests.orchestration.mini import PERIOD

SOURCES = Path(__file__).parents[2] / "pipelines"
RANDOM_KILLS, MORE_KILLS = 2, 20


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    with Apart() as running:
        yield running


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return begin(tmp_path_factory.mktemp("start"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept") / "tables.pickle"


@pytest.fixture(scope="module")
def undisturbed(
    apart: Apart, start: Path, kept: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The errand run once without any accident."""
    root = fresh(start, tmp_path_factory.mktemp("undisturbed") / "project")
    assert apart.run(root, kept) == [0]
    return root


@pytest.fixture(scope="module")
def resent(
    apart: Apart, undisturbed: Path, kept: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The project after the errand, with one more file dropped; the tables to come are kept."""
    root = fresh(undisturbed, tmp_path_factory.mktemp("resent") / "project")
    (book,) = (root / "raw" / PERIOD / "xa-mh-01").glob("*.xlsx")
    crashing.stamp(book, book.with_name("lan2.xlsx"), "lần 2")
    assert apart.run(fresh(root, root.with_name("computed")), kept) == [0]
    return root


@pytest.fixture
def root(start: Path, tmp_path: Path) -> Path:
    return fresh(start, tmp_path / "project")


def test_the_errand_does_what_it_should(undisturbed: Path) -> None:
    entries = read_journal(journal_path(undisturbed, PERIOD)).entries
    received = [e["submission_id"] for e in entries if e["event"] == "received"]
    assert received[-2:] == [f"{PERIOD}/nv-mh/02", f"{PERIOD}/nv-mh/03"]
    statuses = open_warehouse(root=undisturbed).table("intake.submissions")
    own = statuses[statuses["provider"] == "nv-mh"]
    assert list(own["status"]) == ["superseded", "superseded", "accepted"]
    assert _set_aside(undisturbed) == {CUT}
    assert f"warehouse/published/{PERIOD}/bao-cao.html" in outcome(undisturbed)


def _set_aside(root: Path) -> set[bytes]:
    return {path.read_bytes() for path in appending.torn_files(journal_path(root, PERIOD))}


def test_running_again_changes_nothing(apart: Apart, undisturbed: Path, kept: Path) -> None:
    before = outcome(undisturbed)
    assert apart.run(undisturbed, kept) == [0]
    assert outcome(undisturbed) == before


@pytest.mark.parametrize("point", ALL_POINTS)
def test_killed_at_a_failpoint_the_next_run_ends_the_same(
    apart: Apart, point: str, root: Path, kept: Path, undisturbed: Path
) -> None:
    assert apart.run(root, kept, failpoint=point) == [KILLED]
    assert read_manifest(root).tables in ({}, read_manifest(undisturbed).tables)
    assert apart.run(root, kept) == [0]
    assert outcome(root) == outcome(undisturbed)
    assert CUT in _set_aside(root), "what a cut write left is never lost"


def test_every_place_in_the_sources_is_in_the_lists() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(SOURCES.rglob("*.py"))]
    code = "\n".join(texts)
    reached = set(re.findall(r"""\b_?reach\(f?"([^"]+)"\)""", code))
    replaced = set(re.findall(r"""\b_replace\([^\n]*"([a-z_]+)"\)""", code))
    written = replaced | set(re.findall(r"""\bwrite_whole\([^\n]*"([a-z_]+)"\)""", code))
    removed = set(re.findall(r"""\bremove\([^\n]*"([a-z_]+)"\)""", code))
    put = set(re.findall(r"""\bput_folder\([^\n]*"([a-z_]+)"\)""", code))
    assert written == {*failpoints.WRITTEN, failpoints.ARCHIVED, failpoints.FETCHED}
    assert put == {failpoints.PUT}
    assert removed == {"candidate"}
    of_writes = {f"{{point}}.{step}" for step in failpoints.STEPS}
    of_removals = {"{point}.before_unlink", "{point}.after_unlink"}
    of_puts = {"{point}.before_put", "{point}.after_put"}
    assert of_writes | of_removals | of_puts == {name for name in reached if "{" in name}
    assert {*ALL_POINTS, *failpoints.RELEASE_POINTS, *failpoints.STORE_POINTS} == (
        {name for name in reached if "{" not in name}
        | {name.replace("{point}", each) for name in of_writes for each in written}
        | {name.replace("{point}", each) for name in of_removals for each in removed}
        | {name.replace("{point}", each) for name in of_puts for each in replaced}
        | {f"{each}.{step}" for step in failpoints.STEPS[1:] for each in put}
    )
    assert (failpoints.VARIABLE, failpoints.KILLED) == (appending.VARIABLE, appending.KILLED)


def _killed_at_random(
    apart: Apart, root: Path, kept: Path, undisturbed: Path, seed: int, whole: float
) -> None:
    after = random.Random(seed).uniform(0.0, whole)  # noqa: S311 — no secret
    apart.run(root, kept, seconds=after)
    assert read_manifest(root).tables in ({}, read_manifest(undisturbed).tables)
    assert apart.run(root, kept) == [0]
    assert outcome(root) == outcome(undisturbed), f"killed after {after:.3f} s"


@pytest.fixture(scope="module")
def whole(apart: Apart, start: Path, kept: Path, undisturbed: Path, tmp_path_factory) -> float:
    """How long the errand takes with the tables computed, in seconds."""
    assert undisturbed.is_dir()
    root = fresh(start, tmp_path_factory.mktemp("timed") / "project")
    before = time.monotonic()
    assert apart.run(root, kept) == [0]
    return time.monotonic() - before


@pytest.mark.parametrize("seed", range(RANDOM_KILLS))
def test_killed_anywhere_the_next_run_ends_the_same(
    apart: Apart, seed: int, root: Path, kept: Path, undisturbed: Path, whole: float
) -> None:
    _killed_at_random(apart, root, kept, undisturbed, seed, whole)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 100 + MORE_KILLS))
def test_killed_anywhere_many_times(
    apart: Apart, seed: int, root: Path, kept: Path, undisturbed: Path, whole: float
) -> None:
    _killed_at_random(apart, root, kept, undisturbed, seed, whole)


# --- a full disk


# room for not one more line of the journal, for the line but no table, for all but a large table
@pytest.mark.parametrize("room", [300, 3_000, 12_000])
def test_a_full_disk_leaves_the_last_publication_readable(
    apart: Apart, room: int, kept: Path, resent: Path, tmp_path: Path
) -> None:
    root = fresh(resent, tmp_path / "project")
    before = manifest_path(root).read_bytes(), open_warehouse(root=root).table("core.observations")
    assert apart.run(root, kept, room=room) == [crashing.FULL]
    assert manifest_path(root).read_bytes() == before[0]
    after = open_warehouse(root=root).table("core.observations")
    pd.testing.assert_frame_equal(after, before[1])
    assert not list((root / "warehouse").rglob("*.tmp"))
    assert apart.run(root, kept) == [0]
    assert f"{PERIOD}/xa-mh-01/02" in set(
        open_warehouse(root=root).table("intake.submissions")["submission_id"]
    )


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskFullError) as caught:
        write_whole(tmp_path / "a.parquet", b"data", "store")
    problem = problem_of(caught.value, PERIOD)
    assert (problem.code, problem.exit_code) == ("QCDC-W08", 2)
    assert "a.parquet" in problem.found
    assert "Dọn bớt ổ đĩa" in problem.action


def test_another_error_of_the_system_stays_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(OSError, match="Input/output"):
        write_whole(tmp_path / "a.parquet", b"data", "store")


# --- two at once, and readers


def test_of_two_runs_at_once_one_is_told_and_the_tables_are_the_same(
    apart: Apart, root: Path, kept: Path, undisturbed: Path
) -> None:
    crashing.open_next(root)
    codes = apart.run(root, kept, times=2)
    assert set(codes) <= {0, crashing.BUSY}
    if 0 not in codes:  # each was told of the other at another step
        assert apart.run(root, kept) == [0]
    assert outcome(root) == outcome(undisturbed)


def test_a_run_is_told_who_is_writing(apart: Apart, root: Path, kept: Path) -> None:
    crashing.open_next(root)
    with writer_lock(root):
        assert apart.run(root, kept, instant=True) == [crashing.BUSY]
    assert not manifest_path(root).exists()


def test_readers_in_a_loop_see_only_old_or_new(
    apart: Apart, resent: Path, kept: Path, tmp_path: Path
) -> None:
    root = fresh(resent, tmp_path / "project")
    old = _seen(root)
    seen: list[tuple[int, int]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(_seen(root))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert apart.run(root, kept) == [0]
    finally:
        done.set()
        reader.join()
    new = _seen(root)
    assert new[0] == old[0] + 1
    assert set(seen) <= {old, new}
    assert len(seen) > 1


def _seen(root: Path) -> tuple[int, int]:
    """Two tables of one commit, as one reader sees them."""
    warehouse = open_warehouse(root=root)
    return (
        len(warehouse.table("intake.submissions")),
        warehouse.table("intake.accounts")["submission_id"].nunique(),
    )
