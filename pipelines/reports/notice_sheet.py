"""All notices of a period on paper: A4, to print, cut and hand on.

Belongs here: the page. Does not belong here: which notices there are, addresses, other formats
(``operations``). The page is internal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.reports.feedback_page import environment, styles
from pipelines.reports.html import ILLUSTRATIVE


@dataclass(frozen=True)
class Slip:
    """One notice on the page.

    Attributes:
        kind: Name of the kind.
        to: Who gets it.
        through: Lead member through whom it goes, "" without one.
        address: How they are reached, or what is missing.
        is_reachable: Whether anything is known.
        title: Title.
        text: Text.
        code: Short fingerprint, by which a slip and a line of the journal find each other.
    """

    kind: str
    to: str
    through: str
    address: str
    is_reachable: bool
    title: str
    text: str
    code: str


def notice_sheet(
    slips: Sequence[Slip], period: str, counts: Sequence[tuple[str, int]], *, made_up: bool
) -> str:
    """The page as HTML that needs nothing else; equal notices give equal pages.

    Args:
        slips: The notices, in order.
        period: Vietnamese name of the period.
        counts: How many there are of each kind.
        made_up: Whether any of them is about illustrative data.
    """
    return (
        environment()
        .get_template("notices.html.j2")
        .render(
            slips=slips,
            period=period,
            counts=counts,
            unreachable=sum(not slip.is_reachable for slip in slips),
            mark=ILLUSTRATIVE if made_up else "",
            css=styles(),
        )
    )
