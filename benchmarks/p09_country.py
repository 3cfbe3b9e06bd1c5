"""P9: the half-year of a made-up country, from raw files to a committed, evaluated period.

Everything counts: receipts, reading, rules, writing, evaluation, the commit. Pages are apart, in
``p09_pages``.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from benchmarks.country import build_country
from benchmarks.rows import Check, Given, Own, Row, lines_of
from benchmarks.sides import compare
from benchmarks.workload import PERIOD
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration.publishing import ingest_period, publish_period
from pipelines.orchestration.stages import measured
from pipelines.warehouse.manifest import Manifest

_SMALL, _FULL = 102, 3321
_SECONDS, _MIB = 120, 2048
_AT = dt.datetime(2021, 6, 10, 8, tzinfo=dt.timezone(dt.timedelta(hours=7)))
_KEPT = frozenset({"raw", "workspace.yaml"})


def row(given: Given) -> Row:
    """One side: nobody else does this work."""
    communes = given.sized(_SMALL, _FULL)
    root = given.scratch / "country"
    root.mkdir()
    build_country(root, communes)
    (ours,) = compare(__name__, ["fresh"], [str(root)], given.rounds)
    return Row(
        id="P9",
        size=f"{communes} communes and their provinces, raw → evaluated",
        checks=(
            Check("time", ours.seconds, _SECONDS, "s"),
            Check("peak", ours.peak_mib, _MIB, "MiB"),
        ),
        seconds=ours.seconds,
        cpu_seconds=ours.cpu_seconds,
        peak_mib=ours.peak_mib,
        output=str(ours.result["hash"]),
        fast_path=lines_of("pipelines/orchestration/steps.py"),
        notes=(f"Seconds by stage: {ours.result['stages']}.",),
        own=Own(__name__, "fresh", (str(root),)),
    )


def fresh(folder: str) -> Mapping[str, object]:
    """The half-year where nothing was read before: hash, rows, seconds by stage."""
    root = Path(folder)
    forget(root)
    with measured() as spent:
        tables = raw_to_evaluated(root)
    stages = {name: round(seconds, 2) for name, seconds in spent.stages.items()}
    return {**tables, "stages": stages}


def raw_to_evaluated(root: Path) -> Mapping[str, object]:
    """Read, judge, evaluate and commit the period.

    Returns:
        ``hash`` over the hashes of all tables of the period, and how many ``rows`` they have.
    """
    catalogue = load_catalogue()
    ingest_period(root, catalogue, PERIOD, at=_AT, who="benchmark")
    published, _ = publish_period(root, catalogue, PERIOD)
    rows = sum(entry.rows for periods in published.tables.values() for entry in periods.values())
    return {"hash": hash_of(published), "rows": rows}


def hash_of(manifest: Manifest) -> str:
    """One hash over the hashes of all tables."""
    told = "\n".join(
        f"{name} {key} {entry.hash}"
        for name, periods in sorted(manifest.tables.items())
        for key, entry in sorted(periods.items())
    )
    return sha256(told.encode()).hexdigest()[:16]


def forget(root: Path) -> None:
    """Take away everything that is not an input."""
    for path in root.iterdir():
        if path.name not in _KEPT:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {"fresh": fresh}
