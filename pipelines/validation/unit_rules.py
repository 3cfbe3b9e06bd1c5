"""Rules between the elements of one unit in one submission.

Belongs here: applying the catalogue's masks to wide frames, blaming a cell.
Does not belong here: what the operators mean (``catalogue.operators``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, Rule
from pipelines.catalogue.operators import violations
from pipelines.catalogue.schemas import form_rules
from pipelines.validation.messages import Named, element_names, sides
from pipelines.validation.pairs import sided
from pipelines.validation.raw_findings import raw, together
from pipelines.validation.wide import ROW, asked, lay_wide

SEVERITIES = ("error", "warning", "review")


def unit_findings(
    submissions: pd.DataFrame, entries: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """Raw findings of level ``unit``, for every rule whose elements are all asked in the form.

    A rule says nothing about a unit of whose elements one is quarantined: what a doubtful cell
    holds is not known, and must not be taken for a blank.
    """
    names = element_names(catalogue)
    form_of = submissions.set_index("submission_id")["form"]
    parts = []
    for form_id, own in entries.groupby(entries["submission_id"].map(form_of)):
        elements = asked(catalogue.forms[str(form_id)])
        wide = lay_wide(own, elements, catalogue)
        # a plain index: masks of many rules on a few rows are mostly index handling
        plain = wide.known.reset_index(drop=True)
        for severity in SEVERITIES:
            for rule in form_rules(catalogue, set(elements), severity):
                violated = violations(rule, plain).to_numpy(dtype="bool")
                if not violated.any():
                    continue
                terms = wide.states.loc[violated, term_names(rule.left) + term_names(rule.right)]
                speaks = terms.notna().any(axis=1) & ~terms.isin(["quarantined"]).any(axis=1)
                hits = wide.known[violated][speaks]
                parts += [
                    _blamed(rule, part, own, names, order, wanted)
                    for part, order, wanted in sided(rule, hits, names)
                    if len(part)
                ]
    return together(parts)


def _blamed(
    rule: Rule,
    hits: pd.DataFrame,
    entries: pd.DataFrame,
    names: dict[str, Named],
    order: list[str],
    wanted: str | None,
) -> pd.DataFrame:
    found, expected = sides(rule, hits, names)
    if wanted is not None:
        expected = expected.fillna(wanted)
    frame = hits[[]].assign(rule=rule.id, found=found, expected=expected).reset_index()
    return raw(frame.merge(_cells(entries, order), on=ROW, how="left"))


def _cells(entries: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """Per submission and unit the first of the elements that has a cell."""
    candidates = entries[entries["element"].isin(order) & entries["cell"].notna()]
    rank = candidates["element"].map({name: place for place, name in enumerate(order)})
    first = candidates.assign(rank=rank).sort_values("rank", kind="stable").drop_duplicates(ROW)
    return first[[*ROW, "element", "sheet", "cell"]]
