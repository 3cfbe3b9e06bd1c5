"""What an audience sees: whose values, which small counts of persons not, whether the workings.

Belongs here: sensitivity and suppression → yes or no for a value, a figure. Does not belong here:
which audiences there are (``catalogue.disclosure``), the arithmetic (``evaluation.suppression``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.catalogue.disclosure import Audience, Disclosure
from pipelines.catalogue.integrity import measure_elements
from pipelines.catalogue.model import Catalogue, Indicator, RowsMeasure, SumMeasure, Term
from pipelines.evaluation.suppression import Counts, Sum, hidden_cells
from pipelines.reports.site.source import Record, Shelf

_NEAR = 1e-6
PARTS = ("numerator", "denominator")
_EQUALS = "sum_equals"


@dataclass(frozen=True)
class Lens:
    """What is shown to an audience.

    Attributes:
        audience: Who reads.
        mark: What stands in place of what is not shown.
        own: The unit whose copy this is, where each unit gets one.
        closed: Keys of values and figures that are hidden as small counts of persons.
        guarded: Indicators that count persons in sensitive matters.
        open_indicators: Those of which a unit's figure is made of nothing that is withheld.
    """

    audience: Audience
    mark: str
    own: str | None = None
    closed: frozenset[str] = frozenset()
    guarded: frozenset[str] = frozenset()
    open_indicators: frozenset[str] = frozenset()

    @property
    def workings(self) -> bool:
        """Whether files, cells, findings and names of the late are shown everywhere."""
        return self.audience.workings

    def whole(self, unit_id: str) -> bool:
        """Whether everything of a unit is shown."""
        return self.workings or unit_id == self.own

    def sees_value(self, catalogue: Catalogue, unit_id: str, element: str) -> bool:
        """Whether the value of a unit is shown as it is."""
        if self.whole(unit_id):
            return True
        known = catalogue.elements.get(element)
        allowed = known is not None and known.sensitivity in self.audience.sensitivities
        return allowed and value_key(unit_id, element) not in self.closed

    def sees_part(self, indicator: str, scope_id: str, part: str) -> bool:
        """Whether a numerator or denominator is shown."""
        return self.whole(scope_id) or figure_key(indicator, scope_id, part) not in self.closed

    def sees_figure(self, indicator: str, scope_id: str, *, of_unit: bool) -> bool:
        """Whether a figure as a whole is shown, with its coverage and bounds."""
        if of_unit and not self.whole(scope_id) and indicator not in self.open_indicators:
            return False
        return all(self.sees_part(indicator, scope_id, part) for part in PARTS)

    def compares(self, indicator: str) -> bool:
        """Whether figures of other periods stand beside: they would give differences away."""
        return self.audience.exact or indicator not in self.guarded


def value_key(unit_id: str, element: str) -> str:
    """Key of a unit's value."""
    return f"value {element} {unit_id}"


def figure_key(indicator: str, scope_id: str, part: str) -> str:
    """Key of a part of a figure."""
    return f"{part} {indicator} {scope_id}"


@dataclass(frozen=True)
class Told:
    """What an audience was told of a period.

    Attributes:
        shown: Cells it could see, with their values.
        closed: Cells that were hidden.
    """

    shown: Mapping[str, float]
    closed: frozenset[str]


def lens_for(
    shelf: Shelf,
    catalogue: Catalogue,
    disclosure: Disclosure,
    audience: str,
    earlier: Iterable[Shelf] = (),
) -> Lens:
    """The lens of an audience, not yet that of one unit.

    Args:
        shelf: The period.
        catalogue: As worded for it.
        disclosure: Who may see what.
        audience: Its id.
        earlier: The period as earlier releases have told it, oldest first: nobody may work out
            a small number from what has changed between two releases.
    """
    chosen = disclosure.audiences[audience]
    guarded = guarded_indicators(catalogue)
    open_ones = frozenset(
        name for name, entry in catalogue.indicators.items() if _open(catalogue, entry, chosen)
    )
    closed = frozenset[str]()
    if not chosen.exact:
        before: list[Told] = []
        for each in earlier:
            before.append(told(each, catalogue, disclosure, chosen, before))
        closed = told(shelf, catalogue, disclosure, chosen, before).closed
    return Lens(chosen, disclosure.mark_vi, None, closed, guarded, open_ones)


