"""``qcdc release``: submitted, returned, issued, corrected, withdrawn, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.intake.journal import append
from pipelines.orchestration import papers, releasing
from pipelines.orchestration.paper_letters import Issue
from pipelines.orchestration.release_checks import (
    Draft,
    empty_slots,
    to_be_explained,
    unsaved_slots,
)
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.archives import release_folder
from pipelines.warehouse.manifest import published_folder
from tests.cli.calls import answer, qcdc
from tests.cli.release.world import (
    CLERK,
    FIRST,
    PAPER,
    PREPARER,
    SECOND,
    TO_SIGN,
    WHY,
    lines,
    record_of,
    states,
)
from tests.orchestration.mini import PERIOD, digests


def test_the_life_of_a_release(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert qcdc("release", "submit", PERIOD, *PREPARER) == 0
    assert "đã trình, chờ ký" in capsys.readouterr().out
    assert qcdc("release", "return", PERIOD, *CLERK, "--why", "xem lại xã 01") == 0
    assert qcdc("release", "submit", PERIOD, *PREPARER) == 0
    code, document = answer(capsys, "release", "issue", FIRST, *PAPER, *WHY)
    assert (code, document["state"], document["number"]) == (0, "issued", "15")
    assert qcdc("release", "correct", FIRST, *CLERK, "--why", "sai một số") == 0
    assert states(fresh) == {FIRST: "issued", SECOND: "draft"}
    assert qcdc("release", "submit", PERIOD, *PREPARER) == 0
    assert qcdc("release", "issue", PERIOD, *PAPER, *WHY) == 0
    assert states(fresh) == {FIRST: "corrected", SECOND: "issued"}
    record = record_of(fresh, SECOND)
    assert (record["corrects"], record["correction"]) == (FIRST, "sai một số")
    assert qcdc("release", "withdraw", SECOND, *CLERK, "--why", "ban hành nhầm") == 0
    assert states(fresh) == {FIRST: "issued", SECOND: "withdrawn"}
    actions = ["submit", "return", "submit", "issue", "correct", "submit", "issue", "withdraw"]
    assert [line["action"] for line in lines(fresh)] == actions
    capsys.readouterr()
    assert qcdc("release", "list") == 0
    assert "đã thu hồi" in capsys.readouterr().out
    assert qcdc("status", PERIOD) == 0
    assert f"{FIRST} đã ban hành, số 15 ngày 10/06/2021" in capsys.readouterr().out
    assert qcdc("release", "verify") == 0, "both archives are whole"


@pytest.mark.parametrize(
    ("arguments", "code", "found"),
    [
        (("submit", PERIOD, *PREPARER), "QCDC-E61", FIRST),
        (("issue", FIRST, *PAPER, *WHY), "QCDC-E60", "đã ban hành"),
        (("return", FIRST, *CLERK, *WHY), "QCDC-E60", "đã ban hành"),
        (("correct", FIRST, *CLERK), "QCDC-E64", "--why"),
        (("withdraw", FIRST, *CLERK, "--why", " "), "QCDC-E64", "--why"),
        (("correct", FIRST, "--who", "Nguyễn Văn A", *WHY), "QCDC-E63", "Nguyễn Văn A"),
        (("withdraw", f"{PERIOD}/09", *CLERK, *WHY), "QCDC-E62", f"{PERIOD}/09"),
        (("verify", f"{PERIOD}/09"), "QCDC-E62", f"{PERIOD}/09"),
    ],
)
def test_a_step_that_is_not_allowed_writes_nothing(
    issued: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: str,
    found: str,
) -> None:
    monkeypatch.chdir(issued)
    before = digests(issued)
    exit_code, document = answer(capsys, "release", *arguments)
    assert (exit_code, document["problem"]["code"]) == (2, code)
    assert found in document["problem"]["found"]
    assert digests(issued) == before


def _say(root: Path, **said: str) -> None:
    line = {"at": "2021-06-21T09:00:00+07:00", "who": "thường trực Ban Chỉ đạo"}
    append(journal_path(root, PERIOD), line | said)


def _reopen(root: Path) -> None:
    _say(root, event="period", period=PERIOD, action="reopen", why="nộp bổ sung")


def _type_text(root: Path) -> None:
    _say(root, event="text", about="narrative:uu_diem", text="Nhiều nơi làm tốt.")


def _drop_file(root: Path) -> None:
    (book,) = (root / "raw" / PERIOD / "nv-mh").glob("*.xlsx")
    (book.with_name("lan2.xlsx")).write_bytes(book.read_bytes() + b"\0")


def _lose_report(root: Path) -> None:
    (published_folder(root, PERIOD) / "bao-cao.html").unlink()


def _change_fact(root: Path) -> None:
    facts = root / "raw" / "reference" / "targets.csv"
    facts.write_bytes(facts.read_bytes() + b"\n")


@pytest.mark.parametrize(
    ("change", "code", "arguments"),
    [
        (_reopen, "QCDC-E68", (*PAPER, *WHY)),
        (_type_text, "QCDC-E69", (*PAPER, *WHY)),
        (_drop_file, "QCDC-E67", (*PAPER, *WHY)),
        (_lose_report, "QCDC-E67", (*PAPER, *WHY)),
        (_change_fact, "QCDC-E67", (*PAPER, *WHY)),
        (lambda _: None, "QCDC-E70", PAPER),
        (lambda _: None, "QCDC-E65", ("--number", "15-BC", *PAPER[2:], *WHY)),
        (lambda _: None, "QCDC-E65", (*PAPER[:2], "--date", "30/06/2031", *PAPER[4:], *WHY)),
        (lambda _: None, "QCDC-E63", (*PAPER[:4], "--signer", "Y Bhiăn Niê", *CLERK, *WHY)),
    ],
)
def test_what_is_not_ready_is_not_issued(
    submitted: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Path], None],
    code: str,
    arguments: tuple[str, ...],
) -> None:
    change(submitted)
    exit_code, document = answer(capsys, "release", "issue", FIRST, *arguments)
    assert (exit_code, document["problem"]["code"]) == (2, code)
    assert states(submitted) == {FIRST: "submitted"}
    assert not release_folder(submitted, FIRST).exists()


def test_words_that_are_not_written_or_not_saved(submitted: Path) -> None:
    def draft() -> Draft:
        return releasing.draft_of(submitted, load_catalogue(), PERIOD)

    slots = load_catalogue().narrative.slots
    empty = empty_slots(draft())
    (key,) = [name for name, slot in slots.items() if slot.title_vi == empty[0]]
    (submitted / "raw" / PERIOD / "narrative.yaml").write_text(f"{key}: Làm tốt.", encoding="utf-8")
    assert unsaved_slots(draft()) == [key]
    assert any("chưa lưu" in text for text in to_be_explained(draft()))
    _say(submitted, event="text", about=f"narrative:{key}", text="Làm tốt.")
    assert unsaved_slots(draft()) == []
    assert empty_slots(draft()) == empty[1:]


def test_nothing_to_check_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "workspace.yaml").touch()
    monkeypatch.chdir(tmp_path)
    assert qcdc("release", "verify") == 0
    assert qcdc("release", "list") == 0


def test_papers_are_composed_anew_with_number_day_and_signer(
    submitted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (published_folder(submitted, PERIOD) / papers.RECORD).write_text("{}", encoding="utf-8")
    (published_folder(submitted, PERIOD) / "nhac").mkdir()
    (published_folder(submitted, PERIOD) / "nhac" / "xa-mh-02.html").write_bytes(b"x")

    def compose(root: Path, period: str, folder: Path, issue: Issue) -> list[Path]:
        assert (root, period) == (submitted, PERIOD)
        said = f"{issue.release_id} {issue.number} {issue.signed_on} {issue.signer}"
        (folder / TO_SIGN).write_text(said, encoding="utf-8")
        return [folder / TO_SIGN]

    monkeypatch.setattr(papers, "write_issued", compose)
    assert qcdc("release", "issue", FIRST, *PAPER, *WHY) == 0
    kept = release_folder(submitted, FIRST) / "papers"
    said = (kept / TO_SIGN).read_text(encoding="utf-8")
    assert said == f"{FIRST} 15 2021-06-10 Trưởng ban"
    assert sorted(path.name for path in kept.rglob("*")) == ["bao-cao.html", TO_SIGN]
