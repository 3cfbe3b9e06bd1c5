"""Cells of a large register, typed column by column; what cannot be typed is told, never lost.

Belongs here: text or numbers → types of register columns, marks of cells that are none. Does not
belong here: what is wrong with typed rows (``bulk``), cells of workbooks (``intake``).
"""

from __future__ import annotations

import polars as pl

from pipelines.catalogue.model import Register
from pipelines.catalogue.operators_polars import column_type

UNTYPED = "qcdc_untyped:"
# a day as machines write it and as people here do; a time of day is no day
_DAYS = ("%Y-%m-%d", "%d/%m/%Y")


def typed_batch(frame: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The rows with the register's types.

    Args:
        frame: Columns submission_id, row and the register's, text or typed.
        register: The register.

    Returns:
        The rows; a cell that cannot be typed is null, and true in a boolean column named
        ``UNTYPED`` and the column's id, which stands only where there is such a cell. nan is null
        and ``-0.0`` is ``0.0``, as the warehouse keeps numbers.
    """
    kinds = {c.id: column_type(c.type) for c in register.columns if c.id in frame.columns}
    wanted = {
        name: kind
        for name, kind in kinds.items()
        if kind.is_float() or frame.schema[name] not in {kind, pl.Categorical}
    }
    if not wanted:
        return frame
    made = [_typed(name, frame.schema[name], kind).alias(name) for name, kind in wanted.items()]
    typed = frame.with_columns(made)
    said = frame.select(_said(name, frame.schema[name]).alias(name) for name in wanted)
    failed = [(said[name] & typed[name].is_null()).alias(UNTYPED + name) for name in wanted]
    return typed.with_columns([mask for mask in failed if mask.any()])


def untyped(batch: pl.DataFrame) -> dict[str, pl.Series]:
    """By column the cells that ``typed_batch`` could not type."""
    names = [name for name in batch.columns if name.startswith(UNTYPED)]
    return {name.removeprefix(UNTYPED): batch[name] for name in names}


def _said(name: str, source: pl.DataType) -> pl.Expr:
    """Whether a cell holds anything: blanks and nan do not."""
    column = pl.col(name)
    if source == pl.String:
        return (column.str.strip_chars() != "").fill_null(value=False)
    there = column.is_not_null()
    return there & column.is_not_nan().fill_null(value=False) if source.is_float() else there


def _typed(name: str, source: pl.DataType, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name).str.strip_chars() if source == pl.String else pl.col(name)
    if source == pl.String and kind == pl.Boolean:
        known = column.str.to_lowercase()
        return pl.when(known.is_in(["true", "false"])).then(known == "true")
    if source == pl.String and kind.is_temporal():
        days = [column.str.to_date(form, strict=False) for form in _DAYS]
        return pl.coalesce(days).cast(kind)
    if source.is_numeric() and kind.is_temporal():  # a number of days since when nobody says
        return pl.lit(None, dtype=kind)
    if source.is_float() and kind.is_integer():
        return pl.when(column == column.floor()).then(column).cast(kind, strict=False)
    cast = column.cast(kind, strict=False)
    if not kind.is_float():
        return cast
    # polars leaves "+ 0.0" out, which would keep -0.0
    return pl.when(cast == 0.0).then(0.0).otherwise(cast.fill_nan(None))
