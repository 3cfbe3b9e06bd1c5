import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.intake.appending import torn_files
from pipelines.intake.journal import (
    JournalError,
    append,
    encode,
    last_time,
    next_submission_id,
    read_journal,
    unreceipted,
)

SHA = "a" * 64


def received(provider: str = "xa-mh-01", number: int = 1, **changed: object) -> dict[str, object]:
    entry = {
        "at": f"2021-06-08T09:{number:02d}:00+07:00",
        "who": "văn thư",
        "event": "received",
        "submission_id": f"2021-H1/{provider}/{number:02d}",
        "sha256": SHA,
        "path": f"raw/2021-H1/{provider}/biểu.xlsx",
        "channel": "e-mail",
    }
    return entry | changed


@pytest.fixture
def journal(tmp_path):
    path = tmp_path / "raw" / "2021-H1" / "journal.jsonl"
    append(path, received())
    append(path, received(number=2))
    return path


def test_lines_come_back_as_they_were_written(journal):
    extra = received(number=3, note={"của": ["ai", 1]})
    before = journal.read_bytes()
    append(journal, extra)
    assert journal.read_bytes() == before + (encode(extra) + "\n").encode()
    read = read_journal(journal)
    assert read.entries == [received(), received(number=2), extra]
    assert read.torn is None
    assert "văn thư" in journal.read_text(encoding="utf-8")


def test_a_journal_that_is_not_there_has_no_entries(tmp_path):
    assert read_journal(tmp_path / "journal.jsonl").entries == []


def test_a_cut_at_any_byte_loses_no_earlier_line(journal):
    whole = journal.read_bytes()
    first = whole.index(b"\n") + 1
    for cut in range(first, len(whole)):
        journal.write_bytes(whole[:cut])
        read = read_journal(journal)
        # without its line end only, the second line still says everything
        complete = cut == len(whole) - 1
        assert read.entries == [received(), received(number=2)][: 2 if complete else 1]
        assert (read.torn is None) == (complete or cut == first)


def test_a_torn_line_is_set_aside_whole_and_the_next_one_written(journal):
    torn = journal.read_bytes()[:-20]
    journal.write_bytes(torn)
    append(journal, received(number=3))
    assert read_journal(journal).entries == [received(), received(number=3)]
    assert read_journal(journal).torn is None
    (aside,) = torn_files(journal)
    assert aside.read_bytes() == torn[torn.index(b"\n") + 1 :]


def test_reading_and_a_refused_entry_set_nothing_aside(journal):
    torn = journal.read_bytes()[:-20]
    journal.write_bytes(torn)
    assert read_journal(journal).torn is not None
    with pytest.raises(JournalError, match="nothing was written"):
        append(journal, received(who=""))
    assert journal.read_bytes() == torn
    assert torn_files(journal) == []


@given(st.binary(min_size=1).filter(lambda cut: b"\n" not in cut))
def test_any_bytes_after_the_last_line_are_kept(cut):
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "journal.jsonl"
        append(journal, received())
        whole = journal.read_bytes()
        journal.write_bytes(whole + cut)
        append(journal, received(number=2))
        assert journal.read_bytes() == whole + f"{encode(received(number=2))}\n".encode()
        assert [path.read_bytes() for path in torn_files(journal)] == [cut]


def test_the_same_torn_bytes_twice_are_one_file(journal):
    for number in (3, 4):
        journal.write_bytes(journal.read_bytes() + b'{"at": "2021')
        append(journal, received(number=number))
    assert len(torn_files(journal)) == 1
    assert read_journal(journal).entries == [received(number=n) for n in (1, 2, 3, 4)]


def test_a_line_that_finds_no_room_leaves_the_journal_as_it_was(journal, monkeypatch):
    before, write = journal.read_bytes(), os.write

    def full(handle: int, data: bytes) -> int:
        if len(data) < 10:
            raise OSError(28, "No space left on device")
        return write(handle, data[: len(data) - 5])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        append(journal, received(number=3))
    assert journal.read_bytes() == before


def test_a_line_end_dropped_by_an_editor_is_supplied(journal):
    journal.write_bytes(journal.read_bytes()[:-1])
    append(journal, received(number=3))
    assert read_journal(journal).entries == [received(number=n) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        '{"event": ["received"]}',
        json.dumps(received(event="gossip")),
        json.dumps(received(at="2021-06-08T09:12:00")),
        json.dumps(received(at=1623118320)),
        json.dumps(received(sha256="xyz")),
        json.dumps(received(submission_id="xa-mh-01/01")),
        json.dumps(received(path="/etc/passwd")),
        json.dumps(received(path="raw/../../x")),
        json.dumps(received(who="")),
        json.dumps({"at": "2021-06-08T09:12:00+07:00", "who": "x", "event": "period"}),
    ],
)
def test_a_broken_line_before_the_last_names_its_number(journal, line):
    first, second = journal.read_text(encoding="utf-8").splitlines()
    journal.write_text(f"{first}\n{line}\n{second}\n", encoding="utf-8")
    with pytest.raises(JournalError, match=r"journal\.jsonl:2: .+; restore"):
        read_journal(journal)


