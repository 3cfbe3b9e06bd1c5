"""The coordinator's master workbook: what the units sent, copied together, one cell wrongly.

Belongs here: its values and its time. Does not belong here: the files that it copies (``plan``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pipelines.catalogue.model import Form
from pipelines.sample.files import PlannedFile, hanoi_time
from pipelines.sample.setting import Request, Setting
from pipelines.sample.values import Values
from pipelines.sample.workdays import working_day_before

_COPIED_BY = "steering_committee"
_CHANNEL = "e-mail"
_A_DAY = dt.timedelta(days=1)
_SLIP = 10


def is_master(form: Form, setting: Setting) -> bool:
    """Whether a form copies together what units sent: grids of the committee's own."""
    grids = [sheet for sheet in form.sheets if sheet.layout == "grid"]
    return setting.role(form) == _COPIED_BY and len(grids) == len(form.sheets)


def master_workbook(
    files: Sequence[PlannedFile], closed_at: dt.datetime, setting: Setting
) -> PlannedFile | None:
    """The master workbook of a period, sent when all others had come.

    Args:
        files: Those of the other forms, in order of receipt.
        closed_at: When the period was closed.
        setting: Scope, period, units; its cases say which cell is copied wrongly.

    Returns:
        A grid of units that sent a workbook, with what offices know better taken from theirs.
        None where it is not asked for and no cell is to be copied wrongly.
    """
    forms = [form for form in setting.catalogue.forms.values() if is_master(form, setting)]
    asked = [request.form for request in setting.requests if request.form in forms]
    key = setting.cases.master_differs
    if key is None and not asked:
        return None
    form = next(
        form for form in [*asked, *forms] if form in asked or form.in_force(setting.data_to)
    )
    (sender,) = setting.members(form.owed_by)
    last = max(setting.requests, key=lambda request: request.due_date)
    entered = _copied(files, form, setting)
    if key in entered:
        entered[key] = _mistaken(entered[key])
    return PlannedFile(
        request=Request(form, last.round, last.due_date, last.data_to, [sender]),
        provider=sender,
        subject=sender,
        name=f"{form.id}_{setting.period}.xlsx",
        received_at=hanoi_time(working_day_before(closed_at.date() - _A_DAY), 17, 10),
        channel=_CHANNEL,
        entered=entered,
    )


def _copied(files: Sequence[PlannedFile], form: Form, setting: Setting) -> Values:
    """Cells of the grids: of units that sent a workbook, authorities over the units."""
    senders = {file.provider for file in files}
    own: Values = {}
    official: Values = {}
    for file in files:
        (own if file.provider in {u for u, _ in file.entered} else official).update(file.entered)
    said = own | official
    copied: Values = {}
    for sheet in form.sheets:
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
