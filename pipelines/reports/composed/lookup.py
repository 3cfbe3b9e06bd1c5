"""The copy to look things up in ("bản tra cứu"): everything, figures linked to their evidence.

Belongs here: what stands in it. Does not belong here: the annexes themselves (``official``,
``behind``).
"""

from __future__ import annotations

from pipelines.reports.composed.behind import behind_annexes, reports_annex, reviewed
from pipelines.reports.composed.material import Letter, Material
from pipelines.reports.composed.official import annexes
from pipelines.reports.numbering import Numbers
from pipelines.reports.papers.model import Annex, Document

SLUG = "tra-cuu"
EVIDENCE = "minh-chung/"


def compose(material: Material, letter: Letter) -> Document:
    """The internal copy of a report.

    Args:
        material: What it is made from.
        letter: Who writes it.

    Returns:
        The text with what must be known of each sentence; first the annex of missing reports, then
        the same annexes of figures as in the copy that is signed, under the same table numbers,
        then what stands behind them, then the pictures.
    """
    about = material.about
    numbers = Numbers()
    # the tables of the signed copy come first, so that they have the same numbers in both
    official = annexes(material, numbers)
    behind = behind_annexes(material, numbers)
    return Document(
        slug=SLUG + letter.suffix,
        copy="lookup",
        title=f"{letter.report.kind.capitalize()} {about.label[:1].lower()}{about.label[1:]}"
        " (bản tra cứu)",
        release_id=about.release_id,
        head=letter.report,
        blocks=(*reviewed(material.checked), *material.text["lookup"]),
        annexes=(reports_annex(material, numbers), *official, *behind, *_pictures(material)),
        illustrative=about.illustrative,
        evidence_base=EVIDENCE,
        facts=dict(material.facts),
    )


def _pictures(material: Material) -> tuple[Annex, ...]:
    """The pictures, upright like the text."""
    if not material.pictures:
        return ()
    return (Annex("Hình", material.pictures, landscape=False),)
