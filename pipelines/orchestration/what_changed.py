"""What changed between two states of a period: which leg moved which figure by how much.

The changes of the second state are taken over leg by leg, in the order of ``LEGS``, and the period
is computed anew after each: an amount belongs to the leg with which it came, and what two changes
do together belongs to the later one.

Belongs here: states → figures after each leg → legs; what since the last issue. Does not belong
here: what belongs to which leg (``hybrids``), the arithmetic (``evaluation.legs``), tables for
readers (``reports.what_changed_table``).
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import pandas as pd

from pipelines.catalogue.model import UnitType
from pipelines.evaluation.legs import COLUMNS, LEGS, legs
from pipelines.intake.journal import read_journal
from pipelines.intake.releases import in_force, releases_of
from pipelines.orchestration import steps
from pipelines.orchestration.change_causes import COLUMNS as CAUSES
from pipelines.orchestration.change_causes import causes
from pipelines.orchestration.hybrids import hybrids, known_of, whole
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.orchestration.state_figures import Figures
from pipelines.orchestration.states import DRAFT, State, state_of
from pipelines.reports.what_changed_table import LEGS_VI, Words


@dataclass(frozen=True)
class Change:
    """What changed between two states of a period.

    Attributes:
        period: Its key.
        before: Name of the first state.
        after: Name of the second.
        legs: ``evaluation.legs.COLUMNS``.
        moved: Legs whose inputs are not equal, in order.
        causes: leg, about: what is not the same, by name.
        words: What scopes, indicators and the two states are called.
        scope_id: The scope that the period's requests ask figures of first.
        is_illustrative: Whether anything behind the figures is.
        problem: Why the states could not be compared; legs are empty then.
    """

    period: str
    before: str
    after: str
    legs: pd.DataFrame
    moved: tuple[str, ...]
    causes: pd.DataFrame
    words: Words
    scope_id: str
    is_illustrative: bool
    problem: Problem | None = None


def what_changed(
    root: Path, period: str, before: str | Path, after: str | Path, view: str = "as_reported"
) -> pd.DataFrame:
    """What changed between two states of a period, leg by leg.

    Args:
        root: The project's root.
        period: Key of the period.
        before: ``draft``, the number of an issued release (``01``), or a folder with ``raw/``.
        after: Likewise.
        view: The view of places that is looked at.

    Returns:
        ``evaluation.legs.COLUMNS``: scope_id, indicator, part, before, one column per leg, after,
        the states and the legs with which figures came and went.

    Raises:
        Stopped: There is no such state, or it cannot be computed.
        LegsBroken: Legs do not add up.
    """
    return compare(root, period, before, after, view).legs


def since_last_issue(root: Path, period: str, view: str = "as_reported") -> Change | None:
    """What changed between the release that stands and the draft.

    Args:
        root: The project's root.
        period: Key of the period.
        view: The view of places that is looked at.

    Returns:
        None where no release of the period stands. Where nothing has come since, ``moved`` and
        ``legs`` are empty and nothing is computed; ``problem`` tells where the two could not be
        compared, for instance because received files are lost.
    """
    standing = in_force(releases_of(read_journal(steps.journal_path(root, period)).entries))
    if standing is None:
        return None
    number = standing.release_id.rpartition("/")[2]
    words = Words(pd.DataFrame(), {}, name_vi(number), name_vi(DRAFT))
    nothing = pd.DataFrame(columns=pd.Index(COLUMNS))
    none = pd.DataFrame(columns=pd.Index(CAUSES))
    unmoved = Change(period, number, DRAFT, nothing, (), none, words, "", is_illustrative=False)
    figures = Figures(period)
    try:
        first, second = (state_of(root, period, which) for which in (number, DRAFT))
        if figures.same(whole(first), whole(second)):
            return unmoved
        return compare_states(first, second, period, view, figures)
    except Stopped as stopped:
        return replace(unmoved, problem=stopped.problem)


def compare(
    root: Path,
    period: str,
    before: str | Path,
    after: str | Path,
    view: str = "as_reported",
) -> Change:
    """``what_changed`` with everything that a reader must be told beside the legs.

    Args:
        root: The project's root.
        period: Key of the period.
        before: The first state.
        after: The second.
        view: The view of places that is looked at.

    Raises:
        Stopped: There is no such state, it cannot be computed, or files of it are lost.
        LegsBroken: Legs do not add up.
    """
    first, second = (state_of(root, period, which) for which in (before, after))
    return compare_states(first, second, period, view)


def compare_states(
    first: State,
    second: State,
    period: str,
    view: str = "as_reported",
    figures: Figures | None = None,
) -> Change:
    """``compare`` for states that are at hand.

    Args:
        first: The state before.
        second: The state after.
        period: Key of the period.
        view: The view of places that is looked at.
        figures: Figures of the period that were computed before, to be used again.

    Raises:
        Stopped: A state cannot be computed, or files of it are lost.
        LegsBroken: Legs do not add up.
    """
    figures = figures or Figures(period)
    for state in (first, second):
        figures.require(state)
    ends = [figures.of(whole(state), name_vi(state.name)) for state in (first, second)]
    known = (known_of(first, ends[0].submissions), known_of(second, ends[1].submissions))
    between = hybrids(first, second, known)
    titles = [f"{name_vi(second.name)}, tính đến “{LEGS_VI[leg]}”" for leg in LEGS]
    computed = [figures.of(each, name) for each, name in zip(between, ["", *titles], strict=True)]
    scopes, scope_id = _scopes(first, second, period)
    return Change(
        period=period,
        before=first.name,
        after=second.name,
        legs=legs([each.figures for each in computed], view),
        moved=tuple(
            leg for leg, a, b in zip(LEGS, computed, computed[1:], strict=False) if a is not b
        ),
        causes=causes(first, second, known, scopes),
        words=Words(_indicators(first, second), scopes, name_vi(first.name), name_vi(second.name)),
        scope_id=scope_id,
        is_illustrative=any(bool(end.figures["is_illustrative"].any()) for end in ends),
    )


def name_vi(state: str) -> str:
    """What a state is called: "Bản đang lập", "Bản 01"."""
    return "Bản đang lập" if state == DRAFT else f"Bản {state}"


def _indicators(before: State, after: State) -> pd.DataFrame:
    """Indicators of both, the second's words first: what ``reports.what_changed_table`` takes."""
    both = after.catalogue.indicators | {
        name: entry
        for name, entry in before.catalogue.indicators.items()
        if name not in after.catalogue.indicators
    }
    return pd.DataFrame(
        [
            {
                "indicator": name,
                "label_vi": entry.label_vi,
                "format": entry.display.format,
                "headline": entry.headline,
                "denominator": None if entry.denominator is None else entry.denominator.kind,
            }
            for name, entry in both.items()
        ]
    )


def _scopes(before: State, after: State, period: str) -> tuple[dict[str, str], str]:
    """Names of units in official order, the scope that is asked for first; and that scope."""
    kinds = {kind: place for place, kind in enumerate(get_args(UnitType))}
    units = pd.concat([_read(after, "units.csv"), _read(before, "units.csv")], ignore_index=True)
    units = units.drop_duplicates("unit_id")
    units = units.assign(
        kind=units["unit_type"].map(kinds), order=pd.to_numeric(units["official_order"])
    ).sort_values(["kind", "order"], kind="stable")
    names = dict(zip(units["unit_id"], units["name"], strict=True))
    asked = _read(after, "requests.csv")
    wanted = [*asked.loc[asked["period"] == period, "scope_id"], *asked["scope_id"], ""]
    return {name: names[name] for name in wanted[:1] if name in names} | names, wanted[0]


def _read(state: State, name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(state.facts[name]), dtype="str", keep_default_na=False)
