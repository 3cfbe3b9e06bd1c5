"""The map of a period in words: how many units a scope has, and what became of those before.

Belongs here: the maps of an atlas → changes within and at the ends of a period, said in
Vietnamese. Does not belong here: the law (``judged``), walking the hierarchy (``places``).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.evaluation.atlas import Atlas
from pipelines.vietnamese.dates import format_date

_COMMUNE = "commune"
_KINDS = {"xa": "xã", "phuong": "phường", "thi_tran": "thị trấn"}
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class MapChange:
    """What happened to the communes of a scope on a day.

    Attributes:
        on: First day of the new map.
        before: Unit ids of the day before.
        after: Unit ids from the day on.
        ended: Names of the tier that was given up that day (the district).
        now_under: Name of the unit that took over from it.
        is_within: Whether the period lies on both sides of it.
    """

    on: dt.date
    before: frozenset[str]
    after: frozenset[str]
    ended: tuple[str, ...]
    now_under: str | None
    is_within: bool


def map_changes(scope: str, atlas: Atlas, period: Mapping[str, Any]) -> list[MapChange]:
    """What changed in a scope from the first day of a period to the day after its last.

    Args:
        scope: Its id; it may have begun or ended within the period.
        atlas: Units and successions.
        period: Row of ``ref.periods``.
    """
    first, last = period["starts_on"], period["ends_on"] + _DAY
    changes = [
        _change(scope, atlas, on, is_within=first < on < last)
        for on in atlas.days
        if first <= on <= last
    ]
    # where nothing was there before, the records begin: that is no change
    return [each for each in changes if (each.before and each.before != each.after) or each.ended]


def map_text(
    scope: str, atlas: Atlas, changes: Sequence[MapChange], period: Mapping[str, Any]
) -> str:
    """The map of the last day, and how it came about.

    Args:
        scope: Its id.
        atlas: Units and successions.
        changes: What ``map_changes`` gives.
        period: Row of ``ref.periods``.

    Returns:
        E.g. "Bản đồ ngày 30/06/2025: Huyện minh họa, 16 đơn vị cấp xã (15 xã, 1 thị trấn); …".
    """
    there = atlas.on(period["ends_on"])
    communes = [unit for unit in there.below(scope) if there.types[unit] == _COMMUNE]
    name = atlas.names[scope]
    said = f"{name}, {_counted(communes, atlas)}" if communes else name
    told = [_told(change, period) for change in changes]
    return "; ".join([f"Bản đồ ngày {format_date(period['ends_on'])}: {said}", *told]) + "."


def _change(scope: str, atlas: Atlas, on: dt.date, *, is_within: bool) -> MapChange:
    then, now = atlas.on(on - _DAY), atlas.on(on)
    steps = atlas.steps(on)
    before = {unit for unit in (scope, *then.below(scope)) if then.types.get(unit) == _COMMUNE}
    after = {unit for unit in (scope, *now.below(scope)) if now.types.get(unit) == _COMMUNE}
    if scope not in now.types:
        # the scope has ended: its communes are what became of them
        after = {step.after for step in steps if step.is_land and step.before in before}
        after |= before & now.types.keys()
    if scope not in then.types:
        before = {step.before for step in steps if step.is_land and step.after in after}
        before |= after & then.types.keys()
    parents = {atlas.parents[unit] for unit in before}
    given_up = [step for step in steps if not step.is_land and step.before in parents]
    return MapChange(
        on=on,
        before=frozenset(before),
        after=frozenset(after),
        ended=tuple(atlas.names[step.before] for step in given_up),
        now_under=atlas.names[given_up[0].after] if given_up else None,
        is_within=is_within,
    )


def _told(change: MapChange, period: Mapping[str, Any]) -> str:
    when = f"từ {format_date(change.on)}"
    if change.on == period["starts_on"]:
        when += " (ngày đầu kỳ)"
    elif change.on > period["ends_on"]:
        when += " (ngay sau kỳ)"
    parts = [f"{when} {_numbers(change)}"]
    if change.now_under is not None:
        ended = (
            change.ended[0] if len(change.ended) == 1 else f"{len(change.ended)} đơn vị cấp huyện"
        )
        parts.append(f"{ended} không còn, đơn vị cấp xã trực thuộc {change.now_under}")
    return ", ".join(parts)


def _numbers(change: MapChange) -> str:
    gone, new = change.before - change.after, change.after - change.before
    kept = len(change.before & change.after)
    if not gone and not new:
        return f"{len(change.after)} đơn vị cấp xã giữ nguyên"
    if not gone:
        return f"thêm {len(new)} đơn vị cấp xã, thành {len(change.after)}"
    if not new:
        return f"bớt {len(gone)} đơn vị cấp xã, còn {len(change.after)}"
    left = f", {kept} giữ nguyên" if kept else ""
    said = f"{len(change.before)} đơn vị cấp xã thành {len(change.after)}"
    return f"{said} ({len(gone)} đơn vị cũ thành {len(new)} đơn vị mới{left})"


def _counted(communes: Sequence[str], atlas: Atlas) -> str:
    kinds = Counter(_KINDS.get(str(atlas.kinds[unit]), "khác") for unit in communes)
    each = [f"{kinds[name]} {name}" for name in _KINDS.values() if kinds[name]]
    return f"{len(communes)} đơn vị cấp xã ({', '.join(each)})"
