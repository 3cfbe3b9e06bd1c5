"""What a pure function has said of a short text, said again without asking it.

The labels of a form stand in every file of a run. Long texts are somebody's own and are not kept,
so that what is remembered stays small whatever files hold.

Belongs here: remembering by the text itself. Does not belong here: what texts mean.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Said = TypeVar("Said")

LONGEST, MOST = 160, 32_768
_FORGET: list[Callable[[], None]] = []


def of_short_texts(function: Callable[[str], Said]) -> Callable[[str], Said]:
    """Remember what a function says of texts of at most ``LONGEST`` characters.

    Args:
        function: Says the same of the same text whenever it is asked; nobody changes what it says.

    Returns:
        The function; the ``MOST`` texts asked for last are remembered.
    """
    kept = lru_cache(maxsize=MOST)(function)
    _FORGET.append(kept.cache_clear)

    @wraps(function)
    def asked(text: str) -> Said:
        return kept(text) if len(text) <= LONGEST else function(text)

    return asked


def forget() -> None:
    """Forget all texts: for whoever puts another function in the place of one asked before."""
    for clear in _FORGET:
        clear()
