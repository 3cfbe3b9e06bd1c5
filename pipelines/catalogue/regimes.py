"""The law of democracy at the grassroots over time: which regime judges whom, what it demands.

Belongs here: the entries, which regime is in force on a day, what changed within a span, their
``ref.*`` frames. Does not belong here: judging a unit (``evaluation.duties``), saying it for a
scope (``evaluation.judged``), what must hold between entries (``check_regimes``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd
from pydantic import Field, model_validator

from pipelines.catalogue.base import Citation, Dated, Entry
from pipelines.catalogue.measures import ElementFilter, RowFilter

if TYPE_CHECKING:
    from pipelines.catalogue.model import Catalogue, Document

GrassrootsType = Literal["commune", "agency", "enterprise"]
_BETWEEN = ";"
_DUE = r"^(period_end|half_end|year_end|[01]\d-[0-3]\d)$"


class Regime(Dated):
    """What judges the units of one type for a time.

    ``documents`` are named where a period is judged, ``guidance`` stands beside them and is
    mentioned when it comes or goes. Either may be in force for only a part of the regime.
    """

    id: str
    unit_type: GrassrootsType
    label_vi: str
    units_vi: str
    documents: list[str]
    guidance: list[str] = []
    basis: str
    verified: bool


class Exemption(Entry):
    """A unit whose element is at most that need not fulfil a duty."""

    element: str
    at_most: float


class Tiers(Entry):
    """What is needed by size: from each size on so many."""

    element: str
    steps: list[tuple[float, float]]


class Duty(Dated):
    """What a regime demands of a unit, and from where it is read whether it was done.

    ``at_least``, ``at_most``: the sum of ``elements``; ``at_least`` also no fewer than another
    element says, or what ``tiers`` say for the size of the unit. ``share``: the sum of
    ``elements`` over that of ``of``. ``within_working_days``, ``within_days``, ``posted_days``:
    ``elements`` count what broke the time limit, or every row of the register keeps it between
    its two ``columns``. ``rows_share``: in every row the first of ``columns`` over the second.

    ``needed`` is owed once, in each half or in each year (``per``); a share is a fraction, and
    must be ``more_than`` it or reach it. ``due``: the end of the period, of the half, of the
    year, or a day of the year (MM-DD); before it nobody has failed. ``only``: units of that
    sub-type alone.
    """

    id: str
    regimes: list[str]
    label_vi: str
    population: str
    kind: Literal[
        "at_least",
        "at_most",
        "share",
        "within_working_days",
        "within_days",
        "posted_days",
        "rows_share",
    ]
    needed: float
    more_than: bool = False
    per: Literal["period", "half", "year"] = "period"
    unit_vi: str = ""
    elements: list[str] = []
    of: list[str] = []
    no_fewer_than: str | None = None
    tiers: Tiers | None = None
    register_id: str | None = None
    columns: list[str] = []
    where: list[RowFilter] = []
    only: ElementFilter | None = None
    exempt: Exemption | None = None
    due: str = Field(
        default="period_end", pattern=r"^(period_end|half_end|year_end|[01]\d-[0-3]\d)$"
    )
    legal: list[Citation]
    note_vi: str = ""

    @model_validator(mode="after")
    def _is_read_from_one_place(self) -> Duty:
        by_rows = len(self.columns) == 2 and self.register_id is not None
        by_cells = bool(self.elements)
        fits = {
            "at_least": by_cells,
            "at_most": by_cells,
            "share": by_cells and bool(self.of),
            "rows_share": by_rows,
        }.get(self.kind, by_rows != by_cells)
        if not fits or (by_rows and by_cells):
            msg = f"duty {self.id}: {self.kind} needs elements, or a register and two columns"
            raise ValueError(msg)
        return self

    def asked(self) -> list[str]:
        """The elements whose sum or share is judged; without any of them nothing was asked."""
        return [*self.elements, *self.of]

    def read(self) -> list[str]:
        """Every element that judging needs."""
        more = [each.element for each in (self.tiers, self.only, self.exempt) if each is not None]
        return [*self.asked(), *([self.no_fewer_than] if self.no_fewer_than else []), *more]


@dataclass(frozen=True)
class Change:
    """Documents that came or went on a day.

    Attributes:
        on: First day of the new state.
        before: Documents that were in force until the day before.
        after: Documents in force from the day on that were not before.
        is_new_regime: Whether the regime itself changed, not only what guides it.
    """

    on: dt.date
    before: list[Document]
    after: list[Document]
    is_new_regime: bool


def in_force(catalogue: Catalogue, unit_type: str, day: dt.date) -> Regime | None:
    """The regime that judges units of a type on a day; None where the catalogue knows none."""
    for regime in catalogue.regimes.values():
        if regime.unit_type == unit_type and regime.in_force(day):
            return regime
    return None


def documents_on(catalogue: Catalogue, regime: Regime, day: dt.date) -> list[Document]:
    """The regime's documents, guidance last, that are in force on a day."""
    known = [catalogue.documents[name] for name in [*regime.documents, *regime.guidance]]
    return [document for document in known if document.in_force(day)]


