"""Answers that are no numbers: yes and no, and the signs that stand for an absent number."""

import math
import re

import pandas as pd

from pipelines.vietnamese.numbers import NO_DATA
from pipelines.vietnamese.text import normalise

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
_MISSING = frozenset(
    ("", NO_DATA, "chưa có dữ liệu", "chưa báo cáo", "chưa thống kê", "không có số liệu", "…")
)
_NOT_APPLICABLE = frozenset(("x", "không áp dụng", "kad", "k.a.d", "không thuộc đối tượng"))
_ZERO = frozenset(("không", "không có", "không phát sinh", "không có phát sinh"))
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


def read_state(raw: RawAnswer) -> str | None:
    """Tell what a cell of a numeric column says when it holds no number.

    In yes/no columns ask `parse_yes_no` first: there "x" is yes and "không" is no.

    Args:
        raw: the cell's value.

    Returns:
        "missing" (blank, "…", "chưa có số liệu"), "not_applicable" ("x", "không áp dụng"),
        "zero" ("không", "không phát sinh": the word, not the digit), "dash" ("-", which some
        mean as zero and some as missing: the provider is asked), or None: read it as a value.
    """
    if raw is None or (isinstance(raw, float) and math.isnan(raw)) or raw is pd.NA:
        return "missing"
    if not isinstance(raw, str):
        return None
    word = _word(raw)
    if word in _MISSING or _DOTS.fullmatch(normalise(raw)):
        return "missing"
    if _DASHES.fullmatch(word):
        return "dash"
    if word in _NOT_APPLICABLE:
        return "not_applicable"
    return "zero" if word in _ZERO else None


def _word(raw: str) -> str:
    clean = normalise(raw).lower()
    return clean.removeprefix("'").rstrip(".;").strip() or clean
