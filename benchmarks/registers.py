"""A made-up register of dossiers, of any size, the same rows every time.

Belongs here: rows, a known share of them bad, rules beyond the catalogue's three. Does not belong
here: timing (``sides``). Units and fields are neutral, nothing is real.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.workload import PERIOD
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue, Rule
from pipelines.catalogue.schemas import register_rules

NAME = "dossiers"
UNITS, FIELDS = 3_321, 40
_SEED, _FIRST, _DAYS = 20_210_610, np.datetime64("2020-12-15"), 182
_CHANNELS = ("Trực tuyến mức độ 3", "Trực tuyến mức độ 4", "Trực tiếp, bưu chính")
_STATUSES = ("Đã giải quyết", "Đang giải quyết")
_CHUNK = 500_000


def with_fourteen_rules() -> tuple[Catalogue, list[Rule]]:
    """The catalogue with two more rules on dossiers: with what its columns demand, fourteen."""
    catalogue = load_catalogue()
    own = register_rules(catalogue, NAME)
    model = own[0]
    due = model.model_copy(
        update={"id": "HS-B1", "operator": ">=", "left": ["due_on"], "right": ["received_on"]}
    )
    code = {"operator": "pattern", "left": ["dossier_code"], "right": [], "pattern": r"H\d{5}-\d+"}
    return catalogue, [*own, due, model.model_copy(update={"id": "HS-B2"} | code)]


def write_register(file: Path, rows: int, bad: float) -> Path:
    """Write a register as Parquet, units in order, a submission each.

    Args:
        file: Where.
        rows: How many.
        bad: Share of rows that break a rule, a seventh of them each of seven ways.

    Returns:
        The file.
    """
    writer: pq.ParquetWriter | None = None
    for frame in frames(rows, bad):
        table = frame.to_arrow().cast(_plain(frame.to_arrow().schema))
        if writer is None:
            writer = pq.ParquetWriter(file, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()
    return file


def write_apart(file: Path, rows: int, bad: float) -> Path:
    """``write_register`` in a process of its own: what it holds is not counted with what is timed.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    command = [sys.executable, "-m", "benchmarks.registers", str(file), str(rows), str(bad)]
    subprocess.run(command, check=True)
    return file


def _plain(schema: pa.Schema) -> pa.Schema:
    """Text as every reader knows it."""
    for place, field in enumerate(schema):
        if pa.types.is_large_string(field.type) or pa.types.is_string_view(field.type):
            schema = schema.set(place, field.with_type(pa.string()))
    return schema


def frames(rows: int, bad: float) -> Iterator[pl.DataFrame]:
    """The rows, so many at a time."""
    for number, start in enumerate(range(0, rows, _CHUNK)):
        yield _frame(
            start, min(_CHUNK, rows - start), rows, bad, np.random.default_rng([_SEED, number])
        )


def _frame(start: int, size: int, rows: int, bad: float, rng: np.random.Generator) -> pl.DataFrame:
    place = np.arange(start, start + size)
    unit = place * min(UNITS, rows) // rows
    received = _FIRST + rng.integers(0, _DAYS, size)
    resolved = received + rng.integers(0, 20, size)
    frame = pl.DataFrame({
        "unit": unit, "place": place,
        "field": rng.integers(0, FIELDS, size),
        "channel": rng.integers(0, len(_CHANNELS), size),
        "received_on": received.astype("datetime64[us]"),
        "due_on": (received + 20).astype("datetime64[us]"),
        "resolved_on": resolved.astype("datetime64[us]"),
        "done": rng.random(size) < 0.9,
        "harm": np.where(rng.random(size) < bad, rng.integers(1, 8, size), 0),
    })  # fmt: skip
    return _harmed(_worded(frame))


def _worded(frame: pl.DataFrame) -> pl.DataFrame:
    unit = "xa-mh-" + (pl.col("unit") + 1).cast(pl.String).str.zfill(5)
    code = "H" + pl.col("unit").cast(pl.String).str.zfill(5) + "-" + pl.col("place").cast(pl.String)
    return frame.select(
        submission_id=PERIOD + "/" + unit + "/01",
        row=pl.col("place"),
        unit_id=unit,
        dossier_code=code,
        field="Lĩnh vực minh họa " + pl.col("field").cast(pl.String).str.zfill(2),
        channel=pl.lit(pl.Series(_CHANNELS)).gather(pl.col("channel")),
        received_on=pl.col("received_on"),
        due_on=pl.col("due_on"),
        resolved_on=pl.when("done").then("resolved_on"),
        status=pl.when("done").then(pl.lit(_STATUSES[0])).otherwise(pl.lit(_STATUSES[1])),
        harm=pl.col("harm"),
    )


def _harmed(frame: pl.DataFrame) -> pl.DataFrame:
    """Seven ways to be wrong; a code that comes twice is the one of the row before."""
    harm, day = pl.col("harm"), pl.duration(days=30)
    return frame.with_columns(
        received_on=pl.when(harm == 1).then(None).otherwise("received_on"),
        resolved_on=pl.when(harm == 2).then(pl.col("received_on") - day).otherwise("resolved_on"),
        channel=pl.when(harm == 3).then(pl.lit("khác")).otherwise("channel"),
        dossier_code=pl.when(harm == 4)
        .then(pl.col("dossier_code").shift(1, fill_value="H00000-0"))
        .when(harm == 5)
        .then(pl.lit("x") + pl.col("dossier_code"))
        .otherwise("dossier_code"),
        due_on=pl.when(harm == 6).then(pl.col("received_on") - day).otherwise("due_on"),
        status=pl.when(harm == 7).then(None).otherwise("status"),
    ).drop("harm")


if __name__ == "__main__":
    write_register(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
