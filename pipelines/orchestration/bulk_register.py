"""A register that comes as one large export: raw file → judged → committed parts → counts by unit.

An office keeps such a register in a system of its own and exports it; it does not fit a workbook.
The file is read in batches of whole units (rows of one unit stand together, as exports by unit do),
so memory does not grow with it. Rows with an error are not taken; how many and which is told.

Belongs here: the order of the steps. Does not belong here: rules (``validation.bulk``), files of
the warehouse (``warehouse.parts``), counts (``evaluation.bulk``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue, Register
from pipelines.catalogue.schemas import register_rules
from pipelines.validation.bulk import SAMPLE, Judged, add, typed_batch
from pipelines.warehouse.manifest import TableEntry
from pipelines.warehouse.parts import write_parts

BATCH_ROWS = 500_000


@dataclass(frozen=True)
class BulkRegister:
    """A register taken over.

    Attributes:
        entry: The table's entry; nothing is published until a manifest with it is committed.
        judged: What is wrong in it.
    """

    entry: TableEntry
    judged: Judged


def take_register(
    root: Path,
    catalogue: Catalogue,
    register_id: str,
    period: str,
    file: Path,
    *,
    is_illustrative: bool,
    batch_rows: int = BATCH_ROWS,
) -> BulkRegister:
    """Judge an export and write the rows that may be taken.

    Args:
        root: The project's root.
        catalogue: The register and its rules.
        register_id: Which register.
        period: Key of the period.
        file: Parquet with columns submission_id, row, unit_id and the register's but for its unit;
            in the order of submission_id and row; of one submission all rows together.
        is_illustrative: Whether the figures are made up.
        batch_rows: Rows at a time; a submission is never divided.

    Raises:
        DuplicateKeyError: Two rows have the same submission and row.
        OutOfOrder: Rows do not come in their order.
    """
    register = catalogue.registers[register_id]
    contract = table_contract(catalogue, register.table)
    judged = Judged()
    rules = register_rules(catalogue, register_id)

    def taken() -> Iterator[pa.Table]:
        for batch in whole_batches(file, batch_rows):
            rows = _typed(batch, register)
            errors = add(judged, rows, register, rules, SAMPLE)
            told = {"period": pl.lit(period), "is_illustrative": pl.lit(value=is_illustrative)}
            kept = rows.filter(~errors).with_columns(**told)
            yield _table(kept, contract.arrow_schema().names)

    entry = write_parts(root, contract, period, taken())
    return BulkRegister(entry, judged)


def whole_batches(file: Path, batch_rows: int) -> Iterator[pl.DataFrame]:
    """Rows of a Parquet file in batches that end where a submission ends."""
    held: list[pl.DataFrame] = []
    for record in pq.ParquetFile(file).iter_batches(batch_rows):
        frame = pl.DataFrame(pl.from_arrow(record))
        last = frame["submission_id"][-1]
        own = frame.filter(pl.col("submission_id") == last).height
        if own == frame.height:
            held.append(frame)
            continue
        yield pl.concat([*held, frame.head(frame.height - own)])
        held = [frame.tail(own)]
    if held:
        yield pl.concat(held)


def _typed(batch: pl.DataFrame, register: Register) -> pl.DataFrame:
    unit = register.unit_column
    named = batch if unit in batch.columns else batch.with_columns(pl.col("unit_id").alias(unit))
    return typed_batch(named, register)


def _table(rows: pl.DataFrame, names: Sequence[str]) -> pa.Table:
    """Rows as the warehouse keeps them."""
    dates = [name for name, kind in rows.schema.items() if kind == pl.Datetime("us")]
    return rows.with_columns(pl.col(dates).cast(pl.Date)).select(names).to_arrow()
