"""The running text of a period's report, from the warehouse and the journal.

Belongs here: asking ``analysis`` for frames, ``intake`` for what was typed, ``reports`` for the
text. Does not belong here: any of the three, the paper around the text (``papers``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.analysis import narrated as frames
from pipelines.analysis import wording
from pipelines.analysis.access import Tables
from pipelines.analysis.scope import report_scope
from pipelines.analysis.setting import setting
from pipelines.catalogue.changing import on_day
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.narrative import Copy
from pipelines.intake.journal import read_journal
from pipelines.intake.narrative import typed_texts
from pipelines.orchestration.steps import journal_path
from pipelines.reports import narrative
from pipelines.reports.narrative_values import Values
from pipelines.reports.papers.model import Block


@dataclass(frozen=True)
class Narrated:
    """The text of a report.

    Attributes:
        summary: The line below "BÁO CÁO".
        blocks: Headings, paragraphs, tables.
        unsaid: Keys of places that officials must write in and have not.
    """

    summary: str
    blocks: tuple[Block, ...]
    unsaid: tuple[str, ...]


def narrated(wh: Tables, root: Path, period: str, copy: Copy = "signing") -> Narrated:
    """The text of a period's report.

    Args:
        wh: The warehouse, or a release.
        root: The project's root: what was typed is in ``raw/<period>/journal.jsonl``.
        period: Key of the period.
        copy: ``signing`` or ``lookup``.

    Raises:
        NoRequest: The period has no request.
        KeyError: The catalogue has no outline for the kind of period.
    """
    catalogue = load_catalogue()
    kind, day = setting(wh, period).kind, report_scope(wh, period).ends_on
    outline = catalogue.narrative.outline_for(kind, day)
    values = values_of(wh, period, copy)
    typed = typed_texts(read_journal(journal_path(root, period)).entries)
    blocks = narrative.sections(catalogue, outline, values, typed, kind, copy)
    unsaid = narrative.unsaid(catalogue, outline, typed)
    return Narrated(narrative.title(outline, values), tuple(blocks), tuple(unsaid))


def values_of(wh: Tables, period: str, copy: Copy) -> Values:
    """What the sentences of a period stand on."""
    day = report_scope(wh, period).ends_on
    said = on_day(load_catalogue(), day).indicators
    return Values.of(
        day,
        frames.figures(wh, period),
        frames.facts(wh, period),
        answered=wording.answered(wh, period),
        risen=wording.risen(wh, period),
        silent=frames.silent(wh, period),
        rows=frames.rows(wh, period, official=copy == "signing"),
        notes=frames.notes(wh, period) if copy == "lookup" else None,
        labels={name: entry.label_vi for name, entry in said.items()},
    )
