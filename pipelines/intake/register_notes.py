"""Lines below a register that are no event: remarks and the names of those who made it.

Belongs here: telling such lines from rows. Does not belong here: rows (``register_sheet``).
"""

from __future__ import annotations

import re

import numpy as np

from pipelines.intake.sheet_cells import SheetCells
from pipelines.intake.values import Content
from pipelines.vietnamese import text as words

_SIGNED = (
    r"nguoi (?:lap|tong hop|ky|duyet)|can bo (?:lap|tong hop)|thu truong|thu ky|ky ten"
    r"|tm\.|kt\.|noi nhan"
    r"|[\w ,]{0,30}ngay [\d.… ]{1,6} ?thang [\d.… ]{1,6}"
)
_REMARK = r"\(?\*|ghi chu|chu thich|luu y|chu y|nguon|giai thich"
_FIRST = re.compile(rf"(?:{_REMARK}|{_SIGNED})(?![a-z])|\(?\*")
_SIGNATURE = re.compile(rf"(?:{_SIGNED})(?![a-z])")
_LOOKED_AT = 80


def trailing_notes(cells: SheetCells, body: np.ndarray) -> np.ndarray:
    """Positions of the lines at the end of a table that are notes.

    The last lines that hold one text of several words, from the first on that begins as a note.

    Args:
        cells: Cells of the sheet.
        body: Positions of the cells below the header, in row order.
    """
    rows = cells.table["row"]
    end, start = len(body), len(body)
    while end > 0:
        first = int(np.searchsorted(rows[body], rows[body[end - 1]]))
        line = body[first:end].tolist()
        if all(_begins(cells.content_at(i)) for i in line):
            start = first
        elif len(line) > 1 or not _is_words(cells.content_at(line[0])):
            break
        end = first
    return body[start:]


def is_signature(text: str) -> bool:
    """Whether a line says who made a table, or when; such a line is not kept as a remark."""
    return _SIGNATURE.match(_start(text)) is not None


def _start(text: str) -> str:
    return words.fold(text[:_LOOKED_AT])


def _begins(content: Content) -> bool:
    text = content.text or ""
    # "KT.05" is a key, "KT. CHỦ TỊCH" is not
    several = " " in text.strip() or "*" in text[:2]
    return content.kind == "text" and several and _FIRST.match(_start(text)) is not None


def _is_words(content: Content) -> bool:
    """Several words: what stands in a key has none or is shorter."""
    return content.kind == "text" and len((content.text or "").split()) > 2
