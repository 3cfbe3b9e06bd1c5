"""A small project that was run once, and a working folder inside it."""

import shutil
from pathlib import Path

import pytest

from pipelines.definitions import build_defs
from pipelines.orchestration.running import run_period
from tests.orchestration.mini import PERIOD, build, fake_report


@pytest.fixture(scope="session")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was run once, for the modules to copy."""
    root = build(tmp_path_factory.mktemp("cli"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(root / ".dagster"))
        fake_report(patch)
        assert run_period(root, PERIOD, lambda _step, _state: None, build_defs).problem is None
    return root


@pytest.fixture(scope="module")
def project(evaluated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A module's own copy of it; look, do not touch."""
    return shutil.copytree(evaluated, tmp_path_factory.mktemp("project") / "p")


@pytest.fixture(autouse=True)
def inside(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "raw")
    monkeypatch.setenv("DAGSTER_HOME", str(project / ".dagster"))
