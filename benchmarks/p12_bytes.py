"""P12: what a register takes in the warehouse, beside the same rows as CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow.csv as pc
import pyarrow.parquet as pq

from benchmarks.registers import NAME, write_apart
from benchmarks.rows import Check, Given, Own, Row, lines_of
from benchmarks.sides import compare
from benchmarks.workload import PERIOD
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration.bulk_register import take_register
from pipelines.warehouse.manifest import warehouse_folder

_GOAL = 0.15


def row(given: Given) -> Row:
    """A register written to the warehouse, its files read and written as CSV."""
    rows = given.sized(1_000_000, 10_000_000)
    file = write_apart(given.scratch / "register.parquet", rows, 0.0)
    arguments = [str(file)]
    (written,) = compare(__name__, ["written"], arguments, 1)
    ours, text = (int(str(written.result[name])) for name in ("warehouse", "csv"))
    return Row(
        id="P12",
        size=f"{rows:,} rows of dossiers".replace(",", "."),
        checks=(Check("bytes", ours / text, _GOAL, "×"),),
        seconds=written.seconds,
        output=str(written.result["hash"]),
        fast_path=lines_of("pipelines/warehouse/parts.py", "pipelines/warehouse/store.py"),
        notes=(f"{ours / 1e6:.1f} MB beside {text / 1e6:.1f} MB of CSV with the same columns.",),
        own=Own(__name__, "written", tuple(arguments)),
    )


def written(file: str) -> Mapping[str, object]:
    """Bytes both ways."""
    root = Path(file).with_suffix(".root")
    made = take_register(root, load_catalogue(), NAME, PERIOD, Path(file), is_illustrative=True)
    folder = warehouse_folder(root)
    paths = [folder / name for name in made.entry.files]
    size = 0
    for path in paths:
        out = path.with_suffix(".csv")
        pc.write_csv(pq.read_table(path), out)
        size += out.stat().st_size
        out.unlink()
    return {
        "warehouse": sum(path.stat().st_size for path in paths),
        "csv": size,
        "hash": made.entry.hash[:16],
    }


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {"written": written}
