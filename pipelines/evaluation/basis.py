"""What the indicators of a period are computed from, read once.

Belongs here: tables of a period → what is known about every unit, the window of events.
Does not belong here: what a measure makes of it (``measures``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from pipelines.catalogue.integrity import measure_elements
from pipelines.catalogue.model import Catalogue, Indicator, Population
from pipelines.evaluation.scopes import Scopes, find_scopes

KNOWN_STATES = frozenset({"value", "zero"})
Window = tuple[pd.Timestamp, pd.Timestamp]
# one office keeps it: whether its file is there; units keep it: those that sent rows
RegisterKnown = bool | frozenset[str]


@dataclass(frozen=True)
class Reported:
    """What is known about every unit: one row per unit, one column per element.

    Attributes:
        numbers: Numbers and answers (yes = 1); NaN where nothing is known.
        texts: Dates and texts; NaN where nothing is known.
        exempt: Where the element does not apply to the unit.
    """

    numbers: pd.DataFrame
    texts: pd.DataFrame
    exempt: pd.DataFrame


@dataclass(frozen=True)
class Places:
    """Which units lie where, as arrays of one length.

    Attributes:
        scope_id: The scope.
        unit_id: A unit in it.
        scopes: Place of the scope among areas and singles.
        units: Place of the unit among the rows of ``Reported``.
        share: How much of the unit lies there: 1, less where it is stated, NaN where it is not.
    """

    scope_id: np.ndarray
    unit_id: np.ndarray
    scopes: np.ndarray
    units: np.ndarray
    share: np.ndarray


@dataclass(frozen=True)
class Basis:
    """What the indicators of a period are computed from."""

    catalogue: Catalogue
    scopes: Scopes
    reported: Reported
    registers: dict[str, pd.DataFrame]
    register_known: Mapping[str, RegisterKnown]
    reporting: pd.DataFrame
    window: Window

    @cached_property
    def inside(self) -> Places:
        """Everything in every scope."""
        return self._placed(self.scopes.inside)

    @cached_property
    def places(self) -> dict[str, Places]:
        """By population, the units that count in it in every scope."""
        return {name: self._placed(rows) for name, rows in self.scopes.members.items()}

    def _placed(self, rows: pd.DataFrame) -> Places:
        scopes = pd.Index([*self.scopes.areas, *self.scopes.singles], dtype="str")
        return Places(
            rows["scope_id"].to_numpy(dtype=object),
            rows["unit_id"].to_numpy(dtype=object),
            scopes.get_indexer(pd.Index(rows["scope_id"])),
            self.reported.numbers.index.get_indexer(pd.Index(rows["unit_id"])),
            shares(rows),
        )


def shares(inside: pd.DataFrame) -> np.ndarray:
    """How much of each unit lies in its scope: 1, less where it is stated, NaN where it is not."""
    if "share" in inside:
        return inside["share"].to_numpy(dtype="float64")
    return np.ones(len(inside))


def read_reported(observations: pd.DataFrame, units: pd.Index, elements: list[str]) -> Reported:
    """Spread the observations of one period over units and elements.

    Args:
        observations: ``core.observations`` of one period.
        units: Unit ids wanted, without repetition.
        elements: Element ids wanted.
    """
    wanted = observations[observations["element"].isin(elements)]
    known = wanted["state"].isin(KNOWN_STATES)
    number = wanted["value"].where(wanted["state"] != "zero", 0.0).where(known)
    facts = wanted[["unit_id", "element"]].assign(
        value=number,
        text=wanted["text"].where(known),
        exempt=wanted["state"] == "not_applicable",
    )

    def spread(column: str) -> pd.DataFrame:
        wide = facts.pivot(index="unit_id", columns="element", values=column)  # noqa: PD010 — keys are unique by contract
        return wide.reindex(index=units, columns=elements)

    exempt = spread("exempt").astype("boolean").fillna(value=False).astype(bool)
    return Reported(spread("value").astype("float64"), spread("text"), exempt)


def make_basis(
    *,
    observations: pd.DataFrame,
    registers: dict[str, pd.DataFrame],
    register_known: Mapping[str, RegisterKnown],
    reporting: pd.DataFrame,
    units: pd.DataFrame,
    catalogue: Catalogue,
    period: Mapping[str, object],
    scopes: list[str] | Scopes,
    successions: pd.DataFrame | None = None,
) -> Basis:
    """What the indicators of a period stand on; arguments as in ``indicator_values``.

    ``scopes`` may also be the scopes as found already.
    """
    key = str(period["period"])
    found = (
        scopes
        if isinstance(scopes, Scopes)
        else find_scopes(
            scopes, units, counted_populations(catalogue), period_end(period), successions
        )
    )
    elements = {e for entry in catalogue.indicators.values() for e in used_elements(entry)}
    reported = read_reported(
        observations[observations["period"] == key],
        pd.Index(found.inside["unit_id"].unique(), name="unit_id"),
        sorted(elements),
    )
    return Basis(
        catalogue=catalogue,
        scopes=found,
        reported=reported,
        registers={name: rows[rows["period"] == key] for name, rows in registers.items()},
        register_known=register_known,
        reporting=reporting[reporting["period"] == key],
        window=period_window(period),
    )


def counted_populations(catalogue: Catalogue) -> list[Population]:
    """The populations that indicators count."""
    names = dict.fromkeys(entry.population for entry in catalogue.indicators.values())
    return [catalogue.populations[name] for name in names]


def period_end(period: Mapping[str, object]) -> dt.date:
    """The last day of a period."""
    return pd.Timestamp(period["ends_on"]).date()  # type: ignore[arg-type] # a date by contract


def period_window(period: Mapping[str, object]) -> Window:
    """First and last day whose events belong to a period; reviews have only their own dates."""
    first, last = period.get("window_from"), period.get("window_to")
    if pd.isna(first) or pd.isna(last):  # type: ignore[call-overload] # dates by contract
        first, last = period["starts_on"], period["ends_on"]
    return pd.Timestamp(first), pd.Timestamp(last)  # type: ignore[arg-type] # dates by contract


def used_elements(indicator: Indicator) -> list[str]:
    """The elements an indicator draws on, each once."""
    both = measure_elements(indicator.numerator) + measure_elements(indicator.denominator)
    return list(dict.fromkeys(both))
