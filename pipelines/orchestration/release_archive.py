"""Freezing a release: everything it stands on, in one folder that appears whole or not at all.

Belongs here: which files an archive has, writing it aside, giving it its name, taking up one that
a crash left without its journal line. Does not belong here: whether it may be issued
(``release_checks``), the journal line (``releasing``).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.catalogue.contracts import table_contract, table_names
from pipelines.catalogue.load import DATA, load_migrations
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.reference import CONTACTS
from pipelines.intake.documents import file_sha256
from pipelines.intake.receipts import sha256_of
from pipelines.intake.releases import Issued
from pipelines.orchestration.release_basis import Basis, code_now, kept_manifest
from pipelines.orchestration.release_papers import packed_site
from pipelines.orchestration.steps import journal_path
from pipelines.orchestration.storing import opened
from pipelines.warehouse.archives import (
    CATALOGUE,
    INPUTS,
    JOURNALS,
    MANIFEST,
    NARRATIVE,
    PAPERS,
    RECORD,
    REFERENCE,
    SIGNED,
    SITE,
    TABLES,
    release_folder,
)
from pipelines.warehouse.durable import put_folder, write_whole
from pipelines.warehouse.manifest import Manifest, TableEntry, warehouse_folder
from pipelines.warehouse.place import place_of
from pipelines.warehouse.reader import open_warehouse_at
from pipelines.warehouse.store import write_table

FIGURES = "report.figures"
_READ_ONLY = 0o444
_ASIDE_DIGITS = 8


@dataclass(frozen=True)
class Frozen:
    """What is to be frozen.

    Attributes:
        issued: Number, day, roles.
        basis: What the period stands on.
        manifest: The committed one.
        content: Hash of what was submitted.
        papers: Folder of the rendered papers as they are issued.
        why: Reasons that were given for issuing in spite of something.
        keep_inputs: Copy the received files as well.
    """

    issued: Issued
    basis: Basis
    manifest: Manifest
    content: str
    papers: Path
    why: str | None = None
    keep_inputs: bool = False


def freeze(root: Path, catalogue: Catalogue, frozen: Frozen) -> str:
    """Put the archive of a release in its place; call it inside ``writer_lock``.

    An archive that a crash left there without its journal line is taken up as it is if it is
    whole and says the same; another one is set aside, never deleted.

    Returns:
        SHA-256 of ``release.json``, for the journal.

    Raises:
        DiskFullError: There is no room; nothing was issued.
    """
    folder = release_folder(root, frozen.issued.release_id)
    if folder.exists():
        record = folder / RECORD
        if _is_same(folder, _facts(frozen)):
            return file_sha256(record)
        _set_aside(folder)
    staging = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(staging, ignore_errors=True)
    hashes = {}
    for name, data in _contents(root, catalogue, frozen):
        hashes[name] = sha256_of(data)
        write_whole(staging / name, data, "archived")
    if (site := _site(root, catalogue, frozen, staging)) is not None:
        hashes[SITE] = sha256_of(site)
        write_whole(staging / SITE, site, "archived")
    record = _facts(frozen) | {"files": dict(sorted(hashes.items()))}
    text = json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    write_whole(staging / RECORD, text.encode(), "archived")
    for path in staging.rglob("*"):
        if path.is_file():
            path.chmod(_READ_ONLY)
    put_folder(staging, folder, "archive")
    return sha256_of(text.encode())


def read_record(folder: Path) -> dict[str, Any]:
    """What ``release.json`` says.

    Raises:
        ValueError: It is no JSON object.
        FileNotFoundError: It is not there.
    """
    record = json.loads((folder / RECORD).read_bytes())
    if not isinstance(record, dict):
        msg = f"{RECORD}: expected an object"
        raise ValueError(msg)
    return record


def stray_files(folder: Path, files: Mapping[str, str]) -> dict[str, str]:
    """Files of an archive that are not as ``release.json`` lists them.

    Returns:
        Path below the folder → ``changed``, ``missing`` or ``added``; signed copies, which come
        later and stand in the journal, are not looked at.
    """
    found = {}
    for name, expected in files.items():
        path = folder / name
        if not path.is_file():
            found[name] = "missing"
        elif file_sha256(path) != expected:
            found[name] = "changed"
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        own = name == RECORD or name.startswith(f"{SIGNED}/")
        if path.is_file() and not own and name not in files:
            found[name] = "added"
    return found


def _facts(frozen: Frozen) -> dict[str, Any]:
    """What the record says besides its files: no time but the day of the signature."""
    issued, basis = frozen.issued, frozen.basis
    return {
        "format": 1,
        "release_id": issued.release_id,
        "state": "issued",
        "period": basis.period,
        "number": issued.number,
        "signed_on": issued.signed_on.isoformat(),
        "roles": {
            "preparer": issued.preparer,
            "checker": issued.checker,
            "signer": issued.signer,
        },
        "corrects": issued.corrects,
        "correction": issued.correction,
        "why": frozen.why,
        "code": code_now(),
        "catalogue_hash": frozen.manifest.catalogue_hash,
        "content": frozen.content,
        "leaves": list(basis.leaves),
        "looked_back": list(basis.looked_back),
        "inputs": [asdict(each) for each in basis.inputs],
    }


def _is_same(folder: Path, facts: Mapping[str, Any]) -> bool:
    """Whether a folder is the whole archive of just this release."""
    try:
        record = read_record(folder)
    except (FileNotFoundError, ValueError):
        return False
    files = record.pop("files", {})
    return record == facts and not stray_files(folder, files)


def _set_aside(folder: Path) -> None:
    """Keep a folder that nobody issued under a name that says so."""
    record = folder / RECORD
    digest = file_sha256(record) if record.is_file() else sha256_of(b"")
    folder.rename(folder.with_name(f".{folder.name}.{digest[:_ASIDE_DIGITS]}.aside"))


def _contents(root: Path, catalogue: Catalogue, frozen: Frozen) -> Iterator[tuple[str, bytes]]:
    """Every file of the archive but its record: path below the folder, bytes."""
    manifest, own = _with_release_id(root, catalogue, frozen)
    yield MANIFEST, manifest.to_json().encode()
    held = place_of(root).paths(manifest.files() - own.keys())
    for name in sorted(manifest.files()):
        data = own.get(name)
        yield f"{TABLES}/{name}", held[name].read_bytes() if data is None else data
    raw = root / "raw"
    yield from _below(DATA, CATALOGUE)
    facts = _below(raw / "reference", REFERENCE)
    yield from (each for each in facts if each[0] != f"{REFERENCE}/{CONTACTS}")
    yield from _below(frozen.papers, PAPERS)
    period = frozen.basis.period
    for key in dict.fromkeys((*frozen.basis.journals, period)):
        if journal_path(root, key).is_file():
            yield f"{JOURNALS}/{key}.jsonl", journal_path(root, key).read_bytes()
    if (raw / period / NARRATIVE).is_file():
        yield NARRATIVE, (raw / period / NARRATIVE).read_bytes()
    if frozen.keep_inputs:
        kept = {each.sha256: each.path for each in frozen.basis.inputs}
        for digest, path in sorted(kept.items()):
            yield f"{INPUTS}/{digest}", (root / path).read_bytes()


def _site(root: Path, catalogue: Catalogue, frozen: Frozen, staging: Path) -> bytes | None:
    """The evidence site, made from the tables and beside the papers that are in the archive."""
    manifest = Manifest.model_validate_json((staging / MANIFEST).read_bytes())
    contracts = [table_contract(catalogue, name) for name in table_names(catalogue)]
    wh = open_warehouse_at(
        root,
        manifest,
        labels={contract.name: contract.labels_vi for contract in contracts},
        contracts=contracts,
        folder=staging / TABLES,
        migrations=load_migrations(),
    )
    return packed_site(wh, root, frozen.basis.period, staging / PAPERS)


def _below(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """All plain files below a folder, under another name for it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes()


def _with_release_id(
    root: Path, catalogue: Catalogue, frozen: Frozen
) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest to keep, its figures under the release's id; the files that are new in it."""
    period = frozen.basis.period
    kept = kept_manifest(frozen.manifest, frozen.basis)
    figures = opened(root, catalogue, kept).table(FIGURES, period=period)
    named = figures.assign(release_id=frozen.issued.release_id)
    with tempfile.TemporaryDirectory() as folder:
        entry = write_table(Path(folder), table_contract(catalogue, FIGURES), period, named)
        files = {n: (warehouse_folder(Path(folder)) / n).read_bytes() for n in entry.files}
    return with_entry(kept, FIGURES, period, entry), files


def with_entry(manifest: Manifest, name: str, period: str, entry: TableEntry) -> Manifest:
    """A manifest with another entry for a table of a period."""
    tables = manifest.tables | {name: manifest.tables.get(name, {}) | {period: entry}}
    return manifest.model_copy(update={"tables": tables})
