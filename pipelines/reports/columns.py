"""A column of a table: which field, under which heading, what kind of content.

Belongs here: the kinds of content. Does not belong here: how a kind looks (``annex``), how it
stands in a workbook (``excel_export``).
"""

from __future__ import annotations

from dataclasses import dataclass

# kinds whose cells are figures: right-aligned on the page, numbers in a workbook
FIGURES = frozenset({"count", "number", "percent", "reference"})


@dataclass(frozen=True)
class Column:
    """A column: field of the frame, heading, kind of content.

    ``kind``: ``name``, ``unit`` (a short text in one line that stays in sight), ``short`` (one that
    need not), ``text``, ``count`` (0 stays 0), ``number`` (a ready text, right), ``reference`` (a
    ready piece, right, may be long), ``reason`` (a sentence), ``percent``, ``date``, ``time``,
    ``badge``, ``flag`` (yes or no).

    Attributes:
        field: Field of the frame.
        label: Heading.
        kind: Kind of content.
        value: Field with the unrounded number behind a ready text, for workbooks; empty where the
            text is all there is.
    """

    field: str
    label: str
    kind: str = "text"
    value: str = ""
