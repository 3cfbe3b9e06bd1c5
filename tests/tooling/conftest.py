"""The benchmarks are a package beside this one that nothing installs."""

import sys
from pathlib import Path


def pytest_configure() -> None:
    """Let tests import the benchmarks."""
    sys.path.append(str(Path(__file__).parents[2]))
