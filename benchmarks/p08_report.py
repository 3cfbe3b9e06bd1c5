"""P8: the half-year report of the shipped district, notebook → HTML, papers → HTML, DOCX, XLSX.

Ours runs the notebook in one kernel in this process and writes the four papers in every format,
PDF too where LibreOffice is there. The peer is the same notebook through the command lines of
papermill and nbconvert, which give HTML alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from benchmarks.rows import ROOT, Check, Given, Own, Peer, Row, lines_of
from benchmarks.sides import compare
from benchmarks.workload import PERIOD
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration.papers import write_papers
from pipelines.orchestration.publishing import ingest_period, publish_period
from pipelines.reports.notebook import render_notebook
from pipelines.warehouse.manifest import published_folder

_GOAL_SECONDS = 30
_NOTEBOOK = Path("notebooks", "half_year.ipynb")
_EARLIER = ("2020-H1", "2020-H2")
_AT = dt.datetime(2021, 6, 30, 8, tzinfo=dt.timezone(dt.timedelta(hours=7)))
_PATH = (
    "pipelines/reports/notebook.py",
    "pipelines/orchestration/papers.py",
    "pipelines/reports/papers/docx_paper.py",
    "pipelines/reports/papers/xlsx_paper.py",
    "pipelines/reports/papers/html_paper.py",
)


def row(given: Given) -> Row:
    """Report and peer in turn on one warehouse; the size is the same for small and full."""
    build_root(given.scratch)
    arguments = [str(given.scratch)]
    peer, ours = compare(__name__, ["command lines", "report"], arguments, given.rounds)
    without_pdf = ours.seconds - float(str(ours.result["pdf_seconds"]))
    return Row(
        id="P8",
        size=f"shipped district, {PERIOD} with two earlier periods to compare with",
        checks=(Check("HTML, DOCX, XLSX", without_pdf, _GOAL_SECONDS, "s"),),
        seconds=ours.seconds,
        cpu_seconds=ours.cpu_seconds,
        peers=(
            Peer(
                "papermill + nbconvert command lines, HTML alone",
                peer.seconds,
                f"{peer.result['hash']}: times and ids of the run are in it, no contents, no style",
                peer.peak_mib,
                ours.seconds / peer.seconds,
            ),
        ),
        peak_mib=ours.peak_mib,
        output=str(ours.result["hash"]),
        fast_path=lines_of(*_PATH),
        notes=(
            f"The median has {ours.result['pdf_seconds']} s of PDF, not part of the goal, in it.",
            f"Stages: {ours.result['stages']}; {ours.result['files']} files.",
        ),
        own=Own(__name__, "report", (str(given.scratch),)),
    )


def build_root(root: Path) -> None:
    """Write a project with the shipped files and evaluate its periods."""
    for name in ("raw", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    (root / "workspace.yaml").write_text("", encoding="utf-8")
    catalogue = load_catalogue()
    for period in (*_EARLIER, PERIOD):
        ingest_period(root, catalogue, period, at=_AT, who="benchmark")
        publish_period(root, catalogue, period)


def report(folder: str) -> Mapping[str, object]:
    """The notebook's page and the papers where there are none."""
    root = Path(folder)
    outputs = published_folder(root, PERIOD)
    shutil.rmtree(outputs, ignore_errors=True)
    began = time.perf_counter()
    pages = render_notebook(root, root / _NOTEBOOK, period=PERIOD, outputs=outputs)
    rendered = time.perf_counter()
    papers = write_papers(root, PERIOD)
    written = time.perf_counter()
    pdf = _pdf_seconds(papers)
    stages = {"notebook": rendered - began, "papers": written - rendered}
    return {
        "stages": {name: round(seconds, 2) for name, seconds in stages.items()},
        "pdf_seconds": pdf,
        "files": len(pages) + len(papers),
        "hash": _hash(path for path in [*pages, *papers] if path.suffix != ".pdf"),
    }


def _pdf_seconds(papers: Iterable[Path]) -> float:
    """From the last file of another format to the last PDF: what LibreOffice took.

    The converter writes all PDFs in one go after everything else.
    """
    at = {path: path.stat().st_mtime for path in papers}
    last = max((each for path, each in at.items() if path.suffix == ".pdf"), default=0.0)
    before = max(each for path, each in at.items() if path.suffix != ".pdf")
    return round(max(last - before, 0.0), 2)


def command_lines(folder: str) -> Mapping[str, object]:
    """The notebook through two programs, as their manuals say."""
    programs = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "executed.ipynb"
        run = [str(programs / "papermill"), str(_NOTEBOOK), str(out), "-p", "period", PERIOD]
        shown = [str(programs / "jupyter-nbconvert"), "--to", "html", "--no-input", str(out)]
        for command in ([*run, "--cwd", folder, "-k", "python3"], shown):
            subprocess.run(command, check=True, cwd=folder, capture_output=True)
        return {"hash": _hash([out.with_suffix(".html")])}


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {
    "command lines": command_lines,
    "report": report,
}
