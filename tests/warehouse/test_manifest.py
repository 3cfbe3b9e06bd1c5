import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.warehouse.errors import FilesMissingError, ManifestDamagedError
from pipelines.warehouse.failpoints import KILLED, VARIABLE
from pipelines.warehouse.manifest import (
    Manifest,
    candidate_path,
    commit,
    drop_candidate,
    garbage,
    manifest_path,
    merge,
    read_candidate,
    read_manifest,
    write_candidate,
)
from pipelines.warehouse.reader import open_warehouse_at
from pipelines.warehouse.store import write_table
from tests.warehouse.tables import FakeContract, Row, frame, holding, some_entry

REPOSITORY = Path(__file__).resolve().parents[2]
CONTRACT = FakeContract()
BOTH = [CONTRACT, FakeContract(name="eval.scores")]

RUN = """
import sys
from pathlib import Path
from tests.warehouse.test_manifest import run
run(Path(sys.argv[1]), int(sys.argv[2]))
"""


def run(root: Path, value: int) -> Manifest:
    """Write two tables of a period, with one value in both, and commit them."""
    data = frame(Row("a", count=value))
    tables = {c.name: {"2021-H1": write_table(root, c, "2021-H1", data)} for c in BOTH}
    return commit(root, Manifest(code="0.1.0", catalogue_hash="c", tables=tables))


def run_killed(root: Path, value: int, failpoint: str) -> int:
    """``run`` in a process of its own that dies at a failpoint; its exit code."""
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), VARIABLE: failpoint}
    command = [sys.executable, "-c", RUN, str(root), str(value)]
    return subprocess.run(command, env=environment, check=False).returncode


def seen(root: Path) -> list[int]:
    """The value in each of the two tables, as a reader sees it."""
    warehouse = open_warehouse_at(root)
    return [int(warehouse.table(contract.name)["count"].iloc[0]) for contract in BOTH]


def publish(root: Path, period: str = "2021-H1", *, count: int = 1) -> Manifest:
    entry = write_table(root, CONTRACT, period, frame(Row("a", period=period, count=count)))
    tables = {CONTRACT.name: {period: entry}}
    return commit(root, Manifest(code="0.1.0", catalogue_hash="c", tables=tables))


def test_nothing_committed_is_an_empty_manifest(root: Path):
    assert read_manifest(root) == Manifest()
    assert not (root / "warehouse").exists()


def test_the_file_has_the_agreed_form(root: Path):
    entry = publish(root).tables[CONTRACT.name]["2021-H1"]
    assert json.loads(manifest_path(root).read_text(encoding="utf-8")) == {
        "format": 1,
        "code": "0.1.0",
        "catalogue_hash": "c",
        "tables": {
            "core.observations": {
                "2021-H1": {"files": list(entry.files), "rows": 1, "hash": entry.hash}
            }
        },
    }


def test_equal_manifests_have_equal_bytes():
    one, two = some_entry(), some_entry("core/observations/2021-H2/" + "1" * 32)
    assert holding(H1=one, H2=two).to_json() == holding(H2=two, H1=one).to_json()


def test_unchanged_content_writes_nothing(root: Path):
    publish(root)
    before = manifest_path(root).stat()
    publish(root)
    after = manifest_path(root).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_who_has_the_old_manifest_open_still_reads_it_whole(root: Path):
    publish(root, count=1)
    old = manifest_path(root).read_bytes()
    with manifest_path(root).open("rb") as early:
        publish(root, count=2)
        assert early.read() == old != manifest_path(root).read_bytes()


def test_a_commit_replaces_what_it_touched_and_keeps_the_rest(root: Path):
    first = publish(root, "2021-H1")
    publish(root, "2021-H2")
    now = publish(root, "2021-H2", count=2)
    periods = now.tables[CONTRACT.name]
    assert periods["2021-H1"] == first.tables[CONTRACT.name]["2021-H1"]
    assert open_warehouse_at(root).table(CONTRACT.name)["count"].tolist() == [1, 2]
    assert now == read_manifest(root)


def test_merging_takes_code_and_catalogue_of_the_run_and_drops_what_is_gone():
    one, two = some_entry(), some_entry("core/observations/2021-H2/" + "1" * 32)
    touched = Manifest(code="0.2.0", catalogue_hash="d")
    merged = merge(holding(H1=one, H2=two), touched, {(CONTRACT.name, "2021-H1")})
    assert (merged.code, merged.catalogue_hash) == ("0.2.0", "d")
    assert merged.tables == holding(H2=two).tables
    emptied = merge(holding(H1=one), touched, {(CONTRACT.name, "2021-H1")})
    assert emptied.tables == {}