def guarded_indicators(catalogue: Catalogue) -> frozenset[str]:
    """The indicators that an element which counts persons goes into."""
    return frozenset(
        name
        for name, entry in catalogue.indicators.items()
        if any(catalogue.elements[e].counts_persons for e in _elements(entry))
    )


def told(
    shelf: Shelf,
    catalogue: Catalogue,
    disclosure: Disclosure,
    audience: Audience,
    before: Sequence[Told] = (),
) -> Told:
    """What an audience may see of values and parts of figures, and what it must not.

    Args:
        shelf: The period.
        catalogue: As worded for it.
        disclosure: Who may see what.
        audience: Who reads.
        before: What it was told by earlier releases: what was hidden stays hidden, and what was
            shown and has not changed is known.
    """
    table, unsure = _counts(shelf, catalogue, disclosure, audience)
    known = {
        cell
        for each in before
        for cell, value in each.shown.items()
        if table.values.get(cell) == value
    }
    withheld = frozenset[str]().union(*(each.closed for each in before))
    readers = _readers(shelf, table.values) if audience.own else []
    insiders = [known | reader for reader in (frozenset[str](), *readers)] if known else readers
    # what is not shown anyway is told by the sensitivity of its element
    closed = hidden_cells(table, insiders, withheld) | unsure | withheld
    hidden = closed | table.unseen
    return Told({c: v for c, v in table.values.items() if c not in hidden}, closed)


def _counts(
    shelf: Shelf, catalogue: Catalogue, disclosure: Disclosure, audience: Audience
) -> tuple[Counts, set[str]]:
    """Cells and sums of a period, and the cells of which nobody knows how they come about."""
    values: dict[str, float] = {}
    persons: set[str] = set()
    sums: list[Sum] = []
    unsure: set[str] = set()
    for unit, rows in shelf.observed.items():
        for row in rows:
            element = catalogue.elements.get(str(row["element"]))
            if element is not None and element.is_numeric and row["state"] in {"value", "zero"}:
                key = value_key(unit, element.id)
                values[key] = float(row["value"] or 0)
                if element.counts_persons:
                    persons.add(key)
    for name in sorted(guarded_indicators(catalogue)):
        found = _of_indicator(shelf, catalogue, catalogue.indicators[name], values)
        values |= found.values
        persons |= found.persons
        sums += found.sums
        unsure |= found.unsure
    sums += _stated(catalogue, shelf.observed, values)
    used = {cell for entry in sums for cell in entry.cells} | persons
    kept = {cell: values[cell] for cell in used}
    unseen = frozenset(c for c in kept if c.startswith("rest ")) | _withheld(
        catalogue, audience, kept
    )
    return Counts(kept, sums, frozenset(persons), disclosure.threshold, unseen), unsure


@dataclass
class _Found:
    values: dict[str, float]
    persons: set[str]
    sums: list[Sum]
    unsure: set[str]


def _of_indicator(
    shelf: Shelf, catalogue: Catalogue, indicator: Indicator, values: Mapping[str, float]
) -> _Found:
    """Figures of an indicator as sums of the values of units; who is left over as a cell, too."""
    found = _Found({}, set(), [], set())
    for scope, row in shelf.figures.get(indicator.id, {}).items():
        for part in PARTS:
            _add_part(found, catalogue, indicator, row, part, values)
        _add_rest(found, indicator.id, scope, [figure_key(indicator.id, scope, p) for p in PARTS])
    single = [_single(indicator, part) for part in PARTS]
    if single[0] and single[1]:
        for unit in shelf.order:
            keys = [value_key(unit, element) for element in single if element]
            _add_rest(found, indicator.id, f"value {unit}", keys, values)
    return found


