"""Passages of the report that are no figure of their own, said only where figures bear them out.

Belongs here: which of a block's texts may be said, filling its places. Does not belong here: the
texts (the catalogue's ``wording``), the facts (``analysis.wording``), layout (``html``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.catalogue.wording import FACTS, TextBlock, blanks, fill
from pipelines.vietnamese.numbers import NO_DATA, format_count

SAID, OTHERWISE, WITHOUT = "said", "otherwise", "without"
OPENING = "Mở đầu"  # the section that stands before all others


@dataclass(frozen=True)
class Values:
    """What passages stand on.

    Attributes:
        figures: By indicator: numerator, denominator, value, shown, exact, label,
            expected_units, reporting_units, coverage_shown, as ``analysis.scope_values`` gives.
        facts: By name of ``wording.FACTS`` a text, None where there is none.
        answered: Elements that some unit has answered.
        risen: Indicators that are comparably higher than in the same period a year before.
    """

    figures: Mapping[str, Mapping[str, Any]]
    facts: Mapping[str, str | None]
    answered: Collection[str] = frozenset()
    risen: Collection[str] = frozenset()

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        facts: Mapping[str, str | None],
        answered: Collection[str] = frozenset(),
        risen: Collection[str] = frozenset(),
    ) -> Values:
        """Values from a frame with a row per indicator."""
        rows = frame.to_dict("records")
        figures = {str(row["indicator"]): {str(k): v for k, v in row.items()} for row in rows}
        return cls(figures, facts, answered, risen)

    def known(self, name: str) -> bool:
        """Whether a fact or the value of an indicator is there."""
        if name in FACTS:
            return self.facts.get(name) is not None
        return name in self.figures and not pd.isna(self.figures[name]["value"])

    def is_whole(self, indicator: str) -> bool:
        """Whether every unit that is expected has reported the figure."""
        figure = self.figures[indicator]
        return bool(figure["reporting_units"] >= figure["expected_units"])

    def written(self, name: str, form: str) -> str:
        """What stands in a place of a text."""
        if name in FACTS:
            return str(self.facts[name])
        figure = self.figures[name]
        if form == "share":
            parts = (figure["numerator"], figure["denominator"])
            return "/".join(format_count(part, pad=False) for part in parts)
        if form in {"numerator", "denominator"}:
            return format_count(figure[form])
        if form == "count" and not figure["value"] % 1:  # labour days may be halves
            return format_count(figure["value"])
        exact = figure["exact"]
        return f"{figure['shown']} ({exact})" if exact else str(figure["shown"])


def sentences(blocks: Iterable[TextBlock], values: Values) -> list[str]:
    """What may be said, in the order of the report; nothing that the figures do not bear out.

    Args:
        blocks: Passages of the period, as ``analysis.wording.blocks`` chooses them.
        values: What they stand on.
    """
    return [str(passage["text"]) for passage in passages(blocks, values)]


def passages(blocks: Iterable[TextBlock], values: Values) -> list[dict[str, Any]]:
    """Each passage that has something to say, shaped as ``html.lines`` takes it.

    Args:
        blocks: Passages of the period.
        values: What they stand on.

    Returns:
        Per passage: text_id, section, indicators, text, state (``said``: the figures bear it out;
        ``otherwise``: they are there and do not; ``without``: there are none), basis, quotes,
        agrees (None: words are not compared) and notes.
    """
    ordered = sorted(blocks, key=lambda block: (block.order, block.id))
    told = [(block, *_chosen(block, values)) for block in ordered]
    return [_passage(block, state, text, values) for block, state, text in told if text]


def _chosen(block: TextBlock, values: Values) -> tuple[str, str]:
    """Which of its texts a block may say, and that text with its places filled."""
    unknown = [name for name in block.needs if not values.known(name)]
    unknown += [name for name in block.elements if name not in values.answered]
    if unknown:
        return WITHOUT, block.without_vi
    state = SAID if _bears_out(block, values) else OTHERWISE
    text = block.text_vi if state == SAID else block.otherwise_vi
    if not all(values.known(name) for name in blanks(text)):
        return WITHOUT, block.without_vi
    return state, fill(text, values.written)


def _bears_out(block: TextBlock, values: Values) -> bool:
    reached = all(values.figures[name]["value"] > least for name, least in block.above.items())
    risen = set(block.rises) <= set(values.risen)
    whole = not block.complete or all(map(values.is_whole, block.needs))
    return reached and risen and whole


def _passage(block: TextBlock, state: str, text: str, values: Values) -> dict[str, Any]:
    return {
        "text_id": block.id,
        "section": block.section,
        "indicators": tuple(block.needs),
        "text": text,
        "state": state,
        "basis": block.basis,
        "quotes": [],
        "agrees": None,
        "notes": [*filter(None, (_note(name, values) for name in block.needs))]
        if any(map(values.known, block.needs))
        else [],
    }


def _note(indicator: str, values: Values) -> str:
    """What stands in the way of a figure of a passage; empty when nothing does."""
    figure = values.figures.get(indicator, {})
    label = figure.get("label", indicator)
    if not values.known(indicator):
        return f"{label}: {NO_DATA}."
    if values.is_whole(indicator):
        return ""
    return f"{label}: mới có số liệu của {figure['coverage_shown']} đơn vị."
