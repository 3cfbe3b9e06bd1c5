"""An issued release: frozen whole, read back byte by byte, read without the warehouse."""

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from _pytest.mark import ParameterSet

from pipelines.analysis import open_warehouse
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.reference import CONTACTS
from pipelines.intake.journal import read_journal
from pipelines.orchestration import release_archive, release_rebuild, releasing
from pipelines.orchestration.inputs import inputs_fingerprint
from pipelines.orchestration.release_verify import issued_releases
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.archives import release_folder
from pipelines.warehouse.failpoints import KILLED, RELEASE_POINTS, VARIABLE
from pipelines.warehouse.manifest import read_manifest
from tests.cli.calls import answer, qcdc
from tests.cli.release.world import (
    FIGURES,
    FIRST,
    PAPER,
    PREPARER,
    TO_SIGN,
    WHY,
    differing,
    issue_first,
    lines,
    record_of,
)
from tests.orchestration.mini import PERIOD


def test_what_a_release_says_of_itself(issued: Path) -> None:
    record = record_of(issued, FIRST)
    assert record["roles"] == {
        "preparer": PREPARER[1], "checker": PREPARER[3], "signer": "Trưởng ban",
    }  # fmt: skip
    kinds = {name.split("/")[0] for name in record["files"]}
    kept = {"manifest.json", "tables", "catalogue", "reference", "journal", "papers", "site.zip"}
    assert kinds == kept
    receipts = [e for e in read_journal(journal_path(issued, PERIOD)).entries if "sha256" in e]
    paths = {e["path"] for e in receipts if e["event"] == "received"}
    assert {each["path"] for each in record["inputs"]} <= paths
    assert len(record["inputs"]) >= 4
    with zipfile.ZipFile(release_folder(issued, FIRST) / "site.zip") as site:
        page = site.read("minh-chung/index.html").decode()
    assert page == f"{ {FIRST} } True", "made from the release's own tables, beside its papers"
    assert not any(name.startswith("papers/.") for name in record["files"])
    assert (issued / "raw" / "reference" / CONTACTS).is_file()
    assert f"reference/{CONTACTS}" not in record["files"], "how units are reached stays at home"


KINDS = (
    "release.json", "manifest.json", "tables/**/*.parquet", "catalogue/indicators.yaml",
    "reference/units.csv", "journal/*.jsonl", "papers/bao-cao.html", f"papers/{TO_SIGN}",
    "site.zip",
)  # fmt: skip


@pytest.fixture
def flipped(issued: Path) -> Iterator[Callable[[Path], str]]:
    """Flip the last byte of a file of the archive; it is put back after the test."""
    touched: dict[Path, bytes] = {}

    def flip(path: Path) -> str:
        data = touched.setdefault(path, path.read_bytes())
        path.chmod(0o644)
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        return path.relative_to(release_folder(issued, FIRST)).as_posix()

    yield flip
    for path, data in touched.items():
        path.write_bytes(data)
        path.chmod(0o444)


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_byte_of_any_kind_of_file_is_found(
    issued: Path, flipped: Callable[[Path], str], kind: str
) -> None:
    assert differing(issued) == []
    path = sorted(release_folder(issued, FIRST).glob(kind))[0]
    name = flipped(path)
    assert name in differing(issued)
    assert set(differing(issued)) == {name}


def test_what_is_gone_or_new_is_found(root: Path) -> None:
    folder = release_folder(root, FIRST)
    (folder / "papers" / "bao-cao.html").unlink()
    (folder / "papers" / "khac.html").write_text("x", encoding="utf-8")
    (folder / "signed").mkdir()
    (folder / "signed" / "la.docx").write_bytes(b"x")
    names = ["papers/bao-cao.html", "papers/khac.html", "signed/la.docx"]
    assert sorted(differing(root)) == names
    shutil.rmtree(folder)
    assert differing(root) == ["release.json"]
    assert qcdc("release", "verify", FIRST) == 1


def test_a_received_file_that_changes_is_found(root: Path) -> None:
    (book,) = (root / "raw" / PERIOD / "nv-mh").glob("*.xlsx")
    book.write_bytes(book.read_bytes() + b"\0")
    assert differing(root) == [book.relative_to(root).as_posix()]


def test_received_files_may_be_kept_with_the_release(submitted: Path) -> None:
    assert qcdc("release", "issue", FIRST, *PAPER, *WHY, "--keep-inputs") == 0
    folder = release_folder(submitted, FIRST)
    inputs = record_of(submitted, FIRST)["inputs"]
    assert {path.name for path in (folder / "inputs").iterdir()} == {e["sha256"] for e in inputs}
    for each in inputs:
        (submitted / each["path"]).unlink()
    assert differing(submitted) == []
    record = release_rebuild.read_record(folder)
    assert all(release_rebuild._found(submitted, folder, each) for each in record["inputs"])


