"""Readings as bytes and back: what a file was read as need not be read again.

A segment holds readings of many files: one Parquet frame per kind of row, and one of what is said
of a file as a whole. It comes back as frames, not as a reading per file: that is what makes it
fast. Nothing is kept that the tables do not have, so that the same is masked.

Belongs here: what a reading's key is, segments, which readings of segments are asked for. Does not
belong here: files (``orchestration.kept_files``), what a reading is (``collected``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.catalogue.model import Catalogue
from pipelines.intake.collected import FileReading
from pipelines.intake.identify import Identity
from pipelines.intake.refusal import ARCHIVE_ERRORS, UnreadableWorkbook

TASK = "place of task"  # column of kept frames: place of the file among those asked for
FACTS, LISTED, REGISTER = "facts", "listed", "register"
# refusals that say something of the machine, not of the file alone
_PASSING = frozenset({"timeout", "memory", "reader_died"})
_IDENTITY = ("version", "unit_id", "subject", "period", "round")
DAMAGES = (*ARCHIVE_ERRORS, pa.ArrowException, OSError, ValueError, KeyError, TypeError)
Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Kept:
    """Readings that were kept: what is said of each file, and the rows of all.

    Attributes:
        facts: By place of the file, a reading without rows.
        listed: Rows by name of the frame, ``TASK`` beside them.
        rows: Register rows by register, ``TASK`` beside them.
    """

    facts: dict[int, FileReading] = field(default_factory=dict)
    listed: Frames = field(default_factory=dict)
    rows: Frames = field(default_factory=dict)


class Readings(list[FileReading]):
    """Readings in the order of their tasks; the rows of kept ones lie beside them.

    Args:
        readings: One per task.
        kept: Where readings have no rows of their own.
    """

    def __init__(self, readings: Sequence[FileReading], kept: Kept) -> None:
        super().__init__(readings)
        self.kept = kept


def key_of(context: str, sha256: str, said: Sequence[object]) -> str:
    """The key of a reading: all that it follows from, in one hash.

    Args:
        context: Hash of catalogue, code and units.
        sha256: Of the file's bytes.
        said: What else the reader is told: sender, period, name, what was confirmed, meanings.
    """
    told = [context, sha256, *(_plain(each) for each in said)]
    return hashlib.sha256(json.dumps(told, ensure_ascii=True).encode()).hexdigest()


def _plain(said: object) -> object:
    if isinstance(said, tuple):
        return [_plain(each) for each in said]
    return said if said is None or isinstance(said, str) else list(astuple(said))  # type: ignore[call-overload] # a dataclass of intake.decisions


def segment(readings: Mapping[str, FileReading]) -> bytes | None:
    """Readings as the bytes of a segment; None where none of them can be kept."""
    fit = {key: reading for key, reading in readings.items() if _fits(reading)}
    if not fit:
        return None
    facts = pd.DataFrame({"key": list(fit), "said": [_said(each) for each in fit.values()]})
    frames: Frames = {FACTS: facts}
    for name in sorted({name for reading in fit.values() for name in reading.listed}):
        rows = [
            row | {TASK: number}
            for number, reading in enumerate(fit.values())
            for row in reading.listed.get(name, ())
        ]
        if rows:
            frames[f"{LISTED}-{name}"] = pd.DataFrame(rows)
    for name in sorted({name for reading in fit.values() for name in reading.rows}):
        parts = [
            reading.rows[name].assign(**{TASK: number})
            for number, reading in enumerate(fit.values())
            if name in reading.rows
        ]
        frames[f"{REGISTER}-{name}"] = pd.concat(parts, ignore_index=True)
    return packed(frames)


def merged(kept: Kept, keys: Sequence[str]) -> bytes | None:
    """Kept readings as one segment; None where there are none."""
    if not kept.facts:
        return None
    places = sorted(kept.facts)
    said = [_said(kept.facts[place]) for place in places]
    numbers = np.full(len(keys), -1)
    numbers[places] = np.arange(len(places))
    frames: Frames = {FACTS: pd.DataFrame({"key": [keys[p] for p in places], "said": said})}
    for kind, those in ((LISTED, kept.listed), (REGISTER, kept.rows)):
        for name, frame in sorted(those.items()):
            frames[f"{kind}-{name}"] = frame.assign(**{TASK: numbers[frame[TASK].to_numpy()]})
    return packed(frames)


def _fits(reading: FileReading) -> bool:
    if reading.unreadable is not None:
        return reading.unreadable.code not in _PASSING
    typed = (kind for frame in reading.rows.values() for kind in frame.dtypes)
    return all(kind != np.dtype(object) for kind in typed)


def _said(reading: FileReading) -> str:
    identity, refusal = reading.identity, reading.unreadable
    who = None
    if identity is not None:
        who = {name: getattr(identity, name) for name in _IDENTITY}
        who["form"] = identity.form.id if identity.form else None
        who["data_to"] = identity.data_to.isoformat() if identity.data_to else None
    said = {
        "identity": who,
        "refusal": list(refusal.args) if refusal else None,
        "note": reading.reader_note,
        "counted": reading.independent,
    }
    return json.dumps(said, ensure_ascii=False)


def _reading(said: str, catalogue: Catalogue) -> FileReading:
    told = json.loads(said)
    who, refusal = told["identity"], told["refusal"]
    identity = None
    if who is not None:
        day = who["data_to"]
        identity = Identity(
            form=catalogue.forms[who["form"]] if who["form"] else None,
            data_to=dt.date.fromisoformat(day) if day else None,
            **{name: who[name] for name in _IDENTITY},
        )
    return FileReading(
        identity=identity,
        unreadable=UnreadableWorkbook(*refusal) if refusal else None,
        reader_note=told["note"],
        independent=told["counted"],
    )


def packed(frames: Frames) -> bytes:
    """Frames as one archive of Parquet files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, frame in frames.items():
            member = io.BytesIO()
            table = pa.Table.from_pandas(frame, preserve_index=False)
            pq.write_table(table, member, compression="zstd", compression_level=1)
            # the same readings are the same bytes: no time of day in the archive
            archive.writestr(zipfile.ZipInfo(f"{name}.parquet"), member.getvalue())
    return out.getvalue()


