"""Small counts of persons: which numbers must not be shown so that nobody can work them out.

Belongs here: cells and the sums between them → the cells to hide. Does not belong here: which
elements count persons and how small is small (the catalogue), what a page shows (``reports``).

A small cell is hidden, and so many others beside it that neither a sum that is shown, nor a
difference between sums, nor what a reader knows of itself, leaves it with one possible value.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NEAR = 1e-9
_ROUNDS = 60  # a chain of sums is no deeper than country, province, district, commune, unit

Span = tuple[float, float]


@dataclass(frozen=True)
class Sum:
    """A cell that is the sum of others: everybody who reads knows it."""

    total: str
    parts: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """All cells, the total first."""
        return (self.total, *self.parts)


@dataclass(frozen=True)
class Counts:
    """What could be shown.

    Attributes:
        values: Whole numbers, none below zero, by cell; a cell that is not known is not here.
        sums: What adds up to what; all cells of a sum are known.
        guarded: Cells that count persons: hidden while above zero and below ``threshold``.
        threshold: The smallest number of persons that may be shown, and how wide the range of a
            hidden one must be.
        unseen: Cells that no page shows anyway, such as who is missing from a rate of 100%.
    """

    values: Mapping[str, float]
    sums: Sequence[Sum]
    guarded: frozenset[str]
    threshold: int
    unseen: frozenset[str] = frozenset()

    @property
    def small(self) -> frozenset[str]:
        """The cells that everything is about."""
        return frozenset(c for c in self.guarded if 0 < self.values[c] < self.threshold)


def hidden_cells(
    counts: Counts, insiders: Iterable[Collection[str]] = (), withheld: Collection[str] = ()
) -> frozenset[str]:
    """The cells to hide.

    Args:
        counts: Cells and sums.
        insiders: For each reader the cells that it knows from its own books, or from what was
            shown before.
        withheld: Cells that were hidden before and stay so.

    Returns:
        Small cells and the cells beside them, without those that are ``unseen``.
    """
    hidden = set(counts.small | counts.unseen) | (set(withheld) & counts.values.keys())
    readers = [frozenset[str](), *(frozenset(own) for own in insiders)]
    hopeless: set[tuple[str, int]] = set()
    while True:
        freedom = _freedom(counts, frozenset(hidden))
        weak = (
            (cell, place)
            for place, own in enumerate(readers)
            if place == 0 or own & hidden
            for cell in _weak(counts, hidden, own, freedom)
            if (cell, place) not in hopeless
        )
        for cell, place in weak:
            beside = _beside(counts, hidden, readers[place], cell)
            if beside is not None:
                hidden.add(beside)
                break
            hopeless.add((cell, place))
        else:
            return frozenset(hidden) - counts.unseen


def worked_out(
    counts: Counts, hidden: Collection[str], known: Collection[str] = ()
) -> dict[str, float]:
    """What a reader can work out of the hidden cells, from sums and from nothing being below zero.

    Args:
        counts: Cells and sums; only shown and known cells are looked at.
        hidden: Cells that are not shown.
        known: Cells that the reader knows all the same.

    Returns:
        Value by cell, of those that can have one value only.
    """
    closed = frozenset(hidden) - frozenset(known)
    spans = _spans(counts, closed)
    found = {c: low for c, (low, high) in spans.items() if high - low < _NEAR}
    fixed = _freedom(counts, frozenset(hidden)).fixed(known)
    return found | {c: counts.values[c] for c in fixed if c in closed}


@dataclass(frozen=True)
class _Freedom:
    """How hidden cells can move together while every sum holds.

    Attributes:
        names: The hidden cells that stand in a sum.
        directions: One row per name, one column per independent movement.
    """

    names: tuple[str, ...]
    directions: NDArray[np.float64]

    def fixed(self, known: Collection[str]) -> set[str]:
        """The cells that cannot move any more for a reader who knows some of them."""
        left = self.directions
        held = [at for at, name in enumerate(self.names) if name in known]
        if held and left.size:
            _, sizes, held_directions = np.linalg.svd(left[held], full_matrices=False)
            basis = held_directions[sizes > _NEAR * max(left.shape)]
            left = left - left @ basis.T @ basis
        still = np.linalg.norm(left, axis=1) < _NEAR * max(len(self.names), 1)
        return {name for name, is_still in zip(self.names, still, strict=True) if is_still}


def _weak(
    counts: Counts, hidden: Collection[str], own: frozenset[str], freedom: _Freedom
) -> list[str]:
    """Hidden cells that are known too well by a reader, small ones first."""
    closed = frozenset(hidden) - own
    spans, certain = _spans(counts, closed), freedom.fixed(own)
    small = counts.small
    found = []
    for cell in closed - (counts.unseen - small):
        low, high = spans.get(cell, (0.0, math.inf))
        needed = counts.threshold if cell in small else 1
        if cell in certain or high - low < needed:
            found.append(cell)
    return sorted(found, key=lambda cell: (cell not in small, cell))


def _beside(counts: Counts, hidden: Collection[str], own: frozenset[str], cell: str) -> str | None:
    """The cell whose hiding protects another at the least cost; None where there is none."""
    seen: set[str] = set()
    front = {cell}
    while front:
        sums = [entry for entry in counts.sums if front & set(entry.cells)]
        for pick in (_parts, _totals):
            open_cells = pick(sums, hidden, own)
            if open_cells:
                return min(open_cells, key=lambda c: _cost(counts, c))
        seen |= front
        front = {c for entry in sums for c in entry.cells if c in hidden and c not in own} - seen
    return None


def _parts(sums: Iterable[Sum], hidden: Collection[str], own: frozenset[str]) -> set[str]:
    return {c for entry in sums for c in entry.parts if c not in hidden and c not in own}


def _totals(sums: Iterable[Sum], hidden: Collection[str], own: frozenset[str]) -> set[str]:
    return {entry.total for entry in sums} - set(hidden) - own


def _cost(counts: Counts, cell: str) -> tuple[bool, float, str]:
    """Enough to hide behind, and no more; a nought hides nobody."""
    value = counts.values[cell]
    return value < counts.threshold, value if value >= counts.threshold else -value, cell


def _spans(counts: Counts, closed: frozenset[str]) -> dict[str, Span]:
    """Between which numbers each closed cell must lie, as sums and noughts tell."""
    spans: dict[str, Span] = dict.fromkeys(closed, (0.0, math.inf))
    touched = [entry for entry in counts.sums if closed & set(entry.cells)]
    for _ in range(_ROUNDS):
        changed = [_narrow(entry, spans, counts.values) for entry in touched]
        if not any(changed):
            break
    return spans


def _narrow(entry: Sum, spans: dict[str, Span], values: Mapping[str, float]) -> bool:
    """Narrow the spans by one sum; whether any changed."""
    known = {c: spans.get(c, (values[c], values[c])) for c in entry.cells}
    least = sum(known[c][0] for c in entry.parts)
    bounded = sum(known[c][1] for c in entry.parts if math.isfinite(known[c][1]))
    endless = sum(not math.isfinite(known[c][1]) for c in entry.parts)
    changed = _cut(spans, entry.total, least, math.inf if endless else bounded)
    low, high = known[entry.total]
    for cell in entry.parts:
        own_low, own_high = known[cell]
        is_endless = not math.isfinite(own_high)
        others = math.inf if endless - is_endless else bounded - (0.0 if is_endless else own_high)
        changed |= _cut(spans, cell, low - others, high - (least - own_low))
    return changed


def _cut(spans: dict[str, Span], cell: str, low: float, high: float) -> bool:
    if cell not in spans:
        return False
    before = spans[cell]
    spans[cell] = (max(before[0], low), min(before[1], high))
    return spans[cell] != before


def _freedom(counts: Counts, closed: frozenset[str]) -> _Freedom:
    """The freedom that the sums alone, added and subtracted, leave to closed cells."""
    touched = [entry for entry in counts.sums if closed & set(entry.cells)]
    names = tuple(sorted({c for entry in touched for c in entry.cells if c in closed}))
    places = {name: at for at, name in enumerate(names)}
    matrix = np.zeros((len(touched), len(names)))
    for row, entry in enumerate(touched):
        for cell, sign in ((entry.total, -1.0), *((part, 1.0) for part in entry.parts)):
            if cell in places:
                matrix[row, places[cell]] += sign
    if not names:
        return _Freedom(names, np.zeros((0, 0)))
    _, sizes, directions = np.linalg.svd(matrix)
    rank = int((sizes > _NEAR * max(matrix.shape)).sum())
    return _Freedom(names, directions[rank:].T)
