"""How papers of the two families look on A4: margins, sizes of type, how letters are set.

Belongs here: numbers of Nghị định 30/2020/NĐ-CP, annex I, and of Hướng dẫn 36-HD/VPTW, annex 3.
Does not belong here: who issues a paper (``catalogue.letterheads``), how a format says it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelines.reports.papers.model import Document, Family

FONT = "Times New Roman"
A4_MM = (210.0, 297.0)
FIRST_LINE_MM = 12.7
PARTY_TITLE = "ĐẢNG CỘNG SẢN VIỆT NAM"
STATE_TITLE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


@dataclass(frozen=True)
class Look:
    """One family's measures: millimetres for places, points for type.

    Attributes:
        top: Margin, as the other three.
        bottom: Margin.
        left: Margin on the binding side.
        right: Margin.
        left_share: Part of the width that belongs to the left side of the letterhead.
        title: "ĐẢNG CỘNG SẢN VIỆT NAM", Quốc hiệu.
        motto: Tiêu ngữ.
        superior: The body above.
        body: The issuing body.
        number: "Số …", as the date line.
        kind: "BÁO CÁO".
        text: Running text, with its headings, summary and signature.
        recipients_title: "Nơi nhận:".
        recipients: Its lines.
        table: Tables, where their words fit.
        star: Whether "*" stands below the issuing body; a rule does otherwise.
    """

    top: float
    bottom: float
    left: float
    right: float
    left_share: float
    title: float
    motto: float
    superior: float
    body: float
    number: float
    kind: float
    text: float
    recipients_title: float
    recipients: float
    table: float
    star: bool


LOOKS: dict[Family, Look] = {
    "party": Look(
        top=20,
        bottom=20,
        left=30,
        right=15,
        left_share=0.47,
        title=15,
        motto=14,
        superior=14,
        body=14,
        number=14,
        kind=16,
        text=14,
        recipients_title=14,
        recipients=12,
        table=12,
        star=True,
    ),
    "state": Look(
        top=20,
        bottom=20,
        left=30,
        right=15,
        left_share=0.42,
        title=13,
        motto=14,
        superior=13,
        body=13,
        number=13,
        kind=14,
        text=14,
        recipients_title=12,
        recipients=11,
        table=12,
        star=False,
    ),
}


def look_of(doc: Document) -> Look:
    """The measures of a paper: a brief is handed out and not signed, two pages in smaller type."""
    look = LOOKS[doc.head.family]
    return replace(look, text=12, table=10.5) if doc.copy == "brief" else look


def inner_width(look: Look, *, landscape: bool) -> float:
    """Millimetres between the left and the right margin, which both ways of the page share."""
    return A4_MM[1 if landscape else 0] - look.left - look.right
