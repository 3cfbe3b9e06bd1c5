"""P2: fourteen rules over a register of dossiers, beside the same rules in hand-written SQL.

Both read the same Parquet file. Ours takes every rule from the catalogue, counts per rule and
keeps the first hundred rows of each; the SQL counts only. The counts must be equal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.registers import NAME, with_fourteen_rules, write_apart
from benchmarks.rows import Check, Given, Own, Peer, Row, lines_of
from benchmarks.sides import compare
from pipelines.orchestration.bulk_register import BATCH_ROWS, whole_batches
from pipelines.validation.bulk import Judged, judge, typed_batch

_CATALOGUE, _RULES = with_fourteen_rules()
_GOAL, _STRETCH = 1.0, 0.6
PATH = (
    "pipelines/catalogue/operators_polars.py",
    "pipelines/validation/bulk.py",
    "pipelines/orchestration/bulk_register.py",
)
_REQUIRED = ("dossier_code", "unit_id", "field", "channel", "received_on", "due_on", "status")
_SQL = """
select {required},
  count(*) filter (channel not in ('Trực tuyến mức độ 3', 'Trực tuyến mức độ 4',
    'Trực tiếp, bưu chính')) as "CELL-LIST channel",
  count(*) filter (status not in ('Đã giải quyết', 'Đang giải quyết')) as "CELL-LIST status",
  count(*) filter (resolved_on < received_on) as "HS-01",
  (select count(*) - count(distinct (submission_id, dossier_code)) from read_parquet($1)
    where dossier_code is not null) as "HS-02",
  count(*) filter (coalesce(status = 'Đã giải quyết', false) <> (resolved_on is not null)
    and not (status is null and resolved_on is null)) as "HS-03",
  count(*) filter (due_on < received_on) as "HS-B1",
  count(*) filter (not regexp_full_match(dossier_code, 'H[0-9]{{5}}-[0-9]+')) as "HS-B2"
from read_parquet($1)
"""


def row(given: Given) -> Row:
    """Ours and the SQL in turn over one file."""
    rows = given.sized(1_000_000, 10_000_000)
    file = write_apart(given.scratch / "register.parquet", rows, 0.01)
    arguments = [str(file)]
    sql, ours = compare(__name__, ["sql", "catalogue"], arguments, given.rounds)
    return Row(
        id="P2",
        size=f"{rows:,}".replace(",", ".") + " rows, 14 rules, 1 % bad",
        checks=(
            Check("ratio", ours.seconds / sql.seconds, _GOAL, "×", stretch=_STRETCH),
            Check.holds("equal counts", ours.result["hash"] == sql.result["hash"]),
        ),
        seconds=ours.seconds,
        cpu_seconds=ours.cpu_seconds,
        peers=(
            Peer(
                "DuckDB, hand-written SQL, counts only",
                sql.seconds,
                str(sql.result["hash"]),
                sql.peak_mib,
            ),
        ),
        peak_mib=ours.peak_mib,
        output=str(ours.result["hash"]),
        fast_path=lines_of(*PATH),
        notes=(f"{ours.result['violations']} violations; both read the Parquet file.",),
        own=Own(__name__, "catalogue", (str(file),)),
        proposal="All rules as one lazy plan over the file, uniqueness by sorted hashes per unit.",
    )


def catalogue(file: str) -> Mapping[str, object]:
    """The catalogue's rules, batch by batch."""
    judged = judged_of(Path(file))
    counts = {
        f"{rule} {column}" if rule.startswith("CELL") else rule: n
        for (rule, column), n in judged.counts.items()
    }
    return _told(counts)


def judged_of(file: Path) -> Judged:
    """A file judged by the fourteen rules."""
    register = _CATALOGUE.registers[NAME]
    batches = (
        typed_batch(batch.with_columns(pl.col("unit_id").alias("unit")), register)
        for batch in whole_batches(file, BATCH_ROWS)
    )
    return judge(batches, register, _CATALOGUE, rules=_RULES)


def sql(file: str) -> Mapping[str, object]:
    """The same rules by hand."""
    required = ",\n".join(
        f'count(*) filter ({name} is null) as "CELL-MISSING {name.replace("unit_id", "unit")}"'
        for name in _REQUIRED
    )
    with duckdb.connect(":memory:") as connection:
        counted = connection.execute(_SQL.format(required=required), [file])
        names = [column[0] for column in counted.description or ()]
        return _told(dict(zip(names, counted.fetchone() or (), strict=True)))


def _told(counts: Mapping[str, int]) -> Mapping[str, object]:
    text = json.dumps(dict(sorted(counts.items())), ensure_ascii=False)
    return {
        "violations": sum(counts.values()),
        "counts": counts,
        "hash": hashlib.sha256(text.encode()).hexdigest()[:16],
    }


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {"sql": sql, "catalogue": catalogue}
