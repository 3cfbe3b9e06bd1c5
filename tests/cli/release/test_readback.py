"""``qcdc release readback``: the signed copy beside the release."""

import zipfile
from pathlib import Path

import pytest

from pipelines.warehouse.archives import release_folder
from tests.cli.calls import answer, qcdc
from tests.cli.release.world import CLERK, FIGURES, FIRST, TO_SIGN, differing, lines


def signed(root: Path, old: str = "", new: str = "") -> Path:
    """The paper of the release as it came back."""
    source = release_folder(root, FIRST) / "papers" / TO_SIGN
    target = root / "ban-ky.docx"
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            is_body = name == "word/document.xml" and old
            after.writestr(name, data.replace(old.encode(), new.encode()) if is_body else data)
    return target


def test_a_signed_copy_is_filed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = signed(root, "Nội dung thứ 3.", "Nội dung thứ 3, đã xem.")
    code, document = answer(capsys, "release", "readback", FIRST, str(copy))
    assert (code, document["comparison"]["figures"], document["filed"]) == (0, [], None)
    assert [each["signed"] for each in document["comparison"]["wordings"]] == [
        "Nội dung thứ 3, đã xem."
    ]
    code, document = answer(capsys, "release", "readback", FIRST, str(copy), *CLERK)
    assert (root / document["filed"]).read_bytes() == copy.read_bytes()
    assert lines(root)[-1]["action"] == "sign"
    assert qcdc("release", "readback", FIRST, str(copy), *CLERK) == 0, "once is enough"
    assert [line["action"] for line in lines(root)].count("sign") == 1
    assert differing(root) == []
    path = root / document["filed"]
    path.chmod(0o644)
    path.write_bytes(copy.read_bytes() + b"\0")
    assert differing(root) == [path.relative_to(release_folder(root, FIRST)).as_posix()]


def test_an_altered_figure_of_a_signed_copy_is_told(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = signed(root, ">40<", ">41<")
    code, document = answer(capsys, "release", "readback", FIRST, str(copy), *CLERK)
    (change,) = document["comparison"]["figures"]
    assert (code, change["figure_id"], change["signed"]) == (1, FIGURES[0], "41")
    assert "Huyện minh họa" in change["label"]
    assert document["filed"] is None
    assert qcdc("release", "readback", FIRST, str(copy), *CLERK, "--why", "sẽ đính chính") == 1
    assert (lines(root)[-1]["action"], lines(root)[-1]["differences"]) == ("sign", 1)


@pytest.mark.parametrize(
    ("data", "found"),
    [(b"%PDF-1.7 scan", "PDF"), (b"\xff\xd8\xff scan", "JPEG"), (b"words", "Word")],
)
def test_what_is_no_word_file_is_told_what_to_do(
    root: Path, capsys: pytest.CaptureFixture[str], data: bytes, found: str
) -> None:
    (root / "ban-ky.docx").write_bytes(data)
    code, document = answer(capsys, "release", "readback", FIRST, "ban-ky.docx")
    assert (code, document["problem"]["code"]) == (2, "QCDC-E73")
    assert found in document["problem"]["found"]
    assert "Word" in document["problem"]["action"]
