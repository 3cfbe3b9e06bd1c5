"""What more than one file of a period must agree on, worked out once.

Belongs here: who knows which values and rows. Does not belong here: single values (``values``,
``details``, ``workplaces``), files (``plan``).
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from pipelines.sample import cases
from pipelines.sample.committee_registers import committee_rows
from pipelines.sample.details import commune_details
from pipelines.sample.home_affairs_registers import home_affairs_rows
from pipelines.sample.law_of_2022 import (
    agency_by_law,
    commune_by_law,
    enterprise_by_law,
    own_units,
)
from pipelines.sample.own_registers import own_rows
from pipelines.sample.recognition import decisions
from pipelines.sample.registers import Row, dossiers, inspections, supervised
from pipelines.sample.score_rows import verifications
from pipelines.sample.setting import Setting
from pipelines.sample.targets import SampleTargets
from pipelines.sample.values import (
    NOT_APPLICABLE,
    Values,
    agency,
    commune,
    district,
    enterprise,
    labour_federation,
    new_countryside,
)
from pipelines.sample.workplaces import (
    agency_details,
    district_details,
    enterprise_details,
    leadership_details,
)

_RESOLVED = "Đã giải quyết"


class Known:
    """Values and rows of all senders of a period.

    Attributes:
        setting: Scope, period, requests, units.
        targets: Totals to add up to.
    """

    def __init__(self, setting: Setting, targets: SampleTargets) -> None:
        """Keep the arguments and what the offices know."""
        self.setting = setting
        self.targets = targets
        self._communes = new_countryside(setting, targets)
        self._enterprises = labour_federation(setting, targets)
        held, before = targets.agencies_held, targets.agencies_held_before
        self._agencies_held, self._agencies_late = self._holding("agencies", held, before)
        held, before = targets.enterprises_held, targets.enterprises_held_before
        self._enterprises_late = self._holding("enterprises", held, before)[1]

    def values(self, role: str, provider: str) -> Values:
        """Values that a provider knows; the form takes the ones that it asks.

        Args:
            role: Type of the unit or kind of the office.
            provider: Who sends the form.
        """
        makers = {
            "commune": self._commune,
            "agency": self._agency,
            "enterprise": self._enterprise,
            "ntm_office": lambda _: self._communes | self._decisions,
            "labour_federation": lambda _: self._enterprises,
        }
        return makers.get(role, lambda _: self._district)(provider)

    def _holding(self, population: str, held: int, before: int | None) -> tuple[set[str], set[str]]:
        """Units that held their conference this year, and of these the ones that held it late."""
        units = self.setting.members(population)
        holding = cases.holding(units, cases.NOT_HELD, held)
        late = set(self.setting.cases.held_late)
        if before is not None:
            late |= holding - cases.holding(units, cases.NOT_HELD, before)
        return holding, late

    def rows(self, register: str, provider: str, values: Values) -> list[Row]:
        """Rows of a register that a provider sends; none where it keeps no such register."""
        makers = {
            "dossiers": lambda: self._dossiers,
            "inspections": self._inspections,
            "verifications": lambda: verifications(self.setting, self._commune),
        }
        if register in makers:
            return makers[register]()
        of_offices = [
            *committee_rows(register, provider, values, self.setting),
            *home_affairs_rows(register, values, self.setting),
        ]
        if of_offices or not self.setting.keeps_registers(provider):
            return of_offices
        return own_rows(register, provider, values, self.setting)

    def _commune(self, unit: str) -> Values:
        core = commune(unit, self.setting)
        counted = self._by_unit[unit, None], self._by_unit[unit, _RESOLVED]
        keeps = self.setting.keeps_registers(unit)
        names = ("ntm.recognised", "ntm.criteria_met")
        values = (
            core
            | leadership_details(unit, core, self.setting)
            | commune_details(unit, core, counted, self.setting, keeps=keeps)
            | {(unit, name): self._communes.get((unit, name), NOT_APPLICABLE) for name in names}
            | own_units(unit, self._agencies_held, self.setting)
        )
        return values | commune_by_law(unit, values, self.setting)

    def _agency(self, unit: str) -> Values:
        held, late = unit in self._agencies_held, unit in self._agencies_late
        core = agency(unit, held=held, late=late, setting=self.setting)
        values = (
            core
            | leadership_details(unit, core, self.setting)
            | agency_details(unit, core, self.setting)
        )
        return values | agency_by_law(unit, values, self.setting)

    def _enterprise(self, unit: str) -> Values:
        late = unit in self._enterprises_late
        core = enterprise(unit, self._enterprises, late=late, setting=self.setting)
        values = (
            core
            | leadership_details(unit, core, self.setting)
            | enterprise_details(unit, core, self.setting)
        )
        return values | enterprise_by_law(unit, values, self.setting)

    @cached_property
    def _district(self) -> Values:
        core = district(self.setting, self.targets)
        planned = supervised(self.targets.inspections)
        return core | district_details(core, planned, self.setting, self.targets)

    @cached_property
    def _decisions(self) -> Values:
        held = self._communes.items()
        recognised = {unit for (unit, name), yes in held if name == "ntm.recognised" and yes}
        return decisions(recognised, self.setting)

    @cached_property
    def _dossiers(self) -> list[Row]:
        return dossiers(self.setting, self.targets)

    def _inspections(self) -> list[Row]:
        return inspections(self.setting, self.targets)

    @cached_property
    def _by_unit(self) -> Counter[tuple[str, str | None]]:
        """Dossiers by receiving unit: all under None, and by status."""
        counted: Counter[tuple[str, str | None]] = Counter()
        for row in self._dossiers:
            counted[str(row["unit"]), None] += 1
            counted[str(row["unit"]), str(row["status"])] += 1
        return counted
