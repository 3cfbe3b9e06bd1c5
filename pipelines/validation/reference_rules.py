"""Rules between two registers of one file: what a row names must stand in the other.

Belongs here: the operator ``stands_in``. Does not belong here: rows by themselves
(``row_rules``), a register against its form (``register_rules``), against the period before
(``carried_rules``).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, Rule
from pipelines.catalogue.operators import spoken_of
from pipelines.validation.messages import column_names, show
from pipelines.validation.raw_findings import raw, together

_ROW = ["submission_id", "sheet", "row", "unit_id"]


def reference_findings(
    rows: Mapping[str, pd.DataFrame], row_letters: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """Raw findings of the operator ``stands_in``.

    Args:
        rows: Register rows by register id. Of a file that does not keep the other register
            nothing is known: its rows name what they like.
        row_letters: Column letter per register, submission, sheet and column.
        catalogue: Registers, rules in force.
    """
    rules = [rule for rule in catalogue.rules.values() if rule.operator == "stands_in"]
    return together(_unknown(rule, rows, row_letters, catalogue) for rule in rules)


def _unknown(
    rule: Rule, rows: Mapping[str, pd.DataFrame], row_letters: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    other, _, there = str(rule.within).partition(".")
    own, held = rows.get(str(rule.register_id)), rows.get(other)
    if own is None or held is None or own.empty or held.empty:
        return raw({})
    name = term_names(rule.left)[0]
    told = own[spoken_of(rule, own) & own[name].notna()]
    told = told[told["submission_id"].isin(held["submission_id"])]
    known = pd.MultiIndex.from_frame(held[["submission_id", there]])
    stands = pd.MultiIndex.from_frame(told[["submission_id", name]]).isin(known)
    letters = row_letters[
        (row_letters["register_id"] == rule.register_id) & (row_letters["column"] == name)
    ]
    hits = told.loc[~stands, [*_ROW, name]].merge(
        letters[["submission_id", "sheet", "letter"]], on=["submission_id", "sheet"], how="inner"
    )
    kind = column_names(catalogue.registers[str(rule.register_id)])[name].type
    return raw(
        hits[["submission_id", "sheet", "unit_id"]].assign(
            cell=hits["letter"] + hits["row"].astype("int64").astype("str"),
            rule=rule.id,
            element=name,
            found=[show(value, kind) for value in hits[name]],
        )
    )
