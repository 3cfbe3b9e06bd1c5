"""Bytes of a text file → text, without losing what an old encoding wrote.

Belongs here: byte order marks, UTF-16 without one, UTF-8, and bytes kept one by one otherwise.
Does not belong here: TCVN3, VNI and the like (``decoding`` repairs them cell by cell).
"""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 400


def encoding_of(data: bytes, *, cut: bool = False) -> str | None:
    """The encoding of a text; None when the bytes are no text.

    Args:
        data: The text, or its beginning.
        cut: The end may stand in the middle of a character.

    Returns:
        A codec's name; ``latin-1`` keeps every byte of a text in an old encoding as one
        character, which ``decoding`` then takes for what it is.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    wide = utf16_without_mark(data)
    if wide is not None:
        return wide
    if b"\x00" in data:
        return None
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(data, final=not cut)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def decoded(data: bytes, *, cut: bool = False, limit: int | None = None) -> str | None:
    """The text of a file; None when its bytes are no text in the encoding they claim.

    Args:
        data: The text, or its beginning.
        cut: The end may stand in the middle of a character.
        limit: Bytes to decode at most.
    """
    name = encoding_of(data, cut=cut)
    if name is None:
        return None
    decoder = codecs.getincrementaldecoder(name)()
    try:
        text = decoder.decode(data[:limit], final=not cut and limit is None)
    except UnicodeDecodeError:
        return None
    return text.removeprefix("\ufeff")


def utf16_without_mark(data: bytes) -> str | None:
    """The codec of UTF-16 without a mark, else None.

    Half of the bytes of a table are then the high zero of ASCII.
    """
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    if half < 4:
        return None
    if sample[1::2].count(0) > half * 0.4 and sample[::2].count(0) == 0:
        return "utf-16-le"
    if sample[::2].count(0) > half * 0.4 and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return None
