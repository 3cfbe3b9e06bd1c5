"""The special cases of the periods for which none are written down: drawn, a few of each kind.

Belongs here: which unit is which case. Does not belong here: how a case is carried out
(``versions``, ``plan``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.sample.cases import LEFT_BLANK, Cases, Key
from pipelines.sample.draw import between, chance, number, one_of

_TYPES = ("commune", "agency", "enterprise")
_LATE_PERCENT = 6
_LATEST = 4
_HABITS = {
    "commune": (("xa.reception_", "xa.crowd_", "xa.leader_sessions_"), ("xa.survey_",)),
    "agency": (("cq.asset_declarations_",),),
    "enterprise": (("dn.opinions_", "dn.worker_members"),),
}
_HABIT_PERCENT = 6
_MASTER_PERCENT = 40
_ENTERPRISE_MISSING_PERCENT = 70


def drawn_cases(
    period: str,
    senders: Mapping[str, Sequence[str]],
    *,
    countryside: Sequence[str],
    ended: Sequence[str],
) -> Cases:
    """Draw the special cases of a period.

    Args:
        period: Its key.
        senders: Units that owe a form, by type of unit or kind of office.
        countryside: Communes of the new-countryside programme.
        ended: Communes that ended shortly before.

    Returns:
        Every unit is one case at most; where there are few units some cases are left out.
    """
    hand = _Hand(period, senders)
    disagrees = hand.take("commune", countryside)
    returned = hand.take("commune")
    missing = "enterprise" if chance(_ENTERPRISE_MISSING_PERCENT, period, "who") else "agency"
    slips = chance(_MASTER_PERCENT, period, "master")
    return Cases(
        disagrees=_key(disagrees, "ntm.criteria_met"),
        returned=(returned, "xa.publish_done", "xa.publish_due") if returned else None,
        corrects=_key(hand.take("commune"), "xa.opinions_received"),
        old_encoding=hand.take("commune"),
        wrong_period=hand.take("agency"),
        sent_twice=hand.take("agency"),
        noted=_key(hand.take("agency"), "cq.conference_attended"),
        never_sends=hand.take(missing),
        incomplete=_key(hand.take("commune"), "xa.investment_supervisions"),
        late=hand.late(),
        left_blank=_habits(senders),
        abolished=_shuffled(ended, period)[0] if ended else None,
        master_differs=_key(disagrees, "xa.receptions") if slips else None,
    )


class _Hand:
    """Units in an order of the period's own, each dealt once."""

    def __init__(self, period: str, senders: Mapping[str, Sequence[str]]) -> None:
        self._period = period
        self._left = {name: _shuffled(senders.get(name, ()), period) for name in _TYPES}
        self._offices = [u for name, units in senders.items() if name not in _TYPES for u in units]

    def take(self, unit_type: str, among: Sequence[str] | None = None) -> str | None:
        """The next unit of a type; None where none is left."""
        left = self._left[unit_type]
        found = next((unit for unit in left if among is None or unit in among), None)
        if found is not None:
            left.remove(found)
        return found

    def late(self) -> dict[str, int]:
        """One of each type, of many more, and sometimes an office."""
        units = []
        for name, left in self._left.items():
            count = 1 + len(left) * _LATE_PERCENT // 100
            units += [unit for _ in range(count) if (unit := self.take(name)) is not None]
        if self._offices and chance(50, self._period, "office"):
            units.append(one_of(self._offices, self._period, "late office"))
        return {unit: between(1, _LATEST, unit, self._period, "late") for unit in units}


def _shuffled(units: Sequence[str], period: str) -> list[str]:
    return sorted(units, key=lambda unit: number(unit, period, "case"))


def _key(unit: str | None, element: str) -> Key | None:
    return (unit, element) if unit is not None else None


def _habits(senders: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """What units leave blank in every period."""
    drawn = {
        unit: one_of(habits, unit, "habit")
        for name, habits in _HABITS.items()
        for unit in senders.get(name, ())
        if chance(_HABIT_PERCENT, unit, "habit")
    }
    return LEFT_BLANK | drawn
