"""How far units came with a duty of the law: what was found, what is needed, whether it is met.

Belongs here: one function per kind of duty, on wide frames. Does not belong here: deadlines,
states and words (``duties``), what the kinds mean (``catalogue.regimes``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.catalogue.measures import RowFilter
from pipelines.catalogue.regimes import Duty
from pipelines.evaluation.basis import RegisterKnown, Reported
from pipelines.vietnamese.holidays import add_working_days

_TOLERANCE = 1e-9
# months that a duty is owed for
LENGTH = {"period": 0, "half": 6, "year": 12}


@dataclass(frozen=True)
class Facts:
    """What is known in a period.

    Attributes:
        reported: Elements by unit.
        registers: Rows by register id.
        register_known: Which registers are there, or who sent rows.
        months: Length of the period.
        lower: What a longer period's parts add up to at least, where its own number is missing.
    """

    reported: Reported
    registers: Mapping[str, pd.DataFrame]
    register_known: Mapping[str, RegisterKnown]
    months: int
    lower: pd.DataFrame | None = None


def measure(duty: Duty, facts: Facts) -> pd.DataFrame:
    """How far every unit came.

    Returns:
        On the units of ``facts.reported``: found, needed, top and bottom (of a share), met
        (missing where it is not known), applies (missing where it is not known to whom).
    """
    how = _HOW.get(duty.kind, _limit)
    frame = how(duty, facts)
    frame["applies"] = _applies(duty, facts, frame)
    return frame


def needed_in(duty: Duty, months: int) -> float:
    """What is owed in a period of so many months: whatever is owed anew in each part of it."""
    length = LENGTH[duty.per]
    times = max(1.0, months / length) if length else 1.0
    return float(np.floor(duty.needed * times + _TOLERANCE)) if times > 1 else duty.needed


def _at_least(duty: Duty, facts: Facts) -> pd.DataFrame:
    found, lower = _summed(duty.elements, facts)
    base = needed_in(duty, facts.months)
    needed = pd.Series(base, index=found.index)
    if duty.tiers is not None:
        size = facts.reported.numbers[duty.tiers.element]
        needed = size.map(lambda number: _tier(duty.tiers.steps, number), na_action="ignore")  # type: ignore[union-attr] # not None above
    if duty.no_fewer_than is not None:
        needed = facts.reported.numbers[duty.no_fewer_than].clip(lower=base)
    # what is known of the parts is enough where it already reaches what is needed
    enough = found.isna() & (lower >= needed - _TOLERANCE)
    found = found.mask(enough, lower)
    too_few = found < base - _TOLERANCE
    met = _compared(found >= needed - _TOLERANCE, found, needed)
    if duty.no_fewer_than is not None:
        met = met.mask(too_few, other=False)
        needed = needed.fillna(base)
    return _frame(found, needed, met)


def _at_most(duty: Duty, facts: Facts) -> pd.DataFrame:
    found, _ = _summed(duty.elements, facts)
    needed = pd.Series(needed_in(duty, facts.months), index=found.index)
    return _frame(found, needed, _compared(found <= needed + _TOLERANCE, found, needed))


def _share(duty: Duty, facts: Facts) -> pd.DataFrame:
    top, _ = _summed(duty.elements, facts)
    bottom, _ = _summed(duty.of, facts)
    found = top / bottom.where(bottom > 0)
    needed = pd.Series(duty.needed, index=found.index)
    met = _compared(_reaches(found, duty), found, needed)
    return _frame(found, needed, met, top=top, bottom=bottom)


def _limit(duty: Duty, facts: Facts) -> pd.DataFrame:
    """A time limit: told by elements that count what broke it, or by the rows themselves."""
    if duty.register_id is not None:
        return _rows(duty, facts)
    found, _ = _summed(duty.elements, facts)
    needed = pd.Series(duty.needed, index=found.index)
    return _frame(found, needed, _compared(found <= _TOLERANCE, found, needed))


def _rows(duty: Duty, facts: Facts) -> pd.DataFrame:
    """Rows that broke the limit, of those that can be judged; none of them: it does not apply."""
    units = facts.reported.numbers.index
    rows = facts.registers[str(duty.register_id)]
    rows = rows[_passing(rows, duty.where)].dropna(subset=duty.columns)
    rows = rows.assign(broken=_broken(rows, duty) if len(rows) else False)
    counts = rows.groupby("unit_id")["broken"].agg(["sum", "size"]).reindex(units)
    known = facts.register_known[str(duty.register_id)]
    sent = units.isin(list(known)) if isinstance(known, frozenset) else np.full(len(units), known)
    found = counts["sum"].astype("float64").where(sent)
    judged = counts["size"].astype("float64").fillna(0).where(sent)
    needed = pd.Series(duty.needed, index=units)
    met = _compared(found <= 0, found, needed)
    return _frame(found, needed, met, top=judged - found, bottom=judged)


def _broken(rows: pd.DataFrame, duty: Duty) -> pd.Series:
    first, last = (rows[name] for name in duty.columns)
    if duty.kind == "rows_share":
        share = first.astype("float64") / last.astype("float64").where(last > 0)
        return ~_reaches(share, duty)
    if duty.kind == "within_working_days":
        ends = [_limit_day(day, int(duty.needed)) for day in first]
        return last > pd.Series(ends, index=rows.index)
    days = (last - first).dt.days
    # a notice put up and taken down on the same day hung for one day
    return days + 1 < duty.needed if duty.kind == "posted_days" else days > duty.needed


def _limit_day(day: pd.Timestamp, n: int) -> pd.Timestamp:
    return pd.Timestamp(add_working_days(dt.date(day.year, day.month, day.day), n))


def _reaches(share: pd.Series, duty: Duty) -> pd.Series:
    if duty.more_than:
        return share > duty.needed + _TOLERANCE
    return share >= duty.needed - _TOLERANCE


def _passing(rows: pd.DataFrame, tests: list[RowFilter]) -> pd.Series:
    passing = pd.Series(data=True, index=rows.index)
    for test in tests:
        if test.among is not None:
            passing &= rows[test.column].isin(test.among)
        elif test.is_present is not None:
            passing &= rows[test.column].notna() == test.is_present
        else:
            passing &= rows[test.column] == test.equals
    return passing


def _summed(elements: list[str], facts: Facts) -> tuple[pd.Series, pd.Series]:
    """The sum, missing where a part of it is; and what is known of it at least."""
    numbers = facts.reported.numbers[elements]
    exempt = facts.reported.exempt[elements]
    filled = numbers.mask(exempt & ~exempt.all(axis=1).to_numpy()[:, None], 0.0)
    total = filled.sum(axis=1, min_count=1).where(filled.notna().all(axis=1))
    known = filled if facts.lower is None else filled.fillna(facts.lower[elements])
    return total, known.sum(axis=1)


def _applies(duty: Duty, facts: Facts, frame: pd.DataFrame) -> pd.Series:
    """To whom a duty applies: by sub-type, by size, and where anything happened at all."""
    reported = facts.reported
    applies = pd.Series(data=True, index=frame.index, dtype="boolean")
    if duty.only is not None:
        name, wanted = duty.only.element, duty.only.equals
        said = reported.texts[name] if isinstance(wanted, str) else reported.numbers[name]
        value = wanted if isinstance(wanted, str) else float(wanted)
        applies = (said == value).astype("boolean").mask(said.isna())
    if duty.exempt is not None:
        size = reported.numbers[duty.exempt.element]
        applies = applies.mask(size <= duty.exempt.at_most, other=False)
    if duty.elements:
        applies = applies.mask(reported.exempt[duty.elements].all(axis=1), other=False)
    return applies.mask(frame["bottom"] == 0, other=False)


def _tier(steps: list[tuple[float, float]], size: float) -> float:
    fitting = [needed for start, needed in steps if start <= size]
    return fitting[-1] if fitting else steps[0][1]


def _compared(mask: pd.Series, found: pd.Series, needed: pd.Series) -> pd.Series:
    """An answer that is missing where one side is."""
    return mask.astype("boolean").mask(found.isna() | needed.isna())


def _frame(
    found: pd.Series,
    needed: pd.Series,
    met: pd.Series,
    top: pd.Series | None = None,
    bottom: pd.Series | None = None,
) -> pd.DataFrame:
    nothing = pd.Series(np.nan, index=found.index)
    return pd.DataFrame(
        {
            "found": found,
            "needed": needed,
            "met": met,
            "top": nothing if top is None else top,
            "bottom": nothing if bottom is None else bottom,
        }
    )


_HOW: dict[str, Callable[[Duty, Facts], pd.DataFrame]] = {
    "at_least": _at_least,
    "at_most": _at_most,
    "share": _share,
    "rows_share": _rows,
}
