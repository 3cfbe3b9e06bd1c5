"""A letter to a unit whose report is missing, late or was sent back, through who looks after it.

Belongs here: reporting states → letters, their page. Does not belong here: writing files
(``orchestration``), what is wrong inside a file (``feedback``). Letters are internal: no public
copy names who was reminded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.catalogue.notices import load_notices
from pipelines.reports.feedback_page import environment, styles
from pipelines.reports.html import ILLUSTRATIVE
from pipelines.reports.leads import lead_of, leads
from pipelines.vietnamese.dates import format_date

# states of a report that a unit is written to about, the gravest first
OWED = ("missing", "returned", "late")
NOBODY = "chưa có thành viên Ban Chỉ đạo được phân công phụ trách; gửi trực tiếp"
_REASONS = 3


@dataclass(frozen=True)
class Owed:
    """A report that the unit owes.

    Attributes:
        form: Number of the form.
        state: One of ``OWED``.
        due: Due date, as written.
        received: Day it came, as written; "" where it did not.
        reasons: What has to be mended in a report that was sent back, at most three things.
    """

    form: str
    state: str
    due: str
    received: str
    reasons: tuple[str, ...] = ()

    @property
    def request(self) -> str:
        """What the unit is asked to do."""
        return load_notices().requests.of(self.state)


@dataclass(frozen=True)
class Reminder:
    """A letter.

    Attributes:
        unit_id: Whom it is about.
        unit: Its name.
        period: Vietnamese name of the period.
        sender: Office that writes, "" where the unit has none above it.
        through: Position of the member who looks after the area, or code where no position is
            known; "" where nobody does.
        decision: Number of the paper that says so, "" without one.
        owed: What the unit owes, the gravest first.
        as_of: Until when the journal was looked at.
        resend_by: Last day to answer, where the coordinator set one.
        is_illustrative: Whether the data are made up.
    """

    unit_id: str
    unit: str
    period: str
    sender: str
    through: str
    decision: str
    owed: tuple[Owed, ...]
    as_of: dt.datetime
    resend_by: dt.date | None
    is_illustrative: bool

    @property
    def addressed(self) -> str:
        """Through whom the letter goes."""
        if not self.through:
            return NOBODY
        basis = f" (theo {self.decision})" if self.decision else ""
        return f"{self.through}, thành viên Ban Chỉ đạo phụ trách địa bàn{basis}"


@dataclass(frozen=True)
class Setting:
    """What letters of a period share.

    Attributes:
        period: Vietnamese name.
        as_of: Until when the journal was looked at: who is late is decided on this day.
        form_names: Numbers of forms by id.
        senders: Office above a unit, by unit_id.
        resend_by: Last day to answer, where the coordinator set one.
    """

    period: str
    as_of: dt.datetime
    form_names: Mapping[str, str]
    senders: Mapping[str, str]
    resend_by: dt.date | None = None


def reminders(
    *,
    reporting: pd.DataFrame,
    findings: pd.DataFrame,
    submissions: pd.DataFrame,
    units: pd.DataFrame,
    assignments: pd.DataFrame,
    members: pd.DataFrame,
    setting: Setting,
) -> list[Reminder]:
    """The letters of a period, units in official order.

    Args:
        reporting: ``core.reporting`` of the period.
        findings: ``core.findings`` of the period.
        submissions: ``intake.submissions`` of the period.
        units: ``ref.units``.
        assignments: ``core.registers_assignments``; one lead per area and day.
        members: ``core.registers_committee_members``: positions by code.
        setting: What the letters share.

    Returns:
        One letter per unit that owes something; a report that is missing before its due date has
        passed is not owed yet.
    """
    today = pd.Timestamp(setting.as_of.date())
    is_owed = reporting["state"].isin(list(OWED)) & (
        (reporting["state"] != "missing") | (reporting["due_date"] < today)
    )
    reasons = _reasons(submissions, findings)
    areas = leads(assignments, members, today)
    known = units.drop_duplicates("unit_id", keep="last").set_index("unit_id")
    above = {str(unit): str(parent) for unit, parent in known["parent_id"].dropna().items()}
    letters = []
    for unit_id, rows in reporting[is_owed].groupby("unit_id"):
        unit = str(unit_id)
        lead = lead_of(unit, areas, above)
        letters.append(
            Reminder(
                unit_id=unit,
                unit=str(known["name"].get(unit, unit)),
                period=setting.period,
                sender=setting.senders.get(unit, ""),
                through=lead.named if lead else "",
                decision=lead.decision if lead else "",
                owed=_owed(rows, reasons, setting.form_names),
                as_of=setting.as_of,
                resend_by=setting.resend_by,
                is_illustrative=bool(rows["is_illustrative"].any()),
            )
        )
    order = known["official_order"].to_dict()
    return sorted(letters, key=lambda letter: (order.get(letter.unit_id, 0), letter.unit_id))


def reminder_page(letter: Reminder) -> str:
    """The letter as HTML that needs nothing else; equal letters give equal pages."""
    return (
        environment()
        .get_template("reminder.html.j2")
        .render(
            letter=letter,
            css=styles(),
            mark=ILLUSTRATIVE,
            as_of=f"{letter.as_of:%H:%M} ngày {format_date(letter.as_of.date())}",
            resend_by=format_date(letter.resend_by) if letter.resend_by else "",
        )
    )


def _owed(
    rows: pd.DataFrame, reasons: Mapping[tuple[str, str], tuple[str, ...]], names: Mapping[str, str]
) -> tuple[Owed, ...]:
    found = [
        Owed(
            form=names.get(str(row["form"]), str(row["form"])),
            state=str(row["state"]),
            due=format_date(row["due_date"]),
            received="" if pd.isna(row["received_at"]) else format_date(row["received_at"]),
            reasons=reasons.get((str(row["unit_id"]), str(row["form"])), ())
            if row["state"] == "returned"
            else (),
        )
        for row in _records(rows.sort_values(["due_date", "form", "round"]))
    ]
    return tuple(sorted(found, key=lambda owed: OWED.index(owed.state)))


def _reasons(
    submissions: pd.DataFrame, findings: pd.DataFrame
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The first errors of the newest returned file, by sender and form."""
    returned = submissions[submissions["status"] == "returned"].sort_values("received_at")
    newest = returned.drop_duplicates(["provider", "form"], keep="last")
    errors = findings[(findings["severity"] == "error") & findings["is_primary"]]
    by_file = {str(key): rows for key, rows in errors.groupby("submission_id")}
    return {
        (str(row["provider"]), str(row["form"])): tuple(
            _reason(error) for error in _records(by_file[str(row["submission_id"])].head(_REASONS))
        )
        for row in _records(newest)
        if str(row["submission_id"]) in by_file
    }


def _reason(error: Mapping[str, Any]) -> str:
    place = f"Trang “{error['sheet']}”, ô {error['cell']}: " if pd.notna(error["cell"]) else ""
    return f"{place}{error['message_vi']}"


def _records(frame: pd.DataFrame) -> Iterable[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
