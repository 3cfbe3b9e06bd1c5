"""Text that went through an old encoding: TCVN3, VNI, windows-1258, UTF-8 read as something else.

Nothing is repaired on suspicion alone: a reading is taken only when every word that it changes
becomes a Vietnamese syllable, and valid Unicode is never touched. In TCVN3 the soft hyphen is the
letter "ư": whoever strips invisible characters does so after decoding.

Belongs here: one text → the text that was meant. Does not belong here: which fonts and neighbours
speak for an encoding (``intake.decoding``).
"""

import re
import unicodedata
from collections.abc import Callable

from pipelines.vietnamese.syllables import is_syllable
from pipelines.vietnamese.text import compose

# TCVN 5712:1993, table VN3 (fonts .VnTime and the like), lower-case letters and the seven
# capitals it has; checked against iconv's TCVN5712-1.
TCVN3: dict[str, str] = {
    chr(code): letter
    for start, letters in {
        0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
        0xB5: "àảãáạ",
        0xBB: "ằẳẵắ",
        0xC6: "ặầẩẫấậè",
        0xCE: "ẻẽéẹềểễếệìỉ",
        0xDC: "ĩíịò",
        0xE1: "ỏõóọồổỗốộờởỡớợù",
        0xF1: "ủũúụừửữứựỳỷỹýỵ",
    }.items()
    for code, letter in enumerate(letters, start)
}
# VNI for Windows: a letter followed by a sign, and a few letters of one sign.
_VNI_TONES = {"ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_CIRCUMFLEX = {"â": "", "à": "\u0300", "á": "\u0301", "å": "\u0309", "ã": "\u0303"} | {
    "ä": "\u0323"
}
_VNI_BREVE = {"ê": "", "è": "\u0300", "é": "\u0301", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_SINGLE = {"æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "î": "ỵ", "ñ": "đ"}


def _vni_table() -> dict[str, str]:
    table = {"ì": "ì", "í": "í", **_VNI_SINGLE}
    for base in "aeouy":
        table |= {base + sign: base + mark for sign, mark in _VNI_TONES.items()}
    for base in "ôö":
        table |= {base + sign: _VNI_SINGLE[base] + mark for sign, mark in _VNI_TONES.items()}
    for base in "aeo":
        table |= {base + sign: base + "\u0302" + mark for sign, mark in _VNI_CIRCUMFLEX.items()}
    table |= {"a" + sign: "a\u0306" + mark for sign, mark in _VNI_BREVE.items()}
    lower = {key: compose(value) for key, value in table.items()}
    upper = {key.upper(): value.upper() for key, value in lower.items()}
    # a capital is often followed by a small sign
    mixed = {k[0].upper() + k[1:]: v.upper() for k, v in lower.items() if len(k) == 2}
    return lower | mixed | upper


VNI: dict[str, str] = _vni_table()
_VNI_PIECE = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))
_VNI_PAIR = re.compile("|".join(re.escape(key) for key in VNI if len(key) == 2))

_HIGH = re.compile(r"[^\x00-\x7f]")
# letters that no other 8-bit page shows in the place of a Vietnamese byte
_UNICODE_LETTER = re.compile("[ĂăĐđĨĩŨũƠơƯư\u0300-\u036f\u1ea0-\u1ef9]")
# as read: letters only; as it stands in the file, signs of latin-1 may be letters
_WORD = re.compile(r"(?:(?![²³¹])[^\W\d_]|[\u0300-\u036f])+")
_RAW_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u0080-\u009f\u00a1-\u00ff\u2500-\u257f])+")
_LOST = "\ufffd"
_GARBLED = re.compile(
    "\ufffd|(?:áº|á»|Æ[°¡]|Ä[‘\x91]|Ã[\x80-\xbf])(?!$)|[^\\W\\d_][\u2500-\u257f]|[\u2500-\u257f][^\\W\\d_]"
)
_SHOUTED = re.compile(r"[A-Z][\u0080-\u00ff]*[A-Z]")
_SMALL = re.compile(r"[a-z]")


def from_tcvn3(text: str, *, capitals: bool = False) -> str | None:
    """Read text as TCVN3.

    Args:
        text: Text whose characters are the bytes of TCVN3.
        capitals: The font shows small letters as capitals (.VnTimeH).

    Returns:
        The text, None when it holds a character that TCVN3 does not have.
    """
    if any(_is_letter(char) and char not in TCVN3 for char in _HIGH.findall(text)):
        return None
    read = "".join(TCVN3.get(char, char) for char in text)
    # with a capitals font ASCII is typed with the shift key, the other letters cannot be
    shouted = _SHOUTED.search(text) is not None and not _SMALL.search(text)
    return read.upper() if capitals or shouted else read


