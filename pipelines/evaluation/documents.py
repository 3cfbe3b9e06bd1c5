"""Documents beside a figure: decisions, minutes, photographs that support what it is made of.

Belongs here: ``core.evidence`` → entries of ``report.figures.cells``, after those of ``evidence``.
Does not belong here: the cells and rows a figure is computed from (``evidence``).

An entry holds ``ENTRY``; ``evidence`` is the document's submission_id.
"""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from pipelines.catalogue.model import Indicator
from pipelines.evaluation.basis import Basis, used_elements
from pipelines.evaluation.evidence import Entries

_KEYS = {"submission_id": "evidence", "title_vi": "title"}
ENTRY = [
    "evidence",
    "kind",
    "number",
    "signed_on",
    "title",
    "path",
    "sha256",
    "unit_id",
    "element",
]


def usable(evidence: pd.DataFrame | None, period: str) -> pd.DataFrame:
    """The documents of a period that can stand beside a figure, with the names of an entry.

    Args:
        evidence: ``core.evidence``, or None where there is none.
        period: Key of the period.

    Returns:
        Columns ``ENTRY``: accepted documents that name unit and element.
    """
    if evidence is None:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in ENTRY})
    chosen = evidence[(evidence["period"] == period) & (evidence["status"] == "accepted")]
    chosen = chosen.dropna(subset=["unit_id", "element"]).sort_values("submission_id")
    signed_on = chosen["signed_on"].dt.strftime("%Y-%m-%d").astype("str")
    return chosen.assign(signed_on=signed_on).rename(columns=_KEYS)[ENTRY]


def documents_beside(indicator: Indicator, basis: Basis, documents: pd.DataFrame) -> Entries:
    """Documents about an element the indicator draws on, of any unit in the scope.

    Args:
        indicator: A measured figure.
        basis: Knows which unit is in which scope.
        documents: What ``usable`` gives.

    Returns:
        Entries by scope_id, units in official order.
    """
    found: Entries = defaultdict(list)
    about = documents[documents["element"].isin(used_elements(indicator))]
    if about.empty:
        return found
    placed = basis.scopes.inside.merge(about, on="unit_id")
    plain = placed.astype("object").where(placed.notna(), None)
    for record in plain.to_dict("records"):
        found[str(record["scope_id"])].append({name: record[name] for name in ENTRY})
    return found
