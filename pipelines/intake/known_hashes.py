"""Which bytes a received file holds: one that looks untouched is not hashed again.

What a file looks like (size, times, inode) is a hint that never enters a table. It is trusted only
where the file had been at rest for a while when it was hashed: one that was touched just before
may be touched again within the same tick of the file system's clock.

Belongs here: hints, and when they hold. Does not belong here: where they are kept
(``orchestration.kept_readings``), receipts (``receipts``).
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

_AT_REST_NS = 2_000_000_000
_Look = tuple[int, int, int, int]


@dataclass
class KnownHashes:
    """Hashes of files below a folder, and what each file looked like.

    Attributes:
        root: Names are relative to it; files elsewhere are hashed each time.
        entries: Hash of the name → (size, time of content, time of inode, inode), hash.
        is_changed: Whether anything was added.
    """

    root: Path
    entries: dict[str, tuple[_Look, str]] = field(default_factory=dict)
    is_changed: bool = False

    def of(self, path: Path, data: bytes | None = None) -> str:
        """SHA-256 of a plain file, hexadecimal.

        Args:
            path: The file.
            data: Its bytes where they were just read.
        """
        if not path.is_relative_to(self.root):
            return _hashed(path, data)
        name, before = _unnamed(path.relative_to(self.root)), os.lstat(path)
        look = (before.st_size, before.st_mtime_ns, before.st_ctime_ns, before.st_ino)
        known = self.entries.get(name)
        if known is not None and known[0] == look:
            return known[1]
        found = _hashed(path, data)
        touched = max(before.st_mtime_ns, before.st_ctime_ns)
        # with bytes given, the file was read before this look: a swap between would go unseen
        if data is None and time.time_ns() - touched > _AT_REST_NS:
            self.entries[name] = (look, found)
            self.is_changed = True
        return found

    def to_json(self) -> str:
        """The one way to keep them."""
        kept = {name: [*look, found] for name, (look, found) in sorted(self.entries.items())}
        return json.dumps(kept, ensure_ascii=True)

    @classmethod
    def from_json(cls, root: Path, text: str) -> KnownHashes:
        """Hashes as ``to_json`` wrote them; none of a text that is damaged."""
        try:
            entries = {
                str(name): ((int(size), int(content), int(inode), int(number)), str(found))
                for name, (size, content, inode, number, found) in json.loads(text).items()
            }
        except (ValueError, TypeError, AttributeError):
            return cls(root)
        return cls(root, entries)


def _unnamed(path: Path) -> str:
    """A name that is not kept: people write whom a file is about into its name."""
    return hashlib.sha256(os.fsencode(path.as_posix())).hexdigest()


_KNOWN: ContextVar[KnownHashes | None] = ContextVar("known_hashes", default=None)


@contextmanager
def knowing(hashes: KnownHashes) -> Iterator[None]:
    """Let ``sha256_at`` take hints within the block."""
    token = _KNOWN.set(hashes)
    try:
        yield
    finally:
        _KNOWN.reset(token)


def sha256_at(path: Path, data: bytes | None = None) -> str:
    """SHA-256 of a file, hexadecimal, without holding it in memory.

    Args:
        path: The file; a link in its place is an error, not followed.
        data: Its bytes where they were just read.
    """
    known = _KNOWN.get()
    return _hashed(path, data) if known is None else known.of(path, data)


def _hashed(path: Path, data: bytes | None) -> str:
    if data is not None:
        return hashlib.sha256(data).hexdigest()
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
