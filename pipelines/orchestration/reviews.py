"""Who has looked the papers of a period over ("đã rà soát"): lines of its journal.

Belongs here: reading and writing review lines. Does not belong here: options and words on the
screen (``review_command``), where a review is shown. A review is no news of the figures: the time
of the period's figures (``intake.journal.last_time``) does not move, no table changes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.intake.journal import append, read_journal
from pipelines.orchestration.office import office_of
from pipelines.orchestration.period_history import spoken_time
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.orchestration.steps import journal_path
from pipelines.vietnamese.text import normalise
from pipelines.warehouse.lock import patient_lock
from pipelines.warehouse.manifest import read_manifest

_PAPERS = "papers:"


@dataclass(frozen=True)
class Review:
    """A reviewer's "đã rà soát".

    Attributes:
        at: When, ISO with offset.
        who: Office of the reviewer.
        note: What was looked at, or found.
        release_id: Of which papers.
        tables: Short hash of the figures that were looked at.
    """

    at: str
    who: str
    note: str
    release_id: str
    tables: str

    @property
    def line(self) -> str:
        """For instance ``Đã rà soát lúc 08:00 ngày 20/06/2021 — thường trực Ban Chỉ đạo: …``."""
        return f"Đã rà soát lúc {spoken_time(self.at)} — {self.who}: {self.note}"

    def as_dict(self) -> dict[str, str]:
        """All fields, for ``--json``."""
        return asdict(self)


def reviews_of(root: Path, period: str) -> list[Review]:
    """The reviews of a period's papers, in journal order."""
    entries = read_journal(journal_path(root, period)).entries
    return [
        Review(
            at=str(entry["at"]),
            who=str(entry["who"]),
            note=str(entry["text"]),
            release_id=str(entry["about"]).removeprefix(_PAPERS),
            tables=str(entry.get("tables", "")),
        )
        for entry in entries
        if entry["event"] == "review" and str(entry["about"]).startswith(_PAPERS)
    ]


def review_lines(root: Path, period: str) -> list[str]:
    """The reviews in words; one of other figures than today's says so."""
    now = figures_hash(root, period)
    return [
        each.line + ("" if each.tables in {"", now} else " (số liệu đã đổi sau lần rà soát này)")
        for each in reviews_of(root, period)
    ]


def figures_hash(root: Path, period: str) -> str:
    """Short hash of the committed figures of a period; empty where nothing is committed."""
    entry = read_manifest(root).tables.get("report.figures", {}).get(period)
    return entry.hash[:12] if entry is not None else ""


def record_review(root: Path, period: str, *, at: dt.datetime, who: str, note: str) -> Review:
    """Write a review into the journal of a period.

    Args:
        root: The project's root.
        period: Key of the period.
        at: When.
        who: Office of the reviewer, no name.
        note: What was looked at, or found.

    Returns:
        The review as written.

    Raises:
        Stopped: Who or what is not said, or there is nothing to look at; nothing was written.
        WarehouseBusy: A run is still writing.
    """
    said_by, said = (
        office_of(who, "QCDC-E97", "Phải nêu người rà soát bằng chức vụ."),
        normalise(note),
    )
    tables = figures_hash(root, period)
    if not tables:
        raise Stopped(_nothing_there(period))
    if not said:
        raise Stopped(_not_said(period))
    found = Review(at.isoformat(), said_by, said, f"{period}/draft", tables)
    with patient_lock(root):
        append(
            journal_path(root, period),
            {
                "at": found.at,
                "who": found.who,
                "event": "review",
                "about": f"{_PAPERS}{found.release_id}",
                "text": found.note,
                "tables": found.tables,
            },
        )
    return found


def _nothing_there(period: str) -> Problem:
    return Problem(
        "QCDC-E96",
        f"Kỳ {period} chưa có gì để rà soát.",
        f"kho chưa có số liệu của kỳ {period}",
        "kỳ đã được đánh giá, có bản trình ký và bản tra cứu",
        f"Chạy qcdc run {period}, xem bản tra cứu, rồi ghi việc rà soát.",
    )


def _not_said(period: str) -> Problem:
    return Problem(
        "QCDC-E97",
        "Phải nêu đã rà soát gì.",
        "--note để trống",
        'việc đã làm, ví dụ --note "đã đối chiếu biểu 01 với sổ theo dõi"',
        f"Thêm cho đủ rồi chạy lại qcdc review {period}.",
    )
