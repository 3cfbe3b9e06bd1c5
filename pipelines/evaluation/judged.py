"""Which law and which map a period is judged by, said in whole sentences.

The law in force on the last day judges the whole period, and so does the map of that day; a
period that lies under two of either says so.

Belongs here: regimes, units and successions → ``eval.judged``. Does not belong here: whether a
duty was done (``duties``), carrying figures to another map (``views``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from pipelines.catalogue import regimes
from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue, Document
from pipelines.catalogue.regimes import Change, Regime
from pipelines.evaluation.atlas import Atlas
from pipelines.evaluation.map_words import map_changes, map_text
from pipelines.vietnamese.dates import format_date

_TYPES = ("commune", "agency", "enterprise")
_MAP = "map"
_UNCHECKED = " (chưa kiểm chứng)"
_REVIEW = "giai đoạn"


def judged(
    *,
    units: pd.DataFrame,
    successions: pd.DataFrame,
    catalogue: Catalogue,
    period: Mapping[str, Any],
    scopes: Sequence[str],
) -> pd.DataFrame:
    """What judges the units of every scope, and on which map.

    Args:
        units: ``ref.units``.
        successions: ``ref.unit_successions``.
        catalogue: Regimes, documents.
        period: Row of ``ref.periods``.
        scopes: Scopes that are evaluated; those with nothing below them are left out.

    Returns:
        ``eval.judged``: per scope a row for each type of unit in it that a regime judges, and one
        for the map.
    """
    contract = table_contract(catalogue, "eval.judged")
    atlas = Atlas(units, successions)
    there = atlas.on(period["ends_on"])
    laws = {kind: _law(catalogue, kind, period) for kind in _TYPES}
    marked = dict(zip(units["unit_id"], units["is_illustrative"], strict=True))
    rows = [
        row | {"scope_id": scope, "is_illustrative": bool(marked[scope])}
        for scope in scopes
        if scope in there.children and scope in there.types
        for row in _of_scope(scope, atlas, period, laws)
    ]
    if not rows:
        return contract.empty()
    return contract.conform(pd.DataFrame(rows).assign(period=period["period"]))


def _of_scope(
    scope: str,
    atlas: Atlas,
    period: Mapping[str, Any],
    laws: Mapping[str, dict[str, Any] | None],
) -> Iterator[dict[str, Any]]:
    there = atlas.on(period["ends_on"])
    types = {there.types[unit] for unit in (scope, *there.below(scope))}
    yield from (law for kind, law in laws.items() if kind in types and law is not None)
    changes = map_changes(scope, atlas, period)
    yield {
        "subject": _MAP,
        "regime": None,
        "documents": None,
        "straddles": any(change.is_within for change in changes),
        "text_vi": map_text(scope, atlas, changes, period),
        "verified": True,
    }


def _law(catalogue: Catalogue, kind: str, period: Mapping[str, Any]) -> dict[str, Any] | None:
    """The row of a type of unit; it is the same in every scope."""
    starts_on, ends_on = period["starts_on"], period["ends_on"]
    regime = regimes.in_force(catalogue, kind, ends_on)
    if regime is None:
        return None
    known = regimes.documents_on(catalogue, regime, ends_on)
    changes = regimes.straddled(catalogue, kind, starts_on, ends_on)
    return {
        "subject": kind,
        "regime": regime.id,
        "documents": ";".join(document.id for document in known),
        "straddles": any(change.is_new_regime for change in changes),
        "text_vi": " ".join(_sentences(regime, known, changes, period)),
        "verified": regime.verified and all(d.verified for d in known if d.id in regime.documents),
    }


def _sentences(
    regime: Regime, known: list[Document], changes: list[Change], period: Mapping[str, Any]
) -> Iterator[str]:
    named = [document for document in known if document.id in regime.documents]
    day = format_date(period["ends_on"])
    label = str(period["label_vi"])
    label = label[:1].lower() + label[1:]
    kind = "" if label.startswith(_REVIEW) else "kỳ "
    yield (
        f"{regime.units_vi}: {kind}{label} được đánh giá theo"
        f" {', '.join(f'{document.kind} {document.number}' for document in named)}"
        f" (hiệu lực ở ngày cuối kỳ {day})."
    )
    if not regime.verified:
        yield f"Chưa kiểm chứng: {regime.basis}."
    for change in changes:
        yield _told(change)
    if any(change.is_new_regime for change in changes):
        last = max(change.on for change in changes if change.is_new_regime)
        yield (
            f"Phần kỳ trước {format_date(last)} diễn ra dưới quy định cũ và được xem theo quy định"
            " ở ngày cuối kỳ."
        )


def _told(change: Change) -> str:
    on = format_date(change.on)
    if change.before and change.after:
        return f"Từ {on}, {_names(change.after)} thay {_names(change.before)}."
    if change.after:
        return f"Từ {on} có thêm {_names(change.after)}."
    return f"Từ {on}, {_names(change.before)} không còn hiệu lực."


def _names(documents: Sequence[Document]) -> str:
    names = [f"{d.kind} {d.number}{'' if d.verified else _UNCHECKED}" for d in documents]
    return ", ".join(names)
