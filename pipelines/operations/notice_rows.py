"""Which notices are due: tables, findings, journal, clock → the table of notices.

Belongs here: who is told what, through whom, and the fingerprint that keeps a notice from being
made twice. Does not belong here: reading the tables (``notice_facts``), files (``outbox``), the
words (``catalogue/data/notices.yaml``). Pure: equal facts give equal rows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipelines.catalogue.notice_tables import NOTICE_COLUMNS, no_notices, notice_schema
from pipelines.catalogue.notices import KINDS, MARK, Notices
from pipelines.catalogue.state_words import STATUSES
from pipelines.intake.notices import calls, sent_notices
from pipelines.intake.period_states import LOCKED, is_locked, period_events
from pipelines.reports.leads import Lead, lead_of
from pipelines.vietnamese.dates import format_date

Entries = Sequence[Mapping[str, Any]]
_CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,6}")
_CELLS = 3
_SENT_BACK = ("returned", "unreadable", "refused")
_FILE = "Tệp báo cáo"


@dataclass(frozen=True)
class Failure:
    """A run that stopped, as the specialist is told: no traceback, nothing of the data.

    Attributes:
        run_id: The first run since the last good one that stopped so.
        code: Stable code of the problem.
        problem: What happened.
        action: What to do.
    """

    run_id: str
    code: str
    problem: str
    action: str


@dataclass(frozen=True)
class NoticeFacts:
    """What notices of a period follow from.

    Attributes:
        period: Key of the period.
        label: Its Vietnamese name.
        now: The clock.
        reporting: ``core.reporting``, this period's and that of ``before``.
        submissions: ``intake.submissions`` of the period.
        findings: ``core.findings`` of the period.
        units: ``ref.units``.
        entries: The journal.
        areas: Lead members by unit.
        senders: Office that writes to a unit.
        form_names: Numbers of forms.
        sheets: Names of sheets that forms have; others are a sender's words.
        remind_days: Days before the due date on which a unit is reminded.
        before: Journals of the earlier periods of the same kind, the newest first.
        failures: Runs of the period that stopped.
    """

    period: str
    label: str
    now: dt.datetime
    reporting: pd.DataFrame
    submissions: pd.DataFrame
    findings: pd.DataFrame
    units: pd.DataFrame
    entries: Entries
    areas: Mapping[str, Lead] = field(default_factory=dict)
    senders: Mapping[str, str] = field(default_factory=dict)
    form_names: Mapping[str, str] = field(default_factory=dict)
    sheets: frozenset[str] = frozenset()
    remind_days: Sequence[int] = ()
    before: Mapping[str, Entries] = field(default_factory=dict)
    failures: Sequence[Failure] = ()

    @property
    def today(self) -> pd.Timestamp:
        """The day of the clock."""
        return pd.Timestamp(self.now.date())

    @property
    def owed(self) -> pd.DataFrame:
        """What units owe in the period."""
        return self.reporting[self.reporting["period"] == self.period]


@dataclass(frozen=True)
class _Matter:
    """One thing to tell: of which kind, about whom, and what makes it this one and no other."""

    kind: str
    unit_id: str
    subject: str
    form: str = ""
    round: str = ""
    blanks: Mapping[str, str] = field(default_factory=dict)
    is_illustrative: bool = False


@dataclass(frozen=True)
class _Known:
    """Names of units, and the unit above each."""

    names: Mapping[str, str]
    parents: Mapping[str, str]

    @classmethod
    def of(cls, units: pd.DataFrame) -> _Known:
        newest = units.drop_duplicates("unit_id", keep="last").set_index("unit_id")
        above = newest["parent_id"].dropna()
        return cls(
            {str(unit): str(name) for unit, name in newest["name"].items()},
            {str(unit): str(parent) for unit, parent in above.items()},
        )


def notices(facts: NoticeFacts, said: Notices) -> pd.DataFrame:
    """The notices of a period that have not been sent.

    Args:
        facts: What they follow from.
        said: The catalogue's texts.

    Returns:
        Columns ``NOTICE_COLUMNS``, the gravest kinds first, units in official order.
    """
    told = sent_notices(facts.entries)
    known = _Known.of(facts.units)
    rows = [
        row
        for matter in _matters(facts, said)
        if (row := _row(matter, facts, said, known))["fingerprint"] not in told
    ]
    if not rows:
        return notice_schema().validate(no_notices())
    frame = pd.DataFrame(rows).astype({"is_illustrative": "bool"})
    order = facts.units.drop_duplicates("unit_id", keep="last").set_index("unit_id")
    frame["rank"] = frame["kind"].map(list(KINDS).index)
    frame["place"] = frame["unit_id"].map(order["official_order"]).fillna(0)
    by = ["rank", "place", "unit_id", "form", "round", "fingerprint"]
    kept = frame.sort_values(by, ignore_index=True)[list(NOTICE_COLUMNS)]
    return notice_schema().validate(kept)


def fingerprint(*parts: str) -> str:
    """What a notice is about in 16 hexadecimal digits."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _matters(facts: NoticeFacts, said: Notices) -> Iterator[_Matter]:
    yield from _failed(facts)
    yield from _locked(facts)
    yield from _answered(facts, said)
    if not is_locked(facts.entries):
        yield from _unanswered(facts, said)
        yield from _silent(facts, said)


