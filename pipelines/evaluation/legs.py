"""What changed between two states of a period, leg by leg, in a fixed order.

Belongs here: figures before, after each leg and at the end → one amount per leg, the check that
legs add up. Does not belong here: what belongs to a leg, computing the states in between
(``orchestration.what_changed``), printing (``reports.what_changed_table``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

LEGS = ("boundary", "catalogue", "corrections", "resubmissions", "new_reports")
PARTS = ("numerator", "denominator", "value")
KEY = ["scope_id", "indicator", "part"]
COLUMNS = [
    *KEY,
    "before",
    *LEGS,
    "after",
    "before_state",
    "after_state",
    "came_with",
    "went_with",
]
KNOWN, ABSENT = "value", "absent"
_RELATIVE = 1e-9


class LegsBroken(ValueError):  # noqa: N818 — names the state, not a mishap
    """Legs of a figure do not add up to its change; names the figures."""


def legs(states: Sequence[pd.DataFrame], view: str = "as_reported") -> pd.DataFrame:
    """Take the change of every figure apart.

    Args:
        states: ``eval.indicator_values`` of one period: before, then after each of ``LEGS``; the
            last is the state after. One frame may stand for several where a leg changes nothing.
        view: The view of places that is looked at.

    Returns:
        ``COLUMNS``, a row per scope, indicator and part that has a number before or after, by
        key. Amounts are in the unit of the figure, of rates in percentage points. A leg is what
        its step adds: figure after it minus figure before it. It is 0 where the step changes
        nothing, and empty where the figure came into being (``came_with``) or ended
        (``went_with``) with it: nothing is counted from 0. Of a figure with a number before and
        after that has none in between, the leg in which it came back holds the whole change, and
        both ``came_with`` and ``went_with`` are told. ``before_state`` and ``after_state`` are
        ``value`` where there is a number, else the figure's state, or ``absent`` where its scope
        or indicator is not there at all.

    Raises:
        LegsBroken: Legs do not add up.
        ValueError: There are not as many states as legs and one more.
    """
    if len(states) != len(LEGS) + 1:
        msg = f"{len(states)} states, expected {len(LEGS) + 1}: before and one after each leg"
        raise ValueError(msg)
    known = {id(state): _parts(state, view) for state in states}
    parts = [known[id(state)] for state in states]
    every = parts[0].index
    for part in parts[1:]:
        every = every.union(part.index)
    amounts = np.column_stack([part["amount"].reindex(every).to_numpy(float) for part in parts])
    kept = ~np.isnan(amounts[:, 0]) | ~np.isnan(amounts[:, -1])
    out = every[kept].to_frame(index=False)
    out = out.assign(**_apart(amounts[kept]))
    for name, part in (("before_state", parts[0]), ("after_state", parts[-1])):
        out[name] = part["state"].reindex(every)[kept].fillna(ABSENT).to_numpy()
    out = out[COLUMNS].astype(dict.fromkeys(("before_state", "after_state"), "str"))
    check_sums(out)
    return out


def _parts(values: pd.DataFrame, view: str) -> pd.DataFrame:
    """Amount and state by ``KEY``, sorted."""
    seen = values[values["view"] == view]
    long = seen.melt(
        id_vars=["scope_id", "indicator", "state"],
        value_vars=list(PARTS),
        var_name="part",
        value_name="amount",
    )
    long["state"] = long["state"].mask(long["amount"].notna(), KNOWN)
    return long.astype({"part": "str"}).set_index(KEY)[["amount", "state"]].sort_index()


def _apart(amounts: np.ndarray) -> dict[str, np.ndarray | pd.Series]:
    """Columns of numbers and of legs with which figures come and go.

    Args:
        amounts: A row per figure, a column per state; nan where there is no number.
    """
    there = ~np.isnan(amounts)
    last = pd.DataFrame(amounts).ffill(axis=1).to_numpy()  # of the states up to this one
    back = np.flip(np.logical_or.accumulate(np.flip(there, axis=1), axis=1), axis=1)
    now, before = there[:, 1:], there[:, :-1]
    seen, again = ~np.isnan(last[:, :-1]), back[:, 1:]
    change = np.where(now & seen, amounts[:, 1:] - last[:, :-1], 0.0) + 0.0
    comes, goes = now & ~before, before & ~now
    steps = np.where((comes & ~seen) | (goes & ~again), np.nan, change)
    columns: dict[str, np.ndarray | pd.Series] = {"before": amounts[:, 0], "after": amounts[:, -1]}
    columns |= {leg: steps[:, place] for place, leg in enumerate(LEGS)}
    return columns | {"came_with": _last_leg(comes), "went_with": _last_leg(goes)}


def _last_leg(marked: np.ndarray) -> pd.Series:
    """The last marked leg of each row, missing where none is."""
    place = marked.shape[1] - 1 - np.argmax(np.flip(marked, axis=1), axis=1)
    names = pd.Series(np.array(LEGS, dtype="object")[place], dtype="str")
    return names.where(pd.Series(np.any(marked, axis=1), index=names.index, dtype="bool"))


def check_sums(changes: pd.DataFrame) -> None:
    """Raise where the legs of a figure do not add up to after minus before.

    Args:
        changes: What ``legs`` gives.

    Raises:
        LegsBroken: Names the first figures that do not add up.
    """
    both = changes[changes["before"].notna() & changes["after"].notna()]
    total = both[list(LEGS)].sum(axis=1, skipna=False)
    change = both["after"] - both["before"]
    largest = both[["before", "after"]].abs().max(axis=1).clip(lower=1.0)
    wrong = both[~((total - change).abs() <= _RELATIVE * largest)]
    if not wrong.empty:
        named = ["/".join(map(str, key)) for key in wrong[KEY].head(5).itertuples(index=False)]
        raise LegsBroken(f"{len(wrong)} figures whose legs do not add up: {', '.join(named)}")


def changed(changes: pd.DataFrame) -> pd.DataFrame:
    """The figures that are not as they were, in the order given.

    Args:
        changes: What ``legs`` gives.

    Returns:
        Rows in which a leg is not 0: also those that ended where they began.
    """
    return changes[(changes[list(LEGS)] != 0).any(axis=1)]
