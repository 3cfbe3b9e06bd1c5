"""A register that comes as one large export: raw file → judged → committed parts → counts by unit.

An office keeps such a register in a system of its own and exports it; it does not fit a workbook.
The file is read in batches of whole units (rows of one unit stand together, as exports by unit do),
so memory does not grow with it. Rows with an error are not taken; how many and which is told.

Belongs here: the order of the steps. Does not belong here: rules (``validation.bulk``), files of
the warehouse (``warehouse.parts``), counts (``evaluation.bulk``).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue, Register
from pipelines.catalogue.schemas import register_rules
from pipelines.validation.bulk import SAMPLE, Judged, add
from pipelines.validation.bulk_typing import typed_batch
from pipelines.warehouse.manifest import TableEntry
from pipelines.warehouse.parts import write_parts

BATCH_ROWS = 100_000
CSV_BLOCK = 1 << 25  # bytes: some 200.000 rows of dossiers


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
        file: Parquet or CSV with columns submission_id, row, unit_id and the register's (ids or
            labels) but for its unit; in the order of submission_id and row; of one submission all
            rows together. A cell that cannot be typed is an error of its row (``CELL-TYPE``).
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
        for batch in whole_batches(file, batch_rows, register):
            rows = _typed(batch, register)
            errors = add(judged, rows, register, rules, SAMPLE)
            told = {"period": pl.lit(period), "is_illustrative": pl.lit(value=is_illustrative)}
            kept = rows.filter(~errors).with_columns(**told)
            yield _table(kept, contract.arrow_schema().names)

    entry = write_parts(root, contract, period, taken())
    return BulkRegister(entry, judged)


def whole_batches(
    file: Path, batch_rows: int, register: Register | None = None
) -> Iterator[pl.DataFrame]:
    """Rows of a file in batches that end where a submission ends.

    Args:
        file: Parquet, or CSV in UTF-8 whose cells are taken as text.
        batch_rows: Rows at a time of Parquet; CSV comes in blocks of bytes.
        register: Whose labels the header may hold instead of column ids.
    """
    named = {} if register is None else {column.label_vi: column.id for column in register.columns}
    held: list[pl.DataFrame] = []
    for read in _frames(file, batch_rows):
        frame = read.rename(named, strict=False)
        if held and held[-1]["submission_id"][-1] != frame["submission_id"][0]:
            yield pl.concat(held)
            held = []
        last = frame["submission_id"][-1]
        own = frame.filter(pl.col("submission_id") == last).height
        if own == frame.height:
            held.append(frame)
            continue
        yield pl.concat([*held, frame.head(frame.height - own)])
        held = [frame.tail(own)]
    if held:
        yield pl.concat(held)


def _frames(file: Path, batch_rows: int) -> Iterator[pl.DataFrame]:
    if file.suffix == ".csv":
        yield from (pl.DataFrame(pl.from_arrow(record)) for record in _csv_records(file))
        return
    rows = pl.scan_parquet(file)
    for start in range(0, rows.select(pl.len()).collect().item(), batch_rows):
        yield rows.slice(start, batch_rows).collect()


def _csv_records(file: Path) -> Iterator[pa.RecordBatch]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        names = next(csv.reader(stream))
    convert = arrow_csv.ConvertOptions(
        column_types={name: pa.int64() if name == "row" else pa.string() for name in names},
        strings_can_be_null=True,
        null_values=[""],  # "NA" is a text like any other
    )
    read = arrow_csv.ReadOptions(block_size=CSV_BLOCK, column_names=names, skip_rows=1)
    parse = arrow_csv.ParseOptions(newlines_in_values=True)
    with arrow_csv.open_csv(file, read, parse, convert) as reader:
        yield from (record for record in reader if record.num_rows)


def _typed(batch: pl.DataFrame, register: Register) -> pl.DataFrame:
    unit = register.unit_column
    named = batch if unit in batch.columns else batch.with_columns(pl.col("unit_id").alias(unit))
    return typed_batch(named, register)


def _table(rows: pl.DataFrame, names: Sequence[str]) -> pa.Table:
    """Rows as the warehouse keeps them."""
    dates = [name for name, kind in rows.schema.items() if kind == pl.Datetime("us")]
    return rows.with_columns(pl.col(dates).cast(pl.Date)).select(names).to_arrow()
