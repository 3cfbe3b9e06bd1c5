"""Register rows of the sample: dossiers of the one-stop desk, inspections of the committee.

Belongs here: rows as the register's columns ask them. Does not belong here: files (``plan``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import chain, zip_longest

from pipelines.sample.draw import between, chance, number, one_of
from pipelines.sample.setting import PERIOD, Setting
from pipelines.sample.targets import SampleTargets
from pipelines.sample.workdays import working_day_before, working_days

Row = dict[str, object]


@dataclass(frozen=True)
class _Service:
    """What a dossier is about, the working days it may take, how common it is at a unit."""

    field: str
    term: int
    weight: int


_COMMUNE_SERVICES = (
    _Service("Chứng thực", 1, 9),
    _Service("Hộ tịch", 3, 6),
    _Service("Lao động, người có công, xã hội", 10, 3),
    _Service("Đất đai", 15, 1),
)
_AGENCY_SERVICES = (
    _Service("Đăng ký kinh doanh", 3, 4),
    _Service("Đất đai", 15, 7),
    _Service("Xây dựng", 15, 3),
    _Service("Tài nguyên, môi trường", 20, 1),
)
_RECEIVING_AGENCIES = 4
_LATE_PERCENT = 3
_DIRECT, _LEVEL_3, _LEVEL_4 = 61, 23, 16  # percent of dossiers by channel
_PENDING = "Đang giải quyết"
_DONE = 3  # inspections done by the cut-off of the first half
_SUPERVISION = "Giám sát"
_MARKS = ("Tốt", "Khá", "Khá", "Trung bình")


def dossiers(setting: Setting, targets: SampleTargets) -> list[Row]:
    """The dossier list in order of receipt.

    Returns:
        ``dossiers_received`` rows received from the window's first day to the cut-off; the last
        ones are pending where fewer are resolved, all others are resolved by the cut-off. An
        estimate has what was there of the final round's rows by its own cut-off.
    """
    if setting.later is not None:
        cut_off = setting.data_to
        rows = dossiers(setting.later, targets)
        return [_as_of(row, cut_off) for row in rows if str(row["received_on"]) <= str(cut_off)]
    days = working_days(setting.window_from, setting.data_to)
    after = setting.data_to + dt.timedelta(days=1)
    calendar = days + working_days(after, after + dt.timedelta(weeks=8))
    offered, channels = _offered(setting), _channels(setting)
    total = targets.dossiers_received
    series = "MH" if setting.period == PERIOD else f"MH-{setting.period}"
    rows = []
    for n in range(total):
        code = f"{series}-{n + 1:06d}"
        unit, service = one_of(offered, code, "service")
        received = n * len(days) // total
        resolved = min(received + _days_taken(code, service.term), len(days) - 1)
        pending = n >= targets.dossiers_resolved
        rows.append(
            {
                "dossier_code": code,
                "unit": unit,
                "field": service.field,
                "channel": channels[_channel(code)],
                "received_on": days[received],
                "due_on": calendar[received + service.term],
                "resolved_on": None if pending else days[resolved],
                "status": _PENDING if pending else "Đã giải quyết",
            }
        )
    return rows


def _as_of(row: Row, day: dt.date) -> Row:
    """A dossier as it stood on a day."""
    resolved = row["resolved_on"]
    if isinstance(resolved, dt.date) and resolved > day:
        return row | {"resolved_on": None, "status": _PENDING}
    return row


def _offered(setting: Setting) -> list[tuple[str, _Service]]:
    """Every service of every receiving unit, as often as it is common."""
    agencies = setting.members("agencies")[:_RECEIVING_AGENCIES]
    receiving = [(unit, _COMMUNE_SERVICES) for unit in setting.members("qcdc_communes")]
    receiving += [(unit, _AGENCY_SERVICES) for unit in agencies]
    return [
        (unit, service)
        for unit, services in receiving
        for service in services
        for _ in range(service.weight * between(4, 9, unit, "dossiers"))
    ]


def _days_taken(code: str, term: int) -> int:
    if chance(_LATE_PERCENT, code, "late"):
        return term + between(1, 3, code, "days late")
    return between(0, term, code, "days taken")


def _channels(setting: Setting) -> list[str]:
    """The three channels in the words of the period: two online ones, then the counter."""
    columns = setting.catalogue.registers["dossiers"].columns
    column = next(each for each in columns if each.id == "channel")
    return column.on(setting.data_to).options or []


def _channel(code: str) -> int:
    drawn = between(1, _DIRECT + _LEVEL_3 + _LEVEL_4, code, "channel")
    if drawn <= _LEVEL_3:
        return 0
    return 1 if drawn <= _LEVEL_3 + _LEVEL_4 else 2


def inspections(setting: Setting, targets: SampleTargets) -> list[Row]:
    """The year's plan of inspections and supervisions.

    Returns:
        ``inspections`` rows of different units, every third a supervision; the first three are
        done in the first half, one a month, the others in the second.
    """
    units = _inspected(setting)[: targets.inspections]
    done = len(units) if setting.is_second_half else _DONE
    return [
        _done(n, unit, setting) if n < done else _planned(n, unit) for n, unit in enumerate(units)
    ]


def supervised(count: int) -> int:
    """Supervisions among the inspections and supervisions of a plan."""
    return sum(_kind(place) == _SUPERVISION for place in range(count))


def _inspected(setting: Setting) -> list[str]:
    """Grassroots units, the three types in turn, in an order that follows no rank."""
    types = ("qcdc_communes", "agencies", "enterprises")
    plan = "plan" if setting.year == int(PERIOD[:4]) else f"plan {setting.year}"
    mixed = [sorted(setting.members(name), key=lambda u: number(u, plan)) for name in types]
    return [unit for unit in chain.from_iterable(zip_longest(*mixed)) if unit is not None]


def _kind(place: int) -> str:
    return _SUPERVISION if place % 3 == 2 else "Kiểm tra"


def _done(place: int, unit: str, setting: Setting) -> Row:
    day = _inspection_day(place, setting)
    marks = {name: one_of(_MARKS, unit, name) for name in ("awareness", "leadership", "results")}
    return {
        "unit": unit,
        "kind": _kind(place),
        "planned_month": day.month,
        "status": "Đã thực hiện",
        "done_on": day,
        **marks,
    }


def _inspection_day(place: int, setting: Setting) -> dt.date:
    """One a month until May, then one a month from July."""
    may = dt.date(setting.year, 5, 31)
    after = place - (_DONE - 1) + (1 if place >= _DONE else 0)
    day = may + dt.timedelta(days=30 * after - 10)
    return working_day_before(min(day, setting.data_to))


def _planned(place: int, unit: str) -> Row:
    # after the summer, and before the year is closed
    month = min(7 + place - _DONE, 11)
    return {
        "unit": unit,
        "kind": _kind(place),
        "planned_month": month,
        "status": "Chưa thực hiện",
    }
