"""Facts of notices: three units, one period and the one before, in a few lines."""

import datetime as dt
from typing import Any

import pandas as pd

from pipelines.catalogue.notices import load_notices
from pipelines.operations.notice_rows import NoticeFacts, notices
from pipelines.reports.leads import Lead

HANOI = dt.timezone(dt.timedelta(hours=7))
PERIOD, BEFORE = "2021-H1", "2020-H2"
DUE = dt.date(2021, 6, 4)
RECEIVED = {"returned", "accepted", "accepted_with_warnings", "unreadable"}


def at(day: int, month: int = 6) -> dt.datetime:
    """Nine o'clock on a day of 2021."""
    return dt.datetime(2021, month, day, 9, tzinfo=HANOI)


def owed(unit: str, state: str, period: str = PERIOD, **more: object) -> dict[str, object]:
    """A row of ``core.reporting``."""
    year = 2021 if period == PERIOD else 2020
    base = {
        "unit_id": unit,
        "period": period,
        "form": "xa-2021",
        "round": "estimate",
        "due_date": pd.Timestamp(DUE) if year == 2021 else pd.Timestamp("2020-12-04"),
        "state": state,
        "versions": 0 if state == "missing" else 1,
        "is_illustrative": False,
    }
    return base | more


def file_of(unit: str, status: str, number: int = 1, **more: object) -> dict[str, object]:
    """A row of ``intake.submissions``."""
    base = {
        "submission_id": f"{PERIOD}/{unit}/{number:02d}",
        "provider": unit,
        "form": "xa-2021",
        "round": "estimate",
        "received_at": pd.Timestamp(at(number)),
        "status": status,
        "is_illustrative": False,
    }
    return base | more


def receipt(unit: str, number: int = 1) -> dict[str, Any]:
    """A receipt in the journal."""
    return {"event": "received", "submission_id": f"{PERIOD}/{unit}/{number:02d}"}


def error_in(unit: str, cell: str | None, sheet: str = "Biểu 01-XA", **more: object):
    """A row of ``core.findings``."""
    base = {
        "submission_id": f"{PERIOD}/{unit}/01",
        "severity": "error",
        "is_primary": True,
        "sheet": sheet,
        "cell": cell,
    }
    return base | more


UNITS = pd.DataFrame(
    {
        "unit_id": ["xa-a", "xa-b", "xa-c", "huyen"],
        "name": ["Xã A", "Xã B", "Xã C", "Huyện"],
        "parent_id": ["huyen", "huyen", "huyen", None],
        "official_order": [2, 1, 3, 0],
    }
)
_FINDING = ["submission_id", "severity", "is_primary", "sheet", "cell"]
_FILE = list(file_of("x", "accepted"))


def facts(
    *reporting: dict[str, object],
    files: list[dict[str, object]] | None = None,
    findings: list[dict[str, object]] | None = None,
    now: dt.datetime | None = None,
    **more: Any,
) -> NoticeFacts:
    """Facts of PERIOD; by default on the day after the due date."""
    rows = list(reporting) or [owed("xa-a", "on_time")]
    given = pd.DataFrame(files or [], columns=_FILE)
    given["received_at"] = pd.to_datetime(given["received_at"], utc=True).dt.tz_convert(HANOI)
    base: dict[str, Any] = {
        "period": PERIOD,
        "label": "6 tháng đầu năm 2021",
        "now": now or at(5),
        "reporting": pd.DataFrame(rows),
        "submissions": given,
        "findings": pd.DataFrame(findings or [], columns=_FINDING),
        "units": UNITS,
        "entries": [],
        "areas": {},
        "senders": {"xa-a": "Ban Chỉ đạo huyện"},
        "form_names": {"xa-2021": "Biểu 01-XA"},
        "sheets": frozenset({"Biểu 01-XA"}),
        "remind_days": (5, 1),
    }
    return NoticeFacts(**(base | more))


def made(*reporting: dict[str, object], **more: Any) -> pd.DataFrame:
    """The notices of such facts."""
    return notices(facts(*reporting, **more), load_notices())


def told(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """Kind and unit of each."""
    return list(zip(frame["kind"], frame["unit_id"], strict=True))


LEAD = Lead("TV02", "Trưởng phòng Nội vụ", "05-TB/BCĐ")
