"""The evidence site of a period: gathered from the warehouse, written beside its papers.

Belongs here: which frames the pages take, where pages lie. Does not belong here: what a page shows
(``reports.site``), who may see what (``catalogue.disclosure``), Dagster (``evidence_asset``).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pipelines.analysis import open_warehouse
from pipelines.analysis.comparisons import beside
from pipelines.analysis.decisions import decisions
from pipelines.analysis.scope import of_period, report_scope, scope_facts
from pipelines.analysis.setting import setting
from pipelines.catalogue.changing import on_day
from pipelines.catalogue.disclosure import load_disclosure
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration.period_facts import leaves_of
from pipelines.places.units import ADMINISTRATION
from pipelines.reports.site import addresses
from pipelines.reports.site.pages import Page, site_pages
from pipelines.reports.site.source import FRAMES, Source
from pipelines.warehouse.manifest import published_folder
from pipelines.warehouse.reader import Warehouse

SUPERIOR = "superior"
# what may lie beside the site, in the order in which it is offered
PAPERS = {
    "trinh-ky": "Bản trình ký",
    "trinh-ky-dang": "Bản trình ký (thể thức văn bản của Đảng)",
    "trinh-ky-nha-nuoc": "Bản trình ký (thể thức văn bản của Nhà nước)",
    "tra-cuu": "Bản tra cứu",
    "tom-tat": "Bản tóm tắt cho cuộc họp",
    "thong-bao": "Dự thảo thông báo kết luận",
    "bao-cao": "Báo cáo phân tích",
}
_FORMATS = ("html", "docx", "pdf", "xlsx")
# what is told of files: of a longer period, of the files of its parts
_OF_FILES = frozenset({"submissions", "accounts", "findings", "changes", "evidence"})
_OF_READERS = frozenset({"Báo cáo được chấp nhận"})


def write_site(root: Path, period: str, audience: str = SUPERIOR) -> Path:
    """Write the evidence site of a period from the committed warehouse.

    Pages whose bytes have not changed are left alone; pages that the site no longer has are
    removed.

    Args:
        root: The project's root.
        period: Key of the period.
        audience: Who reads it, an id of ``data/disclosure.yaml``.

    Returns:
        The folder, ``warehouse/published/<period>/minh-chung``.

    Raises:
        NoRequest: No request asks for the period.
    """
    folder = published_folder(root, period) / addresses.FOLDER
    source = gather(open_warehouse(root=root), period, papers_beside(folder.parent))
    put_pages(folder, site_pages(source, load_disclosure(), audience))
    return folder


def gather(wh: Warehouse, period: str, papers: tuple[tuple[str, str], ...] = ()) -> Source:
    """Everything the pages of a period are made from.

    Args:
        wh: The warehouse.
        period: Key of the period.
        papers: What ``papers_beside`` gives.

    Raises:
        NoRequest: No request asks for the period.
    """
    scope, words = report_scope(wh, period), setting(wh, period)
    calendar = {name: wh.table(name) for name in ("ref.periods", "ref.requests")}
    periods, leaves = calendar["ref.periods"], leaves_of(calendar, period)
    frames = {
        name: _of(wh, table, leaves if name in _OF_FILES else [period])
        for name, table in FRAMES.items()
    }
    frames["units"] = wh.table("ref.units")
    frames["decisions"] = pd.concat([decisions(wh, leaf) for leaf in leaves], ignore_index=True)
    frames["beside"] = _beside(wh, period, frames["values"], frames["units"])
    named = frames["figures"]["release_id"]
    release = str(named.iloc[0]) if len(named) else f"{period}/draft"
    facts = scope_facts(wh, scope, words.parts)
    if not release.endswith("/draft"):
        facts["Bản"] = release
    return Source(
        period=period,
        label=scope.label_vi,
        title=words.title,
        scope_id=scope.scope_id,
        facts={name: text for name, text in facts.items() if name not in _OF_READERS},
        inner_facts={name: text for name, text in facts.items() if name in _OF_READERS},
        release_id=release,
        illustrative=scope.is_illustrative,
        catalogue=on_day(load_catalogue(), scope.ends_on),
        frames=frames,
        period_names=dict(zip(periods["period"], periods["label_vi"], strict=True)),
        papers=papers,
    )


def papers_beside(published: Path) -> tuple[tuple[str, str], ...]:
    """Label and address, from the site's folder, of the papers that are there."""
    return tuple(
        (f"{label} ({suffix.upper()})", f"../{stem}.{suffix}")
        for stem, label in PAPERS.items()
        for suffix in _FORMATS
        if (published / f"{stem}.{suffix}").is_file()
    )


def put_pages(folder: Path, pages: Iterable[Page]) -> int:
    """Write pages, each whole or not at all, and remove the pages that are gone.

    Returns:
        How many pages there are.
    """
    kept = set()
    for page in pages:
        path = folder / page.path
        kept.add(path)
        if path.is_file() and path.read_bytes() == page.data:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.tmp")
        draft.write_bytes(page.data)
        draft.replace(path)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path not in kept:
            path.unlink()
    return len(kept)


def _of(wh: Warehouse, table: str, periods: list[str]) -> pd.DataFrame:
    """The rows of some periods; only their files are read."""
    parts = [wh.table(table, period=period) for period in periods]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]


def _beside(wh: Warehouse, period: str, values: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """What the figures of areas are compared with; of units it would be too much to read."""
    areas = units.loc[units["unit_type"].isin(ADMINISTRATION), "unit_id"]
    rows = values[(values["view"] == "as_reported") & values["scope_id"].isin(areas)]
    about = wh.table("ref.indicators")[["indicator", "format", "digits"]]
    shown = beside(wh, period, rows[["scope_id", "indicator"]].merge(about, on="indicator"))
    targets = of_period(wh.table("eval.comparisons"), period)
    targets = targets.loc[
        (targets["against"] == "target") & targets["comparable"].astype(bool),
        ["scope_id", "indicator", "reference"],
    ]
    return shown.merge(
        targets.rename(columns={"reference": "target_number"}),
        on=["scope_id", "indicator"],
        how="left",
    )
