"""A clerk's whole errand, received file to report, that a test may kill anywhere.

Belongs here: the errand, the state it starts from, what it must end in. The tables are computed
once and kept in a file: what is tried here is what stands on the disk, and other tests see to it
that computing twice gives the same.
"""

import datetime as dt
import hashlib
import multiprocessing
import os
import pickle
import resource
import shutil
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
import openpyxl

from pipelines.catalogue.load import load_catalogue
from pipelines.intake.appending import POINTS as LINE_POINTS
from pipelines.intake.appending import TORN
from pipelines.intake.journal import read_journal
from pipelines.intake.period_states import NEVER_OPENED, state_of
from pipelines.orchestration import steps
from pipelines.orchestration.filing import Registry, Said
from pipelines.orchestration.period_command import record
from pipelines.orchestration.problems import KNOWN, problem_of
from pipelines.orchestration.publishing import ingest_period, publish_period
from pipelines.orchestration.report_asset import published_folder
from pipelines.orchestration.steps import journal_path
from pipelines.reports import notebook
from pipelines.warehouse.failpoints import POINTS, VARIABLE
from pipelines.warehouse.manifest import read_manifest
from tests.orchestration.mini import PERIOD, build

ALL_POINTS = (*POINTS, *LINE_POINTS)
DESK = "desk"
NEXT = "2021-H2"
BUSY, FULL = 3, 4
_CODES = {"QCDC-W02": BUSY, "QCDC-W08": FULL}
SENDER = "nv-mh"
CUT = b'{"at": "2021-06-1'
AT = dt.datetime.fromisoformat("2021-06-20T08:00:00+07:00")
_CONTEXT = multiprocessing.get_context("forkserver")


def begin(root: Path) -> Path:
    """A small project whose journal was cut, with one file on the desk and one dropped."""
    build(root)
    (book,) = (root / "raw" / PERIOD / SENDER).glob("*.xlsx")
    (root / DESK).mkdir()
    stamp(book, root / DESK / "lan2.xlsx", "lần 2")
    # in a folder that the run finds it in
    stamp(book, book.with_name("lan3.xlsx"), "lần 3")
    (root / "notebooks").mkdir()
    (root / "notebooks" / "half_year.ipynb").write_text("{}", encoding="utf-8")
    with journal_path(root, PERIOD).open("ab") as journal:
        journal.write(CUT)
    return root


def stamp(source: Path, target: Path, text: str) -> None:
    """The same answers in other bytes: a property of the workbook says which one it is."""
    book = openpyxl.load_workbook(source)
    book.properties.description = text
    book.properties.created = book.properties.modified = AT.replace(tzinfo=None)
    book.save(target)


def errand(root: Path, kept: Path, *, keep: bool = True) -> None:
    """Open the next period, receive, take up the dropped file, evaluate, publish, report."""
    open_next(root)
    catalogue = load_catalogue()
    with remembering(kept, keep=keep):
        units = steps.reference_tables(root, catalogue)["ref.units"]
        registry = Registry(root, catalogue, units, newest=PERIOD, at=AT, who="văn thư")
        registry.receive([root / DESK / "lan2.xlsx"], Said(PERIOD, SENDER, False, {}))
        ingest_period(root, catalogue, PERIOD, at=AT, who="qcdc")
        publish_period(root, catalogue, PERIOD)
    page = nbformat.v4.new_notebook()
    with (
        patch.object(notebook, "_execute", lambda *_: page),
        patch.object(notebook, "_html", lambda _: "<h1>Báo cáo</h1>"),
    ):
        notebook.render_notebook(
            root, notebook=root / "notebooks" / "half_year.ipynb", period=PERIOD,
            outputs=published_folder(root, PERIOD),
        )  # fmt: skip


def open_next(root: Path) -> None:
    """Open the next period, unless it was: its journal is then a new file."""
    if state_of(read_journal(journal_path(root, NEXT)).entries) == NEVER_OPENED:
        record(root, NEXT, "open", at=AT, who="thường trực Ban Chỉ đạo", why=None)


def remembering(kept: Path, *, keep: bool) -> Any:
    """``steps`` with the tables of these journals, as ``kept`` has them or will have them."""
    known: dict[str, Any] = pickle.loads(kept.read_bytes()) if kept.is_file() else {}  # noqa: S301 — our own file
    names = ("reference_tables", "ingest", "evaluate")
    compute = {name: getattr(steps, name) for name in names}

    def remember(what: str, key: str, *arguments: Any) -> Any:
        if f"{what} {key}" not in known:
            known[f"{what} {key}"] = compute[what](*arguments)
            if keep:
                kept.write_bytes(pickle.dumps(known))
        return known[f"{what} {key}"]

    def ingest(root: Path, *rest: Any) -> Any:
        return remember("ingest", _digest(journal_path(root, PERIOD).read_bytes()), root, *rest)

    def evaluate(catalogue: Any, period: str, tables: Any, as_of: Any, earlier: Any) -> Any:
        ids = ",".join(sorted(tables["intake.submissions"]["submission_id"]))
        return remember("evaluate", f"{as_of} {ids}", catalogue, period, tables, as_of, earlier)

    def reference(root: Path, catalogue: Any) -> Any:
        return remember("reference_tables", "", root, catalogue)

    return patch.multiple(
        steps,
        reference_tables=reference,
        ingest=ingest,
        evaluate=evaluate,
        check_invariants=lambda *_: None,
    )


def run_apart(
    root: Path, kept: Path, *, failpoint: str = "", seconds: float | None = None, room: int = 0
) -> int:
    """The errand in a process of its own, forked from one that has the imports; its exit code.

    Args:
        root: The project.
        kept: Where computed tables are kept.
        failpoint: Place to die at.
        seconds: When to kill it from outside.
        room: The largest file it may write, in bytes; 0 for any.
    """
    process = _CONTEXT.Process(target=_apart, args=(root, kept, failpoint, room))
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
    process.join()
    return process.exitcode or 0


def _apart(root: Path, kept: Path, failpoint: str, room: int) -> None:
    os.environ[VARIABLE] = failpoint
    if room:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        errand(root, kept, keep=not room)
    except KNOWN as error:
        sys.exit(_CODES[problem_of(error, PERIOD).code])


def preload() -> None:
    """Let the process that the others are forked from import and load everything once."""
    _CONTEXT.set_forkserver_preload(["tests.end_to_end.crashing_loaded"])


def outcome(root: Path) -> dict[str, str]:
    """What must come out the same: table hashes, journals, received files, the report."""
    tables = read_manifest(root).tables
    hashes = {f"{t}/{p}": e.hash for t, periods in tables.items() for p, e in periods.items()}
    files = [*(root / "raw").rglob("*"), *published_folder(root, PERIOD).rglob("*")]
    whole = [path for path in files if path.is_file() and not path.name.endswith((".tmp", TORN))]
    return hashes | {p.relative_to(root).as_posix(): _digest(p.read_bytes()) for p in whole}


def fresh(start: Path, root: Path) -> Path:
    """A copy of the state that the errand starts from."""
    shutil.copytree(start, root)
    return root


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
