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
_STOP_TONES = frozenset(("", "\u0301", "\u0323"))
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
_HIGHLAND_RIMES = _spelt("ăk ak êk êc êng iêk ik ok ôk ơk ơng ơc uk ưk uêc uêk uôk ươk uê êa oă")


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
        word: Letters only, composed or not; all small, all capital or with one capital at the
            start: "rÃ" is no way to write.
    """
    if word not in {word.lower(), word.upper(), word.capitalize()}:
        return False
    bare, tones = split_tone(word.lower())
    if len(tones) > 1 or bare not in _known():
        return False
    return not bare.endswith(_STOPS) or (tones in _STOP_TONES and tones != "") or _is_plain(bare)


def _is_plain(bare: str) -> bool:
    """Names of the highlands end in a stop without any tone: Buk, Lăk, Păc."""
    return bare.endswith(("k", "ăc", "êc"))


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
    vowels = [place for place, char in enumerate(rime) if char in "aăâeêioôơuưy"]
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
