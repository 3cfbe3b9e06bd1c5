"""Vietnamese text: clean it, compare it, sort it, and keep persons and formulas out of it.

`normalise` gives the form that is stored and displayed; `fold` gives a key for matching and is
never displayed. Letters of Êđê names and apostrophes are right as written: only `fold` drops them.
"""

import functools
import re
import unicodedata

from pipelines.vietnamese.persons import mask_persons
from pipelines.vietnamese.remembering import of_short_texts

MASK = "[đã che]"

SOFT_HYPHEN = "\u00ad"
# Zero-width space, byte-order mark and controls (tab, Alt+Enter) stand where a space was meant.
_SPACES = re.compile(r"[\s\u200b\ufeff\x00-\x1f\x7f-\x9f]+")
# Joiners and direction marks carry nothing in Vietnamese, Êđê or English.
_INVISIBLE = dict.fromkeys(map(ord, "\u200c\u200d\u200e\u200f\u2060" + SOFT_HYPHEN))

# Neither letter decomposes in NFD; Ð (eth) and Ɖ (African D) look the same on paper and are typed
# for Đ, ƀ/ɓ are the two spellings of the Êđê letter.
_UNDECOMPOSED = str.maketrans({"đ": "d", "ð": "d", "ɖ": "d", "ƀ": "b", "ɓ": "b"})
# Ð (eth) and Ɖ (African D) for Đ
_LOOK_ALIKES = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ"})
_LEADING_APOSTROPHES = ("'", "’", "‘", "`")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼʻ′´`", "'"))

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_RANK = {letter: chr(0xE000 + rank) for rank, letter in enumerate(_ALPHABET)}
_LETTER_MARKS = {
    ("a", "\u0306"): "ă",
    ("a", "\u0302"): "â",
    ("e", "\u0302"): "ê",
    ("o", "\u0302"): "ô",
    ("o", "\u031b"): "ơ",
    ("u", "\u031b"): "ư",
}
# Order of tones in dictionaries: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONE_RANK = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_OTHER_MARK = "6"

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_IDENTITY_WORDS = (
    r"cmnd|cmt|cccd|căn cước(?: công dân)?|chứng minh(?: nhân dân| thư)?|số định danh(?: cá nhân)?"
)
_PHONE_WORDS = r"s?đt(?:dđ)?|(?:số )?điện thoại|di động|hotline|zalo"
_ANNOUNCED = re.compile(
    rf"(?<!\w)({_IDENTITY_WORDS}|{_PHONE_WORDS})([^\d\n]{{0,20}}?)"
    r"\+?\d(?:[ .\-()]{0,2}\d){7,12}(?!\d)",
    re.IGNORECASE,
)
# Bare digits followed by a currency are an amount, not an identity number.
_IDENTITY = re.compile(
    r"(?<![\w.,/-])(?:\d{12}|\d{9}|0\d{2} \d{3} \d{3} \d{3})"
    r"(?![\w]|[.,/-]\d| ?(?:nghìn|ngàn|triệu|tỷ|tỉ|đồng|đ\b|vnđ|vnd))",
    re.IGNORECASE,
)
_DATE_AHEAD = r"(?!\d{1,2}[-. ]\d{1,2}[-. ]\d{4}\b)"
_PHONE = re.compile(
    rf"(?<![\w.,/-]){_DATE_AHEAD}(?:\+84[ .\-]?|84(?=\d)|\(?0)"
    r"\d{2}(?:[ .\-)]{0,2}\d){7,8}(?!\d)"
)

_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PLAIN_NEGATIVE = re.compile(r"-(?:[0-9]+(?:[.,][0-9]+)*%?)?")


@of_short_texts
def normalise(text: str) -> str:
    """Return the form in which text is stored: NFC, single spaces, nothing invisible.

    Soft hyphens go last: in the TCVN3 encoding the same byte is the letter "ư", so that a caller
    which suspects such an encoding decodes first.

    Args:
        text: any text, of a cell or a header.

    Returns:
        The cleaned text; "" when nothing visible stands in it. Idempotent.
    """
    if text.isascii() and text.isprintable():
        return single_spaces(text)
    return single_spaces(compose(single_spaces(strip_invisible(text))))


def strip_invisible(text: str) -> str:
    """Return text without joiners, direction marks and soft hyphens."""
    return text.translate(_INVISIBLE)


def single_spaces(text: str) -> str:
    """Return text with one plain space for each run of spaces, tabs, breaks and controls."""
    return _SPACES.sub(" ", text).strip()


def compose(text: str) -> str:
    """Return text with every letter in one character where Unicode has one (NFC)."""
    return unicodedata.normalize("NFC", text)


def unquote(text: str) -> str:
    """Return text without the apostrophe by which clerks keep a spreadsheet from converting it."""
    return text[1:].lstrip() if text[:1] in _LEADING_APOSTROPHES else text


# the labels of a form stand in every file of a run
@functools.lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Return a key under which spellings of one name are equal; never for display.

    Case, accents, tone placement, look-alikes of đ, kinds of apostrophe and spacing make no
    difference: "XÃ EA M’DROH", "xã Ea M'Droh" and their decomposed forms give one key.

    Args:
        text: any text.

    Returns:
        Lower-case text without accents. Idempotent, and equal for `text` and `normalise(text)`.
    """
    bare = _without_marks(_without_marks(normalise(text)).lower())
    plain = bare.translate(_UNDECOMPOSED).translate(_APOSTROPHES)
    return normalise(plain)


def tone_key(text: str) -> str:
    """Return a key under which case and the place of a tone mark make no difference.

    "Hoà" and "Hòa", "THUỶ" and "Thủy" give one key, "Hoa" another; never for display.

    Args:
        text: any text.

    Returns:
        Small letters, each word's tone marks at its end. Idempotent.
    """
    moved = [_tone_last(word) for word in straighten(normalise(text)).lower().split(" ")]
    return unicodedata.normalize("NFC", " ".join(moved))


def _tone_last(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    tones = "".join(char for char in decomposed if char in _TONE_RANK)
    return "".join(char for char in decomposed if char not in _TONE_RANK) + tones


def straighten(text: str) -> str:
    """Return text with one kind of đ and one kind of apostrophe, for matching."""
    return text.translate(_LOOK_ALIKES).translate(_APOSTROPHES)


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if unicodedata.category(char) != "Mn")


def collation_key(text: str) -> str:
    """Return a string that sorts text in Vietnamese alphabetical order.

    Letters decide first (a ă â b c d đ e ê …), then tones (ngang huyền hỏi ngã sắc nặng), then
    case (small first). Usable as ``sorted(key=…)`` and, mapped over a column, in ``sort_values``.

    Args:
        text: any text.

    Returns:
        An opaque key; two texts have the same key only if their normalised forms are equal.
    """
    clean = normalise(text)
    letters: list[str] = []
    tones: list[str] = []
    cases: list[str] = []
    for base, marks in _letters_with_marks(clean):
        lower = base.lower()
        letter, rest = _letter(lower, marks)
        letters.append(_LETTER_RANK.get(letter, letter))
        tones.append("".join(sorted(_TONE_RANK.get(mark, _OTHER_MARK) for mark in rest)) or "0")
        cases.append("0" if base == lower else "1")
    return "\x00".join(("".join(letters), "".join(tones), "".join(cases), clean))


def _letters_with_marks(text: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.category(char) == "Mn" and found:
            found[-1][1].append(char)
        else:
            found.append((char, []))
    return found


def _letter(base: str, marks: list[str]) -> tuple[str, list[str]]:
    for mark in marks:
        letter = _LETTER_MARKS.get((base, mark))
        if letter:
            return letter, [other for other in marks if other != mark]
    return base, marks


def mask_personal(text: str) -> str:
    """Replace telephone numbers, e-mail addresses, identity numbers, names and homes in free text.

    Document numbers, dates and amounts of money are left alone. ``persons`` says which names are
    recognised.

    Args:
        text: free text typed by an official.

    Returns:
        The text with `MASK` in place of each such number or address.
    """
    masked = _EMAIL.sub(MASK, text)
    masked = _ANNOUNCED.sub(rf"\1\2{MASK}", masked)
    masked = _IDENTITY.sub(MASK, masked)
    return mask_persons(_PHONE.sub(MASK, masked), MASK)


def neutralise_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would read as a formula.

    A lone "-" and plain negative numbers ("-5", "-1.234,5") are no formulas and stay.

    Args:
        text: text on its way into a cell of a workbook or a CSV file.

    Returns:
        Text that every spreadsheet shows and none evaluates. Idempotent.
    """
    if text.startswith(_FORMULA_START) and not _PLAIN_NEGATIVE.fullmatch(text):
        return "'" + text
    return text
