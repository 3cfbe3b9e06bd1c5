"""A longer period from the periods it is made of: a year from its halves, a review from its years.

A figure is known where everything it needs is known: the sum of one half is never shown as that of
the year. Nothing here knows which files there are; every part gives the observations in force.

Belongs here: parts' observations and register rows → those of the whole, and which of the parts'
cells stand behind them. Does not belong here: which periods are parts (``catalogue.periods``),
finding their tables (``orchestration``), indicators of the whole (``indicators``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue, Register, Rule, Term
from pipelines.catalogue.over_time import over_time
from pipelines.evaluation.basis import KNOWN_STATES

PAIR = ["unit_id", "element"]
_EXEMPT = "not_applicable"
_TOLERANCE = 1e-9


def compose(
    *,
    parts: Mapping[str, pd.DataFrame],
    alive: pd.DataFrame,
    catalogue: Catalogue,
    period: str,
    years: bool,
) -> pd.DataFrame:
    """Observations of a period from those of its parts.

    Args:
        parts: ``core.observations`` by part, in calendar order; a part without input is there
            with no rows.
        alive: unit_id, part: of which unit a figure is expected in which part. What is asked of a
            unit in any part is expected in every part of its life.
        catalogue: Says how each element goes over time.
        period: Key of the whole.
        years: Whether the parts are whole years.

    Returns:
        ``core.observations`` with source ``derived`` and no address of its own (see ``origins``).
        A sum is known when every expected part is; the last one's figure when the last part is;
        an answer "any" is yes as soon as one part says so and no when all have said no, "all" needs
        every part. A part to which the element does not apply adds nothing.
    """
    contract = table_contract(catalogue, "core.observations")
    grid = _grid(parts, alive, catalogue, years)
    if grid.empty:
        return contract.empty()
    found = pd.concat(
        [_HOW[str(rule)](rows) for rule, rows in grid.groupby("rule") if str(rule) in _HOW],
        ignore_index=True,
    )
    found = found.merge(common(grid), on=PAIR, how="left")
    found = _distinct(found, grid, catalogue)
    rates = _recomputed(grid, found, catalogue)
    whole = pd.concat([found, rates], ignore_index=True) if len(rates) else found
    whole = whole.assign(period=period, source="derived", submission_id=None, sheet=None, cell=None)
    return contract.conform(whole[[column.name for column in contract.columns]])


def origins(
    *, parts: Mapping[str, pd.DataFrame], catalogue: Catalogue, years: bool
) -> pd.DataFrame:
    """The addressed observations that the figures of the whole were made of.

    Args:
        parts: By part in calendar order: its known observations with their addresses; of a part
            that is composed itself, its own origins.
        catalogue: Says how each element goes over time.
        years: Whether the parts are whole years.

    Returns:
        The rows of ``parts``: of what is added or answered all of them, of the rest those of the
        newest part that has any.
    """
    order = {part: place for place, part in enumerate(parts)}
    frames = [
        frame[frame["state"].isin(KNOWN_STATES)].assign(order=order[part])
        for part, frame in parts.items()
    ]
    if not frames:
        return table_contract(catalogue, "core.observations").empty()
    every = pd.concat(frames, ignore_index=True)
    newest = every.groupby(PAIR)["order"].transform("max") == every["order"]
    rules = every["element"].map(_rules(catalogue, years))
    all_count = rules.isin(["add", "distinct", "any", "all"])
    return every[all_count | newest].drop(columns="order").reset_index(drop=True)


def union_rows(parts: Sequence[pd.DataFrame], register: Register, period: str) -> pd.DataFrame:
    """Rows of a register over the parts, each event once: as the newest part tells it.

    Of a stock the rows of a unit are those of the newest part that has any of it.

    Args:
        parts: The register's rows by part, in calendar order.
        register: Says which columns name an event. A code may begin anew every year, so the
            dates and numbers that a row must have (received on, planned month) must agree too.
        period: Key of the whole.
    """
    every = pd.concat(parts, ignore_index=True)
    if register.flow == "stock":
        part = pd.Series([n for n, rows in enumerate(parts) for _ in range(len(rows))], dtype="int")
        newest = part.groupby(every["unit_id"]).transform("max")
        return every[part == newest].assign(period=period)
    named = ["unit_id" if name == register.unit_column else name for name in register.unique]
    dated = [c.id for c in register.columns if c.required and c.type == "date"]
    months = [c.id for c in register.columns if c.required and c.id.endswith("_month")]
    same = list(dict.fromkeys([*named, *dated[:1], *months]))
    kept = every.drop_duplicates(same, keep="last") if named and len(every) else every
    return kept.assign(period=period)


def cumulative_breaks(
    *, whole: pd.DataFrame, parts: Mapping[str, pd.DataFrame], catalogue: Catalogue, period: str
) -> pd.DataFrame:
    """Figures "since the start of the year" of a year that are not the sum of its halves.

    Args:
        whole: Composed observations of the year.
        parts: ``core.observations`` of its halves, in calendar order.
        catalogue: Its rules of operator ``cumulative_follows`` say which figures belong together.
        period: Key of the year.

    Returns:
        ``core.findings``: against the cell of the last half that states the total.
    """
    contract = table_contract(catalogue, "core.findings")
    last = list(parts.values())[-1]
    found = []
    for rule in catalogue.rules.values():
        if rule.operator != "cumulative_follows":
            continue
        total, flow = _named(rule, "left"), _named(rule, "right")
        sums = whole[whole["element"] == flow].set_index("unit_id")["value"].dropna()
        stated = last[(last["element"] == total) & last["submission_id"].notna()]
        wanted = stated["unit_id"].map(sums).astype("float64")
        wrong = (stated["value"] - wanted).abs() > _TOLERANCE
        found += [
            _finding(rule, row, float(sums[row["unit_id"]]), period)
            for row in stated[wrong].to_dict("records")
        ]
    return contract.conform(pd.DataFrame(found)) if found else contract.empty()


def _named(rule: Rule, side: str) -> str:
    term = getattr(rule, side)[0]
    return term.of if isinstance(term, Term) else str(term)


def _finding(
    rule: Rule, row: Mapping[str, object], wanted: float, period: str
) -> dict[str, object]:
    found, expected = f"{row['value']:g}", f"{wanted:g}"
    words = {"found": found, "expected": expected, "why": f"tổng các kỳ trong năm ({expected})"}
    return {
        **{name: row[name] for name in ("submission_id", "sheet", "cell", *PAIR)},
        "rule": rule.id,
        "period": period,
        "severity": rule.severity,
        "is_primary": True,
        "found": found,
        "expected": rule.expected_vi.format(**words),
        "message_vi": rule.message_vi.format(**words),
        "message_en": rule.message_en.format(**words),
        "action_vi": rule.action_vi.format(**words),
        "decision": None,
        "decided_by": None,
        "decided_why": None,
        "is_illustrative": row["is_illustrative"],
    }


def _rules(catalogue: Catalogue, years: bool) -> dict[str, str]:
    return {name: over_time(entry, years=years) for name, entry in catalogue.elements.items()}


def _grid(
    parts: Mapping[str, pd.DataFrame], alive: pd.DataFrame, catalogue: Catalogue, years: bool
) -> pd.DataFrame:
    """One row per pair and part of its life, what is not known as missing."""
    order = {part: place for place, part in enumerate(parts)}
    frames = [frame.assign(part=part) for part, frame in parts.items() if len(frame)]
    if not frames:
        return pd.DataFrame()
    said = pd.concat(frames, ignore_index=True).drop(columns=["period"])
    pairs = said[PAIR].drop_duplicates()
    expected = pairs.merge(alive[alive["part"].isin(order)], on="unit_id")
    grid = said.merge(expected, on=[*PAIR, "part"], how="outer")
    grid["order"] = grid["part"].map(order)
    grid = marked(grid)
    grid["rule"] = grid["element"].map(_rules(catalogue, years))
    return grid.sort_values([*PAIR, "order"], kind="stable", ignore_index=True)


def marked(rows: pd.DataFrame) -> pd.DataFrame:
    """Observations with ``known``, ``exempt``, ``unknown`` and ``number``, a zero as 0."""
    state = rows["state"].fillna("missing")
    known, exempt = state.isin(KNOWN_STATES), state == _EXEMPT
    number = rows["value"].where(state != "zero", 0.0).where(known)
    return rows.assign(
        state=state, known=known, exempt=exempt, unknown=~(known | exempt), number=number
    )


def add(grid: pd.DataFrame) -> pd.DataFrame:
    """One row per pair: the sum of its rows, known where all of them are.

    Args:
        grid: Rows of ``marked``; several per unit_id and element.
    """
    groups = grid.groupby(PAIR)
    table = groups.agg(
        unknown=("unknown", "sum"), known=("known", "sum"), value=("number", "sum")
    ).reset_index()
    marks = groups["qualifier"].agg(_mark).reset_index(drop=True)
    is_known = (table["unknown"] == 0) & (table["known"] > 0)
    return _told(table, grid, is_known, qualifier=marks)


def _mark(marks: pd.Series) -> str | None:
    """Exact only when every part is; an open end stays open when the others are exact."""
    kinds = set(marks.dropna())
    others = sorted(kinds - {"="})
    if len(others) > 1:
        return "≈"
    return next(iter(others or kinds), None)


def _last(grid: pd.DataFrame) -> pd.DataFrame:
    return _of_one(grid, grid)


def _last_known(grid: pd.DataFrame) -> pd.DataFrame:
    """The newest part that says something; where none does, the last one."""
    return _of_one(grid, grid[~grid["unknown"]])


def _of_one(grid: pd.DataFrame, candidates: pd.DataFrame) -> pd.DataFrame:
    first_choice = candidates.drop_duplicates(PAIR, keep="last")
    every = pd.concat([grid.drop_duplicates(PAIR, keep="last"), first_choice])
    chosen = every.drop_duplicates(PAIR, keep="last").sort_values(PAIR, ignore_index=True)
    return chosen.assign(value=chosen["number"])[
        [*PAIR, "value", "text", "note", "state", "qualifier"]
    ]


def _any(grid: pd.DataFrame) -> pd.DataFrame:
    """One yes settles it; a no must be given by all."""
    table = _answers(grid)
    is_known = table["yes"] | ((table["unknown"] == 0) & (table["known"] > 0))
    return _told(table.assign(value=table["yes"].astype("float64")), grid, is_known, _exact(table))


def _all(grid: pd.DataFrame) -> pd.DataFrame:
    """Known when every part is: else only those would be known who failed."""
    table = _answers(grid)
    is_known = (table["unknown"] == 0) & (table["known"] > 0)
    value = (~table["no"]).astype("float64")
    return _told(table.assign(value=value), grid, is_known, _exact(table))


def _answers(grid: pd.DataFrame) -> pd.DataFrame:
    marked = grid.assign(yes=grid["number"] == 1, no=grid["number"] == 0)
    groups = marked.groupby(PAIR)
    return groups.agg(
        unknown=("unknown", "sum"), known=("known", "sum"), yes=("yes", "any"), no=("no", "any")
    ).reset_index()


def _exact(table: pd.DataFrame) -> pd.Series:
    return pd.Series("=", index=table.index, dtype="str")


def _told(
    table: pd.DataFrame, grid: pd.DataFrame, is_known: pd.Series, qualifier: pd.Series
) -> pd.DataFrame:
    """Value and state of summed or answered pairs."""
    states = pd.Series("value", index=table.index, dtype="str")
    states[table["value"] == 0] = "zero"
    states[~is_known] = _unknown_states(table, grid)[~is_known]
    return table.assign(
        value=table["value"].where(is_known),
        text=pd.Series(pd.NA, index=table.index, dtype="str"),
        note=pd.Series(pd.NA, index=table.index, dtype="str"),
        state=states,
        qualifier=qualifier.where(is_known),
    )[[*PAIR, "value", "text", "note", "state", "qualifier"]]


def _unknown_states(table: pd.DataFrame, grid: pd.DataFrame) -> pd.Series:
    """Why a pair is not known: withheld or held back where that is the only reason."""
    unknown = grid[grid["unknown"]].groupby(PAIR)["state"]
    reasons = unknown.agg(["first", "nunique"]).reset_index()
    beside = table[PAIR].merge(reasons, on=PAIR, how="left")
    states = beside["first"].where(beside["nunique"] == 1, "missing")
    # nothing is unknown and nothing known: it applies in no part
    return states.mask(beside["first"].isna(), _EXEMPT)


def common(grid: pd.DataFrame) -> pd.DataFrame:
    """What is said of a pair whatever its rule: who, whether estimated, whether illustrative."""
    flags = grid.assign(
        is_estimate=grid["is_estimate"].astype("boolean").fillna(value=False).astype(bool),
        is_illustrative=grid["is_illustrative"].astype("boolean").fillna(value=False).astype(bool),
    )
    return (
        flags.groupby(PAIR)
        .agg(
            provider=("provider", "last"),
            decided=("decided", "last"),
            is_estimate=("is_estimate", "any"),
            is_illustrative=("is_illustrative", "any"),
        )
        .reset_index()
    )


def _distinct(found: pd.DataFrame, grid: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Counts of who did something at least once: of two parts that both count some, no sum.

    Where one part counts as many as there are (the element that a rule says it cannot exceed),
    it is all of them.
    """
    asked = grid[grid["rule"] == "distinct"]
    if asked.empty:
        return found
    table = asked.groupby(PAIR)["number"].agg(largest="max", some=lambda n: (n > 0).sum())
    limits = {
        _named(rule, "left"): _named(rule, "right")
        for rule in catalogue.rules.values()
        if rule.level == "unit" and rule.operator == "<=" and len(rule.left) == len(rule.right) == 1
    }
    keys = pd.MultiIndex.from_frame(found[PAIR])
    largest, some = (pd.Series(table[c].reindex(keys).to_numpy()) for c in ("largest", "some"))
    most = pd.MultiIndex.from_arrays([found["unit_id"], found["element"].map(limits)])
    there_are = found.set_index(PAIR)["value"].reindex(most).reset_index(drop=True)
    here, is_all = largest.notna() & found["value"].notna(), largest == there_are
    unknown = here & (some > 1) & ~is_all
    return found.assign(
        value=found["value"].where(~here, largest).mask(unknown),
        state=found["state"].mask(unknown, "missing"),
        qualifier=found["qualifier"].mask(unknown),
    )


