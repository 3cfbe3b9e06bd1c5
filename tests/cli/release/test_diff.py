"""``qcdc release diff``: what has come since a release, cause by cause."""

from pathlib import Path

import pytest

from pipelines.intake.journal import append
from pipelines.orchestration.steps import journal_path
from pipelines.orchestration.what_changed import since_last_issue
from tests.cli.calls import answer
from tests.orchestration.mini import PERIOD

CORRECTION = {
    "at": "2021-06-30T08:00:00+07:00",
    "who": "chuyên viên tổng hợp",
    "event": "correction",
    "submission_id": f"{PERIOD}/xa-mh-01/01",
    "sheet": "Biểu 01-XA",
    "cell": "E24",
    "expect": "1755",
    "value": "1.700",
    "why": "xã cho biết đã ghi nhầm",
}


def test_what_has_come_since_a_release_is_told_cause_by_cause(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unmoved = since_last_issue(root, PERIOD)
    assert unmoved is not None
    assert (unmoved.moved, unmoved.problem) == ((), None)
    append(journal_path(root, PERIOD), CORRECTION)
    code, told = answer(capsys, "release", "diff", PERIOD, "01")
    assert code == 0
    assert (told["before"], told["after"], told["moved"]) == ("01", "draft", ["corrections"])
    rows = {(r["scope_id"], r["indicator"], r["part"]): r for r in told["changes"]}
    changed = rows["huyen-mh-1", "xa.agreement_rate", "numerator"]
    assert (changed["before"], changed["corrections"], changed["after"]) == (1755, -55, 1700)
    assert changed["new_reports"] == 0


def test_a_release_whose_files_are_lost_is_not_compared(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    next((root / "raw" / PERIOD / "xa-mh-01").glob("*.xlsx")).write_bytes(b"overwritten")
    lost = since_last_issue(root, PERIOD)
    assert lost is not None
    assert lost.problem is not None
    assert lost.problem.code == "QCDC-E72"
    code, told = answer(capsys, "release", "diff", PERIOD, "01")
    assert (code, told["problem"]["code"]) == (2, "QCDC-E72")
    assert f"{PERIOD}/xa-mh-01/01" in told["problem"]["found"]


@pytest.mark.usefixtures("root")
def test_a_release_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = answer(capsys, "release", "diff", PERIOD, "07")
    assert (code, told["problem"]["code"]) == (2, "QCDC-E90")
