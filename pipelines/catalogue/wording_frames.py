"""What a report says beside its figures, as ``ref.*`` tables.

Belongs here: entries of ``wording`` → frames. Does not belong here: saying them
(``reports.words``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from pipelines.catalogue import model, wording
from pipelines.catalogue.contracts import table_contract

Line = dict[str, Any]
Cite = Callable[[list[model.Citation]], str | None]


def wording_frames(catalogue: model.Catalogue, cite: Cite) -> dict[str, pd.DataFrame]:
    """``ref.texts``, ``ref.themes``, ``ref.abbreviations``, ``ref.recipients``, ``ref.sources``.

    Args:
        catalogue: Holds the entries and the contracts.
        cite: Citations → one line, as all ``ref.*`` tables write them.

    Returns:
        Conformed frames by table name; lists are joined by ";".
    """
    words = catalogue.words
    lines: Mapping[str, list[Line]] = {
        "ref.texts": [_text(block, cite) for block in words.texts.values()],
        "ref.themes": [_entry(entry, "theme") for entry in words.themes.values()],
        "ref.abbreviations": [
            _entry(entry, "abbreviation") for entry in words.abbreviations.values()
        ],
        "ref.recipients": [
            _entry(entry, "recipient") | {"position": entry.order, "legal": cite(entry.legal)}
            for entry in words.recipients.values()
        ],
        "ref.sources": [_entry(entry, "source") for entry in words.sources.values()],
    }
    return {name: _conformed(catalogue, name, rows) for name, rows in lines.items()}


def _conformed(catalogue: model.Catalogue, name: str, rows: list[Line]) -> pd.DataFrame:
    contract = table_contract(catalogue, name)
    names = [column.name for column in contract.columns]
    return contract.conform(pd.DataFrame(rows, columns=names))


def _entry(entry: model.Entry, key: str) -> Line:
    """The fields of an entry; lists in one cell, what says nothing is empty."""
    fields = entry.model_dump()
    joined = {name: _joined(value) for name, value in fields.items()}
    # a theme has a source of its own beside its key
    return {key: fields["id"]} | joined


def _joined(value: object) -> object:
    if isinstance(value, list):
        value = ";".join(str(part) for part in value)
    return None if value == "" else value


def _text(block: wording.TextBlock, cite: Cite) -> Line:
    above = ";".join(f"{name}>{bound:g}" for name, bound in block.above.items())
    return _entry(block, "text") | {
        "position": block.order,
        "above": above or None,
        "legal": cite(block.legal),
    }
