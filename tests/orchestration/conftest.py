"""A small project, fresh or already evaluated."""

import shutil
from pathlib import Path

import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.definitions import build_defs
from pipelines.orchestration.running import Outcome, run_period
from tests.orchestration.mini import PERIOD, build, fake_report


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Dagster home of this test; the environment is as before afterwards."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that was never run."""
    (tmp_path / "project").mkdir()
    return build(tmp_path / "project")


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A project after one run of the whole job, history in ``.dagster``; look, do not touch."""
    root = build(tmp_path_factory.mktemp("finished"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(root / ".dagster"))
        fake_report(patch, real_site=True)
        return root, run_period(root, PERIOD, lambda _step, _state: None, build_defs)


@pytest.fixture
def evaluated(finished: tuple[Path, Outcome], tmp_path: Path) -> Path:
    """A copy of the finished project, to do with as a test likes."""
    ignored = shutil.ignore_patterns(".dagster", "readings")
    return Path(shutil.copytree(finished[0], tmp_path / "evaluated", ignore=ignored))
