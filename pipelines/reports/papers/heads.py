"""From who issues a paper to its head and its signature.

Belongs here: the step from the catalogue's letterhead to the model. Does not belong here: which
letterhead is right (``catalogue.letterheads``), what a paper is about (``composed``).
"""

from __future__ import annotations

import datetime as dt

from pipelines.catalogue.letterheads import Issuer
from pipelines.reports.papers.model import Head, Signature


def head_of(
    issuer: Issuer,
    summary: str,
    year: int,
    *,
    number: str | None = None,
    signed_on: dt.date | None = None,
) -> Head:
    """The head of a paper.

    Args:
        issuer: Of ``letterheads.head_for``.
        summary: What the paper is about; line breaks are kept.
        year: Of the dateline while it is a draft.
        number: Once it is issued.
        signed_on: Once it is issued.
    """
    return Head(
        family=issuer.family,
        superior=issuer.superior,
        body=issuer.body,
        symbol=issuer.symbol,
        place=issuer.place,
        kind=issuer.kind,
        summary=summary,
        year=year,
        number=number,
        signed_on=signed_on,
    )


def signature_of(issuer: Issuer, name: str = "") -> Signature:
    """Who signs for whom; the name once it is signed."""
    return Signature(issuer.on_behalf, issuer.role, name)
