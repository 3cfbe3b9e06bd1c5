"""Which notices are due: each kind, its routing, its silence; and that none comes twice."""

import dataclasses
import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.catalogue.notices import load_notices
from pipelines.operations.notice_rows import Failure, NoticeFacts, notices
from tests.operations.notices_made import (
    BEFORE,
    LEAD,
    PERIOD,
    UNITS,
    at,
    error_in,
    facts,
    file_of,
    made,
    owed,
    receipt,
    told,
)

SAID = load_notices()


def sent(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Journal lines as if all of them had been sent."""
    head = {"at": at(5).isoformat(), "who": "Văn thư", "event": "notice", "channel": "zalo"}
    columns = [frame["kind"], frame["unit_id"], frame["fingerprint"]]
    names = ("kind", "unit_id", "fingerprint")
    return [{**head, **dict(zip(names, row, strict=True))} for row in zip(*columns, strict=True)]


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (dt.date(2021, 5, 29), []),
        (dt.date(2021, 5, 30), ["reminder"]),
        (dt.date(2021, 6, 4), ["reminder"]),
        (dt.date(2021, 6, 5), ["overdue"]),
        (dt.date(2022, 6, 5), ["overdue"]),
    ],
)
def test_a_unit_is_reminded_before_the_due_date_and_told_off_after_it(day, kinds):
    now = dt.datetime.combine(day, dt.time(23, 59), at(1).tzinfo)
    assert list(made(owed("xa-a", "missing"), now=now)["kind"]) == kinds


def test_the_same_reminder_does_not_come_twice_but_the_next_one_does():
    first = made(owed("xa-a", "missing"), now=at(31, 5))
    later = {"entries": sent(first)}
    assert made(owed("xa-a", "missing"), now=at(1), **later).empty
    assert told(made(owed("xa-a", "missing"), now=at(3), **later)) == [("reminder", "xa-a")]


def test_a_new_due_date_is_told_again():
    first = made(owed("xa-a", "missing"))
    moved = owed("xa-a", "missing", due_date=pd.Timestamp("2021-06-08"))
    again = made(moved, now=at(9), entries=sent(first))
    assert told(again) == [("overdue", "xa-a")]
    assert "08/06/2021" in again["text"][0]


def test_nobody_is_told_off_whose_file_was_received_and_not_yet_read():
    rows = [owed("xa-a", "missing"), owed("xa-b", "missing")]
    assert told(made(*rows, entries=[receipt("xa-a")])) == [("overdue", "xa-b")]
    assert made(*rows[:1], entries=[receipt("xa-a")], now=at(3)).empty


def test_a_report_that_was_sent_back_says_where_and_never_what():
    findings = [
        error_in("xa-a", "E19"),
        error_in("xa-a", "E20"),
        error_in("xa-a", "A1", sheet="Nguyễn Văn A 012345678"),
        error_in("xa-a", "E21", is_primary=False),
        error_in("xa-a", "E22", severity="warning"),
        error_in("xa-a", None),
    ]
    frame = made(owed("xa-a", "returned"), files=[file_of("xa-a", "returned")], findings=findings)
    assert told(frame) == [("returned", "xa-a")]
    assert "04 lỗi (trang Biểu 01-XA ô E19, Biểu 01-XA ô E20)" in frame["text"][0]
    assert "Nguyễn" not in frame["text"][0]


def test_many_errors_fit_on_a_telephone():
    findings = [error_in("xa-a", f"E{number}") for number in range(19, 60)]
    frame = made(owed("xa-a", "returned"), files=[file_of("xa-a", "returned")], findings=findings)
    assert "41 lỗi" in frame["text"][0]
    assert len(frame["text"][0]) <= SAID.longest


@pytest.mark.parametrize("then", [file_of("xa-a", "accepted", 2), file_of("xa-a", "returned", 2)])
def test_a_mended_file_is_not_asked_for_again(then):
    frame = made(owed("xa-a", "on_time"), files=[file_of("xa-a", "returned"), then])
    assert told(frame) == [(str(then["status"]), "xa-a")]
    assert frame["text"].str.contains("02/06/2021").all()


def test_an_accepted_version_before_it_does_not_hide_one_that_was_sent_back():
    frame = made(files=[file_of("xa-a", "accepted"), file_of("xa-a", "returned", 2)])
    assert told(frame) == [("returned", "xa-a"), ("accepted", "xa-a")]


def test_a_file_that_cannot_be_read_is_sent_back():
    frame = made(files=[file_of("xa-a", "unreadable", form=None, round=None)])
    assert told(frame) == [("returned", "xa-a")]
    assert "Tệp báo cáo" in frame["text"][0]
    assert "không đọc được" in frame["text"][0]


@pytest.mark.parametrize(
    ("state", "status", "said"),
    [
        ("on_time", "accepted", "được chấp nhận. Trân trọng"),
        ("late", "accepted", SAID.requests.late),
        ("on_time", "accepted_with_warnings", SAID.requests.warned),
    ],
)
def test_an_accepted_report_is_thanked_for(state, status, said):
    frame = made(owed("xa-a", state), files=[file_of("xa-a", status)])
    assert told(frame) == [("accepted", "xa-a")]
    assert said in frame["text"][0]


@pytest.mark.parametrize("status", ["superseded", "duplicate"])
def test_what_is_no_answer_is_not_told(status):
    assert made(files=[file_of("xa-a", status)]).empty


def test_documents_and_strangers_get_no_answer():
    files = [file_of("xa-a", "accepted", form=None, round=None), file_of("unknown", "accepted")]
    assert made(files=files).empty


def test_a_locked_period_is_told_once_and_nothing_more_is_asked():
    lock = {"event": "period", "action": "lock", "at": at(20).isoformat(), "who": "Ban"}
    rows = [owed("xa-a", "missing"), owed("xa-b", "on_time")]
    frame = made(*rows, entries=[lock], files=[file_of("xa-a", "returned")])
    assert told(frame) == [("locked", "xa-b"), ("locked", "xa-a")]
    assert "20/06/2021" in frame["text"][0]
    assert made(*rows, entries=[lock, *sent(frame)]).empty
    reopened = {**lock, "action": "reopen"}
    assert told(made(*rows, entries=[lock, reopened])) == [("overdue", "xa-a")]
    again = {**lock, "at": at(25).isoformat()}
    assert len(made(*rows, entries=[lock, *sent(frame), reopened, again])) == 2


def quiet(**more: object) -> pd.DataFrame:
    rows = [owed("xa-a", "missing"), owed("xa-a", "missing", BEFORE)]
    return made(*rows, before={BEFORE: []}, **more)


def test_a_silent_unit_is_told_to_the_lead_of_its_area():
    frame = quiet(areas={"xa-a": LEAD})
    assert told(frame) == [("silent", "xa-a"), ("overdue", "xa-a")]
    row = frame.iloc[0]
    assert row["recipient"] == "lead"
    assert row["text"].startswith("Kính gửi Trưởng phòng Nội vụ, Thành viên Ban Chỉ đạo phụ trách")
    assert "02 kỳ liền" in row["text"]


def test_without_a_lead_the_specialist_is_told_of_a_silence():
    row = quiet().iloc[0]
    assert (row["kind"], row["recipient"]) == ("silent", "specialist")
    assert row["text"].startswith("Kính gửi Chuyên viên tổng hợp.")


CALL = {"event": "call", "at": at(5).isoformat(), "unit_id": "xa-a", "by": "Văn thư"}


@pytest.mark.parametrize(
    ("entries", "is_silent"),
    [
        ([{**CALL, "outcome": "không nghe máy"}], True),
        ([{**CALL, "outcome": "hẹn nộp"}], False),
        ([{**CALL, "outcome": "hẹn nộp", "unit_id": "xa-b"}], True),
        ([receipt("xa-b")], True),
    ],
)
def test_an_answer_ends_a_silence(entries, is_silent):
    assert ("silent" in set(quiet(entries=entries)["kind"])) == is_silent


def test_one_period_is_no_silence_nor_is_a_unit_that_sent_something():
    assert told(made(owed("xa-a", "missing"), before={BEFORE: []})) == [("overdue", "xa-a")]
    sent_before = [owed("xa-a", "missing"), owed("xa-a", "returned", BEFORE)]
    assert told(made(*sent_before, before={BEFORE: []})) == [("overdue", "xa-a")]
    before_due = quiet(now=at(3))
    assert told(before_due) == [("reminder", "xa-a")]


def test_a_failed_run_is_told_to_the_specialist_alone():
    failure = Failure("run-1", "QCDC-E01", "Số liệu mâu thuẫn.", "Gửi người phát triển.")
    (row,) = made(failures=[failure]).to_dict("records")
    assert (row["kind"], row["recipient"], row["unit_id"]) == ("failed", "specialist", "")
    assert "QCDC-E01: Số liệu mâu thuẫn." in row["text"]
    assert "Việc cần làm: Gửi người phát triển." in row["text"]
    again = dataclasses.replace(failure, run_id="run-2")
    assert made(failures=[again])["fingerprint"][0] != row["fingerprint"]


def test_a_notice_goes_through_the_lead_of_the_area_or_of_the_unit_above():
    own = made(
        owed("xa-a", "missing"),
        areas={"xa-a": LEAD, "huyen": dataclasses.replace(LEAD, code="TV9")},
    )
    assert list(own["lead_code"]) == ["TV02"]
    above = made(owed("xa-a", "missing"), areas={"huyen": LEAD})
    assert list(above["lead_code"]) == ["TV02"]
    nobody = made(owed("xa-a", "missing"), areas={"xa-b": LEAD})
    assert (nobody["lead_code"][0], nobody["through"][0]) == ("", "")


def test_made_up_data_say_so_in_title_and_text():
    frame = made(owed("xa-a", "missing", is_illustrative=True), owed("xa-b", "missing"))
    marked = frame.set_index("unit_id")[["title", "text"]].map(lambda t: "MINH HỌA" in t)
    assert list(marked.loc["xa-a"]) == [True, True]
    assert list(marked.loc["xa-b"]) == [False, False]


def test_the_gravest_come_first_and_units_in_official_order():
    rows = [owed("xa-a", "missing"), owed("xa-b", "missing"), owed("xa-c", "on_time")]
    failure = Failure("r", "QCDC-E01", "x", "y")
    frame = made(*rows, files=[file_of("xa-c", "accepted")], failures=[failure])
    expected = [("failed", ""), ("overdue", "xa-b"), ("overdue", "xa-a"), ("accepted", "xa-c")]
    assert told(frame) == expected


HOSTILE = "Xã A\r\nBcc: x@y.vn\n{period}{0}\u202e<script>" + "a" * 300


def test_a_hostile_name_stays_one_short_line():
    units = UNITS.assign(name=HOSTILE)
    frame = made(owed("xa-a", "missing"), units=units)
    text, title = frame["text"][0], frame["title"][0]
    assert "\n" not in text + title
    assert "\r" not in text + title
    assert "\u202e" not in text
    assert "{period}{0}" in text  # braces of a name are no blanks
    assert len(text) <= SAID.longest


states = st.sampled_from(["missing", "on_time", "late", "returned"])
statuses = st.sampled_from(
    ["accepted", "accepted_with_warnings", "returned", "superseded", "duplicate", "unreadable"]
)


@st.composite
def any_facts(draw: st.DrawFn) -> NoticeFacts:
    units = ["xa-a", "xa-b", "xa-c"]
    rows = [owed(unit, draw(states), draw(st.sampled_from([PERIOD, BEFORE]))) for unit in units]
    files = [
        file_of(unit, draw(statuses), number)
        for unit in units
        for number in range(1, 1 + draw(st.integers(0, 2)))
    ]
    action = draw(st.sampled_from(["open", "close", "lock"]))
    period = {"event": "period", "action": action, "at": at(6).isoformat(), "who": "Ban"}
    failures = [Failure("run", "QCDC-E01", "x", "y")] * draw(st.integers(0, 1))
    return facts(
        *rows,
        files=files,
        entries=[period],
        now=at(draw(st.integers(1, 30))),
        before={BEFORE: []},
        failures=failures,
        areas={"xa-a": LEAD},
    )


@settings(max_examples=15, deadline=None)
@given(found=any_facts(), cut=st.integers(0, 20))
def test_never_twice_whatever_was_sent_of_them(found, cut):
    """Sending some of the notices leaves exactly the others; sending all leaves none."""
    every = notices(found, SAID)
    some = every.head(cut)
    left = notices(dataclasses.replace(found, entries=[*found.entries, *sent(some)]), SAID)
    assert list(left["fingerprint"]) == list(every["fingerprint"])[cut:]
    done = dataclasses.replace(found, entries=[*found.entries, *sent(every)])
    assert notices(done, SAID).empty
    assert every["fingerprint"].is_unique
    assert (every["text"].str.len() <= SAID.longest).all()
