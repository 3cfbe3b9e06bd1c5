"""A paper as a Word file that people edit, print and sign.

Belongs here: blocks, sections, page headers, the file's bytes. Does not belong here: tables
(``docx_tables``), letterhead and signature (``docx_head``), styles (``docx_styles``).
"""

from __future__ import annotations

import io

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section, _Footer, _Header
from docx.shared import Mm
from docx.text.paragraph import Paragraph as WordParagraph

from pipelines.catalogue.stamping import container_bytes
from pipelines.reports.papers import lines
from pipelines.reports.papers.docx_head import foot_elements, head_elements
from pipelines.reports.papers.docx_styles import new_document
from pipelines.reports.papers.docx_tables import gap, is_gap, table_elements
from pipelines.reports.papers.docx_xml import (
    Controls,
    el,
    page_field,
    paragraph,
    run_element,
    run_of,
    set_marked_words,
    twips,
)
from pipelines.reports.papers.letters import printable
from pipelines.reports.papers.look import A4_MM, Look, inner_width, look_of
from pipelines.reports.papers.model import (
    Annex,
    Block,
    Document,
    Heading,
    Paragraph,
    Picture,
    Run,
    Table,
)

_STYLES = {"body": "BodyText", "note": "Note", "centred": "Centred", "item": "Item"}
_HEADER_MM = 10
_PAGE_SIZE, _MARK_SIZE = 13.0, 9.0
_ANNEX_TABLE = 11.0
_DASH = "- "


