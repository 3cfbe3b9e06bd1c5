"""``qcdc receive``: put a sent file where it belongs and write its receipt.

Belongs here: what a file is, whose it is, where it goes, which journal line says so. Does not
belong here: judging what a workbook says (``steps``), files that already lie in the folder and
are met by a run (``receiving``), a clock (the caller gives the time).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.intake import mapping
from pipelines.intake.container import UnreadableWorkbook
from pipelines.intake.decoding import decode
from pipelines.intake.documents import (
    LARGEST,
    UNKNOWN,
    EvidenceNote,
    document_format,
    first_note,
    notes_of,
    open_plain,
)
from pipelines.intake.formats.opening import names_of, open_book
from pipelines.intake.identify import NAMES, header_names
from pipelines.intake.journal import append, next_submission_id, read_journal
from pipelines.intake.period_states import is_locked
from pipelines.intake.receipts import places, sha256_of
from pipelines.intake.sheet_cells import by_sheet
from pipelines.orchestration import filing_problems as wrong
from pipelines.orchestration.door import secret_reason, turn_away, turned_away
from pipelines.orchestration.problems import KNOWN as TOLD
from pipelines.orchestration.problems import Problem, Stopped, problem_of, unexpected_in_file
from pipelines.orchestration.receiving import (
    FOLDER,
    PeriodLocked,
    can_be_written_down,
    follow_moves,
    is_sent_name,
    receipt,
    require_journal,
    sender_of,
)
from pipelines.orchestration.steps import journal_path
from pipelines.places.naming import Directory
from pipelines.warehouse.durable import write_whole
from pipelines.warehouse.lock import patient_lock

EVIDENCE_FOLDER = "minh-chung"
RECEIVED, COMPLETED, KNOWN = "received", "completed", "known"
_CHANNEL = "qcdc receive"
# as long as other commands wait for a run to end


@dataclass(frozen=True)
class Said:
    """What the person who received the files says about them; None where nothing is said.

    Attributes:
        period: Key of the period.
        sender: Unit that sent them.
        is_evidence: Whether they must be documents.
        note: What is said of the documents: keys of ``EvidenceNote``.
    """

    period: str | None
    sender: str | None
    is_evidence: bool
    note: dict[str, str]


@dataclass(frozen=True)
class Filed:
    """What became of a file.

    Attributes:
        path: Where it lies, relative to the root.
        submission_id: Of its receipt.
        outcome: ``received``, ``completed`` (the journal now says more of it) or ``known``.
        note: What the journal says of a document; None for a workbook.
    """

    path: str
    submission_id: str
    outcome: str
    note: EvidenceNote | None

    def as_dict(self) -> dict[str, object]:
        """All fields, for ``--json``."""
        note = None if self.note is None else self.note.model_dump()
        return {**asdict(self), "note": note}


@dataclass(frozen=True)
class _File:
    """A file as found: its bytes were read once, everything is decided on them."""

    source: Path
    data: bytes
    digest: str
    is_document: bool
    names: Mapping[str, str]
    inside: tuple[str, ...]  # its place below raw/, empty where it lies elsewhere
    secret: str | None  # why it may not be kept


class Registry:
    """Receives files into a project.

    Args:
        root: The project's root.
        catalogue: Knows elements and periods.
        units: ``ref.units``.
        newest: Period that is meant where nothing says one.
        at: Time of the receipts.
        who: Role that receives.
        directory: All units under all their names; None to know their own names only.
    """

    def __init__(
        self,
        root: Path,
        catalogue: Catalogue,
        units: pd.DataFrame,
        *,
        newest: str,
        at: dt.datetime,
        who: str,
        directory: Directory | None = None,
    ) -> None:
        self._root, self._catalogue, self._units = root, catalogue, units
        self._known = frozenset(units["unit_id"].astype(str))
        self._directory = directory or Directory(units)
        self._newest, self._at, self._who = newest, at, who

    def receive(self, paths: Sequence[Path], said: Said) -> list[Filed]:
        """Receive files; every one is looked at before the first is stored.

        Raises:
            Stopped: Something said or found does not fit; nothing was stored of the files after
                the one that is named.
            WarehouseBusy: A run is reading the folder, still after a wait.
        """
        self._check(said)
        with patient_lock(self._root):
            files = [self._look(path, said) for path in paths]
            return [self._file(file, said) for file in files]

    def receive_each(self, paths: Sequence[Path], said: Said) -> list[Filed | Problem]:
        """Receive files, each by itself: one that cannot be received does not hold up the others.

        Returns:
            What became of each file, in order; the problem of one that was not received.

        Raises:
            Stopped: What is said of the files makes no sense; nothing was looked at.
            WarehouseBusy: A run is reading the folder, still after a wait.
        """
        self._check(said)
        with patient_lock(self._root):
            return [self._answer(path, said) for path in paths]

    def _answer(self, path: Path, said: Said) -> Filed | Problem:
        try:
            return self._file(self._look(path, said), said)
        except TOLD as error:
            return problem_of(error, said.period or "")
        except Exception as error:  # noqa: BLE001 — whatever one file breaks, the others are taken
            return unexpected_in_file(error)

    def _check(self, said: Said) -> None:
        wrong.refuse(wrong.of_note(said.note, self._catalogue, self._units, self._at.date()))
        if said.sender is not None and said.sender not in self._known:
            raise Stopped(wrong.no_unit(said.sender, "--from"))

    def _look(self, path: Path, said: Said) -> _File:
        if path.is_symlink() or not path.is_file():
            raise Stopped(wrong.no_plain_file(path))
        if not is_sent_name(path.name):
            raise Stopped(wrong.no_sent_name(path))
        if not can_be_written_down(path):
            raise Stopped(wrong.no_written_name(path))
        size = path.stat().st_size
        if size > LARGEST:
            raise Stopped(wrong.too_large(path, size))
        with open_plain(path) as stream:
            data = stream.read()
        kind = document_format(io.BytesIO(data), name=path.name, is_evidence=said.is_evidence)
        names = {} if kind else self._workbook_names(path, data, said)
        raw, place = (self._root / "raw").resolve(), path.resolve()
        inside = place.relative_to(raw).parts if place.is_relative_to(raw) else ()
        # what lies below raw/ already is not ours to take away: a run names it and reads no further
        secret = None if inside else secret_reason(data)
        if secret is not None and kind is not None:
            names = self._header_names(data, {}, said)  # a text is nobody's, its refusal is not
        return _File(path, data, sha256_of(data), kind is not None, names, inside, secret)

    def _workbook_names(self, path: Path, data: bytes, said: Said) -> Mapping[str, str]:
        if said.is_evidence:
            raise Stopped(wrong.no_document(path))
        try:
            names = names_of(data)
        except UnreadableWorkbook as error:
            raise Stopped(wrong.neither(path, error)) from error
        if {NAMES["unit"], NAMES["period"]} <= names.keys():
            return names
        return self._header_names(data, names, said) | names

    def _header_names(self, data: bytes, names: Mapping[str, str], said: Said) -> dict[str, str]:
        """Whose a file without our codes is, where its header says it in plain words.

        A table of other makers says it where its mapping knows, as when a run reads it.
        """
        try:
            cells, _ = decode(open_book(data).table)
        except UnreadableWorkbook:  # received all the same; the run says why it cannot be read
            return {}
        found = header_names(cells, self._catalogue, self._directory)
        pages = list(by_sheet(cells))
        tables = mapping.recognise(pages, self._catalogue.layouts)
        if not tables or NAMES["form"] in names:
            return found
        period = found.get(NAMES["period"]) or said.period or self._newest
        mapped = mapping.names_of(tables[0], pages, self._catalogue, self._directory, period)
        own = (NAMES["unit"], NAMES["period"])
        return found | {key: text for key, text in mapped.items() if key in own}

    def _file(self, file: _File, said: Said) -> Filed:
        period = self._period(file, said)
        require_journal(self._root, period)
        if file.inside:
            follow_moves(self._root, period, sorted(self._known), at=self._at, who=self._who)
        entries = read_journal(journal_path(self._root, period)).entries
        sender = self._sender(file, said, period)
        earlier = _earlier(entries, file, sender, period)
        if is_locked(entries):
            locked = PeriodLocked(f"{file.source.name} gửi cho kỳ {period}, kỳ này đã khóa")
            raise Stopped(problem_of(locked, period))
        if file.secret is not None:
            self._turn_away(file, period, sender or UNKNOWN, file.secret)
        if earlier is not None:
            return self._again(file, said, entries, earlier)
        if sender is None:
            raise Stopped(wrong.no_sender(file.source))
        return self._anew(file, said, entries, period, sender)

    def _turn_away(self, file: _File, period: str, sender: str, reason: str) -> NoReturn:
        turn_away(
            self._root,
            period,
            sha256=file.digest,
            sender=sender,
            reason=reason,
            at=self._at,
            who=self._who,
        )
        raise Stopped(turned_away(file.source, reason))

    def _period(self, file: _File, said: Said) -> str:
        folder = file.inside[0] if file.inside else None
        if folder is not None and said.period not in {None, folder}:
            raise Stopped(wrong.elsewhere(file.source, folder, f"--period {said.period}"))
        period = folder or said.period or file.names.get(NAMES["period"]) or self._newest
        wrong.refuse(wrong.of_period(self._catalogue, period))
        return period

    def _sender(self, file: _File, said: Said, period: str) -> str | None:
        """The sender: where the file lies, as said, as its header says, whom it speaks of."""
        stated = said.sender or file.names.get(NAMES["unit"])
        if not file.inside:
            guess = stated or said.note.get("unit_id")
            return guess if guess in self._known else None
        folder = self._root.resolve() / "raw" / period
        found = sender_of(file.source.resolve(), folder, self._known)
        if found == UNKNOWN:
            return stated if stated in self._known else UNKNOWN
        if said.sender not in {None, found}:
            raise Stopped(wrong.elsewhere(file.source, found, f"--from {said.sender}"))
        return found

    def _again(
        self,
        file: _File,
        said: Said,
        entries: Sequence[Mapping[str, Any]],
        earlier: Mapping[str, Any],
    ) -> Filed:
        """Bytes that have a receipt: put back what is gone, add what is newly said."""
        submission_id = str(earlier["submission_id"])
        path = places(entries)[submission_id]
        if not (self._root / path).exists():
            self._store(file, path)
        if not file.is_document:
            return Filed(path, submission_id, KNOWN, None)
        provider = submission_id.split("/")[1]
        before = notes_of(entries).get(submission_id, first_note(provider))
        note = self._note(before, said)
        if note == before:
            return Filed(path, submission_id, KNOWN, note)
        line = {
            "at": self._at.isoformat(),
            "who": self._who,
            "event": "correction",
            "submission_id": submission_id,
            "evidence": note.model_dump(),
        }
        append(journal_path(self._root, submission_id.split("/")[0]), line)
        return Filed(path, submission_id, COMPLETED, note)

    def _anew(
        self,
        file: _File,
        said: Said,
        entries: Sequence[Mapping[str, Any]],
        period: str,
        sender: str,
    ) -> Filed:
        note = self._note(first_note(sender), said) if file.is_document else None
        path = "/".join(("raw", *file.inside))
        if not file.inside:
            folder = [EVIDENCE_FOLDER] if file.is_document else []
            path = "/".join(["raw", period, sender, *folder, file.source.name])
            self._store(file, path)
        line = receipt(
            at=self._at,
            who=self._who,
            submission_id=next_submission_id(entries, period, sender),
            sha256=file.digest,
            path=path,
            channel=FOLDER if file.inside else _CHANNEL,
            note=note,
        )
        append(journal_path(self._root, period), line)
        return Filed(path, str(line["submission_id"]), RECEIVED, note)

    def _note(self, before: EvidenceNote, said: Said) -> EvidenceNote:
        """What is said now over what was known; both together must make sense."""
        note = EvidenceNote.model_validate(before.model_dump() | said.note)
        wrong.refuse(wrong.of_subject(note.unit_id, note.element, self._catalogue, self._units))
        return note

    def _store(self, file: _File, path: str) -> None:
        """Copy the bytes; nothing that lies there is touched, no link is gone through."""
        target, raw = self._root / path, self._root / "raw"
        between = [target, *target.parents]
        if any(each.is_symlink() for each in between[: between.index(raw) + 1]):
            raise Stopped(wrong.link_in_the_way(path))
        if target.exists() and (not target.is_file() or target.read_bytes() != file.data):
            raise Stopped(wrong.in_the_way(path))
        write_whole(target, file.data, "receive")


def _earlier(
    entries: Sequence[Mapping[str, Any]], file: _File, sender: str | None, period: str
) -> Mapping[str, Any] | None:
    """The newest receipt of these bytes: at this place, else of this sender, else of anybody."""
    chosen = [e for e in entries if e["event"] == "received" and e["sha256"] == file.digest]
    if file.inside:
        place, lies = "/".join(("raw", *file.inside)), places(entries)
        chosen = [entry for entry in chosen if lies[str(entry["submission_id"])] == place]
    elif sender is not None:
        own = f"{period}/{sender}/"
        chosen = [entry for entry in chosen if str(entry["submission_id"]).startswith(own)]
    return chosen[-1] if chosen else None
