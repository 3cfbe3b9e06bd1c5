from pathlib import Path

import pytest

from pipelines.analysis import open_warehouse
from pipelines.warehouse.reader import Warehouse
from tests.reports.small import build


@pytest.fixture(scope="session")
def small_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project root with the small warehouse."""
    return build(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def wh(small_root: Path) -> Warehouse:
    return open_warehouse(root=small_root)
