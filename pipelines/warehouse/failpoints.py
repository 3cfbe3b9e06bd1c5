"""Named places where a test may kill the process, to see what a crash leaves behind.

A file is written in four steps: write, fsync, rename, fsync of the folder. A place stands before
the first, between each two and after the last, so there is one before and one after every fsync
and every rename; the manifest's rename is the swap that publishes a run.

Belongs here: the one switch and the list of places. Does not belong here: anything that runs in
ordinary use; the places of the journal (``intake.appending``: rooms side by side do not know each
other).
"""

from __future__ import annotations

import os

VARIABLE = "QCDC_FAILPOINT"
KILLED = 9
_PUTS = ("before_put", "after_put")
STEPS = ("before_fsync", "before_replace", "after_replace", "after_folder_fsync")
# what is written whole: a received file, a table's file, the candidate, the manifest, the report
WRITTEN = ("receive", "store", "candidate", "manifest", "report")
POINTS = (
    *(f"{what}.{step}" for what in WRITTEN for step in STEPS),
    "folder.before_fsync",
    "folder.after_fsync",
    "candidate.before_unlink",
    "candidate.after_unlink",
)
# issuing a release: its files, then the folder that they become visible by
ARCHIVED, PUT = "archived", "archive"
RELEASE_POINTS = (
    *(f"{ARCHIVED}.{step}" for step in STEPS),
    *(f"{PUT}.{step}" for step in STEPS[1:]),
)
# on an object store: what is put there, and files that are fetched from it
FETCHED = "fetch"
STORE_POINTS = (
    *(f"{w}.{step}" for w in ("store", "candidate", "manifest") for step in _PUTS),
    *(f"{FETCHED}.{step}" for step in STEPS),
)


def reach(name: str) -> None:
    """End the process at once, as a power cut would, if ``QCDC_FAILPOINT`` names this place."""
    if os.environ.get(VARIABLE) == name:
        os._exit(KILLED)
