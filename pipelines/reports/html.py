"""Pieces of a page: what a notebook cell shows, in JupyterLab and in the rendered report alike.

Belongs here: HTML of banners, lists and badges. Does not belong here: cards (``cards``), tables
(``tables``), pictures (``charts``), the page around them (``notebook``).
"""

from __future__ import annotations

import html
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import NO_DATA

ILLUSTRATIVE = "SỐ LIỆU MINH HỌA"
_TEMPLATES = Path(__file__).parent / "templates"
# Chromium prints margin boxes on every sheet; other browsers still have the banner and captions.
_PRINT_FOOTER = (
    '<style>@page {{ @bottom-left {{ content: "{mark}"; font: bold 8pt sans-serif; }} }}</style>'
)


@dataclass(frozen=True)
class Html:
    """A piece of HTML that notebooks show as it is.

    Attributes:
        markup: Safe HTML: every text in it is escaped already.
        summary: What it is, in a few words: the plain-text form of the output.
        value: The number that it shows, unrounded, where it shows one.
    """

    markup: str
    summary: str
    value: float | None = None

    def _repr_html_(self) -> str:
        return self.markup

    def __repr__(self) -> str:
        return self.summary


def escape(text: object) -> str:
    """Text safe inside HTML; a missing one says "chưa có số liệu"."""
    if text is None or pd.isna(text):  # type: ignore[call-overload] # a scalar cell
        return no_data()
    return html.escape(str(text))


def no_data() -> str:
    """The mark of a missing value."""
    return f'<span class="qcdc-nodata">{NO_DATA}</span>'


def mark(illustrative: bool) -> str:
    """The small "SỐ LIỆU MINH HỌA" of a table, figure or card; empty for real data."""
    return f'<span class="qcdc-mark">{ILLUSTRATIVE}</span>' if illustrative else ""


def opening(title: str, subtitle: str, facts: Mapping[str, str], *, illustrative: bool) -> Html:
    """The head of a report: styles, banner, title, and the facts a reader needs first.

    Args:
        title: The report's title.
        subtitle: Scope and period.
        facts: Label → text, shown in order.
        illustrative: Puts the banner on every screen and printed sheet.
    """
    style = (_TEMPLATES / "parts.css").read_text(encoding="utf-8")
    banner = f'<div class="qcdc-banner" role="note">{ILLUSTRATIVE}</div>' if illustrative else ""
    footer = _PRINT_FOOTER.format(mark=ILLUSTRATIVE) if illustrative else ""
    pairs = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(text)}</dd></div>"
        for label, text in facts.items()
    )
    return Html(
        f"<style>{style}</style>{footer}{banner}"
        f'<header class="qcdc qcdc-head"><h1>{escape(title)}</h1>'
        f'<p class="qcdc-subtitle">{escape(subtitle)}</p><dl class="qcdc-facts">{pairs}</dl>'
        "</header>",
        title,
    )


def lines(statements: Iterable[Mapping[Hashable, Any]], *, illustrative: bool) -> Html:
    """Statements of the report, one paragraph each.

    Args:
        statements: Mappings with text, agrees (True, False or missing), quotes and notes (texts).
        illustrative: Marks the list.
    """
    items = []
    for row in statements:
        notes = "".join(f'<p class="qcdc-note">{escape(note)}</p>' for note in _texts(row["notes"]))
        quotes = " ".join(f"“{escape(quote)}”" for quote in _texts(row["quotes"]))
        said = f'<p class="qcdc-quote">Đã công bố: {quotes} {badge(row["agrees"])}</p>'
        items.append(f"<li><p>{escape(row['text'])}</p>{notes}{said if quotes else ''}</li>")
    return Html(
        f'<div class="qcdc">{mark(illustrative)}<ol class="qcdc-lines">{"".join(items)}</ol></div>',
        "Kết quả theo thứ tự của báo cáo",
    )


def pilot(scope_name: str, published_on: pd.Timestamp | None, *, illustrative: bool) -> Html:
    """What illustrative data is and is not; nothing for real data."""
    if not illustrative:
        return Html("", "")
    if published_on is None:
        return note(
            f"{ILLUSTRATIVE}: tên đơn vị và mọi giá trị là minh họa, không phải của xã, phường, cơ"
            " quan, doanh nghiệp có thật."
        )
    return note(
        f"{ILLUSTRATIVE}: tên đơn vị và giá trị của từng đơn vị là minh họa, không phải của xã, cơ"
        " quan, doanh nghiệp có thật; chỉ tổng số của phạm vi là có nguồn. Các con số đã công bố"
        f" ngày {format_date(published_on)} được đối chiếu với phạm vi trung tính “{scope_name}”."
    )


def section(title: str, lead: str = "") -> Html:
    """The heading of a section whose words follow the period, and what must be said first."""
    below = f'<p class="qcdc-lead">{escape(lead)}</p>' if lead else ""
    return Html(f"<h2>{escape(title)}</h2>{below}", title)


def paragraphs(texts: Iterable[str]) -> Html:
    """Sentences that open a report, one paragraph each."""
    said = list(texts)
    body = "".join(f"<p>{escape(text)}</p>" for text in said)
    return Html(f'<div class="qcdc qcdc-opening">{body}</div>' if said else "", " ".join(said))


def note(text: str) -> Html:
    """A remark under a table or figure."""
    return Html(f'<p class="qcdc qcdc-note">{escape(text)}</p>', text)


def command(text: str) -> Html:
    """A command line to type."""
    return Html(f'<pre class="qcdc qcdc-command"><code>{escape(text)}</code></pre>', text)


def badge(agrees: object) -> str:
    """Whether a figure agrees, told by sign and word, not by colour alone."""
    if pd.isna(agrees):  # type: ignore[call-overload] # a scalar cell
        return ""
    kind, text = ("yes", "✓ khớp") if agrees else ("no", "✗ không khớp")
    return f'<span class="qcdc-badge qcdc-{kind}">{text}</span>'


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
