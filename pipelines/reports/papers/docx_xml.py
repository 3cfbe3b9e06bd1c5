"""Elements of WordprocessingML that python-docx has no words for.

Belongs here: runs, content controls, fields, borders as elements. Does not belong here: which of
them a paper needs (``docx_paper``, ``docx_tables``, ``docx_head``).
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from pipelines.reports.papers.letters import MARKED_FONT, printable, stretches
from pipelines.reports.papers.lines import figure_tag
from pipelines.reports.papers.model import Run

TWIPS_PER_MM = 1440 / 25.4
_ALIGN = {"left": "left", "center": "center", "right": "right", "justify": "both"}


@dataclass
class Controls:
    """Counts content controls: Word wants a number of its own for each."""

    numbers: count[int] = field(default_factory=lambda: count(1))


def twips(mm: float) -> str:
    """Millimetres in twentieths of a point, as Word writes lengths."""
    return str(round(mm * TWIPS_PER_MM))


def el(tag: str, *children: BaseOxmlElement, **values: str) -> BaseOxmlElement:
    """An element of the ``w`` namespace with its attributes and children.

    Args:
        tag: Without prefix: ``tcPr``.
        *children: In the order the format wants.
        **values: Attributes without prefix.
    """
    made = OxmlElement(f"w:{tag}")
    for name, value in values.items():
        made.set(qn(f"w:{name}"), printable(value))
    made.extend(children)
    return made


def run_element(
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    underline: bool = False,
    size: float | None = None,
) -> BaseOxmlElement:
    """A run; line breaks of the text are kept."""
    looks = el("rPr")
    if bold:
        looks.extend((el("b"), el("bCs")))
    if italic:
        looks.extend((el("i"), el("iCs")))
    if size is not None:
        half = str(round(size * 2))
        looks.extend((el("sz", val=half), el("szCs", val=half)))
    if underline:
        looks.append(el("u", val="single"))
    made = el("r", looks) if len(looks) else el("r")
    for n, line in enumerate(printable(text).split("\n")):
        if n:
            made.append(el("br"))
        words = el("t")
        words.text = line
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        made.append(words)
    return made


def run_of(
    run: Run, controls: Controls, *, bold: bool = False, size: float | None = None
) -> BaseOxmlElement:
    """A run of the model; a figure stands in a content control that carries its id."""
    made = run_element(run.text, bold=bold or run.bold, italic=run.italic, size=size)
    return made if run.figure is None else control(made, run.figure, controls)


def control(run: BaseOxmlElement, figure_id: str, controls: Controls) -> BaseOxmlElement:
    """A run in a content control: typing over it keeps the tag by which it is read back."""
    tag = figure_tag(figure_id)
    about = el(
        "sdtPr",
        el("alias", val=tag),
        el("tag", val=tag),
        el("id", val=str(next(controls.numbers))),
    )
    return el("sdt", about, el("sdtContent", run))


def paragraph(
    *runs: BaseOxmlElement, style: str, align: str | None = None, keep_next: bool = False
) -> BaseOxmlElement:
    """A paragraph of a style, given by its id."""
    looks = el("pPr", el("pStyle", val=style))
    if keep_next:
        looks.append(el("keepNext"))
    if align is not None:
        looks.append(el("jc", val=_ALIGN[align]))
    return el("p", looks, *runs)


def rule(width: float, length: float, *, above: float = 0) -> BaseOxmlElement:
    """A line in the middle of a column, as the line below Quốc hiệu and tiêu ngữ.

    Args:
        width: Of the column, millimetres.
        length: Of the line.
        above: Points above it.
    """
    side = twips((width - length) / 2)
    looks = el(
        "pPr",
        el("pStyle", val="HeadLine"),
        el("pBdr", el("top", val="single", sz="6", space="0", color="auto")),
        el("spacing", before=str(round(above * 20)), after="0", line="80", lineRule="exact"),
        el("ind", left=side, right=side, firstLine="0"),
    )
    return el("p", looks)


def set_marked_words(root: BaseOxmlElement) -> None:
    """Give words with letters that are no single character a font that sets their marks right."""
    for words in list(root.iter(qn("w:t"))):
        pieces = stretches(words.text or "")
        run = words.getparent()
        if run is None or (len(pieces) == 1 and not pieces[0][1]):
            continue
        place = run.getparent()
        assert place is not None  # noqa: S101 — a run stands in something
        for text, is_marked in pieces:
            copy = deepcopy(run)
            shown = copy.find(qn("w:t"))
            assert shown is not None  # noqa: S101 — it is a copy of a run that has one
            shown.text = text
            if is_marked:
                _set_font(copy, MARKED_FONT)
            run.addprevious(copy)
        place.remove(run)


def _set_font(run: BaseOxmlElement, font: str) -> None:
    looks = run.find(qn("w:rPr"))
    if looks is None:
        looks = el("rPr")
        run.insert(0, looks)
    looks.insert(0, el("rFonts", ascii=font, hAnsi=font, cs=font))


def page_field(size: float) -> list[BaseOxmlElement]:
    """The number of the page."""
    half = str(round(size * 2))

    def part(child: BaseOxmlElement) -> BaseOxmlElement:
        return el("r", el("rPr", el("sz", val=half)), child)

    code = el("instrText")
    code.text = " PAGE "
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    shown = el("t")
    shown.text = "2"
    return [
        part(el("fldChar", fldCharType="begin")),
        part(code),
        part(el("fldChar", fldCharType="separate")),
        part(shown),
        part(el("fldChar", fldCharType="end")),
    ]


def plain_table(widths: list[float], cells: list[list[list[BaseOxmlElement]]]) -> BaseOxmlElement:
    """A table without lines that sets things side by side.

    Args:
        widths: Of the columns, millimetres.
        cells: Rows of cells of paragraphs.
    """
    table = el(
        "tbl",
        el(
            "tblPr",
            el("tblW", w=twips(sum(widths)), type="dxa"),
            el("jc", val="center"),
            el("tblLayout", type="fixed"),
            el("tblCellMar", el("left", w="0", type="dxa"), el("right", w="0", type="dxa")),
        ),
        el("tblGrid", *(el("gridCol", w=twips(width)) for width in widths)),
    )
    for row in cells:
        line = el("tr", el("trPr", el("cantSplit")))
        for width, paragraphs in zip(widths, row, strict=True):
            look = el("tcPr", el("tcW", w=twips(width), type="dxa"))
            line.append(el("tc", look, *paragraphs))
        table.append(line)
    return table
