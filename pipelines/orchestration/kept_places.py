"""Where received files lie: the tables have no path that names a person, the journals have all.

Belongs here: submission → path of its bytes. Does not belong here: what a path is called in tables
(``intake.privacy``), whether the bytes are still those received (``intake.receipts``).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pipelines.intake.journal import read_journal
from pipelines.intake.receipts import places
from pipelines.orchestration.steps import journal_path
from pipelines.vietnamese.text import MASK


def with_places(root: Path, submissions: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``intake.submissions`` with the paths under which their files lie.

    Args:
        root: The project's root.
        submissions: With ``submission_id`` and ``path``.
    """
    covered = submissions["path"].astype("str").str.contains(MASK, regex=False)
    if not covered.any():
        return submissions
    ids = submissions["submission_id"].astype("str")
    lies = ids[covered].map(_places(root, ids[covered]))
    return submissions.assign(path=submissions["path"].mask(covered, lies))


def place_of(root: Path, submission_id: str, path: str) -> str:
    """The path under which the file of a submission lies; ``path`` is what a table calls it."""
    if MASK not in path:
        return path
    return _places(root, [submission_id]).get(submission_id, path)


def _places(root: Path, ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for period in sorted({each.split("/")[0] for each in ids}):
        found |= places(read_journal(journal_path(root, period)).entries)
    return found
