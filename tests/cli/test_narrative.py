"""``qcdc narrative``: the file to edit, saving it, what was saved when."""

from pathlib import Path

import pytest

from tests.orchestration.mini import PERIOD

from .calls import answer, qcdc

WHO = ("--who", "Thường trực Ban Chỉ đạo")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has received nothing yet: words may come before figures."""
    (tmp_path / "workspace.yaml").touch()
    (tmp_path / "raw").mkdir()
    return tmp_path


def test_words_are_edited_saved_and_told(project, capsys):
    code, shown = answer(capsys, "narrative", PERIOD)
    assert (code, shown["path"]) == (0, f"raw/{PERIOD}/narrative.yaml")
    assert not any(place["text"] for place in shown["places"])
    path = project / shown["path"]
    text = path.read_text(encoding="utf-8").replace("uu_diem: |\n", "uu_diem: |\n  Có nề nếp.\n")
    path.write_text(text, encoding="utf-8")
    code, saved = answer(capsys, "narrative", PERIOD, "--save", *WHO, "--why", "bản đầu")
    assert (code, saved["changed"]) == (0, ["uu_diem"])
    _, again = answer(capsys, "narrative", PERIOD)
    (own,) = [place for place in again["places"] if place["key"] == "uu_diem"]
    assert (own["text"], own["who"]) == ("Có nề nếp.", WHO[1])
    _, told = answer(capsys, "narrative", PERIOD, "--history")
    assert [version["why"] for version in told["history"]["uu_diem"]] == ["bản đầu"]
    assert qcdc("narrative", PERIOD) == 0
    assert "uu_diem: Ưu điểm – Thường trực Ban Chỉ đạo, ngày" in capsys.readouterr().out


@pytest.mark.usefixtures("project")
def test_a_wrong_period_or_a_missing_file_is_told(capsys):
    for arguments, code in (
        (("2021-H9",), "QCDC-E13"),
        ((PERIOD, "--save", *WHO), "QCDC-E81"),
        ((PERIOD, "--save"), "QCDC-E84"),
    ):
        ended, told = answer(capsys, "narrative", *arguments)
        assert (ended, told["problem"]["code"]) == (2, code)
