"""What changed since the last release, in the lookup copy: a sentence, tables, pictures.

Belongs here: which blocks there are, in which order. Does not belong here: their words and rows
(``what_changed_table``), comparing (``orchestration.what_changed``).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipelines.evaluation.legs import LEGS, changed
from pipelines.reports.papers.model import Block, Paragraph, Run
from pipelines.reports.style import picture
from pipelines.reports.waterfall import waterfall
from pipelines.reports.what_changed_table import (
    NOTES,
    Words,
    causes_table,
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
    causes: pd.DataFrame,
    words: Words,
    scope_id: str,
    *,
    illustrative: bool,
) -> tuple[Block, ...]:
    """What changed, for a reader of the whole and of its units.

    Args:
        changes: ``evaluation.legs.COLUMNS``.
        moved: Legs whose inputs are not equal.
        causes: leg, about: what is not the same.
        words: Names.
        scope_id: The scope that the paper is about.
        illustrative: Marks the pictures.

    Returns:
        One sentence; what came, by name; where figures changed, how to read the tables, the table
        of the scope, up to ``DRAWN`` pictures, the table of the units below it.
    """
    if not moved:
        return (Paragraph((Run(summary(changes, moved, words, scope_id)),)),)
    told = rows(changes, words)
    found: list[Block] = [
        Paragraph((Run(summary(changes, moved, words, scope_id)),)),
        causes_table(causes),
    ]
    if len(told):
        found += [Paragraph((Run(note),), style="note") for note in NOTES]
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
    """The figures that are drawn: those that several legs moved, headline figures before others.

    A headline figure is drawn also where one leg moved it; others tell nothing then that the
    table does not.

    Args:
        changes: ``evaluation.legs.COLUMNS``.
        words: Names; ``headline`` and ``denominator`` of the indicators are looked at.
        scope_id: The scope.
    """
    moved = changed(changes)
    moved = moved[(moved["scope_id"] == scope_id) & (moved["part"] == "value")]
    moved = moved[moved["before"].notna() & moved["after"].notna()].set_index("indicator")
    causes = (moved[list(LEGS)] != 0).sum(axis=1)
    about = words.indicators.set_index("indicator")["headline"].astype(bool)
    chosen = [
        (not about[name], -causes[name], place, str(name))
        for place, name in enumerate(about.index)
        if name in causes.index and (about[name] or causes[name] > 1)
    ]
    return [name for *_, name in sorted(chosen)][:DRAWN]


def not_compared(words: Words, why: str) -> tuple[Block, ...]:
    """That the two states could not be compared, and why."""
    name = words.before[:1].lower() + words.before[1:]
    return (Paragraph((Run(f"Chưa so sánh được với {name}: {why}"),), style="note"),)
