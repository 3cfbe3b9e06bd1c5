"""A table that is too large for memory, written part by part as its rows come.

Belongs here: parts, their one hash, what follows what. Does not belong here: tables that fit
(``store``), which files count (``manifest``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.warehouse.contract import Contract
from pipelines.warehouse.durable import write_whole
from pipelines.warehouse.hashing import BATCH_ROWS, StreamHash, bare
from pipelines.warehouse.manifest import TableEntry, warehouse_folder
from pipelines.warehouse.store import NAME_DIGITS, folder_of, parquet, refuse_duplicates


class OutOfOrder(ValueError):  # noqa: N818 — says what happened, like StopIteration
    """A part does not follow the one before in the order of the key."""


def write_parts(
    root: Path, contract: Contract, period: str, parts: Iterable[pa.Table]
) -> TableEntry:
    """Write a table of a period whose rows come in the order of its key.

    The hash is that of ``store.write_table`` for the same rows; only the files differ, each of at
    most ``BATCH_ROWS`` rows.

    Args:
        root: The project's root.
        contract: The table's contract.
        period: Key of the period.
        parts: Canonical tables (types of the contract, no nan, no ``-0.0``), sorted by the key
            within and among each other; of any size.

    Returns:
        The manifest's entry; nothing points to the files until a manifest with it is committed.

    Raises:
        DuplicateKeyError: Two rows have the same key.
        OutOfOrder: A part begins before the last one ended.
        UnknownNameError: The table's name or the period cannot be a folder.
    """
    folder = folder_of(contract.name, period)
    schema = bare(contract.arrow_schema())
    stream, files, rows = StreamHash(schema), [], 0
    last = schema.empty_table().select(contract.key)
    for part in _even(parts, schema):
        last = _follows(last, part, contract)
        data = parquet(part)
        digest = hashlib.sha256(data).hexdigest()
        name = folder / f"{digest[:NAME_DIGITS]}.parquet"
        write_whole(warehouse_folder(root) / name, data, "store")
        stream.add(part)
        files.append(name.as_posix())
        rows += part.num_rows
        del part, data  # not held while the next part is made
    return TableEntry(files=tuple(files), rows=rows, hash=stream.hexdigest())


def _even(parts: Iterable[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    """The same rows in tables of ``BATCH_ROWS``, as the hash wants them; one at least."""
    kept: list[pa.Table] = []
    held, told = 0, False
    for part in parts:
        rest = part.select(schema.names).cast(schema)
        while held + rest.num_rows >= BATCH_ROWS:
            room = BATCH_ROWS - held
            kept.append(_packed(rest.slice(0, room)))
            rest, held, told = rest.slice(room), 0, True
            yield _joined(kept, schema)
        if rest.num_rows:
            kept.append(_packed(rest))
            held += rest.num_rows
    if held or not told:
        yield _joined(kept, schema)


def _packed(piece: pa.Table) -> pa.Table:
    """Rows that wait for others: units, fields, states repeat, so text is kept once."""
    for place, field in enumerate(piece.schema):
        if pa.types.is_string(field.type):
            coded = piece.column(place).combine_chunks().dictionary_encode()
            piece = piece.set_column(place, field.name, coded)
    return piece


def _joined(kept: list[pa.Table], schema: pa.Schema) -> pa.Table:
    """One table, one chunk per column; ``kept`` is emptied, so that one column is held twice."""
    columns = [[chunk for piece in kept for chunk in piece[name].chunks] for name in schema.names]
    kept.clear()
    arrays = []
    for field in schema:
        chunks = columns.pop(0)
        plain = [chunk.cast(field.type) for chunk in chunks]
        arrays.append(pa.concat_arrays([*plain, pa.array([], field.type)]))
        del chunks, plain
    return pa.Table.from_arrays(arrays, schema=schema)


def _follows(last: pa.Table, part: pa.Table, contract: Contract) -> pa.Table:
    """Refuse a part that is not in order; the key of its last row, of which nothing else is held.

    Raises:
        DuplicateKeyError: Two rows have the same key.
        OutOfOrder: A row comes after one that it should precede.
    """
    keys = part.select(contract.key)
    border = pa.concat_tables([last, keys.slice(0, 1)]).combine_chunks()
    for told in (border, keys):
        if told.num_rows > 1 and (place := _first_break(told)) is not None:
            refuse_duplicates(told, contract)
            before, after = told.slice(place, 2).to_pylist()
            msg = f"{contract.name}: {after} comes after {before}"
            raise OutOfOrder(msg)
    return keys.take([keys.num_rows - 1]) if keys.num_rows else last


def _first_break(keys: pa.Table) -> int | None:
    """Where a row is not after the one before it; rows of parts are many, so no sorting."""
    after, equal = pa.scalar(False), pa.scalar(True)
    for column in keys.columns:
        array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
        left, right = array[:-1], array[1:]
        less = pc.call_function("less", [left, right])
        after = pc.call_function("or", [after, pc.call_function("and", [equal, less])])
        equal = pc.call_function("and", [equal, pc.call_function("equal", [left, right])])
    place = pc.call_function("index", [after], options=pc.IndexOptions(pa.scalar(False)))
    return None if place.as_py() < 0 else place.as_py()
