"""Evidence: papers and photographs that stand beside the figures they support.

Belongs here: telling a document by its first bytes, what the journal says of it, the frame of
``core.evidence``. Does not belong here: reading documents. Only the first
bytes are looked at, and of a Word file whether its tables are a form's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, get_args

import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from pipelines.intake.formats.docx import read_tables
from pipelines.intake.formats.sniffing import claims_workbook
from pipelines.intake.receipts import LARGEST, is_inside
from pipelines.intake.refusal import ARCHIVE_ERRORS, Limits, UnreadableWorkbook
from pipelines.vietnamese.text import fold, mask_personal

Kind = Literal["Quyết định", "Biên bản", "Ảnh", "Văn bản ký", "Khác"]
KINDS: tuple[str, ...] = get_args(Kind)
OTHER: Kind = "Khác"
ACCEPTED_REASON = "Tài liệu minh chứng."
TOO_LARGE = "Tài liệu lớn hơn 50 MB; quét lại ở độ phân giải thấp hơn rồi gửi lại."
UNKNOWN = "unknown"
EVIDENCE_COLUMNS = [
    "submission_id",
    "period",
    "unit_id",
    "element",
    "kind",
    "number",
    "signed_on",
    "signer_role",
    "title_vi",
    "credit",
    "status",
    "sha256",
    "path",
    "size",
    "is_illustrative",
]
_HEAD = 8
_MAGIC = {"pdf": b"%PDF-", "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
_ZIP = b"PK\x03\x04"
_WORD, _BOOK, _MACROS = "word/document.xml", "xl/workbook.xml", "word/vbaProject.bin"
# header cells of the columns that ask, and of those that answer, folded
_ASKED = {"ma so", "ma chi tieu", "noi dung", "chi tieu"}
_ANSWERED = {"gia tri", "ket qua", "so lieu", "so luong"}
# how offices begin, folded: whoever writes a person's name here is told
_OFFICES = (
    "ban",
    "bi thu",
    "bo phan",
    "can bo",
    "chanh",
    "chi huy",
    "chu nhiem",
    "chu tich",
    "chuyen vien",
    "cong chuc",
    "dai dien",
    "doi truong",
    "giam doc",
    "hiep hoi",
    "hieu truong",
    "hoi dong",
    "ke toan",
    "lanh dao",
    "nguoi dung dau",
    "pho",
    "thanh tra",
    "thu ky",
    "thu truong",
    "thuong truc",
    "to truong",
    "tong giam doc",
    "tram truong",
    "truong",
    "uy ban",
    "uy vien",
    "van phong",
    "van thu",
)
# who else may be credited with a photograph: newspapers, bodies, places
_PUBLISHERS = (
    "bao",
    "ban tin",
    "cong an",
    "cong doan",
    "cong thong tin",
    "co quan",
    "dai",
    "dang uy",
    "doan",
    "doanh nghiep",
    "hoi",
    "lien doan",
    "mttq",
    "phong",
    "phuong",
    "tap chi",
    "thi tran",
    "trang",
    "ttxvn",
    "ubnd",
    "xa",
)


def _iso_day(text: str) -> str:
    dt.date.fromisoformat(text)
    return text


_Filled = Annotated[str, StringConstraints(min_length=1)]
_Day = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_iso_day)
]


class EvidenceNote(BaseModel):
    """What a journal line says of a document; the newest line on it has the last word.

    Attributes:
        kind: What it is.
        number: Of the paper, for instance ``12/QĐ-UBND``.
        signed_on: ISO date.
        signer_role: The office that signed, never a person's name.
        unit_id: Whom it speaks of.
        element: The element whose figure it supports; None while nobody has said.
        title_vi: What it is about; of a photograph its caption.
        credit: Whose photograph it is: a newspaper or an office, never a person's name.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    kind: Kind
    number: _Filled | None = None
    signed_on: _Day | None = None
    signer_role: _Filled | None = None
    unit_id: _Filled | None = None
    element: _Filled | None = None
    title_vi: _Filled | None = None
    credit: _Filled | None = None


@dataclass(frozen=True)
class Documents:
    """The receipts of a period that are documents.

    Attributes:
        notes: What is said of each, by submission id.
        sizes: Bytes of those that are still at their path.
    """

    notes: dict[str, EvidenceNote]
    sizes: dict[str, int]


def document_format(stream: BinaryIO, *, name: str = "", is_evidence: bool = False) -> str | None:
    """Tell a document by its content: pdf, jpeg, png, docx, else None.

    A Word file with a form's table is no document but a report to read; one whose name says that
    it is a workbook was meant as a form, whatever its tables.

    Args:
        stream: At its start; seekable. A docx with macros is none.
        name: The file's name; it tells of no other kind what it is.
        is_evidence: Somebody has said that it is a document: only its kind is asked.
    """
    head = stream.read(_HEAD)
    for kind, magic in _MAGIC.items():
        if head.startswith(magic):
            return kind
    if not head.startswith(_ZIP) or not _is_word(stream):
        return None
    return None if not is_evidence and _holds_form(stream, name) else "docx"


