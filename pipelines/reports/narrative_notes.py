"""What a reader of the lookup copy is told under a sentence.

Belongs here: coverage, where a value can lie, the same period, findings. Does not belong here:
the sentence itself (``narrative_sentences``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.catalogue.narrative import Sentence
from pipelines.reports.narrative_sentences import OTHERWISE, Said
from pipelines.reports.narrative_values import Values
from pipelines.vietnamese.numbers import NO_DATA


def notes_of(sentence: Sentence, said: Said, values: Values) -> list[str]:
    """What must be known of a sentence, each thing once.

    Args:
        sentence: The template.
        said: As it was said.
        values: What it stands on.
    """
    notes = []
    for name in sentence.indicators:
        if values.known(name):
            notes += _of_figure(name, sentence, values)
        notes += values.notes.get(name, ())
    if sentence.basis and said.state == OTHERWISE:
        notes.append(f"Căn cứ: {sentence.basis}")
    return list(dict.fromkeys(notes))


def _of_figure(name: str, sentence: Sentence, values: Values) -> list[str]:
    figure, about, notes = values.figures[name], values.label(name), []
    if not values.is_whole(name):
        silent = values.who_is_silent([name], named=True)
        where = f"; giá trị {figure['interval']}" if figure.get("interval") else ""
        who = f"; {silent}" if silent else ""
        notes.append(f"{about}: có số liệu của {figure['coverage_shown']} đơn vị{where}{who}.")
    if name in sentence.compare and figure.get("same_shown") not in {None, "", NO_DATA}:
        notes.append(_beside(about, figure))
    return notes


def _beside(about: str, figure: Mapping[str, Any]) -> str:
    difference, why = figure.get("same_difference"), str(figure.get("same_why") or "")
    change = f" ({difference})" if difference else ""
    if not change and why:
        change = f" (không so sánh: {why.rstrip('.')})"
    label = str(figure["same_label"])
    return f"{about}: {label[:1].lower()}{label[1:]} là {figure['same_shown']}{change}."
