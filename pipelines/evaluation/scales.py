"""Points of one criterion: a figure, or all that it could be, on the criterion's scale.

Belongs here: figures → points, point by point and as an interval. Does not belong here: what a
criterion reads (``scores``), what points add up to (``bands``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pipelines.catalogue.criteria import (
    Bonus,
    Criterion,
    Deduct,
    Linear,
    Penalty,
    Scale,
    Steps,
    YesNo,
)

Numbers = NDArray[np.float64]
# figures that stand exactly on a bound are not to fall below it by the last bit of a quotient
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Reading:
    """What a criterion reads of units; arrays of one length.

    Attributes:
        value: The figure; NaN where it is not known.
        lower: The least that it can be; NaN where nothing is known about it.
        upper: The most that it can be; NaN likewise.
        exempt: Where the thing asked for does not exist at the unit.
    """

    value: Numbers
    lower: Numbers
    upper: Numbers
    exempt: NDArray[np.bool_]


@dataclass(frozen=True)
class Points:
    """Points of units on one criterion.

    Attributes:
        points: NaN where the figure is not known or the criterion is left out.
        lower: The fewest possible; NaN only where the criterion is left out.
        upper: The most possible; likewise.
        counted: Whether the criterion counts for the unit.
    """

    points: Numbers
    lower: Numbers
    upper: Numbers
    counted: NDArray[np.bool_]


def points_of(criterion: Criterion, reading: Reading) -> Points:
    """Points of units on a criterion.

    Every scale either rises or falls with the figure, so the ends of what a figure can be give the
    ends of the points. Where nothing is known they are the ends of the scale.
    """
    ends = [
        _on_scale(criterion.scale, criterion.max_points, each)
        for each in (reading.lower, reading.upper)
    ]
    low, high = _range(criterion)
    lower = np.fmin(ends[0], ends[1])
    upper = np.fmax(ends[0], ends[1])
    # one open end: the scale's own end on that side
    open_end = np.isnan(ends[0]) | np.isnan(ends[1])
    falls = isinstance(criterion.scale, (Deduct, Penalty))
    missing_low = np.isnan(ends[1] if falls else ends[0])
    missing_high = np.isnan(ends[0] if falls else ends[1])
    lower = np.where(open_end & missing_low, low, lower)
    upper = np.where(open_end & missing_high, high, upper)
    points = _on_scale(criterion.scale, criterion.max_points, reading.value)
    return _without_exempt(criterion, Points(points, lower, upper, ~reading.exempt), reading.exempt)


def _without_exempt(criterion: Criterion, found: Points, exempt: NDArray[np.bool_]) -> Points:
    full = criterion.not_applicable == "full" and not criterion.is_beside
    instead = criterion.max_points if full else np.nan
    return Points(
        *(np.where(exempt, instead, each) for each in (found.points, found.lower, found.upper)),
        counted=found.counted | full,
    )


def _range(criterion: Criterion) -> tuple[float, float]:
    """The fewest and the most points that a criterion gives."""
    if isinstance(criterion.scale, Penalty):
        return -criterion.max_points, 0.0
    return 0.0, criterion.max_points


def _on_scale(scale: Scale, most: float, figures: Numbers) -> Numbers:
    """Points of known figures; NaN stays NaN."""
    unknown = np.isnan(figures)
    given = np.where(unknown, 0.0, figures)
    match scale:
        case YesNo():
            points = np.where(given >= scale.at_least - TOLERANCE, most, 0.0)
        case Steps():
            points = np.zeros_like(given)
            for step in reversed(scale.steps):
                points = np.where(given >= step.at_least - TOLERANCE, step.points, points)
        case Linear():
            points = most * np.clip(given / scale.full_at, 0.0, 1.0)
        case Deduct():
            points = np.clip(most - scale.per * np.maximum(given, 0.0), 0.0, most)
        case Bonus():
            points = np.clip(scale.per * given, 0.0, most)
        case Penalty():
            points = -np.clip(scale.per * given, 0.0, most)
        case _:
            assert_never(scale)
    return np.where(unknown, np.nan, points)
