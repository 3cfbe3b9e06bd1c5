"""Who has reported and who must be called: one overview of a period for the coordinator.

Belongs here: the rows of the overview, its page. Does not belong here: its workbook
(``overview_book``), deciding a state (``evaluation``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.reports.feedback import SETTLED
from pipelines.reports.feedback_page import environment, styles
from pipelines.reports.html import ILLUSTRATIVE
from pipelines.vietnamese.dates import format_date

# to be called first: who sent nothing, then whose file went back
CALL_ORDER = ("missing", "returned", "late", "on_time")
STATE_WORDS = {
    "on_time": "Đúng hạn",
    "late": "Trễ hạn",
    "returned": "Trả lại",
    "missing": "Chưa nộp",
}
CALL_LOG = ("Điện thoại", "Đã gọi lúc", "Gặp ai (chức vụ)", "Hẹn")
HEADINGS = (
    "TT",
    "Đơn vị",
    "Biểu",
    "Tình trạng",
    "Hạn nộp",
    "Nhận lúc",
    "Số lần nộp",
    "Phải sửa",
    "Bổ sung",
    "Đối chiếu",
    "Nội dung cần trao đổi",
    *CALL_LOG,
)
_OPEN = ("error", "warning", "review")


@dataclass(frozen=True)
class Owed:
    """A report that is owed, and where it stands.

    Attributes:
        unit: Name of who owes it.
        form: Number of the form.
        state: Key of ``STATE_WORDS``.
        due: Due date, as written.
        received: When the newest file came, as written; "" without one.
        versions: How often it was sent.
        open: Open findings of the newest file by severity: errors, warnings, reviews.
        to_say: What to talk about.
    """

    unit: str
    form: str
    state: str
    due: str
    received: str
    versions: int
    open: tuple[int, int, int]
    to_say: str

    @property
    def must_be_called(self) -> bool:
        """Whether something has to be asked of the sender."""
        return self.state in {"missing", "returned"} or any(self.open)

    def values(self) -> tuple[object, ...]:
        """Cells of the row beside its number and the call log."""
        state = STATE_WORDS[self.state]
        return (
            self.unit,
            self.form,
            state,
            self.due,
            self.received,
            self.versions,
            *self.open,
            self.to_say,
        )


@dataclass(frozen=True)
class Overview:
    """The overview of a period.

    Attributes:
        period: Vietnamese name.
        as_of: Until when the journal was looked at.
        rows: Owed reports, those to be called first.
        unplaced: Files that belong to no owed report: name and why.
        is_illustrative: Whether the data are made up.
    """

    period: str
    as_of: dt.datetime
    rows: tuple[Owed, ...]
    unplaced: tuple[tuple[str, str], ...]
    is_illustrative: bool

    def counts(self) -> dict[str, int]:
        """Owed reports by state, in words; the sum first."""
        by_state = dict.fromkeys(STATE_WORDS.values(), 0)
        for row in self.rows:
            by_state[STATE_WORDS[row.state]] += 1
        received = sum(row.versions > 0 for row in self.rows)
        return {"Phải nộp": len(self.rows), "Đã gửi": received, **by_state}


def overview(
    *,
    reporting: pd.DataFrame,
    submissions: pd.DataFrame,
    findings: pd.DataFrame,
    units: pd.DataFrame,
    form_names: Mapping[str, str],
    period_label: str,
    as_of: dt.datetime,
) -> Overview:
    """Make the overview.

    Args:
        reporting: ``core.reporting`` of the period.
        submissions: ``intake.submissions`` of the period.
        findings: ``core.findings`` of the period; what was settled is not counted.
        units: ``ref.units``.
        form_names: Numbers of forms by id.
        period_label: Vietnamese name of the period.
        as_of: Until when the journal was looked at.
    """
    newest = _newest(submissions)
    counts = _open_counts(findings)
    known = units.drop_duplicates("unit_id", keep="last").set_index("unit_id")
    frame = reporting.assign(
        rank=reporting["state"].map({name: place for place, name in enumerate(CALL_ORDER)}),
        order=reporting["unit_id"].map(known["official_order"]),
    ).sort_values(["rank", "order", "unit_id", "form", "round"])
    rows = []
    for row in frame.to_dict("records"):
        sent = newest.get((row["unit_id"], row["form"], row["round"]))
        rows.append(_owed({str(k): v for k, v in row.items()}, sent, counts, known, form_names))
    return Overview(
        period=period_label,
        as_of=as_of,
        # whose file is in order but raises questions comes before whose needs nothing
        rows=tuple(sorted(rows, key=lambda row: not row.must_be_called)),
        unplaced=_unplaced(submissions),
        is_illustrative=bool(reporting["is_illustrative"].any()),
    )


def overview_page(shown: Overview) -> str:
    """The overview as HTML that needs nothing else, printed on A4 landscape."""
    return (
        environment()
        .get_template("overview.html.j2")
        .render(
            overview=shown,
            css=styles(),
            mark=ILLUSTRATIVE,
            headings=HEADINGS,
            as_of=written(shown.as_of),
        )
    )


def written(moment: dt.datetime) -> str:
    """A moment as officials write it."""
    return f"{moment:%H:%M} ngày {format_date(moment.date())}"


def _newest(submissions: pd.DataFrame) -> dict[tuple[str, str, str], dict[str, object]]:
    """The newest file of each sender, form and round."""
    ours = submissions[submissions["form"].notna() & (submissions["status"] != "duplicate")]
    ordered = ours.sort_values(["received_at", "submission_id"])
    return {
        (str(row["provider"]), str(row["form"]), str(row["round"])): {
            str(key): value for key, value in row.items()
        }
        for row in ordered.to_dict("records")
    }


def _open_counts(findings: pd.DataFrame) -> dict[str, tuple[int, int, int]]:
    unsettled = findings[~findings["decision"].isin(list(SETTLED))]
    table = pd.crosstab(unsettled["submission_id"], unsettled["severity"])
    table = table.reindex(columns=list(_OPEN), fill_value=0)
    return {
        str(key): (int(errors), int(warnings), int(reviews))
        for key, errors, warnings, reviews in table.itertuples()
    }


def _owed(
    row: Mapping[str, object],
    sent: Mapping[str, object] | None,
    counts: Mapping[str, tuple[int, int, int]],
    known: pd.DataFrame,
    form_names: Mapping[str, str],
) -> Owed:
    unit_id, form = str(row["unit_id"]), str(row["form"])
    received = pd.Timestamp(str(row["received_at"])) if pd.notna(row["received_at"]) else None  # type: ignore[call-overload] # a scalar
    found = counts.get(str(sent["submission_id"]), (0, 0, 0)) if sent else (0, 0, 0)
    name = known["name"].get(unit_id, unit_id)
    return Owed(
        unit=str(name),
        form=form_names.get(form, form),
        state=str(row["state"]),
        due=format_date(pd.Timestamp(str(row["due_date"])).date()),
        received=written(received.to_pydatetime()) if received is not None else "",
        versions=int(str(row["versions"])),
        open=found,
        to_say=_to_say(str(row["state"]), sent, found),
    )


def _to_say(state: str, sent: Mapping[str, object] | None, found: tuple[int, int, int]) -> str:
    if state == "missing":
        return "Đề nghị gửi báo cáo; hỏi vướng mắc, hẹn ngày gửi."
    if sent is not None and sent["status"] == "returned":
        # a returned file that leaves an accepted one standing is told apart
        stands = "" if state == "returned" else "Bản gửi sau bị trả lại, bản trước vẫn được dùng. "
        reason = str(sent["reason"]) if pd.notna(sent["reason"]) else ""  # type: ignore[call-overload] # a scalar
        return f"{stands}Sửa và gửi lại: {reason}."
    if any(found):
        return "Bổ sung hoặc giải trình theo phiếu phản hồi."
    return ""


def _unplaced(submissions: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """Files that could not be read or taken, or whose sender is unknown."""
    lost = submissions["status"].isin(["unreadable", "refused"]) | (
        submissions["provider"] == "unknown"
    )
    lost &= submissions["status"] != "duplicate"
    rows = submissions[lost].sort_values("submission_id")
    reasons = rows["reason"].astype("object").where(rows["reason"].notna(), "")
    said = zip(rows["submission_id"], rows["path"], reasons, strict=True)
    return tuple(
        (f"{str(path).rsplit('/', 1)[-1]} ({submission_id})", str(reason))
        for submission_id, path, reason in said
    )
