"""``qcdc bundle``: archives for those who may read them, and what it refuses."""

import zipfile
from pathlib import Path

import pytest

from tests.cli.calls import answer, qcdc
from tests.orchestration.mini import PERIOD


def test_the_public_archive_lies_where_it_was_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = answer(
        capsys, "bundle", PERIOD, "--audience", "public", "--out", str(tmp_path / "goi")
    )
    assert code == 0
    [name] = told["files"]
    assert Path(name) == tmp_path / "goi" / f"minh-chung_{PERIOD}_public.zip"
    with zipfile.ZipFile(name) as archive:
        assert "minh-chung/index.html" in archive.namelist()
    assert [path.name for path in (tmp_path / "goi").iterdir()] == [Path(name).name]


def test_one_unit_gets_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--audience", "units", "--unit", "xa-mh-01", "--out", str(tmp_path))
    code, told = answer(capsys, "bundle", PERIOD, *given)
    assert code == 0
    assert [Path(name).name for name in told["files"]] == ["xa-mh-01.zip"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ((PERIOD, "--audience", "everybody"), "QCDC-E46"),
        (("2031-H1", "--audience", "public"), "QCDC-E47"),
        ((PERIOD, "--audience", "units", "--unit", "xa-99"), "QCDC-E48"),
        ((PERIOD, "--audience", "public", "--unit", "xa-mh-01"), "QCDC-E48"),
    ],
)
def test_what_cannot_be_bundled_says_why(
    given: tuple[str, ...], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qcdc("bundle", *given, "--out", str(tmp_path)) == 2
    told = capsys.readouterr().err
    assert code in told
    assert "Việc cần làm" in told
    assert list(tmp_path.iterdir()) == []
