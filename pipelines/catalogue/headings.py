"""Headings of columns that tables of analysts have: one Vietnamese name per English column.

Belongs here: the entries, reading them, the contract's own labels behind them. Does not belong
here: how a table looks (``reports``), columns of one table alone (they are given where it is made).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import ValidationError

from pipelines.catalogue.base import Entry
from pipelines.catalogue.integrity import CatalogueError
from pipelines.catalogue.load import DATA, load_catalogue

# fmt: off
Kind = Literal[
    "name", "unit", "short", "text", "count", "number", "reference", "reason",
    "percent", "date", "time", "badge", "flag", "hidden",
]
# fmt: on
HIDDEN = "hidden"


class Heading(Entry):
    """A column: its English name, its heading, what kind of content it has.

    ``hidden`` columns are for joining frames and are left out unless they are asked for.
    """

    id: str
    kind: Kind
    label_vi: str


@cache
def load_headings(directory: Path | None = None) -> dict[str, Heading]:
    """The headings by column.

    Args:
        directory: Folder of the catalogue; the shipped one when None.

    Returns:
        Entries of ``headings.yaml``, in its order.

    Raises:
        CatalogueError: A line is malformed or a column stands twice.
    """
    path = (directory or DATA) / "headings.yaml"
    found: dict[str, Heading] = {}
    for line in yaml.safe_load(path.read_text(encoding="utf-8")):
        head, _, label = str(line).partition("|")
        name, _, kind = head.strip().partition(" ")
        try:
            entry = Heading.model_validate(
                {"id": name, "kind": kind.strip() or "text", "label_vi": label.strip()}
            )
        except ValidationError as error:
            raise CatalogueError([f"heading {line!r}: {error}"]) from error
        if name in found or not entry.label_vi:
            raise CatalogueError([f"heading {name}: stands twice, or has no label"])
        found[name] = entry
    return found


@cache
def contract_labels() -> dict[str, str]:
    """What the contracts of tables call a column, of several tables the first one."""
    labels: dict[str, str] = {}
    for table in load_catalogue().tables.values():
        for column in table.columns:
            labels.setdefault(column.name, column.label_vi)
    return labels
