"""Files that are whole or absent, also after a power cut.

Belongs here: temporary name, fsync, rename, fsync of the folder, what a full disk is told as.
Does not belong here: what the bytes mean.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.warehouse.errors import DiskFullError
from pipelines.warehouse.failpoints import reach

TEMPORARY = ".*.tmp"
# no space, quota used up, larger than a file may be here
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def write_whole(path: Path, data: bytes, point: str) -> bool:
    """Put bytes at a path in one step; a file that holds them already is left alone.

    Args:
        path: Where; missing folders are made.
        data: All of the file.
        point: Prefix of the failpoints, one of ``failpoints.WRITTEN``.

    Returns:
        Whether anything was written.

    Raises:
        DiskFullError: There is no room for it; what stood at the path still does.
    """
    if path.is_file() and path.read_bytes() == data:
        return False
    with told_when_full(path, len(data)):
        _make_folder(path.parent)
        _replace(path, data, point)
    return True


def remove(path: Path, point: str) -> None:
    """Take a file away, if there is one; failpoints ``<point>.before_unlink``, ``.after_unlink``.

    Its folder is not synced: every file that is removed may as well come back.
    """
    reach(f"{point}.before_unlink")
    path.unlink(missing_ok=True)
    reach(f"{point}.after_unlink")


def put_folder(source: Path, target: Path, point: str) -> None:
    """Give a folder whose files are durable its name, in one step.

    Args:
        source: The folder, beside its place.
        target: Its place, where nothing stands.
        point: Prefix of the failpoints, one of ``failpoints.PUT``.
    """
    reach(f"{point}.before_replace")
    source.rename(target)
    reach(f"{point}.after_replace")
    sync_folder(target.parent)
    reach(f"{point}.after_folder_fsync")


@contextmanager
def told_when_full(path: Path, size: int) -> Iterator[None]:
    """Turn the system's "no space left" into an error that says what stands and what to do.

    Args:
        path: What is being written.
        size: How many bytes it has.

    Raises:
        DiskFullError: Instead of such an ``OSError``; others pass.
    """
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        raise disk_full(f"{path.name} ({size} byte)", error) from error


def is_full(error: OSError) -> bool:
    """Whether an error of the system says that there is no room."""
    return error.errno in _FULL


def disk_full(what: str, error: OSError) -> DiskFullError:
    """What a person is told when there is no room for something."""
    return DiskFullError(
        "Ổ đĩa đã hết chỗ, nên không ghi được.",
        "no space left on the device; what was published before still stands",
        f"không đủ chỗ cho {what}: {error.strerror}",
        "ổ đĩa còn đủ chỗ cho tệp sắp ghi",
        "Dọn bớt ổ đĩa rồi chạy lại lệnh vừa chạy; bản công bố trước vẫn đọc được.",
    )


def _replace(path: Path, data: bytes, point: str) -> None:
    # The process id keeps two careless writers off each other's half-written file.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            reach(f"{point}.before_fsync")
            os.fsync(stream.fileno())
        reach(f"{point}.before_replace")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    reach(f"{point}.after_replace")
    sync_folder(path.parent)
    reach(f"{point}.after_folder_fsync")


def _make_folder(folder: Path) -> None:
    """Make a folder and its parents; each new name is synced in the folder that holds it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    reach("folder.before_fsync")
    sync_folder(folder.parent)
    reach("folder.after_fsync")


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
