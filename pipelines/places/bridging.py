"""From the map of one day to the map of another: which part of every unit lies in which unit.

Belongs here: ``ref.unit_successions`` → shares of units, over any number of steps.
Does not belong here: figures (``evaluation``), finding a unit by name (``naming``).

A code is never followed: a number used again for other land says nothing about the land.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from pipelines.places.succession import TERRITORY
from pipelines.places.units import in_force

COLUMNS = ["unit_id", "today_id", "share"]
_TOLERANCE = 1e-9
_MAX_STEPS = 20
# successor, whole or part, stated share (NaN where none is)
_Part = tuple[str, str, float]


class BridgeError(ValueError):
    """The successions contradict each other."""


def newest_map(units: pd.DataFrame, successions: pd.DataFrame) -> dt.date:
    """The day of the newest map on record: "today" without a clock.

    Args:
        units: ``ref.units``.
        successions: ``ref.unit_successions``.

    Returns:
        The last day on which a unit begins or becomes another.

    Raises:
        BridgeError: There are no units.
    """
    days = pd.concat([units["valid_from"], successions["on"]]).dropna()
    if days.empty:
        msg = "no unit is on record, so there is no map; fill raw/reference/units.csv"
        raise BridgeError(msg)
    return days.max().date()


def bridge(
    units: pd.DataFrame, successions: pd.DataFrame, day: dt.date, today: dt.date
) -> pd.DataFrame:
    """Which part of every unit of a day lies in which unit of today.

    Args:
        units: ``ref.units``.
        successions: ``ref.unit_successions``; kinds that do not speak of territory are left out.
        day: The units of this day are asked about.
        today: Day of the other map, not before ``day``.

    Returns:
        Frame unit_id, today_id, share, in the order of ``units``. ``share`` is 1 where all of
        the unit lies there, below 1 where a share was stated, NaN where a part without one was.
        A unit that ended and became nothing has no row.

    Raises:
        BridgeError: A unit went to two units as a whole, its stated parts do not add up to it,
            or the successions turn in a circle.
    """
    path = _Path(
        steps=_steps(successions, day, today),
        alive=frozenset(in_force(units, today)["unit_id"].astype(str)),
        last=dict(zip(units["unit_id"].astype(str), units["valid_to"], strict=True)),
    )
    rows = [
        (unit, image, share)
        for unit in in_force(units, day)["unit_id"].astype(str)
        for image, share in path.images(unit, pd.Timestamp(day)).items()
        if share != 0
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"unit_id": "str", "today_id": "str", "share": "float64"})


def same_land(edges: pd.DataFrame) -> set[str]:
    """Units that lie as a whole in a unit of today that holds nothing else.

    Args:
        edges: Result of ``bridge``.
    """
    alone = ~edges["today_id"].duplicated(keep=False) & ~edges["unit_id"].duplicated(keep=False)
    return set(edges.loc[alone & (edges["share"] == 1), "unit_id"])


@dataclass(frozen=True)
class _Step:
    on: pd.Timestamp
    # share of the predecessor by successor; NaN where a part was stated without a measure
    shares: dict[str, float]


@dataclass(frozen=True)
class _Path:
    """What became of the units between two days."""

    steps: dict[str, list[_Step]]
    alive: frozenset[str]
    last: dict[str, pd.Timestamp]

    def images(self, unit: str, since: pd.Timestamp, depth: int = 0) -> dict[str, float]:
        """Where a unit lies at the end; parts that meet again in one unit add up there."""
        step = next((step for step in self.steps.get(unit, []) if step.on > since), None)
        if step is None:
            return {unit: 1.0} if unit in self.alive else {}
        if depth == _MAX_STEPS:
            msg = f"{unit}: its successions never end; look for a circle in ref.unit_successions"
            raise BridgeError(msg)
        parts = self._parts(unit, step)
        found = [self.images(successor, step.on, depth + 1) for successor in parts]
        if len({*map(tuple, found)}) == 1 and all(set(each.values()) == {1.0} for each in found):
            # all of it is in one place again, whatever its parts were
            return found[0]
        together: dict[str, float] = {}
        for share, each in zip(parts.values(), found, strict=True):
            for image, part in each.items():
                together[image] = together.get(image, 0.0) + share * part
        return together

    def _parts(self, unit: str, step: _Step) -> dict[str, float]:
        """The parts of a unit; what it gave away and what it lives on in."""
        total = sum(step.shares.values())
        last = self.last[unit]
        lives_on = pd.isna(last) or last >= step.on
        if lives_on and unit not in step.shares and total != 1.0:
            return {**step.shares, unit: 1.0 - total}
        if abs(total - 1.0) > _TOLERANCE:  # not a number where a part has no share
            msg = f"{unit}: its stated parts add up to {total:g} of it; expected 1"
            raise BridgeError(msg)
        return step.shares


def _steps(successions: pd.DataFrame, day: dt.date, today: dt.date) -> dict[str, list[_Step]]:
    """The steps of each unit after a day and until another, in order."""
    between = successions["on"].between(pd.Timestamp(day), pd.Timestamp(today), inclusive="right")
    known = successions[between & successions["kind"].isin(TERRITORY)].sort_values("on")
    columns = [known[name] for name in ("on", "predecessor", "successor", "share")]
    together: dict[tuple[str, pd.Timestamp], list[_Part]] = {}
    for on, unit, after, share, stated in zip(
        *columns, known["basis_share"].astype("float64"), strict=True
    ):
        together.setdefault((str(unit), on), []).append((str(after), str(share), stated))
    steps: dict[str, list[_Step]] = {}
    for (unit, on), parts in together.items():
        steps.setdefault(unit, []).append(_Step(on, _shares(unit, parts)))
    return steps


def _shares(unit: str, parts: list[_Part]) -> dict[str, float]:
    # a town that became a part of a commune is both a merger and a change of type
    once: dict[str, tuple[str, float]] = {}
    for after, share, stated in sorted(parts, key=lambda part: part[1] != "whole"):
        once.setdefault(after, (share, stated))
    if all(share == "part" for share, _ in once.values()):
        found = {after: stated for after, (_, stated) in once.items()}
        total = sum(stated for stated in found.values() if not pd.isna(stated))
        if total > 1 + _TOLERANCE:
            msg = f"{unit}: its stated parts add up to {total:g} of it; expected at most 1"
            raise BridgeError(msg)
        return found
    if len(once) > 1:
        msg = f"{unit}: it went somewhere as a whole, yet to several units: {sorted(once)}"
        raise BridgeError(msg)
    return dict.fromkeys(once, 1.0)
