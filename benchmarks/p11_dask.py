"""P11: a period's files read on a Dask cluster of one and of two workers, beside this machine.

Scheduler and workers are the programs of ``dask``, started as docs/quy-mo.md says, on the loopback
address; a side only connects. The peer reads with as many processes of this machine as the cluster
has workers, so that the ratio is what the engine costs: connections, pickling, copies.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

from benchmarks.rows import ROOT, Check, Given, Own, Peer, Row, lines_of
from benchmarks.sides import compare
from benchmarks.workload import PERIOD, build_root
from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.intake import executors
from pipelines.intake.batch import FileReading, FileTask, read_in_workers
from pipelines.intake.workers import map_safely
from pipelines.orchestration import steps
from pipelines.places.naming import Directory
from pipelines.warehouse.hashing import table_hash

_SMALL, _FULL = 200, 2_000
_PATIENCE_SECONDS = 60
_WORKERS = (1, 2)


def row(given: Given) -> Row:
    """Four sides in turn over the same files: this machine and a cluster, one worker and two."""
    workbooks = given.sized(_SMALL, _FULL)
    root = given.scratch / "project"
    root.mkdir()
    build_root(root, workbooks)
    with ExitStack() as clusters:
        addresses = [
            clusters.enter_context(_cluster(given.scratch / f"cluster-{count}", count))
            for count in _WORKERS
        ]
        arguments = [str(root), *addresses]
        sides = compare(__name__, list(SIDES), arguments, given.rounds)
    one, two, cluster_one, cluster_two = sides
    hashes = {str(side.result["hash"]) for side in sides}
    return Row(
        id="P11",
        size=f"{workbooks} workbooks",
        checks=(Check.holds("same table hashes", len(hashes) == 1),),
        seconds=cluster_two.seconds,
        peers=tuple(
            Peer(name, side.seconds, str(side.result["hash"]), side.peak_mib, ours / side.seconds)
            for name, side, ours in (
                ("Dask, 1 worker", cluster_one, cluster_two.seconds),
                ("this machine, 1 process (ratio: Dask, 1 worker ÷ it)", one, cluster_one.seconds),
                ("this machine, 2 processes", two, cluster_two.seconds),
            )
        ),
        peak_mib=cluster_two.peak_mib,
        output=str(cluster_two.result["hash"]),
        fast_path=lines_of("pipelines/intake/executors.py", "pipelines/intake/workers.py"),
        notes=(
            (
                f"The engine costs {cluster_one.seconds / one.seconds:.2f} × with one worker, "
                f"{cluster_two.seconds / two.seconds:.2f} × with two."
            ),
            (
                f"Two workers take {cluster_two.seconds / cluster_one.seconds:.2f} of one's time, "
                f"two processes {two.seconds / one.seconds:.2f} of one's."
            ),
            "Settling what was read is one process in all four: it bounds what workers can give.",
            f"Reading alone, last round: {[side.result['reading'] for side in sides]} s.",
            "Times and memory of the workers are not in the side's: they run apart from it.",
        ),
        own=Own(__name__, "machine, 2", tuple(arguments)),
    )


@contextmanager
def _cluster(folder: Path, workers: int) -> Iterator[str]:
    """A scheduler and its workers on the loopback address; the scheduler's address."""
    folder.mkdir()
    described = folder / "scheduler.json"
    dask = [str(Path(sys.executable).with_name("dask"))]
    local = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(described)]
    programs = [
        [*dask, "scheduler", *local, "--port", "0", "--dashboard-address", "127.0.0.1:0"],
        [*dask, "worker", *local, "--nworkers", str(workers), "--nthreads", "1",
         "--local-directory", str(folder)],
    ]  # fmt: skip
    told = os.environ | {"DASK_DISTRIBUTED__WORKER__DAEMON": "False", "PYTHONPATH": str(ROOT)}
    running: list[subprocess.Popen[bytes]] = []
    try:
        for command in programs:
            running.append(_started(command, told, folder))
            _address(described)
        yield _address(described)
    finally:
        for program in reversed(running):
            program.terminate()
            program.wait()


def _started(
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    with (folder / f"{command[1]}.log").open("wb") as log:
        return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)


def _address(described: Path) -> str:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        if described.is_file() and (text := described.read_text(encoding="utf-8")):
            return str(json.loads(text)["address"])
        time.sleep(0.1)
    msg = f"no scheduler within {_PATIENCE_SECONDS} s"
    raise TimeoutError(msg)


def machine(folder: str, *_: str, processes: int) -> Mapping[str, object]:
    """Read with so many processes of this machine."""
    here = partial(map_safely, processes=processes)
    with patch.object(executors, "map_safely", here):
        return _tables(Path(folder))


def cluster(folder: str, *addresses: str, which: int) -> Mapping[str, object]:
    """Read on one of the clusters."""
    os.environ[executors.VARIABLE] = addresses[which]
    return _tables(Path(folder))


def _tables(root: Path) -> Mapping[str, object]:
    spent: list[float] = []

    def timed(
        catalogue: Catalogue, directory: Directory, tasks: Sequence[FileTask]
    ) -> list[FileReading]:
        began = time.perf_counter()
        readings = read_in_workers(catalogue, directory, tasks)
        spent.append(time.perf_counter() - began)
        return readings

    catalogue = load_catalogue()
    tables = steps.ingest(root, catalogue, PERIOD, read=timed)
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(table_hash(tables[name], table_contract(catalogue, name)).encode())
    return {"hash": digest.hexdigest()[:16], "reading": round(sum(spent), 2)}


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {
    "machine, 1": partial(machine, processes=1),
    "machine, 2": partial(machine, processes=2),
    "cluster, 1": partial(cluster, which=0),
    "cluster, 2": partial(cluster, which=1),
}
