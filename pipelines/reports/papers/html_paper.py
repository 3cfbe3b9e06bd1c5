"""A paper as one web page that looks like the sheets of A4 it prints on, and reads on a phone.

Belongs here: blocks as what the template shows. Does not belong here: markup
(``templates/paper.html.j2``), widths (``fit``), what a paper says (``composed``).
"""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from pipelines.reports.papers import fit, grid, lines
from pipelines.reports.papers.letters import stretches
from pipelines.reports.papers.look import (
    MOTTO,
    PARTY_TITLE,
    STATE_TITLE,
    Look,
    inner_width,
    look_of,
)
from pipelines.reports.papers.model import (
    Block,
    Document,
    Heading,
    Paragraph,
    Picture,
    Row,
    Run,
    Table,
)

_TEMPLATES = Path(__file__).parents[1] / "templates"
_ANNEX_TABLE = 11.0
_SHORT = 12  # rows; a longer table may break between pages
_CONTENTS_FROM = 4  # headings of the first level; fewer need no list


def render(doc: Document) -> str:
    """The paper as a page that needs no other file; equal papers give equal text.

    Args:
        doc: The paper.

    Raises:
        ValueError: A row of a table does not fit its columns.
    """
    look = look_of(doc)
    blocks = [_block(doc, block, look, f"s{n}") for n, block in enumerate(lines.closed(doc), 1)]
    annexes = _annexes(doc, look)
    return _template().render(
        doc=doc,
        look=look,
        css=Markup((_TEMPLATES / "paper.css").read_text(encoding="utf-8")),  # noqa: S704 — ours
        illustrative=doc.illustrative,
        mark=lines.ILLUSTRATIVE,
        superior=_lines(doc.head.superior),
        body=_lines(doc.head.body),
        summary=lines.summary_lines(doc.head),
        number=lines.number_line(doc.head),
        dateline=lines.dateline(doc.head),
        party_title=PARTY_TITLE,
        state_title=STATE_TITLE,
        motto=MOTTO,
        stretches=stretches,
        facts=list(doc.facts.items()) if doc.signature is None else [],
        contents=_contents(blocks, annexes),
        blocks=blocks,
        annexes=annexes,
        recipients=lines.recipient_lines(doc),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("paper.html.j2")


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def _annexes(doc: Document, look: Look) -> list[dict[str, Any]]:
    return [
        {
            "id": f"pl{n}",
            "number": number,
            "title": annex.title,
            "reference": lines.annex_reference(doc.head),
            "landscape": annex.landscape,
            "blocks": [
                _block(doc, block, look, f"pl{n}-{k}", landscape=annex.landscape)
                for k, block in enumerate(annex.blocks, 1)
            ],
        }
        for n, (number, annex) in enumerate(
            zip(lines.annex_titles(doc), doc.annexes, strict=True), 1
        )
    ]


def _contents(blocks: list[dict[str, Any]], annexes: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Where the parts of a long paper begin."""
    heads = [
        {"id": block["id"], "text": block["text"]}
        for block in blocks
        if block["kind"] == "heading" and block["level"] == 1
    ]
    ends = [{"id": a["id"], "text": f"{a['number']}. {a['title']}"} for a in annexes]
    return [*heads, *ends] if len(heads) >= _CONTENTS_FROM else []


def _block(
    doc: Document, block: Block, look: Look, name: str, *, landscape: bool = False
) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "id": name, "text": block.text, "level": block.level}
        case Paragraph():
            runs = [_run(doc, run) for run in block.runs]
            if block.style == "item" and not block.text.startswith("- "):
                runs.insert(0, _run(doc, Run("- ")))
            return {"kind": "paragraph", "style": block.style, "runs": runs}
        case Table():
            return _table(doc, block, look, name, landscape=landscape)
        case Picture():
            coded = base64.b64encode(block.svg.encode()).decode()
            source = f"data:image/svg+xml;base64,{coded}"
            return {
                "kind": "picture",
                "source": source,
                "alt": block.alt,
                "caption": block.caption,
            }


def _run(doc: Document, run: Run) -> dict[str, Any]:
    link = lines.evidence_link(doc, run.figure) if run.figure else None
    return {
        "text": run.text,
        "figure": run.figure,
        "bold": run.bold,
        "italic": run.italic,
        "link": link,
    }


def _table(
    doc: Document, table: Table, look: Look, name: str, *, landscape: bool
) -> dict[str, Any]:
    total = inner_width(look, landscape=landscape)
    widths = fit.fit(table, total, _ANNEX_TABLE if landscape else look.table)
    cells = grid.head_cells(table.columns)
    return {
        "kind": "table",
        "id": name,
        "title": grid.title_line(table),
        "unit": table.unit_vi,
        "short": len(table.rows) <= _SHORT,
        "size": f"{widths.size:g}",
        "widths": [f"{width / total * 100:.2f}" for width in widths.widths],
        "head": [
            [cell for cell in cells if cell.row == row]
            for row in range(grid.head_depth(table.columns))
        ],
        "numbers": _numbers(table),
        "rows": [_row(doc, table, row) for row in grid.body_rows(table)],
        "notes": table.notes,
    }


def _numbers(table: Table) -> list[Markup]:
    """The row of numbers; a formula may break after its signs."""
    told = grid.numbering(table.columns) if table.numbering else []
    return [Markup("<wbr>").join(re.split(r"(?<=[=/])|(?=×)", text)) for text in told]


def _row(doc: Document, table: Table, row: Row) -> dict[str, Any]:
    if grid.spans(table, row):
        align = "center" if row.cells[0].italic else "left"
        cells = [{"run": _run(doc, row.cells[0]), "span": len(table.columns), "align": align}]
    else:
        cells = [
            {"run": _run(doc, run), "span": 1, "align": column.align}
            for run, column in zip(row.cells, table.columns, strict=True)
        ]
    return {"strong": row.strong, "cells": cells}
