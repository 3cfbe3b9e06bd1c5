"""A release's life as journal lines leave it, and what a line must say."""

from typing import Any

import pytest

from pipelines.intake.journal import JournalError, encode
from pipelines.intake.releases import Release, in_force, next_id, open_release, releases_of

HASH = "a" * 64
ROLES = {"preparer": "Chuyên viên tổng hợp", "checker": "Phó Trưởng ban"}
PAPER = {"number": "15", "signed_on": "2021-06-10", "signer": "Trưởng ban", "sha256": HASH}
SAID: dict[str, dict[str, Any]] = {
    "submit": {"content": HASH, **ROLES},
    "return": {"why": "xem lại xã 03"},
    "withdraw": {"why": "ghi nhầm ngày"},
    "issue": {**PAPER, **ROLES},
    "correct": {"corrects": "2021-H1/01", "why": "sai một số"},
    "sign": {"path": "signed/1.docx", "sha256": HASH, "differences": 0},
}


def line(action: str, number: int = 1, **said: Any) -> dict[str, Any]:
    fixed = {"at": "2021-06-11T08:00:00+07:00", "who": "văn thư", "event": "release"}
    return {
        **fixed,
        "release_id": f"2021-H1/{number:02d}",
        "action": action,
        **SAID[action],
        **said,
    }


def after(*lines: dict[str, Any]) -> dict[str, str]:
    return {each.release_id[-2:]: each.state for each in releases_of(lines)}


ISSUED = [line("submit"), line("issue")]
BEGUN = [*ISSUED, line("correct", 2)]


@pytest.mark.parametrize(
    ("lines", "states"),
    [
        ([line("submit")], {"01": "submitted"}),
        ([line("submit"), line("return")], {"01": "returned"}),
        ([line("submit"), line("withdraw")], {"01": "returned"}),
        ([line("submit"), line("return"), line("submit")], {"01": "submitted"}),
        (ISSUED, {"01": "issued"}),
        ([*ISSUED, line("withdraw")], {"01": "withdrawn"}),
        (BEGUN, {"01": "issued", "02": "draft"}),
        ([*BEGUN, line("submit", 2)], {"01": "issued", "02": "submitted"}),
        ([*BEGUN, line("withdraw", 2)], {"01": "issued", "02": ""}),
        ([*BEGUN, line("submit", 2), line("issue", 2)], {"01": "corrected", "02": "issued"}),
        (
            [*BEGUN, line("submit", 2), line("issue", 2), line("withdraw", 2)],
            {"01": "issued", "02": "withdrawn"},
        ),
    ],
)
def test_where_lines_leave_a_release(lines: list[dict[str, Any]], states: dict[str, str]) -> None:
    assert after(*lines) == states


def test_a_release_keeps_what_its_lines_said() -> None:
    (release,) = releases_of([*ISSUED, line("sign", differences=2, why="đã thống nhất")])
    assert (release.number, release.signed_on, release.signer) == ("15", "2021-06-10", "Trưởng ban")
    assert (release.preparer, release.checker) == tuple(ROLES.values())
    assert [(copy.path, copy.differences) for copy in release.signed] == [("signed/1.docx", 2)]
    assert release.was_issued


def test_a_correction_and_what_it_corrects_name_each_other() -> None:
    first, second = releases_of([*BEGUN, line("submit", 2), line("issue", 2)])
    assert (first.corrected_by, second.corrects) == ("2021-H1/02", "2021-H1/01")
    assert "sign" in first.allows
    assert "correct" not in first.allows


def test_numbers_count_what_was_issued() -> None:
    assert next_id([], "2021-H1") == "2021-H1/01"
    assert next_id(releases_of([line("submit"), line("return")]), "2021-H1") == "2021-H1/01"
    assert next_id(releases_of(ISSUED), "2021-H1") == "2021-H1/02"
    assert next_id([Release("2021-H1/99", was_issued=True)], "2021-H1") == "2021-H1/100"


def test_what_stands_and_what_is_on_its_way() -> None:
    releases = releases_of(BEGUN)
    standing, begun = in_force(releases), open_release(releases)
    assert standing is not None
    assert begun is not None
    assert (standing.release_id, begun.release_id) == ("2021-H1/01", "2021-H1/02")
    assert open_release(releases_of(ISSUED)) is None


def test_other_lines_are_not_looked_at() -> None:
    assert releases_of([{"event": "text", "about": "x", "text": "y"}]) == []


@pytest.mark.parametrize("action", SAID)
def test_every_action_is_written_with_what_it_needs(action: str) -> None:
    assert encode(line(action))
    for name in SAID[action]:
        said = {key: value for key, value in line(action).items() if key != name}
        with pytest.raises(JournalError, match=name):
            encode(said)


@pytest.mark.parametrize(
    "said",
    [
        {"signer": "Nguyễn Văn A"},
        {"checker": "chị Hoa"},
        {"number": "15-BC/BCĐ"},
        {"signed_on": "10/06/2021"},
        {"sha256": "abc"},
        {"release_id": "2021-H1/draft"},
        {"release_id": "../01"},
        {"action": "burn"},
    ],
)
def test_nonsense_is_not_written(said: dict[str, str]) -> None:
    with pytest.raises(JournalError):
        encode({**line("issue"), **said})


def test_a_differing_copy_is_not_filed_without_a_reason() -> None:
    with pytest.raises(JournalError, match="without why"):
        encode(line("sign", differences=1))
