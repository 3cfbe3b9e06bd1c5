"""Numbers of the tables and figures of a report, by name.

Belongs here: which number comes next. Does not belong here: how a number is printed (``annex``,
``charts``).
"""

from __future__ import annotations


class Numbers:
    """Counts tables and figures as they come; a name that comes again keeps its number.

    A report shows different blocks for different periods, and an analyst runs a cell twice: so
    numbers follow names, not the places of cells.
    """

    def __init__(self) -> None:
        self._tables: dict[str, int] = {}
        self._figures: dict[str, int] = {}

    def table(self, name: str) -> int:
        """Number of a table."""
        return self._tables.setdefault(name, len(self._tables) + 1)

    def figure(self, name: str) -> int:
        """Number of a picture."""
        return self._figures.setdefault(name, len(self._figures) + 1)
