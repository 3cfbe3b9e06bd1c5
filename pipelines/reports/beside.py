"""What stands beside a figure: same period, previous one, target — in cards and tables alike.

Belongs here: wording and markup of one reference. Does not belong here: whether two figures may
be compared (``evaluation``), their texts as numbers (``analysis``).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from pipelines.reports.html import Html, escape, no_data
from pipelines.vietnamese.numbers import NO_DATA

NOT_COMPARABLE = "Không so sánh được."
REASONS = {"same": "Cùng kỳ", "previous": "Kỳ trước", "target": "Chỉ tiêu"}
_LOOKS = {"đạt": "qcdc-met", "chưa đạt": "qcdc-unmet"}

Row = Mapping[Hashable, Any]


def value(row: Row, name: str) -> str:
    """The reference ``same``, ``previous`` or ``target`` itself, as markup."""
    shown = row[f"{name}_shown"]
    return no_data() if shown == NO_DATA else escape(shown)


def against_period(row: Row, name: str) -> str:
    """A figure of another period: value, then the difference or why there is none; markup."""
    text = value(row, name)
    if row[f"{name}_difference"]:
        said = f'{text} <span class="qcdc-whole">({escape(row[f"{name}_difference"])})</span>'
        note = row[f"{name}_note"]
        return f"{said} <small>{escape(note)}</small>" if note else said
    if row[f"{name}_why"]:
        return f"{text} <small>{NOT_COMPARABLE} {escape(row[f'{name}_why'])}</small>"
    return text


def against_target(row: Row, places: Mapping[str, int]) -> str:
    """The target, whether it is met, and the number of its source; markup.

    Args:
        row: With the columns target_*.
        places: Number of each source, from ``source_places``.
    """
    text = value(row, "target")
    source = row["target_source"]
    if not source:
        return text
    number = f"<sup>({places[source]})</sup>" if source in places else ""
    if row["target_verdict"]:
        look = _LOOKS.get(row["target_verdict"], "qcdc-open")
        verdict = f'– <span class="{look}">{escape(row["target_verdict"])}</span>'
        number = f' <span class="qcdc-whole">{verdict}{number}</span>'
    why = f" <small>{escape(row['target_why'])}</small>" if row["target_why"] else ""
    return f'<span title="Nguồn: {escape(source)}">{text}{number}</span>{why}'


def source_places(figures: pd.DataFrame) -> dict[str, int]:
    """The sources of the targets, numbered as they appear."""
    found = [source for source in figures["target_source"] if source]
    return {source: place for place, source in enumerate(dict.fromkeys(found), start=1)}


def sources_note(places: Mapping[str, int]) -> str:
    """The footnote of the targets' sources; empty where there are no targets."""
    named = "; ".join(f"({place}) {source}" for source, place in places.items())
    return f"Nguồn chỉ tiêu: {named}." if named else ""


def reasons(row: Row) -> str:
    """Why which comparison means nothing, or on what it stands; equal words are said once."""
    by_reason: dict[str, list[str]] = {}
    for name, label in REASONS.items():
        if said := row[f"{name}_why"] or row.get(f"{name}_note"):
            by_reason.setdefault(said, []).append(label)
    return " ".join(f"{_sentence(labels)}: {why}" for why, labels in by_reason.items())


def has(figures: pd.DataFrame, name: str) -> bool:
    """Whether there is such a period at all; a review has none before it."""
    return bool(figures[f"{name}_period"].any())


def cells(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures with cells for tables: same, target, difference, previous, why."""
    rows = figures.to_dict("records")
    places = source_places(figures)
    made = {
        "same": [_cell(against_period(row, "same")) for row in rows],
        "same_value": [_cell(value(row, "same")) for row in rows],
        "difference": [_difference(row) for row in rows],
        "previous": [_cell(value(row, "previous")) for row in rows],
        "target": [_cell(against_target(row, places)) for row in rows],
        "target_value": [_cell(against_target(row | {"target_why": ""}, places)) for row in rows],
        "why": [reasons(row) for row in rows],
    }
    return figures.assign(
        **{k: pd.Series(v, figures.index, dtype="object") for k, v in made.items()}
    )


def heading(figures: pd.DataFrame, name: str) -> str:
    """The heading of a reference's column: "Cùng kỳ 2020"."""
    return str(figures[f"{name}_label"].iloc[0]) if len(figures) else REASONS[name]


def _difference(row: Row) -> str:
    """Of a reference that is missing the difference is missing, not absent."""
    if row["same_difference"]:
        return str(row["same_difference"])
    return NO_DATA if row["same_shown"] == NO_DATA else "–"


def _sentence(labels: list[str]) -> str:
    first, *others = labels
    return ", ".join([first, *(other.lower() for other in others)])


def _cell(markup: str) -> Html:
    return Html(markup, "")
