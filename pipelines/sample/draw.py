"""Numbers that look drawn but follow from their names: the same names give the same number.

Belongs here: hashing names to numbers and choices. Does not belong here: what is drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")


def number(*names: str) -> int:
    """A 64-bit number that depends on the names only, on every machine and every run."""
    digest = hashlib.blake2b("|".join(names).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def between(low: int, high: int, *names: str) -> int:
    """A whole number from ``low`` to ``high``, both included."""
    return low + number(*names) % (high - low + 1)


def chance(percent: int, *names: str) -> bool:
    """True for about ``percent`` of all names."""
    return between(1, 100, *names) <= percent


def one_of(options: Sequence[Choice], *names: str) -> Choice:
    """One of the options."""
    return options[number(*names) % len(options)]
