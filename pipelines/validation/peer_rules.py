"""Rules against the units beside it, and on the digits of one file: what deserves a second look.

All of them are reviews: unusual is not wrong, and nothing is rejected for being unusual.

Belongs here: comparisons within a period. Does not belong here: earlier periods
(``history_rules``), what a figure means for a ranking (``evaluation``).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from pipelines.catalogue.model import Catalogue, Rule
from pipelines.validation.accept import standing_entries
from pipelines.validation.history_rules import between, numbers
from pipelines.validation.messages import show_number
from pipelines.validation.raw_findings import raw, together

_SIGMA = 0.6745
_GROUP = ["parent", "element"]
_FIVE = 5


def peer_findings(
    submissions: pd.DataFrame, entries: pd.DataFrame, units: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """Raw findings of level ``peers``: a unit's official figure against its siblings'.

    Args:
        submissions: Settled submissions: only those in force are compared.
        entries: All entries of the period.
        units: unit_id, kind and, where known, parent_id: units of one parent are peers.
        catalogue: Elements, rules in force.
    """
    rules = [rule for rule in catalogue.rules.values() if rule.level == "peers"]
    every = standing_entries(submissions, entries, units, catalogue)
    official = numbers(every[every["is_official"]], catalogue)
    official = official.sort_values("rank").drop_duplicates(["unit_id", "element"], keep="last")
    parents = units.drop_duplicates("unit_id").set_index("unit_id")
    parent = (
        official["unit_id"].map(parents["parent_id"]).fillna("")
        if "parent_id" in parents
        else pd.Series("", index=official.index)
    )
    official = official.assign(parent=parent.astype("str"))
    highest = {e.id: e.maximum for e in catalogue.elements.values() if e.maximum is not None}
    official = official.assign(highest=official["element"].map(highest).astype("float64"))
    return together(_OPERATORS[rule.operator](rule, official) for rule in rules)


def digit_findings(
    submissions: pd.DataFrame, entries: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """Raw findings of files most of whose larger counts end in 0 or 5.

    Of ten digits two are 0 and 5: a share far above a fifth says that figures were rounded.
    Thresholds: at least ``values`` whole numbers of ``smallest`` or more, a ``share`` of them
    round.
    """
    rules = [rule for rule in catalogue.rules.values() if rule.operator == "digits_vary"]
    return together(_heaped(rule, submissions, numbers(entries, catalogue)) for rule in rules)


def _heaped(rule: Rule, submissions: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    limits = rule.thresholds
    counts = now[(now["type"] == "count") & (now["flow"] == "flow")]
    counts = counts[(counts["value"] >= limits["smallest"]) & (counts["value"] % 1 == 0)]
    is_round = counts["value"] % _FIVE == 0
    files = is_round.groupby(counts["submission_id"]).agg(["sum", "size"])
    hits = files[
        (files["size"] >= limits["values"]) & (files["sum"] >= limits["share"] * files["size"])
    ]
    speaks_for = submissions.set_index("submission_id")["speaks_for"]
    return raw(
        {
            "submission_id": hits.index.astype("str"),
            "rule": rule.id,
            "unit_id": speaks_for.reindex(hits.index).to_numpy(),
            "found": [f"{n}/{all_} số" for n, all_ in zip(hits["sum"], hits["size"], strict=True)],
        }
    )


def _near_peers(rule: Rule, official: pd.DataFrame) -> pd.DataFrame:
    """Far from the median of the peers, on a scale of orders of magnitude.

    Thresholds: at least ``units`` peers with a value above zero; a robust score above ``score``;
    the value is at least ``smallest``. Where more than half say the same, nothing is unusual.
    """
    limits = rule.thresholds
    own = official[official["value"] > 0]
    own = own.assign(size=np.log(own["value"].astype("float64")))
    groups = own.groupby(_GROUP)["size"]
    middle, count = groups.transform("median"), groups.transform("size")
    distance = (own["size"] - middle).abs()
    spread = distance.groupby([own[name] for name in _GROUP]).transform("median")
    reach = spread * limits["score"] / _SIGMA
    unusual = (count >= limits["units"]) & (spread > 0) & (distance > reach)
    hits = own[unusual & (own["value"] >= limits["smallest"])]
    if hits.empty:
        return raw({})
    low, high = np.exp(middle - reach)[hits.index], np.exp(middle + reach)[hits.index]
    usual = np.exp(middle)[hits.index]
    places = hits[["submission_id", "sheet", "cell", "unit_id", "element"]]
    return raw(
        places.assign(
            rule=rule.id,
            found=[show_number(float(n)) for n in hits["value"]],
            expected=[between(float(a), float(b)) for a, b in zip(low, high, strict=True)],
            why=[
                f"{n} đơn vị, thường khoảng {show_number(float(round(m)))}"
                for n, m in zip(count[hits.index], usual, strict=True)
            ],
        )
    )


def _units_differ(rule: Rule, official: pd.DataFrame) -> pd.DataFrame:
    """The same number for all peers; one finding per file and element.

    Thresholds: at least ``units`` peers; the number is at least ``smallest``. A number that is
    the highest possible is not suspicious for being shared.
    """
    limits = rule.thresholds
    groups = official.groupby(_GROUP)["value"]
    alike = (groups.transform("nunique") == 1) & (groups.transform("size") >= limits["units"])
    own = official[
        alike
        & (official["value"] >= limits["smallest"])
        & (official["value"] != official["highest"])
    ]
    if own.empty:
        return raw({})
    counted = own.groupby(_GROUP)["unit_id"].transform("size")
    hits = own.assign(units=counted).drop_duplicates(["submission_id", "element"])
    of_one = own.groupby(["submission_id", "element"])["unit_id"].transform("size")[hits.index] == 1
    return raw(
        hits[["submission_id", "sheet", "element"]].assign(
            rule=rule.id,
            cell=hits["cell"].where(of_one),
            unit_id=hits["unit_id"].where(of_one),
            found=[show_number(float(n)) for n in hits["value"]],
            why=[f"{n} đơn vị" for n in hits["units"]],
        )
    )


_OPERATORS: dict[str, Callable[[Rule, pd.DataFrame], pd.DataFrame]] = {
    "near_peers": _near_peers,
    "units_differ": _units_differ,
}
