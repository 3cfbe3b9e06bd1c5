"""The header block that people see: labels at the top of a sheet and what stands beside them.

Belongs here: cells → what the visible header says, as text with an address. Does not belong here:
what that means and whether it agrees with the file's codes (``identify``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from pipelines.vietnamese.text import fold, normalise

_LABELS = {
    "don vi": "unit",
    "ten don vi": "unit",
    "don vi bao cao": "unit",
    "don vi gui": "unit",
    "ky bao cao": "period",
    "ky": "period",
    "vong": "round",
    "vong bao cao": "round",
    "so lieu tinh den ngay": "data_to",
    "so lieu den ngay": "data_to",
    "mau bieu": "form",
    "bieu mau": "form",
}
# a header stands above the table; further down the same words are content
_LAST_ROW = 20
_SAYS_SOMETHING = re.compile(r"[0-9A-Za-zÀ-ỹ]")


@dataclass(frozen=True)
class HeaderFact:
    """One thing the visible header says.

    Attributes:
        fact: ``unit``, ``period``, ``round``, ``data_to`` or ``form``.
        text: What stands beside the label.
        number: The same as a number where the cell holds one (a serial day).
        sheet: The sheet.
        cell: Address of the value.
    """

    fact: str
    text: str
    number: float | None
    sheet: str
    cell: str


def header_facts(cells: pd.DataFrame | None) -> list[HeaderFact]:
    """What the headers of all sheets say, in the order of the file.

    Args:
        cells: Cells of a workbook (sheet, row, column, cell, text, number); None when they are
            not known.

    Returns:
        The facts; a label with nothing beside it gives none.
    """
    if cells is None or cells.empty:
        return []
    top = cells[cells["row"] <= _LAST_ROW]
    labelled = top[top["text"].str.contains(":", regex=False, na=False)]
    if labelled.empty:
        return []
    keys = set(zip(labelled["sheet"], labelled["row"], strict=True))
    here = top[[key in keys for key in zip(top["sheet"], top["row"], strict=True)]]
    rows = here.sort_values(["sheet", "row", "column"], kind="stable").groupby(
        ["sheet", "row"], sort=False
    )
    return [fact for _, row in rows for fact in _facts_of_row(row)]


def _facts_of_row(row: pd.DataFrame) -> Iterator[HeaderFact]:
    waiting: str | None = None
    for cell in row.to_dict("records"):
        text = normalise(cell["text"]) if isinstance(cell["text"], str) else ""
        label, colon, rest = text.partition(":")
        fact = _LABELS.get(fold(label)) if colon else None
        if fact is not None:
            waiting = fact
            text = rest.strip()
            if not text:
                continue
        if waiting is not None:
            made = _fact(waiting, text, cell)
            waiting = None
            if made is not None:
                yield made


def _fact(fact: str, text: str, cell: dict) -> HeaderFact | None:
    number = None if pd.isna(cell["number"]) or text else float(cell["number"])
    if number is None and not _SAYS_SOMETHING.search(text):
        return None
    said = text or f"{number:g}"
    return HeaderFact(fact, said, number, str(cell["sheet"]), str(cell["cell"]))
