"""Which strings of letters are Vietnamese syllables: onset × rime × tone, by rule.

Belongs here: the spelling of one syllable, in quốc ngữ and in the place names of the Central
Highlands as officials write them (Krông, Đắk, Knuếc). Does not belong here: encodings
(``encodings``), names of places.
"""

import unicodedata
from functools import cache, lru_cache

TONES = {"": "", "huyền": "\u0300", "hỏi": "\u0309", "ngã": "\u0303", "sắc": "\u0301"} | {
    "nặng": "\u0323"
}
_TONE_MARKS = frozenset(mark for mark in TONES.values() if mark)
# before a stop only two tones are possible
_STOPS = ("c", "ch", "p", "t", "k")
_STOP_TONES = frozenset(("\u0301", "\u0323"))
# names of the highlands end so without a tone: Buk, Lăk, Păc
_BARE_STOPS = ("k", "ăc", "êc")
_VOWEL_SET = frozenset("aăâeêioôơuưy")
_HIGH_ONSETS = ("k", "gh", "ngh")
_LOW_ONSETS = ("c", "g", "ng", "gi", "q")
_OTHER_ONSETS = (
    *("", "b", "ch", "d", "đ", "h", "kh", "l", "m", "n", "nh", "p", "ph"),
    *("r", "s", "t", "th", "tr", "v", "x"),
)
_HIGHLAND_ONSETS = (
    *("kr", "kn", "kl", "km", "kp", "kd", "kt", "ks", "kb", "pr", "pl", "br", "bl", "dr", "dl"),
    *("đr", "đl", "gr", "gl", "hr", "hl", "ml", "mn", "mr", "sr", "tl", "y", "jr", "j", "w"),
)


def _spelt(rimes: str) -> tuple[str, ...]:
    return tuple(rimes.split())


_RIMES = _spelt(
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im "
    "in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt "
    "oc oe oem oen oeo oet oi om on ong oong ooc op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uâc uân uâng uât uây uc uê uêch uên uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up "
    "ut uy uya uych uyên uyêt uyn uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp "
    "ươt ươu ưt ưu y yêm yên yêng yêt yêu"
)
_AFTER_Q = _spelt(
    "ua uac uach uai uan uang uanh uao uat uay uau uăc uăm uăn uăng uăp uăt uâc uân uâng uât uây "
    "ue uen ueo uet uê uêch uên uênh uêt ui uit uinh uôc uơ uơi uơn uy uych uyên uyêt uynh uyt uyu"
)
_HIGHLAND_RIMES = _spelt(
    "ăk ak êk êc êng iêk ik ok ôk ơk ơng ơc uk ưk uêc uêk uôk ươk uê êa oă uăn uăng"
)


def split_tone(word: str) -> tuple[str, str]:
    """A word without its tone marks, and the marks in order, as combining characters.

    Args:
        word: Any letters; ``Hòa`` gives ``Hoa`` and the combining grave accent.
    """
    decomposed = unicodedata.normalize("NFD", word)
    tones = "".join(char for char in decomposed if char in _TONE_MARKS)
    bare = "".join(char for char in decomposed if char not in _TONE_MARKS)
    return unicodedata.normalize("NFC", bare), tones


@lru_cache(maxsize=65_536)
def is_syllable(word: str) -> bool:
    """Whether a word is spelt like one Vietnamese syllable.

    Args:
        word: Letters only, composed or not; small, capital, with a capital at the start or two
            before a cluster (KRông). "rÃ" is no way to write.
    """
    if not _is_cased(word):
        return False
    bare, tones = split_tone(word.lower())
    if len(tones) > 1 or bare not in _known():
        return False
    if tones == "":
        return not bare.endswith(_STOPS) or bare.endswith(_BARE_STOPS)
    rime_may = not bare.endswith(_STOPS) or tones in _STOP_TONES
    return rime_may and _is_placed(word.lower(), bare)


