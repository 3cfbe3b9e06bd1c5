"""What follows from catalogue entries alone, worked out once for the same entries.

Belongs here: remembering by which objects were given. Does not belong here: what follows.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple

Given = TypeVarTuple("Given")
Found = TypeVar("Found")

MOST = 64


def of_entries(function: Callable[[*Given], Found]) -> Callable[[*Given], Found]:
    """Remember what a function finds for the very same objects (entries are frozen, not hashable).

    Args:
        function: Finds the same for the same entries; nobody changes what it finds.

    Returns:
        The function; what it found for the last ``MOST`` givens is remembered with them.
    """
    kept: dict[tuple[int, ...], tuple[object, Found]] = {}

    @wraps(function)
    def asked(*args: *Given) -> Found:
        key = tuple(map(id, args))
        hit = kept.get(key)
        if hit is None:
            while len(kept) >= MOST:
                kept.pop(next(iter(kept)))
            # the givens are held too: their ids stay theirs
            hit = kept[key] = (args, function(*args))
        return hit[1]

    return asked
