"""Telling a file by its content, never by its name.

Belongs here: which reader a file goes to, and the words for each kind that none reads.
Does not belong here: reading (the modules beside), papers filed as evidence (``documents``).
"""

from __future__ import annotations

import re
import zipfile
from pathlib import PurePosixPath

from pipelines.intake.container import open_archive
from pipelines.intake.formats.compound import stream_names
from pipelines.intake.formats.plain_text import decoded
from pipelines.intake.refusal import ARCHIVE_ERRORS, Limits, UnreadableWorkbook, refused

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_OPEN_UP = "bỏ mật khẩu (Tệp > Thông tin > Bảo vệ sổ), lưu lại rồi gửi lại"
_AS_FORM = "gửi kèm biểu Excel; bản quét chỉ nhận làm minh chứng"
_TEXT_HEAD = 4_000
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "rtf"),
)
_WORDS: dict[str, tuple[str, str]] = {
    "pdf": ("Tệp là PDF, không đọc được như một biểu", _AS_FORM),
    "image": ("Tệp là ảnh hoặc bản quét, không đọc được như một biểu", _AS_FORM),
    "archive": (
        "Tệp là tệp nén, không phải biểu",
        "giải nén rồi gửi từng tệp một",
    ),
    "rtf": ("Tệp là văn bản RTF", "mở bằng Word, lưu thành .docx rồi gửi lại"),
    "mhtml": (
        "Tệp là trang web lưu trữ (MHTML)",
        "mở bằng Excel, lưu thành .xlsx rồi gửi lại",
    ),
    "xml": ("Tệp là XML, không phải biểu", "mở bằng Excel, lưu thành .xlsx rồi gửi lại"),
    "old_doc": ("Tệp là Word đời cũ (.doc)", "mở bằng Word, lưu thành .docx rồi gửi lại"),
    "slides": ("Tệp là bài trình chiếu, không phải biểu", "lập lại theo biểu mẫu rồi gửi lại"),
    "writer": (
        "Tệp là văn bản OpenDocument, không phải bảng tính",
        "lưu thành .docx hoặc lập lại theo biểu mẫu rồi gửi lại",
    ),
    "password": ("Tệp có mật khẩu nên không đọc được", _OPEN_UP),
    "empty": ("Tệp rỗng", "kiểm tra tệp gốc rồi gửi lại"),
    "truncated": (
        "Tệp bị hỏng hoặc bị cắt cụt khi sao chép, tải về",
        "mở lại tệp gốc, lưu lại rồi gửi lại",
    ),
    "unknown": (
        "Tệp không phải là Excel, LibreOffice, CSV, HTML hay Word",
        "lập lại theo biểu mẫu rồi gửi lại",
    ),
}
_MEMBERS = (
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "slides"),
)
_STREAMS = (
    ("EncryptedPackage", "password"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("WordDocument", "old_doc"),
    ("PowerPoint Document", "slides"),
)
_HTML = re.compile(r"<\s*(?:!doctype\s+html|html|table|head|body)\b", re.IGNORECASE)
_MHTML = re.compile(r"mime-version:|content-type:\s*multipart/related", re.IGNORECASE)
# a program that stores text leaves tabs and line ends, no other control characters
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")

EXTENSIONS: dict[str, frozenset[str]] = {
    "xlsx": frozenset({"xlsx", "xlsm", "xltx", "xltm"}),
    "xls": frozenset({"xls", "xlt"}),
    "xlsb": frozenset({"xlsb"}),
    "ods": frozenset({"ods", "ots"}),
    "csv": frozenset({"csv", "tsv", "txt"}),
    "html": frozenset({"html", "htm"}),
    "docx": frozenset({"docx", "docm", "dotx"}),
}
_LABELS = {
    "xlsx": "Excel .xlsx",
    "xls": "Excel .xls",
    "xlsb": "Excel .xlsb",
    "ods": "LibreOffice .ods",
    "csv": "văn bản CSV",
    "html": "trang HTML",
    "docx": "Word .docx",
}


def unreadable(kind: str, found: str = "") -> UnreadableWorkbook:
    """The refusal of a kind of file.

    Args:
        kind: A key of the words above.
        found: Says more than the usual words, if given.
    """
    usual, action = _WORDS[kind]
    return refused(kind, found or usual, action)


def container_of(data: bytes, limits: Limits) -> str:
    """Which reader a file goes to: a key of ``EXTENSIONS``.

    Raises:
        UnreadableWorkbook: None; each kind with its own code and words.
    """
    kind = _kind(data, limits)
    if kind not in EXTENSIONS:
        raise unreadable(kind)
    return kind


def extension_note(name: str, container: str) -> str | None:
    """What to say of a name whose ending promises another kind of file, else None."""
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lstrip(".").casefold()
    if not ending or ending in EXTENSIONS[container]:
        return None
    return f"Tên tệp có đuôi .{ending} nhưng nội dung là {_LABELS[container]} (đọc theo nội dung)."


def claims_workbook(name: str) -> bool:
    """Whether a file's name says that it is a workbook, whatever it holds."""
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lstrip(".").casefold()
    return any(ending in EXTENSIONS[kind] for kind in ("xlsx", "xls", "xlsb", "ods"))


def _kind(data: bytes, limits: Limits) -> str:
    if not data.strip(b"\x00 \t\r\n"):
        return "empty"
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if _is_other_image(data):
        return "image"
    if data.startswith(OLE2):
        return _compound_kind(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive_kind(data, limits)
    return _text_kind(data)


def _is_other_image(data: bytes) -> bool:
    """HEIC, WebP, BMP: their marks alone could begin a text."""
    return (
        data[4:12] in {b"ftypheic", b"ftypmif1", b"ftypheix"}
        or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")
        or (data.startswith(b"BM") and data[6:10] == bytes(4))
    )


def _compound_kind(data: bytes) -> str:
    names = stream_names(data)
    if names is None:
        return "truncated"
    return next((kind for name, kind in _STREAMS if name in names), "unknown")


def _archive_kind(data: bytes, limits: Limits) -> str:
    try:
        archive = open_archive(data, limits)
    except UnreadableWorkbook as error:
        if error.code == "not_xlsx":  # it begins as an archive but has no directory at its end
            return "truncated"
        if error.code == "protected_or_old":
            return "password"
        raise
    with archive:
        names = archive.NameToInfo
        for member, kind in _MEMBERS:
            if member in names:
                return kind
        if "content.xml" in names and "mimetype" in names:
            return _open_document_kind(archive)
    return "archive" if names else "empty"


def _open_document_kind(archive: zipfile.ZipFile) -> str:
    try:
        kind = archive.read("mimetype")[:200].decode("ascii", "replace").strip()
        manifest = archive.NameToInfo.get("META-INF/manifest.xml")
        listed = archive.read(manifest) if manifest else b""
    except (*ARCHIVE_ERRORS, RuntimeError, OSError):
        return "truncated"
    if b"encryption-data" in listed:
        return "password"
    return "ods" if kind.startswith(_ODS) else "writer"


def _text_kind(data: bytes) -> str:
    text = decoded(data[:_TEXT_HEAD], cut=len(data) > _TEXT_HEAD)
    if text is None or _CONTROL.search(text):
        return "unknown"
    head = text.lstrip("\ufeff \t\r\n")
    if _MHTML.match(head):
        return "mhtml"
    if _HTML.search(head):
        return "html"
    if head.startswith("<?xml"):
        return "xml"
    return "csv" if _is_table(text) else "unknown"


def _is_table(text: str) -> bool:
    """Whether at least two lines are divided into columns."""
    lines = [line for line in text.splitlines() if line.strip()]
    return any(sum(mark in line for line in lines) >= 2 for mark in ";\t,|")
