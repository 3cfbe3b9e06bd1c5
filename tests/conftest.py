"""What all tests share: programs that are not Python packages, and the long tests.

A test that needs a program says so with `@pytest.mark.tool("chromium")` or the fixture
`tool_path`. Where the program is missing the test is skipped and listed at the end of the run;
with QCDC_REQUIRE_TOOLS=1 it fails instead, so that no check is lost in silence.
"""

import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest


class Tool(NamedTuple):
    """A program: the names it goes by and the Debian packages that bring it."""

    names: tuple[str, ...]
    packages: tuple[str, ...]


TOOLS = {
    "chromium": Tool(("chromium", "chromium-browser", "google-chrome"), ("chromium",)),
    "htpasswd": Tool(("htpasswd",), ("apache2-utils",)),
    "iconv": Tool(("iconv",), ("libc-bin",)),
    "ip": Tool(("ip",), ("iproute2",)),
    "libreoffice": Tool(("soffice", "libreoffice"), ("libreoffice-calc", "libreoffice-writer")),
    "make": Tool(("make",), ("make",)),
    "nginx": Tool(("nginx",), ("nginx-light",)),
    "openssl": Tool(("openssl",), ("openssl",)),
    "postgres": Tool(("postgres",), ("postgresql",)),
    "pdftoppm": Tool(("pdftoppm",), ("poppler-utils",)),
    "systemd-analyze": Tool(("systemd-analyze",), ("systemd",)),
    "pdftotext": Tool(("pdftotext",), ("poppler-utils",)),
    "unshare": Tool(("unshare",), ("util-linux",)),
}
MISSING = "missing_tool"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that lets long tests run."""
    parser.addoption("--long", action="store_true", help="run the tests marked `long` too")


def pytest_configure() -> None:
    """Keep tests off the Dagster instance that the Makefile or the user's shell points to.

    Nor do they make PDFs: LibreOffice takes seconds for each project that is run. The test that is
    about PDFs takes the switch away again.
    """
    os.environ.pop("DAGSTER_HOME", None)
    os.environ["QCDC_NO_PDF"] = "1"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave long tests out unless they are asked for."""
    if config.getoption("--long"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in set(long)]


def pytest_collection_finish() -> None:
    """Spare in-process runs of Dagster the waits of its SQLite history."""
    if "dagster" in sys.modules:
        from tests.quick_history import make_quick

        make_quick()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail, a test whose marked programs are not on this machine."""
    for mark in item.iter_markers("tool"):
        for name in mark.args:
            find_tool(name, item)


@pytest.fixture(autouse=True)
def _width_of_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers of xdist are told a terminal of 80 columns, which would break lines."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def tool_path(request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """A function from the name of a program to its path; skips or fails where it is missing."""
    return lambda name: find_tool(name, request.node)


def find_tool(name: str, item: pytest.Item) -> Path:
    """Return the path of a program that `item` needs; skip or fail the test without it."""
    if name not in TOOLS:
        pytest.fail(f"tool {name!r} is not in TOOLS of tests/conftest.py", pytrace=False)
    tool = TOOLS[name]
    for candidate in tool.names:
        found = shutil.which(candidate) or shutil.which(candidate, path=_server_programs())
        if found:
            return Path(found)
    reason = f"{name} is missing; Debian: apt-get install {' '.join(tool.packages)}"
    if os.environ.get("QCDC_REQUIRE_TOOLS") == "1":
        pytest.fail(reason, pytrace=False)
    item.user_properties.append((MISSING, name))
    pytest.skip(reason)


def _server_programs() -> str:
    """Where Debian puts programs that only services start: not on anybody's path."""
    return os.pathsep.join(str(path) for path in Path("/usr/lib/postgresql").glob("*/bin"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what was not tested for want of a program."""
    untested: dict[str, list[str]] = defaultdict(list)
    for report in terminalreporter.stats.get("skipped", []):
        for key, value in getattr(report, "user_properties", []):
            if key == MISSING:
                untested[value].append(report.nodeid)
    if not untested:
        return
    terminalreporter.section("not tested: programs missing")
    for name, nodeids in sorted(untested.items()):
        packages = " ".join(TOOLS[name].packages)
        terminalreporter.line(f"{name} (Debian: apt-get install {packages})")
        for nodeid in sorted(nodeids):
            terminalreporter.line(f"  {nodeid}")
