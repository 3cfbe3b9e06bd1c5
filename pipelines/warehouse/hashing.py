"""One hash per table content: equal rows, equal hash, wherever and however they were made.

Belongs here: the canonical Arrow form of a frame and its SHA-256.
Does not belong here: files and their names (``store``).
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.warehouse.contract import Contract

# Whole tables of the sample are one batch; the text of one batch must stay below 2 GiB.
BATCH_ROWS = 1_048_576
_FILLERS = {pa.string(): "", pa.bool_(): False}


def table_hash(frame: pd.DataFrame, contract: Contract) -> str:
    """SHA-256 of the Arrow IPC stream of the rows.

    Rows are sorted by the contract key, columns in contract order, no dictionaries, no
    compression, no metadata. Row order, index and chunking of the frame do not matter.

    Args:
        frame: Rows of the table.
        contract: Its contract.

    Returns:
        64 hexadecimal digits.
    """
    return arrow_hash(to_arrow(frame, contract))


def to_arrow(frame: pd.DataFrame, contract: Contract) -> pa.Table:
    """The canonical Arrow table of a frame.

    Args:
        frame: Rows of the table.
        contract: Its contract; ``typed`` has the say on columns and types.

    Returns:
        Rows sorted by key (then by all other columns, so that the order is total), missing
        values last; one chunk per column; no metadata; ``-0.0`` is ``0.0``, nan is null.
    """
    typed = contract.typed(frame)
    schema = bare(contract.arrow_schema())
    arrays = [
        _positive_zero(pa.array(typed[field.name], type=field.type, from_pandas=True))
        for field in schema
    ]
    return _sorted(pa.Table.from_arrays(arrays, schema=schema), contract.key)


def bare(schema: pa.Schema) -> pa.Schema:
    """The schema without descriptions: a reworded label does not change a table."""
    for place, field in enumerate(schema):
        schema = schema.set(place, field.remove_metadata())
    return schema.remove_metadata()


def _sorted(table: pa.Table, key: list[str]) -> pa.Table:
    """Rows in the one order; where no two share a key, the key alone decides it."""
    ordered = _taken(table, _ranked(table.select(key)))
    if not repeats(ordered, key):
        return ordered
    rest = [name for name in table.column_names if name not in key]
    return _taken(table, table.select([*key, *rest]))


def _taken(table: pa.Table, by: pa.Table) -> pa.Table:
    keys = [(name, "ascending", "at_end") for name in by.column_names]
    order = pc.call_function("sort_indices", [by], options=pc.SortOptions(keys))
    if not np.array_equal(order.to_numpy(), np.arange(len(order))):
        table = table.take(order)
    return table.combine_chunks()


def _ranked(table: pa.Table) -> pa.Table:
    """Text as the place of each word among all: numbers are sorted in half the time."""
    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            encoded = table[place].combine_chunks().dictionary_encode()
            order = pc.call_function("sort_indices", [encoded.dictionary])
            rank = np.empty(len(order), dtype=np.int32)
            rank[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
            table = table.set_column(place, field.name, pa.array(rank).take(encoded.indices))
    return table


def repeats(table: pa.Table, key: list[str]) -> bool:
    """Whether two neighbours have one key; in a sorted table, whether any two rows have."""
    same = pa.scalar(True)
    for name in key:
        column = table[name].combine_chunks()
        before, after = column[:-1], column[1:]
        equal = pc.call_function("equal", [before, after])
        if column.null_count:
            missing = pc.call_function("and", [before.is_null(), after.is_null()])
            equal = pc.call_function("coalesce", [equal, missing])
        same = pc.call_function("and", [same, equal])
        if not pc.call_function("any", [same]).as_py():
            return False
    return True


def _positive_zero(array: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Equal numbers must have equal bytes: -0.0 + 0.0 is 0.0."""
    return (
        pc.call_function("add", [array, pa.scalar(0.0)])
        if pa.types.is_floating(array.type)
        else array
    )


def arrow_hash(table: pa.Table) -> str:
    """SHA-256 of a canonical table's Arrow IPC stream, batch by batch."""
    stream = StreamHash(table.schema)
    for start in range(0, table.num_rows, BATCH_ROWS):
        stream.add(table.slice(start, BATCH_ROWS))
    return stream.hexdigest()


class StreamHash:
    """The hash of a table whose rows come one after the other.

    Args:
        schema: Of the canonical table.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._sink, self._schema = _HashSink(), schema
        options = pa.ipc.IpcWriteOptions(
            compression=None, metadata_version=pa.ipc.MetadataVersion.V5
        )
        self._stream = pa.ipc.new_stream(self._sink, schema, options=options)

    def add(self, part: pa.Table) -> None:
        """The next rows: ``BATCH_ROWS`` of them, fewer only at the end."""
        if part.num_rows:
            arrays = [_exact(column) for column in part.columns]
            self._stream.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))

    def hexdigest(self) -> str:
        """The hash, after the last rows."""
        self._stream.close()
        return self._sink.digest.hexdigest()


class _HashSink:
    """A file that keeps nothing but the digest of what is written to it."""

    closed = False

    def __init__(self) -> None:
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""


def _exact(column: pa.ChunkedArray) -> pa.Array:
    """The column in buffers of exactly the bytes its values need.

    Arrow leaves open what lies below a null and beyond the last value, and IPC writes it out:
    the same rows read from a file and made by pandas would hash apart.
    """
    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    validity = _bits(array.is_valid()) if array.null_count else None
    filled = array.fill_null(_FILLERS.get(array.type, 0)) if array.null_count else array
    if pa.types.is_boolean(array.type):
        values = [_bits(filled)]
    elif pa.types.is_string(array.type):
        values = _text(filled)
    else:
        plain = filled.view(pa.int32() if array.type.bit_width == 32 else pa.int64())
        values = [pa.py_buffer(plain.to_numpy())]
    return pa.Array.from_buffers(array.type, len(array), [validity, *values], array.null_count)


def _bits(answers: pa.BooleanArray) -> pa.Buffer:
    packed = np.packbits(answers.to_numpy(zero_copy_only=False), bitorder="little")
    return pa.py_buffer(packed.tobytes())


def _text(array: pa.StringArray) -> list[pa.Buffer]:
    """Offsets that begin at 0, and the letters they bound; not copied where they are so already."""
    _, offsets, letters = array.buffers()
    if len(array) == 0 or offsets is None:
        return [pa.py_buffer(np.zeros(1, "<i4").tobytes()), pa.py_buffer(b"")]
    bounds = np.frombuffer(offsets, "<i4")[array.offset : array.offset + len(array) + 1]
    first, last = int(bounds[0]), int(bounds[-1])
    kept = pa.py_buffer(b"") if letters is None else letters.slice(first, last - first)
    return [pa.py_buffer(bounds - first if first else bounds), kept]
