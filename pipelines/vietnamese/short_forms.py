"""Short forms of officials' writing (QCDC, UBND) spelt out, for matching.

Belongs here: finding short forms in folded text. Does not belong here: which there are (the
catalogue's ``wording``). What is spelt out is never displayed: people read what was written.
"""

import functools
import re

from pipelines.vietnamese.text import fold

Pairs = tuple[tuple[str, str], ...]


def spelt_out(text: str, pairs: Pairs) -> str:
    """Folded text in which every short form is replaced by what it stands for.

    Args:
        text: Any text.
        pairs: Short form and full words; case, accents and spacing make no difference.

    Returns:
        A key under which "Hội nghị CBCCVC" and "Hội nghị cán bộ, công chức, viên chức" are equal.
        Commas between words count as spaces. Idempotent.
    """
    pattern, meanings = _compiled(pairs)
    key = _key(text)
    return pattern.sub(lambda found: meanings[found[0]], key) if meanings else key


@functools.lru_cache(maxsize=8)
def _compiled(pairs: Pairs) -> tuple[re.Pattern[str], dict[str, str]]:
    meanings = {_key(short): _key(full) for short, full in pairs}
    # of two forms that begin alike the longer one is meant: MTTQVN before MTTQ
    longest_first = sorted(meanings, key=len, reverse=True)
    words = "|".join(re.escape(short) for short in longest_first)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)"), meanings


def _key(text: str) -> str:
    return " ".join(fold(text).replace(",", " ").split())
