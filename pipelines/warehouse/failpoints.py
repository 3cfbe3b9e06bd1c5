"""Named places where a test may kill the process, to see what a crash leaves behind.

Belongs here: the one switch. Does not belong here: anything that runs in ordinary use.
"""

from __future__ import annotations

import os

VARIABLE = "QCDC_FAILPOINT"
KILLED = 9


def reach(name: str) -> None:
    """End the process at once, as a power cut would, if ``QCDC_FAILPOINT`` names this place."""
    if os.environ.get(VARIABLE) == name:
        os._exit(KILLED)
