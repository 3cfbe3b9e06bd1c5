"""A table's grid: levels of headings, the row of numbers, rows that span.

Belongs here: what every format needs to know of a table before it draws it. Does not belong here:
how wide columns are (``fit``), drawing.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.reports.papers.lines import EMPTY_TABLE
from pipelines.reports.papers.model import Column, Row, Run, Table


@dataclass(frozen=True)
class HeadCell:
    """A cell of a table's heading.

    Attributes:
        text: As printed.
        row: From 0.
        column: From 0.
        rows: How many rows it spans.
        columns: How many columns it spans.
    """

    text: str
    row: int
    column: int
    rows: int
    columns: int


def head_cells(columns: tuple[Column, ...]) -> list[HeadCell]:
    """Cells of the heading, row by row: neighbours under one heading share it."""
    paths = [_path(column) for column in columns]
    depth = head_depth(columns)
    cells: list[HeadCell] = []
    for level in range(depth):
        start = 0
        while start < len(paths):
            if len(paths[start]) <= level:
                start += 1
                continue
            end = start + 1
            is_label = level == len(paths[start]) - 1
            while not is_label and end < len(paths) and _same(paths[start], paths[end], level):
                end += 1
            rows = depth - level if is_label else 1
            cells.append(HeadCell(paths[start][level], level, start, rows, end - start))
            start = end
    return cells


def head_depth(columns: tuple[Column, ...]) -> int:
    """Rows of the heading, without the row of numbers."""
    return max((len(_path(column)) for column in columns), default=0)


def _path(column: Column) -> tuple[str, ...]:
    above = (column.above, column.group)
    return (*(text for text in above if text), column.label)


def _same(one: tuple[str, ...], other: tuple[str, ...], level: int) -> bool:
    return len(other) > level + 1 and one[: level + 1] == other[: level + 1]


def numbering(columns: tuple[Column, ...]) -> list[str]:
    """(A) (B) of the columns that name a row, (1) (2) … of the others, or their formulas."""
    right = [n for n, column in enumerate(columns) if column.align == "right"]
    names = right[0] if right else 0
    told = [f"({chr(ord('A') + n)})" for n in range(names)]
    told += [f"({n})" for n in range(1, len(columns) - names + 1)]
    return [column.formula or text for column, text in zip(columns, told, strict=True)]


def body_rows(table: Table) -> list[Row]:
    """The rows; of an empty table one that says so.

    Raises:
        ValueError: A row has neither one cell (which spans all columns) nor one per column.
    """
    wanted = {1, len(table.columns)}
    for row in table.rows:
        if len(row.cells) not in wanted:
            msg = f"{table.title}: a row of {len(row.cells)} cells, columns: {len(table.columns)}"
            raise ValueError(msg)
    return list(table.rows) or [Row((Run(EMPTY_TABLE, italic=True),))]


def spans(table: Table, row: Row) -> bool:
    """Whether the row's only cell goes across all columns."""
    return len(row.cells) == 1 and len(table.columns) > 1


def title_line(table: Table) -> str:
    """Number and title, as "Biểu số 01: …"."""
    return f"{table.number}: {table.title}" if table.number else table.title
