"""Documents that stand beside the figures of a period.

Belongs here: ``core.evidence`` with the names a reader knows. Does not belong here: cells and
register rows (``report.figures.cells``), opening a document.
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.scope import of_period

PHOTOGRAPH = "Ảnh"
COLUMNS = [
    "submission_id",
    "unit_id",
    "unit",
    "element",
    "element_label",
    "kind",
    "number",
    "signed_on",
    "signer_role",
    "title",
    "credit",
    "path",
    "sha256",
    "is_illustrative",
]


def evidence(wh: Tables, period: str) -> pd.DataFrame:
    """The accepted documents of a period, units in official order.

    Args:
        wh: The warehouse.
        period: Key of the period.

    Returns:
        Columns ``COLUMNS``, one row per document. Unit and element are empty where nobody has
        said whom or which figure the document supports; such rows come last.
    """
    frame = of_period(wh.table("core.evidence"), period)
    frame = frame[frame["status"] == "accepted"].rename(columns={"title_vi": "title"})
    units = wh.table("ref.units")[["unit_id", "name", "official_order"]]
    labels = wh.table("ref.elements")[["element", "label_vi"]]
    frame = frame.merge(units.rename(columns={"name": "unit"}), on="unit_id", how="left")
    frame = frame.merge(
        labels.rename(columns={"label_vi": "element_label"}), on="element", how="left"
    )
    frame = frame.assign(loose=frame["element"].isna())
    order = ["loose", "official_order", "unit_id", "element", "submission_id"]
    return frame.sort_values(order, ignore_index=True)[COLUMNS]


def photographs(wh: Tables, period: str) -> pd.DataFrame:
    """The photographs among the documents of a period: columns of ``evidence``."""
    frame = evidence(wh, period)
    return frame[frame["kind"] == PHOTOGRAPH].reset_index(drop=True)
