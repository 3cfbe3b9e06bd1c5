"""``qcdc remind``: internal letters from the warehouse alone."""

from pathlib import Path

import pytest

from pipelines.analysis import open_warehouse
from tests.cli.calls import answer, qcdc
from tests.orchestration.mini import PERIOD


def test_writes_one_letter_per_unit_that_owes_something(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project / "warehouse" / "published" / PERIOD / "nhac"
    folder.mkdir(parents=True)
    (folder / "da-nop.html").write_text("cũ", encoding="utf-8")
    code, document = answer(capsys, "remind", PERIOD, "--resend-by", "Thứ Bảy, 12/06/2021")
    assert code == 0
    reporting = open_warehouse(root=project).table("core.reporting")
    owing = reporting[reporting["state"] != "on_time"]["unit_id"]
    assert {each["unit"] for each in document["letters"]} <= set(owing)
    assert document["letters"]
    assert {path.name for path in folder.iterdir()} == {
        f"{each['unit']}.html" for each in document["letters"]
    }
    page = Path(document["letters"][0]["page"]).read_text(encoding="utf-8")
    assert "NỘI BỘ" in page
    assert "12/06/2021" in page
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert qcdc("remind", PERIOD, "--resend-by", "12/06/2021") == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["2019-H1"], "QCDC-E44"),
        ([PERIOD, "--resend-by", "Thứ 6, 12/06/2021"], "QCDC-E45"),
    ],
)
def test_says_what_is_wrong_with_the_question(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = answer(capsys, "remind", *arguments)
    assert (code, document["problem"]["code"]) == (2, problem)
