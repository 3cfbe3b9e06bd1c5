import datetime as dt
import io
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Mm

from pipelines.reports.papers import docx_paper, lines
from pipelines.reports.papers.model import Column, Document, Family, Paragraph, Row, Run, Table
from pipelines.reports.papers.shown_figures import shown_figures
from tests.reports.papers.every_block import LETTERS, LONG, LONG_ID, document

# Word refuses a file whose elements stand in another order than the schema's
ORDER = {
    "pPr": "pStyle keepNext keepLines pBdr tabs spacing ind jc outlineLvl rPr sectPr",
    "rPr": "rFonts b bCs i iCs noProof sz szCs u lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders tblLayout tblCellMar tblLook tblCaption",
    "tblBorders": "top left bottom right insideH insideV",
    "tblCellMar": "top left bottom right",
    "tcPr": "tcW gridSpan vMerge vAlign",
    "tbl": "tblPr tblGrid tr",
    "tr": "trPr tc",
    "sectPr": "headerReference footerReference type pgSz pgMar pgNumType cols titlePg docGrid",
    "style": "name basedOn next qFormat pPr rPr tblPr",
    "sdt": "sdtPr sdtContent",
    "sdtPr": "rPr alias tag id lock",
    "font": "altName family",
}
MARK = "SỐ LIỆU MINH HỌA"


@pytest.fixture(scope="module")
def words() -> dict[Family, WordDocument]:
    return {family: opened(document(family)) for family in ("party", "state")}


def opened(doc: Document) -> WordDocument:
    return docx.Document(io.BytesIO(docx_paper.render(doc)))


def all_text(word: WordDocument) -> str:
    paragraphs = word.element.body.iter(qn("w:p"))
    return "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in paragraphs)


def size(section: Section) -> tuple[int, int]:
    return round((section.page_width or 0) / Mm(1)), round((section.page_height or 0) / Mm(1))


@pytest.mark.parametrize("family", ["party", "state"])
def test_the_page_is_a4_with_the_margins_of_the_form(
    words: dict[Family, WordDocument], family: Family
) -> None:
    first, landscape, portrait = words[family].sections
    assert size(first) == (210, 297)
    margins = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    assert [round((margin or 0) / Mm(1), 1) for margin in margins] == [20, 20, 30, 15]
    assert landscape.orientation == WD_ORIENT.LANDSCAPE
    assert size(landscape) == (297, 210)
    assert portrait.orientation == WD_ORIENT.PORTRAIT


@pytest.mark.parametrize("family", ["party", "state"])
def test_each_page_has_the_mark_and_each_but_the_first_its_number(
    words: dict[Family, WordDocument], family: Family
) -> None:
    for section in words[family].sections:
        assert section.different_first_page_header_footer
        first, others = section.first_page_header, section.header
        assert MARK in first.paragraphs[0].text
        assert MARK in others.paragraphs[0].text
        assert "PAGE" not in first._element.xml
        assert " PAGE " in others._element.xml


def test_real_data_bears_no_mark() -> None:
    doc = replace(document(), illustrative=False)
    with zipfile.ZipFile(io.BytesIO(docx_paper.render(doc))) as container:
        told = b"".join(container.read(n) for n in container.namelist() if n.endswith(".xml"))
    assert MARK.encode() not in told


def test_annexes_count_their_own_pages(words: dict[Family, WordDocument]) -> None:
    starts = [s._sectPr.find(qn("w:pgNumType")) for s in words["party"].sections]
    assert [start is not None for start in starts] == [False, True, True]
    text = all_text(words["party"])
    assert "Phụ lục I" in text
    assert "(Kèm theo Báo cáo số …-BC/BCĐ ngày … tháng … năm 2021)" in text


def test_the_party_has_no_national_title(words: dict[Family, WordDocument]) -> None:
    party, state = all_text(words["party"]), all_text(words["state"])
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in party
    assert "CỘNG HÒA" not in party
    assert "Độc lập" not in party
    assert "T/M BAN CHỈ ĐẠO" in party
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in state
    assert "Độc lập - Tự do - Hạnh phúc" in state
    assert "ĐẢNG CỘNG SẢN" not in state
    assert "TM. ỦY BAN NHÂN DÂN" in state


def test_number_and_day_of_an_issued_paper() -> None:
    party = all_text(opened(document("party", signed=True)))
    state = all_text(opened(document("state", signed=True)))
    assert "Số 12-BC/BCĐ" in party
    assert "Số: 12/BC-UBND" in state
    assert "Huyện minh họa, ngày 05 tháng 02 năm 2021" in party
    assert "(Kèm theo Báo cáo số 12/BC-UBND ngày 05 tháng 02 năm 2021)" in state


@pytest.mark.parametrize("family", ["party", "state"])
def test_every_figure_can_be_read_back(words: dict[Family, WordDocument], family: Family) -> None:
    controls = [
        (
            sdt.find(".//" + qn("w:tag")).get(qn("w:val")),
            "".join(t.text or "" for t in sdt.iter(qn("w:t"))),
        )
        for sdt in words[family].element.body.iter(qn("w:sdt"))
    ]
    shown = [(lines.figure_tag(f.figure_id), f.text) for f in shown_figures(document(family))]
    assert controls == shown
    assert all(len(tag) <= 64 for tag, _ in controls)
    assert lines.figure_tag(LONG_ID).startswith("sha256:")
    numbers = [i.get(qn("w:val")) for i in words[family].element.body.iter(qn("w:id"))]
    assert len(set(numbers)) == len(numbers) == len(controls)


