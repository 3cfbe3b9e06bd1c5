"""Collecting what the doctor judges by: tables, catalogue, calendar, journals.

Belongs here: reading them without changing anything. Does not belong here: judging
(``doctor_checks*``), the instance and the disk (``doctor_facts``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.catalogue.load import catalogue_hash, load_catalogue
from pipelines.intake.journal import Entry, JournalError, read_journal
from pipelines.intake.receipts import first_status, is_inside, receipts
from pipelines.operations.doctor_model import PeriodFacts, WarehouseFacts
from pipelines.orchestration.inputs import calendar
from pipelines.orchestration.problems import KNOWN, Problem, problem_of
from pipelines.orchestration.receiving import nameless_files
from pipelines.warehouse.errors import WarehouseError
from pipelines.warehouse.manifest import Manifest, read_manifest, warehouse_folder
from pipelines.warehouse.place import place_of

_CHUNK = 1 << 20


def warehouse_facts(root: Path, *, deep: bool) -> WarehouseFacts:
    """Compare the manifest with the files it names.

    Args:
        root: The project's root.
        deep: Compare every byte with the name, which is the hash of the content; else only that
            the file can be opened and has the rows that the manifest tells.
    """
    try:
        manifest = read_manifest(root)
        held = place_of(root).paths(manifest.files())
    except (WarehouseError, OSError) as error:
        return WarehouseFacts(problem=problem_of(error))
    names = sorted(manifest.files())
    paths = {name: held.get(name, warehouse_folder(root) / name) for name in names}
    missing = tuple(name for name in names if not paths[name].is_file())
    wrong = dict(_wrong_bytes(paths) if deep else _wrong_rows(paths, manifest))
    told = tuple(f"{name}: {what}" for name, what in sorted(wrong.items()) if name not in missing)
    return WarehouseFacts(None, len(names), missing, told, manifest.catalogue_hash)


def _wrong_bytes(paths: Mapping[str, Path]) -> list[tuple[str, str]]:
    found = []
    for name, path in paths.items():
        if path.is_file() and not _digest(path).startswith(path.stem):
            found.append((name, "nội dung khác mã băm trong tên tệp"))
    return found


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _wrong_rows(paths: Mapping[str, Path], manifest: Manifest) -> list[tuple[str, str]]:
    found = []
    for periods in manifest.tables.values():
        for entry in periods.values():
            try:
                rows = sum(pq.read_metadata(paths[name]).num_rows for name in entry.files)
            except FileNotFoundError:
                continue
            except (pa.ArrowException, OSError):
                found.append((entry.files[0], "không đọc được"))
                continue
            if rows != entry.rows:
                found.append((entry.files[0], f"có {rows} dòng, bản kê ghi {entry.rows}"))
    return found


def period_facts(root: Path, today: dt.date) -> PeriodFacts:
    """Read catalogue, facts and journals.

    Args:
        root: The project's root.
        today: Day in Hanoi.
    """
    broken, torn, lost, newest = _journals(root)
    nameless = _nameless(root)
    try:
        catalogue = load_catalogue()
        tables = calendar(root, catalogue)
    except (*KNOWN, LookupError, ValueError) as error:
        problem = problem_of(error) if isinstance(error, KNOWN) else _no_facts(error)
        return PeriodFacts(
            problem=problem, broken=broken, torn=torn, lost=lost, nameless=nameless, newest=newest
        )
    periods, requests = tables["ref.periods"], tables["ref.requests"]
    due = _due(periods, today)
    return PeriodFacts(
        catalogue_hash=catalogue_hash(catalogue),
        last_day=_last_day(periods),
        due=due,
        is_asked=due is not None and bool((requests["period"] == due[0]).any()),
        broken=broken,
        torn=torn,
        lost=lost,
        nameless=nameless,
        newest=newest,
    )


def _nameless(root: Path) -> tuple[str, ...]:
    folders = sorted(path for path in (root / "raw").glob("*/") if not path.is_symlink())
    found = [path for folder in folders for path in nameless_files(root, folder.name)]
    return tuple(
        path.relative_to(root).as_posix().encode("utf-8", "replace").decode() for path in found
    )


def _no_facts(error: Exception) -> Problem:
    """A table of facts that an editor has spoilt: columns gone, another encoding."""
    return Problem(
        "QCDC-E116",
        "Không đọc được tệp dữ kiện trong raw/reference/.",
        f"{type(error).__name__}: {error}",
        "các tệp .csv đủ cột, mã hóa UTF-8",
        "Khôi phục tệp vừa sửa trong raw/reference/ từ bản sao lưu.",
    )


def _halves(periods: pd.DataFrame) -> pd.DataFrame:
    return periods[periods["kind"] == "half"].sort_values("starts_on")


def _last_day(periods: pd.DataFrame) -> dt.date | None:
    halves = _halves(periods)
    return None if halves.empty else pd.Timestamp(halves["ends_on"].iloc[-1]).date()


def _due(periods: pd.DataFrame, today: dt.date) -> tuple[str, dt.date] | None:
    halves = _halves(periods)
    left = halves[pd.to_datetime(halves["window_to"]) >= pd.Timestamp(today)]
    if left.empty:
        return None
    row = left.iloc[0]
    return str(row["period"]), pd.Timestamp(row["window_to"]).date()


def _journals(
    root: Path,
) -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...], dict[str, dt.datetime]]:
    """What is broken, which were cut, receipts without file, newest line by journal."""
    broken: dict[str, str] = {}
    torn: list[str] = []
    lost: list[str] = []
    newest: dict[str, dt.datetime] = {}
    for path in sorted((root / "raw").glob("*/journal.jsonl")):
        name = path.relative_to(root).as_posix()
        try:
            read = read_journal(path)
        except (JournalError, OSError) as error:
            broken[name] = str(error)
            continue
        if read.torn is not None:
            torn.append(name)
        lost += _lost(root, path.parent.name, read.entries)
        if read.entries:
            newest[name] = max(dt.datetime.fromisoformat(str(e["at"])) for e in read.entries)
    return broken, tuple(torn), tuple(lost), newest


def _lost(root: Path, period: str, entries: list[Entry]) -> list[str]:
    """Receipts whose file is not at its place and that nothing replaced; bytes are not read."""
    frame = receipts(entries, period)
    if frame.empty:
        return []
    ids, paths = frame["submission_id"].astype("str"), frame["path"].astype("str")
    there = {
        name: (root / path).stat().st_size
        for name, path in zip(ids, paths, strict=True)
        if is_inside(root / path, root)
    }
    status = first_status(frame, there)
    return [str(name) for name in status.loc[status["status"] == "unreadable", "submission_id"]]
