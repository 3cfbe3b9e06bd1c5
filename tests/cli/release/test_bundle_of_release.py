"""``qcdc bundle --release``: of an issued release, for each audience."""

import shutil
import zipfile
from pathlib import Path

import pytest

from pipelines.orchestration import bundle_command
from pipelines.reports.site.source import Source
from tests.cli.calls import answer, qcdc
from tests.orchestration.mini import PERIOD

PAPER_ENDINGS = (".docx", ".pdf", ".xlsx")


@pytest.fixture
def released(issued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project with its first release, to work in."""
    root = shutil.copytree(issued, tmp_path / "p")
    monkeypatch.chdir(root)
    return root


def names(capsys: pytest.CaptureFixture[str], out: Path, *given: str) -> set[str]:
    code, told = answer(capsys, "bundle", PERIOD, "--release", "01", *given, "--out", str(out))
    assert code == 0
    [path] = told["files"]
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return set(archive.namelist())


def test_the_public_gets_pages_and_no_paper_no_file_no_working(
    released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = names(capsys, tmp_path / "out", "--audience", "public")
    assert "minh-chung/index.html" in found
    assert not [name for name in found if name.startswith("minh-chung/tep/")]
    assert not [name for name in found if name.endswith(PAPER_ENDINGS)]
    assert all(name.startswith("minh-chung/") for name in found)
    assert (released / "raw" / PERIOD / "releases" / "01").is_dir()


def test_the_committee_gets_the_workings_and_the_papers_of_the_release(
    released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = names(capsys, tmp_path / "out", "--audience", "superior")
    papers = {path.name for path in (released / "raw" / PERIOD / "releases/01/papers").iterdir()}
    assert [name for name in found if name.startswith("minh-chung/tep/")]
    assert {name for name in found if "/" not in name} <= papers


def test_a_draft_is_told_what_was_issued_before(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    real = bundle_command.site_pages

    def watched(source: Source, *given):
        seen.append(len(source.earlier))
        return real(source, *given)

    monkeypatch.setattr(bundle_command, "site_pages", watched)
    given = ("bundle", PERIOD, "--audience", "public", "--out", str(tmp_path / "out"))
    assert qcdc(*given) == 0
    assert qcdc(*given, "--release", "01") == 0
    assert seen == [1, 0], "the draft follows the release, the release follows nothing"
    assert released.is_dir()


def test_a_release_that_is_not_there_is_refused(
    released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--audience", "public", "--release", "07", "--out", str(tmp_path / "out"))
    assert qcdc("bundle", PERIOD, *given) == 2
    assert "QCDC-A01" in capsys.readouterr().err
    assert released.is_dir()
