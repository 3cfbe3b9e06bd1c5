"""The project's definitions for tests that need real programs: quick, and stoppable on demand.

Belongs here: definitions whose papers are placeholders and whose run waits where a test wants to
kill it. Does not belong here: anything a server runs.
"""

import os
import time
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.definitions import build_defs
from pipelines.orchestration import automation, steps
from tests.orchestration.mini import fake_report

HOLD, HELD = "hold", "held"
_LONGEST_SECONDS = 300


def _wait(root: Path) -> None:
    """Stand still while the file ``hold`` is there; ``held.<pid>`` tells who stands."""
    if not (root / HOLD).exists():
        return
    (root / f"{HELD}.{os.getpid()}").touch()
    for _ in range(_LONGEST_SECONDS * 20):
        if not (root / HOLD).exists():
            return
        time.sleep(0.05)


@dg.definitions
def defs() -> dg.Definitions:
    """``build_defs`` with placeholders; computed tables wait before they are written."""
    check = steps.check_invariants

    def waiting(*arguments: Any) -> None:
        check(*arguments)
        _wait(Path.cwd())

    patch = pytest.MonkeyPatch()  # never undone: the process serves these tests only
    fake_report(patch)
    patch.setattr(steps, "check_invariants", waiting)
    patch.setattr(automation, "_EVERY_HOUR", "* * * * *")  # nobody waits an hour for a real tick
    return build_defs()
