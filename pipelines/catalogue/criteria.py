"""Criteria sets as data: what is scored, how points follow, which bands and forced downgrades.

Belongs here: the model of a set and what must hold within it and against the catalogue.
Does not belong here: computing points (``evaluation.scales``), bands (``evaluation.bands``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from pipelines.catalogue.base import Citation, Dated, Entry

if TYPE_CHECKING:
    from pipelines.catalogue.model import Catalogue


class Reads(Entry):
    """What a criterion looks at; exactly one is given.

    ``element``: the unit's own answer (yes = 1). ``indicator``: the unit's figure.
    ``reports``: how many of the unit's reports are in one of the states.
    """

    element: str | None = None
    indicator: str | None = None
    reports: list[Literal["late", "missing", "returned", "on_time"]] | None = None

    @model_validator(mode="after")
    def _one(self) -> Reads:
        if sum(each is not None for each in (self.element, self.indicator, self.reports)) != 1:
            msg = "a criterion reads exactly one of element, indicator, reports"
            raise ValueError(msg)
        return self


class YesNo(Entry):
    """Full points from ``at_least`` on, else none."""

    kind: Literal["yes_no"]
    at_least: float = 1


class Step(Entry):
    """Points from a figure on."""

    at_least: float
    points: float


class Steps(Entry):
    """Points by step; below the lowest step none. Lower bounds are inclusive."""

    kind: Literal["steps"]
    steps: list[Step]

    @model_validator(mode="after")
    def _descending(self) -> Steps:
        for above, below in pairwise(self.steps):
            if above.at_least <= below.at_least or above.points < below.points:
                msg = "steps stand from the highest to the lowest, points falling with them"
                raise ValueError(msg)
        if any(step.points < 0 for step in self.steps) or not self.steps:
            msg = "steps need at least one step, none below 0 points"
            raise ValueError(msg)
        return self


class Linear(Entry):
    """Points in proportion, all of them from ``full_at`` on."""

    kind: Literal["linear"]
    full_at: float = Field(default=100, gt=0)


class Deduct(Entry):
    """All points less ``per`` for each occurrence, never below 0."""

    kind: Literal["deduct"]
    per: float = Field(gt=0)


class Bonus(Entry):
    """``per`` points for each occurrence, at most the criterion's maximum.

    ``within``: added to the total, which stays at most that of the set. ``apart``: shown beside it.
    """

    kind: Literal["bonus"]
    per: float = Field(gt=0)
    counted: Literal["within", "apart"] = "within"


class Penalty(Entry):
    """``per`` points less for each occurrence, at most the criterion's maximum."""

    kind: Literal["penalty"]
    per: float = Field(gt=0)


Scale = Annotated[YesNo | Steps | Linear | Deduct | Bonus | Penalty, Field(discriminator="kind")]
# what a unit says of itself, what was found on the spot, what was decided: each after the last
STAGES = ("self", "verified", "decided")
# what stands beside the 100 points of a set
BESIDE = (Bonus, Penalty)


class Criterion(Entry):
    """One line of the score sheet.

    ``not_applicable`` says what becomes of it where the thing asked for does not exist at the
    unit: ``full`` gives all points, ``renormalise`` leaves the line out and scales the others up.
    A missing answer is never "not applicable".
    """

    id: str
    label_vi: str
    section: str
    max_points: float = Field(gt=0)
    scale: Scale
    reads: Reads
    not_applicable: Literal["full", "renormalise"]
    evidence_vi: str = ""
    legal: list[Citation] = []

    @property
    def is_beside(self) -> bool:
        """Whether it is a bonus or penalty and not a part of the set's points."""
        return isinstance(self.scale, BESIDE)


class Section(Entry):
    """A group of criteria with the points it must add up to."""

    id: str
    label_vi: str
    points: float


class Band(Entry):
    """A band from its lower bound on (inclusive) up to the next one (exclusive)."""

    id: str
    label_vi: str
    at_least: float


