"""What a warehouse table promises, as data.

Belongs here: the entries of ``tables.yaml``. Does not belong here: the schemas that follow from
them (``contracts``).
"""

from __future__ import annotations

from typing import Literal

from pipelines.catalogue.base import Entry


class ColumnSpec(Entry):
    """A column of a warehouse table."""

    name: str
    type: Literal["string", "int", "float", "bool", "date", "timestamp"]
    nullable: bool = False
    label_vi: str
    description: str = ""
    allowed: list[str] | None = None


class TableSpec(Entry):
    """A warehouse table: key, columns, and what a reviewer should know about it."""

    name: str
    title_vi: str
    description_vi: str
    key: list[str]
    group: str
    columns: list[ColumnSpec]
    register_id: str | None = None