def test_a_commit_without_its_files_publishes_nothing(root: Path):
    publish(root)
    before = manifest_path(root).read_bytes()
    with pytest.raises(FilesMissingError, match="0000"):
        commit(root, holding(H2=some_entry()))
    assert manifest_path(root).read_bytes() == before


@pytest.mark.parametrize(
    ("failpoint", "expected"),
    [
        ("store.before_replace", [1, 1]),
        ("store.after_replace", [1, 1]),
        ("manifest.before_replace", [1, 1]),
        ("manifest.after_replace", [2, 2]),
    ],
)
def test_a_killed_run_leaves_the_old_or_the_new_never_a_mix(
    root: Path, failpoint: str, expected: list[int]
):
    run(root, 1)
    assert run_killed(root, 2, failpoint) == KILLED
    assert seen(root) == expected
    run(root, 2)
    assert seen(root) == [2, 2]


def test_a_run_killed_before_the_first_commit_publishes_nothing(root: Path):
    assert run_killed(root, 1, "manifest.before_replace") == KILLED
    assert read_manifest(root) == Manifest()
    assert open_warehouse_at(root).tables() == []


def test_a_candidate_is_kept_apart_until_it_is_dropped(root: Path):
    candidate = holding(H1=some_entry())
    assert read_candidate(root, "2021-H1") is None
    assert write_candidate(root, "2021-H1", candidate)
    assert not write_candidate(root, "2021-H1", candidate)
    assert read_candidate(root, "2021-H1") == candidate
    assert read_candidate(root, "2021-H2") is None
    assert read_manifest(root) == Manifest()
    drop_candidate(root, "2021-H1")
    drop_candidate(root, "2021-H1")
    assert read_candidate(root, "2021-H1") is None


def test_garbage_is_what_no_kept_manifest_names(root: Path):
    first = publish(root, count=1)
    publish(root, count=2)
    publish(root, count=3)
    waiting = write_table(root, CONTRACT, "2021-H2", frame(Row("a", period="2021-H2")))
    write_candidate(root, "2021-H2", holding(H2=waiting))
    report = root / "warehouse" / "published" / "2021-H1" / "report.html"
    report.parent.mkdir(parents=True)
    report.touch()
    all_files = set((root / "warehouse").rglob("*.parquet"))
    kept = first.files() | read_manifest(root).files() | set(waiting.files)
    expected = all_files - {root / "warehouse" / name for name in kept}
    assert len(expected) == 1
    assert garbage(root, [first]) == sorted(expected)
    assert len(garbage(root)) == 2


def test_a_killed_writer_leaves_garbage_only(root: Path):
    assert run_killed(root, 1, "manifest.before_replace") == KILLED
    left = garbage(root)
    assert {path.suffix for path in left} == {".parquet", ".tmp"}
    for path in left:
        path.unlink()
    run(root, 1)
    assert garbage(root) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"format": 2, "code": "", "catalogue_hash": "", "tables": {}}',
        '{"format": 1, "code": "", "catalogue_hash": "", "tables": {}, "more": 1}',
        holding(H1=some_entry()).to_json().replace("core/observations", "../raw"),
        holding(H1=some_entry()).to_json().replace("core/observations", "/core/observations"),
        holding(H1=some_entry()).to_json().replace('"rows": 1', '"rows": -1'),
        holding(H1=some_entry()).to_json().replace("core.observations", 'core."x"'),
    ],
)
def test_a_damaged_manifest_is_told_not_guessed(root: Path, text: str):
    manifest_path(root).parent.mkdir()
    manifest_path(root).write_text(text, encoding="utf-8")
    with pytest.raises(ManifestDamagedError, match="chạy lại"):
        read_manifest(root)
    candidate_path(root, "2021-H1").parent.mkdir()
    candidate_path(root, "2021-H1").write_text(text, encoding="utf-8")
    with pytest.raises(ManifestDamagedError, match="QCDC-W03"):
        read_candidate(root, "2021-H1")


def test_a_damaged_manifest_is_not_committed_over(root: Path):
    manifest_path(root).parent.mkdir()
    manifest_path(root).write_text("{", encoding="utf-8")
    with pytest.raises(ManifestDamagedError):
        commit(root, Manifest())
    assert manifest_path(root).read_text(encoding="utf-8") == "{"