class Forced(Entry):
    """A downgrade whatever the points ("điểm liệt").

    It applies where what it ``reads`` is ``at_least`` so many, or where a section has less than
    ``section_below`` percent of its points. It lets a unit reach ``at_most`` a band, takes it
    ``down`` so many bands, or leaves it ``unrated``; exactly one of the three.
    """

    id: str
    label_vi: str
    reads: Reads | None = None
    at_least: float = 1
    section_below: float | None = None
    at_most: str | None = None
    down: int | None = Field(default=None, ge=1)
    unrated: bool = False
    legal: list[Citation] = []

    @model_validator(mode="after")
    def _one_cause_one_effect(self) -> Forced:
        effects = (self.at_most is not None, self.down is not None, self.unrated)
        if (self.reads is None) == (self.section_below is None) or sum(effects) != 1:
            msg = f"forced rule {self.id}: exactly one cause and exactly one effect"
            raise ValueError(msg)
        return self


class CriteriaSet(Dated):
    """A score sheet for one population with its bands.

    The set in force at the end of a period scores it. ``example`` sets say "ví dụ" wherever they
    are shown. A half-year has no band unless ``half_year_bands`` says so.
    """

    id: str
    label_vi: str
    population: str
    points: float = Field(default=100, gt=0)
    example: bool
    basis_vi: str
    half_year_bands: bool = False
    sections: list[Section]
    criteria: list[Criterion]
    bands: list[Band]
    forced: list[Forced] = []
    unrated_vi: str = "chưa xếp loại"

    @model_validator(mode="after")
    def _adds_up(self) -> CriteriaSet:
        problems = list(_set_problems(self))
        if problems:
            msg = f"criteria set {self.id}: {'; '.join(problems)}"
            raise ValueError(msg)
        return self

    @property
    def rated(self) -> list[Criterion]:
        """The criteria that make up the set's points."""
        return [criterion for criterion in self.criteria if not criterion.is_beside]


def _set_problems(entry: CriteriaSet) -> Iterator[str]:
    """What does not add up within a set."""
    names = [criterion.id for criterion in entry.criteria]
    if len(set(names)) != len(names):
        yield "a criterion stands twice"
    sections = {section.id for section in entry.sections}
    for criterion in entry.criteria:
        if criterion.section not in sections:
            yield f"criterion {criterion.id} stands in no section ({criterion.section})"
        if isinstance(criterion.scale, Steps) and not math.isclose(
            criterion.scale.steps[0].points, criterion.max_points
        ):
            yield f"the highest step of {criterion.id} is not its maximum"
    for section in entry.sections:
        total = sum(c.max_points for c in entry.rated if c.section == section.id)
        if not math.isclose(total, section.points):
            yield f"section {section.id} adds up to {total:g}, not {section.points:g}"
    if not math.isclose(sum(section.points for section in entry.sections), entry.points):
        yield f"sections do not add up to {entry.points:g}"
    lows = [band.at_least for band in entry.bands]
    if not lows or sorted(lows, reverse=True) != lows or len(set(lows)) != len(lows):
        yield "bands stand from the highest to the lowest, each lower bound once"
    elif lows[-1] != 0:
        yield "the lowest band begins at 0"
    known = {band.id for band in entry.bands}
    yield from (
        f"forced rule {rule.id} names no band {rule.at_most}"
        for rule in entry.forced
        if rule.at_most is not None and rule.at_most not in known
    )


def criteria_problems(catalogue: Catalogue, sets: Mapping[str, CriteriaSet]) -> Iterator[str]:
    """References of criteria sets that lead nowhere."""
    for entry in sets.values():
        if entry.population not in catalogue.populations:
            yield f"criteria set {entry.id}: no population {entry.population}"
        readers = [(c.id, c.reads) for c in entry.criteria]
        readers += [(rule.id, rule.reads) for rule in entry.forced if rule.reads]
        for name, reads in readers:
            if reads.element and reads.element not in catalogue.elements:
                yield f"criteria set {entry.id}, {name}: no element {reads.element}"
            found = catalogue.indicators.get(reads.indicator) if reads.indicator else None
            if reads.indicator and (found is None or not found.per_unit):
                yield f"criteria set {entry.id}, {name}: no indicator per unit {reads.indicator}"
        cited = [c.document for line in (*entry.criteria, *entry.forced) for c in line.legal]
        for document in cited:
            if document not in catalogue.documents:
                yield f"criteria set {entry.id}: no document {document}"
