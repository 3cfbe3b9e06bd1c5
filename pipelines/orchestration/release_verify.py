"""Reading an issued release back: is every byte still as it was issued?

Belongs here: archive against its record, record against the journal, tables against the manifest,
signed copies and received files against their hashes. Does not belong here: computing anything
anew (``release_rebuild``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.intake.documents import file_sha256
from pipelines.intake.journal import read_journal
from pipelines.intake.receipts import places
from pipelines.intake.releases import Release, releases_of
from pipelines.orchestration.release_archive import read_record, stray_files
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.archives import MANIFEST, RECORD, SIGNED, TABLES, release_folder
from pipelines.warehouse.hashing import arrow_hash
from pipelines.warehouse.manifest import Manifest, TableEntry

_STRAY = {
    "changed": "nội dung đã đổi",
    "missing": "không còn",
    "added": "không có trong bản lưu lúc ban hành",
}


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was issued.

    Attributes:
        release_id: The release.
        path: The file, below the release's folder; a received file below the root.
        text: What is wrong, in Vietnamese.
        is_note: It is told, but it is nobody's fault: the sender has sent another file since.
    """

    release_id: str
    path: str
    text: str
    is_note: bool = False


def issued_releases(root: Path) -> list[Release]:
    """Every release that was ever issued, corrected and withdrawn ones too, by period."""
    journals = sorted((root / "raw").glob("*/journal.jsonl"))
    found = (each for path in journals for each in releases_of(read_journal(path).entries))
    return [release for release in found if release.was_issued]


def verify(root: Path, release: Release) -> list[Difference]:
    """Read a release back and compare every hash.

    Args:
        root: The project's root.
        release: One that was issued.

    Returns:
        What differs, files of the archive first; nothing where all is as it was.
    """
    folder, name = release_folder(root, release.release_id), release.release_id
    if not (folder / RECORD).is_file():
        return [Difference(name, RECORD, "không còn bản lưu của bản này")]
    found = []
    if file_sha256(folder / RECORD) != release.sha256:
        found.append(Difference(name, RECORD, "khác mã băm ghi trong sổ lúc ban hành"))
    try:
        record = read_record(folder)
        files = dict(record["files"])
    except (ValueError, KeyError, TypeError):
        return [*found, Difference(name, RECORD, "không đọc được")]
    stray = stray_files(folder, files)
    found += [Difference(name, path, _STRAY[what]) for path, what in stray.items()]
    found += _tables(folder, name)
    found += _signed(folder, release)
    return [*found, *_inputs(root, release, record)]


def _tables(folder: Path, name: str) -> Iterator[Difference]:
    """Whether the rows of each table give the hash that the manifest names."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (ValueError, FileNotFoundError):
        yield Difference(name, MANIFEST, "không đọc được")
        return
    for table, entries in sorted(manifest.tables.items()):
        for period, entry in sorted(entries.items()):
            if wrong := _wrong_rows(folder, entry):
                yield Difference(name, f"{TABLES}/{entry.files[0]}", f"{table} {period}: {wrong}")


def _wrong_rows(folder: Path, entry: TableEntry) -> str:
    try:
        read = [pq.ParquetFile(folder / TABLES / file).read() for file in entry.files]
    except (FileNotFoundError, pa.ArrowException, OSError) as error:
        return f"không đọc được ({type(error).__name__})"
    rows = pa.concat_tables(read).combine_chunks()
    return "" if arrow_hash(rows) == entry.hash else "các dòng khác mã băm trong bản kê"


def _signed(folder: Path, release: Release) -> Iterator[Difference]:
    known = {copy.path: copy.sha256 for copy in release.signed}
    for path, expected in known.items():
        if not (folder / path).is_file():
            yield Difference(release.release_id, path, _STRAY["missing"])
        elif file_sha256(folder / path) != expected:
            yield Difference(release.release_id, path, _STRAY["changed"])
    for path in sorted((folder / SIGNED).rglob("*")):
        inside = path.relative_to(folder).as_posix()
        if path.is_file() and inside not in known:
            yield Difference(release.release_id, inside, "bản ký không có trong sổ")


def _inputs(root: Path, release: Release, record: dict[str, Any]) -> Iterator[Difference]:
    """The received files that it stands on; one that was replaced by a newer one is a note."""
    folder = release_folder(root, release.release_id)
    for each in record.get("inputs", []):
        path, expected = root / each["path"], each["sha256"]
        if path.is_file() and file_sha256(path) == expected:
            continue
        if (folder / "inputs" / expected).is_file():
            continue  # kept with the release
        replaced = _received_later(root, each)
        what = "đã được thay bằng tệp nộp sau" if replaced else "tệp đầu vào đã mất hoặc đã đổi"
        yield Difference(release.release_id, each["path"], what, is_note=replaced)


def _received_later(root: Path, each: dict[str, str]) -> bool:
    """Whether the journal knows other bytes at the path, or the same ones elsewhere."""
    period = each["submission_id"].split("/")[0]
    entries = read_journal(journal_path(root, period)).entries
    lies = places(entries)
    receipts = {e["submission_id"]: e for e in entries if e["event"] == "received"}
    moved = root / lies.get(each["submission_id"], each["path"])
    if moved.is_file() and file_sha256(moved) == each["sha256"]:
        return True
    names = list(receipts)
    place = names.index(each["submission_id"]) if each["submission_id"] in receipts else len(names)
    return any(receipts[name]["path"] == each["path"] for name in names[place + 1 :])