def _failed(facts: NoticeFacts) -> Iterator[_Matter]:
    for each in facts.failures:
        values = {"code": each.code, "problem": each.problem, "action": each.action}
        yield _Matter("failed", "", f"{each.code} {each.run_id}", blanks=values)


def _locked(facts: NoticeFacts) -> Iterator[_Matter]:
    events = period_events(facts.entries)
    if not events or events[-1].action != LOCKED:
        return
    at = events[-1].at
    values = {"locked": format_date(dt.datetime.fromisoformat(at).date())}
    for unit, rows in facts.owed.groupby("unit_id"):
        made_up = bool(rows["is_illustrative"].any())
        yield _Matter("locked", str(unit), at, blanks=values, is_illustrative=made_up)


def _unanswered(facts: NoticeFacts, said: Notices) -> Iterator[_Matter]:
    """Reports that are not there: before the due date a reminder, after it overdue."""
    waiting = _waiting(facts)
    for row in _records(facts.owed[facts.owed["state"] == "missing"]):
        if row["unit_id"] in waiting:
            continue
        left = (row["due_date"] - facts.today).days
        due = format_date(row["due_date"])
        common = {
            "unit_id": str(row["unit_id"]),
            "form": str(row["form"]),
            "round": str(row["round"]),
            "is_illustrative": bool(row["is_illustrative"]),
        }
        if left < 0:
            values = {"due": due, "request": said.requests.missing}
            yield _Matter(kind="overdue", subject=due, blanks=values, **common)
            continue
        steps = [days for days in facts.remind_days if days >= left]
        if steps:
            subject = f"{due} -{min(steps)}"
            yield _Matter(kind="reminder", subject=subject, blanks={"due": due}, **common)


def _waiting(facts: NoticeFacts) -> set[str]:
    """Who sent a file that the tables do not know yet: nobody is told off for lack of a run."""
    known = set(facts.submissions["submission_id"])
    received = (str(e["submission_id"]) for e in facts.entries if e.get("event") == "received")
    return {each.split("/")[1] for each in received if each not in known}


def _answered(facts: NoticeFacts, said: Notices) -> Iterator[_Matter]:
    """Files that were accepted, or sent back and not followed by an accepted one."""
    late = facts.owed[facts.owed["state"] == "late"]
    late_keys = set(zip(late["unit_id"], late["form"], late["round"], strict=True))
    known = facts.submissions[facts.submissions["provider"].isin(facts.units["unit_id"])]
    errors = _errors(facts)
    for row in _records(known):
        status, key = str(row["status"]), (row["provider"], row["form"], row["round"])
        values = {"received": format_date(row["received_at"])}
        is_form = pd.notna(row["form"])
        if status in {"accepted", "accepted_with_warnings"} and is_form:
            state = "warned" if status == "accepted_with_warnings" else ""
            values["request"] = said.requests.of("late" if key in late_keys else state)
            yield _of_file("accepted", row, values)
        elif _is_to_mend(row, facts, known):
            values["request"] = said.requests.returned
            found = errors.get(str(row["submission_id"]), "theo phiếu phản hồi")
            values["errors"] = found if status == "returned" else STATUSES[status]
            yield _of_file("returned", row, values)


def _of_file(kind: str, row: Mapping[str, Any], values: Mapping[str, str]) -> _Matter:
    return _Matter(
        kind=kind,
        unit_id=str(row["provider"]),
        subject=str(row["submission_id"]),
        form=_text(row["form"]),
        round=_text(row["round"]),
        blanks=values,
        is_illustrative=bool(row["is_illustrative"]),
    )


def _is_to_mend(row: Mapping[str, Any], facts: NoticeFacts, known: pd.DataFrame) -> bool:
    """Whether a file was sent back and its sender can and must still do something about it."""
    return (
        row["status"] in _SENT_BACK
        and (pd.notna(row["form"]) or row["status"] != "returned")
        and not is_locked(facts.entries)
        and not _mended(row, known)
    )


