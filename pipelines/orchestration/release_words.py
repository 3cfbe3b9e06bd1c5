"""A release in words: one line for the terminal, one row of a list.

Belongs here: the Vietnamese of a release's state. Does not belong here: finding it out
(``intake.releases``).
"""

from __future__ import annotations

import datetime as dt

from pipelines.intake.releases import Release
from pipelines.orchestration.release_problems import STATES
from pipelines.vietnamese.dates import format_date


def release_line(release: Release) -> str:
    """For instance ``2021-H1/01 đã ban hành, số 15 ngày 10/06/2021 (Trưởng ban ký)``."""
    words = [f"{release.release_id} {STATES[release.state]}"]
    if release.was_issued:
        words.append(f"số {release.number} ngày {_day(release)} ({release.signer} ký)")
    if release.corrects:
        words.append(f"đính chính {release.corrects}")
    if release.corrected_by:
        words.append(f"bởi {release.corrected_by}")
    why = f": {release.why}" if release.why and not release.was_issued else ""
    return ", ".join(words) + why


def release_row(release: Release) -> dict[str, str]:
    """The row of a list, with Vietnamese headings."""
    other = [
        f"đính chính {release.corrects}: {release.correction}" if release.corrects else "",
        f"đã được {release.corrected_by} đính chính" if release.corrected_by else "",
        f"{len(release.signed)} bản ký đã lưu" if release.signed else "",
        release.why if release.why and release.why != release.correction else "",
    ]
    return {
        "Bản": release.release_id,
        "Trạng thái": STATES[release.state],
        "Số": release.number or "",
        "Ngày ký": _day(release),
        "Người lập": release.preparer or "",
        "Người soát": release.checker or "",
        "Người ký": release.signer or "",
        "Ghi chú": "; ".join(text for text in other if text),
    }


def _day(release: Release) -> str:
    return format_date(dt.date.fromisoformat(release.signed_on)) if release.signed_on else ""
