"""The hierarchy of several days, each worked out once for all scopes.

Belongs here: who stands below whom on a day, as plain lookups. Does not belong here: how parents
are found (``places``), what changed between two days (``map_words``).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from pipelines.places.succession import TERRITORY, TRANSFER
from pipelines.places.units import in_force, parents_on

_COMMUNE = "commune"


@dataclass(frozen=True)
class DayMap:
    """The units of a day.

    Attributes:
        types: Type by unit id; only units of that day.
        children: What stands directly below a unit.
    """

    types: dict[str, str]
    children: dict[str, list[str]]

    def below(self, scope: str) -> list[str]:
        """Everything below a scope, itself left out; nothing when it does not exist that day."""
        found: list[str] = []
        frontier = [scope] if scope in self.types else []
        while frontier:
            frontier = [child for unit in frontier for child in self.children.get(unit, [])]
            found += frontier
        return found


class Step(NamedTuple):
    """A unit that came after another: ``is_land`` when it took over people and land."""

    before: str
    after: str
    is_land: bool


class Atlas:
    """The maps of the days that are asked for.

    Args:
        units: ``ref.units``.
        successions: ``ref.unit_successions``.
    """

    def __init__(self, units: pd.DataFrame, successions: pd.DataFrame) -> None:
        self.units, self.successions = units, successions
        self.names = dict(zip(units["unit_id"], units["name"], strict=True))
        self.kinds = dict(zip(units["unit_id"], units["kind"], strict=True))
        self.parents = dict(zip(units["unit_id"], units["parent_id"], strict=True))
        self._days: dict[dt.date, DayMap] = {}
        moved = successions[successions["kind"].isin((*TERRITORY, TRANSFER))]
        self._steps: dict[dt.date, list[Step]] = defaultdict(list)
        columns = (moved[name] for name in ("predecessor", "successor", "kind", "on"))
        for before, after, kind, on in zip(*columns, strict=True):
            self._steps[on.date()].append(Step(before, after, kind in TERRITORY))

    def on(self, day: dt.date) -> DayMap:
        """The map of a day."""
        if day not in self._days:
            alive = in_force(self.units, day)
            parents = parents_on(self.units, day, self.successions)
            children: dict[str, list[str]] = defaultdict(list)
            for unit, parent in zip(alive["unit_id"], parents, strict=True):
                if isinstance(parent, str):
                    children[parent].append(unit)
            types = dict(zip(alive["unit_id"], alive["unit_type"], strict=True))
            self._days[day] = DayMap(types, dict(children))
        return self._days[day]

    @cached_property
    def days(self) -> list[dt.date]:
        """Days on which any commune began, ended, or came under another unit; in order."""
        communes = self.units[self.units["unit_type"] == _COMMUNE]
        ended = communes["valid_to"].dropna() + pd.Timedelta(days=1)
        days = pd.concat([communes["valid_from"], ended]).drop_duplicates()
        return sorted({*(day.date() for day in days.tolist()), *self._steps})

    def steps(self, on: dt.date) -> list[Step]:
        """The successions of a day."""
        return self._steps.get(on, [])
