"""Words whose marks only some fonts set right: ê̆ ô̆ ơ̆ ư̆ of Êđê names.

Belongs here: which words these are. Does not belong here: writing them in a format.
"""

from __future__ import annotations

import re
import unicodedata

# Liberation Serif, in which LibreOffice sets Times New Roman, puts a breve beside such a letter
MARKED_FONT = "Noto Serif"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MARKED = re.compile(r"[^\s(“”]*[\u0300-\u036f][^\s)“”.,;:]*")


def printable(text: str) -> str:
    """The text without characters that no file of an office program may hold; breaks are kept."""
    return _UNPRINTABLE.sub("", text)


def stretches(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, and whether each holds a letter that is no single character.

    Args:
        text: Any text; it comes back with every letter in one character where Unicode has one.
    """
    told = unicodedata.normalize("NFC", printable(text))
    found: list[tuple[str, bool]] = []
    start = 0
    for word in _MARKED.finditer(told):
        if word.start() > start:
            found.append((told[start : word.start()], False))
        found.append((word[0], True))
        start = word.end()
    if start < len(told) or not found:
        found.append((told[start:], False))
    return found
