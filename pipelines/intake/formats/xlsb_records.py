"""Records of a binary workbook (.xlsb): number, length, content, one after the other.

Belongs here: the framing of records and the few shapes inside them. Does not belong here: what a
workbook's parts hold (``xlsb``). Shapes after [MS-XLSB].
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator

_MOST_BYTES = 4
_SEVEN = 0x7F


def records(archive: zipfile.ZipFile, member: str) -> Iterator[tuple[int, memoryview]]:
    """The number and content of each record of a part.

    Raises:
        ValueError: A record reaches past the part's end.
    """
    data = memoryview(archive.read(member))
    at = 0
    while at < len(data):
        kind, at = _kind(data, at)
        length, at = _length(data, at)
        if at + length > len(data):
            msg = f"record {kind} reaches past the end"
            raise ValueError(msg)
        yield kind, data[at : at + length]
        at += length


def _kind(data: memoryview, at: int) -> tuple[int, int]:
    first = data[at]
    if first > _SEVEN:
        return first & _SEVEN | (data[at + 1] & _SEVEN) << 7, at + 2
    return first, at + 1


def _length(data: memoryview, at: int) -> tuple[int, int]:
    length = 0
    for number in range(_MOST_BYTES):
        byte = data[at + number]
        length |= (byte & _SEVEN) << 7 * number
        if byte <= _SEVEN:
            return length, at + number + 1
    return length, at + _MOST_BYTES


def wide_string(content: memoryview, at: int) -> tuple[str, int]:
    """A text with its length in front, and where it ends.

    Raises:
        ValueError: The text reaches past the record's end.
    """
    (length,) = struct.unpack_from("<I", content, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    if end > len(content):
        msg = "a text reaches past its record"
        raise ValueError(msg)
    return bytes(content[at + 4 : end]).decode("utf-16-le", "replace"), end
