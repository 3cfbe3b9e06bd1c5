"""Text divided into columns (.csv, .tsv): one page of texts, no value guessed.

Belongs here: the mark that divides columns, quotes, the second count.
Does not belong here: bytes → text (``plain_text``), numbers in the texts (``values``).
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from pipelines.intake.formats.book import Book
from pipelines.intake.formats.grid import GridCell, Page, grid_book, too_large
from pipelines.intake.formats.plain_text import decoded, encoding_of
from pipelines.intake.formats.sniffing import unreadable
from pipelines.intake.refusal import Limits

PAGE = "Trang 1"
LEGACY_NOTE = "Tệp CSV không ở mã UTF-8, chữ được giải mã theo từng ô."
LOST_NOTE = (
    'Chữ tiếng Việt đã mất khi lưu CSV (thành dấu "?"), cần lưu lại bằng "CSV UTF-8" rồi gửi lại.'
)
# Excel's plain "CSV" writes "?" for each letter that the computer's code page lacks
_LOST = re.compile(r"\w\?+\w")
_FEW_LOST = 3
_MARKS = (";", "\t", ",", "|")
_SAMPLE_LINES = 50
_SAYS_MARK = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n)', re.IGNORECASE)


def read_delimited(data: bytes, limits: Limits) -> Book:
    """Read a .csv or .tsv.

    Raises:
        UnreadableWorkbook: No text, broken quotes, or over a limit.
    """
    if len(data) > limits.uncompressed:
        raise too_large("Tệp CSV")
    text = decoded(data)
    if text is None:
        raise unreadable("truncated", "Tệp CSV có chỗ không phải là chữ, có thể bị cắt cụt")
    csv.field_size_limit(max(len(text), 1))  # the library's own limit is of the whole process
    said = _SAYS_MARK.match(text)  # Excel's own first line; no program shows it
    text = text[said.end() :] if said else text
    mark = said[1] if said else delimiter_of(text)
    page = _read(text, mark, limits)
    notes = (LEGACY_NOTE,) if encoding_of(data) == "latin-1" else ()
    if len(_LOST.findall(text)) > _FEW_LOST:
        notes = (*notes, LOST_NOTE)
    return grid_book([page], {PAGE: count_fields(text, mark)}, "csv", limits, notes)


def delimiter_of(text: str) -> str:
    """The mark that divides most lines into the same number of columns.

    Of two that do equally well the earlier of ``; tab , |`` is taken, since a comma also
    stands in Vietnamese numbers and sentences.
    """
    lines = text.splitlines()[:_SAMPLE_LINES]
    best, mark_of_best = 0, _MARKS[0]
    for mark in _MARKS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=mark) if len(row) > 1)
        agreeing = max(widths.values(), default=0)
        if agreeing > best:
            best, mark_of_best = agreeing, mark
    return mark_of_best


def count_fields(text: str, mark: str) -> int:
    """Fields with content, by one pattern instead of the reader of the library."""
    rest = rf"[^{re.escape(mark)}\r\n]"
    # a quoted field may go on after its last quote; a bare one holds quotes as they are
    field = re.compile(rf'(?:"(?P<quoted>(?:[^"]|"")*)"(?P<tail>{rest}*))|(?P<bare>{rest}+)')
    count, at = 0, 0
    while at < len(text):
        found = field.match(text, at)
        if found is None:
            at += 1  # a mark or the end of a line
            continue
        content = (found["bare"] or "") + (found["quoted"] or "") + (found["tail"] or "")
        count += bool(content.strip())
        at = found.end() + 1  # and the mark or line end behind it
    return count


def _read(text: str, mark: str, limits: Limits) -> Page:
    page = Page(PAGE)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        for row, fields in enumerate(rows, start=1):
            page.cells += [
                GridCell(row, column, field)
                for column, field in enumerate(fields, start=1)
                if field.strip()
            ]
            if len(page.cells) > limits.cells:
                raise too_large("Tệp CSV")
    except csv.Error as error:
        raise unreadable("truncated", "Tệp CSV có dấu nháy hoặc dòng bị hỏng") from error
    return page
