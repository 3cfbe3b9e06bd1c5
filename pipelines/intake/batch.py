"""A period's files read into frames: accounts, entries, register rows, what was seen wrong.

Belongs here: one file → its reading; many readings → the batch that validation takes.
Does not belong here: accepting or returning (``validation``), writing (``warehouse``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.intake.container import UnreadableWorkbook
from pipelines.intake.decisions import Confirmed, Decisions, Meaning
from pipelines.intake.documents import (
    EVIDENCE_COLUMNS,
    evidence_frame,
    find_documents,
    settle_documents,
)
from pipelines.intake.executors import map_items
from pipelines.intake.kept_readings import TASK, Kept, Readings, joined
from pipelines.intake.privacy import impersonal_names
from pipelines.intake.receipts import (
    first_status,
    found_bytes,
    heavy_files,
    receipts,
    refuse_heavy,
    sha256_of,
)
from pipelines.intake.sheets import FileReading, read_file
from pipelines.places.naming import Directory

ENTRY_COLUMNS = [
    "submission_id",
    "sheet",
    "cell",
    "unit_id",
    "element",
    "raw",
    "value",
    "qualifier",
    "text",
    "note",
    "state",
    "compulsory",
]
FAULT_COLUMNS = [
    "submission_id",
    "sheet",
    "cell",
    "unit_id",
    "element",
    "operator",
    "found",
    "expected",
    "proposed",
    "why",
]
LETTER_COLUMNS = ["register_id", "submission_id", "sheet", "column", "letter"]
ACCOUNT_COLUMNS = ["submission_id", "sheet", "fate", "cells"]
QUOTE_COLUMNS = ["submission_id", "sheet", "cell", "unit_id", "text"]
QUARANTINE_COLUMNS = ["submission_id", "sheet", "cell", "text", "reason", "proposed"]


@dataclass(frozen=True)
class IntakeBatch:
    """What a set of files holds; see the column lists of this module for the frames."""

    submissions: pd.DataFrame
    accounts: pd.DataFrame
    quarantine: pd.DataFrame
    entries: pd.DataFrame
    rows: dict[str, pd.DataFrame]
    row_letters: pd.DataFrame
    faults: pd.DataFrame
    quotes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=QUOTE_COLUMNS))
    independent: dict[str, dict[str, int]] = field(default_factory=dict)
    evidence: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=EVIDENCE_COLUMNS))


@dataclass(frozen=True)
class FileTask:
    """A file to read: its bytes, and who the receipt says has sent it for which period.

    ``sha256`` is that of the bytes, empty where nobody has asked.
    """

    data: bytes
    provider: str
    period: str
    file_name: str | None = None
    confirmed: Confirmed | None = None
    meanings: tuple[Meaning, ...] = ()
    sha256: str = ""


# reads files, one reading per task, in order
Reader = Callable[[Catalogue, Directory, Sequence[FileTask]], list[FileReading]]


@dataclass(frozen=True)
class _Task:
    """``read_file`` with its catalogue, as a worker process takes it."""

    catalogue: Catalogue
    directory: Directory

    def __call__(self, task: FileTask) -> FileReading:
        return read_file(
            task.data,
            self.catalogue,
            provider=task.provider,
            period=task.period,
            known_units=self.directory.known,
            directory=self.directory,
            confirmed=task.confirmed,
            meanings=task.meanings,
            file_name=task.file_name,
        )


def read_in_workers(
    catalogue: Catalogue, directory: Directory, tasks: Sequence[FileTask]
) -> list[FileReading]:
    """Read files in processes that may die; a file that kills its reader is unreadable."""
    found = map_items(_Task(catalogue, directory), tasks)
    return [
        FileReading(unreadable=reading) if isinstance(reading, UnreadableWorkbook) else reading
        for reading in found
    ]


def read_batch(
    root: Path,
    catalogue: Catalogue,
    entries: Sequence[Mapping[str, Any]],
    *,
    period: str,
    units: pd.DataFrame,
    names: pd.DataFrame | None = None,
    successions: pd.DataFrame | None = None,
    decisions: Decisions | None = None,
    read: Reader = read_in_workers,
) -> IntakeBatch:
    """Read every file that a period's journal has a receipt for.

    Args:
        root: The project's root; only files below ``raw/`` are opened.
        catalogue: What is measured.
        entries: Journal entries.
        period: Key of the period.
        units: ``ref.units``.
        names: ``ref.unit_names``: other spellings of units.
        successions: ``ref.unit_successions``: what units have become.
        decisions: What coordinators have confirmed about files, and what providers mean by signs.
        read: Reads the files; a reader with a memory may stand in for the workers.
    """
    frame = receipts(entries, period)
    documents = find_documents(frame, root, entries)
    books = frame[~frame["submission_id"].isin(list(documents.notes))]
    found, heavy = found_bytes(books, root), heavy_files(books, root)
    sizes = {submission_id: len(data) for submission_id, data in found.items()} | heavy
    submissions = settle_documents(first_status(frame, sizes | documents.sizes), documents)
    submissions = refuse_heavy(submissions, heavy)
    waiting = submissions[submissions["status"].isna()]
    ids = [str(submission_id) for submission_id in waiting["submission_id"]]
    tasks = [
        replace(
            _task(found[submission_id], str(provider), period, str(path), submission_id, decisions),
            sha256=str(sha256),
        )
        for submission_id, provider, path, sha256 in zip(
            ids, waiting["provider"], waiting["path"], waiting["sha256"], strict=True
        )
    ]
    directory = Directory(units, names, successions)
    found_readings = read(catalogue, directory, tasks)
    readings = dict(zip(ids, found_readings, strict=True))
    kept = found_readings.kept if isinstance(found_readings, Readings) else Kept()
    batch = _assemble(_impersonal(submissions), readings, catalogue, units, kept)
    return replace(batch, evidence=evidence_frame(batch.submissions, documents, units))


def _impersonal(submissions: pd.DataFrame) -> pd.DataFrame:
    """Names of files that name a person are not taken into tables; the journal has them."""
    path = submissions["path"]
    return submissions.assign(path=path.replace(impersonal_names(path.astype("str"))))


def _task(
    data: bytes,
    provider: str,
    period: str,
    path: str,
    submission_id: str,
    decisions: Decisions | None,
) -> FileTask:
    decisions = decisions or Decisions()
    return FileTask(
        data=data,
        provider=provider,
        period=period,
        file_name=PurePath(path).name,
        confirmed=decisions.confirmed.get(submission_id),
        meanings=tuple(m for m in decisions.meanings if m.provider == provider),
    )


def read_single(
    data: bytes,
    name: str,
    catalogue: Catalogue,
    units: pd.DataFrame,
    *,
    directory: Directory | None = None,
    place: tuple[str | None, str | None] = (None, None),
) -> IntakeBatch:
    """Read one file that has no receipt, for ``qcdc check``.

    Args:
        data: The file's bytes.
        name: Its name.
        catalogue: What is measured.
        units: ``ref.units``.
        directory: All units under all their names; None to know their own names only.
        place: Period and sender that its folder says, None where it says nothing.

    Raises:
        UnreadableWorkbook: The file cannot be read.
    """
    reading = read_file(
        data,
        catalogue,
        provider=place[1],
        period=place[0],
        known_units=frozenset(units["unit_id"].astype(str)),
        directory=directory or Directory(units),
        file_name=name,
    )
    if reading.unreadable is not None:
        raise reading.unreadable
    identity = reading.identity
    submissions = pd.DataFrame(
        [
            {
                "submission_id": name,
                "sha256": sha256_of(data),
                "provider": (identity.unit_id if identity else None) or "unknown",
                "period": (identity.period if identity else None) or "unknown",
                "received_at": None,  # nobody has received it: no day to hold its dates against
                "path": name,
                "channel": None,
                "size": len(data),
                "status": None,
                "same_as": None,
                "reason": None,
            }
        ]
    )
    blank = ("received_at", "status", "same_as", "reason", "channel")
    submissions = submissions.astype(dict.fromkeys(blank, "str"))
    return _assemble(submissions, {name: reading}, catalogue, units)


def _assemble(
    submissions: pd.DataFrame,
    readings: Mapping[str, FileReading],
    catalogue: Catalogue,
    units: pd.DataFrame,
    kept: Kept | None = None,
) -> IntakeBatch:
    kept, places = kept or Kept(), {s: place for place, s in enumerate(readings)}
    submissions = _described(submissions, readings, units)
    flags = submissions.set_index("submission_id")[["period", "is_illustrative"]]
    read = {s: r for s, r in readings.items() if r.unreadable is None}
    copies = _copies(submissions, read)
    counted = read | {copy: read[first] for copy, first in copies.items()}

    def gather(
        name: str,
        columns: list[str],
        of: Mapping[str, FileReading] = read,
    ) -> pd.DataFrame:
        rows = [row | {"submission_id": s} for s, r in of.items() for row in r.listed.get(name, ())]
        if name in kept.listed:
            asked = {s: places[copies.get(s, s)] for s in of}
            return _with_kept(rows, columns, kept.listed[name], asked)
        if not rows:
            return pd.DataFrame({column: pd.Series(dtype="str") for column in columns})
        return pd.DataFrame(rows, columns=pd.Index(columns))

    registers = {
        name: _rows(name, read, catalogue, _named(kept.rows.get(name), list(readings)))
        for name in catalogue.registers
    }
    return IntakeBatch(
        submissions=submissions,
        accounts=gather("accounts", ACCOUNT_COLUMNS, counted).join(flags, on="submission_id"),
        quarantine=gather("quarantine", QUARANTINE_COLUMNS).join(flags, on="submission_id"),
        entries=gather("entries", ENTRY_COLUMNS),
        rows=registers,
        row_letters=gather("letters", LETTER_COLUMNS),
        faults=gather("faults", FAULT_COLUMNS),
        quotes=gather("quotes", QUOTE_COLUMNS).join(flags, on="submission_id"),
        independent={s: r.independent for s, r in counted.items()},
    )


def _with_kept(
    rows: list[dict[str, object]],
    columns: list[str],
    kept: pd.DataFrame,
    asked: Mapping[str, int],
) -> pd.DataFrame:
    """Rows that were read now and kept ones, in the order of the submissions asked for."""
    places = pd.DataFrame({"submission_id": list(asked), TASK: list(asked.values())})
    # a file that was sent twice has its rows twice
    parts = [kept.merge(places, on=TASK).reindex(columns=columns)]
    if rows:
        parts.append(pd.DataFrame(rows, columns=pd.Index(columns)))
    frame = joined(parts)
    order = frame["submission_id"].map({s: number for number, s in enumerate(asked)})
    return frame.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def _copies(submissions: pd.DataFrame, read: Mapping[str, FileReading]) -> dict[str, str]:
    """Files sent again byte for byte, and the first of each: their cells are accounted for too."""
    again = submissions[submissions["same_as"].isin(list(read))]
    pairs = zip(again["submission_id"], again["same_as"], strict=True)
    return {str(submission_id): str(first) for submission_id, first in pairs}


def _described(
    submissions: pd.DataFrame, readings: Mapping[str, FileReading], units: pd.DataFrame
) -> pd.DataFrame:
    """Add what the files say about themselves."""
    out = submissions.set_index("submission_id", drop=False)
    out.index.name = None
    # column by column: to write into a frame file by file costs milliseconds each
    said = [_said(readings.get(submission_id)) for submission_id in out.index]
    for place, name in enumerate(("form", "version", "round", "speaks_for", "reader_note")):
        out[name] = pd.Series([each[place] for each in said], index=out.index, dtype="str")
    days = [each[-1] for each in said]
    out["data_to"] = pd.Series(days, index=out.index, dtype="datetime64[us]")
    for submission_id, reading in readings.items():
        if reading.unreadable is not None:
            refusal = [reading.unreadable.status, reading.unreadable.message_vi]
            out.loc[submission_id, ["status", "reason"]] = refusal
    illustrative = set(units.loc[units["is_illustrative"], "unit_id"])
    out["is_illustrative"] = out["provider"].isin(illustrative) | out["speaks_for"].isin(
        illustrative
    )
    return out.reset_index(drop=True)


def _said(reading: FileReading | None) -> tuple[object, ...]:
    """Form, version, round, subject, note and day of a file; nothing of one not read."""
    if reading is None or reading.unreadable is not None:
        return None, None, None, None, None, pd.NaT
    identity = reading.identity
    if identity is None:
        return None, None, None, None, reading.reader_note, pd.NaT
    return (
        identity.form.id if identity.form else None,
        identity.version,
        identity.round,
        identity.subject,
        reading.reader_note,
        pd.NaT if identity.data_to is None else pd.Timestamp(identity.data_to),
    )


def _rows(
    name: str,
    readings: Mapping[str, FileReading],
    catalogue: Catalogue,
    kept: pd.DataFrame | None = None,
) -> pd.DataFrame:
    register = catalogue.registers[name]
    columns = ("submission_id", "sheet", "row", "unit_id", *(c.id for c in register.columns))
    parts = [
        reading.rows[name].assign(submission_id=submission_id)
        for submission_id, reading in readings.items()
        if name in reading.rows
    ]
    if kept is not None:
        parts.append(kept)
    if not parts:
        return _no_rows(columns).copy()
    frame = pd.concat(parts, ignore_index=True)
    if kept is not None:
        order = frame["submission_id"].map({s: number for number, s in enumerate(readings)})
        frame = frame.iloc[order.argsort(kind="stable")].reset_index(drop=True)
    frame["unit_id"] = frame[register.unit_column]
    return frame[list(columns)]


def _named(kept: pd.DataFrame | None, ids: list[str]) -> pd.DataFrame | None:
    """Kept register rows with the submissions that they are of."""
    if kept is None:
        return None
    return kept.assign(submission_id=np.array(ids, dtype=object)[kept[TASK]]).astype(
        {"submission_id": "str"}
    )


@cache
def _no_rows(columns: tuple[str, ...]) -> pd.DataFrame:
    """A register without a row: most are, and frames are slow to make."""
    return pd.DataFrame({column: pd.Series(dtype="str") for column in columns})
