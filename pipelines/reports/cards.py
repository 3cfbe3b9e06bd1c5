"""Headline figures as cards: the figure, what it stands on, what it is compared with.

Belongs here: HTML of cards. Does not belong here: other pieces of a page (``html``), tables
(``tables``).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from pipelines.reports import beside
from pipelines.reports.html import Html, badge, escape, mark, no_data
from pipelines.vietnamese.numbers import NO_DATA


def cards(figures: pd.DataFrame, *, illustrative: bool) -> Html:
    """Headline figures as cards.

    Args:
        figures: Columns label, shown, exact, fraction, unit_vi, interval, coverage,
            coverage_shown, published, agrees, figure_id, and those of what stands beside them
            (same_*, target_*).
        illustrative: Marks each card.
    """
    places = beside.source_places(figures)
    printed = bool((figures["published"] != "").any())
    items = "".join(
        _card(row, places, printed=printed, illustrative=illustrative)
        for row in figures.to_dict("records")
    )
    sources = beside.sources_note(places)
    below = f'<p class="qcdc qcdc-sources">{escape(sources)}</p>' if sources else ""
    return Html(f'<div class="qcdc qcdc-cards">{items}</div>{below}', "Số liệu chính")


def _card(
    row: Mapping[Hashable, Any], places: Mapping[str, int], *, printed: bool, illustrative: bool
) -> str:
    details = [str(row["fraction"]), f"chính xác {row['exact']}" if row["exact"] else ""]
    if row["interval"]:
        details.append(f"{row['interval']}, độ phủ {row['coverage_shown']}")
    else:
        details.append(f"độ phủ {row['coverage_shown']}")
    shown = no_data() if row["shown"] == NO_DATA else escape(row["shown"])
    said = f"Đã công bố: {escape(row['published'])} " if row["published"] else "Chưa công bố"
    below = f'<p class="qcdc-detail">{said}{badge(row["agrees"])}</p>' if printed else ""
    same = f"{escape(row['same_label'])}: {beside.against_period(row, 'same')}"
    same = f'<p class="qcdc-beside">{same}</p>' if row["same_period"] else ""
    target = f"Chỉ tiêu: {beside.against_target(row, places)}"
    return (
        f'<section class="qcdc-card" id="{escape(row["figure_id"])}">'
        f'<p class="qcdc-label">{escape(row["label"])}</p>'
        f'<p class="qcdc-figure">{shown} <span class="qcdc-unit">{_unit(row)}</span></p>'
        f'<p class="qcdc-detail">{escape(" · ".join(d for d in details if d))}</p>'
        f'{same}<p class="qcdc-beside">{target}</p>'
        f"{below}{mark(illustrative)}</section>"
    )


def _unit(row: Mapping[Hashable, Any]) -> str:
    """The unit of a count; a percentage has its own sign, what is not known has none."""
    bare = row["format"] == "rate" or row["shown"] == NO_DATA or pd.isna(row["unit_vi"])
    return "" if bare else escape(row["unit_vi"])
