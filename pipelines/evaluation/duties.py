"""What the law demands of every unit in a period, and whether it was done.

A duty is judged only after its deadline: before it nobody has failed. The regime in force on the
last day of the period says which duties there are.

Belongs here: measures of duties → ``eval.duties``, with deadlines and words. Does not belong here:
measuring (``duty_measures``), which law judges what (``judged``), findings (``validation``).
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from pipelines.catalogue import regimes
from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.reference import citations
from pipelines.catalogue.regimes import Duty, Regime
from pipelines.evaluation.basis import RegisterKnown, read_reported
from pipelines.evaluation.duty_measures import LENGTH, Facts, measure
from pipelines.evaluation.duty_parts import Parts, compose_alike, told_by_parts
from pipelines.evaluation.duty_words import Judged, told
from pipelines.places.units import fits, in_force
from pipelines.vietnamese.dates import format_date

_HALF_MONTHS, _YEAR_MONTHS = 6, 12


class Span(NamedTuple):
    """The days of a period."""

    starts_on: dt.date
    ends_on: dt.date

    @property
    def months(self) -> int:
        """How many months the period has."""
        years = self.ends_on.year - self.starts_on.year
        return years * 12 + self.ends_on.month - self.starts_on.month + 1


class Known(NamedTuple):
    """What a duty is judged by.

    ``since``: the first day that counts where it is not the period's. ``is_answer``: it is read
    from a yes or no. ``is_part``: the numbers are those of a part of what it is owed for.
    ``is_mixed``: over so long a period its two sides are no longer about the same.
    """

    facts: Facts
    since: dt.date | None
    is_answer: bool
    is_part: bool
    is_mixed: bool
    catalogue: Catalogue


def duties(
    *,
    observations: pd.DataFrame,
    registers: Mapping[str, pd.DataFrame],
    register_known: Mapping[str, RegisterKnown],
    units: pd.DataFrame,
    catalogue: Catalogue,
    period: Mapping[str, Any],
    scopes: Sequence[str],
    parts: Parts | None = None,
) -> pd.DataFrame:
    """Judge every duty of every unit.

    Args:
        observations: ``core.observations`` of the period.
        registers: Register rows by register id.
        register_known: Which registers are there, or who sent rows.
        units: ``ref.units``.
        catalogue: Regimes and duties.
        period: Row of ``ref.periods``.
        scopes: Units that are evaluated.
        parts: Of a period that is made of others, what they know.

    Returns:
        ``eval.duties``: a row per unit and duty that something was asked about. A duty that no
        form of the period asks about has none.
    """
    contract = table_contract(catalogue, "eval.duties")
    span = Span(period["starts_on"], period["ends_on"])
    alive = in_force(units, span.ends_on)
    alive = alive[alive["unit_id"].isin(list(scopes))]
    asked = observations[observations["unit_id"].isin(alive["unit_id"])]
    index = pd.Index(alive["unit_id"], name="unit_id")
    facts = Facts(
        reported=read_reported(asked, index, _elements(catalogue)),
        registers=registers,
        register_known=register_known,
        months=span.months,
    )
    frames = [
        _judged(duty, regime, _facts(duty, regime, facts, parts, catalogue, span), span, who)
        for duty, regime in _owed(catalogue, span.ends_on)
        for who in [_asked(duty, alive, asked, facts, catalogue)]
        if len(who)
    ]
    if not frames:
        return contract.empty()
    marked = alive.set_index("unit_id")["is_illustrative"]
    found = pd.concat(frames, ignore_index=True).assign(period=period["period"])
    return contract.conform(found.assign(is_illustrative=found["unit_id"].map(marked)))


def due_on(duty: Duty, ends_on: dt.date) -> dt.date:
    """The deadline of a duty in a period that ends on a day."""
    if duty.due == "period_end":
        return ends_on
    if duty.due == "year_end":
        return dt.date(ends_on.year, 12, 31)
    if duty.due == "half_end":
        first = ends_on.month <= _HALF_MONTHS
        return dt.date(ends_on.year, 6, 30) if first else dt.date(ends_on.year, 12, 31)
    month, day = (int(part) for part in duty.due.split("-"))
    return dt.date(ends_on.year, month, min(day, calendar.monthrange(ends_on.year, month)[1]))


def _owed(catalogue: Catalogue, day: dt.date) -> Iterator[tuple[Duty, Regime]]:
    for duty in catalogue.duties.values():
        for name in duty.regimes:
            if catalogue.regimes[name].in_force(day) and duty.in_force(day):
                yield duty, catalogue.regimes[name]


def _elements(catalogue: Catalogue) -> list[str]:
    names = [name for duty in catalogue.duties.values() for name in duty.read()]
    return list(dict.fromkeys(names))


def _asked(
    duty: Duty,
    alive: pd.DataFrame,
    observations: pd.DataFrame,
    facts: Facts,
    catalogue: Catalogue,
) -> list[str]:
    """Units that owe a duty and of whom something was asked that tells whether they did it."""
    who = alive.loc[fits(catalogue.populations[duty.population], alive), "unit_id"]
    if duty.register_id is not None and catalogue.registers[duty.register_id].may_be_absent:
        # nobody owes such a register: where there is one it tells more than the form
        sent = facts.register_known.get(duty.register_id, False)
        return [unit for unit in who if isinstance(sent, frozenset) and unit in sent]
    about = observations
    if duty.asked():
        about = observations[observations["element"].isin(duty.asked())]
    known = set(about["unit_id"])
    return [unit for unit in who if unit in known]


def _facts(
    duty: Duty,
    regime: Regime,
    facts: Facts,
    parts: Parts | None,
    catalogue: Catalogue,
    span: Span,
) -> Known:
    is_answer = {catalogue.elements[name].type for name in duty.asked()} == {"bool"}
    flows = [catalogue.elements[name] for name in duty.asked()]
    is_flow = any(each.flow == "flow" and each.refers_to == "period" for each in flows)
    is_part = is_flow and span.months < LENGTH[duty.per]
    if parts is None or not duty.asked():
        return Known(facts, None, is_answer, is_part, is_mixed=False, catalogue=catalogue)
    found = told_by_parts(duty, regime, facts.reported, parts, catalogue)
    months = Span(found.since or span.starts_on, span.ends_on).months
    completed = replace(facts, reported=found.reported, lower=found.lower, months=months)
    counted = duty.per == "half" and months > _HALF_MONTHS
    is_mixed = not compose_alike(duty, catalogue, years=span.months > _YEAR_MONTHS)
    return Known(completed, found.since, is_answer and not counted, is_part, is_mixed, catalogue)


def _judged(duty: Duty, regime: Regime, known: Known, span: Span, who: list[str]) -> pd.DataFrame:
    due = due_on(duty, span.ends_on)
    frame = measure(duty, known.facts).loc[who]
    if known.is_mixed:
        frame["met"] = pd.array([pd.NA] * len(frame), dtype="boolean")
    states = _states(frame, due <= span.ends_on)
    if known.is_part:
        # what a half lacks may have been done in the other
        states = states.mask(states == "not_done", "missing")
    numbers = [frame[name].tolist() for name in ("found", "needed", "top", "bottom")]
    texts = [
        told(
            duty,
            Judged(state, *values, due_on=due, is_part=known.is_part),
            is_answer=known.is_answer,
        )
        + _after(state, known)
        for state, *values in zip(states, *numbers, strict=True)
    ]
    return pd.DataFrame(
        {
            "unit_id": who,
            "duty": duty.id,
            "regime": regime.id,
            "label_vi": duty.label_vi,
            "state": states.to_numpy(),
            "found": frame["found"].to_numpy(),
            "needed": frame["needed"].to_numpy(),
            "due_on": due,
            "text_vi": texts,
            "legal": citations(duty.legal, known.catalogue),
            "verified": regimes.is_verified(known.catalogue, duty, regime),
        }
    )


def _after(state: str, known: Known) -> str:
    """What stands after the words: since when, or where to look instead."""
    if state == "not_applicable":
        return ""
    if known.is_mixed:
        return " cho cả kỳ, xem từng năm"
    return f" (tính từ {format_date(known.since)})" if known.since else ""


def _states(frame: pd.DataFrame, is_due: bool) -> pd.Series:
    """The state of every unit; what is not known is missing, whatever the deadline."""
    applies, met = frame["applies"], frame["met"]
    states = pd.Series("not_done" if is_due else "not_yet_due", index=frame.index, dtype="str")
    states = states.mask(met.fillna(value=False).astype(bool), "done")
    states = states.mask(met.isna() | applies.isna(), "missing")
    return states.mask(~applies.fillna(value=True).astype(bool), "not_applicable")
