"""Takes the pictures of docs/tham-quan.md again, from a webserver that is running.

Belongs here: which page each picture shows. Does not belong here: tests. With 2020-H1, 2020-H2 and
2021-H1 evaluated and ``dagster-webserver --read-only`` listening on 127.0.0.1:

    .venv/bin/python -m tests.browser.ui_pictures http://127.0.0.1:3000 docs/images
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

_CHROMIUM = "/usr/bin/chromium"
_WIDTH, _HEIGHT, _TALL = 1360, 860, 1240
_COLOURS = 64  # a picture of a page needs no more, and stays below 150 kB
_PATIENCE_MS = 240_000
_SETTLE_MS = 4_000


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        name: File name without ``ui-`` and ``.png``.
        path: Page of the UI.
        waits: Text that stands there when the page is ready.
        clicks: Texts to click on, one after the other.
        height: Of the window.
    """

    name: str
    path: str
    waits: str
    clicks: tuple[str, ...] = ()
    height: int = _HEIGHT


PICTURES = (
    Picture("nhom", "/asset-groups", "8_so_tay", height=640),
    Picture("chu-giai", "/assets/catalogue/glossary", "Hồ sơ gốc"),
    Picture("danh-sach", "/assets?asset-selection=group%3A%226_danh_gia%22", "eval / bands"),
    Picture("bang", "/assets/eval/indicator_values?view=overview", "Cận dưới"),
    Picture("ky", "/assets/core/reporting?view=partitions&partition=2021-H1", "Materialized"),
    Picture(
        "soat",
        "/assets/core/reporting?view=checks&checkDetail=period_complete",
        "Kỳ đã đủ",
        height=_TALL,
    ),
    Picture(
        "ket-qua",
        "/assets/core/findings?view=checks&checkDetail=findings",
        "Không còn kết quả",
        height=_TALL,
    ),
    Picture(
        "duong", "/assets/core/reporting?view=overview", "Tình hình nộp", clicks=("Plots", "Events")
    ),
    Picture("nguon", "/assets/core/findings?view=lineage&lineageScope=upstream", "quarantine"),
    Picture("bao-cao", "/assets/report/papers?view=overview", "Văn bản của kỳ"),
    Picture("lan-chay", "/runs", "evaluate_period", height=600),
    Picture("lich", "/automation", "period_calendar", height=600),
)


def take(page: Page, address: str, picture: Picture) -> bytes:
    """The picture as PNG with few colours."""
    page.set_viewport_size({"width": _WIDTH, "height": picture.height})
    page.goto(f"{address}{picture.path}")
    page.get_by_text(picture.waits).first.wait_for(timeout=_PATIENCE_MS)
    for text in picture.clicks:
        page.get_by_text(text, exact=True).last.click()
    page.wait_for_timeout(_SETTLE_MS)
    few = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(_COLOURS)
    out = BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def main(address: str, folder: str, *names: str) -> None:
    """Take all pictures, or those that are named.

    Args:
        address: Of the webserver.
        folder: Where the pictures go.
        names: Of pictures.
    """
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
        for picture in PICTURES:
            if not names or picture.name in names:
                data = take(page, address, picture)
                (Path(folder) / f"ui-{picture.name}.png").write_bytes(data)
                sys.stdout.write(f"ui-{picture.name}.png: {len(data) // 1000} kB\n")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
