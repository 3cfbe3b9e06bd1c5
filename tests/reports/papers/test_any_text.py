"""What people type must come through, whatever it is."""

import io
from dataclasses import replace

import docx
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from openpyxl import load_workbook

from pipelines.reports.papers import docx_paper, html_paper, xlsx_paper
from pipelines.reports.papers.letters import printable, stretches
from pipelines.reports.papers.model import Column, Document, Paragraph, Row, Run, Table
from tests.reports.papers.every_block import document

FIGURE = "2021-H1/a.b@c"


def paper(text: str) -> Document:
    table = Table(text, (Column("A"), Column(text)), (Row((Run("1"), Run(text))),))
    blocks = (Paragraph((Run(text, figure=FIGURE),)), table)
    return replace(document(), blocks=blocks, annexes=(), signature=None, recipients=())


@given(st.text(max_size=60))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_stops_a_paper(text: str) -> None:
    doc = paper(text)
    docx.Document(io.BytesIO(docx_paper.render(doc)))
    assert html_paper.render(doc)
    load_workbook(io.BytesIO(xlsx_paper.render(doc)))


@given(st.text())
def test_stretches_keep_the_text(text: str) -> None:
    joined = "".join(piece for piece, _ in stretches(text))
    assert [piece for piece, _ in stretches(joined)] == [piece for piece, _ in stretches(text)]


def test_what_cannot_be_printed_goes_and_breaks_stay() -> None:
    doc = paper("một\x0b\x00 <dòng>\nhai & " + "nghiêng" * 60)
    word = docx.Document(io.BytesIO(docx_paper.render(doc)))
    control = next(word.element.body.iter(qn("w:sdt")))
    assert "".join(t.text or "" for t in control.iter(qn("w:t"))).startswith("một <dòng>hai & n")
    assert len(list(control.iter(qn("w:br")))) == 1
    told = html.document_fromstring(html_paper.render(doc)).xpath("//p[@class='body']")[0]
    assert len(told.xpath(".//br")) == 1
    assert told.text_content().startswith("một <dòng>hai & nghiêng")
    assert printable("a\tb\nc") == "a\tb\nc"