def unpacked(data: bytes) -> Frames:
    """The frames of a segment.

    Raises:
        Exception: One of ``DAMAGES``: the bytes are not those that were written.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            # the archive's checksum is looked at here
            name.removesuffix(".parquet"): pq.read_table(io.BytesIO(archive.read(name))).to_pandas()
            for name in archive.namelist()
        }


def asked_for(segments: Sequence[Frames], keys: Sequence[str], catalogue: Catalogue) -> Kept:
    """What segments hold of the readings asked for; the first that has one gives it.

    Args:
        segments: As ``unpacked`` gives them.
        keys: One per task.
        catalogue: Knows the forms.
    """
    wanted = {key: place for place, key in enumerate(keys)}
    facts: dict[int, FileReading] = {}
    listed, rows = dict[str, list[pd.DataFrame]](), dict[str, list[pd.DataFrame]]()
    for frames in segments:
        places = np.full(len(frames[FACTS]), -1)
        told = zip(frames[FACTS]["key"], frames[FACTS]["said"], strict=True)
        for number, (key, said) in enumerate(told):
            place = wanted.get(key, -1)
            if place >= 0 and place not in facts:
                facts[place], places[number] = _reading(said, catalogue), place
        for name, frame in frames.items():
            kind, _, what = name.partition("-")
            if kind == FACTS:
                continue
            at = places[frame[TASK].to_numpy()]
            part = frame[at >= 0].assign(**{TASK: at[at >= 0]})
            if len(part):
                (listed if kind == LISTED else rows).setdefault(what, []).append(part)
    return Kept(
        facts,
        {name: joined(parts) for name, parts in listed.items()},
        {name: pd.concat(parts, ignore_index=True) for name, parts in rows.items()},
    )


def joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames of plain rows below each other, typed as if made from all rows at once."""
    if len(parts) == 1:
        return parts[0]
    tables = [
        pa.Table.from_pandas(part, preserve_index=False).replace_schema_metadata(None)
        for part in parts
    ]
    return pa.concat_tables(tables, promote_options="permissive").to_pandas()
