"""The root with the facts, and plans that several tests look at."""

import shutil
from pathlib import Path

import pytest

from pipelines.sample.plan import SamplePlan
from pipelines.sample.write import plan_sample

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def plan(root: Path) -> SamplePlan:
    """The shipped plan: the published totals."""
    return plan_sample(root)


@pytest.fixture(scope="session", params=["2020-H1", "2020-H2"])
def earlier(request: pytest.FixtureRequest, root: Path) -> SamplePlan:
    """The shipped plan of a period before the published one."""
    return plan_sample(root, period=request.param)


@pytest.fixture
def copied_root(tmp_path: Path) -> Path:
    """A root that holds nothing but the facts."""
    shutil.copytree(ROOT / "raw" / "reference", tmp_path / "raw" / "reference")
    return tmp_path
