"""Answers that are no numbers: yes and no, and signs that stand in place of an answer.

Belongs here: how such words are written. Does not belong here: what a sign means for an element
(the catalogue's ``signs``).
"""

import re

import pandas as pd

from pipelines.vietnamese.numbers import NO_DATA
from pipelines.vietnamese.text import normalise, unquote

YES = "Có"
NO = "Không"

RawAnswer = str | float | int | bool | None

# Words are listed, not folded: "cô" or "cỏ" is not "có".
_YES = frozenset(
    ("x", "có", "co", "đạt", "dat", "đã có", "có đạt", "rồi", "đúng", "yes", "true", "1")
) | frozenset("√✓✔☑☒🗹")
_NO = frozenset(
    ("không", "khong", "không có", "không đạt", "chưa", "chua", "chưa có", "chưa đạt")
) | {"sai", "no", "false", "0", "☐"}
_DASHES = re.compile("[-–—−‐‑]+")
_DOTS = re.compile(r"\.{2,}|…+")


def parse_yes_no(raw: RawAnswer) -> bool | None:
    """Read a cell of a yes/no column.

    Args:
        raw: the cell's value: a mark (x, √), a word (có, đạt, không, chưa), 1 or 0, a boolean.

    Returns:
        True, False, or None if it is neither (blank, "chưa có số liệu", other text or numbers).
    """
    if raw is None or pd.isna(raw):
        return None
    if isinstance(raw, str):
        word = _word(raw)
        return True if word in _YES else False if word in _NO else None
    return bool(raw) if raw in (0, 1) else None


def format_yes_no(answer: bool | float | None) -> str:
    """Write `YES` or `NO`; `NO_DATA` if there is no answer (None or nan)."""
    if answer is None or pd.isna(answer):
        return NO_DATA
    return YES if answer else NO


def sign_of(raw: str) -> str:
    """The key under which a sign in place of an answer is looked up.

    Args:
        raw: A cell's text.

    Returns:
        Small letters without what surrounds them; any run of dashes is "-", of dots "…".
    """
    word = _word(raw)
    if _DASHES.fullmatch(word):
        return "-"
    return "…" if _DOTS.fullmatch(normalise(raw)) else word


def _word(raw: str) -> str:
    clean = unquote(normalise(raw).lower())
    return clean.rstrip(".;").strip() or clean