def from_vni(text: str) -> str | None:
    """Read text as VNI.

    Args:
        text: Text in which signs stand behind the letters.

    Returns:
        The text, None when a sign stands where VNI has none.
    """
    if any(map(_is_letter, _HIGH.findall(_VNI_PIECE.sub("", text)))):
        return None
    return _VNI_PIECE.sub(lambda match: VNI[match[0]], text)


def from_cp1258(text: str) -> str | None:
    """Read text as windows-1258 that was taken for windows-1252.

    Args:
        text: Text such as ``Krông Pãìc``.

    Returns:
        The composed text, None when it cannot come from there.
    """
    try:
        return compose(_as_bytes(text, "cp1252").decode("cp1258"))
    except UnicodeError:
        return None


def from_mojibake(text: str) -> str | None:
    """Read text as UTF-8 that was taken for an 8-bit encoding, once or twice.

    Args:
        text: Text such as ``Quáº­n`` (windows-1252, latin-1) or ``Quß║¡n`` (the DOS page 437).

    Returns:
        The composed text, None when no 8-bit encoding gives valid UTF-8.
    """
    for page in ("cp1252", "cp437", "cp1258"):
        once = _taken_for(text, page)
        if once is not None:
            twice = _taken_for(once, page) if _HIGH.search(once) else None
            return compose(twice or once)
    return None


def _taken_for(text: str, page: str) -> str | None:
    try:
        return _as_bytes(text, page).decode("utf-8")
    except UnicodeError:
        return None


def _as_bytes(text: str, page: str) -> bytes:
    """The bytes of text in a code page; what a page leaves undefined passes as latin-1."""
    out = bytearray()
    for char in text:
        try:
            out += char.encode(page)
        except UnicodeEncodeError:
            if char > "\x9f":
                raise
            out.append(ord(char))
    return bytes(out)


# Every way of reading. UTF-8 does not come about by chance, nor do the letter pairs of VNI.
READINGS: dict[str, Callable[[str], str | None]] = {
    "UTF-8": lambda text: from_mojibake(text),
    "VNI": lambda text: from_vni(text),
    "TCVN3": lambda text: from_tcvn3(text),
    "windows-1258": lambda text: from_cp1258(text),
}


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] == "L"


def _accented(word: re.Pattern[str], text: str) -> list[str]:
    return [found for found in word.findall(text) if _HIGH.search(found)]


def is_vietnamese(text: str) -> bool:
    """Whether every accented word of a text is a Vietnamese syllable already.

    A sign that stands alone ("1ª") is no word.
    """
    composed = compose(text)
    return all(len(word) == 1 or is_syllable(word) for word in _accented(_RAW_WORD, composed))


def is_unicode(text: str) -> bool:
    """Whether a text holds Vietnamese letters that only Unicode has: nothing is to be repaired."""
    return _UNICODE_LETTER.search(text) is not None


def is_dictionary_hit(before: str, after: str) -> bool:
    """Whether every word that a reading changes has become a Vietnamese syllable.

    A single changed letter ("1ª") is no word and speaks for nothing.

    Args:
        before: The text as it stands in the file.
        after: The text as read.
    """
    changed = _changed(before, after)
    return any(len(word) > 1 for word in changed) and all(map(is_syllable, changed))


def _changed(before: str, after: str) -> list[str]:
    old = set(_WORD.findall(before))
    return [word for word in _accented(_WORD, after) if word not in old]


def readings(text: str) -> dict[str, str]:
    """What a text means in each encoding that makes Vietnamese of it.

    Args:
        text: A text as it stands in a file, soft hyphens and all.

    Returns:
        Composed texts by key of ``READINGS``; empty for text that is right as it is.
    """
    if not _HIGH.search(text) or is_unicode(text) or is_vietnamese(text):
        return {}
    read = {name: way(text) for name, way in READINGS.items()}
    return {
        name: compose(after)
        for name, after in read.items()
        if after is not None and after != text and is_dictionary_hit(text, after)
    }


def detect(text: str) -> tuple[str, str] | None:
    """The encoding that a text certainly went through, and the text that was meant.

    Args:
        text: A text as it stands in a file, soft hyphens and all.

    Returns:
        A key of ``READINGS`` and the composed text; None for text that is right as it is, that no
        reading turns into Vietnamese, or that two readings do: "ñi" is "đi" and "ủi".
    """
    found = readings(text)
    strong = [name for name in ("UTF-8", "VNI") if name in found]
    if strong and (strong[0] == "UTF-8" or _VNI_PAIR.search(text)):
        return strong[0], found[strong[0]]
    if len(set(found.values())) == 1:
        return next(iter(found.items()))
    # a longer text in VNI has a pair of letters somewhere
    if "TCVN3" in found and len(_changed(text, found["TCVN3"])) > 1:
        return "TCVN3", found["TCVN3"]
    return None


def is_garbled(text: str) -> bool:
    """Whether a text shows the traces of a lost encoding that no reading brings back."""
    if is_unicode(text):
        return _LOST in text
    return _GARBLED.search(text) is not None and detect(text) is None
