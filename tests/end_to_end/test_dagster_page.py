"""What a reviewer sees: the lineage page and a table's page, in a real browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from pipelines.orchestration.asset_words import GROUPS

ROOT = Path(__file__).parents[2]
START_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def webserver(tmp_path_factory) -> Iterator[str]:
    port = free_port()
    home = tmp_path_factory.mktemp("dagster")
    process = subprocess.Popen(
        [
            Path(sys.executable).with_name("dagster-webserver"),
            *("-w", ROOT / "workspace.yaml", "-h", "127.0.0.1", "-p", str(port), "--read-only"),
        ],
        cwd=ROOT,
        env=os.environ | {"DAGSTER_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/server_info", process)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the webserver ended before it answered"
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 — loopback only
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.5)
    pytest.fail(f"no answer within {START_SECONDS} s")


@pytest.fixture
def page(tool_path) -> Iterator[Page]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=tool_path("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser.new_page(viewport={"width": 1600, "height": 1000})
        browser.close()


@pytest.mark.tool("chromium")
def test_lineage_page_shows_every_group(webserver, page):
    page.goto(f"{webserver}/asset-groups")
    for group in GROUPS.values():
        page.get_by_text(group, exact=True).first.wait_for(timeout=60_000)


@pytest.mark.tool("chromium")
def test_a_table_explains_itself_in_vietnamese(webserver, page):
    page.goto(f"{webserver}/assets/eval/indicator_values?view=overview")
    page.get_by_text("Chỉ số theo phạm vi và kỳ").first.wait_for(timeout=60_000)
    page.get_by_text("Cận dưới", exact=True).first.wait_for(timeout=60_000)
    text = page.inner_text("body")
    assert "qcdc" in text
    assert "coverage" in text
