"""The optional sheets of communes: details that agree with the core of the form.

Belongs here: parts, sums and pairs of one commune. Does not belong here: the core itself
(``values``), other units (``workplaces``), register rows (``own_registers``).
"""

from __future__ import annotations

from pipelines.sample.draw import between
from pipelines.sample.setting import Setting
from pipelines.sample.values import MONEY_STEP, Value, Values, part

_PROPERTY = (
    "Hàng rào, cổng và vật liệu xây dựng",
    "Cát, đá, xi măng làm đường",
    "Vật kiến trúc trên đất khi mở rộng đường",
)
_CROWD = (6, 14)  # persons of one crowd
_SESSIONS_DUE = 12  # two a month


def commune_details(
    unit_id: str, core: Values, dossiers: tuple[int, int], setting: Setting, *, keeps: bool
) -> Values:
    """The sheet of details of a commune, blocks B1 to B7; nothing about petitions.

    Args:
        unit_id: The commune.
        core: Its values of the first sheet.
        dossiers: Dossiers received and resolved in the one-stop list.
        setting: The period.
        keeps: Whether it keeps registers: then all money contributed went into works.
    """
    known = {element: value for (_, element), value in core.items()}
    details = {
        **_publication(unit_id, known, setting),
        **_meetings(unit_id, known, setting),
        **_dialogues(unit_id, known, setting),
        **_works(unit_id, known, setting, keeps=keeps),
        **_mediation(unit_id, known, setting),
        **_supervision(unit_id, known, setting),
        **_receptions(unit_id, known, setting),
        **_service(unit_id, dossiers, setting),
    }
    return {(unit_id, element): value for element, value in details.items()}


def _publication(unit_id: str, known: dict[str, Value], setting: Setting) -> dict[str, Value]:
    draw, done = setting.draw, _count(known, "xa.publish_done")
    return {
        "xa.publish_posted": done - draw.between(0, 2, unit_id, "posted"),
        "xa.publish_loudspeaker": part(draw, done, 45, 85, unit_id, "loudspeaker"),
        "xa.publish_village_head": part(draw, done, 50, 95, unit_id, "village head"),
        "xa.publish_portal": part(draw, done, 5, 60, unit_id, "portal"),
        "xa.publish_other": 0,
        "xa.publish_late": draw.one_of((0, 0, 0, 1, 2), unit_id, "late items"),
    }


def _meetings(unit_id: str, known: dict[str, Value], setting: Setting) -> dict[str, Value]:
    draw = setting.draw
    met, villages = _count(known, "xa.villages_met"), _count(known, "xa.villages_total")
    twice = part(draw, met, 10, 45, unit_id, "twice")
    total, agreed = _count(known, "xa.households_total"), _count(known, "xa.households_agreed")
    drafts = draw.between(2, 7, unit_id, "drafts")
    year_end = part(draw, villages, 20, 70, unit_id, "year end")
    return {
        "xa.villages_met_twice": twice,
        # a meeting decides one matter at least
        "xa.meetings": max(met + twice, _count(known, "xa.matters_decided")),
        "xa.households_present": total - part(draw, total - agreed, 20, 90, unit_id, "absent"),
        "xa.villages_year_end_held": year_end if setting.is_second_half else 0,
        "xa.conventions_recognised": draw.between(0, 3, unit_id, "conventions"),
        "xa.conventions_refused": draw.one_of((0, 0, 0, 0, 1), unit_id, "refused"),
        "xa.conventions_revised": draw.between(0, 2, unit_id, "revised"),
        "xa.conventions_suspended": 0,
        "xa.drafts_consulted": drafts,
        "xa.drafts_explained": drafts - draw.one_of((0, 0, 1, 2), unit_id, "explained"),
    }


def _dialogues(unit_id: str, known: dict[str, Value], setting: Setting) -> dict[str, Value]:
    draw, held = setting.draw, _count(known, "xa.dialogues")
    party = part(draw, held, 30, 70, unit_id, "party")
    unexpected = draw.one_of((0, 0, 1), unit_id, "unexpected") if held > 1 else 0
    opinions = held * draw.between(4, 16, unit_id, "opinions at dialogues")
    return {
        "xa.dialogues_party": party,
        "xa.dialogues_government": held - party,
        "xa.dialogues_periodic": held - unexpected,
        "xa.dialogues_unexpected": unexpected,
        "xa.dialogue_participants": held * draw.between(40, 130, unit_id, "participants"),
        "xa.dialogue_opinions": opinions,
        "xa.dialogue_answered": part(draw, opinions, 85, 100, unit_id, "answered"),
    }


