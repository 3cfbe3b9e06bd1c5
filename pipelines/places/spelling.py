"""How names of places are written: keys under which spellings are one, and the parts of a name.

A name is compared with its accents first (``accented_key``); the key without them
(``bare_key``) only ever finds what a person must confirm.

Belongs here: text → keys, text → kind, name and the places around it.
Does not belong here: which unit is meant (``naming``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.vietnamese.text import fold, normalise

_TONES = "\u0300\u0309\u0303\u0301\u0323"
# Ð (eth) and Ɖ (African D) look like Đ on paper and are typed for it; ƀ, ɓ are letters of Êđê
_LOOKALIKES = str.maketrans({"ð": "đ", "ɖ": "đ", "ƀ": "b", "ɓ": "b"})
_BREVE, _CARON, _TILDE = "\u0306", "\u030c", "\u0303"
# written with accents or wholly without; one letter and "tt" are how clerks shorten them
_KIND_WORDS: dict[str, str] = {
    "xã": "xa",
    "xa": "xa",
    "x": "xa",
    "phường": "phuong",
    "phuong": "phuong",
    "p": "phuong",
    "thị trấn": "thi_tran",
    "thi tran": "thi_tran",
    "tt": "thi_tran",
    "huyện": "huyen",
    "huyen": "huyen",
    "h": "huyen",
    "thị xã": "thi_xa",
    "thi xa": "thi_xa",
    "tx": "thi_xa",
    "thành phố": "thanh_pho",
    "thanh pho": "thanh_pho",
    "tp": "thanh_pho",
    "tỉnh": "tinh",
    "tinh": "tinh",
    "t": "tinh",
}
LEVELS: dict[str, int] = {
    "xa": 0,
    "phuong": 0,
    "thi_tran": 0,
    "huyen": 1,
    "thi_xa": 1,
    "thanh_pho": 1,
    "tinh": 2,
}
# whose report it is does not change which place it is about
_BODIES = (
    "ủy ban nhân dân",
    "uy ban nhan dan",
    "hội đồng nhân dân",
    "hoi dong nhan dan",
    "đảng ủy",
    "dang uy",
    "ubnd",
    "hđnd",
    "hdnd",
)
_PART = re.compile(r"[,;()\[\]\n]| [-–—] ")
# "xã Ea Phê huyện Krông Pắc": a place around it begins without a comma
_AROUND = re.compile(r"(?<=\S) +(?=(?:huyện|huyen|thị xã|tỉnh|thành phố|h\.|tx\.|tp\.|t\.) *\S)")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_WORD = re.compile(r"[^\s.:]+")


@dataclass(frozen=True)
class Said:
    """A place as a text names it.

    Attributes:
        kind: Kind written before the name (``xa``, ``thi_tran`` …); None when none is.
        name: The name without it.
    """

    kind: str | None
    name: str


def accented_key(text: str) -> str:
    """A key that keeps letters and tones, and nothing else.

    Case, spaces ("Eaphê"), apostrophes, look-alikes of đ, marks of Êđê letters ("Čư Huê") and the
    letter that carries the tone ("Hoà", "Hòa") make no difference; Vietnamese accents do.

    Args:
        text: A name, without its kind or with it.

    Returns:
        Letters in NFD without tones, then the tones in order.
    """
    lower = normalise(text).lower().translate(_LOOKALIKES)
    spelled = _without_local_marks(unicodedata.normalize("NFD", lower))
    letters = [c for c in spelled if (c.isalnum() or unicodedata.combining(c)) and c not in _TONES]
    return "".join(letters) + "|" + "".join(c for c in spelled if c in _TONES)


def _without_local_marks(spelled: str) -> str:
    """Drop the marks that letters of Êđê have and Vietnamese letters do not (č, ĕ, ĭ, ñ)."""
    kept: list[str] = []
    letter = ""
    for char in spelled:
        if not unicodedata.combining(char):
            letter = char
        local = char == _CARON or (char == _BREVE and letter != "a")
        if not local and not (char == _TILDE and letter == "n"):
            kept.append(char)
    return "".join(kept)


def bare_key(text: str) -> str:
    """A key without accents, spaces, signs and leading zeros: "EaKnuec", "Ea Knuếc" are one."""
    return _LEADING_ZEROS.sub("", "".join(c for c in fold(text) if c.isalnum()))


def parse_place(text: str) -> tuple[Said, tuple[Said, ...]]:
    """Take a text apart into the place it names and the places around it.

    Args:
        text: For instance "UBND xã Ea Phê, huyện Krông Pắc" or "TT. Phước An".

    Returns:
        The place of the lowest level named (the first one where kinds are not written), and the
        rest in the order written.
    """
    parts = [_said(part) for part in _parts(normalise(text))] or [Said(None, "")]
    lowest = min(range(len(parts)), key=lambda n: (_level(parts[n], n), n))
    return parts[lowest], tuple(part for n, part in enumerate(parts) if n != lowest)


def _level(said: Said, place: int) -> int:
    # a bare first part is the unit itself; a bare later one is a place around it
    return LEVELS[said.kind] if said.kind else (0 if place == 0 else 3)


def _parts(text: str) -> Iterator[str]:
    for part in _PART.split(text):
        for piece in _AROUND.split(part.strip()):
            if any(c.isalnum() for c in piece):
                yield piece


def _said(text: str) -> Said:
    rest = strip_body(text)
    words = list(_WORD.finditer(rest))
    for length in (2, 1):
        if len(words) <= length:
            continue
        head = " ".join(word[0].lower() for word in words[:length])
        if head in _KIND_WORDS:
            return Said(_KIND_WORDS[head], rest[words[length].start() :].strip())
    return Said(None, rest)


def strip_body(text: str) -> str:
    """Drop "UBND", "Ủy ban nhân dân" … before a name; a text that is nothing else stays."""
    rest = normalise(text).replace("uỷ ban", "ủy ban").replace("Uỷ ban", "Ủy ban")
    for body in _BODIES:
        if rest.lower().startswith(body + " "):
            return rest[len(body) :].strip()
    return rest
