"""Lines about notices and calls: what they must say, and that they move no figure."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from pipelines.intake.journal import JournalError, append, last_time, read_journal
from pipelines.intake.notices import calls, sent_notices
from pipelines.orchestration.inputs import _hash_of

AT = "2021-06-08T09:12:00+07:00"
LATER = "2021-06-20T09:12:00+07:00"
OPEN = {"at": AT, "who": "Thường trực", "event": "period", "action": "open"}
NOTICE = {
    "at": LATER, "who": "Văn thư", "event": "notice", "kind": "overdue", "unit_id": "xa-a",
    "fingerprint": "0123456789abcdef", "channel": "zalo",
}  # fmt: skip
CALL = {
    "at": LATER, "who": "Văn thư", "event": "call", "unit_id": "xa-a", "by": "Văn thư Ban Chỉ đạo",
    "outcome": "hẹn nộp", "note": "hẹn nộp trong tuần",
}  # fmt: skip


def written(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "journal.jsonl"
    for line in lines:
        append(path, line)
    return path


def test_notices_and_calls_are_read_back(tmp_path: Path):
    entries = read_journal(written(tmp_path, OPEN, NOTICE, CALL)).entries
    (sent,) = sent_notices(entries).values()
    assert (sent.kind, sent.unit_id, sent.channel, sent.who) == (
        "overdue", "xa-a", "zalo", "Văn thư",
    )  # fmt: skip
    (call,) = calls(entries)
    assert (call.unit_id, call.outcome, call.note) == ("xa-a", "hẹn nộp", "hẹn nộp trong tuần")


def test_the_first_of_two_lines_about_one_notice_counts():
    again = {**NOTICE, "channel": "giấy"}
    assert sent_notices([NOTICE, again])["0123456789abcdef"].channel == "zalo"


def test_talking_to_a_unit_is_no_news_of_the_figures(tmp_path: Path):
    plain = written(tmp_path / "plain", OPEN)
    talked = written(tmp_path / "talked", NOTICE, OPEN, CALL)
    at = dt.datetime.fromisoformat(AT)
    assert last_time(read_journal(plain).entries) == at
    assert last_time(read_journal(talked).entries) == at
    assert _hash_of(talked) == _hash_of(plain)
    with pytest.raises(JournalError):
        last_time([NOTICE, CALL])


@pytest.mark.parametrize(
    "wrong",
    [
        {**NOTICE, "fingerprint": "0123"},
        {**NOTICE, "channel": ""},
        {key: value for key, value in NOTICE.items() if key != "kind"},
        {**CALL, "by": "Nguyễn Văn A"},
        {**CALL, "outcome": ""},
        {**CALL, "note": "gọi lại số 0912 345 678"},
        {**CALL, "note": "a" * 301},
    ],
)
def test_a_line_that_says_too_little_or_too_much_is_not_written(tmp_path: Path, wrong):
    path = written(tmp_path, OPEN)
    before = path.read_bytes()
    with pytest.raises(JournalError):
        append(path, wrong)
    assert path.read_bytes() == before
