"""The small project with an issued release, and copies of it to work on."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration import release_command, release_papers, releasing
from pipelines.orchestration.releasing import Act
from pipelines.warehouse.manifest import published_folder
from pipelines.warehouse.reader import Warehouse
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
def drafted(evaluated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with small papers; nobody has submitted its draft. Do not touch."""
    root = shutil.copytree(evaluated, tmp_path_factory.mktemp("drafted") / "p")
    published = published_folder(root, PERIOD)
    shutil.rmtree(published)
    pages = {"bao-cao.html": b"<h1>", "minh-chung/index.html": b"<h1>", TO_SIGN: paper()}
    for name, data in pages.items():
        (published / name).parent.mkdir(parents=True, exist_ok=True)
        (published / name).write_bytes(data)
    return root


@pytest.fixture(scope="session")
def waiting(drafted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after its draft was submitted. Do not touch."""
    root = shutil.copytree(drafted, tmp_path_factory.mktemp("waiting") / "p")
    releasing.submit(root, load_catalogue(), PERIOD, Act(START, PREPARER[1]), PREPARER[3])
    return root


@pytest.fixture(scope="session")
def issued(waiting: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with its first release. Do not touch."""
    root = shutil.copytree(waiting, tmp_path_factory.mktemp("issued") / "p")
    issue_first(root)
    return root


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Path]:
    """A function that copies a project and works in it; each step comes a day after the last."""
    days = (START + dt.timedelta(days=n) for n in range(1, 99))
    monkeypatch.setattr(release_command, "now", lambda: next(days))

    def copy(source: Path) -> Path:
        root = shutil.copytree(source, tmp_path / "p")
        monkeypatch.chdir(root)
        return root

    return copy


@pytest.fixture
def root(issued: Path, own: Callable[[Path], Path]) -> Path:
    """A project with a release."""
    return own(issued)


@pytest.fixture
def fresh(drafted: Path, own: Callable[[Path], Path]) -> Path:
    """A project whose draft nobody has submitted yet."""
    return own(drafted)


@pytest.fixture
def submitted(waiting: Path, own: Callable[[Path], Path]) -> Path:
    """A project whose draft waits for its signature."""
    return own(waiting)