def _is_cased(word: str) -> bool:
    usual = word in {word.lower(), word.upper(), word.capitalize()}
    return usual or (word[:2].isascii() and word == word[:2].upper() + word[2:].lower())


def _is_placed(word: str, bare: str) -> bool:
    """Whether the tone mark stands on the vowel that bears it, in one style or the other."""
    composed = unicodedata.normalize("NFC", word)
    if len(composed) != len(bare):
        return False
    at = next(n for n, pair in enumerate(zip(composed, bare, strict=True)) if pair[0] != pair[1])
    return any(
        at - len(onset) == _tone_place(onset, bare[len(onset) :], old_style)
        for onset in _onsets_of(bare)
        for old_style in (True, False)
    )


def _onsets_of(bare: str) -> list[str]:
    """The consonants that a syllable may begin with: "gì" is g and ì, "giữa" is gi and ữa."""
    first = next(n for n, char in enumerate(bare) if char in _VOWEL_SET)
    onset = bare[:first]
    longer = onset == "g" and bare[first] == "i" and bare[first + 1 : first + 2] in _VOWEL_SET
    return [onset, "gi"] if longer else [onset]


@cache
def toneless() -> tuple[tuple[str, str], ...]:
    """(onset, rime) of every syllable of quốc ngữ, without tones."""
    pairs = []
    for rime in _RIMES:
        is_high = rime[0] in "ieêy"
        onsets = (*_OTHER_ONSETS, *(_HIGH_ONSETS if is_high else _LOW_ONSETS[:3]))
        pairs += [
            (onset, rime) for onset in onsets if (rime[0] != "y" or len(rime) == 1 or not onset)
        ]
        if rime[0] != "i" and rime[:2] not in {"yê"} and rime != "y":
            pairs.append(("gi", rime))
    pairs += [("g", rime) for rime in ("i", "in", "ia", "iêng", "iêc", "iêt", "ip", "it")]
    pairs += [("q", rime) for rime in _AFTER_Q]
    return tuple(dict.fromkeys(pairs))


@cache
def _known() -> frozenset[str]:
    standard = {onset + rime for onset, rime in toneless()}
    onsets = (*_OTHER_ONSETS, *_HIGHLAND_ONSETS, "k", "c", "g", "ng")
    rimes = (*_RIMES, *_HIGHLAND_RIMES)
    names = {onset + rime for onset in _HIGHLAND_ONSETS for rime in rimes}
    names |= {onset + rime for onset in onsets for rime in _HIGHLAND_RIMES}
    return frozenset(standard | names)


def with_tone(onset: str, rime: str, tone: str, *, old_style: bool = False) -> str:
    """Spell a syllable.

    Args:
        onset: Consonants.
        rime: Vowels and final consonants without a tone.
        tone: A value of ``TONES``.
        old_style: Place the tone of oa, oe, uy on the first vowel (hòa), not the second (hoà).

    Returns:
        The syllable, composed.
    """
    at = _tone_place(onset, rime, old_style)
    return unicodedata.normalize("NFC", onset + rime[: at + 1] + tone + rime[at + 1 :])


def takes_tone(rime: str, tone: str) -> bool:
    """Whether a rime can bear a tone: before a stop only sắc and nặng."""
    return not rime.endswith(_STOPS) or tone in {"\u0301", "\u0323"}


def _tone_place(onset: str, rime: str, old_style: bool) -> int:
    vowels = [place for place, char in enumerate(rime) if char in _VOWEL_SET]
    marked = [place for place in vowels if rime[place] in "ăâêôơư"]
    if marked:
        return marked[-1]
    ends_open = vowels[-1] == len(rime) - 1
    if len(vowels) == 1:
        return 0
    if not ends_open:
        return vowels[-1]
    if len(vowels) == 3:
        return 1
    glides = rime[:2] in {"oa", "oe", "uy"} or (onset == "q" and rime[0] == "u")
    second = glides and (not old_style or onset == "q")
    return 1 if second else 0
