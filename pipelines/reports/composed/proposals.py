"""What a meeting is asked to decide, and what is still open: rows that follow from data alone.

Belongs here: which datum gives which row, in one sentence each. Does not belong here: how much of
it fits two pages (``brief``), the notice that follows the meeting (``conclusion``). Whom it is
given to and until when is the meeting's to say: dots stand there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from pipelines.reports.composed.material import Material
from pipelines.reports.composed.sheet import counted, day
from pipelines.reports.papers.model import Run

UNDECIDED_DAY = "…/…/……"
OVERDUE = "quá hạn"
_UNVERIFIED = " (chưa kiểm chứng)"


@dataclass(frozen=True)
class Open:
    """A duty or task that is still open.

    Attributes:
        what: What must be done.
        who: Who owes it.
        due: Until when.
        state: How far it is.
        overdue: Whether the day has passed.
    """

    what: str
    who: str
    due: str
    state: str
    overdue: bool


def open_work(material: Material) -> list[Open]:
    """Duties of the law and tasks of the programme that are open, those overdue first."""
    found = [*_duties(material.work.duties), *_tasks(material.work.tasks)]
    return sorted(found, key=lambda each: not each.overdue)


def _duties(rows: pd.DataFrame) -> Iterator[Open]:
    for row in rows.to_dict("records"):
        late, waiting, owed = (int(row[name]) for name in ("not_done", "not_yet_due", "owed"))
        legal = f" – {row['legal']}" if row["legal"] else ""
        what = f"{row['label']}{legal}"
        if not row["verified"] and _UNVERIFIED.strip() not in what:
            what += _UNVERIFIED
        who = str(row["group"])
        if late:
            state = f"{counted(late)}/{counted(owed)} đơn vị chưa thực hiện, {OVERDUE}"
            yield Open(what, who, day(row["passed_on"]), state, overdue=True)
        elif waiting:
            state = f"{counted(waiting)}/{counted(owed)} đơn vị chưa thực hiện, còn thời hạn"
            yield Open(what, who, day(row["due_on"]), state, overdue=False)


def _tasks(rows: pd.DataFrame) -> Iterator[Open]:
    for row in rows[rows["is_open"].astype(bool)].to_dict("records"):
        yield Open(
            what=f"{row['task']} (chương trình năm)",
            who=str(row["owner"]),
            due=day(row["due_on"]),
            state=status(row["status"], overdue=bool(row["is_overdue"])),
            overdue=bool(row["is_overdue"]),
        )


def status(said: object, *, overdue: bool) -> str:
    """The status as the register says it, and that its day has passed."""
    return f"{said}, {OVERDUE}" if overdue else str(said)


def told_conclusions(rows: pd.DataFrame) -> pd.DataFrame:
    """Conclusions of the last meeting and older ones that are still open, open ones first.

    Returns:
        task, owner, due, state (texts), is_open, is_overdue.
    """
    chosen = rows[rows["is_last"].astype(bool) | rows["is_open"].astype(bool)]
    chosen = chosen.sort_values(
        ["is_overdue", "is_open", "due_on"], ascending=[False, False, True], kind="stable"
    )
    states = [
        status(said, overdue=bool(overdue)) + (f" {day(done)}" if pd.notna(done) else "")
        for said, overdue, done in zip(
            chosen["status"], chosen["is_overdue"], chosen["done_on"], strict=True
        )
    ]
    return pd.DataFrame(
        {
            "task": chosen["task"],
            "owner": chosen["owner"],
            "due": [day(value) for value in chosen["due_on"]],
            "state": pd.Series(states, chosen.index, dtype="str"),
            "is_open": chosen["is_open"],
            "is_overdue": chosen["is_overdue"],
        }
    ).reset_index(drop=True)


def proposals(material: Material) -> list[tuple[Run, ...]]:
    """What the meeting is asked to decide, the most pressing first."""
    return [
        *_reports(material),
        *_overdue(material),
        *_law(material),
        *_targets(material),
        *_findings(material),
        *_inspections(material),
    ]


def _reports(material: Material) -> Iterator[tuple[Run, ...]]:
    # of a longer period the reports of its parts are no longer asked for
    units = material.absent["unit_id"].nunique() if material.parts is None else 0
    if units:
        yield (
            Run(
                f"Yêu cầu {counted(units)} đơn vị chưa có báo cáo được chấp nhận nộp trước ngày"
                f" {UNDECIDED_DAY}."
            ),
        )


def _overdue(material: Material) -> Iterator[tuple[Run, ...]]:
    conclusions, tasks = material.work.conclusions, material.work.tasks
    late = [frame[frame["is_overdue"].astype(bool)] for frame in (conclusions, tasks)]
    for row in pd.concat(late, ignore_index=True).to_dict("records"):
        yield (
            Run(
                f"{row['owner']} hoàn thành việc đã quá hạn: {_lower(str(row['task']))} (hạn"
                f" {day(row['due_on'])}), báo cáo trước ngày {UNDECIDED_DAY}."
            ),
        )


def _law(material: Material) -> Iterator[tuple[Run, ...]]:
    rows = material.work.duties
    for row in rows[rows["not_done"] > 0].to_dict("records"):
        yield (
            Run(
                f"{counted(int(row['not_done']))}/{counted(int(row['owed']))} đơn vị"
                f" ({_lower(str(row['group']))}) chưa thực hiện “{_lower(str(row['label']))}”"
                f"{'' if row['verified'] else _UNVERIFIED}: thực hiện trước ngày {UNDECIDED_DAY}."
            ),
        )


def _targets(material: Material) -> Iterator[tuple[Run, ...]]:
    rows = material.figures
    for row in rows[rows["target_verdict"] == "chưa đạt"].to_dict("records"):
        yield (
            Run(f"Biện pháp để đạt chỉ tiêu {row['target_shown']} về “{_lower(row['label'])}”"),
            Run(" (hiện nay "),
            Run(str(row["shown"]), figure=str(row["figure_id"])),
            Run("): giao ……………… đề xuất."),
        )


def _findings(material: Material) -> Iterator[tuple[Run, ...]]:
    found = material.checked.samples
    waiting = found[found["severity"].isin(["error", "review"]) & found["decision"].isna()]
    if len(waiting):
        yield (
            Run(
                f"Cơ quan thường trực xử lý {counted(len(waiting))} phát hiện về số liệu còn chờ"
                f" quyết định, xong trước ngày {UNDECIDED_DAY}."
            ),
        )


def _inspections(material: Material) -> Iterator[tuple[Run, ...]]:
    plan = material.inspections
    waiting = int((~plan["done"].astype(bool)).sum()) if len(plan) else 0
    if waiting:
        yield (
            Run(
                f"Thực hiện {counted(waiting)}/{counted(len(plan))} cuộc kiểm tra, giám sát còn lại"
                " của kế hoạch năm."
            ),
        )


def _lower(text: str) -> str:
    """A label within a sentence; abbreviations keep their capitals."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
