"""The optional sheets of agencies and enterprises, of block A and of the offices.

Belongs here: parts, sums and pairs of one unit. Does not belong here: the core of the forms
(``values``), communes (``details``), register rows (``own_registers``).
"""

from __future__ import annotations

import datetime as dt

from pipelines.sample.draw import between, chance
from pipelines.sample.setting import Setting
from pipelines.sample.targets import SampleTargets
from pipelines.sample.values import Value, Values, part
from pipelines.sample.workdays import working_days
from pipelines.vietnamese.numbers import round_half_up

_STATE_OWNED, _OTHER = "Doanh nghiệp nhà nước", "Doanh nghiệp khác"
# members of the workers' side by number of workers (Nghị định 145/2020, Điều 38)
_SIDE = ((50, 3), (150, 4), (300, 9), (500, 14), (1000, 19))
_SIDE_LARGEST = 24


def leadership_details(unit_id: str, core: Values, setting: Setting) -> Values:
    """Block A in detail: papers, inspections, rewards, models of a grassroots unit."""
    draw, year = setting.draw, setting.draw_year
    members = _count(core, unit_id, "ld.committee_members")
    models = draw.between(0, 3, unit_id, "models registered")
    own: dict[str, Value] = {
        "ld.documents_issued": draw.between(2, 14, unit_id, "documents"),
        "ld.members_assigned": members - draw.between(0, 2, unit_id, "members assigned"),
        "ld.rewards_collective": draw.between(0, 3, unit_id, "rewards"),
        "ld.rewards_individual": draw.between(0, 7, unit_id, "rewarded"),
        "ld.models_registered": models,
        "ld.models_recognised": part(draw, models, 0, 100, unit_id, "models recognised"),
    }
    planned = year.chance(85, unit_id, "plan")
    own["ld.inspection_plan_issued"] = planned
    checks = year.between(1, 4, unit_id, "checks") if planned else 0
    supervisions = year.between(0, 3, unit_id, "supervisions") if planned else 0
    own |= {
        "ld.inspections_planned": checks,
        "ld.inspections_done": _done(checks, unit_id, "checks done", setting),
        "ld.supervisions_planned": supervisions,
        "ld.supervisions_done": _done(supervisions, unit_id, "supervisions done", setting),
    }
    if core[unit_id, "ld.programme_issued"]:
        own["ld.programme_number"] = f"{between(2, 38, unit_id, 'number'):02d}/CTr-BCĐ"
        own["ld.programme_on"] = _early_in_the_year(unit_id, "programme", setting)
    return {(unit_id, element): value for element, value in own.items()}


def _done(planned: int, unit_id: str, name: str, setting: Setting) -> int:
    """Of a plan of the year, what the period did; both halves together stay within the plan."""
    most = planned // 2 if setting.is_second_half else (planned + 1) // 2
    return setting.draw.between(0, most, unit_id, name)


def _early_in_the_year(unit_id: str, name: str, setting: Setting) -> dt.date:
    days = working_days(dt.date(setting.year, 1, 4), dt.date(setting.year, 3, 19))
    return setting.draw_year.one_of(days, unit_id, name)


def agency_details(unit_id: str, core: Values, setting: Setting) -> Values:
    """Block C in detail."""
    draw, year = setting.draw, setting.draw_year
    summoned = _count(core, unit_id, "cq.conference_summoned")
    staff = (summoned or between(14, 110, unit_id, "summoned")) + year.between(
        0, 6, unit_id, "staff"
    )
    declaring = part(year, staff, 20, 60, unit_id, "declaring")
    inspectorate = chance(70, unit_id, "inspectorate")
    supervisions = draw.between(1, 3, unit_id, "inspectorate supervisions")
    own: dict[str, Value] = {
        "cq.staff_total": staff,
        "cq.conference_due": True,
        "cq.spending_regulation": draw.chance(97, unit_id, "spending"),
        "cq.asset_regulation": draw.chance(90, unit_id, "assets"),
        "cq.conduct_code": draw.chance(88, unit_id, "conduct"),
        "cq.consultations": draw.between(2, 9, unit_id, "consultations"),
        "cq.dialogues": draw.between(0, 2, unit_id, "dialogues"),
        "cq.inspectorate": inspectorate,
        "cq.inspectorate_members": between(1, 2, unit_id, "inspectors") * 2 + 1
        if inspectorate
        else 0,
        "cq.inspectorate_supervisions": supervisions if inspectorate else 0,
        "cq.asset_declarations_due": declaring,
        "cq.asset_declarations_done": declaring - year.one_of((0, 0, 0, 1), unit_id, "declared"),
        "cq.disciplined": draw.one_of((0, 0, 0, 0, 0, 1), unit_id, "disciplined"),
        "cq.head_receptions": draw.between(2, 24, unit_id, "head receptions"),
    }
    return {(unit_id, element): value for element, value in own.items()}


