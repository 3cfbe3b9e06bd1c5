"""The letter as a message to paste into Zalo or a text message.

Belongs here: plain text of at most 1.500 characters, nothing that a messenger would format.
Does not belong here: what the letter says (``feedback``).
"""

from __future__ import annotations

import textwrap

from pipelines.reports.feedback import BLANK, Letter, Point, deadline, received, verdict, what_to_do
from pipelines.reports.html import ILLUSTRATIVE

LIMIT = 1_500
_LONGEST_VALUE = 90
_LONGEST_ACTION = 140
_GROUPS = {
    "error": "PHẢI SỬA",
    "warning": "CẦN BỔ SUNG, GIẢI TRÌNH",
    "review": "CẦN ĐỐI CHIẾU",
}


def feedback_text(letter: Letter) -> str:
    """The message.

    Returns:
        Lines of plain text, at most ``LIMIT`` characters; what does not fit is counted and
        referred to the workbook.
    """
    head, foot = _head(letter), _foot(letter)
    room = LIMIT - len(head) - len(foot) - 4  # ends of lines, and a count that grew a digit
    return "\n".join(part for part in (head, _list(letter, room), foot) if part) + "\n"


def _head(letter: Letter) -> str:
    mark = f" ({ILLUSTRATIVE})" if letter.is_illustrative else ""
    about = ", ".join(text for text in (letter.form, letter.period, letter.round) if text)
    lines = [
        f"PHẢN HỒI BÁO CÁO: {_line(letter.unit, 120)}{mark}",
        _line(about, 200),
        f"Tệp: {_line(letter.file_name, 120)} ({received(letter)})",
        f"Kết quả: {verdict(letter)}.",
        f"Lý do: {_line(letter.reason, 250)}" if letter.reason and not letter.points else "",
    ]
    return "\n".join(line for line in lines if line)


def _foot(letter: Letter) -> str:
    said = deadline(letter)
    lines = [
        f"Việc cần làm: {what_to_do(letter)}",
        f"Gửi về: {_line(letter.send_to, 120)}." if letter.send_to and _awaited(letter) else "",
        f"{said}." if said and _awaited(letter) else "",
        f"Mã lần nộp: {letter.submission_id}" if letter.submission_id else "",
    ]
    return "\n".join(line for line in lines if line)


def _awaited(letter: Letter) -> bool:
    """Whether another file is awaited."""
    return bool(letter.points) or letter.status in {"unreadable", "refused"}


def _list(letter: Letter, room: int) -> str:
    """As many points as fit, and how many do not."""
    lines: list[str] = []
    told, group = 0, ""
    for point in letter.points:
        title = [] if point.severity == group else [_title(letter, point.severity)]
        trial = [*lines, *title, _told(point)]
        left = len(letter.points) - told - 1
        rest = [_more(left)] if left else []
        if len("\n".join([*trial, *rest])) > room:
            break
        lines, group, told = trial, point.severity, told + 1
    if told < len(letter.points):
        lines.append(_more(len(letter.points) - told))
    return "\n".join(lines)


def _title(letter: Letter, severity: str) -> str:
    return f"{_GROUPS[severity]} ({len(letter.of(severity)):02d} nội dung):"


def _more(count: int) -> str:
    return f"… và {count:02d} nội dung khác: xem trang Phiếu phản hồi trong tệp gửi kèm."


def _told(point: Point) -> str:
    code = f" (mã {point.code})" if point.code else ""
    found = "đang để trống" if point.found == BLANK else f"đang ghi “{_line(point.found)}”"
    action = _line(point.action, _LONGEST_ACTION)
    return f"{point.number}. {point.place}{code}: {found}; cần: {_line(point.expected)}. {action}"


def _line(text: str, longest: int = _LONGEST_VALUE) -> str:
    """On one line, cut where it is too long."""
    flat = " ".join(text.split())
    return textwrap.shorten(flat, longest, placeholder="…") if " " in flat else flat[:longest]
