"""What is published of a period, and a browser to look at it.

QCDC_PUBLISHED=<warehouse/published/<period>> lets the tests look at a period that is there already;
else the papers and the evidence site of the small warehouse are written.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from pipelines.orchestration.evidence_site import write_site
from pipelines.orchestration.papers import write_papers
from pipelines.reports.papers.pdf import SWITCH
from pipelines.warehouse.manifest import published_folder
from tests.conftest import find_tool
from tests.reports.small import PERIOD, build


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a period with its papers and its evidence site."""
    named = os.environ.get("QCDC_PUBLISHED")
    if named:
        return Path(named)
    root = build(tmp_path_factory.mktemp("browser"))
    shutil.copy(Path(__file__).parents[2] / "workspace.yaml", root)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(SWITCH, raising=False)  # other tests do without PDF
        write_papers(root, PERIOD, families="both")
    write_site(root, PERIOD)
    return published_folder(root, PERIOD)


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Debian's Chromium without a screen and without the network."""
    path = find_tool("chromium", request.node)
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(path), args=["--no-sandbox"])
        yield opened
        opened.close()
