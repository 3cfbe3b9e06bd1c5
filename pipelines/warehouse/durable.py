"""Files that are whole or absent, also after a power cut.

Belongs here: temporary name, fsync, rename, fsync of the folder.
Does not belong here: what the bytes mean.
"""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.warehouse.failpoints import reach

TEMPORARY = ".*.tmp"


def write_whole(path: Path, data: bytes, point: str) -> bool:
    """Put bytes at a path in one step; a file that holds them already is left alone.

    Args:
        path: Where; missing folders are made.
        data: All of the file.
        point: Prefix of the failpoints ``<point>.before_replace`` and ``.after_replace``.

    Returns:
        Whether anything was written.
    """
    if path.is_file() and path.read_bytes() == data:
        return False
    _make_folder(path.parent)
    # The process id keeps two careless writers off each other's half-written file.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        reach(f"{point}.before_replace")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    reach(f"{point}.after_replace")
    _sync_folder(path.parent)
    return True


def _make_folder(folder: Path) -> None:
    """Make a folder and its parents; each new name is synced in the folder that holds it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
