"""A small project that was run once, and a working folder inside it."""

from pathlib import Path

import pytest

from pipelines.definitions import build_defs
from pipelines.orchestration.running import run_period
from tests.orchestration.mini import PERIOD, build, fake_report


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was run once; look, do not touch."""
    root = build(tmp_path_factory.mktemp("cli"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(root / ".dagster"))
        fake_report(patch)
        assert run_period(root, PERIOD, lambda _step, _state: None, build_defs).problem is None
    return root


@pytest.fixture(autouse=True)
def inside(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "raw")
    monkeypatch.setenv("DAGSTER_HOME", str(project / ".dagster"))
