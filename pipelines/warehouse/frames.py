"""Arrow → pandas with the types that contracts promise.

Belongs here: types of columns that are read. Does not belong here: which rows (``reader``).
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import pyarrow as pa


def frame_of(table: pa.Table, may_be_empty: Collection[str] = ()) -> pd.DataFrame:
    """A frame as pandas 3 holds it.

    Args:
        table: What was read.
        may_be_empty: Columns whose whole numbers and answers are nullable (``Int64``,
            ``boolean``) even where nothing is missing; others are only where something is.

    Returns:
        Text as ``str``, dates as ``datetime64[us]``, decimals as numbers, missing as nan or NA.
    """
    series = [
        _series(column, name in may_be_empty or column.null_count > 0)
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    # by place, not by name: a query may name two columns alike
    frame = pd.DataFrame(dict(enumerate(series)), index=pd.RangeIndex(table.num_rows))
    frame.columns = pd.Index(table.column_names, dtype="str")
    return frame


def _series(column: pa.ChunkedArray, nullable: bool) -> pd.Series:
    kind = column.type
    if pa.types.is_decimal(kind):
        column = _number(column)
        kind = column.type
    if pa.types.is_date(kind):
        return column.cast(pa.timestamp("us")).to_pandas()
    if pa.types.is_integer(kind) and kind != pa.uint64():
        whole = column.cast(pa.int64())
        return whole.to_pandas(types_mapper=_NULLABLE.get if nullable else None)
    if pa.types.is_boolean(kind):
        return column.to_pandas(types_mapper=_NULLABLE.get if nullable else None)
    return column.to_pandas()


def _number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """DuckDB sums whole numbers to decimals without a fraction."""
    if column.type.scale == 0:
        try:
            return column.cast(pa.int64())
        except pa.ArrowInvalid:  # beyond 64 bits
            return column.cast(pa.float64())
    return column.cast(pa.float64())


_NULLABLE = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
