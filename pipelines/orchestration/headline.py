"""The headline figures of a period, as a person reads them after a run.

Belongs here: indicator, figure as printed, published figure, whether they agree. Does not belong
here: choosing or computing figures (``analysis``, ``evaluation``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.indicators import headline
from pipelines.analysis.scope import of_period

AGREES, DIFFERS = "khớp", "không khớp"
_FACTS = ["indicator", "label", "shown_as", "published", "agrees", "figure_id"]
COLUMNS = {
    "label": "Chỉ số",
    "shown_as": "Tính từ biểu mẫu",
    "published": "Đã công bố",
    "verdict": "Đối chiếu",
}


def headline_rows(wh: Tables, period: str) -> pd.DataFrame:
    """Headline figures beside the published ones.

    Args:
        wh: The warehouse.
        period: Key of the period.

    Returns:
        One row per headline indicator in the catalogue's order: indicator, label, shown_as,
        published (empty where nothing was), agrees (nullable boolean), figure_id,
        is_illustrative.

    Raises:
        NoRequest: No request asks for the period.
    """
    figures = of_period(wh.table("report.figures"), period)
    figures = figures[["figure_id", "shown_as", "is_illustrative"]]
    values = headline(wh, period).drop(columns="is_illustrative", errors="ignore")
    rows = values.merge(figures, on="figure_id", how="left")
    rows["shown_as"] = rows["shown_as"].fillna(rows["shown"])
    rows["is_illustrative"] = rows["is_illustrative"].astype("boolean").fillna(False)
    return rows[[*_FACTS, "is_illustrative"]]


def headline_table(rows: pd.DataFrame) -> pd.DataFrame:
    """``headline_rows`` with Vietnamese headings and words."""
    words = {True: AGREES, False: DIFFERS}
    verdict = [words.get(value, "") for value in rows["agrees"].astype("object")]
    return rows.assign(verdict=verdict)[list(COLUMNS)].rename(columns=COLUMNS)


def disagreeing(wh: Tables, period: str) -> int:
    """How many published figures of the period the workbooks do not give."""
    return int((~of_period(wh.table("eval.published"), period)["agrees"]).sum())