class _Writer:
    """Puts elements at the end of the file, and remembers what the paper has counted."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.look: Look = look_of(doc)
        self.word: WordDocument = new_document(doc, self.look)
        self.controls = Controls()
        self.landscape = False

    def add(self, *elements: BaseOxmlElement) -> None:
        """Before the properties of the last section, which end the body."""
        body = self.word.element.body
        for element in elements:
            body.insert(len(body) - 1, element)

    def block(self, block: Block, *, last: bool = False) -> None:
        """One block of the text; the last paragraph stays with the signature."""
        match block:
            case Heading():
                self.add(paragraph(run_element(block.text), style=f"Heading{block.level}"))
            case Paragraph():
                self.add(_paragraph(block, self.controls, keep_next=last))
            case Table():
                size = _ANNEX_TABLE if self.landscape else self.look.table
                self.add(
                    *table_elements(
                        block,
                        inner_width(self.look, landscape=self.landscape),
                        size,
                        self.controls,
                        illustrative=self.doc.illustrative,
                    )
                )
            case Picture():
                self._picture(block)

    def _picture(self, picture: Picture) -> None:
        line = paragraph(style="Picture")
        self.add(line)
        run = WordParagraph(line, self.word._body).add_run()  # no public parent
        width = inner_width(self.look, landscape=self.landscape)
        shape = run.add_picture(io.BytesIO(picture.png), width=Mm(min(width, 230)))
        about = shape._inline.docPr  # python-docx has no word for alt text
        about.set("descr", printable(picture.alt))
        about.set("title", printable(picture.caption))
        mark = f" ({lines.ILLUSTRATIVE})" if self.doc.illustrative else ""
        self.add(paragraph(run_element(picture.caption + mark), style="Note", align="center"))


def render(doc: Document) -> bytes:
    """The paper as a ``.docx`` file; equal papers give equal bytes.

    Args:
        doc: The paper.

    Raises:
        ValueError: A row of a table does not fit its columns.
    """
    writer = _Writer(doc)
    _set_page(writer.word.sections[0], writer.look, landscape=False)
    _set_headers(writer.word.sections[0], doc, inner_width(writer.look, landscape=False))
    writer.add(*head_elements(doc.head, writer.look))
    if doc.signature is None:
        writer.add(*(_fact(label, text) for label, text in doc.facts.items()))
    blocks = lines.closed(doc)
    for n, block in enumerate(blocks, 1):
        writer.block(block, last=n == len(blocks) and doc.signature is not None)
    if foot := foot_elements(doc, writer.look):
        writer.add(*foot, gap())
    for title, annex in zip(lines.annex_titles(doc), doc.annexes, strict=True):
        _annex(writer, title, annex)
    set_marked_words(writer.word.element.body)
    out = io.BytesIO()
    writer.word.save(out)
    return container_bytes(out.getvalue())


def _paragraph(block: Paragraph, controls: Controls, *, keep_next: bool) -> BaseOxmlElement:
    runs = block.runs
    if block.style == "item" and not block.text.startswith(_DASH):
        runs = (Run(_DASH), *runs)
    words = (run_of(run, controls) for run in runs)
    return paragraph(*words, style=_STYLES[block.style], keep_next=keep_next)


def _fact(label: str, text: str) -> BaseOxmlElement:
    return paragraph(run_element(f"{label}: "), run_element(text, bold=True), style="Note")


def _annex(writer: _Writer, title: str, annex: Annex) -> None:
    """A section of its own, its pages counted from 1."""
    section = writer.word.add_section(WD_SECTION.NEW_PAGE)
    _end_section_in_text(writer.word.element.body)
    writer.landscape = annex.landscape
    _set_page(section, writer.look, landscape=annex.landscape)
    _set_headers(section, writer.doc, inner_width(writer.look, landscape=annex.landscape))
    properties = section._sectPr  # no public word for numbering of pages
    for old in properties.findall(qn("w:pgNumType")):
        properties.remove(old)
    margins = properties.find(qn("w:pgMar"))
    assert margins is not None  # noqa: S101 — set just now
    margins.addnext(el("pgNumType", start="1"))
    names = paragraph(run_element(f"{title}\n{annex.title}"), style="Annex", keep_next=True)
    reference = run_element(lines.annex_reference(writer.doc.head), italic=True)
    writer.add(names, paragraph(reference, style="Centred", keep_next=True))
    for block in annex.blocks:
        writer.block(block)


def _end_section_in_text(body: BaseOxmlElement) -> None:
    """The paragraph that ends a section takes a line, which a full page pushes to an empty one.

    After a table the small paragraph that follows it ends the section; elsewhere the paragraph is
    made as small as that.
    """
    ending = body[-2]
    before = ending.getprevious()
    looks = ending.find(qn("w:pPr"))
    assert looks is not None  # noqa: S101 — it holds the properties of the section
    if before is None or not is_gap(before):
        looks.insert(0, el("pStyle", val="Cell"))
        looks.insert(1, el("spacing", before="0", after="0", line="20", lineRule="exact"))
        return
    looks_before = before.find(qn("w:pPr"))
    assert looks_before is not None  # noqa: S101 — a gap has
    looks_before.extend(list(looks))
    body.remove(ending)


def _set_page(section: Section, look: Look, *, landscape: bool) -> None:
    """A4 with the margins of the form, upright or landscape."""
    short, long = (Mm(side) for side in A4_MM)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.top_margin, section.bottom_margin = Mm(look.top), Mm(look.bottom)
    section.left_margin, section.right_margin = Mm(look.left), Mm(look.right)
    section.header_distance = section.footer_distance = Mm(_HEADER_MM)
    section.different_first_page_header_footer = True


def _set_headers(section: Section, doc: Document, width: float) -> None:
    """The number of the page in the middle but on the first; the mark on every page."""
    _fill(section.first_page_header, doc, width, number=False)
    _fill(section.header, doc, width, number=True)
    for footer in (section.first_page_footer, section.footer):
        footer.is_linked_to_previous = False


def _fill(header: _Header | _Footer, doc: Document, width: float, *, number: bool) -> None:
    header.is_linked_to_previous = False
    old = header.paragraphs[0]._p  # replaced as a whole
    tabs = el(
        "tabs",
        el("tab", val="center", pos=twips(width / 2)),
        el("tab", val="right", pos=twips(width)),
    )
    looks = el("pPr", el("pStyle", val="Header"), tabs)
    tab = el("r", el("tab"))
    line = el("p", looks, tab)
    if number:
        line.extend(page_field(_PAGE_SIZE))
    if doc.illustrative:
        line.append(el("r", el("tab")))
        line.append(run_element(lines.ILLUSTRATIVE, bold=True, size=_MARK_SIZE))
    old.getparent().replace(old, line)
