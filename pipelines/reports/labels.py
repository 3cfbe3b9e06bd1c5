"""Names that fit where they stand: measured, broken, shortened, and at last a number.

Belongs here: how wide words are, in how many lines and at which size they fit a box. Does not
belong here: what is drawn around them (``charts_map``), other looks (``style``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

# as officials shorten the kinds of units before their names
_SHORT_KINDS = {"Phường ": "P. ", "Thị trấn ": "TT. ", "Thị xã ": "TX. ", "Xã ": "X. "}
FONT = "DejaVu Sans"  # has every Vietnamese and Êđê letter
_ROUNDED = 1.05
SIZES = (7.5, 7.0, 6.5, 6.0)  # points; smaller is not read on paper


@dataclass(frozen=True)
class Labels:
    """Texts of equal size, one for each name.

    Attributes:
        texts: With line breaks.
        size: In points.
        numbered: The texts are running numbers: no name fits, a key must say them.
    """

    texts: tuple[str, ...]
    size: float
    numbered: bool = False


def fitting(names: Sequence[str], width: float, *, lines: int = 2) -> Labels:
    """The most telling texts that fit: whole names, shortened kinds, numbers.

    Args:
        names: In the order in which they are numbered.
        width: Of the box, in points.
        lines: How many fit above each other.
    """
    for written in (list(names), [shortened(name) for name in names]):
        for size in SIZES:
            broken = [
                name if text_width(name, size) <= width else _broken(name, lines, size)
                for name in written
            ]
            if all(text_width(line, size) <= width for t in broken for line in t.split("\n")):
                return Labels(tuple(broken), size)
    return Labels(tuple(f"{n:02d}" for n in range(1, len(names) + 1)), SIZES[0], numbered=True)


def shortened(name: str) -> str:
    """A unit's name with its kind in letters: "P. Tuy Hòa"."""
    for kind, short in _SHORT_KINDS.items():
        if name.startswith(kind):
            return short + name.removeprefix(kind)
    return name


def text_width(text: str, size: float) -> float:
    """Points that a line takes, a little more than less: screens round letters to dots."""
    return _width(text) * size * _ROUNDED


@lru_cache(maxsize=4096)
def _width(text: str) -> float:
    """At one point; widths grow with the size."""
    properties = FontProperties(family=FONT, size=1)
    width, _, _ = text_to_path.get_text_width_height_descent(text, properties, ismath=False)
    return width


def _broken(name: str, lines: int, size: float) -> str:
    """The name in at most so many lines, as even as its words allow."""
    words = name.split()
    best, least = name, text_width(name, size)
    for place in range(1, len(words)) if lines > 1 else ():
        first, rest = " ".join(words[:place]), _broken(" ".join(words[place:]), lines - 1, size)
        widest = max(text_width(line, size) for line in (first, *rest.split("\n")))
        if widest < least:
            best, least = f"{first}\n{rest}", widest
    return best
