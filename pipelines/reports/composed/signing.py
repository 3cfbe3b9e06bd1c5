"""The copy that is signed ("bản trình ký"): the text and the annex of figures, nothing else.

Belongs here: what stands in it. Does not belong here: the text (``narrative``), the annex
(``official``). No evidence marks, no ranking, no list of late units: those are internal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipelines.reports.composed.material import Letter, Material
from pipelines.reports.composed.official import annexes
from pipelines.reports.narrative import is_blank
from pipelines.reports.numbering import Numbers
from pipelines.reports.papers.model import Block, Document, Paragraph, Run

SLUG = "trinh-ky"
DOTS = "…" * 30


def compose(material: Material, letter: Letter) -> Document:
    """The paper that is put before the head of the committee.

    Args:
        material: What it is made from.
        letter: Who writes it.
    """
    about = material.about
    return Document(
        slug=SLUG + letter.suffix,
        copy="signing",
        title=f"{letter.report.kind.capitalize()} {about.label[:1].lower()}{about.label[1:]}"
        " (bản trình ký)",
        release_id=about.release_id,
        head=letter.report,
        blocks=tuple(dotted(material.text["signing"])),
        annexes=tuple(annexes(material, Numbers())),
        recipients=letter.recipients,
        signature=letter.signature,
        illustrative=about.illustrative,
    )


def dotted(blocks: Iterable[Block]) -> Iterable[Block]:
    """The text with dots to write on where an official has not written yet."""
    for block in blocks:
        if isinstance(block, Paragraph) and is_blank(block):
            yield replace(block, runs=(Run(DOTS),), style="body")
        else:
            yield block
