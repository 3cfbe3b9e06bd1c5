"""P5: everything that indicators of a period count in a register, beside decoding its columns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from benchmarks.registers import NAME, write_apart
from benchmarks.rows import Check, Given, Own, Peer, Row, lines_of
from benchmarks.sides import compare
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import RowsMeasure
from pipelines.evaluation.basis import Window
from pipelines.evaluation.bulk import count_rows

_GOAL = 1.0
_WINDOW: Window = (pd.Timestamp("2020-12-15"), pd.Timestamp("2021-06-14"))


def row(given: Given) -> Row:
    """Counts and decoding in turn over one file."""
    rows = given.sized(2_000_000, 50_000_000)
    file = write_apart(given.scratch / "register.parquet", rows, 0.0)
    names = {test.column for measure in _MEASURES.values() for test in measure.where}
    arguments = [str(file), ",".join(["unit_id", *sorted(names)])]
    decoded, sql, ours = compare(__name__, ["decode", "sql", "counts"], arguments, given.rounds)
    return Row(
        id="P5",
        size=f"{rows:,} rows, {ours.result['measures']} counts by unit".replace(",", "."),
        checks=(Check("ratio", ours.seconds / decoded.seconds, _GOAL, "×"),),
        seconds=ours.seconds,
        cpu_seconds=ours.cpu_seconds,
        peers=(
            Peer("pyarrow, decode only", decoded.seconds, "keeps nothing", decoded.peak_mib),
            Peer(
                "DuckDB, one count by unit",
                sql.seconds,
                f"{sql.result['resolved']} resolved, ours {ours.result['resolved']}",
                sql.peak_mib,
                ours.seconds / sql.seconds,
            ),
        ),
        peak_mib=ours.peak_mib,
        output=str(ours.result["hash"]),
        fast_path=lines_of("pipelines/evaluation/bulk.py"),
        own=Own(__name__, "counts", tuple(arguments)),
    )


def measures() -> dict[str, RowsMeasure]:
    """What indicators count in the register."""
    sides = [
        (f"{name}.{side}", measure)
        for name, entry in load_catalogue().indicators.items()
        for side, measure in (("numerator", entry.numerator), ("denominator", entry.denominator))
    ]
    return {
        name: measure
        for name, measure in sides
        if isinstance(measure, RowsMeasure) and measure.register_id == NAME
    }


_MEASURES = measures()  # reading the catalogue is part of starting up, as importing is


def counts(file: str, _: str) -> Mapping[str, object]:
    """All counts in one pass."""
    frame = count_rows([Path(file)], _MEASURES, ["unit_id"], _WINDOW)
    text = frame.to_csv(index=False)
    return {
        "measures": len(_MEASURES),
        "resolved": int(frame["tthc.resolution_rate.numerator"].sum()),
        "hash": hashlib.sha256(text.encode()).hexdigest()[:16],
    }


def decode(file: str, columns: str) -> Mapping[str, object]:
    """The columns that the counts need, decoded."""
    batches = pq.ParquetFile(file).iter_batches(columns=columns.split(","))
    return {"rows": sum(batch.num_rows for batch in batches)}


def sql(file: str, _: str) -> Mapping[str, object]:
    """The numerator of the resolution rate by hand, by unit."""
    query = """select unit_id, count(*) from read_parquet($1) where status = 'Đã giải quyết'
        and resolved_on between '2020-12-15' and '2021-06-14' group by unit_id"""
    with duckdb.connect(":memory:") as connection:
        found = connection.execute(query, [file]).fetchall()
    return {"resolved": sum(count for _, count in found)}


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {
    "decode": decode,
    "sql": sql,
    "counts": counts,
}
