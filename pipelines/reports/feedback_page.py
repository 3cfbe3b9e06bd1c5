"""The letter as one page of A4 that can also be read on a telephone.

Belongs here: the page's parts, and how many points one sheet of paper holds.
Does not belong here: its looks (``templates/feedback.html.j2``), what it says (``feedback``).
"""

from __future__ import annotations

import math
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipelines.reports.feedback import Letter, Point, deadline, received, verdict, what_to_do
from pipelines.reports.html import ILLUSTRATIVE

_TEMPLATES = Path(__file__).parent / "templates"
# what fits between the top of the sheet and the three steps, in lines of the table, and how many
# letters a line of each column holds; measured with Chromium on A4
_LINES = 35.0
_WHERE, _SAID, _SMALL, _FOUND, _EXPECTED, _ACTION, _FACT = 12, 36, 44, 11, 12, 17, 80
_SEVERITY, _PADDING, _SMALLER = 8, 0.5, 0.85


def feedback_page(letter: Letter) -> str:
    """The page as HTML that needs nothing else; equal letters give equal pages."""
    shown = _fitting(letter)
    return (
        environment()
        .get_template("feedback.html.j2")
        .render(
            letter=letter,
            css=styles(),
            mark=ILLUSTRATIVE,
            received=received(letter),
            about=", ".join(text for text in (letter.form, letter.period, letter.round) if text),
            facts=_facts(letter),
            shown=shown,
            left=len(letter.points) - len(shown),
        )
    )


def environment() -> Environment:
    """Templates of this room; every text is escaped, a name that is not given is an error."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def styles() -> Markup:
    """The style sheet of letters and overviews."""
    # the project's own file: not escaped
    return Markup((_TEMPLATES / "letters.css").read_text(encoding="utf-8"))  # noqa: S704


def _facts(letter: Letter) -> list[tuple[str, str, str]]:
    bad = "bad" if letter.of("error") or letter.status in {"unreadable", "refused"} else ""
    facts = [
        ("Đơn vị gửi:", letter.unit, ""),
        ("Tệp:", letter.file_name, ""),
        ("Kết quả:", verdict(letter), bad),
        ("Lý do:", letter.reason if not letter.points else "", ""),
        ("Ghi chú khi đọc:", " ".join(letter.notes), ""),
        ("Việc cần làm:", what_to_do(letter), ""),
        ("Thời hạn:", deadline(letter), ""),
    ]
    return [fact for fact in facts if fact[1]]


def _fitting(letter: Letter) -> list[Point]:
    """The points that one sheet of paper holds, at least one."""
    room = _LINES - sum(1.2 * _wrapped(text, _FACT) for _, text, _ in _facts(letter))
    shown: list[Point] = []
    for point in letter.points:
        room -= _lines(point) + _PADDING
        if room < 0 and shown:
            break
        shown.append(point)
    return shown


def _lines(point: Point) -> float:
    """Lines of the longest column of a point."""
    said = point.label or point.message
    small = f"{point.message if point.label else ''} Căn cứ: {point.basis}"
    return max(
        1 + _SMALLER * _wrapped(point.severity_vi, _SEVERITY),
        _wrapped(f"{point.sheet or ''}, ô {point.cell or ''}", _WHERE),
        _wrapped(said, _SAID) + _SMALLER * _wrapped(small, _SMALL),
        _wrapped(point.found, _FOUND),
        _wrapped(point.expected, _EXPECTED),
        _wrapped(point.action, _ACTION),
    )


def _wrapped(text: str, width: int) -> int:
    return max(1, math.ceil(len(text) / width))
