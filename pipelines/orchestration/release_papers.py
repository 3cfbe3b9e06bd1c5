"""The papers of a release as they are issued: with number, day and signer, nothing internal.

Belongs here: which published files go into a release, the evidence site as one archive. Does not
belong here: composing and rendering (``papers``), keeping them (``release_archive``).
"""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from pathlib import Path

from pipelines.catalogue.disclosure import load_disclosure
from pipelines.intake.releases import Issued
from pipelines.warehouse.manifest import published_folder
from pipelines.warehouse.reader import Warehouse

EVIDENCE_SITE = "minh-chung"
# letters to those who are late are never part of what is sent upward
_INTERNAL = ("nhac",)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def issued_papers(root: Path, period: str, issued: Issued, folder: Path) -> None:
    """Put the papers of a period into a folder as they are issued.

    What was composed is composed anew with number, day and signer; the rest is copied.

    Args:
        root: The project's root.
        period: Key of the period.
        issued: Number, day, roles.
        folder: Where to; made.
    """
    # imported here: the other commands need not wait for the libraries that write papers
    from pipelines.orchestration.paper_letters import Issue
    from pipelines.orchestration.papers import RECORD, write_issued

    gather_papers(root, period, folder)
    if not (published_folder(root, period) / RECORD).is_file():
        return  # no papers were composed of this period
    issue = Issue(issued.release_id, issued.number, issued.signed_on, issued.signer)
    write_issued(root, period, folder, issue)


def gather_papers(root: Path, period: str, folder: Path) -> None:
    """Copy the published papers of a period, without letters, records and the evidence site.

    Args:
        root: The project's root.
        period: Key of the period.
        folder: Where to; made.
    """
    published = published_folder(root, period)
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(published.rglob("*")):
        name = path.relative_to(published)
        aside = name.parts[0] in {*_INTERNAL, EVIDENCE_SITE} or path.name.startswith(".")
        if path.is_file() and not aside:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)


def packed_site(wh: Warehouse, root: Path, period: str, papers: Path) -> bytes | None:
    """The evidence site of a release, packed; unpacked beside its papers the links work.

    Args:
        wh: The release's tables.
        root: The project's root.
        period: Key of the period.
        papers: Folder of the release's papers.

    Returns:
        A zip with equal bytes for equal pages; None where the period has no evidence site.
    """
    if not (published_folder(root, period) / EVIDENCE_SITE).is_dir():
        return None
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / EVIDENCE_SITE
        write_pages(wh, period, papers, site)
        return _packed(site)


def write_pages(wh: Warehouse, period: str, papers: Path, site: Path) -> None:
    """Write the pages of a release's evidence site, for the superior body."""
    from pipelines.orchestration.evidence_site import SUPERIOR, gather, papers_beside, put_pages
    from pipelines.reports.site.pages import site_pages

    source = gather(wh, period, papers_beside(papers))
    put_pages(site, site_pages(source, load_disclosure(), SUPERIOR))


def _packed(site: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(path for path in site.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(path.relative_to(site.parent).as_posix(), _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            packed.writestr(info, path.read_bytes())
    return out.getvalue()
