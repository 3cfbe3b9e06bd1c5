"""Tables of the map: which units of a period a unit of today holds.

Belongs here: columns and headings of these tables. Does not belong here: the form of a table
(``annex``), figures on today's map (``tables.communes`` shows them), succession (``places``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.reports.annex import Column, table
from pipelines.reports.html import Html


def made_from(rows: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Which units of the period each commune of today holds."""
    columns = [
        Column("unit", "Đơn vị hiện nay", "unit"),
        Column("since", "Từ ngày", "date"),
        Column("made_from", "Hình thành từ các đơn vị của kỳ báo cáo", "name"),
    ]
    return table(
        rows.assign(made_from=rows["made_from"].replace("", "–")),
        columns,
        number=number,
        title="Đơn vị hiện nay và các đơn vị cũ",
        illustrative=illustrative,
    )
