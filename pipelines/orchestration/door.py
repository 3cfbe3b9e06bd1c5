"""What is turned away at the door: a secret file, or one that names a denouncer, is not stored.

Belongs here: looking at the bytes before they are kept, the journal line that stays. Does not
belong here: what makes a file secret (``intake.privacy``), receiving (``filing``).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pipelines.intake import decoding, privacy
from pipelines.intake.formats.opening import open_book
from pipelines.intake.journal import append
from pipelines.intake.refusal import UnreadableWorkbook
from pipelines.orchestration.problems import Problem
from pipelines.orchestration.steps import journal_path


def secret_reason(data: bytes) -> str | None:
    """Why these bytes may not be kept; None when they may, or when nobody here can read them.

    Args:
        data: A file as it came: a workbook, a Word text, or anything else.
    """
    try:
        cells, _ = decoding.decode(open_book(data).cells)
    except UnreadableWorkbook:
        return None  # a scan or a protected file: what it shows, only people can see
    return privacy.classified(cells)


def turn_away(
    root: Path,
    period: str,
    *,
    sha256: str,
    sender: str,
    reason: str,
    at: dt.datetime,
    who: str,
) -> None:
    """Write down that a file came and was not kept: hash, time, sender, reason, nothing else."""
    line = {
        "at": at.isoformat(),
        "who": who,
        "event": "refused",
        "sha256": sha256,
        "sender": sender,
        "why": reason,
    }
    append(journal_path(root, period), line)


def turned_away(path: Path, reason: str) -> Problem:
    """What the person who brought the file is told; its content is not repeated."""
    return Problem(
        "QCDC-E27",
        "Không nhận tệp này.",
        f"{path.name}: {reason}",
        "tệp không có dấu chỉ độ mật, không nêu tên người tố cáo",
        "Tệp không được lưu; sổ chỉ ghi mã băm, thời điểm và lý do. Gửi theo đường văn bản mật,"
        " hoặc bỏ nội dung đó rồi gửi lại.",
    )
