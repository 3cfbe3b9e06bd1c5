"""A project with one small table and one journal: enough to break and to mend."""

import functools
import json
import shutil
import tempfile
from pathlib import Path

import dagster as dg

from pipelines.catalogue.load import catalogue_hash, load_catalogue
from pipelines.orchestration.home import SETTINGS, refresh_settings
from pipelines.warehouse.manifest import Manifest, commit, manifest_path
from pipelines.warehouse.store import write_table
from tests.operations.instances import settled
from tests.orchestration.mini import ROOT
from tests.warehouse.tables import FakeContract, Row, frame

PERIOD, TABLE = "2021-H1", "core.observations"
RECEIPT = {
    "at": "2021-06-08T09:12:00+07:00",
    "who": "kiểm thử",
    "event": "received",
    "submission_id": "2021-H1/xa-mh-01/01",
    "sha256": "ab",
    "path": "raw/2021-H1/xa-mh-01/bieu.xlsx",
    "channel": "e-mail",
}


def small_project(root: Path) -> Path:
    """Settings, reference facts, a receipt with its file, a committed table, a prepared home."""
    settled(root)
    shutil.copytree(ROOT / "raw" / "reference", root / "raw" / "reference")
    sent = root / RECEIPT["path"]
    sent.parent.mkdir(parents=True)
    sent.write_bytes(b"workbook")
    journal(root).write_text(json.dumps(RECEIPT, ensure_ascii=False) + "\n", encoding="utf-8")
    add_version(root, "xa-mh-01")
    refresh_settings(root, home(root))
    assert (home(root) / SETTINGS).is_file()
    for name, data in empty_history().items():
        (home(root) / name).parent.mkdir(parents=True, exist_ok=True)
        (home(root) / name).write_bytes(data)
    return root


@functools.cache
def empty_history() -> dict[str, bytes]:
    """The databases of an instance without runs: making them anew takes a second each time."""
    with tempfile.TemporaryDirectory() as name:
        with dg.DagsterInstance.local_temp(name):
            pass
        files = [path for path in Path(name).rglob("*.db") if path.is_file()]
        return {path.relative_to(name).as_posix(): path.read_bytes() for path in files}


def add_version(root: Path, unit_id: str) -> Path:
    """Commit another content of the table; the file that holds it."""
    contract = FakeContract(TABLE)
    entry = write_table(root, contract, PERIOD, frame(Row(unit_id)))
    said = catalogue_hash(load_catalogue())
    commit(root, Manifest(catalogue_hash=said, tables={TABLE: {PERIOD: entry}}))
    return manifest_path(root).parent / entry.files[0]


def journal(root: Path) -> Path:
    """The journal of the period."""
    return root / "raw" / PERIOD / "journal.jsonl"


def home(root: Path) -> Path:
    """Where Dagster keeps its history."""
    return root / ".dagster"