def _works(
    unit_id: str, known: dict[str, Value], setting: Setting, *, keeps: bool
) -> dict[str, Value]:
    draw, money = setting.draw, _count(known, "xa.contribution_money")
    land = _count(known, "xa.land_donated")
    steps = money // MONEY_STEP
    spent = steps if keeps else part(draw, steps, 60, 95, unit_id, "spent")
    state = steps * draw.between(110, 260, unit_id, "state") // 100
    other = part(draw, steps, 5, 40, unit_id, "other sources")
    return {
        "xa.works": draw.between(3, 9, unit_id, "works"),
        "xa.works_value": (spent + state + other) * MONEY_STEP,
        "xa.works_state_budget": state * MONEY_STEP,
        "xa.works_people_money": spent * MONEY_STEP,
        "xa.works_other": other * MONEY_STEP,
        "xa.road_metres": 50 * draw.between(6, 90, unit_id, "road"),
        "xa.trees_donated": draw.between(5, 160, unit_id, "trees") if land else 0,
        **({"xa.property_donated": draw.one_of(_PROPERTY, unit_id, "property")} if land else {}),
    }


def _mediation(unit_id: str, known: dict[str, Value], setting: Setting) -> dict[str, Value]:
    draw = setting.draw
    teams, cases = _count(known, "xa.villages_total"), draw.between(4, 26, unit_id, "mediation")
    return {
        "xa.mediation_teams": teams,  # one in every village
        "xa.mediators": teams * between(5, 7, unit_id, "mediators"),
        "xa.mediation_cases": cases,
        "xa.mediation_successful": part(draw, cases, 70, 96, unit_id, "mediated"),
    }


def _supervision(unit_id: str, known: dict[str, Value], setting: Setting) -> dict[str, Value]:
    draw = setting.draw
    found = draw.between(0, 3, unit_id, "inspectorate findings")
    urged = found - draw.one_of((0, 0, 1), unit_id, "recommendations") if found > 1 else found
    projects = _count(known, "xa.investment_supervisions") + draw.between(0, 4, unit_id, "projects")
    faults = draw.one_of((0, 0, 1, 2), unit_id, "investment findings")
    recovered = MONEY_STEP * draw.between(2, 60, unit_id, "recovered")
    cut = MONEY_STEP * draw.between(4, 90, unit_id, "cut")
    return {
        "xa.inspectorate_findings": found,
        "xa.inspectorate_recommendations": urged,
        "xa.inspectorate_recovered": recovered if urged > 1 else 0,
        "xa.inspectorate_land": 0,
        "xa.investment_members": between(5, 9, unit_id, "investment members"),
        "xa.investment_projects": projects,
        "xa.investment_findings": faults,
        "xa.investment_recovered": cut if faults else 0,
    }


def _receptions(unit_id: str, known: dict[str, Value], setting: Setting) -> dict[str, Value]:
    draw, received = setting.draw, _count(known, "xa.receptions")
    crowds = draw.one_of((0, 0, 0, 1, 2), unit_id, "crowds")
    in_crowds = crowds * draw.between(*_CROWD, unit_id, "in crowds")
    others = received - crowds
    repeated = part(draw, received, 4, 22, unit_id, "repeated")
    held = _SESSIONS_DUE - draw.between(1, 3, unit_id, "sessions held")
    return {
        "xa.reception_people": in_crowds + others + part(draw, others, 5, 60, unit_id, "along"),
        "xa.reception_cases_new": received - repeated,
        "xa.reception_cases_repeated": repeated,
        "xa.crowd_groups": crowds,
        "xa.crowd_people": in_crowds,
        "xa.leader_sessions_planned": _SESSIONS_DUE,
        "xa.leader_sessions_held": held,
        "xa.leader_sessions_delegated": draw.between(0, 2, unit_id, "delegated"),
    }


def _service(unit_id: str, dossiers: tuple[int, int], setting: Setting) -> dict[str, Value]:
    draw, (received, resolved) = setting.draw, dossiers
    sent = part(draw, received, 5, 15, unit_id, "survey")
    back = part(draw, sent, 70, 98, unit_id, "survey returned")
    return {
        "tthc.dossiers_received": received,
        "tthc.dossiers_resolved": resolved,
        "tthc.dossiers_pending": received - resolved,
        "xa.survey_sent": sent,
        "xa.survey_returned": back,
        "xa.survey_satisfied": part(draw, back, 88, 99, unit_id, "satisfied"),
    }


def _count(known: dict[str, Value], element: str) -> int:
    value = known[element]
    if not isinstance(value, int):
        msg = f"{element} is {value!r}, not a count"
        raise TypeError(msg)
    return value
