"""A reviewer's "đã rà soát": a line of the journal that moves no figure."""

import datetime as dt
import json
from pathlib import Path

import pytest

from pipelines.orchestration import reviews
from pipelines.orchestration.problems import Stopped
from pipelines.orchestration.reviews import record_review, review_lines, reviews_of
from pipelines.orchestration.steps import journal_path, period_as_of

PERIOD = "2021-H1"
AT = dt.datetime(2021, 6, 20, 8, tzinfo=dt.timezone(dt.timedelta(hours=7)))
RECEIPT = {
    "at": "2021-06-08T09:12:00+07:00",
    "who": "văn thư",
    "event": "received",
    "submission_id": f"{PERIOD}/xa-mh-01/01",
    "sha256": "ab",
    "path": f"raw/{PERIOD}/xa-mh-01/a.xlsx",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = journal_path(tmp_path, PERIOD)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(RECEIPT) + "\n", encoding="utf-8")
    monkeypatch.setattr(reviews, "figures_hash", lambda _root, _period: "aaaa")
    return tmp_path


def test_a_review_is_kept_and_moves_no_time(root: Path):
    before = period_as_of(root, PERIOD)
    record_review(root, PERIOD, at=AT, who=" thường trực ", note="đã đối chiếu biểu 01")
    assert [each.who for each in reviews_of(root, PERIOD)] == ["thường trực"]
    said = "Đã rà soát lúc 08:00 ngày 20/06/2021 — thường trực: đã đối chiếu biểu 01"
    assert review_lines(root, PERIOD) == [said]
    assert period_as_of(root, PERIOD) == before


def test_a_review_of_other_figures_says_so(root: Path, monkeypatch: pytest.MonkeyPatch):
    record_review(root, PERIOD, at=AT, who="thường trực", note="đã xem")
    monkeypatch.setattr(reviews, "figures_hash", lambda _root, _period: "bbbb")
    assert review_lines(root, PERIOD)[0].endswith("(số liệu đã đổi sau lần rà soát này)")


@pytest.mark.parametrize(("who", "note"), [("", "đã xem"), ("thường trực", " ")])
def test_half_a_review_is_not_written(root: Path, who: str, note: str):
    before = journal_path(root, PERIOD).read_bytes()
    with pytest.raises(Stopped):
        record_review(root, PERIOD, at=AT, who=who, note=note)
    assert journal_path(root, PERIOD).read_bytes() == before


def test_nothing_to_look_at_is_told(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reviews, "figures_hash", lambda _root, _period: "")
    with pytest.raises(Stopped) as told:
        record_review(root, PERIOD, at=AT, who="thường trực", note="đã xem")
    assert told.value.problem.code == "QCDC-E96"