def straddled(
    catalogue: Catalogue, unit_type: str, starts_on: dt.date, ends_on: dt.date
) -> list[Change]:
    """What changed after the first day of a span, up to its last; oldest first.

    A period with a change of regime lies under two laws: the one at its end judges it.
    """
    regimes = [r for r in catalogue.regimes.values() if r.unit_type == unit_type]
    days = {
        day
        for regime in regimes
        for name in [*regime.documents, *regime.guidance]
        for document in [catalogue.documents[name]]
        for day in (regime.valid_from, document.valid_from, _next(document.valid_to))
        if day is not None and starts_on < day <= ends_on
    }
    changes = [_change(catalogue, unit_type, day) for day in sorted(days)]
    return [each for each in changes if each.before or each.after or each.is_new_regime]


def duties_of(catalogue: Catalogue, regime: str) -> list[Duty]:
    """What a regime demands."""
    return [duty for duty in catalogue.duties.values() if regime in duty.regimes]


def is_verified(catalogue: Catalogue, duty: Duty, regime: Regime) -> bool:
    """Whether places, documents and the regime were all checked against their texts."""
    cited = all(
        citation.verified and catalogue.documents[citation.document].verified
        for citation in duty.legal
    )
    return cited and regime.verified


def regime_frame(catalogue: Catalogue) -> pd.DataFrame:
    """The columns of ``ref.regimes``."""
    rows = [
        entry.model_dump(exclude={"id", "documents", "guidance"})
        | {
            "regime": entry.id,
            "documents": _BETWEEN.join(entry.documents),
            "guidance": _BETWEEN.join(entry.guidance) or None,
        }
        for entry in catalogue.regimes.values()
    ]
    return pd.DataFrame(rows)


def duty_frame(catalogue: Catalogue, cited: dict[str, str | None]) -> pd.DataFrame:
    """The columns of ``ref.duties``.

    Args:
        catalogue: Regimes and duties.
        cited: The citations of each duty as one line.
    """
    rows = [
        {
            "duty": duty.id,
            "regime": regime.id,
            "unit_type": regime.unit_type,
            "label_vi": duty.label_vi,
            "population": duty.population,
            "kind": duty.kind,
            "needed": duty.needed,
            "more_than": duty.more_than,
            "per": duty.per,
            "elements": _BETWEEN.join(duty.asked()) or None,
            "register": duty.register_id,
            "columns": _BETWEEN.join(duty.columns) or None,
            "due": duty.due,
            "legal": cited[duty.id],
            "verified": is_verified(catalogue, duty, regime),
            "note_vi": duty.note_vi or None,
        }
        for duty in catalogue.duties.values()
        for regime in [catalogue.regimes[name] for name in duty.regimes]
    ]
    return pd.DataFrame(rows)


def _change(catalogue: Catalogue, unit_type: str, on: dt.date) -> Change:
    day_before = on - dt.timedelta(days=1)
    then, now = in_force(catalogue, unit_type, day_before), in_force(catalogue, unit_type, on)
    before = documents_on(catalogue, then, day_before) if then else []
    after = documents_on(catalogue, now, on) if now else []
    return Change(
        on=on,
        before=[each for each in before if each not in after],
        after=[each for each in after if each not in before],
        is_new_regime=(then and then.id) != (now and now.id),
    )


def _next(day: dt.date | None) -> dt.date | None:
    return None if day is None else day + dt.timedelta(days=1)
