"""Tiny contracts and frames for the tests of this room; no schema of the catalogue is copied."""

import datetime as dt
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from pipelines.warehouse.frames import frame_of
from pipelines.warehouse.manifest import Manifest, TableEntry

ALL_TYPES = pa.table(
    {
        "unit_id": pa.array([], pa.string()),
        "period": pa.array([], pa.string()),
        "value": pa.array([], pa.float64()),
        "count": pa.array([], pa.int64()),
        "held": pa.array([], pa.bool_()),
        "day": pa.array([], pa.date32()),
        "received_at": pa.array([], pa.timestamp("us", "Asia/Ho_Chi_Minh")),
        "note": pa.array([], pa.string()),
    }
).schema


@dataclass(frozen=True)
class FakeContract:
    """Takes a frame's values as they are, in the order and types of an Arrow schema."""

    name: str = "core.observations"
    key: list[str] = field(default_factory=lambda: ["unit_id", "period"])
    schema: pa.Schema = ALL_TYPES

    def arrow_schema(self) -> pa.Schema:
        return self.schema

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame[self.schema.names].reset_index(drop=True)


@dataclass(frozen=True)
class Row:
    """One row of ``ALL_TYPES``."""

    unit_id: str
    period: str = "2021-H1"
    value: float | None = None
    count: int | None = None
    held: bool | None = None
    day: dt.date | None = None
    received_at: dt.datetime | None = None
    note: str | None = None


def frame(*rows: Row) -> pd.DataFrame:
    """The rows as a pandas frame."""
    return frame_of(arrow(*rows), ["count", "held"])


def arrow(*rows: Row) -> pa.Table:
    """The rows as an Arrow table."""
    # in UTC: once pandera is imported, pyarrow leaves out the offset of a Python datetime
    moments = [row.received_at and row.received_at.astimezone(dt.UTC) for row in rows]
    values = [
        vars(row) | {"received_at": moment} for row, moment in zip(rows, moments, strict=True)
    ]
    return pa.Table.from_pylist(values, schema=ALL_TYPES)


def some_entry(name: str = "core/observations/2021-H1/" + "0" * 32) -> TableEntry:
    """An entry whose file need not exist."""
    return TableEntry(files=(f"{name}.parquet",), rows=1, hash="0" * 64)


def holding(**periods: TableEntry) -> Manifest:
    """A manifest of ``core.observations`` alone; ``H1`` stands for ``2021-H1``."""
    tables = {"core.observations": {f"2021-{half}": entry for half, entry in periods.items()}}
    return Manifest(code="0.1.0", catalogue_hash="c", tables=tables)
