"""What was found on the spot beside what the unit reported.

Belongs here: the register of verifications → verified figures beside the reported ones, points
that people gave, what is known after a stage. Does not belong here: points of figures (``scores``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue

STAGE = {"Thẩm định": "verified", "Công nhận": "decided"}
_GIVEN = ["unit_id", "criteria_set", "criterion", "stage", "points", "reason", "evidence"]


def checked(
    *, verifications: pd.DataFrame, observations: pd.DataFrame, catalogue: Catalogue, period: str
) -> pd.DataFrame:
    """Verified figures beside the reported ones.

    Args:
        verifications: ``core.registers_verifications`` of the period.
        observations: ``core.observations`` of the period.
        catalogue: Element codes, table contracts.
        period: Key of the period.

    Returns:
        ``eval.checked``: one row per unit, element and stage. A subject that names neither an
        element nor a line of a criteria set is there, too, with element "?" and its words as the
        subject: what somebody checked is not lost because of a typing error.
    """
    contract = table_contract(catalogue, "eval.checked")
    rows = _of_elements(verifications, catalogue)
    if rows.empty:
        return contract.empty()
    told = observations.set_index(["unit_id", "element"])[["value", "state"]]
    keys = pd.MultiIndex.from_frame(rows[["unit_id", "element"]])
    told = told.reindex(keys).reset_index(drop=True)
    rows = rows.reset_index(drop=True).assign(
        reported=told["value"], reported_state=told["state"].fillna("missing"), period=period
    )
    rows["difference"] = rows["found"] - rows["reported"]
    return contract.conform(rows[[column.name for column in contract.columns]])


def given_points(
    *, self_scores: pd.DataFrame, verifications: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """Points that people gave: unit_id, criteria_set, criterion, stage, points, reason, …."""
    own = self_scores.assign(stage="self", reason=pd.Series(pd.NA, self_scores.index, dtype="str"))
    own = own[own["criteria_set"].isin(list(catalogue.criteria))]
    # of no rows at all partition gives no columns
    parts = verifications["subject"].str.partition("/").reindex(columns=range(3))
    lines = verifications.assign(criteria_set=parts[0], criterion=parts[2])
    lines = lines[lines["criteria_set"].isin(list(catalogue.criteria))]
    lines = lines.assign(stage=lines["stage"].map(STAGE), points=lines["found"])
    every = pd.concat([own[_GIVEN], lines[_GIVEN]], ignore_index=True)
    return every.astype({"points": "float64", "reason": "str", "evidence": "str"})


def after(
    observations: pd.DataFrame, verified: pd.DataFrame, stages: tuple[str, ...]
) -> pd.DataFrame:
    """Observations with what was found up to a stage in place of what was reported.

    Args:
        observations: ``core.observations``.
        verified: ``eval.checked``.
        stages: The stages that count, the earliest first.
    """
    chosen = verified[verified["stage"].isin(stages)]
    order = chosen["stage"].map({stage: at for at, stage in enumerate(stages)})
    newest = chosen.assign(order=order).sort_values("order")
    newest = newest.drop_duplicates(["unit_id", "element"], keep="last")
    found = newest.set_index(["unit_id", "element"])["found"]
    keys = pd.MultiIndex.from_frame(observations[["unit_id", "element"]])
    said = found.reindex(keys).to_numpy()
    there = pd.Series(said, index=observations.index).notna()
    value = observations["value"].mask(there, pd.Series(said, index=observations.index))
    state = observations["state"].mask(there & (value == 0), "zero")
    state = state.mask(there & (value != 0), "value")
    qualifier = observations["qualifier"].mask(there, "=")
    return observations.assign(value=value, state=state, qualifier=qualifier)


def _of_elements(verifications: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """The rows about figures, by element id; those about lines of a set are left to the points."""
    by_code = {entry.code: entry.id for entry in catalogue.elements.values()}
    by_code |= {name: name for name in catalogue.elements}
    lines = {
        f"{entry.id}/{line.id}" for entry in catalogue.criteria.values() for line in entry.criteria
    }
    rows = verifications[~verifications["subject"].isin(lines)]
    element = rows["subject"].str.strip().map(by_code).fillna("?")
    return rows.assign(element=element, stage=rows["stage"].map(STAGE))
