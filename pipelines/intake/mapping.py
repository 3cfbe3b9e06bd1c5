"""Recognising tables of other makers by their headers, and what they say of themselves.

Belongs here: finding a declared table in a file, who it is from and about when.
Does not belong here: the declarations (``catalogue.foreign``), the values (``foreign_sheet``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.catalogue.foreign import ForeignLayout
from pipelines.catalogue.model import Catalogue, Form
from pipelines.catalogue.period_words import is_period, period_end, period_of
from pipelines.intake import tables_found
from pipelines.intake.sheet_cells import SheetCells
from pipelines.places.naming import Directory
from pipelines.vietnamese import text as words

# a table starts near the top of its page; its header has no more rows than this
_FIRST_ROWS, _DEEPEST = 40, 3
_HEADERS_TOLD = 8
_LOOKED_AT = 60


@dataclass(frozen=True)
class ForeignTable:
    """A table that a mapping knows.

    Attributes:
        layout: The mapping.
        page: Name of the page.
        first: First header row.
        top: Last header row.
        paths: Header path by column.
    """

    layout: ForeignLayout
    page: str
    first: int
    top: int
    paths: dict[int, str]

    def column(self, *headers: str | None) -> int | None:
        """The first column that has one of the header paths."""
        return next((c for c, path in self.paths.items() if path in headers), None)


def recognise(
    pages: Sequence[SheetCells], layouts: Mapping[str, ForeignLayout]
) -> list[ForeignTable]:
    """The tables of a file that one mapping knows; of several mappings the most exact.

    Args:
        pages: Pages with content.
        layouts: The mappings.
    """
    best: list[ForeignTable] = []
    for layout in layouts.values():
        found = [table for page in pages if (table := _find(page, layout)) is not None]
        if found and (not best or len(layout.marks) > len(best[0].layout.marks)):
            best = found
    # two tables of one mapping would be two answers to one question
    return best[:1]


def _find(page: SheetCells, layout: ForeignLayout) -> ForeignTable | None:
    rows = [row for row in page.by_row if row <= _FIRST_ROWS]
    for n, first in enumerate(rows):
        for depth in range(1, _DEEPEST + 1):
            block = rows[n : n + depth]
            if len(block) < depth or block[-1] - first > _DEEPEST:
                break
            paths = tables_found.header_paths([_texts(page, row) for row in block])
            if set(layout.marks) <= set(paths.values()):
                return ForeignTable(layout, page.name, first, block[-1], paths)
    return None


def _texts(page: SheetCells, row: int) -> dict[int, str]:
    return {page.column[i]: page.text[i] or "" for i in page.by_row[row] if page.text[i]}


def names_of(
    table: ForeignTable,
    pages: Sequence[SheetCells],
    catalogue: Catalogue,
    directory: Directory | None,
    period: str | None,
) -> dict[str, str]:
    """What the hidden names of a form would say, as far as the file says it.

    Args:
        table: The table.
        pages: All pages of the file.
        catalogue: Forms and periods.
        directory: All units under all their names.
        period: Period of the receipt, for the day on which a unit is looked for.
    """
    layout = table.layout
    texts = list(_around(table, pages))
    named = _said(layout.period_pattern, texts)
    when = period_of(named, catalogue.periods) if named else None
    day_of = when or period
    form = _form_of(layout, catalogue, day_of)
    names = {"QCDC_FORM": form.id, "QCDC_VERSION": form.version, "QCDC_ROUND": layout.round}
    if when is not None:
        names["QCDC_PERIOD"] = when
    who = _said(layout.unit_pattern, texts)
    if who and directory is not None and day_of and is_period(day_of, catalogue.periods):
        match = directory.find(who, period_end(day_of, catalogue.periods))
        if match.unit_id is not None and match.how != "near":
            names["QCDC_UNIT"] = match.unit_id
    return names


def _form_of(layout: ForeignLayout, catalogue: Catalogue, period: str | None) -> Form:
    """The version of the form that the table stands for in a period; else the first."""
    versions = [catalogue.forms[name] for name in (layout.form, *layout.later_forms)]
    if period is None or not is_period(period, catalogue.periods):
        return versions[0]
    day = period_end(period, catalogue.periods)
    return next((form for form in versions if form.in_force(day)), versions[0])


def _around(table: ForeignTable, pages: Sequence[SheetCells]) -> Iterator[str]:
    """Texts above the table, then those of the pages without it."""
    for page in sorted(pages, key=lambda page: page.name != table.page):
        for i, text in enumerate(page.text[:_LOOKED_AT]):
            if text and (page.name != table.page or page.row[i] < table.first):
                yield words.normalise(text)


def _said(pattern: str | None, texts: Sequence[str]) -> str | None:
    if pattern is None:
        return None
    found = (match[1] for text in texts if (match := re.search(pattern, text)))
    return next(found, None)


def described(pages: Sequence[SheetCells]) -> str:
    """A file that nobody knows, told by the texts of its fullest row near the top."""
    best: list[str] = []
    for page in pages:
        for row, positions in page.by_row.items():
            if row > _FIRST_ROWS:
                break
            texts = [words.normalise(page.text[i] or "") for i in positions if page.text[i]]
            if len(texts) > len(best):
                best = texts
    told = ", ".join(f'"{words.mask_personal(text)[:40]}"' for text in best[:_HEADERS_TOLD])
    return f"{len(pages)} trang, bảng có các cột {told}" if len(best) > 1 else "không có bảng nào"


def looked_for(layouts: Mapping[str, ForeignLayout]) -> str:
    """What would have been read, for the answer to the sender."""
    titles = "; ".join(layout.title_vi for layout in layouts.values())
    return f"biểu mẫu của hệ thống, hoặc: {titles}"
