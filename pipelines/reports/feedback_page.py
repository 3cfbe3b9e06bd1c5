"""The letter as one page of A4 that can also be read on a telephone.

Belongs here: the page's parts, and how many points one sheet of paper holds.
Does not belong here: its looks (``templates/feedback.html.j2``), what it says (``feedback``).
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipelines.reports.feedback import Letter, Point, deadline, received, verdict, what_to_do
from pipelines.reports.html import ILLUSTRATIVE

_TEMPLATES = Path(__file__).parent / "templates"
# sizes on A4 as the style sheet prints them, in points; measured with Chromium
_TABLE, _TEXT_SIZE, _LEADING = 9.0, 11.0, 1.2
_SMALL, _PAD, _FACT_GAP = 0.82, 6.0, 2.3
# the width that text has in each column, and beside the names of the facts
_NUMBER, _WHERE, _SAID, _FOUND = 31.0, 51.0, 162.0, 46.0
_EXPECTED, _ACTION, _FACT = 51.0, 71.0, 405.0
# what is left for facts and points between the heading and the three steps
_HEIGHT = 477.0
# widths of letters of the page's typeface in parts of its size, rounded up
_LETTERS = {
    **dict.fromkeys(" .,", 0.25),
    **dict.fromkeys("ijlt:;/'|", 0.28),
    **dict.fromkeys("-()[]frI!", 0.34),
    **dict.fromkeys("sJ", 0.39),
    **dict.fromkeys("acez“”?", 0.445),
    **dict.fromkeys("mwMW%…—", 0.92),
}
_SMALL_LETTER, _CAPITAL, _BOLD = 0.5, 0.7, 1.09


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
    room = _HEIGHT
    for _, text, _ in _facts(letter):
        lines = _lines(text, _FACT, _TEXT_SIZE * _BOLD)
        room -= lines * _TEXT_SIZE * 1.25 + _FACT_GAP
    shown: list[Point] = []
    for point in letter.points:
        room -= _height(point)
        if room < 0 and shown:
            break
        shown.append(point)
    return shown


def _height(point: Point) -> float:
    """What the highest cell of a point takes."""
    small = _SMALL * _TABLE
    said = point.label or point.message
    reason = f"{point.message if point.label else ''} Căn cứ: {point.basis}"
    place = f"{point.sheet or 'Cả tệp'}, ô {point.cell or ''}"
    heights = (
        _TABLE + small * _lines(point.severity_vi, _NUMBER, small),
        _TABLE * _lines(place, _WHERE, _TABLE),
        _TABLE * _lines(said, _SAID, _TABLE) + small * _lines(reason, _SAID, small),
        _TABLE * _lines(point.found, _FOUND, _TABLE * _BOLD),
        _TABLE * _lines(point.expected, _EXPECTED, _TABLE * _BOLD),
        _TABLE * _lines(point.action, _ACTION, _TABLE),
    )
    return max(heights) * _LEADING + _PAD


def _lines(text: str, width: float, size: float) -> int:
    """Lines that a text takes; a word longer than a line is broken."""
    space = _LETTERS[" "] * size
    lines, used = 1, 0.0
    for word in text.replace("-", "- ").split():
        long = sum(_letter(letter) for letter in word) * size
        if used and used + space + long > width:
            lines, used = lines + 1, 0.0
        if long > width:
            lines, long = lines + int(long // width), long % width
        used += long + (space if used else 0.0)
    return lines


def _letter(letter: str) -> float:
    """Width of a letter; its marks stand above and below it."""
    base = unicodedata.normalize("NFD", letter)[0]
    return _LETTERS.get(base, _CAPITAL if base.isupper() else _SMALL_LETTER)
