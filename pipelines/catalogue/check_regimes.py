"""What must hold between regimes, duties and the rest of the catalogue.

Belongs here: references that lead nowhere, times without law or with two. Does not belong here:
the entries themselves (``regimes``), checks of other entries (``integrity``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.catalogue.model import Catalogue, Population
    from pipelines.catalogue.regimes import Duty, Regime


def regime_problems(catalogue: Catalogue) -> Iterator[str]:
    """Everything that is wrong with regimes and duties."""
    yield from _successive(catalogue)
    for regime in catalogue.regimes.values():
        yield from _documents(catalogue, regime)
    for duty in catalogue.duties.values():
        yield from _regimes(catalogue, duty)
        yield from _sources(catalogue, duty)
        for citation in duty.legal:
            if citation.document not in catalogue.documents:
                yield f"duty {duty.id}: unknown document {citation.document}"


def _successive(catalogue: Catalogue) -> Iterator[str]:
    """The regimes of a type follow each other without a gap; the last is open."""
    ordered = sorted(catalogue.regimes.values(), key=lambda r: (r.unit_type, r.valid_from))
    for unit_type, group in groupby(ordered, key=lambda r: r.unit_type):
        of_type = list(group)
        for before, after in pairwise(of_type):
            if before.valid_to is None:
                yield f"regime {before.id}: is open, yet {after.id} follows for {unit_type}"
            elif before.valid_to + dt.timedelta(days=1) != after.valid_from:
                yield (
                    f"regime {after.id}: begins {after.valid_from}, expected the day after"
                    f" {before.valid_to}, when {before.id} ends"
                )
        if of_type[-1].valid_to is not None:
            yield f"regime {of_type[-1].id}: nothing follows for {unit_type}; leave valid_to open"


def _documents(catalogue: Catalogue, regime: Regime) -> Iterator[str]:
    for name in [*regime.documents, *regime.guidance]:
        document = catalogue.documents.get(name)
        if document is None:
            yield f"regime {regime.id}: unknown document {name}"
            continue
        ends_before = document.valid_to is not None and document.valid_to < regime.valid_from
        begins_after = regime.valid_to is not None and document.valid_from > regime.valid_to
        if ends_before or begins_after:
            yield f"regime {regime.id}: {name} is never in force during it"
    first = catalogue.documents.get(regime.documents[0]) if regime.documents else None
    if first is None or not first.in_force(regime.valid_from):
        yield f"regime {regime.id}: its first document is not in force on {regime.valid_from}"


def _regimes(catalogue: Catalogue, duty: Duty) -> Iterator[str]:
    population = catalogue.populations.get(duty.population)
    if population is None:
        yield f"duty {duty.id}: unknown population {duty.population}"
    for name in duty.regimes:
        regime = catalogue.regimes.get(name)
        if regime is None:
            yield f"duty {duty.id}: unknown regime {name}"
        elif population is not None and not _is_of(population, regime):
            yield f"duty {duty.id}: {duty.population} are not units of type {regime.unit_type}"


def _is_of(population: Population, regime: Regime) -> bool:
    return [str(name) for name in population.unit_types] == [regime.unit_type]


def _sources(catalogue: Catalogue, duty: Duty) -> Iterator[str]:
    """Elements, registers and columns that a duty is read from."""
    for name in duty.read():
        if name not in catalogue.elements:
            yield f"duty {duty.id}: unknown element {name}"
    if duty.register_id is None:
        return
    register = catalogue.registers.get(duty.register_id)
    if register is None:
        yield f"duty {duty.id}: unknown register {duty.register_id}"
        return
    columns = {column.id for column in register.columns}
    for name in [*duty.columns, *(test.column for test in duty.where)]:
        if name not in columns:
            yield f"duty {duty.id}: unknown column {name} of {duty.register_id}"
