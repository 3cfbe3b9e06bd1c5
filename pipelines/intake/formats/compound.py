"""The container of old Office files (OLE2): which streams it has, and the bytes of one.

Belongs here: looking into the container through xlrd's reader of it.
Does not belong here: what a stream means (``xls``).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDoc, CompDocError

# what xlrd raises on files that contradict themselves; it checks little of what it reads
XLRD_ERRORS = (
    XLRDError,
    CompDocError,
    struct.error,
    AssertionError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
)


class _Careful(CompDoc):
    """xlrd's reader, which would follow a chain of short sectors in a circle for ever."""

    def _get_stream(
        self,
        mem: bytes,
        base: int,
        sat: Sequence[int],
        sec_size: int,
        start_sid: int,
        size: int | None = None,
        name: str = "",
        seen_id: int | None = None,
    ) -> bytes:
        seen: set[int] = set()
        sector = start_sid
        while sector >= 0:
            if sector in seen or sector >= len(sat):
                msg = f"{name}: the chain of sectors does not end"
                raise CompDocError(msg)
            seen.add(sector)
            sector = sat[sector]
        # the types of the library leave its own helper out
        whole = super()._get_stream  # pyright: ignore[reportAttributeAccessIssue]
        return whole(mem, base, sat, sec_size, start_sid, size, name, seen_id)


def stream_names(data: bytes) -> set[str] | None:
    """Streams in the root of a container; None when it is damaged or cut."""
    try:
        document = _Careful(data, logfile=io.StringIO())
        root = document.dirlist[0]
        return {document.dirlist[child].name for child in root.children}
    except XLRD_ERRORS:
        return None


def stream_bytes(data: bytes, name: str) -> bytes | None:
    """A stream of a container; None when there is none of this name.

    Raises:
        Exception: One of ``XLRD_ERRORS`` when the container is damaged.
    """
    memory, start, size = _Careful(data, logfile=io.StringIO()).locate_named_stream(name)
    return None if memory is None else bytes(memory[start : start + size])