def enterprise_details(unit_id: str, core: Values, setting: Setting) -> Values:
    """Block D in detail."""
    draw, year = setting.draw, setting.draw_year
    held = bool(core[unit_id, "dn.conference_held"])
    dialogues = _count(core, unit_id, "dn.dialogues")
    requested = draw.one_of((0, 0, 1), unit_id, "requested") if dialogues > 1 else 0
    case = draw.one_of((0, 0, 0, 1), unit_id, "case") if dialogues > 2 else 0
    raised = (dialogues + held) * draw.between(3, 14, unit_id, "raised")
    state_owned = chance(30, unit_id, "state owned")
    disputes = draw.one_of((0, 0, 0, 0, 1), unit_id, "disputes")
    own: dict[str, Value] = {
        "dn.kind": _STATE_OWNED if state_owned else _OTHER,
        "dn.dialogues_periodic": dialogues - requested - case,
        "dn.dialogues_requested": requested,
        "dn.dialogues_case": case,
        "dn.worker_members": _side(between(24, 640, unit_id, "workers")),
        "dn.opinions_raised": raised,
        "dn.opinions_answered": part(draw, raised, 80, 100, unit_id, "answered"),
        "dn.conference_resolutions": year.between(3, 9, unit_id, "resolutions") if held else 0,
        "dn.resolution_checked": held and draw.chance(80, unit_id, "checked"),
        "dn.wage_scale_published": draw.chance(92, unit_id, "wage scale"),
        "dn.disputes": disputes,
        "dn.strikes": 0,
    }
    if core[unit_id, "dn.collective_agreement"]:
        own["dn.agreement_sent"] = draw.chance(92, unit_id, "agreement sent")
    if state_owned:
        own["dn.inspectorate"] = draw.chance(80, unit_id, "inspectorate")
    return {(unit_id, element): value for element, value in own.items()}


def _side(workers: int) -> int:
    return next((members for below, members in _SIDE if workers < below), _SIDE_LARGEST)


def district_details(
    core: Values, supervised: int, setting: Setting, targets: SampleTargets
) -> Values:
    """What the steering committee and the home affairs office report of the scope beyond the core.

    Args:
        core: The offices' core values.
        supervised: Supervisions in the plan of the year; all others are inspections.
        setting: Scope and period.
        targets: Totals.
    """
    scope, draw = setting.scope_id, setting.draw
    assigned = _count(core, scope, "bcd.members_assigned")
    members = assigned + draw.between(0, 3, scope, "members")
    own: dict[str, Value] = {
        "bcd.members": members,
        "bcd.members_assigned_rate": round_half_up(assigned * 100 / members, 2),
        "bcd.meetings": draw.between(1, 3, scope, "meetings"),
        "bcd.documents_issued": draw.between(5, 16, scope, "documents"),
        "bcd.checks_planned": targets.inspections - supervised,
        "bcd.supervisions_planned": supervised,
        "nv.posts_streamlined_total": targets.posts_before + targets.posts,
        "nv.organisation_changes": 0 if targets.merged is None else 1,
    }
    for name, kind in (("work_regulation", "QC"), ("programme", "CTr"), ("inspection_plan", "KH")):
        number = between(2, 40, scope, name, str(setting.year))
        own[f"bcd.{name}_number"] = f"{number:02d}/{kind}-BCĐ"
        own[f"bcd.{name}_on"] = _early_in_the_year(scope, name, setting)
    if targets.merged is not None:
        days = working_days(setting.window_from, setting.data_to)
        own["nv.organisation_decision_number"] = f"{between(200, 900, scope, 'merged')}/QĐ-UBND"
        own["nv.organisation_decision_on"] = draw.one_of(days, scope, "merger")
    return {(scope, element): value for element, value in own.items()}


def _count(core: Values, unit_id: str, element: str) -> int:
    value = core[unit_id, element]
    if not isinstance(value, int):
        msg = f"{element} of {unit_id} is {value!r}, not a count"
        raise TypeError(msg)
    return value
