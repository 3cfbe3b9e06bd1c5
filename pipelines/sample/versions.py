"""The files that a sender really sends: the clean one, or what its special case makes of it.

Belongs here: carrying out the cases. Does not belong here: which unit is which case (``cases``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from pipelines.sample.cases import Cases
from pipelines.sample.files import PlannedFile, days_to_send, hanoi_time
from pipelines.sample.values import ALL_CRITERIA, Value
from pipelines.sample.workdays import working_day_after

_BETWEEN = 4  # working days from a first receipt to the second, both counted
_EARLY = 6


def versions(clean: PlannedFile, cases: Cases) -> Iterator[PlannedFile]:
    """The files of a sender, in order.

    Args:
        clean: Its workbook without any case.
        cases: The cases of the period.
    """
    sender, due = clean.provider, clean.request.due_date
    if sender == cases.never_sends:
        return
    if sender == cases.sent_twice:
        yield from _twice(clean, replace(clean, name=_named(clean, "gui_lai")))
    elif (first := _wrong_at_first(clean, cases)) is not None:
        yield from _twice(first, clean)
    elif sender in cases.late:
        day = working_day_after(due + dt.timedelta(days=cases.late[sender]))
        yield replace(clean, received_at=_moved(clean, day))
    else:
        yield _changed(clean, cases)


def _wrong_at_first(clean: PlannedFile, cases: Cases) -> PlannedFile | None:
    """What a sender sends first and corrects afterwards, if it does."""
    sender = clean.provider
    if sender == cases.wrong_period:
        return replace(clean, says_period_before=True)
    if cases.corrects is not None and sender == cases.corrects[0]:
        a_zero_too_many = _count(clean, cases.corrects[1]) * 10
        return _with(clean, cases.corrects, a_zero_too_many)
    if cases.returned is not None and sender == cases.returned[0]:
        too_many = _count(clean, cases.returned[2]) + 3
        return _with(clean, cases.returned[:2], too_many)
    return None


def _changed(clean: PlannedFile, cases: Cases) -> PlannedFile:
    """What a sender sends once, and leaves so."""
    sender = clean.provider
    if cases.incomplete is not None and sender == cases.incomplete[0]:
        entered = {k: v for k, v in clean.entered.items() if k != cases.incomplete}
        return replace(clean, entered=entered)
    if cases.disagrees is not None and sender == cases.disagrees[0]:
        official = _count(clean, cases.disagrees[1])
        own = official + 1 if official < ALL_CRITERIA - 1 else official - 1
        return _with(clean, cases.disagrees, own)
    if cases.noted is not None and sender == cases.noted[0]:
        return replace(clean, notes={cases.noted: _note(clean)})
    if sender == cases.old_encoding:
        return replace(clean, in_old_encoding=True)
    return clean


def _with(file: PlannedFile, key: tuple[str, ...], value: Value) -> PlannedFile:
    unit, element = key
    return replace(file, entered=file.entered | {(unit, element): value})


def _named(file: PlannedFile, suffix: str) -> str:
    return file.name.replace(".xlsx", f"_{suffix}.xlsx")


def _twice(first: PlannedFile, second: PlannedFile) -> Iterator[PlannedFile]:
    """Two receipts of one sender: some days before the due date, and on it."""
    days = days_to_send(first.request)[-_BETWEEN:]
    name = second.name if second.name != first.name else _named(second, "lan2")
    # the same hour on both days; where there is one day the first comes early in the morning
    early = _moved(first, days[0]) if len(days) > 1 else hanoi_time(days[0], _EARLY, 0)
    yield replace(first, received_at=early)
    yield replace(second, name=name, received_at=_moved(second, days[-1]))


def _moved(file: PlannedFile, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, file.received_at.timetz())


def _note(file: PlannedFile) -> str:
    absent = _count(file, "cq.conference_summoned") - _count(file, "cq.conference_attended")
    return f"Vắng {absent:02d} người do đi tập huấn, nghỉ phép"


def _count(file: PlannedFile, element: str) -> int:
    """A count that a sender reports about itself."""
    value = file.entered[file.provider, element]
    if not isinstance(value, int):
        msg = f"{element} of {file.provider} is {value!r}, not a count"
        raise TypeError(msg)
    return value