def _add_part(
    found: _Found,
    catalogue: Catalogue,
    indicator: Indicator,
    row: Record,
    part: str,
    values: Mapping[str, float],
) -> None:
    measure, number = getattr(indicator, part), row[part]
    names = set(measure_elements(measure))
    if number is None or not any(catalogue.elements[name].counts_persons for name in names):
        return
    key = figure_key(indicator.id, str(row["scope_id"]), part)
    cells = {
        value_key(str(entry["unit_id"]), str(entry["element"]))
        for entry in row["entries"]
        if entry.get("element") in names and "cell" in entry
    }
    parts = tuple(sorted(cell for cell in cells if cell in values))
    found.values[key] = float(number)
    found.persons.add(key)
    if isinstance(measure, SumMeasure) and abs(sum(values[c] for c in parts) - number) < _NEAR:
        found.sums.append(Sum(key, parts))
    else:
        # how it comes about from what is shown is not plain: better not shown
        found.unsure.add(key)


def _add_rest(
    found: _Found,
    indicator: str,
    place: str,
    keys: list[str],
    values: Mapping[str, float] | None = None,
) -> None:
    """Those who are in the denominator and not in the numerator."""
    known = found.values if values is None else values
    top, bottom = (known.get(key) for key in keys)
    if top is None or bottom is None or bottom < top:
        return
    rest = f"rest {indicator} {place}"
    found.values[rest] = bottom - top
    found.persons.add(rest)
    found.sums.append(Sum(keys[1], (keys[0], rest)))


def _single(indicator: Indicator, part: str) -> str | None:
    measure = getattr(indicator, part)
    if isinstance(measure, SumMeasure) and len(measure.elements) == 1:
        return measure.elements[0]
    return None


def _stated(
    catalogue: Catalogue, observed: Mapping[str, list[Record]], values: Mapping[str, float]
) -> list[Sum]:
    """Sums within a form that a rule states, where an element of them counts persons."""
    found = []
    for rule in catalogue.rules.values():
        sides = [_names(rule.left), _names(rule.right)]
        if rule.level != "unit" or rule.operator != _EQUALS or not (sides[0] and sides[1]):
            continue
        if not any(catalogue.elements[name].counts_persons for side in sides for name in side):
            continue
        totals, parts = sorted(sides, key=len)
        if len(totals) != 1:
            continue
        for unit in observed:
            cells = tuple(value_key(unit, name) for name in parts)
            total = value_key(unit, totals[0])
            known = total in values and all(cell in values for cell in cells)
            if known and abs(values[total] - sum(values[cell] for cell in cells)) < _NEAR:
                found.append(Sum(total, cells))
    return found


def _names(terms: Iterable[str | float | Term]) -> list[str]:
    """The elements of one side of a rule; empty where it is more than a plain sum of them."""
    listed = list(terms)
    plain = [term for term in listed if isinstance(term, str)]
    return plain if len(plain) == len(listed) else []


def _withheld(catalogue: Catalogue, audience: Audience, cells: Iterable[str]) -> frozenset[str]:
    """Values that the audience is not shown whatever their size."""
    found = set()
    for cell in cells:
        kind, name, *_ = cell.split(" ")
        if kind == "value" and catalogue.elements[name].sensitivity not in audience.sensitivities:
            found.add(cell)
    return frozenset(found)


def _readers(shelf: Shelf, cells: Iterable[str]) -> list[frozenset[str]]:
    """What each unit knows from its own books: about itself, and what it sent about others."""
    known: dict[str, set[str]] = {}
    listed = frozenset(cells)
    for cell in listed:
        known.setdefault(cell.rsplit(" ", 1)[-1], set()).add(cell)
    for unit, rows in shelf.observed.items():
        for row in rows:
            key = value_key(unit, str(row["element"]))
            if key in listed and row["provider"]:
                known.setdefault(str(row["provider"]), set()).add(key)
    return [frozenset(known[unit]) for unit in shelf.order if unit in known]


def _open(catalogue: Catalogue, indicator: Indicator, audience: Audience) -> bool:
    """Whether a unit's figure is made only of what the audience may see of a unit."""
    allowed = set(audience.sensitivities)
    if any(catalogue.elements[name].sensitivity not in allowed for name in _elements(indicator)):
        return False
    for part in PARTS:
        measure = getattr(indicator, part)
        if isinstance(measure, RowsMeasure):
            columns = {
                c.id: c.sensitivity for c in catalogue.registers[measure.register_id].columns
            }
            if any(columns[test.column] not in allowed for test in measure.where):
                return False
    return True


def _elements(indicator: Indicator) -> list[str]:
    return measure_elements(indicator.numerator) + measure_elements(indicator.denominator)
