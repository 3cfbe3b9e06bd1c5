"""The papers of a period: composed, written in every format, left alone when nothing has changed.

Belongs here: which papers there are, their files, what they depend on. Does not belong here: what
a paper says (``reports.composed``), how a format looks (``reports.papers``), who issues
(``paper_letters``).
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pipelines
from pipelines.analysis import open_warehouse
from pipelines.analysis.access import Tables
from pipelines.catalogue.load import load_catalogue
from pipelines.intake.journal import ABOUT_PAPERS, read_journal
from pipelines.orchestration.changed_blocks import changed_blocks
from pipelines.orchestration.narrated import narrated
from pipelines.orchestration.paper_letters import (
    SUFFIXES,
    Issue,
    Wanted,
    families_of,
    letter_of,
)
from pipelines.orchestration.paper_material import Kept, material_of
from pipelines.orchestration.paper_pictures import map_files
from pipelines.orchestration.stages import CONVERTING, stage
from pipelines.orchestration.steps import journal_path
from pipelines.reports.composed import brief, conclusion, lookup, signing
from pipelines.reports.composed.material import Letter
from pipelines.reports.papers import docx_paper, html_paper, pdf, xlsx_paper
from pipelines.reports.papers.model import Document, Family
from pipelines.vietnamese.dates import format_date
from pipelines.warehouse.durable import write_whole
from pipelines.warehouse.manifest import published_folder, read_manifest

log = logging.getLogger(__name__)
RECORD = ".papers.json"
SLUGS = (signing.SLUG, lookup.SLUG, brief.SLUG, conclusion.SLUG)
_WHOLE = "all"
_POINT = "report"
# what may change the bytes of a paper besides the code of this project
_LIBRARIES = ("jinja2", "matplotlib", "openpyxl", "pandas", "python-docx", "shapely")
_SOURCES = {".py", ".yaml", ".css", ".j2"}

Record = dict[str, dict[str, object]]


def write_papers(root: Path, period: str, families: Wanted = "default") -> list[Path]:
    """Write the papers of a period from the committed warehouse, unless nothing has changed.

    Papers of a family that nobody asks for now are left alone while they are still right, and
    taken away when they are not.

    Args:
        root: The project's root.
        period: Key of the period.
        families: ``party``, ``state``, ``both``, or ``default``: the one that the body uses.

    Returns:
        ``trinh-ky``, ``tra-cuu``, ``tom-tat`` and ``thong-bao`` as HTML, DOCX, XLSX, and PDF where
        LibreOffice is there; names of the family that the body does not use end in ``-dang`` or
        ``-nha-nuoc``. Equal inputs give equal bytes.

    Raises:
        NoRequest: No request asks for the period.
        NoLetterhead: The catalogue does not know who issues such a paper.
    """
    folder = published_folder(root, period)
    catalogue, wh = load_catalogue(), Kept(open_warehouse(root=root))
    wanted = families_of(catalogue, wh, period, families)
    record = _read(folder)
    inputs = fingerprint(root, period)
    waiting: list[Family] = [
        family for family in wanted if not _stands(folder, record, family, inputs)
    ]
    documents = papers(wh, root, period, waiting) if waiting else {}
    made = {family: _written(docs, folder) for family, docs in documents.items()}
    for family, paths in zip(documents, _with_pdf(folder, list(made.values())), strict=True):
        outputs = {path.name: _sha(path.read_bytes()) for path in paths}
        has_pdf = any(path.suffix == ".pdf" for path in paths)
        record[family] = {"inputs": inputs, "pdf": has_pdf, "outputs": outputs}
    kept = {family: said for family, said in record.items() if said["inputs"] == inputs}
    _take_away(folder, kept)
    text = json.dumps(kept, indent=2, sort_keys=True) + "\n"
    write_whole(folder / RECORD, text.encode(), _POINT)
    return [folder / str(name) for family in wanted for name in _names(kept[family])]


def papers(
    wh: Tables, root: Path, period: str, families: Sequence[Family], issue: Issue | None = None
) -> dict[Family, list[Document]]:
    """The papers of a period as documents, nothing written.

    Args:
        wh: The warehouse, or a release.
        root: The project's root, for what the journal says.
        period: Key of the period.
        families: Which families.
        issue: Number and day of the report, once it has them.

    Raises:
        NoRequest: No request asks for the period.
        NoLetterhead: The catalogue does not know who issues such a paper.
    """
    since = changed_blocks(root, period, issue.release_id if issue is not None else None)
    material = material_of(wh, root, period, changed=since)
    if issue is not None:
        printed = f"{issue.release_id}, số {issue.number} ngày {format_date(issue.signed_on)}"
        material = replace(
            material,
            about=replace(material.about, release_id=issue.release_id),
            facts={**material.facts, "Bản": printed},
        )
    summary = narrated(wh, root, period).summary
    catalogue = load_catalogue()
    letters: dict[Family, Letter] = {
        family: letter_of(catalogue, wh, period, family, summary, issue) for family in families
    }
    return {
        family: [paper.compose(material, letter) for paper in (signing, lookup, brief, conclusion)]
        for family, letter in letters.items()
    }


def write_issued(root: Path, period: str, folder: Path, issue: Issue) -> list[Path]:
    """Write the papers with number and day into a folder, for a release that is issued.

    Args:
        root: The project's root.
        period: Key of the period.
        folder: Where to; made.
        issue: Number and day.

    Returns:
        The files of the family that the body uses, and of the other where that was written too.
    """
    catalogue, wh = load_catalogue(), Kept(open_warehouse(root=root))
    written = _read(published_folder(root, period))
    usual = families_of(catalogue, wh, period, "default")
    families: list[Family] = [*usual, *(f for f in SUFFIXES if f in written and f not in usual)]
    documents = papers(wh, root, period, families, issue)
    made = [_written(docs, folder) for docs in documents.values()]
    return [path for paths in _with_pdf(folder, made) for path in paths]


def fingerprint(root: Path, period: str) -> str:
    """SHA-256 of everything the papers of a period depend on.

    That is: the table hashes of the period and of the tables without periods, what its journal
    says about papers (texts, reviews, releases), the catalogue, supplied map files, this package's
    sources, the libraries that write.
    """
    manifest = read_manifest(root)
    entries = read_journal(journal_path(root, period)).entries
    parts = {
        "period": period,
        "tables": {
            f"{name}/{key}": entry.hash
            for name, periods in manifest.tables.items()
            for key, entry in periods.items()
            if key in {period, _WHOLE}
        },
        "said": [entry for entry in entries if entry["event"] in ABOUT_PAPERS],
        "catalogue": manifest.catalogue_hash,
        "map": map_files(root),
        "code": _code_hash(),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
    }
    return _sha(json.dumps(parts, sort_keys=True).encode())


def _code_hash() -> str:
    package = Path(pipelines.__path__[0])
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.suffix in _SOURCES:
            name = path.relative_to(package).as_posix()
            digest.update(f"{name} {_sha(path.read_bytes())}\n".encode())
    return digest.hexdigest()


def _written(documents: Sequence[Document], folder: Path) -> list[Path]:
    """HTML, DOCX and XLSX of papers."""
    made = []
    for doc in documents:
        contents = {
            "html": html_paper.render(doc).encode(),
            "docx": docx_paper.render(doc),
            "xlsx": xlsx_paper.render(doc),
        }
        for ending, data in contents.items():
            path = folder / f"{doc.slug}.{ending}"
            write_whole(path, data, _POINT)
            made.append(path)
    return made


@stage(CONVERTING)
def _with_pdf(folder: Path, groups: list[list[Path]]) -> list[list[Path]]:
    """The groups with the PDF of each Word file: one call of the program for all of them."""
    word = [path for group in groups for path in group if path.suffix == ".docx"]
    try:
        made = {path.stem: path for path in pdf.to_pdf(word, folder)}
    except pdf.PdfError as error:
        # the figures are committed and the Word papers are there: a PDF is not worth a run
        log.warning("no PDF: %s", error)
        made = {}
    return [
        [*group, *(made[p.stem] for p in group if p.suffix == ".docx" and p.stem in made)]
        for group in groups
    ]


def _makes_pdf() -> bool:
    return pdf.program() is not None


def _stands(folder: Path, record: Record, family: Family, inputs: str) -> bool:
    """Whether the papers in place were made from the same inputs and are still as written."""
    said = record.get(family)
    if said is None or said["inputs"] != inputs or (_makes_pdf() and not said.get("pdf")):
        return False
    try:
        return all(
            _sha((folder / name).read_bytes()) == digest for name, digest in _outputs(said).items()
        )
    except FileNotFoundError:
        return False


def _take_away(folder: Path, kept: Record) -> None:
    """Papers that nothing vouches for: an old one must not be taken for today's."""
    names = {name for said in kept.values() for name in _names(said)}
    known = [slug + suffix for slug in SLUGS for suffix in ("", *SUFFIXES.values())]
    for slug in known:
        for ending in ("html", "docx", "xlsx", "pdf"):
            path = folder / f"{slug}.{ending}"
            if path.is_file() and path.name not in names:
                path.unlink()


def _read(folder: Path) -> Record:
    try:
        found = json.loads((folder / RECORD).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _outputs(said: dict[str, object]) -> dict[str, str]:
    found = said["outputs"]
    return found if isinstance(found, dict) else {}


def _names(said: dict[str, object]) -> list[str]:
    return list(_outputs(said))


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
