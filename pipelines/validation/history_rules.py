"""Rules against the same unit's earlier periods: cumulative figures, carried-over ones, jumps.

Belongs here: what one submission says beside what was in force before. Does not belong here:
other units of the period (``peer_rules``), indicators over time (``evaluation.comparisons``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, Rule
from pipelines.catalogue.periods import period_frame
from pipelines.validation.messages import show_number
from pipelines.validation.raw_findings import raw, together
from pipelines.validation.wide import KNOWN_STATES

PAIR = ["unit_id", "element"]
_TOLERANCE = 1e-9
# of a normal distribution the median of the distances is 0,6745 standard deviations
_MAD_TO_SIGMA = 0.6745
# a spread of nothing would make every change extreme: at least a twentieth of the median
_LEAST_SPREAD = 0.05


@dataclass(frozen=True)
class Past:
    """What was in force before, and where the period stands in its year.

    Attributes:
        known: unit_id, element, period, ends_on, value: known numbers, the oldest first.
        previous: Key of the period before this one of the same kind.
        opens_year: Whether the period begins a year, so that nothing is carried into it.
    """

    known: pd.DataFrame
    previous: str | None
    opens_year: bool

    def latest(self) -> pd.DataFrame:
        """The newest known value of each unit and element."""
        return self.known.drop_duplicates(PAIR, keep="last")

    def of_previous(self, element: str) -> pd.Series:
        """Value of an element in the previous period by unit."""
        values = self.known
        own = values[(values["period"] == self.previous) & (values["element"] == element)]
        return own.set_index("unit_id")["value"]


def history_findings(
    submissions: pd.DataFrame,
    entries: pd.DataFrame,
    history: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
    period: str,
) -> pd.DataFrame:
    """Raw findings of level ``history``.

    Args:
        submissions: The intake's submissions.
        entries: All entries of the period.
        history: ``core.observations`` of earlier periods by key; what is not there is not known.
        catalogue: Elements, rules in force, periods.
        period: Key of the period.
    """
    past = past_of(history, catalogue, period)
    now = numbers(entries, catalogue)
    rules = [rule for rule in catalogue.rules.values() if rule.operator in _OPERATORS]
    return together(_OPERATORS[rule.operator](rule, now, past, submissions) for rule in rules)


def numbers(entries: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """The entries that hold a known number, with the element's ``flow``, ``year`` and ``type``."""
    kinds = {e.id: e.type for e in catalogue.elements.values() if e.is_numeric}
    known = entries[entries["state"].isin(KNOWN_STATES) & entries["value"].notna()]
    known = known[known["element"].isin(kinds)]
    flows = {e.id: e.flow for e in catalogue.elements.values()}
    spans = {e.id: e.refers_to for e in catalogue.elements.values()}
    element = known["element"]
    return known.assign(
        type=element.map(kinds), flow=element.map(flows), refers_to=element.map(spans)
    )


def past_of(history: Mapping[str, pd.DataFrame], catalogue: Catalogue, period: str) -> Past:
    """The history in the shape that rules work on; only periods that ended before count."""
    frame = period_frame(catalogue.periods)
    ends: dict[str, dt.date] = dict(zip(frame["period"], frame["ends_on"], strict=True))
    own = frame[frame["period"] == period].to_dict("records")
    starts_on: dt.date = own[0]["starts_on"] if own else dt.date.min
    parts = [
        observed[observed["state"].isin(KNOWN_STATES)][[*PAIR, "value"]].assign(
            period=key, ends_on=ends[key]
        )
        for key, observed in history.items()
        if key in ends and ends[key] < starts_on
    ]
    columns = [*PAIR, "value", "period", "ends_on"]
    values = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    values = values[values["value"].notna()].astype({"value": "float64"})
    previous = own[0]["previous"] if own and isinstance(own[0]["previous"], str) else None
    opens = bool(own) and (starts_on.month, starts_on.day) == (1, 1)
    return Past(values.sort_values("ends_on", kind="stable"), previous, opens_year=opens)


def _cumulative(rule: Rule, now: pd.DataFrame, past: Past, _: pd.DataFrame) -> pd.DataFrame:
    """A figure since the start of the year that is not the one before plus this period's."""
    total, within = term_names(rule.left)[0], term_names(rule.right)[0]
    both = _beside(now, total, within)
    before = both["unit_id"].map(past.of_previous(total)).astype("float64")
    if past.opens_year:
        before = pd.Series(0.0, index=both.index)
    wanted = before + both["value_right"]
    hits = both[(both["value"] - wanted).abs() > _TOLERANCE]
    told = [
        f"{show_number(float(a))} của các kỳ trước cộng {show_number(float(b))} trong kỳ"
        for a, b in zip(before[hits.index], hits["value_right"], strict=True)
    ]
    return _found(rule, hits, [show_number(float(n)) for n in wanted[hits.index]], told)


def _continues(rule: Rule, now: pd.DataFrame, past: Past, _: pd.DataFrame) -> pd.DataFrame:
    """What is carried into the period is not what the period before left."""
    own = now[now["element"] == term_names(rule.left)[0]]
    left = own["unit_id"].map(past.of_previous(term_names(rule.right)[0])).astype("float64")
    hits = own[(own["value"] - left).abs() > _TOLERANCE]
    return _found(rule, hits, [show_number(float(n)) for n in left[hits.index]])


