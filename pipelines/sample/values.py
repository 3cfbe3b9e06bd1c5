"""Values of the forms, unit by unit: they add up to the targets and keep every error rule.

Belongs here: element values of one unit. Does not belong here: registers (``registers``),
cases and files (``plan``).
"""

from __future__ import annotations

import datetime as dt

from pipelines.sample import cases
from pipelines.sample.draw import Draws, between
from pipelines.sample.setting import Setting
from pipelines.sample.targets import SampleTargets, remaining_criteria
from pipelines.sample.workdays import working_days

Value = int | float | bool | str | dt.date
Values = dict[tuple[str, str], Value]

ALL_CRITERIA = 19
NOT_APPLICABLE = "x"

# element → lowest and highest value of a unit of ordinary size
_COMMITTEE = {"qcdc_communes": (11, 17), "agencies": (5, 9), "enterprises": (3, 7)}
_AUDIENCE = {"qcdc_communes": (35, 140), "agencies": (15, 45), "enterprises": (20, 90)}
_COMMUNE_COUNTS = {
    "xa.publish_due": (14, 32),
    "xa.matters_decided": (3, 14),
    "xa.opinions_received": (25, 180),
    "xa.dialogues": (1, 4),
    "xa.contribution_days": (120, 1900),
    "xa.inspectorate_members": (5, 11),
    "xa.inspectorate_supervisions": (2, 8),
    "xa.investment_supervisions": (1, 6),
    "xa.receptions": (18, 96),
}
_VILLAGES = (9, 24)
# what a merged commune has as much of as the communes it was made of together
_GROW_WITH_LAND = (
    "xa.matters_decided",
    "xa.opinions_received",
    "xa.contribution_days",
    "xa.receptions",
)
MONEY_STEP = 500_000  # đồng: sums are entered rounded to half a million
LAND_STEP = 50  # m²
_MONTHS = 6


def leadership(unit_id: str, population: str, setting: Setting) -> Values:
    """Block A of a grassroots unit."""
    draw = setting.draw
    sessions = draw.between(1, 5, unit_id, "sessions")
    if population == "enterprises" and draw.chance(15, unit_id, "no session"):
        sessions = 0
    return {
        (unit_id, "ld.committee_consolidated"): draw.chance(75, unit_id, "consolidated"),
        (unit_id, "ld.committee_members"): draw.between(
            *_COMMITTEE[population], unit_id, "members"
        ),
        (unit_id, "ld.work_regulation_revised"): draw.chance(40, unit_id, "regulation"),
        (unit_id, "ld.programme_issued"): setting.draw_year.chance(92, unit_id, "programme"),
        (unit_id, "ld.committee_meetings"): draw.between(1, 3, unit_id, "meetings"),
        (unit_id, "ld.dissemination_sessions"): sessions,
        (unit_id, "ld.dissemination_attendance"): sessions
        * draw.between(*_AUDIENCE[population], unit_id, "audience"),
    }


