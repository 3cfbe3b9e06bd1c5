"""Scores of units on a criteria set: what the figures give, what was verified, what was decided.

Belongs here: what a criterion reads of each unit, the three stages side by side.
Does not belong here: a figure's points (``scales``), totals and bands (``bands``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.criteria import STAGES, CriteriaSet, Reads
from pipelines.catalogue.model import Catalogue
from pipelines.evaluation.basis import KNOWN_STATES
from pipelines.evaluation.scales import Numbers, Points, Reading, points_of
from pipelines.vietnamese.numbers import format_number

STAGES_VI = {"self": "tự chấm", "verified": "thẩm định", "decided": "công nhận"}
_EXEMPT = "not_applicable"
# a report that came cannot stop having come; one that did not may still turn out to have
_SETTLED = frozenset({"on_time", "late"})
_CLOSE = 1e-6


@dataclass(frozen=True)
class Known:
    """What is known of the units of a period at one stage.

    Attributes:
        observations: ``core.observations`` of the period.
        figures: ``eval.indicator_values`` of the period, as reported.
        reporting: ``core.reporting`` of the period.
        about: Units that an element is about, by element; one that is not here is about all. Of
            the others it is not applicable, whether or not there is an observation.
    """

    observations: pd.DataFrame
    figures: pd.DataFrame
    reporting: pd.DataFrame
    about: Mapping[str, frozenset[str]] = field(default_factory=dict)


def scores(
    *,
    catalogue: Catalogue,
    criteria_set: CriteriaSet,
    units: list[str],
    stages: Mapping[str, Known],
    given: pd.DataFrame,
    period: str,
) -> pd.DataFrame:
    """Points of units on every criterion of a set, by stage.

    Args:
        catalogue: Table contracts.
        criteria_set: The set in force at the period's end.
        units: Units of its population.
        stages: By stage, what is known then: ``self`` from the units' own reports; ``verified``
            and ``decided`` after what was found on the spot stands in their place.
        given: Points that people gave: unit_id, criteria_set, criterion, stage, points, reason,
            evidence. They stand in place of what the figures give; the reason says what these do.
        period: Key of the period.

    Returns:
        ``eval.scores``. A later stage has rows of those units only for which something was
        verified or decided; what nobody touched there is carried over from the stage before.
        ``lower`` and ``upper`` hold every value that a missing, withheld or quarantined answer
        could take; missing is never "not applicable".
    """
    contract = table_contract(catalogue, "eval.scores")
    asked = given[given["criteria_set"] == criteria_set.id]
    before = _of_figures(criteria_set, units, stages["self"])
    computed = {"self": before}
    frames = [_staged(before, asked, "self", None)]
    for stage in STAGES[1:]:
        touched = set(asked.loc[asked["stage"] == stage, "unit_id"])
        if stage in stages:
            found = _of_figures(criteria_set, units, stages[stage])
            touched |= _changed(found, computed["self"])
            computed[stage] = found
        base = next(computed[each] for each in reversed(STAGES) if each in computed)
        rows = base[base["unit_id"].isin(touched)]
        if len(rows):
            earlier = pd.concat(frames).drop_duplicates(["unit_id", "criterion"], keep="last")
            frames.append(_staged(rows, asked, stage, earlier))
    every = pd.concat(frames, ignore_index=True)
    marked = stages["self"].reporting
    illustrative = set(marked.loc[marked["is_illustrative"], "unit_id"])
    every["is_illustrative"] = every["unit_id"].isin(illustrative)
    every = every.assign(period=period, criteria_set=criteria_set.id)
    return contract.conform(every[[column.name for column in contract.columns]])


def reading_of(reads: Reads, units: list[str], known: Known) -> Reading:
    """What a criterion reads of units, in the order given."""
    if reads.element is not None:
        return _element(reads.element, units, known)
    if reads.indicator is not None:
        return _indicator(reads.indicator, units, known.figures)
    return _reports(reads.reports or [], units, known.reporting)


def _element(element: str, units: list[str], known_then: Known) -> Reading:
    seen = known_then.observations
    rows = seen[seen["element"] == element].set_index("unit_id").reindex(units)
    about = known_then.about.get(element, frozenset(units))
    known = rows["state"].isin(KNOWN_STATES)
    value = rows["value"].astype("float64").where(known)
    # "more than 600" and "less than 600" bound the figure on one side only
    lower = value.where(rows["qualifier"] != "<")
    upper = value.where(rows["qualifier"] != ">")
    exempt = (rows["state"] == _EXEMPT).to_numpy() | ~rows.index.isin(about)
    exact = value.where(~rows["qualifier"].isin(["<", ">"]))
    return Reading(*(_floats(each) for each in (exact, lower, upper)), exempt=exempt)


def _indicator(indicator: str, units: list[str], values: pd.DataFrame) -> Reading:
    mine = values[(values["indicator"] == indicator) & (values["view"] == "as_reported")]
    rows = mine.set_index("scope_id").reindex(units)
    known = rows["state"].isin(KNOWN_STATES)
    value = rows["value"].astype("float64").where(known)
    lower = rows["lower"].astype("float64").where(~known, value)
    upper = rows["upper"].astype("float64").where(~known, value)
    exempt = (rows["state"] == _EXEMPT).to_numpy()
    return Reading(*(_floats(each) for each in (value, lower, upper)), exempt=exempt)


def _reports(states: Sequence[str], units: list[str], reporting: pd.DataFrame) -> Reading:
    mine = reporting[reporting["unit_id"].isin(units)]
    settled, among = mine["state"].isin(_SETTLED), mine["state"].isin(states)

    def count(chosen: pd.Series) -> pd.Series:
        return chosen.groupby(mine["unit_id"]).sum().reindex(units)

    value, lower = count(among), count(among & settled)
    upper = count((among & settled) | ~settled)
    return Reading(
        *(_floats(each) for each in (value, lower, upper)),
        exempt=value.isna().to_numpy(),
    )


def _floats(figures: pd.Series) -> Numbers:
    return figures.to_numpy(dtype="float64", na_value=np.nan)


def _of_figures(criteria_set: CriteriaSet, units: list[str], known: Known) -> pd.DataFrame:
    """Points as the figures give them: unit_id, criterion, max_points, points, lower, upper."""
    frames = []
    for place, criterion in enumerate(criteria_set.criteria):
        reading = reading_of(criterion.reads, units, known)
        found: Points = points_of(criterion, reading)
        frames.append(
            pd.DataFrame(
                {
                    "unit_id": units,
                    "criterion": criterion.id,
                    "place": place,
                    "max_points": np.where(found.counted, criterion.max_points, np.nan),
                    "points": found.points,
                    "lower": found.lower,
                    "upper": found.upper,
                    "found": reading.value,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _changed(found: pd.DataFrame, before: pd.DataFrame) -> set[str]:
    """Units for which a stage reads another figure than the units' own reports give."""
    columns = ["max_points", "points", "lower", "upper", "found"]
    same = (found[columns] == before[columns]) | (found[columns].isna() & before[columns].isna())
    return set(found.loc[~same.all(axis=1), "unit_id"])


