"""Words behind a numeral: units, scales, what was counted.

Belongs here: what such words multiply a number with. Does not belong here: numerals (``numbers``).
"""

import re

_SCALES = {
    **dict.fromkeys(("nghìn", "ngàn", "nghin", "ngan"), 10**3),
    **dict.fromkeys(("triệu", "trieu"), 10**6),
    **dict.fromkeys(("tỷ", "tỉ"), 10**9),
    "chục": 10,
    "trăm": 100,
    "vạn": 10**4,
}
_MONEY_SCALES = {**_SCALES, "ty": 10**9, "ti": 10**9, **dict.fromkeys(("tr", "trđ"), 10**6)}
_CURRENCY = {"đồng", "dong", "đ", "vnđ", "vnd"}
_UNITS: dict[str, dict[str, int]] = {
    "rate": {"%": 1, "phần trăm": 1},
    "area": {"m2": 1, "m²": 1, "mét vuông": 1, "ha": 10**4, "héc ta": 10**4, "km²": 10**6},
    "days": {"ngày": 1, "ngày công": 1, "công": 1, "ngày làm việc": 1},
}
_WORDS = re.compile(r"\(?[^\W\d_](?:[^\W\d_]|[ .,;:()/'’-])*")
# "40 đồng" is money, "40 đồng chí", "40 đ/c" and "40 đồng bào" are people.
_MONEY_WORD = re.compile(r"(?:đồng|dong|đ|vnđ|vnd)(?! ?[^\W\d_]|/c).*")
# Behind a count these change the number, or are scales typed without accents.
_DOUBTFUL_WORDS = re.compile(r"\b(?:ty|ti|tr|trđ|tram|chuc|rưỡi|phần trăm)\b")


def is_scaled(unit: str) -> bool:
    """Whether words behind a numeral begin with thousands, millions and the like."""
    words = re.split(r"[ .]+", unit)
    return words[0] in _MONEY_SCALES


def factor(suffix: str, kind: str) -> int | None:
    """Return what the words behind a numeral multiply it with; None if they do not fit.

    Args:
        suffix: The words, in small letters ("triệu đồng", "trường hợp").
        kind: A kind of ``numbers.KINDS``.
    """
    if not suffix.strip("."):
        return 1
    if kind in _UNITS:
        return _UNITS[kind].get(suffix.rstrip("."))
    words = [word for word in re.split(r"[ .]+", suffix) if word]
    scales = _MONEY_SCALES if kind == "money" else _SCALES
    times = 1
    while words and words[0] in scales:
        times *= scales[words.pop(0)]
    if kind == "money":
        return times if not words or (len(words) == 1 and words[0] in _CURRENCY) else None
    return times if _is_plain_wording(" ".join(words)) else None


def _is_plain_wording(words: str) -> bool:
    """Tell whether words only name what was counted ("trường hợp", "đơn vị")."""
    if len(words) < 2 or not _WORDS.fullmatch(words):
        return not words
    return not _MONEY_WORD.fullmatch(words) and not _DOUBTFUL_WORDS.search(words)
