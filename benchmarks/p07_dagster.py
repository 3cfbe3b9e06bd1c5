"""P7: a half-year's tables made by a Dagster run, beside the same two functions called plainly.

Imports and building the definitions are apart on both sides. Reports are not made: they cost the
same either way and would hide what the engine takes.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import dagster as dg

from benchmarks.country import build_country
from benchmarks.p09_country import forget, hash_of, raw_to_evaluated
from benchmarks.rows import Check, Given, Own, Peer, Row, lines_of
from benchmarks.sides import Side, compare
from benchmarks.workload import PERIOD
from pipelines.catalogue.load import load_catalogue
from pipelines.definitions import build_defs
from pipelines.orchestration import steps
from pipelines.orchestration.instance import opened_home
from pipelines.orchestration.jobs import EVALUATE_PERIOD
from pipelines.orchestration.lineage import asset_key
from pipelines.orchestration.resources import ProjectResource
from pipelines.orchestration.running import prepare_home
from pipelines.warehouse.manifest import read_manifest

_SMALL, _FULL, _LARGER = 102, 3321, 4
_RATIO = 1.1
_PROPOSAL = (
    "Most of the difference does not grow with units: definitions, two hundred events and a check "
    "of each table in SQLite. Measure at 3.321 units first; then write the checks of a table in "
    "one event, and judge the tables that the step still holds instead of reading them again."
)


def row(given: Given) -> Row:
    """Both in turn; then one run over a fourth of the units, whose events are counted."""
    communes = given.sized(_SMALL, _FULL)
    roots = [given.scratch / name for name in ("whole", "part")]
    for root, count in zip(roots, (communes, communes // _LARGER), strict=True):
        root.mkdir()
        build_country(root, count)
    rounds = [compare(__name__, ["plain", "run"], [str(roots[0])], 1) for _ in range(given.rounds)]
    (part,) = compare(__name__, ["run"], [str(roots[1])], 1)
    plain, run = ([pair[side] for pair in rounds] for side in (0, 1))
    ratio = statistics.median(_took(b) / _took(a) for a, b in zip(plain, run, strict=True))
    events, fewer = (int(str(side.result["events"])) for side in (run[-1], part))
    same = plain[-1].result["hash"] == run[-1].result["hash"]
    return Row(
        id="P7",
        proposal=_PROPOSAL,
        size=f"{communes} communes, raw → evaluated",
        checks=(
            Check("ratio", ratio, _RATIO, "×"),
            Check.holds("events do not grow", events == fewer),
            Check.holds("same table hashes", same),
        ),
        seconds=statistics.median(map(_took, run)),
        peers=(
            Peer(
                "the functions, called plainly",
                statistics.median(map(_took, plain)),
                str(plain[-1].result["hash"]),
                max(side.peak_mib for side in plain),
            ),
        ),
        peak_mib=max(side.peak_mib for side in run),
        output=str(run[-1].result["hash"]),
        fast_path=lines_of(
            "pipelines/orchestration/ingest_asset.py", "pipelines/orchestration/evaluate_asset.py"
        ),
        notes=(
            f"{events} events of {run[-1].result['bytes']} bytes.",
            f"With a fourth of the units: {fewer} events of {part.result['bytes']} bytes.",
        ),
        own=Own(__name__, "run", (str(roots[0]),)),
    )


def plain(folder: str) -> Mapping[str, object]:
    """The functions."""
    root = Path(folder)
    forget(root)
    began = time.perf_counter()
    tables = raw_to_evaluated(root)
    return {"took": time.perf_counter() - began, "hash": tables["hash"]}


def run(folder: str) -> Mapping[str, object]:
    """The assets of the same tables, materialized in one process, events kept on disk."""
    root = Path(folder)
    forget(root)
    home = prepare_home(root)
    defs = build_defs({"project": ProjectResource(root=str(root))})
    job, catalogue = defs.resolve_job_def(EVALUATE_PERIOD), load_catalogue()
    names = [*steps.ingest_tables(catalogue), *steps.evaluate_tables(catalogue)]
    wanted = [asset_key(name) for name in names]
    with opened_home(home) as instance:
        began = time.perf_counter()
        result = job.execute_in_process(
            instance=instance, partition_key=PERIOD, asset_selection=wanted
        )
        took = time.perf_counter() - began
    told = [dg.serialize_value(event) for event in result.all_events]
    return {
        "took": took,
        "hash": hash_of(read_manifest(root)),
        "events": len(told),
        "bytes": sum(len(event.encode()) for event in told),
    }


def _took(side: Side) -> float:
    return float(str(side.result["took"]))


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {"plain": plain, "run": run}