def _recomputed(grid: pd.DataFrame, found: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Rates anew from what they divide; one that no rule spells out cannot be known."""
    asked = grid[grid["rule"] == "recomputed"]
    if asked.empty:
        return asked
    parts = {
        _named(rule, "left"): [
            term.of if isinstance(term, Term) else str(term) for term in rule.right
        ]
        for rule in catalogue.rules.values()
        if rule.operator == "rate_agrees"
    }
    values = found.set_index(PAIR)["value"]
    table = asked[PAIR].drop_duplicates().reset_index(drop=True)

    def side(place: int) -> pd.Series:
        names = table["element"].map({rate: sides[place] for rate, sides in parts.items()})
        keys = pd.MultiIndex.from_arrays([table["unit_id"], names])
        return pd.Series(values.reindex(keys).to_numpy(dtype="float64"), index=table.index)

    top, bottom = side(0), side(1)
    value = top / bottom.where(bottom != 0) * 100
    states = pd.Series("missing", index=table.index, dtype="str")
    states[value.notna()] = "value"
    states[value == 0] = "zero"
    states[bottom == 0] = _EXEMPT
    rates = table.assign(
        value=value,
        text=pd.Series(pd.NA, index=table.index, dtype="str"),
        note=pd.Series(pd.NA, index=table.index, dtype="str"),
        state=states,
        qualifier=pd.Series("=", index=table.index, dtype="str").where(value.notna()),
    )
    return rates.merge(common(asked), on=PAIR, how="left")


_HOW = {
    "add": add,
    "distinct": add,
    "last": _last,
    "last_known": _last_known,
    "any": _any,
    "all": _all,
}
