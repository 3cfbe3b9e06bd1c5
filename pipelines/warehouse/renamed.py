"""Files of the warehouse that were written under names of earlier: read under those of today.

Belongs here: Arrow schemas and tables, the manifest's table names. Does not belong here: which
names have changed (``catalogue.migrations``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.catalogue.migrations import CODES, Migrations, figure_of_today, old_codes

_FIGURE = "figure_id"
_Entry = TypeVar("_Entry")


def is_touched(name: str, schema: pa.Schema, migrations: Migrations) -> bool:
    """Whether files of a table may hold anything under an old name."""
    if not migrations:
        return False
    columns = set(schema.names)
    return bool(columns & set(migrations.columns(name)) or _changes(columns, migrations))


def schema_of_today(name: str, schema: pa.Schema, migrations: Migrations) -> pa.Schema:
    """A file's schema with the columns of today."""
    return table_of_today(name, schema.empty_table(), migrations).schema


def table_of_today(name: str, table: pa.Table, migrations: Migrations) -> pa.Table:
    """Rows with the columns and codes of today; types and order stay.

    Args:
        name: The table's name of today.
        table: As it was written; where a column stands under both names, the new one has the say
            where it says anything.
        migrations: The renames.
    """
    for old, new in migrations.columns(name).items():
        if old not in table.column_names:
            continue
        if new in table.column_names:
            both = pc.call_function("coalesce", [table[new], table[old]])
            place = table.column_names.index(new)
            table = table.set_column(place, table.schema.field(new), both).drop_columns([old])
        else:
            names = [new if column == old else column for column in table.column_names]
            table = table.rename_columns(names)
    for column, change in _changes(set(table.column_names), migrations).items():
        place = table.column_names.index(column)
        told = _mapped(table[column], change)
        table = table.set_column(place, table.schema.field(column), told)
    return table


def tables_of_today(
    tables: Mapping[str, Mapping[str, _Entry]], migrations: Migrations
) -> dict[str, dict[str, _Entry]]:
    """The tables of a manifest under their names of today; the newer entry of a period counts."""
    found: dict[str, dict[str, _Entry]] = {}
    for name, entries in tables.items():
        now = migrations.name("table", name)
        known = found.get(now, {})
        found[now] = {**known, **entries} if now == name else {**entries, **known}
    return found


def _changes(columns: set[str], migrations: Migrations) -> dict[str, Callable[[str], str]]:
    """What is to be done with the values of which columns."""
    found: dict[str, Callable[[str], str]] = {}
    for column in CODES:
        if column in columns and (codes := old_codes(column, migrations)):
            found[column] = partial(_code, codes)
    if _FIGURE in columns and migrations.today.get("indicator"):
        found[_FIGURE] = partial(figure_of_today, migrations=migrations)
    return found


def _code(codes: Mapping[str, str], value: str) -> str:
    return codes.get(value, value)


def _mapped(column: pa.ChunkedArray, change: Callable[[str], str]) -> pa.ChunkedArray:
    """Each distinct text is looked at once."""
    chunks = []
    for chunk in column.chunks:
        encoded = chunk.dictionary_encode()
        words = [change(word) for word in encoded.dictionary.to_pylist()]
        chunks.append(pa.array(words, column.type).take(encoded.indices))
    return pa.chunked_array(chunks, column.type)