def test_heads_of_tables_repeat_and_rows_stay_whole(words: dict[Family, WordDocument]) -> None:
    tables = list(words["party"].element.body.iter(qn("w:tbl")))
    wide = next(t for t in tables if len(t.findall(qn("w:tr"))) > 40)
    rows = wide.findall(qn("w:tr"))
    heads = [row.find(f".//{qn('w:tblHeader')}") is not None for row in rows]
    assert heads == [True] * 4 + [False] * 40  # three levels and the row of numbers
    assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)
    for table in tables:
        width = len(table.findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}"))
        for row in table.findall(qn("w:tr")):
            spans = [c.find(f".//{qn('w:gridSpan')}") for c in row.findall(qn("w:tc"))]
            counts = [1 if span is None else int(span.get(qn("w:val"))) for span in spans]
            assert sum(counts) == width


def test_the_row_of_numbers(words: dict[Family, WordDocument]) -> None:
    table = next(t for t in words["party"].tables if "Loại hình" in t.rows[0].cells[1].text)
    told = [cell.text for cell in table.rows[2].cells]
    assert told == ["(A)", "(B)", "(1)", "(2)", "(3)=(2)/(1)×100", "(4)"]


def test_headings_are_headings(words: dict[Family, WordDocument]) -> None:
    named = {
        p.text: p.style.name
        for p in words["state"].paragraphs
        if p.style is not None and str(p.style.name).startswith("Heading")
    }
    assert named["I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO, TỔ CHỨC THỰC HIỆN"] == "Heading 1"
    assert sorted(set(map(str, named.values()))) == [f"Heading {n}" for n in range(1, 5)]


def test_it_ends_with_the_sign_once(words: dict[Family, WordDocument]) -> None:
    assert all_text(words["party"]).count("./.") == 1
    assert "Trên đây là báo cáo minh họa./." in all_text(words["party"])
    assert "./." not in all_text(opened(replace(document(), signature=None)))


def test_recipients_end_as_the_forms_say(words: dict[Family, WordDocument]) -> None:
    assert "- Ban Thường vụ Huyện ủy,\n" in all_text(words["party"])
    assert "- Lưu Văn phòng." in all_text(words["party"])
    assert "- Ban Thường vụ Huyện ủy;\n" in all_text(words["state"])


def test_no_letter_is_lost(words: dict[Family, WordDocument]) -> None:
    text = all_text(words["party"])
    assert LETTERS in text
    assert LONG * 4 in text
    fonts = {
        value
        for tag in words["party"].element.body.iter(qn("w:rFonts"))
        for value in tag.attrib.values()
    }
    assert fonts == {"Noto Serif"}  # the rest is in the font of the file
    defaults = words["party"].styles.element.find(".//" + qn("w:rFonts"))
    assert set(defaults.attrib.values()) == {"Times New Roman"}


def test_the_file_speaks_vietnamese_and_knows_no_clock() -> None:
    raw = docx_paper.render(document())
    word = docx.Document(io.BytesIO(raw))
    assert word.core_properties.language == "vi-VN"
    assert word.core_properties.created == dt.datetime(1998, 2, 18, tzinfo=dt.UTC)
    language = word.styles.element.find(f".//{qn('w:lang')}")
    assert language.get(qn("w:val")) == "vi-VN"
    with zipfile.ZipFile(io.BytesIO(raw)) as container:
        assert {info.date_time for info in container.infolist()} == {(1998, 2, 18, 0, 0, 0)}
        assert "docProps/thumbnail.jpeg" not in container.namelist()
    assert raw == docx_paper.render(document())


def local(element: BaseOxmlElement) -> str:
    return str(element.tag).rpartition("}")[2]


@pytest.mark.parametrize("family", ["party", "state"])
def test_elements_stand_in_the_order_of_the_format(family: Family) -> None:
    with zipfile.ZipFile(io.BytesIO(docx_paper.render(document(family)))) as container:
        parts = [n for n in container.namelist() if n.startswith("word/") and n.endswith(".xml")]
        for part in parts:
            for element in parse_xml(container.read(part)).iter():
                order = ORDER.get(local(element), "").split()
                if not order or element.tag != qn(f"w:{local(element)}"):
                    continue
                told = [local(child) for child in element]
                assert told == sorted(told, key=order.index), (part, element.tag, told)


def test_a_table_is_followed_by_a_paragraph() -> None:
    for doc in (document(), replace(document(), annexes=())):
        for table in opened(doc).element.body.findall(qn("w:tbl")):
            assert table.getnext().tag == qn("w:p")


def test_pictures_have_words(words: dict[Family, WordDocument]) -> None:
    told = [tag.get("descr") for tag in words["party"].element.body.iter(qn("wp:docPr"))]
    assert told == ["Bốn cột xanh cao thấp khác nhau"]
    assert f"Hình 1. Bốn cột minh họa ({MARK})" in all_text(words["party"])


def test_a_row_that_does_not_fit_is_refused() -> None:
    table = Table("Biểu", (Column("A"), Column("B"), Column("C")), (Row((Run("1"), Run("2"))),))
    with pytest.raises(ValueError, match="Biểu: a row of 2 cells, columns: 3"):
        docx_paper.render(replace(document(), blocks=(table,)))


def test_a_paper_of_tables_only_is_a_paper() -> None:
    table = Table("Biểu", (Column("A"),), ())
    doc = replace(document(), blocks=(table,), annexes=(), recipients=(), signature=None)
    assert "Biểu không có dòng nào" in all_text(opened(doc))
    assert all_text(opened(replace(doc, blocks=(Paragraph(()),))))
