"""Which workbooks are sent, when, and what stands in them: clean ones and the special cases.

Belongs here: putting values into files, the cases of ``cases``, the times of receipt.
Does not belong here: single values (``values``, ``registers``), writing (``write``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipelines.sample import cases
from pipelines.sample.draw import between, one_of
from pipelines.sample.registers import Row, dossiers, inspections
from pipelines.sample.setting import Request, Setting
from pipelines.sample.targets import SampleTargets, check_targets
from pipelines.sample.values import (
    ALL_CRITERIA,
    NOT_APPLICABLE,
    Value,
    Values,
    agency,
    commune,
    district,
    enterprise,
    labour_federation,
    new_countryside,
)
from pipelines.sample.workdays import working_days

HANOI = dt.timezone(dt.timedelta(hours=7))
CHANNELS = ("e-mail", "e-mail", "trục liên thông văn bản")
HOURS = (7, 8, 9, 10, 13, 14, 15, 16)
OPENED_BEFORE_DUE = dt.timedelta(days=11)
CLOSED_AFTER_DUE = dt.timedelta(days=6)


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


def plan_values(targets: SampleTargets, setting: Setting) -> SamplePlan:
    """Plan every workbook of the sample.

    Args:
        targets: Totals to add up to.
        setting: Scope, period, requests, units.

    Returns:
        The plan; equal arguments give an equal plan.

    Raises:
        SampleError: A total cannot be met.
    """
    check_targets(targets, setting)
    known = _Known(setting, targets)
    files = [
        version
        for request in setting.requests
        for provider in request.senders
        if provider != cases.NEVER_SENDS
        for version in _versions(_clean(request, provider, known))
    ]
    return SamplePlan(
        setting,
        targets,
        _at(setting.due_date - OPENED_BEFORE_DUE, 8, 0),
        _at(setting.due_date + CLOSED_AFTER_DUE, 8, 0),
        sorted(files, key=lambda file: (file.received_at, file.provider, file.name)),
    )


class _Known:
    """What more than one file must agree on, worked out once."""

    def __init__(self, setting: Setting, targets: SampleTargets) -> None:
        agencies = setting.members("agencies")
        self.setting = setting
        self.targets = targets
        self.communes = new_countryside(setting, targets)
        self.enterprises = labour_federation(setting, targets)
        self.agencies_held = cases.holding(agencies, cases.NOT_HELD, targets.agencies_held)
        self.district = district(setting, targets)

    def values(self, form: str, provider: str) -> Values:
        """Values that a provider knows; the form takes the ones that it asks."""
        setting = self.setting
        makers = {
            "qcdc_communes": lambda: commune(provider) | self._countryside(provider),
            "agencies": lambda: agency(
                provider, held=provider in self.agencies_held, setting=setting
            ),
            "enterprises": lambda: enterprise(provider, self.enterprises, setting),
            "ntm_office": lambda: self.communes,
            "labour_federation": lambda: self.enterprises,
        }
        return makers.get(form, lambda: self.district)()

    def rows(self, register: str) -> list[Row]:
        """Rows of a register."""
        makers = {"dossiers": dossiers, "inspections": inspections}
        return makers[register](self.setting, self.targets)

    def _countryside(self, provider: str) -> Values:
        names = ("ntm.recognised", "ntm.criteria_met")
        return {
            (provider, name): self.communes.get((provider, name), NOT_APPLICABLE) for name in names
        }


def _clean(request: Request, provider: str, known: _Known) -> PlannedFile:
    """The workbook of a sender without any case."""
    form, setting = request.form, known.setting
    asked = {item.element for item in form.elements()} - cases.UNKNOWN
    values = known.values(form.owed_by, provider)
    about_scope = any(sheet.subject == "scope" for sheet in form.sheets)
    return PlannedFile(
        request=request,
        provider=provider,
        subject=setting.scope_id if about_scope else provider,
        name=f"{form.id}_{setting.period}.xlsx",
        received_at=_on_time(request, provider),
        channel=one_of(CHANNELS, provider, "channel"),
        entered={key: value for key, value in values.items() if key[1] in asked},
        rows={
            sheet.register_id: known.rows(sheet.register_id)
            for sheet in form.sheets
            if sheet.register_id is not None
        },
    )


def _on_time(request: Request, provider: str) -> dt.datetime:
    """A working hour after the cut-off and not after the due date."""
    first = min(request.data_to + dt.timedelta(days=1), request.due_date)
    day = one_of(working_days(first, request.due_date), provider, "day")
    return _at(day, one_of(HOURS, provider, "hour"), between(0, 59, provider, "minute"))


def _at(day: dt.date, hour: int, minute: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=HANOI)


def _versions(clean: PlannedFile) -> Iterator[PlannedFile]:
    """The files that a sender really sends, in order."""
    sender, due = clean.provider, clean.request.due_date
    if sender == cases.CORRECTS[0]:
        a_zero_too_many = _count(clean, cases.CORRECTS[1]) * 10
        yield from _twice(_with(clean, cases.CORRECTS, a_zero_too_many), clean, due)
    elif sender == cases.RETURNED[0]:
        too_many = _count(clean, cases.RETURNED[2]) + 3
        yield from _twice(_with(clean, cases.RETURNED[:2], too_many), clean, due)
    elif sender == cases.SENT_TWICE:
        again = replace(clean, name=_named(clean, "gui_lai"))
        yield from _twice(clean, again, due)
    elif sender == cases.INCOMPLETE[0]:
        yield replace(
            clean, entered={k: v for k, v in clean.entered.items() if k != cases.INCOMPLETE}
        )
    elif sender == cases.DISAGREES[0]:
        official = _count(clean, cases.DISAGREES[1])
        own = official + 1 if official < ALL_CRITERIA - 1 else official - 1
        yield _with(clean, cases.DISAGREES, own)
    elif sender == cases.NOTED[0]:
        yield replace(clean, notes={cases.NOTED: _note(clean)})
    elif sender in cases.LATE:
        day = due + dt.timedelta(days=cases.LATE[sender])
        yield replace(clean, received_at=_moved(clean, day))
    else:
        yield clean


def _with(file: PlannedFile, key: tuple[str, ...], value: Value) -> PlannedFile:
    unit, element = key
    return replace(file, entered=file.entered | {(unit, element): value})


def _named(file: PlannedFile, suffix: str) -> str:
    return file.name.replace(".xlsx", f"_{suffix}.xlsx")


def _twice(first: PlannedFile, second: PlannedFile, due: dt.date) -> Iterator[PlannedFile]:
    """Two receipts of one sender: three days before the due date, and on it."""
    yield replace(first, received_at=_moved(first, due - dt.timedelta(days=3)))
    name = second.name if second.name != first.name else _named(second, "lan2")
    yield replace(second, name=name, received_at=_moved(second, due))


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
