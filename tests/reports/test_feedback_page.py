"""The page: one sheet of A4, readable on a telephone, nothing in it is taken for markup."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.reports.feedback import Letter
from pipelines.reports.feedback_page import feedback_page
from tests.reports.letters import POINT, letter, many, point

LONG = "Rà soát lại toàn bộ số liệu của mục này với hồ sơ gốc, biên bản họp và báo cáo kỳ trước. "


def test_says_what_the_letter_says() -> None:
    page = feedback_page(letter(POINT))
    for said in ("SỐ LIỆU MINH HỌA", "ĐÃ NHẬN", "2021-H1/xa-mh-07/01", "14:16 ngày 01/06/2021",
                 "Hạn nộp 04/06/2021", POINT.expected, POINT.action, POINT.basis,
                 "Biểu 01-XA, ô <b>E19</b>"):  # fmt: skip
        assert said in page
    assert "://" not in page
    assert page == feedback_page(letter(POINT))


def test_real_data_carry_no_mark() -> None:
    assert "MINH HỌA" not in feedback_page(letter(POINT, is_illustrative=False))


def test_contents_of_a_file_are_no_markup() -> None:
    page = feedback_page(letter(point(found="<script>alert(1)</script>"), unit="<b>"))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_what_does_not_fit_is_counted() -> None:
    page = feedback_page(letter(*many(60)))
    shown = page.count('<td class="n">')
    assert 3 <= shown < 60
    assert f"và {60 - shown:02d} nội dung khác" in page


def test_the_sheet_is_filled() -> None:
    page = feedback_page(LETTERS["usual"])
    assert page.count('<td class="n">') >= 9


LETTERS = {
    "usual": letter(*(point(number=n) for n in range(1, 20))),
    "narrow": letter(*(point(number=n, found=LONG, action=LONG) for n in range(1, 20))),
    "one": letter(POINT),
    "short": letter(*(point(number=n, message="Sai.", label="") for n in range(1, 41))),
    "many": letter(*many(60)),
    "long": letter(*(point(number=n, action=LONG, expected=LONG[:60]) for n in range(1, 20))),
    "wide": letter(
        *(point(number=n, label=LONG * 2, sheet="Sổ hội nghị, đối thoại") for n in range(1, 20))
    ),
    "notes": letter(*many(30), notes=(LONG * 3,), file_name="báo cáo " * 12 + ".xlsx"),
    "unreadable": letter(status="unreadable", reason=LONG),
}  # fmt: skip


@pytest.mark.tool("chromium", "pdftotext")
def test_prints_on_one_sheet(tmp_path: Path, tool_path: Callable[[str], Path]) -> None:
    pages = {name: sheets(told, tmp_path / name, tool_path) for name, told in LETTERS.items()}
    assert pages == dict.fromkeys(LETTERS, 1)


def sheets(told: Letter, folder: Path, tool_path: Callable[[str], Path]) -> int:
    """Sheets of paper that a letter takes."""
    folder.mkdir()
    (folder / "a.html").write_text(feedback_page(told), encoding="utf-8")
    command = [str(tool_path("chromium")), "--headless", "--no-sandbox", "--disable-gpu",
               "--no-pdf-header-footer", f"--user-data-dir={folder / 'p'}",
               f"--print-to-pdf={folder / 'a.pdf'}", (folder / "a.html").as_uri()]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    text = subprocess.run(
        [str(tool_path("pdftotext")), str(folder / "a.pdf"), "-"], check=True, capture_output=True
    ).stdout
    return text.count(b"\f")


@pytest.mark.tool("chromium")
def test_fits_a_telephone(tmp_path: Path, tool_path: Callable[[str], Path]) -> None:
    from playwright.sync_api import sync_playwright

    (tmp_path / "a.html").write_text(feedback_page(LETTERS["wide"]), encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(tool_path("chromium")), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto((tmp_path / "a.html").as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        letters = page.evaluate(
            "parseFloat(getComputedStyle(document.querySelector('td')).fontSize)"
        )
        browser.close()
    assert width <= 390
    assert letters >= 15
