"""The page of an analyst's notebook: its head, and any frame as a table with Vietnamese headings.

Belongs here: headings and kinds of a frame's columns, numbering, the mark of illustrative data.
Does not belong here: the form of a table (``annex``), which rows there are (``analysis``), the
tables of reports, whose columns are fixed (``tables``).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Protocol

import pandas as pd

from pipelines.catalogue.headings import HIDDEN, contract_labels, load_headings
from pipelines.reports import html
from pipelines.reports.annex import table
from pipelines.reports.columns import FIGURES, Column
from pipelines.reports.html import Html
from pipelines.reports.numbering import Numbers
from pipelines.vietnamese.numbers import NO_DATA

_FIGURE = re.compile(r"[-+]?\d")
_MOSTLY = 0.5
MOST = 500  # rows of a table on a page; the rest is told, not hidden
NUMBERS_BEHIND = {
    "shown": "value",
    "value_shown": "value",
    "numerator_shown": "numerator",
    "denominator_shown": "denominator",
    "computed_shown": "computed",
    "adjusted_shown": "adjusted",
    "median_shown": "median",
}


class Opened(Protocol):
    """What ``analysis.open_period`` gives: this room does not know that one."""

    @property
    def subtitle(self) -> str:
        """Scope and period."""
        ...

    @property
    def facts(self) -> dict[str, str]:
        """What a reader must know first."""
        ...

    @property
    def illustrative(self) -> bool:
        """Whether the data is illustrative."""
        ...

    @property
    def not_evaluated(self) -> str:
        """What is missing, empty where nothing is."""
        ...


class NotebookPage:
    """Shows what the cells of a notebook give; a cell that runs again keeps its numbers.

    Args:
        opened: From ``analysis.open_period``.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self.no = Numbers()

    @property
    def illustrative(self) -> bool:
        """Whether "SỐ LIỆU MINH HỌA" stands on everything."""
        return self._opened.illustrative

    def opening(
        self, title: str, subtitle: str = "", facts: Mapping[str, str] | None = None
    ) -> Html:
        """The head of the page, and what is missing where the period has not been evaluated.

        Args:
            title: Of the notebook.
            subtitle: In place of scope and period.
            facts: In place of the period's own.
        """
        opened = self._opened
        told = dict(opened.facts if facts is None else facts)
        head = html.opening(
            title, subtitle or opened.subtitle, told, illustrative=self.illustrative
        )
        missing = opened.not_evaluated
        return Html(head.markup + (html.note(missing).markup if missing else ""), title)

    def table(
        self,
        frame: pd.DataFrame,
        title: str,
        *,
        columns: Sequence[str] = (),
        labels: Mapping[str, str] | None = None,
        group: str = "",
        unit: str = "",
        remark: str = "",
        total: bool = False,
    ) -> Html:
        """A frame as a table: Vietnamese headings, numbers as officials write them, Excel link.

        Args:
            frame: From any function of ``analysis``, or from ``wh.table`` and ``wh.sql``.
            title: Of the table.
            columns: Which columns, in this order; all that are not for joining when none is given.
            labels: Headings that differ from those of the catalogue: column → heading.
            group: Column whose changes put a heading row.
            unit: "Đơn vị tính".
            remark: Below the table.
            total: Whether the last row is a total.
        """
        names = list(columns) or [n for n in frame.columns if _kind(n, frame) != HIDDEN]
        chosen = [_column(name, frame, labels or {}) for name in names if name != group]
        shown = frame.head(MOST) if len(frame) > MOST else frame
        if len(frame) > MOST:
            remark = f"{remark} Có {len(frame)} dòng, ở đây là {MOST} dòng đầu.".strip()
        return table(
            _spelt(shown),
            chosen,
            number=self.no.table(title),
            title=title,
            illustrative=self.illustrative,
            unit=unit,
            remark=remark,
            group=group,
            total=total,
        )

    def tables(
        self,
        frame: pd.DataFrame,
        title: str,
        by: str,
        **options: Any,  # noqa: ANN401 — those of ``table``
    ) -> Html:
        """A table for each value of a column, one below the other; options as of ``table``."""
        made = [
            self.table(rows.drop(columns=by), f"{title}: {name}", **options)
            for name, rows in frame.groupby(by, sort=False)
        ]
        return Html("".join(piece.markup for piece in made), title)


def _column(name: str, frame: pd.DataFrame, labels: Mapping[str, str]) -> Column:
    entry = load_headings().get(name)
    label = labels.get(name) or (entry.label_vi if entry else contract_labels().get(name, name))
    kind = _kind(name, frame)
    behind = NUMBERS_BEHIND.get(name, "")
    return Column(name, label, "text" if kind == HIDDEN else kind, behind)


def _kind(name: str, frame: pd.DataFrame) -> str:
    """The kind that the catalogue says, unless the column holds something else."""
    said = load_headings().get(name)
    kind = said.kind if said else ""
    column = frame[name]
    if kind == HIDDEN:
        return HIDDEN
    if pd.api.types.is_bool_dtype(column):
        return kind if kind == "badge" else "flag"
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return "time"
    if pd.api.types.is_datetime64_dtype(column):
        return "date"
    if pd.api.types.is_numeric_dtype(column):
        return kind if kind in {"percent", "count"} else "count"
    if kind in {"percent", "count"}:
        return "number"  # ready texts beside numbers: "–" where there is nothing to count
    if kind in {"date", "time", "flag"}:
        return "text"
    return kind or ("number" if _reads_as_figures(column) else "text")


def _reads_as_figures(column: pd.Series) -> bool:
    """Whether a column that nobody has named holds figures as texts: parts side by side do."""
    known = column[column.notna() & ~column.isin([NO_DATA, "", "–"])].astype("str")
    return bool(len(known)) and known.str.match(_FIGURE).mean() > _MOSTLY


def _spelt(frame: pd.DataFrame) -> pd.DataFrame:
    """Lists as texts; nothing said is a dash, since only a figure can be missing data."""
    made = {name: _spelt_column(name, frame) for name in frame.columns}
    return pd.DataFrame(made, index=frame.index, columns=frame.columns)


def _spelt_column(name: str, frame: pd.DataFrame) -> pd.Series:
    column = frame[name]
    if column.dtype == "object":
        column = column.map(_text)
    if column.dtype == "bool":
        return column
    if _kind(name, frame) in FIGURES:
        return column if pd.api.types.is_numeric_dtype(column) else column.replace("", "–")
    return column.astype("object").where(column.notna() & (column != ""), "–")


def _text(value: Hashable | list[object]) -> object:
    return "; ".join(str(item) for item in value) if isinstance(value, list | tuple) else value
