"""Every kind of page on a screen and on a telephone: words apart, letters from fonts that fit."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from tests.browser.texts import fonts, overlaps, sideways

pytestmark = [pytest.mark.long, pytest.mark.tool("chromium")]
# what the style sheets name; another family means that these lack a letter
FAMILIES = {
    *("Noto Serif", "Liberation Serif", "Tinos", "Times New Roman"),
    *("Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial", "Noto Sans Mono", "DejaVu Sans Mono"),
    *("Liberation Mono", "DejaVu Serif"),
}
PAPERS = ("trinh-ky", "tra-cuu", "tom-tat", "thong-bao", "bao-cao")
SITE = (
    *("index.html", "muc-luc.html", "tu-dien.html"),
    *("chi-tieu/dn.conference_rate.html", "chi-tieu/tthc.resolution_rate.html"),
    *("chi-tieu/ntm.remaining_1.html", "chi-tieu/xa.petition_resolution_rate.html"),
    *("don-vi/huyen-mh-1.html", "don-vi/xa-mh-05.html"),
)
PAGES = [*(f"{name}.html" for name in PAPERS), *(f"minh-chung/{name}" for name in SITE)]


def _opened(browser: Browser, path: Path, width: int) -> Page:
    if not path.exists():
        pytest.skip(f"{path.name} is not published")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("width", [1100, 390])
@pytest.mark.parametrize("name", PAGES)
def test_words_are_apart(browser: Browser, published: Path, name: str, width: int) -> None:
    page = _opened(browser, published / name, width)
    assert overlaps(page) == []
    assert sideways(page) <= 0
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_letters_are_from_fonts_that_were_chosen(
    browser: Browser, published: Path, name: str
) -> None:
    page = _opened(browser, published / name, 1100)
    used = fonts(page)
    assert sum(used.values()) > 100
    assert {family for family in used if family not in FAMILIES} == set()
    page.close()


@pytest.mark.parametrize("name", [*PAPERS[:4], *(f"{name}-nha-nuoc" for name in PAPERS[:4])])
def test_every_letter_of_a_pdf_is_in_a_font_that_it_carries(published: Path, name: str) -> None:
    path = published / f"{name}.pdf"
    if not path.exists():
        pytest.skip(f"{path.name} is not published")
    reader, found = PdfReader(path), {}
    for page in reader.pages:
        for key, font in page["/Resources"].get_object()["/Font"].get_object().items():  # type: ignore[index] # a dictionary by the format
            found[key] = font.get_object()
    assert found
    for font in found.values():
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        described = inner["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described), font["/BaseFont"]
        # without it letters are drawn that cannot be searched or copied
        assert "/ToUnicode" in font, font["/BaseFont"]
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert re.search("[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđ]", text)
    assert not re.search("[\ufffd\x00□]|\\(cid:", text)


@pytest.mark.parametrize("name", ["trinh-ky", "tra-cuu"])
def test_a_pdf_says_what_its_page_says(browser: Browser, published: Path, name: str) -> None:
    """Figures of the page, in the order of the page, stand in the PDF."""
    path = published / f"{name}.pdf"
    if not path.exists():
        pytest.skip(f"{path.name} is not published")
    page = _opened(browser, published / f"{name}.html", 1100)
    figures = page.locator("[data-figure]").all_inner_texts()
    page.close()
    assert len(figures) > 50
    text = re.sub(r"\s+", "", "".join(p.extract_text() for p in PdfReader(path).pages))
    missing = [figure for figure in figures if re.sub(r"\s+", "", figure) not in text]
    assert missing == []
