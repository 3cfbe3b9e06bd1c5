"""What changed since the last release, in the lookup copy: a sentence, tables, pictures.

Belongs here: which blocks there are, in which order. Does not belong here: their words and rows
(``what_changed_table``), comparing (``orchestration.what_changed``).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipelines.evaluation.legs import changed
from pipelines.reports.papers.model import Block, Paragraph, Run
from pipelines.reports.style import picture
from pipelines.reports.waterfall import waterfall
from pipelines.reports.what_changed_table import (
    Words,
    rows,
    scope_table,
    summary,
    units_table,
    waterfall_frame,
)

DRAWN = 2  # pictures; the tables tell the rest
_RATES = frozenset({"rate", "ratio"})


def blocks(
    changes: pd.DataFrame,
    moved: Sequence[str],
    words: Words,
    scope_id: str,
    *,
    illustrative: bool,
) -> tuple[Block, ...]:
    """What changed, for a reader of the whole and of its units.

    Args:
        changes: ``evaluation.legs.COLUMNS``.
        moved: Legs whose inputs are not equal.
        words: Names.
        scope_id: The scope that the paper is about.
        illustrative: Marks the pictures.

    Returns:
        One sentence; where figures changed, the table of the scope, up to ``DRAWN`` pictures of
        headline figures, the table of the units below it.
    """
    if not moved:
        return (Paragraph((Run(summary(changes, moved, words, scope_id)),)),)
    told = rows(changes, words)
    found: list[Block] = [Paragraph((Run(summary(changes, moved, words, scope_id)),))]
    own = told["scope_id"] == scope_id
    if own.any():
        found.append(scope_table(told, words, scope_id))
    for number, indicator in enumerate(drawn(changes, words, scope_id), start=1):
        about = words.indicators.set_index("indicator").loc[indicator]
        rate = about["format"] in _RATES
        chart = waterfall(
            waterfall_frame(changes, words, scope_id, indicator),
            f"{about['label_vi']}: từ {words.before} đến {words.after}",
            number=number,
            illustrative=illustrative,
            digits=2 if rate else 0,
            suffix="%" if rate else "",
        )
        found.append(picture(chart))
    if (~own & (told["part"] == "value")).any():
        found.append(units_table(told, words, scope_id))
    return tuple(found)


def drawn(changes: pd.DataFrame, words: Words, scope_id: str) -> list[str]:
    """The figures that are drawn: headline ones that changed and are known before and after.

    Args:
        changes: ``evaluation.legs.COLUMNS``.
        words: Names; ``headline`` of the indicators is looked at.
        scope_id: The scope.
    """
    moved = changed(changes)
    moved = moved[(moved["scope_id"] == scope_id) & (moved["part"] == "value")]
    known = set(moved.loc[moved["before"].notna() & moved["after"].notna(), "indicator"])
    first = words.indicators[words.indicators["headline"].astype(bool)]
    return [name for name in first["indicator"] if name in known][:DRAWN]


def not_compared(words: Words, why: str) -> tuple[Block, ...]:
    """That the two states could not be compared, and why."""
    name = words.before[:1].lower() + words.before[1:]
    return (Paragraph((Run(f"Chưa so sánh được với {name}: {why}"),), style="note"),)
