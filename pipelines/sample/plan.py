"""Which workbooks are sent, and when: clean ones and the special cases of the period.

Belongs here: putting values into files, the times of receipt. Does not belong here: who knows
what (``known``), what a case does to a file (``versions``), writing (``write``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pipelines.sample.cases import is_unknown
from pipelines.sample.draw import between, one_of
from pipelines.sample.files import PlannedFile, SamplePlan, days_to_send, hanoi_time
from pipelines.sample.fill_in import filled_in
from pipelines.sample.known import Known
from pipelines.sample.master import is_master, master_workbook
from pipelines.sample.setting import Request, Setting
from pipelines.sample.targets import SampleTargets, check_targets
from pipelines.sample.values import Values
from pipelines.sample.versions import versions
from pipelines.sample.workdays import working_day_after, working_day_before

CHANNELS = ("e-mail", "e-mail", "trục liên thông văn bản")
HOURS = (7, 8, 9, 10, 13, 14, 15, 16)
OPENED_BEFORE_DUE = dt.timedelta(days=11)
CLOSED_AFTER_DUE = dt.timedelta(days=6)
_SECOND_ROUND = "_chinh-thuc"
_NO_MERGER = "Trong kỳ không có đơn vị hợp nhất"


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
    rounds = setting.rounds()
    files = sorted(
        (file for each in rounds for file in _sent(each, targets.as_known_to(each))),
        key=lambda file: (file.received_at, file.provider, file.name),
    )
    last = max([setting.due_date, *(file.received_at.date() for file in files)])
    closed_at = hanoi_time(_closing_day(setting, last), 8, 0)
    master = master_workbook(files, closed_at, rounds[-1])
    due = min(request.due_date for request in setting.requests)
    return SamplePlan(
        setting,
        targets,
        hanoi_time(working_day_before(due - OPENED_BEFORE_DUE), 8, 0),
        closed_at,
        files if master is None else [*files, master],
    )


def _closing_day(setting: Setting, last_receipt: dt.date) -> dt.date:
    """Some days after the due date, later where receipts came until then."""
    day = setting.due_date + CLOSED_AFTER_DUE
    return working_day_after(max(day, last_receipt + dt.timedelta(days=1)))


def _sent(setting: Setting, targets: SampleTargets) -> Iterator[PlannedFile]:
    """The workbooks of a round; what goes wrong goes wrong in the first one."""
    known = Known(setting, targets)
    for request in setting.requests:
        if is_master(request.form, setting):
            continue
        for provider in request.senders:
            clean = _clean(request, provider, known)
            yield from versions(clean, setting.cases)
    if (unit := setting.cases.abolished) is not None:
        owed = [request for request in setting.requests if setting.role(request.form) == "commune"]
        yield from (_clean(request, unit, known) for request in owed)


def _clean(request: Request, provider: str, known: Known) -> PlannedFile:
    """The workbook of a sender without any case but what it leaves blank."""
    form, setting = request.form, known.setting
    blank = setting.cases.left_blank.get(provider, ())
    asked = {
        item.element
        for item in form.elements()
        if not is_unknown(item.element) and not item.element.startswith(blank)
    }
    given = known.values(setting.role(form), provider)
    values = {**given, **_not_given(request, provider, given, known)}
    registers = [sheet.register_id for sheet in form.sheets if sheet.register_id is not None]
    rows = {register: known.rows(register, provider, values) for register in registers}
    about_scope = any(sheet.subject == "scope" for sheet in form.sheets)
    return PlannedFile(
        request=request,
        provider=provider,
        subject=setting.scope_id if about_scope else provider,
        name=f"{form.id}_{setting.period}{_SECOND_ROUND if setting.is_second_round else ''}.xlsx",
        received_at=_on_time(request, provider),
        channel=one_of(CHANNELS, provider, "channel"),
        entered={key: value for key, value in values.items() if key[1] in asked},
        notes=_notes(known, asked),
        rows={register: found for register, found in rows.items() if found},
    )


def _not_given(request: Request, provider: str, given: Values, known: Known) -> Values:
    """Values of elements that nobody in the sample knows, by every unit that is asked about."""
    setting, found = known.setting, Values()
    for sheet in request.form.sheets:
        asked = [item.element for item in sheet.elements() if not is_unknown(item.element)]
        alone = [setting.scope_id if sheet.subject == "scope" else provider]
        for unit in setting.members(sheet.population) if sheet.population else alone:
            found |= filled_in(unit, asked, given | found, setting)
    return found


def _notes(known: Known, asked: set[str]) -> dict[tuple[str, str], str]:
    """Why the home affairs office leaves cells blank."""
    element = "nv.units_before_merger"
    if known.targets.merger is not None or element not in asked:
        return {}
    return {(known.setting.scope_id, element): _NO_MERGER}


def _on_time(request: Request, provider: str) -> dt.datetime:
    """A working hour after the cut-off and not after the due date."""
    day = one_of(days_to_send(request), provider, "day")
    return hanoi_time(day, one_of(HOURS, provider, "hour"), between(0, 59, provider, "minute"))
