"""The values of a longer period once more, from those of its parts: a year from its halves.

A check on ``pipelines.evaluation.composing`` for every element that a figure draws on; nothing here
imports the program. Parts on another map than the whole's last day are not checked here.

    python -m tests.independent.wholes ROOT 2020 2016-2020
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import pandas as pd

from tests.independent.figures import NAN, TERRITORY, Period, Tables, catalogue, load

Heard = tuple[str, float]
Owing = list[tuple[Period, frozenset[str]]]


def differences(tables: Tables, period: str) -> list[str]:
    """Values in force of a composed period that are not what its parts give."""
    at = Period(tables, period)
    said = at.parts[period]
    if at.leaves == [period] or not isinstance(said, str):
        return []
    parts = [Period(tables, key) for key in said.split("|")[0].split(";")]
    if _map_changed(parts[0], at):
        return [other_map(period)]
    years = all(part.halves >= 2 for part in parts)
    owing = [(part, _owing(part, at)) for part in parts]
    units = sorted({unit for part in parts for unit, _ in part.facts})
    found = []
    for element in _drawn_on():
        for unit in units:
            wanted = _whole(unit, element, owing, years=years)
            told = at.heard(unit, element)[:2]
            if (told[0], _n(told[1])) != (wanted[0], _n(wanted[1])):
                found.append(f"{period}: {element} of {unit} is {told}, its parts give {wanted}")
    return found


def other_map(period: str) -> str:
    """What is said of a period whose map changed within it."""
    return f"{period}: its parts lie on another map; not checked"


def _drawn_on() -> list[str]:
    """The elements of all figures."""
    sides = [
        side
        for entry in catalogue("indicators").values()
        for side in (entry["numerator"], entry.get("denominator") or {})
    ]
    named = [name for side in sides for name in side.get("elements", [])]
    named += [side["element"] for side in sides if "element" in side]
    named += [side["where"]["element"] for side in sides if isinstance(side.get("where"), dict)]
    return sorted(set(named))


def _whole(unit: str, element: str, owing: Owing, *, years: bool) -> Heard:
    """What a unit's answers in the parts of its life make together."""
    if not any((unit, element) in part.facts for part, _ in owing):
        return "silent", NAN
    heard = [part.heard(unit, element)[:2] for part, units in owing if unit in units]
    rule = _rule(catalogue("elements")[element], years=years)
    if rule == "last":
        return heard[-1]
    known = [number for how, number in heard if how == "known"]
    silent = any(how == "silent" for how, _ in heard)
    if rule == "any" and 1.0 in known:
        return "known", 1.0
    if silent or not known:
        return ("silent" if silent else "exempt"), NAN
    if rule in {"any", "all"}:
        return "known", float(all(known) if rule == "all" else any(known))
    if rule == "distinct":
        return _distinct(unit, element, known, owing, years=years)
    return "known", sum(known)


def _distinct(unit: str, element: str, known: list[float], owing: Owing, *, years: bool) -> Heard:
    """How many did it at least once: known where one part alone counts any, or counts them all."""
    if sum(number > 0 for number in known) < 2:
        return "known", max(known)
    limits = {
        rule["left"][0]: rule["right"][0]
        for rule in catalogue("rules").values()
        if rule.get("level") == "unit"
        and rule["operator"] == "<="
        and len(rule["left"]) == len(rule["right"]) == 1
        and all(isinstance(rule[side][0], str) for side in ("left", "right"))
    }
    there_are = _whole(unit, limits[element], owing, years=years)[1] if element in limits else NAN
    return ("known", max(known)) if max(known) == there_are else ("silent", NAN)


def _rule(about: dict, *, years: bool) -> str:
    said = about.get("over_years" if years else "over_time")
    if said:
        return said
    if about.get("flow") == "stock" or about["type"] == "enum":
        return "last"
    yearly = about.get("refers_to") == "year"
    if about["type"] == "bool":
        return "all" if yearly and years else "any"
    return "last" if yearly and not years else "add"


def _owing(part: Period, whole: Period) -> frozenset[str]:
    """The units that owe figures of a part: they were there, or took over from ones that were."""
    ends = {part.last[leaf] for leaf in part.leaves}
    there = {unit for day in ends for unit in part.alive(day)["unit_id"]}
    now = set(whole.alive(whole.ends)["unit_id"])
    went = whole.tables.get("ref.unit_successions", pd.DataFrame(columns=["on", "successor"]))
    heirs = set(went.loc[went["on"] > part.ends, "successor"])
    return frozenset(there | (heirs & now))


def _map_changed(first: Period, whole: Period) -> bool:
    went = whole.tables.get("ref.unit_successions", pd.DataFrame(columns=["kind", "on"]))
    went = went[went["kind"].isin(TERRITORY)]
    return bool(((went["on"] > first.ends) & (went["on"] <= whole.ends)).any())


def _n(number: float) -> float | None:
    return None if math.isnan(number) else round(number, 9)


if __name__ == "__main__":
    stored = load(Path(sys.argv[1]))
    wrong = [line for key in sys.argv[2:] for line in differences(stored, key)]
    print("\n".join(wrong) or "equal")  # noqa: T201 - a script
    sys.exit(bool(wrong))
