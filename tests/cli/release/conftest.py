"""The small project with an issued release, and copies of it to work on."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration import release_command, release_papers, releasing
from pipelines.orchestration.releasing import Act
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.manifest import published_folder
from pipelines.warehouse.reader import Warehouse
from tests.cli.calls import qcdc
from tests.cli.release.world import PREPARER, START, TO_SIGN, issue_first, paper
from tests.orchestration.mini import PERIOD


@pytest.fixture(scope="session", autouse=True)
def _small_site() -> Iterator[None]:
    """The evidence site of a release is one page that says whose it is."""

    def write(wh: Warehouse, period: str, papers: Path, site: Path) -> None:
        ids = set(wh.table("report.figures", period=period)["release_id"])
        site.mkdir(parents=True)
        (site / "index.html").write_text(f"{ids} {(papers / TO_SIGN).is_file()}", encoding="utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release_papers, "write_pages", write)
        yield


@pytest.fixture(scope="session")
def issued(evaluated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with its first release; its papers are small ones. Do not touch."""
    root = shutil.copytree(evaluated, tmp_path_factory.mktemp("issued") / "p")
    published = published_folder(root, PERIOD)
    shutil.rmtree(published)
    pages = {"bao-cao.html": b"<h1>", "minh-chung/index.html": b"<h1>", TO_SIGN: paper()}
    for name, data in pages.items():
        (published / name).parent.mkdir(parents=True, exist_ok=True)
        (published / name).write_bytes(data)
    releasing.submit(root, load_catalogue(), PERIOD, Act(START, PREPARER[1]), PREPARER[3])
    issue_first(root)
    return root


@pytest.fixture
def root(issued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it; each step comes a day after the one before."""
    root = shutil.copytree(issued, tmp_path / "p")
    monkeypatch.chdir(root)
    days = (START + dt.timedelta(days=n) for n in range(1, 99))
    monkeypatch.setattr(release_command, "now", lambda: next(days))
    return root


@pytest.fixture
def fresh(root: Path) -> Path:
    """A project whose draft nobody has submitted yet."""
    shutil.rmtree(root / "raw" / PERIOD / "releases")
    path = journal_path(root, PERIOD)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(each for each in lines if '"release"' not in each), encoding="utf-8")
    return root


@pytest.fixture
def submitted(fresh: Path) -> Path:
    """A project whose draft waits for its signature."""
    assert qcdc("release", "submit", PERIOD, *PREPARER) == 0
    return fresh