@pytest.mark.parametrize(
    "changed", [{"at": "morgen"}, {"sha256": None}, {"note": float("nan")}, {"note": {1}}]
)
def test_an_entry_that_is_not_valid_is_not_written(journal, changed):
    before = journal.read_bytes()
    with pytest.raises(JournalError, match="nothing was written"):
        append(journal, received(**changed))
    assert journal.read_bytes() == before


def period(**fields: object) -> dict[str, object]:
    return {"at": "2021-06-08T09:12:00+07:00", "who": "x", "event": "period"} | fields


@pytest.mark.parametrize("action", ["open", "close", "lock", "reopen"])
def test_period_actions(tmp_path, action):
    entry = period(action=action, why="bổ sung số liệu")
    append(tmp_path / "journal.jsonl", entry)
    assert read_journal(tmp_path / "journal.jsonl").entries == [entry]


@given(st.lists(st.sampled_from(["xa-mh-01", "xa-mh-010", "cq-mh-01", "unknown"]), max_size=120))
def test_submission_ids_count_each_sender_and_never_repeat(senders):
    entries: list[dict[str, object]] = []
    for sender in senders:
        name = next_submission_id(entries, "2021-H1", sender)
        entries.append({"event": "received", "submission_id": name})
        nth = sum(str(e["submission_id"]).split("/")[1] == sender for e in entries)
        assert name == f"2021-H1/{sender}/{nth:02d}"
    assert len({str(e["submission_id"]) for e in entries}) == len(senders)


def test_the_same_path_with_other_bytes_has_no_receipt():
    path = str(received()["path"])
    files = [(path, SHA), (path, "b" * 64), ("raw/2021-H1/x.xlsx", SHA)]
    assert unreceipted([received()], files) == files[1:]


def test_last_time_compares_moments_not_texts():
    late = received(at="2021-06-08T23:00:00-05:00")
    assert last_time([late, received(at="2021-06-09T08:00:00+07:00")]).isoformat() == late["at"]
    with pytest.raises(JournalError):
        last_time([])


def test_each_line_is_one_synced_write(journal, monkeypatch):
    synced, write = [], os.write
    written = []
    monkeypatch.setattr(os, "fsync", synced.append)
    monkeypatch.setattr(os, "write", lambda fd, data: written.append(data) or write(fd, data))
    append(journal, received(number=3))
    assert len(synced) == len(written) == 1
    assert written[0].endswith(b"\n")


@pytest.mark.parametrize(
    "entry",
    [
        received(evidence={"kind": "Thư"}),
        {"at": received()["at"], "who": "v", "event": "correction", "evidence": {"kind": "Ảnh"}},
    ],
)
def test_what_is_said_of_a_document_is_checked(entry):
    with pytest.raises(JournalError, match="evidence"):
        encode(entry)


@pytest.mark.parametrize(
    ("event", "fields", "wrong"),
    [
        ("period", {"action": "reopen"}, "reopen without why"),
        ("period", {"action": "reopen", "why": ""}, "why"),
        ("period", {"action": "shut"}, "action"),
        ("correction", {"path": "raw/2021-H1/a.xlsx"}, "path without submission_id"),
        ("correction", {"path": "../a", "submission_id": "2021-H1/a/01"}, "leads out"),
        ("release", {"action": "issue"}, "release_id"),
        ("text", {"text": "x"}, "about"),
        ("review", {"about": "x"}, "text"),
    ],
)
def test_every_event_is_checked(event, fields, wrong):
    with pytest.raises(JournalError, match=wrong):
        encode({"at": received()["at"], "who": "v", "event": event} | fields)


@pytest.mark.parametrize(
    "about_papers",
    [
        {"event": "review", "about": "2021-H1/draft", "text": "đã đối chiếu"},
        {"event": "text", "about": "narrative:IV.1", "text": "Ưu điểm"},
        {"event": "release", "release_id": "2021-H1/01", "action": "issue"},
    ],
)
def test_what_is_said_about_papers_does_not_move_the_time_of_the_figures(about_papers: dict):
    later = {"at": "2021-07-01T08:00:00+07:00", "who": "thường trực"} | about_papers
    assert last_time([received(), later]) == last_time([received()])
