"""Which step of which period is due: opened, reminded, closed, locked from its requests' dates.

Belongs here: dates and states → steps, in order; no clock, no file. Does not belong here: how many
days (``catalogue/data/calendar.yaml``), taking a step (``automation``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from pipelines.catalogue.calendar import CalendarRules
from pipelines.intake.period_states import LOCKED, NEVER_OPENED, PeriodEvent

Action = Literal["open", "remind", "close", "lock"]
_ORDER: dict[str, int] = {"open": 0, "remind": 1, "close": 2, "lock": 3}
# the last line of a period → what of it the calendar still has to do
_LEFT: dict[str, tuple[Action, ...]] = {
    NEVER_OPENED: ("open", "close", "lock"),
    "open": ("close", "lock"),
    "close": ("lock",),
    LOCKED: (),
}


@dataclass(frozen=True)
class Step:
    """A step that is due.

    Attributes:
        period: Key of the period.
        action: ``open``, ``remind``, ``close`` or ``lock``.
        on: The day in Hanoi from whose first hour on it is due.
        why: The reason, as the journal keeps it.
    """

    period: str
    action: Action
    on: dt.date
    why: str


def due_steps(
    requests: pd.DataFrame,
    events: Mapping[str, Sequence[PeriodEvent]],
    now: dt.datetime,
    rules: CalendarRules,
) -> list[Step]:
    """The steps that are due and not taken, in the order in which they are to be taken.

    Args:
        requests: ``ref.requests``: columns period, due_date are looked at.
        events: What has happened to each period (``period_events``); a period that is not there
            was never opened.
        now: The time in Hanoi.
        rules: How many days.

    Returns:
        By day, then opened before reminded before closed before locked, then by key. Of a period
        that was ever reopened, nothing: people decide about it. A reminder is due on its day and
        not made up for; while the period is open.
    """
    today = now.date()
    steps = [
        step
        for period, group in requests.groupby("period", sort=True)
        for step in _of_period(
            str(period), _days(group["due_date"]), events.get(str(period), ()), today, rules
        )
        if step.on <= today
    ]
    return sorted(steps, key=lambda step: (step.on, _ORDER[step.action], step.period))


def _days(dates: pd.Series) -> list[dt.date]:
    return sorted(pd.Timestamp(day).date() for day in dates.dropna().unique())


def _of_period(
    period: str,
    due: list[dt.date],
    events: Sequence[PeriodEvent],
    today: dt.date,
    rules: CalendarRules,
) -> Iterator[Step]:
    if not due or any(event.action == "reopen" for event in events):
        return
    if (today - due[-1]).days > rules.look_back_days:
        return
    state = events[-1].action if events else NEVER_OPENED
    for action in _LEFT[state]:
        step = _step(period, action, due, rules)
        if step is not None:
            yield step
    if "close" in _LEFT[state]:
        yield from _reminders(period, due, today, rules)


def _step(period: str, action: Action, due: list[dt.date], rules: CalendarRules) -> Step | None:
    first, last = due[0], due[-1]
    closing = last + dt.timedelta(days=rules.grace_days + 1)
    if action == "open":
        on = first - dt.timedelta(days=rules.open_days_before)
        return Step(
            period, action, on, f"trước hạn nộp {_told(first)} {rules.open_days_before} ngày"
        )
    if action == "close":
        why = f"hết {rules.grace_days} ngày chờ sau hạn nộp {_told(last)}"
        return Step(period, action, closing, why)
    if rules.lock_after_days is None:
        return None
    on = closing + dt.timedelta(days=rules.lock_after_days)
    return Step(period, action, on, f"hết {rules.lock_after_days} ngày sau khi đóng kỳ")


def _reminders(
    period: str, due: list[dt.date], today: dt.date, rules: CalendarRules
) -> Iterator[Step]:
    for day in due:
        for before in rules.remind_days_before:
            if day - dt.timedelta(days=before) == today:
                why = f"còn {before} ngày đến hạn nộp {_told(day)}"
                yield Step(period, "remind", today, why)


def _told(day: dt.date) -> str:
    return day.strftime("%d/%m/%Y")