def _staged(
    rows: pd.DataFrame, given: pd.DataFrame, stage: str, earlier: pd.DataFrame | None
) -> pd.DataFrame:
    """The rows of a stage: what people gave, else what the figures give, else the stage before."""
    pair = ["unit_id", "criterion"]
    mine = given[given["stage"] == stage].drop_duplicates(pair, keep="last")
    said = mine.set_index(pair)[["points", "reason", "evidence"]]
    keys = pd.MultiIndex.from_frame(rows[pair])
    said = said.reindex(keys).reset_index(drop=True)
    rows = rows.reset_index(drop=True)
    most = rows["max_points"]
    chosen = said["points"].astype("float64").clip(upper=most).fillna(rows["points"])
    by_hand = said["points"].notna()
    out = rows.assign(
        stage=stage,
        points=chosen,
        lower=rows["lower"].mask(by_hand, chosen),
        upper=rows["upper"].mask(by_hand, chosen),
        evidence=said["evidence"],
    )
    carried = None if earlier is None else earlier.set_index(pair).reindex(keys).reset_index()
    if carried is not None:
        out = _carried(out, rows, carried, by_hand)
    out["reason"] = _reasons(out, rows, said, carried)
    out["coverage"] = out["points"].notna().astype("float64").where(most.notna())
    return out


def _carried(
    out: pd.DataFrame, rows: pd.DataFrame, carried: pd.DataFrame, by_hand: pd.Series
) -> pd.DataFrame:
    """What neither people nor the figures of this stage changed stays as it stood before."""
    same = (rows["found"] == carried["found"]) | (rows["found"].isna() & carried["found"].isna())
    keep = same & ~by_hand
    columns = ["points", "lower", "upper", "max_points"]
    return out.assign(**{name: out[name].mask(keep, carried[name]) for name in columns})


def _reasons(
    out: pd.DataFrame, rows: pd.DataFrame, said: pd.DataFrame, carried: pd.DataFrame | None
) -> pd.Series:
    """Why points differ from what the figures, or the stage before, gave."""
    base = rows["points"] if carried is None else carried["points"]
    words = ["số liệu cho"] * len(out)
    if carried is not None:
        words = list(carried["stage"].map(STAGES_VI))
    texts = []
    for now, then, why, word in zip(out["points"], base, said["reason"], words, strict=True):
        both_unknown = pd.isna(now) and pd.isna(then)
        differs = not both_unknown and (pd.isna(now) or pd.isna(then) or abs(now - then) > _CLOSE)
        told = None if pd.isna(why) else str(why)
        if differs:
            was = "chưa có số liệu" if pd.isna(then) else f"{_shown(float(then))} điểm"
            told = f"{word} {was}" + (f"; {told}" if told else "")
        texts.append(told)
    return pd.Series(texts, index=out.index, dtype="str")


def _shown(points: float) -> str:
    """Points as they are printed: two decimals where there are any."""
    return format_number(points, 0 if points == round(points) else 2)
