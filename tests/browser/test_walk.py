"""A reader's way: from the contents to a report, a figure, its evidence, the cell it came from."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.texts import overlaps

pytestmark = [pytest.mark.long, pytest.mark.tool("chromium")]
FIGURE, SCOPE = "dn.conference_rate", "huyen-mh-1"


@pytest.fixture
def page(browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1100, "height": 900}, offline=True)
    return context.new_page()


def test_from_the_contents_to_the_cell(page: Page, published: Path) -> None:
    page.goto((published / "minh-chung" / "index.html").as_uri())
    page.locator('a[href="../tra-cuu.html"]').first.click()
    expect(page).to_have_title(re.compile("tra cứu"))

    figure = page.locator(f'a.figure[data-figure$="/{FIGURE}@{SCOPE}"]').first
    printed = figure.inner_text()
    assert re.search(r"\d", printed)
    figure.click()
    assert page.url.endswith(f"minh-chung/chi-tieu/{FIGURE}.html#{SCOPE}")
    # the same number stands where one is led to
    expect(page.locator(f"[id='{SCOPE}']")).to_be_visible()
    assert printed.split("/")[0] in page.locator("main").inner_text()

    cell = page.locator('a[href*="/tep/"]').first
    address = cell.inner_text()
    cell.click()
    assert "/minh-chung/tep/" in page.url
    told = page.locator(":target")
    expect(told).to_be_visible()
    assert address.split("!")[-1] in told.inner_text()


def test_from_a_unit_back_to_the_contents_by_keyboard(page: Page, published: Path) -> None:
    page.goto((published / "minh-chung" / "don-vi" / f"{SCOPE}.html").as_uri())
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Đến nội dung")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Kết quả")
    page.keyboard.press("Enter")
    page.wait_for_url("**/minh-chung/index.html")


def test_every_link_of_papers_and_pages_leads_somewhere(published: Path) -> None:
    """Without a browser: files and their anchors, all of them."""
    pages = [*published.glob("*.html"), *published.glob("minh-chung/**/*.html")]
    assert len(pages) > 50
    texts = {path: path.read_text(encoding="utf-8") for path in pages}
    anchors = {path: set(re.findall(r'\sid="([^"]+)"', text)) for path, text in texts.items()}
    broken = []
    for path, text in texts.items():
        for href in set(re.findall(r'<a [^>]*href="([^"]+)"', text)):
            if re.match(r"[a-z]+:", href):
                continue
            file, _, anchor = href.partition("#")
            target = (path.parent / file).resolve() if file else path
            missing = anchor and target in anchors and anchor not in anchors[target]
            if not target.exists() or missing:
                broken.append(f"{path.name}: {href}")
    assert broken[:10] == []


def test_papers_look_the_same_without_the_network(page: Page, published: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in sorted(published.glob("*.html")):
        page.goto(path.as_uri())
    assert asked
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_the_test_of_boxes_can_fail(page: Page) -> None:
    page.set_content("<p>một dòng chữ</p><p style='margin-top:-2.2em'>dòng chữ khác</p>")
    assert len(overlaps(page)) == 1
    page.set_content("<p>một dòng chữ</p><p>dòng chữ khác</p>")
    assert overlaps(page) == []
