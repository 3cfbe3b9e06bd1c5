"""P1: workbooks, raw file → committed observations, findings, accounts, beside the mere parse.

The pipeline's side has everything switched on: the safety scan, the independent count of cells,
content hashing, rules, contracts, the commit. The peer only parses the same files with the
fastest reader there is and the same number of threads.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import fastexcel

from benchmarks.rows import Check, Given, Own, Peer, Row, lines_of
from benchmarks.sides import compare
from benchmarks.workload import PERIOD, build_root, files_of
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.storing import write_tables
from pipelines.warehouse.manifest import commit

THREADS = os.cpu_count() or 1
_SMALL, _FULL = 200, 10_600
_ALIKE = (
    "rows with the same bytes are scanned once: here one workbook is sent under many names, so that"
    " 98 % of the rows have been met before; among the shipped files of a period 86 % have"
)
# CPU a workbook, one process, 200 workbooks of this size; shares by cProfile, which weighs Python
# more than the libraries
_PROPOSAL = (
    "Reading a workbook takes 18 ms of CPU (32 to 37 before rows, labels and catalogues were "
    "remembered), fastexcel's parse 2.5, python-calamine's 5.2, unzipping alone 1.2. Of the "
    "reading go 23 % to values by calamine, 16 % to joining them with the scan, 17 % to the "
    "scan, 24 % to the pages' layout and cells, 9 % to identifying. Not built, upper bounds: "
    "values by fastexcel with their types, 2.7 ms; layout and identifying remembered for "
    "workbooks whose label cells are all the same, 6 ms. Both together leave 9 ms, 3.7 ×; 2.5 ×"
    " needs the scan and the joining outside Python, in a compiled library, too. Rows met "
    "before must be counted by the scan apart from the values: remembering values with rows "
    "would make the second count no count."
)
_GOAL, _STRETCH, _PEAK_MIB = 2.5, 1.5, 1536


def row(given: Given) -> Row:
    """Pipeline and parse in turn over the same files."""
    workbooks = given.sized(_SMALL, _FULL)
    build_root(given.scratch, workbooks)
    arguments = [str(given.scratch)]
    peer, ours = compare(__name__, ["peer", "pipeline"], arguments, given.rounds)
    return Row(
        id="P1",
        size=f"{workbooks} workbooks",
        checks=(
            Check("ratio", ours.seconds / peer.seconds, _GOAL, "×", stretch=_STRETCH),
            Check("peak", ours.peak_mib, _PEAK_MIB, "MiB"),
        ),
        seconds=ours.seconds,
        cpu_seconds=ours.cpu_seconds,
        peers=(
            Peer(
                f"fastexcel, parse only, {THREADS} threads",
                peer.seconds,
                "keeps row counts only",
                peer.peak_mib,
            ),
        ),
        peak_mib=ours.peak_mib,
        output=str(ours.result["hash"]),
        fast_path=lines_of(
            "pipelines/intake/batch.py",
            "pipelines/intake/workers.py",
            "pipelines/intake/plain_sheet.py",
            "pipelines/vietnamese/remembering.py",
            "pipelines/catalogue/remembering.py",
        ),
        notes=(f"{ours.result}", _ALIKE),
        proposal=_PROPOSAL,
        own=Own(__name__, "pipeline", (str(given.scratch),)),
    )


def parse_only(folder: str) -> Mapping[str, object]:
    """Every sheet of every workbook through fastexcel, nothing kept but the number of rows."""
    with ThreadPoolExecutor(THREADS) as threads:
        rows = sum(threads.map(_rows, files_of(Path(folder))))
    return {"rows": rows}


def _rows(path: Path) -> int:
    book = fastexcel.read_excel(path.read_bytes())
    sheets = [book.load_sheet(name, header_row=None, dtypes="string") for name in book.sheet_names]
    return sum(sheet.height for sheet in sheets)


def pipeline(folder: str) -> Mapping[str, object]:
    """Raw files → committed tables."""
    root, stages = Path(folder), {}
    catalogue = load_catalogue()
    with _timed(stages, "ingest"):
        tables = steps.ingest(root, catalogue, PERIOD)
    with _timed(stages, "write and commit"):
        manifest = commit(root, write_tables(root, catalogue, PERIOD, tables))
    wanted = ("core.observations", "core.findings", "intake.accounts")
    entries = [manifest.tables[name][PERIOD] for name in wanted]
    together = hashlib.sha256(" ".join(entry.hash for entry in entries).encode()).hexdigest()
    return {
        "stages": stages,
        "rows": sum(entry.rows for entry in entries),
        "hash": together[:16],
        "accepted": int(tables["intake.submissions"]["status"].str.startswith("accepted").sum()),
    }


@contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    stages[name] = round(time.perf_counter() - began, 2)


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {
    "peer": parse_only,
    "pipeline": pipeline,
}
