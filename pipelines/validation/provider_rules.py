"""Rules between providers: a unit's figure against the authoritative one.

Belongs here: comparing submissions in force. Does not belong here: which value is used
(``accept``; it is always the authority's).
"""

from __future__ import annotations

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.validation.accept import standing_entries
from pipelines.validation.messages import element_names, show
from pipelines.validation.raw_findings import raw, together
from pipelines.validation.wide import KNOWN_STATES

_PAIR = ["unit_id", "element"]
_TOLERANCE = 1e-9


def provider_findings(
    submissions: pd.DataFrame, entries: pd.DataFrame, units: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """Raw findings of level ``provider``, on the submission that is not authoritative.

    Args:
        submissions: Submissions settled with all other findings: a returned one is not compared.
        entries: All entries of the period.
        units: unit_id and kind: who is the authority of an element.
        catalogue: Elements, rules.
    """
    rules = [r for r in catalogue.rules.values() if r.operator == "agrees_with_authority"]
    every = standing_entries(submissions, entries, units, catalogue)
    known = every[every["state"].isin(KNOWN_STATES)]
    official = known[known["is_official"]].sort_values("rank").drop_duplicates(_PAIR, keep="last")
    both = known[~known["is_official"]].merge(
        official[[*_PAIR, "value", "text"]], on=_PAIR, suffixes=("", "_official")
    )
    hits = both[_differ(both)]
    if hits.empty:
        return raw({})
    names = element_names(catalogue)
    found = _shown(hits, "value", "text", names)
    expected = _shown(hits, "value_official", "text_official", names)
    return together(
        raw(hits.assign(rule=rule.id, found=found, expected=expected)) for rule in rules
    )


def _differ(both: pd.DataFrame) -> pd.Series:
    number = (both["value"] - both["value_official"]).abs() > _TOLERANCE
    text = both["text"].notna() & both["text_official"].notna()
    return number | (text & (both["text"] != both["text_official"]))


def _shown(hits: pd.DataFrame, value: str, text: str, names: dict) -> list[str]:
    rows = zip(hits["element"], hits[value], hits[text], strict=True)
    return [show(v if pd.notna(v) else t, names[element].type) for element, v, t in rows]
