import re
from dataclasses import replace
from typing import Literal

import pytest
from lxml import html

from pipelines.reports.papers import html_paper
from pipelines.reports.papers.model import Document, Paragraph, Run
from tests.reports.papers.every_block import COUNT, LETTERS, RATE, document

MARK = "SỐ LIỆU MINH HỌA"


def page(doc: Document) -> html.HtmlElement:
    return html.document_fromstring(html_paper.render(doc))


def texts(tree: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in tree.xpath(path)]


def test_figures_lead_to_their_evidence() -> None:
    links = {
        (a.text_content(), a.get("data-figure"), a.get("href"))
        for a in page(document(evidence=True)).xpath("//a[@class='figure']")
    }
    rate = "minh-chung/chi-tieu/dn.conference_rate.html#huyen-mh-1"
    assert ("13/15", RATE, rate) in links
    assert ("52.620", COUNT, "minh-chung/chi-tieu/tthc.received.html#huyen-mh-1") in links


def test_a_paper_without_evidence_has_no_links_and_keeps_the_ids() -> None:
    tree = page(document())
    assert tree.xpath("//a") == []
    assert tree.xpath(f"//span[@data-figure='{RATE}']")


def test_it_needs_no_other_file() -> None:
    raw = html_paper.render(document(evidence=True))
    tree = page(document(evidence=True))
    assert all(place.startswith("data:") for place in tree.xpath("//@src | //link/@href"))
    assert not re.search(r"url\(|@import|<script", raw)
    assert '<link rel="icon" href="data:,">' in raw
    assert raw == html_paper.render(document(evidence=True))


def test_each_table_picture_and_page_bears_the_mark() -> None:
    tree = page(document())
    figures = tree.xpath("//figure")
    assert len(figures) == 5
    assert all(MARK in figure.text_content() for figure in figures)
    assert texts(tree, "//div[@class='banner']") == [MARK]
    assert f'@top-right {{ content: "{MARK}"' in html_paper.render(document())
    assert MARK not in html_paper.render(replace(document(), illustrative=False))


def test_each_family_has_its_own_head() -> None:
    party, state = page(document("party")), page(document("state", signed=True))
    assert texts(party, "//p[@class='title']") == ["ĐẢNG CỘNG SẢN VIỆT NAM"]
    assert "Độc lập" not in party.text_content()
    assert texts(party, "//p[@class='number']") == ["Số …-BC/BCĐ"]
    assert texts(party, "//p[@class='day']") == ["Huyện minh họa, ngày … tháng … năm 2021"]
    assert texts(state, "//p[@class='motto']") == ["Độc lập - Tự do - Hạnh phúc"]
    assert texts(state, "//p[@class='number']") == ["Số: 12/BC-UBND"]
    assert "ĐẢNG CỘNG SẢN" not in state.text_content()


def test_cells_fill_the_grid() -> None:
    for table in page(document()).xpath("//table"):
        width = len(table.xpath(".//col"))
        depth = len(table.xpath("./thead/tr[not(@class)]"))
        taken = sum(
            int(th.get("colspan", 1)) * int(th.get("rowspan", 1))
            for th in table.xpath("./thead/tr[not(@class)]/th")
        )
        assert taken == width * depth
        for row in table.xpath("./tbody/tr"):
            assert sum(int(td.get("colspan", 1)) for td in row.xpath("./td")) == width


def test_words_are_never_markup() -> None:
    doc = replace(document(), blocks=(Paragraph((Run("<script>alert(1)</script> & hết"),)),))
    tree = page(doc)
    assert tree.xpath("//script") == []
    assert "<script>alert(1)</script> & hết" in tree.text_content()


def test_no_letter_is_lost_and_marks_get_their_font() -> None:
    tree = page(document())
    assert LETTERS in tree.text_content()
    assert "Čư̆" in texts(tree, "//span[@class='marked']")


def test_a_paper_nobody_signs_shows_its_facts() -> None:
    doc = replace(document(), signature=None, recipients=())
    assert "Số liệu tính đến" in texts(page(doc), "//dl//dt")
    assert page(doc).xpath("//footer") == []
    assert page(document()).xpath("//dl") == []


@pytest.mark.parametrize("family", ["party", "state"])
def test_annexes_are_sheets_of_their_own(family: str) -> None:
    tree = page(document("party" if family == "party" else "state"))
    assert [a.get("class") for a in tree.xpath("//article")] == [
        "sheet",
        "sheet annex landscape",
        "sheet annex",
    ]
    assert texts(tree, "//article[2]//h2") == ["Phụ lục IBIỂU SỐ LIỆU THEO ĐƠN VỊ"]


@pytest.mark.parametrize("copy", ["signing", "lookup", "brief", "conclusion"])
def test_the_kind_of_copy_is_no_name_of_a_part(copy: Literal["signing", "lookup", "brief"]) -> None:
    tree = page(replace(document(), copy=copy))
    whole = set(str(tree.xpath("//body/@class")[0]).split())
    parts = {name for classes in tree.xpath("//body//*/@class") for name in str(classes).split()}
    assert not whole & parts
