"""From a notebook to a report: execute, take the traces of the run out, render, put in place.

Belongs here: papermill and nbconvert, fingerprints, atomic writing. Does not belong here: what
the notebook shows (the notebook, ``analysis``, the other modules of this room).
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from pipelines.intake.adjustments import standing
from pipelines.intake.journal import read_journal
from pipelines.warehouse.durable import write_whole
from pipelines.warehouse.manifest import read_manifest

REPORT_STEM, INPUTS_NAME = "bao-cao", ".inputs.json"
HTML_NAME = f"{REPORT_STEM}.html"
KERNEL = "python3"
CELL_SECONDS = 120
START_SECONDS = 60
_WHOLE = "all"
_TEMPLATES = Path(__file__).parent / "templates"
# what may change the bytes of a report besides the code of this project
_LIBRARIES = ("ipykernel", "matplotlib", "nbconvert", "numpy", "pandas")
_ROOMS = ("vietnamese", "catalogue", "places", "warehouse", "analysis", "reports")
_TITLE = re.compile(r"<h1[^>]*>(?P<text>.*?)</h1>", re.DOTALL)


class NotebookFailed(RuntimeError):  # noqa: N818 — names the state, not a mishap
    """A cell of the notebook failed; nothing was written."""

    code = "QCDC-R01"


def render_notebook(
    root: Path, notebook: Path, *, period: str, outputs: Path, stem: str = REPORT_STEM
) -> list[Path]:
    """Execute a notebook on the committed warehouse and render it, unless nothing changed.

    Args:
        root: The project's root; the kernel works there, so that the notebook finds it.
        notebook: The notebook, with a cell tagged ``parameters`` that sets ``period``.
        period: Key of the period.
        outputs: Folder of the results, made if it is not there.
        stem: Name of the results. The report of a period stands on the tables of that period
            alone; other notebooks look at several, so that any table makes them anew.

    Returns:
        ``<stem>.html`` (one self-contained page) and ``<stem>.ipynb`` (executed), both replaced in
        one step each. Equal inputs give equal bytes: no times, paths or ids of the run.

    Raises:
        NotebookFailed: A cell raised or ran too long; says which, the old report stays.
        ManifestDamagedError: The manifest cannot be read.
    """
    targets = [outputs / f"{stem}.html", outputs / f"{stem}.ipynb"]
    record_path = outputs / (INPUTS_NAME if stem == REPORT_STEM else f".{stem}{INPUTS_NAME}")
    wanted = fingerprint(root, notebook, period, whole=stem != REPORT_STEM)
    if _stands(record_path, targets, wanted):
        return targets
    executed = _cleaned(_execute(root, notebook, period))
    contents = [_html(executed), nbformat.writes(executed) + "\n"]
    outputs.mkdir(parents=True, exist_ok=True)
    data = [text.encode() for text in contents]
    for path, content in zip(targets, data, strict=True):
        write_whole(path, content, "report")
    record = {
        "inputs": wanted,
        "outputs": {p.name: _sha(d) for p, d in zip(targets, data, strict=True)},
    }
    text = json.dumps(record, indent=2, sort_keys=True) + "\n"
    write_whole(record_path, text.encode(), "report")
    return targets


def fingerprint(root: Path, notebook: Path, period: str, *, whole: bool = False) -> str:
    """SHA-256 of everything the page of a period depends on.

    That is: the table hashes of the period (of all with ``whole``) and of the tables without
    periods, the adjustments that stand, the catalogue, the notebook, the sources of this package
    and the versions of the libraries that draw.
    """
    manifest = read_manifest(root)
    tables = {
        f"{name}/{key}": entry.hash
        for name, periods in manifest.tables.items()
        for key, entry in periods.items()
        if whole or key in {period, _WHOLE}
    }
    journal = root / "raw" / period / "journal.jsonl"
    adjusted = [asdict(made) for made in standing(read_journal(journal).entries).values()]
    parts = {
        "period": period,
        "tables": tables,
        "adjusted": adjusted,
        "catalogue": manifest.catalogue_hash,
        "notebook": _sha(notebook.read_bytes()),
        "code": _code_hash(),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
    }
    return _sha(json.dumps(parts, sort_keys=True).encode())


def _code_hash() -> str:
    """Sources of the rooms that a notebook may draw on."""
    package = Path(__file__).parents[1]
    paths = [path for room in _ROOMS for path in (package / room).rglob("*")]
    digest = hashlib.sha256()
    for path in sorted(paths):
        if path.suffix in {".py", ".yaml", ".css", ".j2"}:
            name = path.relative_to(package).as_posix()
            digest.update(f"{name} {_sha(path.read_bytes())}\n".encode())
    return digest.hexdigest()


def _stands(record_path: Path, targets: list[Path], wanted: str) -> bool:
    """Whether the page in place was made from the same inputs and is still what was written."""
    try:
        record = json.loads(record_path.read_bytes())
        kept = {path.name: _sha(path.read_bytes()) for path in targets}
    except (FileNotFoundError, ValueError):
        return False
    return record == {"inputs": wanted, "outputs": kept}


def _execute(root: Path, notebook: Path, period: str) -> NotebookNode:
    with tempfile.TemporaryDirectory() as folder:
        # a fresh IPython folder: no start-up scripts or history of the user
        arguments = [
            f"--ipython-dir={folder}",
            "--HistoryManager.enabled=False",
            "--log-level=ERROR",
        ]
        try:
            return papermill.execute_notebook(
                str(notebook),
                str(Path(folder) / "executed.ipynb"),
                parameters={"period": period},
                kernel_name=KERNEL,
                language="python",
                cwd=str(root),
                progress_bar=False,
                start_timeout=START_SECONDS,
                execution_timeout=CELL_SECONDS,
                extra_arguments=arguments,
            )
        except papermill.PapermillExecutionError as error:
            where = f"Ô thứ {error.exec_count} của {notebook.name} bị lỗi."
            raise _failed(notebook, where, f"{error.ename}: {error.evalue}") from error
        except CellTimeoutError as error:
            where = f"Một ô của {notebook.name} chạy quá {CELL_SECONDS} giây."
            raise _failed(notebook, where, "quá thời gian") from error
        except DeadKernelError as error:
            where = f"Nhân Python của {notebook.name} dừng giữa chừng."
            raise _failed(notebook, where, str(error)) from error


def _failed(notebook: Path, where: str, found: str) -> NotebookFailed:
    return NotebookFailed(
        f"{NotebookFailed.code}: {where}\n"
        f"  Tìm thấy: {found}\n"
        "  Cần có: mọi ô chạy xong; báo cáo cũ được giữ nguyên\n"
        f"  Việc cần làm: mở {notebook.name} bằng make lab, chạy lại từng ô để xem lỗi.\n"
        "  (the notebook did not run to its end; nothing was written)"
    )


def _cleaned(executed: NotebookNode) -> NotebookNode:
    """The notebook without times, paths, ids and messages of this run."""
    executed.metadata = NotebookNode(
        kernelspec=NotebookNode(name=KERNEL, display_name="Python 3", language="python"),
        language_info=NotebookNode(name="python"),
    )
    for cell in executed.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = NotebookNode(tags=tags) if tags else NotebookNode()
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
        if cell.cell_type != "code":
            continue
        # what libraries say on stderr carries paths and belongs to the run, not to the report
        cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
        for output in cell.outputs:
            if "metadata" in output:
                output.metadata = NotebookNode()
    return executed


def _html(executed: NotebookNode) -> str:
    exporter = HTMLExporter(
        template_name="base",
        template_file="report.html.j2",
        extra_template_paths=[str(_TEMPLATES)],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        embed_images=True,
        mathjax_url="",
        require_js_url="",
        jquery_url="",
    )
    page = SimpleNamespace(
        title=_title(executed),
        page_css=(_TEMPLATES / "page.css").read_text(encoding="utf-8"),
    )
    body, _ = exporter.from_notebook_node(executed, resources={"qcdc": page})
    return _with_contents(body)


def _title(executed: NotebookNode) -> str:
    """The first heading that a cell shows."""
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            found = _TITLE.search(_shown_html(output))
            if found:
                return re.sub(r"<[^>]+>", "", found["text"]).strip()
    return "Báo cáo"


def _shown_html(output: NotebookNode) -> str:
    data: dict[str, Any] = output.get("data", {})
    return str(data.get("text/html", ""))


def _with_contents(body: str) -> str:
    """The page with numbered anchors at its sections and a list of them before the first."""
    opening, *sections = body.split("<h2>")
    if not sections:
        return body
    items = "".join(
        f'<li><a href="#muc-{place}">{text.split("</h2>", 1)[0]}</a></li>'
        for place, text in enumerate(sections, start=1)
    )
    contents = f'<nav aria-label="Mục lục"><strong>Mục lục</strong><ol>{items}</ol></nav>\n'
    anchored = (f'<h2 id="muc-{place}">{text}' for place, text in enumerate(sections, start=1))
    return opening + contents + "".join(anchored)


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
