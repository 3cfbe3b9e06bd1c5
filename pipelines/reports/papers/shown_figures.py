"""Every figure that a paper shows, where it stands and what number is behind it.

Belongs here: walking through a paper. Does not belong here: what a format does with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.reports.papers import grid, lines
from pipelines.reports.papers.model import Block, Document, Heading, Paragraph, Run, Table


@dataclass(frozen=True)
class ShownFigure:
    """A figure as a paper shows it.

    Attributes:
        figure_id: Of ``report.figures``.
        text: As printed.
        value: The number behind it, where a table gives it.
        place: Heading or table, in words.
        about: Id of the passage; None in tables.
    """

    figure_id: str
    text: str
    value: float | None
    place: str
    about: str | None = None


def shown_figures(doc: Document) -> list[ShownFigure]:
    """The figures in the order of the paper; one that is shown twice stands twice."""
    found = list(_of_blocks(doc.blocks, ""))
    for title, annex in zip(lines.annex_titles(doc), doc.annexes, strict=True):
        found += _of_blocks(annex.blocks, title)
    return found


def _of_blocks(blocks: tuple[Block, ...], place: str) -> Iterator[ShownFigure]:
    for block in blocks:
        match block:
            case Heading():
                place = block.text
            case Paragraph():
                yield from _of_runs(block.runs, place, block.about)
            case Table():
                yield from _of_table(block)
            case _:
                continue


def _of_runs(runs: tuple[Run, ...], place: str, about: str | None) -> Iterator[ShownFigure]:
    for run in runs:
        if run.figure is not None:
            yield ShownFigure(run.figure, run.text, None, place, about)


def _of_table(table: Table) -> Iterator[ShownFigure]:
    title = grid.title_line(table)
    for row in table.rows:
        names = [run.text for run in row.cells if run.figure is None and not run.text.isdigit()]
        place = f"{title}; dòng “{names[0]}”" if names else title
        for n, run in enumerate(row.cells):
            if run.figure is not None:
                value = row.values[n] if row.values else None
                yield ShownFigure(run.figure, run.text, value, place)
