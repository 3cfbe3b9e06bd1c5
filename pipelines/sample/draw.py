"""Numbers that look drawn but follow from their names: the same names give the same number.

Belongs here: hashing names to numbers and choices. Does not belong here: what is drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

Choice = TypeVar("Choice")
_TRENDS = (-1, 0, 1, 1, 2)  # tenths of a step by year: most figures grow


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


@dataclass(frozen=True)
class Draws:
    """Draws of a period: those of the shipped period, each moved a little.

    Attributes:
        moved_by: Name of the period that moves them; empty for the shipped one, which stays.
        slowly_by: Name of the year that moves them more than the period does, so that figures
            change slowly; empty where each period stands alone.
        drift: Years after the shipped period, before it below zero: figures follow a trend.
        early: Whether they are drawn before the period's figures are complete.
    """

    moved_by: str = ""
    slowly_by: str = ""
    drift: int = 0
    early: bool = False

    def between(self, low: int, high: int, *names: str) -> int:
        """As ``between``, at most a sixth away from the shipped period's number."""
        drawn = between(low, high, *names)
        step = max(1, min((high - low) // 8, drawn // 6))
        moved = drawn + self._move(step, names) if self.moved_by else drawn
        if self.early:
            moved -= between(0, max(1, step // 2), *names, "early")
        return min(high, max(low, moved))

    def _move(self, step: int, names: tuple[str, ...]) -> int:
        """How far a number of this step size moves away from the shipped period's."""
        own = between(-step, step, *names, self.moved_by)
        if not self.slowly_by:
            return own
        slow = between(-step, step, *names, self.slowly_by)
        trend = self.drift * one_of(_TRENDS, *names, "trend") * step
        return (2 * slow + own) // 3 + int(trend / 10)

    def about(self, whole: int, *names: str) -> int:
        """The whole itself, in other periods up to three percent more or fewer."""
        return whole * between(97, 103, *names, self.moved_by) // 100 if self.moved_by else whole

    def chance(self, percent: int, *names: str) -> bool:
        """As ``chance``; near the percentage the answer may change."""
        return self.between(1, 100, *names) <= percent

    def one_of(self, options: Sequence[Choice], *names: str) -> Choice:
        """As ``one_of``; in every fifth case drawn anew."""
        if self.moved_by and chance(20, *names, self.moved_by, "anew"):
            return one_of(options, *names, self.moved_by)
        return one_of(options, *names)


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of an amount in proportion to weights, largest remainders first.

    No part exceeds its weight where the amount does not exceed their sum.

    Raises:
        ZeroDivisionError: All weights are zero.
    """
    total = sum(weights)
    parts = [amount * weight // total for weight in weights]
    remainders = [(-(amount * weight % total), n) for n, weight in enumerate(weights)]
    for _, n in sorted(remainders)[: amount - sum(parts)]:
        parts[n] += 1
    return parts
