"""Lines that every format of a paper prints alike: number, dateline, annex titles, "./.".

Belongs here: words around the text. Does not belong here: the text (``composed``), how a line
looks (``look``) or is written down in a format.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace

from pipelines.reports.papers.model import Block, Document, Head, Paragraph, Run
from pipelines.vietnamese.dates import format_date_long

ILLUSTRATIVE = "SỐ LIỆU MINH HỌA"
EMPTY_TABLE = "Biểu không có dòng nào"
UNKNOWN = "…"
_LONG_LINE = 60  # characters that a line in bold takes at most
LONGEST_TAG = 64  # Word refuses a document with longer tags or aliases of content controls
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def number_line(head: Head) -> str:
    """As "Số 12-BC/BCĐ" (Party) or "Số: 12/BC-UBND" (state); empty without a symbol."""
    if not head.symbol:
        return ""
    number = head.number or UNKNOWN
    return f"Số {number}-{head.symbol}" if head.family == "party" else f"Số: {number}/{head.symbol}"


def dateline(head: Head) -> str:
    """As "Krông Pắc, ngày 05 tháng 02 năm 2021"; a draft leaves day and month open."""
    return f"{head.place}, {day_in_words(head.signed_on, head.year)}"


def day_in_words(day: dt.date | None, year: int) -> str:
    """As "ngày 10 tháng 6 năm 2021", or the words with day and month left open."""
    return format_date_long(day) if day else f"ngày {UNKNOWN} tháng {UNKNOWN} năm {year}"


def summary_lines(head: Head) -> list[str]:
    """What a paper is about, a line for each part; a long one is parted at its semicolon."""
    told = [line.strip() for line in head.summary.split("\n") if line.strip()]
    if len(told) == 1 and len(told[0]) > _LONG_LINE:
        first, sign, rest = told[0].partition("; ")
        told = [first + sign.strip(), rest] if rest else told
    return told


def annex_titles(doc: Document) -> list[str]:
    """As "Phụ lục I", "Phụ lục II"; a single annex has no number."""
    count = len(doc.annexes)
    return [f"Phụ lục {roman(n)}" if count > 1 else "Phụ lục" for n in range(1, count + 1)]


def annex_reference(head: Head) -> str:
    """As "(Kèm theo Báo cáo số 12-BC/BCĐ ngày 10 tháng 6 năm 2021)"."""
    line = number_line(head).replace(":", "")
    number = f" {line[0].lower()}{line[1:]}" if line else ""
    return f"(Kèm theo {head.kind.capitalize()}{number} {day_in_words(head.signed_on, head.year)})"


def roman(number: int) -> str:
    """A Roman numeral."""
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def closed(doc: Document) -> tuple[Block, ...]:
    """The text; the last paragraph of a paper that is signed ends in "./."."""
    places = [n for n, block in enumerate(doc.blocks) if isinstance(block, Paragraph)]
    if doc.signature is None or not places:
        return doc.blocks
    last = doc.blocks[places[-1]]
    if not isinstance(last, Paragraph):
        return doc.blocks
    ended = replace(last, runs=_ended(last.runs))
    return (*doc.blocks[: places[-1]], ended, *doc.blocks[places[-1] + 1 :])


def _ended(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    if not runs or runs[-1].text.rstrip().endswith("./."):
        return runs
    last = replace(runs[-1], text=runs[-1].text.rstrip().removesuffix("."))
    return (*runs[:-1], last, replace(last, text="./.", figure=None))


def recipient_lines(doc: Document) -> list[str]:
    """As "- Ban Thường vụ Huyện ủy," … with the signs that end them."""
    names = [name.strip().removeprefix("-").strip().rstrip(";,.") for name in doc.recipients]
    sign = "," if doc.head.family == "party" else ";"
    return [f"- {name}{sign if n < len(names) else '.'}" for n, name in enumerate(names, 1)]


def figure_tag(figure_id: str) -> str:
    """What marks a figure in a Word file: its id, or a hash of it where Word allows no more.

    Args:
        figure_id: Id of ``report.figures``.

    Returns:
        At most ``LONGEST_TAG`` characters; the same for the same id.
    """
    if len(figure_id) <= LONGEST_TAG:
        return figure_id
    return "sha256:" + hashlib.sha256(figure_id.encode()).hexdigest()[:40]


def figure_parts(figure_id: str) -> tuple[str, str]:
    """Indicator and scope of a figure ("2021-H1/dn.conference_rate@huyen-mh-1")."""
    name, _, scope = figure_id.rpartition("/")[2].partition("@")
    return name, scope


def evidence_link(doc: Document, figure_id: str) -> str | None:
    """Address of a figure's evidence, relative to the paper; None where none is linked."""
    if doc.evidence_base is None:
        return None
    indicator, scope = figure_parts(figure_id)
    base = doc.evidence_base.rstrip("/")
    return f"{base}/chi-tieu/{indicator}.html" + (f"#{scope}" if scope else "")
