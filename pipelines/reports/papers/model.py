"""A paper before it has a format: what HTML, DOCX, XLSX and PDF are all made from.

Belongs here: blocks, tables, heads, signatures as plain values. Does not belong here: what a paper
says (``composed``), how it looks in a format (``html_paper``, ``docx_paper``, ``xlsx_paper``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

Family = Literal["party", "state"]
Copy = Literal["signing", "lookup", "brief", "conclusion"]


@dataclass(frozen=True)
class Run:
    """Words that look alike.

    Attributes:
        text: As printed.
        figure: ``figure_id`` of ``report.figures`` where the words are a figure: evidence links,
            the tag a signed copy is read back by.
        bold: Bold.
        italic: Italic.
    """

    text: str
    figure: str | None = None
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading; its number ("I.", "1.", "a)") is part of the text. Level 1 to 4."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Running text.

    Attributes:
        runs: Its words.
        style: ``note`` is smaller and italic, ``centred`` in the middle, ``item`` has a dash.
        about: Id of the passage it was written from.
        indicators: What it declares to stand on.
    """

    runs: tuple[Run, ...]
    style: Literal["body", "note", "centred", "item"] = "body"
    about: str | None = None
    indicators: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words without their looks."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        label: Heading.
        group: Heading above it that neighbours of the same group share.
        above: Heading above the group, for a third level.
        width: Relative width; where all are equal, columns are as wide as what stands in them.
        align: Where its cells stand.
        formula: For the numbering row, for instance "(3)=(2)/(1)×100"; its number without one.
    """

    label: str
    group: str | None = None
    width: float = 1.0
    align: Literal["left", "center", "right"] = "left"
    formula: str | None = None
    above: str | None = None


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Attributes:
        cells: One per column, or a single one that goes across all (groups of rows, remarks).
        strong: Totals.
        values: Numbers behind the cells, for spreadsheets; empty, or one per cell.
    """

    cells: tuple[Run, ...]
    strong: bool = False
    values: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table ("Biểu số 01").

    Attributes:
        title: Without its number.
        columns: From left to right; two levels of heading where columns have groups.
        rows: From top to bottom.
        number: "Biểu số 01"; empty where it has none.
        unit_vi: "Đơn vị tính: …"; empty where columns say it themselves.
        numbering: A row (A) (B) (1) (2) … below the heading: letters up to the first column that
            is set to the right, numbers from there.
        notes: Remarks below.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    number: str = ""
    unit_vi: str = ""
    numbering: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A picture: SVG for screens, PNG for word processors, words for those who see neither."""

    svg: str
    png: bytes
    alt: str
    caption: str


Block = Heading | Paragraph | Table | Picture


@dataclass(frozen=True)
class Annex:
    """An annex: "Phụ lục I" and so on, a section of its own, wide ones in landscape."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = True


@dataclass(frozen=True)
class Head:
    """What stands above the text.

    Attributes:
        family: Party (no Quốc hiệu, "T/M") or state (NĐ 30/2020, "TM.").
        superior: The body above; empty where none is named; line breaks are kept.
        body: Who issues the paper; line breaks are kept.
        symbol: For instance "BC/BCĐ", after the number.
        number: Of the paper; None until it is issued (printed "…").
        place: Where it is signed.
        signed_on: The day; None until it is issued ("ngày … tháng … năm 2021").
        year: Of the dateline of a draft.
        kind: "BÁO CÁO", "THÔNG BÁO".
        summary: What it is about, below the kind.
    """

    family: Family
    superior: str
    body: str
    symbol: str
    place: str
    kind: str
    summary: str
    year: int
    number: str | None = None
    signed_on: dt.date | None = None


@dataclass(frozen=True)
class Signature:
    """Who signs for whom; ``name`` stays empty until it is signed."""

    on_behalf: str
    role: str
    name: str = ""


@dataclass(frozen=True)
class Document:
    """A paper.

    Attributes:
        slug: Name of its files without extension: ``trinh-ky``.
        copy: Which of the copies of a release it is.
        title: For lists and the browser's title.
        release_id: ``2021-H1/draft``.
        head: Above the text.
        blocks: The text.
        annexes: After the signature.
        recipients: "Nơi nhận", one line each.
        signature: None for papers that nobody signs (lookup, brief).
        illustrative: "SỐ LIỆU MINH HỌA" on every page, table and picture.
        evidence_base: Relative address of the evidence site, for links of figures; None: no links.
        facts: Label → text, on the cover of workbooks and below the head of papers nobody signs.
    """

    slug: str
    copy: Copy
    title: str
    release_id: str
    head: Head
    blocks: tuple[Block, ...]
    annexes: tuple[Annex, ...] = ()
    recipients: tuple[str, ...] = ()
    signature: Signature | None = None
    illustrative: bool = True
    evidence_base: str | None = None
    facts: dict[str, str] = field(default_factory=dict)
