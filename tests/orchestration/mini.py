"""A project with four workbooks of the sample, small enough to run for every test that needs it."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from pipelines.orchestration import report_asset

ROOT = Path(__file__).parents[2]
PERIOD = "2021-H1"
PROVIDERS = ("xa-mh-01", "ldld-mh", "nv-mh", "bcd-mh")
PAGE = "bao-cao.html"


def build(root: Path) -> Path:
    """Copy settings, reference facts, four providers' workbooks and their journal lines."""
    for name in ("workspace.yaml", "dagster.yaml"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "raw" / "reference", root / "raw" / "reference")
    folder = root / "raw" / PERIOD
    for provider in PROVIDERS:
        shutil.copytree(ROOT / "raw" / PERIOD / provider, folder / provider)
    lines = (ROOT / "raw" / PERIOD / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if _is_ours(json.loads(line))]
    (folder / "journal.jsonl").write_text("\n".join(kept) + "\n", encoding="utf-8")
    return root


def _is_ours(entry: dict[str, str]) -> bool:
    return entry["event"] != "received" or entry["submission_id"].split("/")[1] in PROVIDERS


def fake_report(patch: pytest.MonkeyPatch) -> None:
    """Write a page instead of executing the notebook."""

    def render(root: Path, notebook: Path, *, period: str, outputs: Path) -> list[Path]:
        assert (root / "warehouse" / "manifest.json").is_file(), "the report reads what is public"
        assert notebook == root / "notebooks" / "half_year.ipynb"
        outputs.mkdir(parents=True, exist_ok=True)
        (outputs / PAGE).write_text(f"<h1>{period}</h1>", encoding="utf-8")
        return [outputs / PAGE]

    patch.setattr(report_asset, "render_notebook", render)


def digests(root: Path) -> dict[str, str]:
    """SHA-256 of every file under raw/ and warehouse/, the lock left out."""
    found = {}
    for top in ("raw", "warehouse"):
        for folder, _, names in os.walk(root / top):
            for name in names:
                path = Path(folder) / name
                if name != ".lock":
                    digest = hashlib.sha256(path.read_bytes()).hexdigest()
                    found[path.relative_to(root).as_posix()] = digest
    return found