def commune(unit_id: str, setting: Setting) -> Values:
    """Blocks A and B of a commune; the new-countryside part comes from the office's table."""
    draw = setting.draw
    drawn = {
        element: draw.between(low, high, unit_id, element)
        for element, (low, high) in _COMMUNE_COUNTS.items()
    }
    # villages do not come and go, and stay villages of the merged commune
    origins = setting.origins(unit_id)
    villages = sum(between(*_VILLAGES, origin, "xa.villages_total") for origin in origins)
    drawn |= {element: drawn[element] * len(origins) for element in _GROW_WITH_LAND}
    met = villages - draw.between(0, villages // 5, unit_id, "met")
    households = met * draw.between(85, 165, unit_id, "households")
    due, opinions = drawn["xa.publish_due"], drawn["xa.opinions_received"]
    drawn |= {
        "xa.publish_done": due - draw.one_of((0, 0, 0, 1, 1, 2), unit_id, "published"),
        "xa.schedule_months": draw.one_of((_MONTHS, _MONTHS, _MONTHS, 5, 4), unit_id, "months"),
        "xa.villages_total": villages,
        "xa.villages_met": met,
        "xa.households_total": households,
        "xa.households_agreed": part(draw, households, 84, 98, unit_id, "agreed"),
        "xa.opinions_accepted": part(draw, opinions, 55, 90, unit_id, "accepted"),
        "xa.contribution_money": len(origins)
        * MONEY_STEP
        * draw.between(60, 2400, unit_id, "money"),
        "xa.land_donated": draw.between(0, 42, unit_id, "land") * LAND_STEP,
    }
    own: Values = {(unit_id, element): value for element, value in drawn.items()}
    return leadership(unit_id, "qcdc_communes", setting) | own


def new_countryside(setting: Setting, targets: SampleTargets) -> Values:
    """What the new-countryside office reports of every commune (the town is no part of it)."""
    communes = setting.members("ntm_communes")
    last = [unit for unit in cases.not_recognised(setting.period) if unit in communes]
    recognised = cases.holding(communes, tuple(last), targets.ntm_recognised)
    rest = [unit for unit in last if unit not in recognised]
    rest += [unit for unit in communes if unit not in recognised and unit not in rest]
    criteria = dict.fromkeys(recognised, ALL_CRITERIA)
    criteria |= dict(zip(rest, remaining_criteria(targets, len(communes)), strict=True))
    values: Values = {}
    for unit in communes:
        values[unit, "ntm.recognised"] = unit in recognised
        values[unit, "ntm.criteria_met"] = criteria[unit]
    return values


def agency(unit_id: str, *, held: bool, late: bool, setting: Setting) -> Values:
    """Blocks A and C of an agency; a conference is one of the year, late in its second half."""
    draw, year = setting.draw, setting.draw_year
    summoned = year.between(14, 110, unit_id, "summoned") if held else 0
    due = draw.between(8, 20, unit_id, "due")
    values: Values = {
        (unit_id, "cq.conference_held"): held,
        (unit_id, "cq.conference_summoned"): summoned,
        (unit_id, "cq.conference_attended"): part(year, summoned, 86, 99, unit_id, "attended"),
        (unit_id, "cq.union_coorganised"): held,
        (unit_id, "cq.publish_due"): due,
        (unit_id, "cq.publish_done"): due - draw.one_of((0, 0, 0, 1), unit_id, "published"),
        (unit_id, "cq.democracy_regulation"): draw.chance(95, unit_id, "regulation in force"),
    }
    if held:
        values[unit_id, "cq.conference_on"] = _conference_day(unit_id, setting, 8, late=late)
    return leadership(unit_id, "agencies", setting) | values


def enterprise(unit_id: str, federation: Values, *, late: bool, setting: Setting) -> Values:
    """Blocks A and D of an enterprise; it agrees with the labour federation."""
    draw, year = setting.draw, setting.draw_year
    held = bool(federation[unit_id, "dn.conference_held"])
    usual = between(24, 640, unit_id, "workers")
    workers = draw.about(usual, unit_id, "hired")
    values: Values = {
        (unit_id, "dn.conference_held"): held,
        (unit_id, "dn.workers_total"): workers,
        (unit_id, "dn.conference_attended"): part(year, usual, 62, 96, unit_id, "at")
        if held
        else 0,
        (unit_id, "dn.dialogues"): draw.between(0, 3, unit_id, "dialogues"),
        (unit_id, "dn.democracy_regulation"): draw.chance(85, unit_id, "democracy regulation"),
        (unit_id, "dn.collective_agreement"): federation[unit_id, "dn.collective_agreement"],
        (unit_id, "dn.insurance_paid"): draw.chance(85, unit_id, "insurance"),
    }
    if held:
        values[unit_id, "dn.conference_on"] = _conference_day(unit_id, setting, 20, late=late)
    return leadership(unit_id, "enterprises", setting) | values


def labour_federation(setting: Setting, targets: SampleTargets) -> Values:
    """What the labour federation reports of every enterprise."""
    enterprises = setting.members("enterprises")
    held = cases.holding(enterprises, cases.NOT_HELD, targets.enterprises_held)
    values: Values = {}
    for unit in enterprises:
        values[unit, "dn.conference_held"] = unit in held
        values[unit, "dn.collective_agreement"] = setting.draw.chance(75, unit, "agreement")
    return values


def district(setting: Setting, targets: SampleTargets) -> Values:
    """What the offices report of the scope as a whole."""
    scope, draw = setting.scope_id, setting.draw
    values: dict[str, Value] = {
        "bcd.previous_year_reviewed": True,
        "bcd.work_regulation_revised": True,
        "bcd.programme_issued": True,
        "bcd.members_assigned": draw.between(15, 23, scope, "assigned"),
        "bcd.inspections_planned": targets.inspections,
        "nv.posts_streamlined": targets.posts,
        "mttq.social_supervisions": draw.between(12, 30, scope, "supervisions"),
        "mttq.criticism_sessions": draw.between(2, 6, scope, "criticism"),
        "mttq.models": draw.between(8, 24, scope, "models"),
    }
    if targets.merger is not None:
        before, after = targets.merger
        values |= {"nv.units_before_merger": before, "nv.units_after_merger": after}
    return {(scope, element): value for element, value in values.items()}


def part(draw: Draws, whole: int, low: int, high: int, *names: str) -> int:
    """Between ``low`` and ``high`` percent of a whole, never more than the whole."""
    return whole * draw.between(low, high, *names) // 100


def _conference_day(unit_id: str, setting: Setting, weeks: int, *, late: bool) -> dt.date:
    """A working day in the first weeks of the year, or of its second half."""
    first = setting.window_from if late else setting.year_from
    last = min(first + dt.timedelta(weeks=weeks), setting.data_to)
    return setting.draw_year.one_of(working_days(first, last), unit_id, "conference")