def _mended(row: Mapping[str, Any], known: pd.DataFrame) -> bool:
    """Whether the sender has sent a later file that was accepted or is judged in its place."""
    later = known[
        (known["provider"] == row["provider"]) & (known["received_at"] > row["received_at"])
    ]
    if pd.notna(row["form"]):
        later = later[(later["form"] == row["form"]) & (later["round"] == row["round"])]
    return bool(later["status"].isin(["accepted", "accepted_with_warnings", "returned"]).any())


def _errors(facts: NoticeFacts) -> dict[str, str]:
    """How many errors a file has and where the first are: no value of the file, no words of it."""
    found = facts.findings
    found = found[(found["severity"] == "error") & found["is_primary"]]
    told = {}
    for key, rows in found.groupby("submission_id"):
        cells = [
            f"{row['sheet']} ô {row['cell']}"
            for row in _records(rows)
            if row["sheet"] in facts.sheets and _CELL.fullmatch(_text(row["cell"]))
        ]
        more = "…" if len(cells) > _CELLS else ""
        where = f" (trang {', '.join(cells[:_CELLS])}{more})" if cells else ""
        told[str(key)] = f"{len(rows):02d} lỗi{where}"
    return told


def _silent(facts: NoticeFacts, said: Notices) -> Iterator[_Matter]:
    """Units without file and answer in this period and those before it."""
    waiting = _waiting(facts)
    overdue = facts.owed["due_date"] < facts.today
    for unit_id, rows in facts.owed.groupby("unit_id"):
        unit = str(unit_id)
        if unit in waiting or not (overdue[rows.index].all() and _nothing_of(unit, rows)):
            continue
        if _spoke(unit, facts.entries, said):
            continue
        count = 1 + _silent_before(unit, facts, said)
        if count >= said.silent_periods:
            yield _Matter(
                "silent",
                unit,
                facts.period,
                blanks={"count": f"{count:02d}"},
                is_illustrative=bool(rows["is_illustrative"].any()),
            )


def _silent_before(unit: str, facts: NoticeFacts, said: Notices) -> int:
    count = 0
    for period, entries in facts.before.items():
        table = facts.reporting
        rows = table[(table["period"] == period) & (table["unit_id"] == unit)]
        if not _nothing_of(unit, rows) or _spoke(unit, entries, said):
            break
        count += 1
    return count


def _nothing_of(unit: str, rows: pd.DataFrame) -> bool:
    """Whether a unit owed something and sent nothing at all."""
    mine = rows[rows["unit_id"] == unit]
    return len(mine) > 0 and bool(((mine["state"] == "missing") & (mine["versions"] == 0)).all())


def _spoke(unit: str, entries: Entries, said: Notices) -> bool:
    """Whether a unit sent a file or answered a call."""
    if any(str(e.get("submission_id", "")).split("/")[1:2] == [unit] for e in entries):
        return True
    found = (said.outcome(call.outcome) for call in calls(entries) if call.unit_id == unit)
    return any(outcome is not None and outcome.is_answer for outcome in found)


def _row(matter: _Matter, facts: NoticeFacts, said: Notices, known: _Known) -> dict[str, Any]:
    kind = said.kind(matter.kind)
    lead = lead_of(matter.unit_id, facts.areas, known.parents)
    through = f"{lead.named}, {said.recipients['lead']}" if lead else ""
    values = {
        "unit": str(known.names.get(matter.unit_id, matter.unit_id)),
        "period": facts.label,
        "form": facts.form_names.get(matter.form, matter.form) or _FILE,
        "through": through or said.recipients["specialist"],
        "sender": f"— {office}" if (office := facts.senders.get(matter.unit_id)) else "",
        **matter.blanks,
    }
    mark = MARK if matter.is_illustrative else ""
    return {
        "period": facts.period,
        "kind": matter.kind,
        "unit_id": matter.unit_id,
        "unit": values["unit"],
        "form": matter.form,
        "round": matter.round,
        "recipient": kind.to if kind.to != "lead" or lead else "specialist",
        "lead_code": lead.code if lead else "",
        "through": through,
        "title": mark + kind.title(values),
        "text": mark + kind.text(values),
        "fingerprint": fingerprint(
            facts.period, matter.kind, matter.unit_id, matter.form, matter.round, matter.subject
        ),
        "is_illustrative": matter.is_illustrative,
    }


def _text(value: object) -> str:
    """A text of a table, "" where none stands."""
    return value if isinstance(value, str) else ""


def _records(frame: pd.DataFrame) -> Iterable[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
