"""A line at the end of a file, whole and durable; what a cut write left there is set aside first.

Belongs here: the bytes of an append-only file, its fsync, its failpoints. Does not belong here:
what a line says (``journal``).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

# as in warehouse.failpoints: the rooms of one level do not know each other, a test compares them
VARIABLE = "QCDC_FAILPOINT"
KILLED = 9
POINTS = (
    "journal.before_write",
    "journal.half_written",
    "journal.before_fsync",
    "journal.after_fsync",
    "journal.after_folder_fsync",
    "torn.before_fsync",
    "torn.before_replace",
    "torn.after_replace",
    "torn.after_folder_fsync",
    "torn.after_cut",
)
TORN = ".torn"
_DIGITS = 8


def append_line(path: Path, line: bytes) -> None:
    """Append a line and make it durable; nothing that stands is touched.

    A last line that a closing line end was lost of gets it. Where there is no room, the file is
    left as it was.

    Args:
        path: The file; it and its folder are made when they are not there.
        line: The line with its end.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    # a link in the journal's place would have us write somewhere else
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            line = b"\n" + line
        _reach("journal.before_write")
        _write(handle, line, size)
        _reach("journal.before_fsync")
        os.fsync(handle)
        _reach("journal.after_fsync")
    finally:
        os.close(handle)
    if is_new:
        _sync_folder(path.parent)
        _reach("journal.after_folder_fsync")


def set_aside(path: Path) -> Path | None:
    """Keep what stands after the last line end in a file of its own, then cut it off here.

    The copy is durable before the cut, and named by its content: a crash in between loses
    nothing and repeats nothing.

    Args:
        path: The file; ``<name>.<digits of the text's hash>.torn`` beside it takes the text.

    Returns:
        The file with the text; None where there is nothing after the last line end.
    """
    data = path.read_bytes() if path.is_file() else b""
    kept = data.rfind(b"\n") + 1
    torn = data[kept:]
    if not torn:
        return None
    digest = hashlib.sha256(torn).hexdigest()[:_DIGITS]
    aside = path.with_name(f"{path.name}.{digest}{TORN}")
    _write_whole(aside, torn)
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    try:
        os.ftruncate(handle, kept)
        _reach("torn.after_cut")
        os.fsync(handle)
    finally:
        os.close(handle)
    return aside


def torn_files(path: Path) -> list[Path]:
    """What was set aside of a file so far."""
    return sorted(path.parent.glob(f"{path.name}.*{TORN}"))


def _write(handle: int, line: bytes, size: int) -> None:
    try:
        if os.environ.get(VARIABLE) == "journal.half_written":
            os.write(handle, line[: len(line) // 2])
            _reach("journal.half_written")
        while line:
            line = line[os.write(handle, line) :]
    except OSError:
        os.ftruncate(handle, size)  # half a line of ours is no line; what stood before still does
        raise


def _write_whole(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            _reach("torn.before_fsync")
            os.fsync(stream.fileno())
        _reach("torn.before_replace")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _reach("torn.after_replace")
    _sync_folder(path.parent)
    _reach("torn.after_folder_fsync")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reach(name: str) -> None:
    """End the process at once, as a power cut would, if ``QCDC_FAILPOINT`` names this place."""
    if os.environ.get(VARIABLE) == name:
        os._exit(KILLED)
