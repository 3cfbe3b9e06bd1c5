"""What every catalogue entry is: frozen, strict about unknown fields, dated where it must be."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict


class Entry(BaseModel):
    """A catalogue entry: frozen, and strict about unknown fields so that a typo is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dated(Entry):
    """An entry with a validity; ``valid_to`` is the last day in force, None means open."""

    valid_from: dt.date = dt.date(1998, 1, 1)
    valid_to: dt.date | None = None

    def in_force(self, day: dt.date) -> bool:
        """Whether the entry is in force on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Citation(Entry):
    """A place in a document of the register."""

    document: str
    place: str | None = None
    verified: bool = True
