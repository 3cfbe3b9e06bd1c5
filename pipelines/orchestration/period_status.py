"""Where a period stands: what was received, what became of it, what is in the warehouse.

Belongs here: counts from the journal and the committed tables. Does not belong here: deciding
anything, showing it (``screen``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.analysis import open_warehouse
from pipelines.analysis.scope import of_period
from pipelines.analysis.shown import REPORTING_STATES, SEVERITIES, STATUSES
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.notices import load_notices
from pipelines.catalogue.periods import period_frame
from pipelines.intake.appending import torn_files
from pipelines.intake.documents import notes_of
from pipelines.intake.journal import Entry, read_journal
from pipelines.intake.notices import calls, sent_notices
from pipelines.intake.period_states import PeriodEvent, period_events, state_of
from pipelines.intake.releases import Release, releases_of
from pipelines.orchestration.decided import decision_counts
from pipelines.orchestration.inputs import calendar, leaves_with_input
from pipelines.orchestration.period_facts import made_of
from pipelines.orchestration.period_history import (
    Resubmission,
    decided,
    decision_line,
    event_line,
    names_of,
    resubmission_line,
    resubmissions_of,
    uncounted,
)
from pipelines.orchestration.receiving import late_files, lost_receipts, waiting
from pipelines.orchestration.release_words import release_line
from pipelines.orchestration.reviews import review_lines
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.reader import Warehouse

PERIOD_STATES = {
    "open": "đang mở",
    "reopen": "đã mở lại",
    "close": "đã đóng",
    "lock": "đã khóa",
    "": "chưa mở",
}
PART_STATES = {
    "evaluated": "đã đánh giá",
    "waiting": "đã tiếp nhận, chưa đánh giá",
    "nothing": "chưa có số liệu",
}
_SHOWN = 3
_DECISIONS_SHOWN = 10


@dataclass(frozen=True)
class PeriodStatus:
    """Where a period stands.

    Attributes:
        period: Key.
        label: Vietnamese name.
        state: Key of ``PERIOD_STATES``.
        receipts: Receipts in the journal.
        lost: Receipts that the warehouse knows of a period whose journal is empty or gone.
        uncounted: Receipts and decisions of the journal that are not in the warehouse yet.
        waiting: Files under ``raw/<period>/`` that have no receipt yet.
        torn: Whether the journal's last line was cut.
        set_aside: Cut lines of before, kept beside the journal: names of their files.
        late: Paths of files that came after the period was locked and do not count.
        events: What happened to the period as such: action, at, who, why.
        resubmissions: Which submission took the place of which: submission_id, previous, unit,
            at, who, changed (cells that differ, None where the former file is gone).
        decisions: Decisions in force by action, and ``open``: findings without one.
        decided: Every decision of the journal: action, at, who, why and what it is about.
        evaluated: Whether the warehouse holds the period.
        submissions: Files by status.
        reporting: Owed reports by state.
        findings: Findings by severity.
        disagreeing: Published figures that the workbooks do not give.
        evidence: Documents in the journal.
        unattached: Paths of those that support no element yet.
        names: Units by id, to tell about them.
        parts: Of a period that is made of others, the state of each: ``evaluated``, ``waiting``
            (received, not evaluated) or ``nothing``.
        reviews: Who has looked its papers over, as sentences.
        releases: What was submitted, issued, corrected: fields of ``Release``, by number.
        notices: Notices that went out, by kind.
        calls: Calls to units.
    """

    period: str
    label: str
    state: str
    receipts: int
    lost: int
    uncounted: int
    waiting: int
    torn: bool
    set_aside: list[str]
    late: list[str]
    events: list[dict[str, Any]]
    resubmissions: list[dict[str, Any]]
    decisions: dict[str, int]
    decided: list[dict[str, Any]]
    evaluated: bool
    submissions: dict[str, int]
    reporting: dict[str, int]
    findings: dict[str, int]
    disagreeing: int
    evidence: int
    unattached: list[str]
    names: dict[str, str]
    parts: dict[str, str] = field(default_factory=dict)
    reviews: list[str] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    notices: dict[str, int] = field(default_factory=dict)
    calls: int = 0

    def as_dict(self) -> dict[str, object]:
        """All fields but the names of all units, for ``--json``."""
        return {key: value for key, value in asdict(self).items() if key != "names"}


def status_of(root: Path, catalogue: Catalogue, period: str | None = None) -> list[PeriodStatus]:
    """Status of a period, or of every period that has a folder or stands in the warehouse.

    Args:
        root: The project's root.
        catalogue: Knows the periods.
        period: Only this one.
    """
    known = period_frame(catalogue.periods).set_index("period")["label_vi"]
    warehouse = open_warehouse(root=root)
    wanted = [period] if period is not None else _present(root, warehouse, list(known.index))
    return [
        replace(
            _status(root, warehouse, key, str(known[key])),
            parts=_parts(root, warehouse, catalogue, key),
            reviews=review_lines(root, key),
        )
        for key in wanted
    ]


def sentences(status: PeriodStatus) -> list[tuple[str, str]]:
    """The status as labels and Vietnamese texts, in reading order."""
    lines = _composed(status) if status.parts else _received(status)
    if status.notices or status.calls:
        words = {kind.id: kind.label_vi for kind in load_notices().kinds}
        sent = _told(status.notices, words) if status.notices else "chưa gửi"
        lines.append(("Thông báo đã gửi", f"{sent}. Cuộc gọi: {status.calls}"))
    lines += [("Rà soát văn bản", line) for line in status.reviews]
    return [*lines, *(("Bản phát hành", release_line(each)) for each in status.releases)]


def _received(status: PeriodStatus) -> list[tuple[str, str]]:
    """What is said of a period with files of its own."""
    lines = [
        ("Kỳ", PERIOD_STATES.get(status.state, status.state)),
        *(("  Việc đã làm", event_line(PeriodEvent(**event))) for event in status.events),
        ("Đã tiếp nhận", f"{status.receipts} lượt"),
    ]
    if status.lost:
        lines.append(("Sổ tiếp nhận", _lost(status)))
    if status.late:
        lines.append(("Đến sau khi khóa", _late(status)))
    elif status.waiting:
        lines.append(("Chờ tiếp nhận", f"{status.waiting} tệp mới, chạy qcdc run {status.period}"))
    if status.evidence:
        lines.append(("Minh chứng", _evidence(status)))
    if status.torn:
        lines.append(("Sổ tiếp nhận", "dòng cuối bị đứt, sẽ để riêng khi ghi dòng sau"))
    if status.set_aside:
        lines.append(("Dòng đứt đã để riêng", ", ".join(status.set_aside)))
    if status.uncounted:
        behind = f"chậm hơn sổ tiếp nhận {status.uncounted} dòng (tệp, quyết định chưa tính)"
        lines.append(("Kho", f"{behind}, chạy qcdc run {status.period}"))
    if not status.evaluated:
        return [*lines, ("Kho", f"chưa đánh giá, chạy qcdc run {status.period}")]
    again = [Resubmission(**each) for each in status.resubmissions]
    return [
        *lines,
        ("Tệp", _told(status.submissions, STATUSES)),
        *(("  Nộp lại", resubmission_line(each, status.names)) for each in again),
        *_decisions(status),
        ("Báo cáo phải nộp", _told(status.reporting, REPORTING_STATES)),
        ("Kết quả kiểm tra", _told(status.findings, SEVERITIES)),
        ("Số đã công bố không khớp", str(status.disagreeing)),
    ]


def _lost(status: PeriodStatus) -> str:
    return (
        f"đã mất hoặc trống, trong khi kho biết {status.lost} lượt tiếp nhận; "
        f"khôi phục raw/{status.period}/journal.jsonl từ bản sao lưu trước khi làm tiếp"
    )


def _composed(status: PeriodStatus) -> list[tuple[str, str]]:
    """What is said of a period that receives nothing itself."""
    told = "; ".join(f"{key} {PART_STATES[state]}" for key, state in status.parts.items())
    lines = [("Tính từ các kỳ", told)]
    if status.waiting:
        note = f"{status.waiting} tệp trong raw/{status.period}/ không được tính"
        lines.append(("Tệp để nhầm chỗ", note))
    if not status.evaluated:
        return [*lines, ("Kho", f"chưa đánh giá, chạy qcdc run {status.period}")]
    return [
        *lines,
        ("Báo cáo phải nộp", _told(status.reporting, REPORTING_STATES)),
        ("Kết quả kiểm tra", _told(status.findings, SEVERITIES)),
        ("Số đã công bố không khớp", str(status.disagreeing)),
    ]


def _parts(root: Path, warehouse: Warehouse, catalogue: Catalogue, period: str) -> dict[str, str]:
    """Where the parts of a period stand."""
    tables = calendar(root, catalogue)
    evaluated = warehouse.manifest.tables.get("eval.indicator_values", {})
    return {
        part: "evaluated"
        if part in evaluated
        else "waiting"
        if leaves_with_input(root, tables, part)
        else "nothing"
        for part in made_of(tables, period)
    }


def _decisions(status: PeriodStatus) -> list[tuple[str, str]]:
    """How many were decided, the last of them in words."""
    if not status.decided:
        return []
    waiting_ones = f"; còn {status.decisions['open']} kết quả kiểm tra chưa có quyết định"
    return [
        ("Quyết định", f"{len(status.decided)}{waiting_ones}"),
        *(("  Quyết định", decision_line(each)) for each in status.decided[-_DECISIONS_SHOWN:]),
    ]


def _late(status: PeriodStatus) -> str:
    some = ", ".join(status.late[:_SHOWN])
    more = "…" if len(status.late) > _SHOWN else ""
    return (
        f"{len(status.late)} tệp, chưa tính vào số liệu: {some}{more} "
        f"(muốn tính: qcdc period reopen {status.period} --who … --why …)"
    )


def _evidence(status: PeriodStatus) -> str:
    total = f"{status.evidence} tài liệu"
    if not status.unattached:
        return total
    some = ", ".join(status.unattached[:_SHOWN])
    more = "…" if len(status.unattached) > _SHOWN else ""
    return (
        f"{total}; {len(status.unattached)} minh chứng chưa gắn chỉ tiêu: {some}{more} "
        "(gắn bằng qcdc receive --evidence TỆP --unit … --element …)"
    )


def _told(counts: Mapping[str, int], words: Mapping[str, str]) -> str:
    ordered = [key for key in words if key in counts] + [key for key in counts if key not in words]
    return "; ".join(f"{words.get(key, key)} {counts[key]}" for key in ordered) or "không có"


def _present(root: Path, warehouse: Warehouse, known: list[str]) -> list[str]:
    committed = warehouse.manifest.tables.get("intake.submissions", {})
    return [key for key in known if key in committed or (root / "raw" / key).is_dir()]


def _status(root: Path, warehouse: Warehouse, period: str, label: str) -> PeriodStatus:
    path = journal_path(root, period)
    journal = read_journal(path)
    documents, unattached = _documents(journal.entries)
    published = of_period(warehouse.table("eval.published"), period)
    return PeriodStatus(
        period=period,
        label=label,
        state=state_of(journal.entries),
        receipts=sum(entry["event"] == "received" for entry in journal.entries),
        lost=lost_receipts(root, period),
        uncounted=uncounted(warehouse, journal.entries, period),
        waiting=len(waiting(root, period)),
        torn=journal.torn is not None,
        set_aside=[each.name for each in torn_files(path)],
        late=[lies for lies, _ in late_files(root, period)],
        events=[asdict(event) for event in period_events(journal.entries)],
        resubmissions=[
            each.as_dict() for each in resubmissions_of(warehouse, journal.entries, period)
        ],
        decisions=decision_counts(
            journal.entries, of_period(warehouse.table("core.findings"), period)
        ),
        decided=decided(journal.entries),
        names=names_of(warehouse),
        evaluated=period in warehouse.manifest.tables.get("eval.indicator_values", {}),
        submissions=_counts(warehouse, "intake.submissions", "status", period),
        reporting=_counts(warehouse, "core.reporting", "state", period),
        findings=_counts(warehouse, "core.findings", "severity", period),
        disagreeing=int((~published["agrees"]).sum()),
        evidence=documents,
        unattached=unattached,
        releases=releases_of(journal.entries),
        notices=dict(Counter(each.kind for each in sent_notices(journal.entries).values())),
        calls=len(calls(journal.entries)),
    )


def _documents(entries: list[Entry]) -> tuple[int, list[str]]:
    """How many documents were received, and where those lie that support no element yet.

    The same bytes of the same sender count once, as they do in the tables.
    """
    notes = notes_of(entries)
    received = [entry for entry in entries if entry["event"] == "received"]
    first = {(_sender(e), e["sha256"]): e for e in reversed(received)}.values()
    own = [entry for entry in first if entry["submission_id"] in notes]
    loose = [str(e["path"]) for e in own if notes[e["submission_id"]].element is None]
    return len(own), sorted(loose)


def _sender(entry: Entry) -> str:
    return str(entry["submission_id"]).split("/")[1]


def _counts(warehouse: Warehouse, table: str, column: str, period: str) -> dict[str, int]:
    frame: pd.DataFrame = of_period(warehouse.table(table), period)
    return {str(key): int(n) for key, n in frame[column].value_counts().sort_index().items()}
