"""P6: a run after one workbook has changed, or none, beside a rebuild from the files alone.

Receiving, reading, rules, evaluation and the commit count; start-up and imports do not. The hashes
of all tables are those of a rebuild in which nothing is kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl

from benchmarks.rows import Check, Given, Own, Peer, Row, lines_of
from benchmarks.sides import compare
from benchmarks.workload import PERIOD, build_root, files_of
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration.publishing import ingest_period, publish_period
from pipelines.orchestration.stages import measured
from pipelines.warehouse.manifest import read_manifest

_SMALL, _FULL = 200, 10_600
_ONE_SECONDS, _NONE_SECONDS = 3.0, 2.0
_AT = dt.datetime(2021, 6, 12, 9, tzinfo=dt.timezone(dt.timedelta(hours=7)))
# files must have been at rest for a while before they are taken for unchanged by their looks
_REST_SECONDS = 3


def row(given: Given) -> Row:
    """One changed, none changed, everything anew, in turn over the same files."""
    workbooks = given.sized(_SMALL, _FULL)
    build_root(given.scratch, workbooks)
    time.sleep(_REST_SECONDS)
    arguments = [str(given.scratch)]
    full(*arguments)  # what is kept is there before the first round
    one, none, whole = compare(
        __name__, ["one_changed", "none_changed", "full"], arguments, given.rounds
    )
    same = one.result["hash"] == none.result["hash"] == whole.result["hash"]
    return Row(
        id="P6",
        size=f"{workbooks} workbooks",
        checks=(
            Check("one changed", float(str(one.result["seconds"])), _ONE_SECONDS, "s"),
            Check("none changed", none.seconds, _NONE_SECONDS, "s"),
            Check.holds("same hashes", same),
        ),
        seconds=one.seconds,
        cpu_seconds=one.cpu_seconds,
        peers=(Peer("a full re-run", whole.seconds, str(whole.result["hash"]), whole.peak_mib),),
        peak_mib=one.peak_mib,
        output=str(one.result["hash"]),
        fast_path=lines_of(
            "pipelines/intake/kept_readings.py",
            "pipelines/intake/known_hashes.py",
            "pipelines/orchestration/kept_files.py",
            "pipelines/orchestration/standing.py",
        ),
        notes=(f"one changed: {one.result}", f"none changed: {none.result}"),
        proposal="Rules and evaluation still run over all units when one has changed: keep their "
        "results by the hash of a unit's rows, as readings are kept by the hash of a file.",
        own=Own(__name__, "one_changed", (str(given.scratch),)),
    )


def one_changed(folder: str) -> Mapping[str, object]:
    """A workbook was replaced since the last run."""
    path = files_of(Path(folder))[0]
    book = openpyxl.load_workbook(path)
    book.properties.title = hashlib.sha256(path.read_bytes()).hexdigest()
    book.save(path)
    return none_changed(folder)


def none_changed(folder: str) -> Mapping[str, object]:
    """A run over what is there."""
    root, catalogue = Path(folder), load_catalogue()
    with measured() as spent:
        ingest_period(root, catalogue, PERIOD, at=_AT, who="benchmark")
        publish_period(root, catalogue, PERIOD)
    entries = read_manifest(root).tables
    hashes = [f"{name} {next(iter(entries[name].values())).hash}" for name in sorted(entries)]
    together = hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    stages = {name: round(took, 2) for name, took in spent.stages.items()}
    return {"hash": together[:16], "seconds": round(spent.seconds, 2), "stages": stages}


def full(folder: str) -> Mapping[str, object]:
    """The same without a warehouse or anything kept."""
    shutil.rmtree(Path(folder) / "warehouse", ignore_errors=True)
    return none_changed(folder)


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {
    "one_changed": one_changed,
    "none_changed": none_changed,
    "full": full,
}
