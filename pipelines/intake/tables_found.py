"""Telling the parts of a table: its header rows, numbering rows, totals rows, repeated headers.

Belongs here: what a row is, from its texts alone; headers of several rows as one path.
Does not belong here: which form a table is (``layout``, ``mapping``), values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pipelines.intake.sheet_cells import SheetCells
from pipelines.vietnamese import text as words

_NUMBERING = re.compile(r"\(?(?:[a-z]|\d{1,2})\)?")
_PARENTHESISED = re.compile(r"\(.+\)")
_TOTAL = re.compile(
    r"(?:tong(?: cong| so)?|cong(?: don)?|ts|toan (?:huyen|xa|tinh|thi xa|nganh|don vi|doan)"
    r"|luy ke toan huyen)(?: [ivx]{1,4}| \([ivx+ ]+\)| chung)?[:.]?"
)
_SUBTOTAL = re.compile(
    r"(?:cong|tong)(?: cong)? (?:muc|phan|nhom|khoi)?[ ]?(?:[ivx]{1,4}|[a-h]|\d)\.?"
)
_ROMAN = re.compile(r"[ivx]{1,5}\.?")
_SLUG = re.compile(r"[^a-z0-9]+")


def is_numbering(keys: Iterable[str]) -> bool:
    """Whether a row only numbers the columns: "(A) (B) (1) (2)", "A B 1 2 3".

    Args:
        keys: Folded texts of the row's cells in order; numbers as their digits.
    """
    said = list(keys)
    if len(said) < 2 or not all(_NUMBERING.fullmatch(key) for key in said):
        return False
    if any(_PARENTHESISED.fullmatch(key) for key in said):
        return True
    return _counts_up([key for key in said if key.isdigit()]) and len(said) > 2


def _counts_up(digits: list[str]) -> bool:
    return bool(digits) and [int(d) for d in digits] == list(range(1, len(digits) + 1))


def is_total(key: str) -> bool:
    """Whether a folded label heads a row of totals: "tong cong", "toan huyen", "ts", "cong i"."""
    return bool(_TOTAL.fullmatch(key) or _SUBTOTAL.fullmatch(key))


def is_group(key: str) -> bool:
    """Whether a folded ordinal numbers a group of rows: "i", "ii", "iii."."""
    return bool(_ROMAN.fullmatch(key))


def row_keys(cells: SheetCells, positions: Iterable[int]) -> list[str]:
    """Folded texts of a row's cells; whole numbers as their digits."""
    return [cells.key(i) or _digits(cells, i) for i in positions]


def _digits(cells: SheetCells, i: int) -> str:
    number = cells.content_at(i).number
    return str(int(number)) if number is not None and number.is_integer() else "?"


def slug(text: str) -> str:
    """A header text as a part of a path: "Đã tiếp nhận" → ``da_tiep_nhan``."""
    return _SLUG.sub("_", words.fold(text)).strip("_")


def header_paths(rows: list[Mapping[int, str]]) -> dict[int, str]:
    """Headers of several rows flattened to one path per column.

    A merged cell holds its text in its first column only: a header with another below it reaches
    right, over columns without a header of their own, as far as there are headers below.

    Args:
        rows: Texts by column, one mapping per header row, from the top.

    Returns:
        Path by column, parts joined by ``__``: ``da_tiep_nhan__trong_ky``.
    """
    paths: dict[int, list[str]] = {}
    for depth, row in enumerate(rows):
        below = {column for lower in rows[depth + 1 :] for column in lower}
        for column, text in _reaching(row, below).items():
            part = slug(text)
            if part and part not in paths.setdefault(column, []):
                paths[column].append(part)
    return {column: "__".join(parts) for column, parts in sorted(paths.items())}


def _reaching(row: Mapping[int, str], below: set[int]) -> dict[int, str]:
    """The texts of a header row, those of merged cells in every column they stand over."""
    found = dict(row)
    for column in sorted(below - set(row)):
        left = max((c for c in row if c < column), default=None)
        if left is not None and left in below and _unbroken(left, column, below):
            found[column] = row[left]
    return found


def _unbroken(left: int, column: int, below: set[int]) -> bool:
    return all(between in below for between in range(left, column))
