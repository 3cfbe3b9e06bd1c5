"""A project with four workbooks of the sample, small enough to run for every test that needs it."""

import datetime as dt
import hashlib
import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.templates import Fill, Header, build_workbook
from pipelines.orchestration import evidence_asset, papers_asset, report_asset
from pipelines.orchestration.receiving import receive_new
from pipelines.reports.site import addresses
from pipelines.warehouse.manifest import published_folder

ROOT = Path(__file__).parents[2]
PERIOD = "2021-H1"
PROVIDERS = ("xa-mh-01", "ldld-mh", "nv-mh", "bcd-mh")
PAGE, PAPER = "bao-cao.html", "trinh-ky.html"
EARLIER, POSTS = "2020-H1", 37  # posts streamlined a year before
_EARLIER_AT = dt.datetime(2020, 6, 2, 9, tzinfo=dt.timezone(dt.timedelta(hours=7)))


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


def add_earlier(root: Path) -> Path:
    """One workbook of the year before, asked for and received."""
    facts = root / "raw" / "reference" / "requests.csv"
    requests = pd.read_csv(facts, dtype="str")
    asked = requests[(requests["period"] == PERIOD) & (requests["form"] == "noivu-2021")]
    asked = asked.assign(
        period=EARLIER, request_id="cv-mh-earlier", due_date="2020-06-04", data_to="2020-05-31"
    )
    pd.concat([requests[requests["period"] != EARLIER], asked]).to_csv(facts, index=False)
    catalogue = load_catalogue()
    header = Header(
        "nv-mh", "Phòng Nội vụ", EARLIER, "6 tháng đầu năm 2020", "estimate",
        due_date=dt.date(2020, 6, 4), data_to=dt.date(2020, 5, 31), is_illustrative=True,
    )  # fmt: skip
    counts = {"posts_streamlined": POSTS, "units_before_merger": 2, "units_after_merger": 1}
    filled = {("huyen-mh-1", f"nv.{name}"): count for name, count in counts.items()}
    book = build_workbook(
        catalogue,
        catalogue.forms["noivu-2021"],
        header,
        units=pd.DataFrame({"unit_id": ["huyen-mh-1"], "name": ["Huyện minh họa"]}),
        subject_id="huyen-mh-1",
        fill=Fill(values=filled),
    )
    folder = root / "raw" / EARLIER / "nv-mh"
    folder.mkdir(parents=True)
    (folder / f"noivu-2021_{EARLIER}.xlsx").write_bytes(book)
    receive_new(root, EARLIER, ["nv-mh"], at=_EARLIER_AT, who="kiểm thử")
    return root


def _is_ours(entry: dict[str, str]) -> bool:
    return entry["event"] != "received" or entry["submission_id"].split("/")[1] in PROVIDERS


def fake_report(patch: pytest.MonkeyPatch, *, real_site: bool = False) -> None:
    """Write a page each instead of executing the notebook, composing papers and the site."""

    def render(root: Path, notebook: Path, *, period: str, outputs: Path) -> list[Path]:
        assert (root / "warehouse" / "manifest.json").is_file(), "the report reads what is public"
        assert notebook == root / "notebooks" / "half_year.ipynb"
        outputs.mkdir(parents=True, exist_ok=True)
        (outputs / PAGE).write_text(f"<h1>{period}</h1>", encoding="utf-8")
        return [outputs / PAGE]

    def write(root: Path, period: str, families: str = "default") -> list[Path]:
        paper = published_folder(root, period) / PAPER
        paper.write_text(f"<h1>{period} {families}</h1>", encoding="utf-8")
        return [paper]

    def site(root: Path, period: str) -> Path:
        folder = published_folder(root, period) / addresses.FOLDER
        folder.mkdir(exist_ok=True)
        (folder / addresses.INDEX).write_text(f"<h1>{period}</h1>", encoding="utf-8")
        return folder

    if not real_site:
        patch.setattr(evidence_asset, "write_site", site)
    patch.setattr(report_asset, "render_notebook", render)
    patch.setattr(papers_asset, "write_papers", write)


def digests(root: Path) -> dict[str, str]:
    """SHA-256 of every file under raw/ and warehouse/, the lock and what is kept left out."""
    found = {}
    for top in ("raw", "warehouse"):
        for folder, _, names in os.walk(root / top):
            for name in names:
                path = Path(folder) / name
                if name != ".lock" and "readings" not in path.parts:
                    digest = hashlib.sha256(path.read_bytes()).hexdigest()
                    found[path.relative_to(root).as_posix()] = digest
    return found
