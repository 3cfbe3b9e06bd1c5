"""What ``qcdc period open|close|lock|reopen`` does: ask the journal, write one line, show it.

Belongs here: the order of asking and writing, what a wrong step is told. Does not belong here:
options (``cli``), which step may follow which (``intake.period_states``).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pipelines.analysis import open_warehouse
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.periods import period_frame
from pipelines.intake.journal import append, read_journal
from pipelines.intake.period_states import NEEDS_REASON, PeriodEvent, may_follow, state_of
from pipelines.orchestration import screen
from pipelines.orchestration.clock import now
from pipelines.orchestration.commands import require_period
from pipelines.orchestration.period_history import ACTIONS, event_line, uncounted
from pipelines.orchestration.period_status import PERIOD_STATES
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.orchestration.receiving import late_files, require_journal
from pipelines.orchestration.steps import journal_path
from pipelines.vietnamese.text import normalise
from pipelines.warehouse.lock import patient_lock
from pipelines.warehouse.root import find_root

# the code of the problem that the tables know less than the journal
NOT_COUNTED = "QCDC-E34"
# a run of a whole period takes less; a line is not worth giving up for
_FEW = 3


def change(action: str, period: str, *, who: str, why: str | None, as_json: bool) -> int:
    """Open, close, lock or reopen a period.

    Args:
        action: ``open``, ``close``, ``lock`` or ``reopen``.
        period: Key of the period.
        who: Office of the person who decides.
        why: The reason; compulsory for ``reopen``.
        as_json: Print JSON.

    Raises:
        Stopped: The period is not one, or does not allow this step; nothing was written.
        WarehouseBusy: A run is still writing.
    """
    root, catalogue = find_root(), load_catalogue()
    require_period(catalogue, period)
    event = record(root, period, action, at=now(), who=who, why=why)
    late = [path for path, _ in late_files(root, period)]
    if as_json:
        line = {"period": period, "action": event.action, "at": event.at}
        screen.print_json({**line, "who": event.who, "why": event.why, "late": late})
        return 0
    label = period_frame(catalogue.periods).set_index("period")["label_vi"][period]
    out = screen.console()
    out.print(f"{label} ({period}): {PERIOD_STATES[event.action]}", style="bold")
    out.print(f"  {event_line(event)}", soft_wrap=True)
    if late:
        out.print(f"  Đến sau khi khóa, chưa tính: {_some(late)}", soft_wrap=True)
    return 0


def record(
    root: Path, period: str, action: str, *, at: dt.datetime, who: str, why: str | None
) -> PeriodEvent:
    """Write the line of a step, if the period allows it.

    Raises:
        Stopped: It does not, or who or why is not said, or a period is to be locked whose
            tables know less than its journal; nothing was written.
        JournalLost: The journal is gone.
        WarehouseBusy: A run is still writing.
    """
    said_by, reason = normalise(who), normalise(why) if why is not None else None
    if not said_by:
        raise Stopped(_nobody(action, period))
    if action in NEEDS_REASON and not reason:
        raise Stopped(_no_reason(action, period))
    path = journal_path(root, period)
    with patient_lock(root):
        require_journal(root, period)
        entries = read_journal(path).entries
        state = state_of(entries)
        if action not in may_follow(state):
            raise Stopped(_not_now(action, period, state))
        behind = uncounted(open_warehouse(root=root), entries, period) if action == "lock" else 0
        if behind:
            raise Stopped(_behind(period, behind))
        line = {
            "at": at.isoformat(),
            "who": said_by,
            "event": "period",
            "period": period,
            "action": action,
        }
        append(path, line | ({"why": reason} if reason else {}))
    return PeriodEvent(action, line["at"], said_by, reason or None)


def _some(paths: list[str]) -> str:
    more = "…" if len(paths) > _FEW else ""
    return ", ".join(paths[:_FEW]) + more


def _not_now(action: str, period: str, state: str) -> Problem:
    allowed = may_follow(state)
    return Problem(
        "QCDC-E31",
        f"Không {ACTIONS[action]} được kỳ {period} lúc này.",
        f"kỳ {period} {PERIOD_STATES[state]}",
        f"từ trạng thái này chỉ {' hoặc '.join(ACTIONS[each] for each in allowed)} được",
        f"Chạy qcdc period {allowed[0]} {period} --who … trước, hoặc xem qcdc status {period}.",
    )


def _behind(period: str, lines: int) -> Problem:
    return Problem(
        NOT_COUNTED,
        f"Chưa khóa được kỳ {period}: số liệu chậm hơn sổ tiếp nhận.",
        f"{lines} dòng của sổ (tệp đã nhận, quyết định) chưa tính vào số liệu trong kho",
        "lần chạy gần nhất đã tính mọi tệp và quyết định của kỳ",
        f"Chạy qcdc run {period}, xem lại số liệu, rồi khóa.",
    )


def _no_reason(action: str, period: str) -> Problem:
    return Problem(
        "QCDC-E32",
        f"Phải nêu lý do khi {ACTIONS[action]} kỳ {period}.",
        "không có --why, hoặc để trống",
        'lý do bằng lời, ví dụ --why "xã 03 nộp bổ sung theo công văn 12/BCĐ"',
        f"Thêm --why rồi chạy lại qcdc period {action} {period}.",
    )


def _nobody(action: str, period: str) -> Problem:
    return Problem(
        "QCDC-E33",
        "Phải nêu người quyết định.",
        "--who để trống",
        'chức vụ hoặc bộ phận, không ghi họ tên, ví dụ --who "thường trực Ban Chỉ đạo"',
        f"Thêm --who rồi chạy lại qcdc period {action} {period}.",
    )
