"""What changed since the release that stands, ready to be set into the lookup copy.

Belongs here: comparing → blocks. Does not belong here: comparing itself (``what_changed``), words
and tables (``reports.what_changed_blocks``), composing the paper (``papers``).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipelines.orchestration.what_changed import Change, name_vi, since_last_issue
from pipelines.reports.papers.model import Block
from pipelines.reports.what_changed_blocks import blocks, not_compared


def changed_blocks(root: Path, period: str, release_id: str | None = None) -> tuple[Block, ...]:
    """What changed since the release of a period that stands.

    Args:
        root: The project's root.
        period: Key of the period.
        release_id: The release whose paper it is for; None for the draft.

    Returns:
        Blocks of an annex; none where no release stands.
    """
    change = since_last_issue(root, period)
    return () if change is None else _told(change, release_id)


def _told(change: Change, release_id: str | None) -> tuple[Block, ...]:
    words = change.words
    if release_id is not None:
        words = replace(words, after=name_vi(release_id.rpartition("/")[2]))
    if change.problem is not None:
        return not_compared(words, f"{change.problem.title} {change.problem.found}.")
    return blocks(
        change.legs,
        change.moved,
        change.causes,
        words,
        change.scope_id,
        illustrative=change.is_illustrative,
    )
