"""Why a file is not read, and what a file may weigh.

Belongs here: the refusal every reader raises, the limits every guard keeps.
Does not belong here: looking into files (``container``, ``sheet_scan``).
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass

# what the zip reader raises on a damaged archive, beside its own error
ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError)


class UnreadableWorkbook(Exception):  # noqa: N818 — what the file is, not what the code did
    """A file that is not read; ``message_vi`` tells the sender why and what to do.

    Attributes:
        code: Stable short code.
        message_vi: Found, expected, next action.
        status: ``unreadable`` or ``refused`` (dangerous by construction).
        action_vi: What to do next, as a sentence of its own; part of ``message_vi`` too.
    """

    def __init__(
        self, code: str, message_vi: str, status: str = "unreadable", action_vi: str = ""
    ) -> None:
        self.code, self.message_vi, self.status = code, message_vi, status
        # what stands after the last semicolon of a message is what to do
        said = message_vi.rpartition(";")[2].strip() if ";" in message_vi else ""
        self.action_vi = action_vi or said[:1].upper() + said[1:]
        # all arguments go up, so that the exception survives the way out of a worker process
        super().__init__(code, message_vi, status, action_vi)

    @property
    def found_vi(self) -> str:
        """What the file is, without what to do."""
        found, mark, _ = self.message_vi.partition(";")
        return f"{found}." if mark else found

    def __str__(self) -> str:
        return f"{self.code}: {self.message_vi}"


def broken(detail: str = "") -> UnreadableWorkbook:
    """The refusal of a file that contradicts itself or was cut.

    Args:
        detail: What was found, in Vietnamese; empty when the archive itself is damaged.
    """
    found = f" ({detail})" if detail else ""
    return UnreadableWorkbook(
        "broken",
        f"Tệp Excel bị hỏng hoặc bị cắt cụt{found}; mở lại, lưu thành .xlsx rồi gửi lại.",
    )


def refused(code: str, found: str, action: str, status: str = "unreadable") -> UnreadableWorkbook:
    """A refusal in words.

    Args:
        code: Stable short code.
        found: What the file is.
        action: What to do next, beginning small.
        status: ``unreadable`` or ``refused``.
    """
    sentence = f"{action[:1].upper()}{action[1:]}."
    return UnreadableWorkbook(code, f"{found}; {action}.", status, sentence)


@dataclass(frozen=True)
class Limits:
    """What a workbook may weigh before it is refused.

    Attributes:
        members: Files in the archive.
        uncompressed: Bytes of all files of the archive together.
        ratio: Uncompressed bytes per byte of the file; a register of forms has about 16.
        cells: Cells with content of all sheets together.
        extent: Last row × last column of a sheet. The fast reader keeps the whole rectangle in
            memory (about 40 bytes a place) and aborts the process when it cannot.
    """

    members: int = 2_000
    uncompressed: int = 400_000_000
    ratio: int = 300
    cells: int = 3_000_000
    extent: int = 12_000_000