def _no_jump(rule: Rule, now: pd.DataFrame, past: Past, _: pd.DataFrame) -> pd.DataFrame:
    """Many times as much, or a small part of, what the unit last said.

    Thresholds: ``times`` ≤ factor < ``below``; the larger of the two is at least ``smallest``.
    """
    both = now.merge(past.latest()[[*PAIR, "value"]], on=PAIR, suffixes=("", "_before"))
    both = both[(both["value"] > 0) & (both["value_before"] > 0)]
    large = both[["value", "value_before"]].max(axis=1)
    factor = large / both[["value", "value_before"]].min(axis=1)
    limits = rule.thresholds
    hits = both[
        (factor >= limits["times"]) & (factor < limits["below"]) & (large >= limits["smallest"])
    ]
    before = [float(n) for n in hits["value_before"]]
    expected = [between(n / limits["times"], n * limits["times"]) for n in before]
    return _found(rule, hits, expected, [f"kỳ trước {show_number(n)}" for n in before])


def _near_own_median(rule: Rule, now: pd.DataFrame, past: Past, _: pd.DataFrame) -> pd.DataFrame:
    """Far from what the unit has usually said.

    Thresholds: at least ``periods`` earlier values; a robust score above ``score`` (distance from
    the median in median distances); a distance of at least ``smallest``.
    """
    limits = rule.thresholds
    grouped = past.known.groupby(PAIR)["value"]
    usual = pd.DataFrame({"median": grouped.median(), "periods": grouped.size()})
    joined = past.known.join(usual, on=PAIR)
    distance = (joined["value"] - joined["median"]).abs()
    spread = distance.groupby([joined[name] for name in PAIR]).median()
    usual = usual.assign(spread=spread)[usual["periods"] >= limits["periods"]]
    both = now.merge(usual.reset_index(), on=PAIR)
    floor = (both["median"].abs() * _LEAST_SPREAD).clip(lower=1.0)
    reach = both["spread"].clip(lower=floor) * limits["score"] / _MAD_TO_SIGMA
    reach = reach.clip(lower=limits["smallest"])
    hits = both[(both["value"] - both["median"]).abs() > reach]
    middle, width = hits["median"], reach[hits.index]
    expected = [between(float(m - w), float(m + w)) for m, w in zip(middle, width, strict=True)]
    told = [f"thường ghi khoảng {show_number(float(n))}" for n in middle]
    return _found(rule, hits, expected, told)


def _differs_from_last(
    rule: Rule, now: pd.DataFrame, past: Past, submissions: pd.DataFrame
) -> pd.DataFrame:
    """A file whose period figures are all those of the period before.

    Thresholds: at least ``values`` figures above zero that can be compared.
    """
    flows = now[(now["flow"] == "flow") & (now["refers_to"] == "period") & (now["value"] > 0)]
    before = past.known[past.known["period"] == past.previous][[*PAIR, "value"]]
    both = flows.merge(before, on=PAIR, suffixes=("", "_before"))
    same = (both["value"] - both["value_before"]).abs() <= _TOLERANCE
    files = same.groupby(both["submission_id"]).agg(["all", "size"])
    hits = files[files["all"].astype(bool) & (files["size"] >= rule.thresholds["values"])]
    speaks_for = submissions.set_index("submission_id")["speaks_for"]
    return raw(
        {
            "submission_id": hits.index.astype("str"),
            "rule": rule.id,
            "unit_id": speaks_for.reindex(hits.index).to_numpy(),
            "found": [f"{n} số" for n in hits["size"]],
        }
    )


_OPERATORS: dict[str, Callable[[Rule, pd.DataFrame, Past, pd.DataFrame], pd.DataFrame]] = {
    "cumulative_follows": _cumulative,
    "continues": _continues,
    "no_jump": _no_jump,
    "near_own_median": _near_own_median,
    "differs_from_last": _differs_from_last,
}


def _beside(now: pd.DataFrame, left: str, right: str) -> pd.DataFrame:
    """The entries of one element with another's value of the same submission and unit."""
    row = ["submission_id", "unit_id"]
    other = now[now["element"] == right].drop_duplicates(row)
    return now[now["element"] == left].merge(
        other[[*row, "value"]], on=row, suffixes=("", "_right")
    )


def between(low: float, high: float) -> str:
    """A range in words, whole numbers inside it; nothing counted here is below zero."""
    return f"từ {show_number(float(-(-max(low, 0.0) // 1)))} đến {show_number(float(high // 1))}"


def _found(
    rule: Rule, hits: pd.DataFrame, expected: list[str], why: list[str] | None = None
) -> pd.DataFrame:
    """Raw findings on the cells of entries."""
    if hits.empty:
        return raw({})
    places = hits[["submission_id", "sheet", "cell", "unit_id", "element"]]
    return raw(
        places.assign(
            rule=rule.id,
            found=[show_number(float(n)) for n in hits["value"]],
            expected=expected,
            why=why if why is not None else float("nan"),
        )
    )
