"""Sentences of the report in their fixed order, each bound to the figures it stands on.

Belongs here: which templates of the catalogue's ``narrative`` the page of results tells, their
quotes, agreement and notes. Does not belong here: the templates (``data/narrative``), filling them
(``narrative_sentences``), looking anything up (``analysis``), layout (``html``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.narrative import Sentence
from pipelines.reports.narrative_sentences import say
from pipelines.reports.narrative_values import Values
from pipelines.vietnamese.listing import names_listed, numbers_listed
from pipelines.vietnamese.numbers import NO_DATA, format_count

Figure = dict[str, Any]
_FOUR = 4  # so many remaining communes have indicators of their own

# the order of the report that the pilot is compared with: section, template
HALF_YEAR: tuple[tuple[str, str], ...] = (
    ("II.1.e", "dossiers"),
    ("II.1.g", "new-countryside"),
    ("II.2", "agencies"),
    ("II.2", "posts"),
    ("II.2", "consolidation"),
    ("II.3", "enterprises"),
    ("II.4", "inspections"),
)


@dataclass(frozen=True)
class Facts:
    """What sentences are made from.

    Attributes:
        figures: By indicator, the figures of the scope: numerator, denominator, value, shown,
            exact, label, interval, coverage_shown, expected_units, reporting_units.
        communes: criteria_met and recognised of each commune of the programme.
        outside: Names of towns that the programme does not count.
        year: The year that plans speak of.
    """

    figures: dict[str, Figure]
    communes: pd.DataFrame
    outside: Sequence[str]
    year: int

    @classmethod
    def of(
        cls, values: pd.DataFrame, *, communes: pd.DataFrame, outside: Sequence[str], year: int
    ) -> Facts:
        """Facts from a frame with a row per indicator."""
        figures = {
            str(row["indicator"]): {str(name): value for name, value in row.items()}
            for row in values.to_dict("records")
        }
        return cls(figures, communes, outside, year)

    def values(self) -> Values:
        """The same as templates ask for it."""
        remaining = self.communes[~self.communes["recognised"].fillna(value=True).astype(bool)]
        met, count = remaining["criteria_met"], format_count(len(remaining))
        four = len(remaining) == _FOUR and bool(met.notna().all())
        facts = {
            "year": str(self.year),
            "ntm_four": f"{count} xã" if four else None,
            "ntm_many": None
            if four or met.empty
            else f"{count} xã còn lại đạt {numbers_listed(list(met), 'tiêu chí', 'xã')}",
            "ntm_outside": names_listed(self.outside, "phường, thị trấn") or None,
        }
        labels = {name: one.label_vi for name, one in load_catalogue().indicators.items()}
        return Values(dt.date(self.year, 12, 31), self.figures, facts, labels=labels)


def statements(
    facts: Facts,
    published: pd.DataFrame,
    notes: pd.DataFrame,
    plan: Sequence[tuple[str, str]] = HALF_YEAR,
) -> list[dict[str, object]]:
    """Write every sentence.

    Args:
        facts: Figures.
        published: indicator, quote, agrees: one row per compared number.
        notes: indicator, unit, message_vi of findings to be reviewed.
        plan: Sections and templates, in order.

    Returns:
        One mapping per sentence: section, indicators, text, quotes (none when nothing was
        published), agrees (None then), notes.
    """
    templates, values = load_catalogue().narrative.sentences, facts.values()
    return [
        _one(section, templates[name], values, published, notes)
        for section, name in plan
        if templates[name].in_force(values.day)
    ]


def in_order(*lists: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """Sentences and passages together, in the order of the report's sections."""
    together = [dict(entry) for entries in lists for entry in entries]
    return sorted(together, key=lambda entry: str(entry["section"]))


def _one(
    section: str, sentence: Sentence, values: Values, published: pd.DataFrame, notes: pd.DataFrame
) -> dict[str, object]:
    used = sentence.indicators
    said = say(sentence, values, exact=True)
    compared = published[published["indicator"].isin(used)]
    own = notes[notes["indicator"].isin(used)].drop_duplicates(["rule", "unit", "message_vi"])
    partial = [_partly(values, name) for name in sentence.needs if values.known(name)]
    return {
        "section": section,
        "indicators": used,
        "text": said.text if said is not None else f"{sentence.basis}: {NO_DATA}.",
        "quotes": list(dict.fromkeys(compared["quote"])),
        "agrees": bool(compared["agrees"].all()) if len(compared) else None,
        "notes": [*filter(None, partial), *map(_to_review, own.to_dict("records"))],
    }


def _partly(values: Values, name: str) -> str:
    """What is said when not all units have reported; empty when they have."""
    figure = values.figures[name]
    if values.is_whole(name):
        return ""
    text = f"Mới có số liệu của {figure['coverage_shown']} đơn vị"
    possible = figure["interval"]
    return f"{text}; giá trị có thể {possible}." if possible else f"{text}."


def _to_review(row: Mapping[Hashable, Any]) -> str:
    about = "" if pd.isna(row["unit"]) else f"{row['unit']}: "
    return f"Cần rà soát ({row['rule']}): {about}{row['message_vi']}"