def _holds_form(stream: BinaryIO, name: str) -> bool:
    """Whether a table of a Word file has a header row such as forms have."""
    stream.seek(0)
    try:
        pages = read_tables(stream.read(LARGEST), Limits())
    except UnreadableWorkbook:
        return False  # nothing that could be read as a form
    if claims_workbook(name):
        return bool(pages)
    rows: dict[tuple[str, int], set[str]] = {}
    for page in pages:
        for cell in page.cells:
            rows.setdefault((page.name, cell.row), set()).add(fold(cell.text))
    return any(_ASKED & texts and _ANSWERED & texts for texts in rows.values())


def _is_word(stream: BinaryIO) -> bool:
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.NameToInfo
    except (*ARCHIVE_ERRORS, ValueError, OSError):
        return False
    stranger = _BOOK in names or _MACROS in names or len(names) > Limits().members
    return _WORD in names and not stranger


def names_office(text: str) -> bool:
    """Whether a signer is given as an office ("Chủ tịch UBND xã"), not as a person."""
    return any(f"{fold(text)} ".startswith(f"{office} ") for office in _OFFICES)


def names_publisher(text: str) -> bool:
    """Whether a photograph is credited to a newspaper or an office, not to a person."""
    key = f"{fold(text)} "
    return names_office(text) or any(key.startswith(f"{word} ") for word in _PUBLISHERS)


def first_note(provider: str) -> EvidenceNote:
    """What can be said of a document that came without a word: who sent it."""
    return EvidenceNote(kind=OTHER, unit_id=None if provider == UNKNOWN else provider)


def notes_of(entries: Sequence[Mapping[str, Any]]) -> dict[str, EvidenceNote]:
    """What the journal says of each document, by submission id; a later line corrects."""
    return {
        str(entry["submission_id"]): EvidenceNote.model_validate(entry["evidence"])
        for entry in entries
        if entry.get("event") in {"received", "correction"} and entry.get("evidence") is not None
    }


def find_documents(
    frame: pd.DataFrame, root: Path, entries: Sequence[Mapping[str, Any]]
) -> Documents:
    """Which receipts are documents: by their bytes, or by the journal where the bytes are gone.

    Args:
        frame: ``receipts``.
        root: The project's root; only plain files below ``raw/`` are looked at.
        entries: Journal entries.
    """
    said = notes_of(entries)
    found = Documents({}, {})
    columns = ("submission_id", "provider", "path", "sha256")
    for submission_id, provider, path, expected in zip(*(frame[c] for c in columns), strict=True):
        is_evidence = submission_id in said
        size = _document_size(root / str(path), root, str(expected), is_evidence=is_evidence)
        if size is None and submission_id not in said:
            continue
        if size is None and _holds(root / str(path), root, str(expected)):
            continue  # called a document, but its bytes are something else: let the reader judge
        note = said.get(str(submission_id), first_note(str(provider)))
        found.notes[str(submission_id)] = note
        if size is not None:
            found.sizes[str(submission_id)] = size
    return found


def _document_size(path: Path, root: Path, expected: str, *, is_evidence: bool) -> int | None:
    """Size of the document at a path; None where no document, or another one, lies there."""
    if not is_inside(path, root):
        return None
    with open_plain(path) as stream:
        if document_format(stream, name=path.name, is_evidence=is_evidence) is None:
            return None
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return stream.tell() if digest == expected else None


def _holds(path: Path, root: Path, expected: str) -> bool:
    return is_inside(path, root) and file_sha256(path) == expected


def open_plain(path: Path) -> io.BufferedReader:
    """Open a file for reading; a link in its place is an error, not followed."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal, without holding it in memory."""
    with open_plain(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def settle_documents(submissions: pd.DataFrame, documents: Documents) -> pd.DataFrame:
    """Documents are accepted as they are; only one that weighs too much is refused.

    Args:
        submissions: What ``first_status`` gives; a status set there stays.
        documents: Of the period.
    """
    out = submissions.copy()
    waiting = out["submission_id"].isin(list(documents.notes)) & out["status"].isna()
    large = waiting & (out["size"] > LARGEST)
    out.loc[waiting, ["status", "reason"]] = ["accepted", ACCEPTED_REASON]
    out.loc[large, ["status", "reason"]] = ["refused", TOO_LARGE]
    return out


def evidence_frame(
    submissions: pd.DataFrame, documents: Documents, units: pd.DataFrame
) -> pd.DataFrame:
    """The rows of ``core.evidence``: every document received, whatever became of it.

    Args:
        submissions: With status and is_illustrative.
        documents: Of the period.
        units: ``ref.units``: a document about an illustrative unit is illustrative.

    Returns:
        Columns ``EVIDENCE_COLUMNS``; free text with numbers of persons masked.
    """
    own = submissions[submissions["submission_id"].isin(list(documents.notes))]
    rows = [_told(documents.notes[str(submission_id)]) for submission_id in own["submission_id"]]
    told = pd.DataFrame(rows, index=own.index, columns=list(EvidenceNote.model_fields))
    illustrative = units.loc[units["is_illustrative"], "unit_id"]
    frame = own[["submission_id", "period", "status", "sha256", "path", "size"]].join(told)
    frame["is_illustrative"] = own["is_illustrative"] | frame["unit_id"].isin(illustrative)
    return frame[EVIDENCE_COLUMNS]


def _told(note: EvidenceNote) -> dict[str, str | None]:
    free = {
        "title_vi": note.title_vi,
        "signer_role": note.signer_role,
        "credit": note.credit,
    }
    masked = {key: None if text is None else mask_personal(text) for key, text in free.items()}
    return note.model_dump() | masked
