"""The coordinator's master workbook: what the units sent, copied together, one cell wrongly.

Belongs here: its values and its time. Does not belong here: the files that it copies (``plan``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pipelines.sample.cases import Cases
from pipelines.sample.files import PlannedFile, hanoi_time
from pipelines.sample.setting import Request, Setting
from pipelines.sample.values import Values

FORM = "tonghop-2021"
_CHANNEL = "e-mail"
_A_DAY_BEFORE_CLOSING = dt.timedelta(days=1)
_SLIP = 10


def master_workbook(
    files: Sequence[PlannedFile], closed_at: dt.datetime, setting: Setting, cases: Cases
) -> PlannedFile | None:
    """The master workbook of a period, sent when all others had come.

    Args:
        files: Those of the other forms, in order of receipt.
        closed_at: When the period was closed.
        setting: Scope, period, units.
        cases: Says which cell is copied wrongly; without one there is no master workbook.

    Returns:
        A grid of units that sent a workbook, with what offices know better taken from theirs.
    """
    if cases.master_differs is None:
        return None
    form = setting.catalogue.forms[FORM]
    (sender,) = setting.members(form.owed_by)
    last = max(setting.requests, key=lambda request: request.due_date)
    entered = _copied(files, setting)
    key = cases.master_differs
    entered[key] = _mistaken(entered[key])
    return PlannedFile(
        request=Request(form, last.round, last.due_date, last.data_to, [sender]),
        provider=sender,
        subject=sender,
        name=f"{form.id}_{setting.period}.xlsx",
        received_at=hanoi_time(closed_at.date() - _A_DAY_BEFORE_CLOSING, 17, 10),
        channel=_CHANNEL,
        entered=entered,
    )


def _copied(files: Sequence[PlannedFile], setting: Setting) -> Values:
    """Cells of the grids: of units that sent a workbook, authorities over the units."""
    senders = {file.provider for file in files}
    own: Values = {}
    official: Values = {}
    for file in files:
        (own if file.provider in {u for u, _ in file.entered} else official).update(file.entered)
    said = own | official
    copied: Values = {}
    for sheet in setting.catalogue.forms[FORM].sheets:
        for unit in setting.members(str(sheet.population)):
            for item in sheet.elements():
                key = (unit, item.element)
                if unit in senders and key in said:
                    copied[key] = said[key]
    return copied


def _mistaken(value: object) -> int:
    if not isinstance(value, int):
        msg = f"{value!r} is not a count"
        raise TypeError(msg)
    return value + _SLIP
