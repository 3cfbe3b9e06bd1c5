"""A clerk's whole errand, received file to report, that a test may kill anywhere.

Belongs here: the errand, the state it starts from, what it must end in. The tables are computed
once and kept in a file: what is tried here is what stands on the disk, and other tests see to it
that computing twice gives the same.
"""

import datetime as dt
import hashlib
import json
import os
import pickle
import resource
import shutil
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any, Self
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
from pipelines.orchestration.steps import journal_path
from pipelines.reports import notebook
from pipelines.warehouse import lock
from pipelines.warehouse.failpoints import POINTS, VARIABLE
from pipelines.warehouse.manifest import published_folder, read_manifest
from tests.orchestration.mini import PERIOD, ROOT, build

ALL_POINTS = (*POINTS, *LINE_POINTS)
DESK = "desk"
NEXT = "2021-H2"
BUSY, FULL = 3, 4
_CODES = {"QCDC-W02": BUSY, "QCDC-W08": FULL}
SENDER = "nv-mh"
CUT = b'{"at": "2021-06-1'
AT = dt.datetime.fromisoformat("2021-06-20T08:00:00+07:00")


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

    def remember(what: str, key: str, *arguments: Any, **named: Any) -> Any:
        if f"{what} {key}" not in known:
            known[f"{what} {key}"] = compute[what](*arguments, **named)
            if keep:
                kept.write_bytes(pickle.dumps(known))
        return known[f"{what} {key}"]

    def ingest(root: Path, *rest: Any, **named: Any) -> Any:
        key = _digest(journal_path(root, PERIOD).read_bytes())
        return remember("ingest", key, root, *rest, **named)

    def evaluate(catalogue: Any, period: str, tables: Any, *rest: Any) -> Any:
        ids = ",".join(sorted(tables["intake.submissions"]["submission_id"]))
        return remember("evaluate", f"{rest[0]} {ids}", catalogue, period, tables, *rest)

    def reference(root: Path, catalogue: Any) -> Any:
        return remember("reference_tables", "", root, catalogue)

    return patch.multiple(
        steps,
        reference_tables=reference,
        ingest=ingest,
        evaluate=evaluate,
        check_invariants=lambda *_: None,
    )


class Apart:
    """Runs the errand in processes that are forked from one that has imported everything.

    Its own process, and not multiprocessing's: whatever other tests have started before, a run
    costs no import. Use as a context.
    """

    def __enter__(self) -> Self:
        """Start the process that the others are forked from."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.crashing"],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        """Let it end: there will be no more requests."""
        self._process.communicate()

    def run(
        self,
        root: Path,
        kept: Path,
        *,
        failpoint: str = "",
        seconds: float | None = None,
        room: int = 0,
        times: int = 1,
        instant: bool = False,
    ) -> list[int]:
        """Run the errand; give the exit codes, negative for the signal that ended it.

        Args:
            root: The project.
            kept: Where computed tables are kept.
            failpoint: Place to die at.
            seconds: When to kill it from outside.
            room: The largest file it may write, in bytes; 0 for any.
            times: How many of them at once.
            instant: Waiting for another writer takes no time.
        """
        asked = {"root": str(root), "kept": str(kept), "failpoint": failpoint, "room": room}
        asked["instant"] = instant
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(asked | {"times": times}) + "\n")
        stdin.flush()
        pids = json.loads(stdout.readline())
        if seconds is not None:
            time.sleep(seconds)
            for pid in pids:
                os.kill(pid, signal.SIGKILL)  # not waited for before it has answered: still ours
            stdin.write("\n")
            stdin.flush()
        return json.loads(stdout.readline())


def serve() -> None:
    """Fork the runs that are asked for, a line of JSON each, until there are no more lines."""
    load_catalogue()
    for line in sys.stdin:
        if not line.strip():
            continue
        asked = json.loads(line)
        pids = [_forked(asked) for _ in range(asked.pop("times"))]
        sys.stdout.write(json.dumps(pids) + "\n")
        sys.stdout.flush()
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
        sys.stdout.write(json.dumps(codes) + "\n")
        sys.stdout.flush()


def _forked(asked: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    os.dup2(2, 1)  # what the errand says must not stand among the answers
    code = 1
    try:
        if asked["instant"]:
            lock.time.sleep = lambda _: None  # in this process only, which ends with the errand
        code = _apart(Path(asked["root"]), Path(asked["kept"]), asked["failpoint"], asked["room"])
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def _apart(root: Path, kept: Path, failpoint: str, room: int) -> int:
    os.environ[VARIABLE] = failpoint
    if room:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        errand(root, kept, keep=not room)
    except KNOWN as error:
        return _CODES[problem_of(error, PERIOD).code]
    return 0


def outcome(root: Path) -> dict[str, str]:
    """What must come out the same: table hashes, journals, received files, the report.

    Not what the report's record says it was made with: a source that is being edited while the
    tests run is no accident of the run.
    """
    tables = read_manifest(root).tables
    hashes = {f"{t}/{p}": e.hash for t, periods in tables.items() for p, e in periods.items()}
    files = [*(root / "raw").rglob("*"), *published_folder(root, PERIOD).rglob("*")]
    beside = (".tmp", TORN, notebook.INPUTS_NAME)
    whole = [path for path in files if path.is_file() and not path.name.endswith(beside)]
    return hashes | {p.relative_to(root).as_posix(): _digest(p.read_bytes()) for p in whole}


def fresh(start: Path, root: Path) -> Path:
    """A copy of the state that the errand starts from."""
    shutil.copytree(start, root)
    return root


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    serve()
