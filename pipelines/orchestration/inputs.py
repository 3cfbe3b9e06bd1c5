"""What the tables of a period follow from: its files, or those of the periods it is made of.

Belongs here: whether there is any input, one hash of all of it. Does not belong here: reading the
files (``steps``), which periods run first (``earlier``).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd

import pipelines
from pipelines.catalogue.load import catalogue_hash, load_migrations
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.periods import period_frame
from pipelines.catalogue.reference import CONTACTS, read_facts
from pipelines.intake.journal import ABOUT_PAPERS, read_journal
from pipelines.intake.known_hashes import sha256_at
from pipelines.intake.receipts import sha256_of
from pipelines.orchestration import steps
from pipelines.orchestration.decided import remembered
from pipelines.orchestration.period_facts import leaves_of, made_of
from pipelines.orchestration.receiving import is_whole_name
from pipelines.warehouse.archives import NARRATIVE, RELEASES

Tables = dict[str, pd.DataFrame]
JOURNAL = "journal.jsonl"
_OF_PAPERS = {RELEASES, NARRATIVE}


def calendar(root: Path, catalogue: Catalogue) -> Tables:
    """The tables that say what a period is made of: ``ref.periods`` and ``ref.requests``."""
    return {
        "ref.periods": period_frame(catalogue.periods),
        "ref.requests": read_facts(catalogue, root / "raw" / "reference", "requests"),
    }


def received_any(root: Path, period: str) -> bool:
    """Whether the journal of a period holds a receipt."""
    entries = read_journal(steps.journal_path(root, period)).entries
    return any(entry["event"] == "received" for entry in entries)


def leaves_with_input(root: Path, tables: Tables, period: str) -> list[str]:
    """The periods with receipts that a period stands on, itself included."""
    return [
        leaf
        for leaf in leaves_of(tables, period)
        if steps.journal_path(root, leaf).is_file() and received_any(root, leaf)
    ]


def inputs_fingerprint(
    root: Path, catalogue: Catalogue, period: str, known: dict[str, str] | None = None
) -> str:
    """One hash of everything a period's tables follow from: catalogue, code, facts, files.

    What is said of papers (texts, reviews, releases and their archives) changes no table. Of
    earlier periods' journals that is what they say of providers' signs; of a period that is made
    of others, what those follow from.

    Args:
        root: The project's root.
        catalogue: What is measured.
        period: Key of the period.
        known: Fingerprints by period that were taken just now; what is taken is added.
    """
    return _fingerprint(
        root, catalogue, period, calendar(root, catalogue), {} if known is None else known
    )


def _fingerprint(
    root: Path, catalogue: Catalogue, period: str, tables: Tables, known: dict[str, str]
) -> str:
    if period not in known:
        parts = made_of(tables, period)
        if parts:
            prints = [_fingerprint(root, catalogue, part, tables, known) for part in parts]
            found = hashlib.sha256(" ".join([period, *prints]).encode()).hexdigest()
        else:
            found = _of_files(root, catalogue, period, tables)
        known[period] = found
    return known[period]


def _of_files(root: Path, catalogue: Catalogue, period: str, tables: Tables) -> str:
    digest = hashlib.sha256(catalogue_hash(catalogue).encode())
    code = Path(pipelines.__path__[0])
    raw = root / "raw"
    files = [
        *sorted(code.rglob("*.py")),
        *sorted(p for p in (raw / "reference").rglob("*.csv") if p.name != CONTACTS),
        *sorted(path for path in (raw / period).rglob("*") if _counts(path, raw / period)),
    ]
    for path in files:
        base = code if path.is_relative_to(code) else raw
        digest.update(f"{path.relative_to(base).as_posix()} {_hash_of(path)}".encode())
    if names := load_migrations():
        digest.update(repr(names.renames).encode())
    for line in remembered(root, tables["ref.periods"], period):
        digest.update(json.dumps(line, ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()


def _counts(path: Path, folder: Path) -> bool:
    """Whether the tables of a period may follow from a file of its folder."""
    if not path.is_file() or path.is_symlink() or not is_whole_name(path.name):
        return False
    return path.relative_to(folder).parts[0] not in _OF_PAPERS


def _hash_of(path: Path) -> str:
    """Hash of a file's bytes; of a journal without the lines about papers."""
    if path.name != JOURNAL:
        return sha256_at(path)
    lines = path.read_bytes().split(b"\n")
    return sha256_of(b"\n".join(line for line in lines if not _about_papers(line)))


def _about_papers(line: bytes) -> bool:
    try:
        entry = json.loads(line)
    except ValueError:
        return False
    return isinstance(entry, dict) and entry.get("event") in ABOUT_PAPERS
