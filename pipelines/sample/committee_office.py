"""The standing office of a committee in a period: what its form says, who the committee is.

Belongs here: what several registers of the committee look at. Does not belong here: their rows
(``committee_registers``, ``committee_meetings``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pipelines.sample.setting import Setting
from pipelines.sample.values import Values

DONE, UNDER_WAY, NOT_BEGUN = "Đã hoàn thành", "Đang thực hiện", "Chưa thực hiện"
OWNERS = ("Cơ quan thường trực Ban Chỉ đạo", "Phòng Nội vụ", "Ủy ban MTTQ", "Liên đoàn Lao động")
# a committee is made anew after a congress and after the law has changed
_BODIES = (
    dt.date(2016, 1, 20),
    dt.date(2018, 3, 15),
    dt.date(2020, 10, 15),
    dt.date(2023, 8, 16),
    dt.date(2025, 7, 15),
)
_PROVINCES_ONLY = dt.date(2025, 7, 1)
_OFFICE_STARTS = dt.date(2016, 1, 1)


@dataclass(frozen=True)
class Office:
    """The standing office of a committee in a period."""

    unit_id: str
    values: Values
    setting: Setting

    @property
    def scope(self) -> str:
        """The unit that the committee answers for."""
        return self.setting.scope_id

    @property
    def since(self) -> dt.date:
        """First day of the office."""
        units = self.setting.units
        first = units.loc[units["unit_id"] == self.unit_id, "valid_from"]
        return max(_OFFICE_STARTS, *(day.date() for day in first))

    @property
    def body_since(self) -> dt.date:
        """First day of the committee's present composition."""
        return max(day for day in (self.since, *self._bodies()) if day <= self.setting.data_to)

    def _bodies(self) -> list[dt.date]:
        return [day for day in _BODIES if self.since <= day <= self.setting.data_to]

    def bodies(self) -> list[tuple[dt.date, dt.date | None]]:
        """First and last day of each composition of the committee."""
        first = self._bodies() or [self.since]
        last = [day - dt.timedelta(days=1) for day in first[1:]]
        return list(zip(first, [*last, None], strict=True))

    def worded(self, text: str) -> str:
        """What a district says, as a province says it."""
        if self.since < _PROVINCES_ONLY:
            return text
        return text.replace("Trưởng phòng", "Giám đốc Sở").replace("/HU", "/TU")

    def count(self, element: str) -> int:
        """A count of the form; 0 where it says none."""
        value = self.values.get((self.scope, element), 0)
        return value if isinstance(value, int) else 0

    def text(self, element: str) -> str | None:
        """A text of the form."""
        value = self.values.get((self.scope, element))
        return value if isinstance(value, str) else None

    def day(self, element: str) -> dt.date | None:
        """A date of the form."""
        value = self.values.get((self.scope, element))
        return value if isinstance(value, dt.date) else None
