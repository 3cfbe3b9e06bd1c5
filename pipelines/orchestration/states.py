"""What the figures of a period follow from: in the working draft, an issued release, a folder.

Belongs here: where catalogue, facts, journals and bytes of a state lie. Does not belong here: one
state between two (``hybrids``), computing figures (``what_changed``), making an archive.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.catalogue.integrity import CatalogueError
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.reference import CONTACTS
from pipelines.intake.journal import read_journal
from pipelines.intake.receipts import is_inside, places, sha256_of
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.warehouse.archives import CATALOGUE, JOURNALS, RECORD, REFERENCE, release_folder

Entries = Sequence[Mapping[str, Any]]
DRAFT = "draft"
_JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Held:
    """Bytes that lie somewhere: their hash and where they are now."""

    sha256: str
    lies_at: Path


@dataclass(frozen=True)
class State:
    """Everything that figures of a period follow from.

    Attributes:
        name: ``draft``, the number of a release, or a folder's name.
        catalogue: What was measured; contracts of tables are those of today.
        facts: Files of ``raw/reference`` by name.
        journals: Entries by period, of every period with a journal.
        files: What lies at the place of a received file, by path relative to a root.
        lost: Receipts of an issued release whose bytes are nowhere any more.
    """

    name: str
    catalogue: Catalogue
    facts: Mapping[str, bytes]
    journals: Mapping[str, Entries]
    files: Mapping[str, Held]
    lost: tuple[str, ...] = ()


def state_of(root: Path, period: str, which: str | Path) -> State:
    """A state of a period.

    Args:
        root: The project's root.
        period: Key of the period.
        which: ``draft``, the number of an issued release of the period (``01``, ``2021-H1/01``),
            or a folder with ``raw/`` in it and, if it has one of its own, ``catalogue/``.

    Raises:
        Stopped: There is no such release or folder, or its catalogue cannot be read today.
        JournalError: A journal cannot be read.
    """
    if isinstance(which, Path):
        return _of_folder(which)
    name = which.removeprefix(f"{period}/")
    if name == DRAFT:
        return _of_root(root, DRAFT, load_catalogue())
    if name.isdigit():
        return _of_release(root, period, name.zfill(2))
    if (Path(which) / "raw").is_dir():
        return _of_folder(Path(which))
    raise Stopped(_no_state(period, which, f"không có thư mục {which}/raw"))


def _of_folder(folder: Path) -> State:
    if not (folder / "raw").is_dir():
        raise Stopped(_no_state("", str(folder), f"{folder.name} không có thư mục raw"))
    own = folder / "catalogue"
    return _of_root(folder, folder.name, _catalogue(own) if own.is_dir() else load_catalogue())


def _of_root(root: Path, name: str, catalogue: Catalogue) -> State:
    journals = _journals(root)
    return State(
        name=name,
        catalogue=catalogue,
        facts=_facts(root / "raw" / "reference"),
        journals=journals,
        files=_present(root, journals.values()),
    )


def _of_release(root: Path, period: str, number: str) -> State:
    """An issued release: its own catalogue, facts and journals; bytes wherever they still are."""
    folder = release_folder(root, f"{period}/{number}")
    record = folder / RECORD
    if not record.is_file():
        missing = record.relative_to(root).as_posix()
        raise Stopped(_no_state(period, number, f"không có tệp {missing}"))
    paths = sorted((folder / JOURNALS).glob("*.jsonl"))
    journals = {path.stem: read_journal(path).entries for path in paths}
    stood_on = json.loads(record.read_bytes())["inputs"]
    files, lost = _kept(root, folder, journals, {each["path"]: each for each in stood_on})
    return State(
        name=number,
        catalogue=_catalogue(folder / CATALOGUE),
        facts=_facts(folder / REFERENCE),
        journals=journals,
        files=files,
        lost=lost,
    )


def _catalogue(folder: Path) -> Catalogue:
    """A catalogue as it was; only what today's program writes into tables is of today."""
    try:
        found = load_catalogue(folder)
    except CatalogueError as error:
        raise Stopped(
            Problem(
                "QCDC-E91",
                "Chương trình hiện nay không đọc được danh mục đã lưu.",
                str(error)[:1000],
                f"danh mục đúng cấu trúc trong {folder.parent.name}/{folder.name}",
                "Dùng bản chương trình ghi trong release.json của bản phát hành để so sánh.",
            )
        ) from error
    return found.model_copy(update={"tables": load_catalogue().tables})


def _journals(root: Path) -> dict[str, Entries]:
    found = sorted((root / "raw").glob(f"*/{_JOURNAL}"))
    return {path.parent.name: read_journal(path).entries for path in found}


def _facts(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.glob("*.csv")) if path.name != CONTACTS)
    return {path.name: path.read_bytes() for path in found}


def _present(root: Path, journals: Iterable[Entries]) -> dict[str, Held]:
    """What lies now at the places that journals tell."""
    named = {path for entries in journals for path in places(entries).values()}
    return {
        path: Held(sha256_of((root / path).read_bytes()), root / path)
        for path in sorted(named)
        if is_inside(root / path, root)
    }


def _kept(
    root: Path,
    folder: Path,
    journals: Mapping[str, Entries],
    wanted: Mapping[str, Mapping[str, str]],
) -> tuple[dict[str, Held], tuple[str, ...]]:
    """The bytes that a release stood on, and the receipts whose bytes are nowhere any more.

    They lie where they lay, in the archive, or anywhere in the folder of their period.
    """
    now = _present(root, journals.values())
    absent = {
        path
        for path, each in wanted.items()
        if path not in now or now[path].sha256 != each["sha256"]
    }
    elsewhere = _by_hash([folder, *(root / "raw" / key for key in journals)]) if absent else {}
    files = {path: now[path] for path in wanted if path not in absent}
    for path in sorted(absent):
        sha256 = wanted[path]["sha256"]
        if sha256 in elsewhere:
            files[path] = Held(sha256, elsewhere[sha256])
    return files, tuple(sorted(wanted[path]["submission_id"] for path in absent - set(files)))


def _by_hash(folders: Iterable[Path]) -> dict[str, Path]:
    """Plain files below folders by the hash of their bytes."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                found.setdefault(sha256_of(path.read_bytes()), path)
    return found


def _no_state(period: str, which: str, found: str) -> Problem:
    return Problem(
        "QCDC-E90",
        f"Không có bản {which} để so sánh.",
        found,
        "draft (bản đang làm), số của một bản đã ban hành, ví dụ 01, hoặc một thư mục có raw/",
        f"Xem các bản của kỳ: qcdc release list {period}".rstrip(),
    )
