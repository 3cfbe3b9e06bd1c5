"""Who issues the papers of a period, to whom they go, who signs: letterheads and recipients.

Belongs here: filling a letter from catalogue and warehouse. Does not belong here: what letterheads
there are (``catalogue.letterheads``), the text (``reports.composed``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from pipelines.analysis.access import Tables
from pipelines.analysis.scope import report_scope
from pipelines.analysis.wording import recipients
from pipelines.catalogue.letterheads import Issuer, default_family, head_for
from pipelines.catalogue.model import Catalogue
from pipelines.reports.composed.material import Letter
from pipelines.reports.papers.heads import head_of
from pipelines.reports.papers.model import Family, Head, Signature

Wanted = Literal["default", "party", "state", "both"]
SUFFIXES: dict[Family, str] = {"party": "-dang", "state": "-nha-nuoc"}
_DEPUTY = "PHÓ "
_KEPT: dict[Family, str] = {"party": "Lưu", "state": "Lưu: VT"}


@dataclass(frozen=True)
class Issue:
    """What a paper has once it is issued.

    Attributes:
        release_id: ``2021-H1/01``.
        number: Of the paper.
        signed_on: The day.
        signer: Office of who signs; as the letterhead has it where it is empty.
    """

    release_id: str
    number: str
    signed_on: dt.date
    signer: str = ""


def families_of(catalogue: Catalogue, wh: Tables, period: str, wanted: Wanted) -> list[Family]:
    """The families that papers are wanted in, the one that the body uses first.

    Raises:
        NoLetterhead: The catalogue has none for such a scope and day.
    """
    scope = report_scope(wh, period)
    usual = default_family(catalogue, _type(wh, scope.scope_id), scope.ends_on)
    if wanted == "default":
        return [usual]
    if wanted == "both":
        return [usual, "state" if usual == "party" else "party"]
    return [wanted]


def letter_of(
    catalogue: Catalogue,
    wh: Tables,
    period: str,
    family: Family,
    summary: str,
    issue: Issue | None = None,
) -> Letter:
    """The letter of a family.

    Args:
        catalogue: Has the letterheads.
        wh: The warehouse.
        period: Key of the period.
        family: Party or state.
        summary: The line below "BÁO CÁO".
        issue: Number and day, once the report has them; the notice gets its own from people.

    Raises:
        NoLetterhead: The catalogue has none for such a scope and day.
    """
    scope = report_scope(wh, period)
    day, unit_type = scope.ends_on, _type(wh, scope.scope_id)
    usual = default_family(catalogue, unit_type, day)
    report, notice = (
        head_for(catalogue, scope.scope_id, unit_type, scope.name, family, day, kind=kind)
        for kind in ("report", "notice")
    )
    about = summary.split(";")[0].strip()
    receivers = [str(name) for name in recipients(wh, period)["label_vi"]]
    return Letter(
        report=_head(report, summary, day, issue),
        notice=_head(
            notice, f"Kết luận cuộc họp xem xét báo cáo {about[:1].lower()}{about[1:]}", day, None
        ),
        signature=Signature(
            report.on_behalf,
            _role(report.role, family, issue.signer) if issue and family == usual else report.role,
        ),
        recipients=(*receivers, _KEPT[family]),
        suffix="" if family == usual else SUFFIXES[family],
    )


def _role(head: str, family: Family, signer: str) -> str:
    """The lines above a signature: a deputy signs for the head of the body."""
    office = signer.upper()
    if not office or office == head:
        return head
    stands_in = "K/T" if family == "party" else "KT."
    return f"{stands_in} {head}\n{office}" if office.startswith(_DEPUTY) else office


def _head(issuer: Issuer, summary: str, day: dt.date, issue: Issue | None) -> Head:
    if issue is None:
        return head_of(issuer, summary, day.year)
    return head_of(
        issuer,
        summary,
        issue.signed_on.year,
        number=issue.number,
        signed_on=issue.signed_on,
    )


def _type(wh: Tables, scope_id: str) -> str:
    units = wh.table("ref.units")
    return str(units.loc[units["unit_id"] == scope_id, "unit_type"].iloc[0])
