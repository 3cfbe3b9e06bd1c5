"""What the forms of Luật 10/2022/QH15 ask beyond those before: details that agree with the core.

Belongs here: parts, sums and pairs of one unit by the articles of the law. Does not belong here:
the forms of Pháp lệnh 34/2007 (``details``, ``workplaces``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from pipelines.sample.draw import between, chance, one_of, split
from pipelines.sample.setting import Setting
from pipelines.sample.values import NOT_APPLICABLE, Value, Values, part

_IN_FORCE = dt.date(2023, 7, 1)
_NO_UNIONS = dt.date(2025, 7, 1)  # in administrative agencies
_ITEMS = 14  # clauses of art. 11
_DECIDED = ("contribution", "spending", "conventions", "heads", "boards", "selfgoverning")
_CONSULTED = (
    *("plan", "land", "investment", "units", "community"),
    *("construction", "regulation", "duties", "other"),
)
_MEANS = ("documents", "dialogue", "contact", "organisations", "networks")
_HOUSEHOLDS, _PEOPLE = (95, 150), (380, 430)  # households of a village; people of 100 households
_STATE_OWNED = "Doanh nghiệp nhà nước"


def commune_by_law(unit_id: str, known: Values, setting: Setting) -> Values:
    """Elements of a commune that Luật 10/2022/QH15 brought.

    Args:
        unit_id: The commune.
        known: Its other values.
        setting: The period.
    """
    said = {element: value for (unit, element), value in known.items() if unit == unit_id}
    own = {
        **_published(unit_id, said, setting),
        **_decided(unit_id, said, setting),
        **_supervised(unit_id, said, setting),
        **_benefits(unit_id, said, setting),
    }
    if setting.data_to >= _IN_FORCE:  # every village elects a member, though not all at once
        absent = setting.draw_year.one_of((0, 0, 0, 0, 0, 0, 1), unit_id, "seats")
        own["xa.inspectorate_members"] = max(5, _count(said, "xa.villages_total") - absent)
    return {(unit_id, element): value for element, value in own.items()}


def _published(unit_id: str, said: Mapping[str, Value], setting: Setting) -> dict[str, Value]:
    draw, done = setting.draw, _count(said, "xa.publish_done")
    weights = [draw.between(1, 6, unit_id, "item", str(n)) for n in range(_ITEMS)]
    items = enumerate(split(done, weights), start=1)
    return {
        **{f"xa.published_{n:02d}": count for n, count in items},
        **{f"xa.publish_{name}": part(draw, done, 5, 45, unit_id, name) for name in _MEANS},
        "xa.publish_under_days": draw.one_of((0, 0, 0, 0, 1), unit_id, "under days"),
        "xa.quarterly_lists": draw.one_of((2, 2, 2, 1), unit_id, "quarterly lists"),
        "xa.publish_plan_issued": setting.draw_year.chance(85, unit_id, "publication plan"),
        "xa.council_reports": draw.one_of((1, 1, 1, 2, 0), unit_id, "council"),
    }


def _decided(unit_id: str, said: Mapping[str, Value], setting: Setting) -> dict[str, Value]:
    draw = setting.draw
    decided, drafts = _count(said, "xa.matters_decided"), _count(said, "xa.drafts_consulted")
    matters = [draw.between(1, 6, unit_id, "decided", name) for name in _DECIDED]
    asked = [draw.between(1, 6, unit_id, "consulted", name) for name in _CONSULTED]
    return {
        **{
            f"xa.decided_{name}": count
            for name, count in zip(_DECIDED, split(decided, matters), strict=True)
        },
        **{
            f"xa.consulted_{name}": count
            for name, count in zip(_CONSULTED, split(drafts, asked), strict=True)
        },
        "xa.decisions_short": draw.one_of((0, 0, 0, 0, 0, 1), unit_id, "short"),
        "xa.decisions_sent_late": draw.one_of((0, 0, 0, 1), unit_id, "sent late"),
        "xa.consult_under_days": draw.one_of((0, 0, 0, 0, 1), unit_id, "consulted shortly"),
    }


def _supervised(unit_id: str, said: Mapping[str, Value], setting: Setting) -> dict[str, Value]:
    draw, decided = setting.draw, _count(said, "xa.matters_decided")
    urged = _count(said, "xa.inspectorate_recommendations")
    recommended = urged + draw.between(0, 4, unit_id, "recommended")
    now = _public_dialogues(unit_id, setting.period)
    earlier = _public_dialogues(unit_id, f"{setting.year}-H1") if setting.is_second_half else 0
    return {
        "xa.decisions_checked": part(draw, decided, 30, 90, unit_id, "decisions checked"),
        "xa.public_dialogues": now,
        "xa.public_dialogue_held": now + earlier > 0,
        "xa.supervision_recommendations": recommended,
        "xa.supervision_answered": part(draw, recommended, 70, 100, unit_id, "recommended to"),
        "xa.inspectorate_answered_late": min(urged, draw.one_of((0, 0, 0, 1), unit_id, "later")),
        "xa.satisfaction_system": draw.chance(80, unit_id, "satisfaction"),
        "xa.secretary_days": draw.between(9, 14, unit_id, "secretary"),
    }


def _public_dialogues(unit_id: str, period: str) -> int:
    """Conferences of a period, to be asked for again in the next one."""
    return one_of((0, 0, 0, 1, 1, 2), unit_id, period, "public dialogues")


def _benefits(unit_id: str, said: Mapping[str, Value], setting: Setting) -> dict[str, Value]:
    villages = _count(said, "xa.villages_total")
    draw, year = setting.draw, str(setting.year)
    households = villages * between(*_HOUSEHOLDS, unit_id, "households of a village")
    people = households * between(*_PEOPLE, unit_id, "people of households") // 100
    own: dict[str, Value] = {
        "xa.people_resident": people,
        "xa.people_insured": part(draw, people, 86, 97, unit_id, "insured"),
        "xa.insurance_source": f"{between(10, 240, unit_id, 'insurance', year):02d}/BC-UBND",
    }
    if setting.is_second_half:  # the year's review of poor households is decided at its end
        years_on = max(0, setting.year - 2022)
        poor = households * max(1, between(5, 14, unit_id, "poor") - years_on) // 100
        own |= {
            "xa.households_resident": households,
            "xa.households_poor": poor,
            "xa.poverty_source": f"{between(100, 990, unit_id, 'poverty', year)}/QĐ-UBND",
        }
    return own


def own_units(unit_id: str, held: set[str], setting: Setting) -> Values:
    """What a commune says of its schools and other units: how many, reported, held a conference.

    Args:
        unit_id: The commune.
        held: Agencies that held their conference.
        setting: The period.
    """
    here = setting.below(unit_id)
    return {
        (unit_id, "xa.own_units"): len(here),
        (unit_id, "xa.own_units_reported"): sum(u != setting.cases.never_sends for u in here),
        (unit_id, "xa.own_units_conference"): sum(unit in held for unit in here),
    }


def agency_by_law(unit_id: str, known: Values, setting: Setting) -> Values:
    """Elements of an agency that Luật 10/2022/QH15 brought; arguments as ``commune_by_law``."""
    draw, year = setting.draw, setting.draw_year
    attended = _count_of(known, unit_id, "cq.conference_attended")
    decided = draw.between(1, 5, unit_id, "decided")
    recommended = draw.between(0, 3, unit_id, "recommended")
    own: dict[str, Value] = {
        "cq.published_items": draw.between(7, 12, unit_id, "items"),
        "cq.publish_late": draw.one_of((0, 0, 0, 1), unit_id, "late"),
        "cq.publish_under_days": draw.one_of((0, 0, 0, 1), unit_id, "under days"),
        "cq.matters_decided": decided,
        "cq.resolution_votes": part(year, attended, 88, 100, unit_id, "votes"),
        "cq.resolution_checked": bool(attended) and draw.chance(88, unit_id, "checked"),
        "cq.consulted_items": draw.between(4, 11, unit_id, "consulted"),
        "cq.decisions_checked": part(draw, decided, 40, 100, unit_id, "decisions checked"),
        "cq.supervision_recommendations": recommended,
        "cq.supervision_answered": part(draw, recommended, 70, 100, unit_id, "recommended to"),
    }
    if setting.data_to >= _NO_UNIONS and setting.fact(unit_id, "kind") == "co_quan":
        own["cq.union_coorganised"] = NOT_APPLICABLE
    return {(unit_id, element): value for element, value in own.items()}


def enterprise_by_law(unit_id: str, known: Values, setting: Setting) -> Values:
    """Elements of a state-owned enterprise that Luật 10/2022/QH15 brought; others say nothing."""
    if known[unit_id, "dn.kind"] != _STATE_OWNED:
        return {}
    draw, year = setting.draw, setting.draw_year
    attended = _count_of(known, unit_id, "dn.conference_attended")
    recommended = draw.between(0, 3, unit_id, "recommended")
    own: dict[str, Value] = {
        "dn.conference_summoned": attended + part(year, attended, 2, 25, unit_id, "summoned"),
        "dn.published_items": draw.between(4, 8, unit_id, "items"),
        "dn.publish_late": draw.one_of((0, 0, 0, 1), unit_id, "late"),
        "dn.decided_items": draw.between(1, 5, unit_id, "decided"),
        "dn.consulted_items": draw.between(3, 8, unit_id, "consulted"),
        "dn.supervision_recommendations": recommended,
        "dn.supervision_answered": part(draw, recommended, 70, 100, unit_id, "recommended to"),
    }
    if known.get((unit_id, "dn.inspectorate")):
        own["dn.inspectorate_members"] = 3 + 2 * int(chance(50, unit_id, "inspectorate size"))
    return {(unit_id, element): value for element, value in own.items()}


def _count(said: Mapping[str, Value], element: str) -> int:
    value = said[element]
    if not isinstance(value, int):
        msg = f"{element} is {value!r}, not a count"
        raise TypeError(msg)
    return value


def _count_of(known: Values, unit_id: str, element: str) -> int:
    return _count({element: known[unit_id, element]}, element)
