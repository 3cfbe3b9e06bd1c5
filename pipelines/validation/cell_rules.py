"""Rules of single cells and of the file itself.

Belongs here: faults that the intake saw, bounds, compulsory blanks.
Does not belong here: relations between cells (``unit_rules``, ``row_rules``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.catalogue.expected import expected_of
from pipelines.catalogue.model import Catalogue, Rule
from pipelines.validation.messages import expected_texts, show_number
from pipelines.validation.raw_findings import PLACE, raw, together
from pipelines.validation.wide import KNOWN_STATES


class UnknownFaultError(ValueError):
    """The intake reported a fault for which the catalogue has no rule: an engineer's error."""


def cell_findings(
    submissions: pd.DataFrame, entries: pd.DataFrame, faults: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """Raw findings of the levels ``submission`` and ``cell``.

    Raises:
        UnknownFaultError: A fault's operator belongs to no rule.
    """
    rules = {r.operator: r for r in catalogue.rules.values() if r.level in {"submission", "cell"}}
    return together(
        [
            _faults(submissions, faults, rules, catalogue),
            _out_of_bounds(entries, rules, catalogue),
            _compulsory_blanks(entries, rules),
        ]
    )


def set_aside(entries: pd.DataFrame, findings: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Entries without the cells that are wrong in themselves: what they say is not known.

    A cell out of bounds must not be compared with others: one mistake would be told as many.

    Args:
        entries: All entries.
        findings: Findings, raw or in words (submission_id, sheet, cell, rule).
        catalogue: The rules in force.
    """
    grave = {r.id for r in catalogue.rules.values() if r.level == "cell" and r.severity == "error"}
    wrong = findings[findings["rule"].isin(grave) & findings["cell"].notna()]
    if wrong.empty:
        return entries
    places = pd.MultiIndex.from_frame(entries[PLACE])
    held = places.isin(pd.MultiIndex.from_frame(wrong[PLACE]))
    return entries.assign(state=entries["state"].mask(held, "quarantined"))


def _faults(
    submissions: pd.DataFrame, faults: pd.DataFrame, rules: dict[str, Rule], catalogue: Catalogue
) -> pd.DataFrame:
    strange = sorted(set(faults["operator"]) - set(rules))
    if strange:
        msg = f"faults with operators {strange}, but the catalogue's rules know {sorted(rules)}"
        raise UnknownFaultError(msg)
    texts = {form.id: expected_texts(catalogue, form) for form in catalogue.forms.values()}
    forms = faults["submission_id"].map(submissions.set_index("submission_id")["form"])
    places = zip(forms, faults["sheet"], faults["element"], strict=True)
    asked_for = [
        # registers of one form share names of columns: the sheet says which is meant
        texts.get(form, {}).get((sheet, element)) or texts.get(form, {}).get((None, element))
        for form, sheet, element in places
    ]
    fallback = pd.Series(asked_for, index=faults.index, dtype="str")
    return raw(
        {
            **{name: faults[name] for name in ("submission_id", "sheet", "cell", "unit_id")},
            "element": faults["element"],
            "rule": faults["operator"].map({o: r.id for o, r in rules.items()}),
            "found": faults["found"],
            "expected": faults["expected"].astype("str").fillna(fallback),
            "proposed": faults["proposed"],
            "why": faults["why"] if "why" in faults else float("nan"),
        }
    )


def _out_of_bounds(
    entries: pd.DataFrame, rules: dict[str, Rule], catalogue: Catalogue
) -> pd.DataFrame:
    rule = rules.get("within_bounds")
    known = entries[entries["state"].isin(KNOWN_STATES) & entries["value"].notna()]
    bounds = {e.id: (e.minimum, e.maximum) for e in catalogue.elements.values() if e.is_numeric}
    limits = pd.DataFrame.from_dict(
        bounds, orient="index", columns=["low", "high"], dtype="float64"
    ).reindex(known["element"])
    low, high = limits["low"].to_numpy(), limits["high"].to_numpy()
    hits = known[(known["value"] < low) | (known["value"] > high)]
    if rule is None or hits.empty:
        return raw({})
    return raw(
        {
            **_place(hits),
            "rule": rule.id,
            "found": [show_number(float(value)) for value in hits["value"]],
            "expected": [expected_of(catalogue.elements[name]) for name in hits["element"]],
        },
        hits.index,
    )


def _compulsory_blanks(entries: pd.DataFrame, rules: dict[str, Rule]) -> pd.DataFrame:
    rule = rules.get("present")
    hits = entries[entries["compulsory"] & (entries["state"] == "missing")]
    if rule is None or hits.empty:
        return raw({})
    return raw({**_place(hits), "rule": rule.id}, hits.index)


def _place(entries: pd.DataFrame) -> dict[str, object]:
    return {n: entries[n] for n in ("submission_id", "sheet", "cell", "unit_id", "element")}