def test_issued_files_are_read_only(issued: Path) -> None:
    files = [path for path in release_folder(issued, FIRST).rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o222 for path in files} == {0}


def test_a_release_is_read_from_its_archive_alone(issued: Path, root: Path) -> None:
    draft = open_warehouse(root=issued)
    shutil.rmtree(root / "warehouse")
    release = open_warehouse(FIRST, root=root)
    names = ("core.observations", "eval.indicator_values", "ref.units")
    for name in names:
        pd.testing.assert_frame_equal(release.table(name), draft.table(name))
    figures = release.table("report.figures")
    assert set(figures["release_id"]) == {FIRST}
    same = draft.table("report.figures").assign(release_id=FIRST)
    pd.testing.assert_frame_equal(figures, same)
    assert len(release.sql("select 1 from core.observations")) == len(
        release.table("core.observations")
    )


def test_a_figure_of_a_release_is_traced(
    issued: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(issued)
    code, document = answer(capsys, "trace", FIGURES[0], "--release", FIRST)
    assert (code, document["release_id"]) == (0, FIRST)
    assert document["cells"]


def test_issuing_changes_no_figure_of_the_draft(issued: Path) -> None:
    """The journal's lines about releases move neither the time nor the inputs of the tables."""
    made_from = read_manifest(issued).inputs[PERIOD]
    assert inputs_fingerprint(issued, load_catalogue(), PERIOD) == made_from


# one of each kind: a file of the archive, its folder, the line
TELLING = {"archived.before_replace", "archive.before_replace", "archive.after_replace"}
TELLING |= {"journal.half_written", "journal.before_fsync"}


def points() -> Iterator[ParameterSet]:
    """Everything that issuing passes; the telling ones always, the others at leisure."""
    steps = ("before_write", "half_written", "before_fsync", "after_fsync")
    for point in (*RELEASE_POINTS, *(f"journal.{step}" for step in steps)):
        yield pytest.param(point, marks=() if point in TELLING else pytest.mark.long)


@pytest.fixture(scope="module")
def frozen(issued: Path) -> dict[str, bytes]:
    """The files of the archive, made once."""
    folder = release_folder(issued, FIRST)
    files = record_of(issued, FIRST)["files"]
    return {name: (folder / name).read_bytes() for name in files}


@pytest.mark.parametrize("point", list(points()))
def test_killed_while_issuing_the_same_step_again_ends_the_same(
    submitted: Path,
    frozen: dict[str, bytes],
    point: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Checks and contents are known, so that a forked process has only to write."""
    monkeypatch.setattr(releasing, "in_the_way", lambda _: iter(()))
    monkeypatch.setattr(releasing, "to_be_explained", lambda _: [])
    monkeypatch.setattr(releasing, "issued_papers", lambda *_: None)
    monkeypatch.setattr(release_archive, "_contents", lambda *_: iter(frozen.items()))
    monkeypatch.setattr(release_archive, "_site", lambda *_: None)
    draft = releasing.draft_of(submitted, load_catalogue(), PERIOD)
    monkeypatch.setattr(releasing, "draft_of", lambda *_: draft)
    monkeypatch.setattr(release_archive, "code_now", lambda: {"version": "0", "sha256": "0" * 64})
    pid = os.fork()
    if not pid:
        os.environ[VARIABLE] = point
        issue_first(submitted)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == KILLED
    done = [line["action"] for line in lines(submitted)]
    whole = point in {"journal.before_fsync", "journal.after_fsync"}
    assert done == (["submit", "issue"] if whole else ["submit"])
    if not whole:
        assert differing(submitted) if issued_releases(submitted) else True
        issue_first(submitted)
    assert [line["action"] for line in lines(submitted)] == ["submit", "issue"]
    assert differing(submitted) == []
    left = [path.name for path in release_folder(submitted, FIRST).parent.iterdir()]
    assert left == ["01"], "nothing half made stays"


def test_an_archive_that_nobody_issued_and_that_differs_is_set_aside(submitted: Path) -> None:
    stray = release_folder(submitted, FIRST)
    stray.mkdir(parents=True)
    (stray / "release.json").write_text("{}", encoding="utf-8")
    issue_first(submitted)
    assert differing(submitted) == []
    kept = [p for p in stray.parent.iterdir() if p.name.endswith(".aside")]
    assert [(p / "release.json").read_text(encoding="utf-8") for p in kept] == ["{}"]
