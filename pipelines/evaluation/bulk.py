"""Counts over registers of millions of rows, read from the warehouse's files column by column.

Belongs here: filters of a measure as expressions, counts by column. Does not belong here: what the
counts mean (``measures``), rows in memory (``measures.row_counts``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path

import pandas as pd
import polars as pl

from pipelines.catalogue.model import RowFilter, RowsMeasure
from pipelines.evaluation.basis import Window


def count_rows(
    files: Sequence[Path], measures: Mapping[str, RowsMeasure], by: list[str], window: Window
) -> pd.DataFrame:
    """Register rows that pass the filters of each measure, all measures in one pass.

    Args:
        files: Parquet files of the register.
        measures: Measures of this one register by a name.
        by: Columns of the register to count by.
        window: First and last day whose events belong to the period.

    Returns:
        Columns ``by`` and one per measure: what ``measures.row_counts`` gives as ``rows``, 0 where
        it has no line; combinations that no measure counts are left out.
    """
    # measures often share their filters: each is looked at once, before the rows are grouped
    told = {name: _told(measure.where) for name, measure in measures.items()}
    once = {told[name]: passing(measure.where, window) for name, measure in measures.items()}
    masks = [test.cast(pl.UInt32).alias(alias) for alias, test in once.items()]
    rows = pl.scan_parquet(list(files)).select(*by, *masks)
    sums = rows.group_by(by).agg(pl.col(list(once)).sum().cast(pl.Int64))
    named = sums.select(*by, *(pl.col(alias).alias(name) for name, alias in told.items()))
    counted = named.filter(pl.any_horizontal(pl.col(list(measures)) > 0))
    frame = counted.sort(by).collect(engine="streaming").to_pandas()
    return frame.astype(dict.fromkeys(by, "str"))


def _told(tests: Sequence[RowFilter]) -> str:
    """Filters in words that no others have."""
    return "filters " + " ".join(test.model_dump_json() for test in tests)


def passing(tests: Sequence[RowFilter], window: Window) -> pl.Expr:
    """Where a row passes every test; an empty cell passes only ``is_present: false``."""
    return reduce(lambda a, b: a & b, (_passes(test, window) for test in tests), pl.lit(value=True))


def _passes(test: RowFilter, window: Window) -> pl.Expr:
    column = pl.col(test.column)
    if test.in_window:
        first, last = (pl.lit(day.to_pydatetime()).cast(pl.Datetime("us")) for day in window)
        passed = column.cast(pl.Datetime("us")).is_between(first, last)
    elif test.is_present is not None:
        passed = column.is_not_null() == test.is_present
    elif test.among is not None:
        passed = column.is_in(list(test.among))
    elif test.not_before is not None:
        passed = column.cast(pl.Date) >= pl.lit(test.not_before)
    elif test.equals is not None:
        passed = column == test.equals
    else:
        msg = f"the filter on column {test.column} tests nothing"
        raise ValueError(msg)
    return passed.fill_null(value=False)
