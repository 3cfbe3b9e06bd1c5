"""What is planned: workbooks to be written and received, and all of them together.

Belongs here: the two shapes that plan, cases and writing share. Does not belong here: any value.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from pipelines.sample.registers import Row
from pipelines.sample.setting import Request, Setting
from pipelines.sample.targets import SampleTargets
from pipelines.sample.values import Values
from pipelines.sample.workdays import working_day_before, working_days

HANOI = dt.timezone(dt.timedelta(hours=7))


@dataclass(frozen=True)
class PlannedFile:
    """A workbook to be written and received.

    Attributes:
        request: The form, its round and dates.
        provider: Who sends it.
        subject: Whom its single sheets are about.
        name: File name without folder.
        received_at: Time of the receipt, in Hanoi.
        channel: How it came.
        entered: (unit_id, element) → value; what is absent is left blank.
        notes: (unit_id, element) → free text.
        rows: Register → rows.
        says_period_before: Whether its header names the period before.
        in_old_encoding: Whether its free text is typed in the encoding TCVN3.
    """

    request: Request
    provider: str
    subject: str
    name: str
    received_at: dt.datetime
    channel: str
    entered: Values
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    says_period_before: bool = False
    in_old_encoding: bool = False


@dataclass(frozen=True)
class SamplePlan:
    """Everything that the sample holds, before a byte is written.

    Attributes:
        setting: What is answered.
        targets: What it adds up to.
        opened_at: Time of the journal's first line.
        closed_at: Time of the journal's last line.
        files: In order of receipt; later ones of a provider replace earlier ones.
    """

    setting: Setting
    targets: SampleTargets
    opened_at: dt.datetime
    closed_at: dt.datetime
    files: list[PlannedFile]


def days_to_send(request: Request) -> list[dt.date]:
    """The working days after the cut-off and not after the due date; one at least."""
    first = min(request.data_to + dt.timedelta(days=1), request.due_date)
    days = working_days(first, request.due_date)
    return days or [working_day_before(request.due_date)]


def hanoi_time(day: dt.date, hour: int, minute: int) -> dt.datetime:
    """A time of day in Hanoi."""
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=HANOI)
