"""Every figure of a period once more, from the accepted values, by other means.

A check on ``pipelines.evaluation``: nothing here imports the program. It reads what was accepted
(``core.*``, ``intake.submissions``) and the facts (``ref.*``) as Parquet, what is measured as plain
YAML, and goes indicator by indicator, scope by scope, unit by unit, the slow and plain way.

    python -m tests.independent.figures ROOT 2021-H1
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import yaml

DATA = Path(__file__).parents[2] / "pipelines" / "catalogue" / "data"
NAN = float("nan")
COMPARED = ["numerator", "denominator", "value", "expected_units", "reporting_units"]
TERRITORY = {"merge", "split", "rename", "type_change"}
Tables = Mapping[str, pd.DataFrame]


@cache
def catalogue(kind: str) -> dict[str, dict]:
    """Entries of ``indicators``, ``elements`` or ``registers`` by id, as they stand in the YAML."""
    files = [*DATA.glob(f"{kind}.yaml"), *DATA.glob(f"{kind}/*.yaml")]
    entries = [e for path in files for e in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return {entry["id"]: entry for entry in entries}


def load(root: Path) -> dict[str, pd.DataFrame]:
    """All tables of the committed manifest."""
    manifest = json.loads((root / "warehouse" / "manifest.json").read_text(encoding="utf-8"))
    return {
        name: pd.concat(
            [
                pq.read_table(root / "warehouse" / file).to_pandas(date_as_object=False)
                for entry in periods.values()
                for file in entry["files"]
            ],
            ignore_index=True,
        )
        for name, periods in manifest["tables"].items()
        if any(entry["files"] for entry in periods.values())
    }


class Period:
    """What is known in a period, and who stands where on its last day."""

    def __init__(self, tables: Tables, key: str) -> None:
        self.tables, self.key = tables, key
        known = tables["ref.periods"]
        self.parts = dict(zip(known["period"], known["parts"], strict=True))
        self.last = dict(zip(known["period"], pd.DatetimeIndex(known["ends_on"]), strict=True))
        self.ends: pd.Timestamp = self.last[key]
        self.leaves = self._leaves(key)
        windows = [self._window(leaf) for leaf in self.leaves]
        self.window = (min(first for first, _ in windows), max(last for _, last in windows))
        first = pd.DatetimeIndex(known.loc[known["period"] == key, "starts_on"])[0]
        months = (self.ends.year - first.year) * 12 + self.ends.month - first.month + 1
        self.halves = months / 6
        # asked for again and again
        self.inside, self.members = cache(self._inside), cache(self._members)
        self.register, self.register_known = cache(self._register), cache(self._register_known)

    def _leaves(self, key: str) -> list[str]:
        """The periods with files of their own that a period stands on."""
        parts = self.parts[key]
        if key in set(self.tables["ref.requests"]["period"]) or not isinstance(parts, str):
            return [key]
        first = parts.split("|")[0].split(";")  # other ways to make it stand behind a bar
        return [leaf for part in first for leaf in self._leaves(part)]

    def _window(self, leaf: str) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The days whose events belong to a period; requests may ask until a later day."""
        rows = self.tables["ref.periods"].set_index("period").to_dict("index")
        asked = self.tables["ref.requests"].groupby("period")["data_to"].max()
        first, last = rows[leaf]["window_from"], rows[leaf]["window_to"]
        before = rows[leaf]["previous"]
        if before in rows and asked.get(before, pd.NaT) > rows[before]["window_to"]:
            first = pd.Timestamp(asked[before]) + pd.Timedelta(days=1)
        return first, max(last, asked.get(leaf, last))

    @cached_property
    def facts(self) -> dict[tuple[str, str], tuple[str, object, object]]:
        """State, number and text by unit and element."""
        seen = self.tables["core.observations"]
        seen = seen[seen["period"] == self.key]
        columns = [seen[name] for name in ("unit_id", "element", "state", "value", "text")]
        return {(u, e): (s, 0.0 if s == "zero" else v, t)
                for u, e, s, v, t in zip(*columns, strict=True)}  # fmt: skip

    def heard(self, unit: str, element: str) -> tuple[str, float, object]:
        """Whether a unit answered ("known", "exempt", "silent"), its number, its text."""
        state, number, text = self.facts.get((unit, element), ("missing", None, None))
        if state in {"value", "zero"}:
            return "known", NAN if number is None else float(number), text  # type: ignore[arg-type]
        return ("exempt" if state == "not_applicable" else "silent"), NAN, None

    @cached_property
    def heirs(self) -> dict[str, str]:
        """The one unit that took over all of another, of every kind of succession."""
        went = self.tables.get("ref.unit_successions")
        if went is None or went.empty:
            return {}
        whole = went[went["share"] == "whole"].drop_duplicates(["predecessor", "successor"])
        whole = whole[~whole["predecessor"].duplicated(keep=False)]
        return dict(zip(whole["predecessor"], whole["successor"], strict=True))

    def alive(self, day: pd.Timestamp) -> pd.DataFrame:
        """Units that exist on a day."""
        units = self.tables["ref.units"]
        return units[(units["valid_from"] <= day) & ~(units["valid_to"] < day)]

    @cached_property
    def above(self) -> dict[str, list[str]]:
        """Every unit of the last day with all that it lies in, itself first."""
        parent = dict(self.alive(self.ends)[["unit_id", "parent_id"]].itertuples(index=False))
        chains = {}
        for unit in parent:
            chain, at = [], unit
            while isinstance(at, str) and at not in chain:
                if at in parent:
                    chain.append(at)
                    at = parent[at]
                else:  # it has ended: who took over
                    at = self.heirs.get(at)
            chains[unit] = chain
        return chains

    def _inside(self, scope: str) -> frozenset[str]:
        """What lies in a scope, itself included."""
        return frozenset(unit for unit, chain in self.above.items() if scope in chain)

    def _members(self, population: str, scope: str) -> frozenset[str]:
        """The units of a population in a scope on the last day."""
        all_rows = self.tables["ref.populations"]
        rows = all_rows[all_rows["population"] == population]
        rows = rows[(rows["valid_from"] <= self.ends) & ~(rows["valid_to"] < self.ends)]
        return frozenset(rows["unit_id"]) & self.inside(scope)

    def _register(self, name: str) -> pd.DataFrame:
        """Rows of a register in the period."""
        rows = self.tables.get(f"core.registers_{name}")
        return pd.DataFrame() if rows is None else rows[rows["period"] == self.key]

    def became(self, leaf: str) -> dict[str, set[str]]:
        """Where each unit of a part lies on the last day, when it is not where it was."""
        went = self.tables.get("ref.unit_successions")
        if went is None or went.empty:
            return {}
        went = went[went["kind"].isin(TERRITORY)]
        went = went[(went["on"] > self.last[leaf]) & (went["on"] <= self.ends)]
        steps = went.sort_values("on").groupby("predecessor")["successor"].agg(set).to_dict()
        found = {}
        for unit in steps:
            lies, turn = {unit}, 0
            while lies & steps.keys() and turn < len(steps):
                lies, turn = {s for u in lies for s in steps.get(u, {u})}, turn + 1
            found[unit] = lies
        return found

    def _register_known(self, name: str) -> bool | frozenset[str]:
        """Whether an office's register is there in all parts; of a unit's, who sent rows in all."""
        entry = catalogue("registers")[name]
        rows = self.tables.get(f"core.registers_{name}", pd.DataFrame({"period": []}))
        if entry["authority"] == "self":
            return self._keepers(rows)
        forms = self.tables["ref.forms"]
        shown = set(forms.loc[forms["register"] == name, "form"])
        sent = self.tables["intake.submissions"]
        accepted = sent[sent["status"].isin(["accepted", "accepted_with_warnings"])]
        for leaf in self.leaves:
            there = bool(shown & set(accepted.loc[accepted["period"] == leaf, "form"].dropna()))
            about = rows[rows["period"] == leaf]
            divided = {unit for unit, lies in self.became(leaf).items() if len(lies) > 1}
            if not there or (entry.get("optional") and about.empty):
                return False
            if len(about) and about["unit_id"].isin(divided).any():
                return False
        return True

    def _keepers(self, rows: pd.DataFrame) -> frozenset[str]:
        sent, missed = set(), set()
        for leaf in self.leaves:
            raw = set(rows.loc[rows["period"] == leaf, "unit_id"]) if len(rows) else set()
            lies = self.became(leaf)
            then = set(self.alive(self.last[leaf])["unit_id"])
            # of what others went into, all of them must have sent theirs
            there = then - lies.keys() | {unit for after in lies.values() for unit in after}
            made = {
                unit: {old for old, after in lies.items() if unit in after} or {unit}
                for unit in there
            }
            sent |= {unit for unit, of in made.items() if of <= raw}
            missed |= {unit for unit, of in made.items() if not of <= raw}
        return frozenset(sent - missed)

    @cached_property
    def reports(self) -> pd.DataFrame:
        """Owed reports, each with the unit it is of on the last day."""
        owed = self.tables["core.reporting"]
        owed = owed[owed["period"].isin(self.leaves)].copy()
        for leaf in self.leaves:
            here = owed["period"] == leaf
            whole = {u: next(iter(lies)) for u, lies in self.became(leaf).items() if len(lies) == 1}
            owed.loc[here, "unit_id"] = owed.loc[here, "unit_id"].replace(whole)
        return owed


def recompute(tables: Tables, period: str) -> pd.DataFrame:
    """Every figure as reported: scope_id, indicator and the columns of ``COMPARED``."""
    at = Period(tables, period)
    asked = tables["eval.indicator_values"]
    asked = asked[(asked["period"] == period) & (asked["view"] == "as_reported")]
    keys = list(zip(asked["scope_id"], asked["indicator"], strict=True))
    rows = [(*key, *_figure(catalogue("indicators")[key[1]], key[0], at)) for key in keys]
    return pd.DataFrame(rows, columns=["scope_id", "indicator", *COMPARED])


def _figure(entry: dict, scope: str, at: Period) -> tuple[float, ...]:
    top, bottom = entry["numerator"], entry.get("denominator")
    if top["kind"] == "nth_largest":
        return _rank(top, at.members(entry["population"], scope), at)
    said = _reporters(top, entry, scope, at)
    if bottom is None:
        counted = [n for n in said.values() if n is not None]
        known = [n for n in counted if not math.isnan(n)]
        number = sum(known) if known else NAN
        return number, NAN, number, len(counted), len(known)
    owed = _reporters(bottom, entry, scope, at)
    fixed = bottom["kind"] == "units"
    if said.keys() != owed.keys():  # a register over units: nothing to pair
        tops, bottoms = ([n for n in side.values() if n is not None] for side in (said, owed))
        known, expected = [n for n in tops if not math.isnan(n)], len(tops)
    else:
        sides = [(said[who], owed[who]) for who in said]
        pairs = [(n, d) for n, d in sides if n is not None and d is not None]
        both = [(n, d) for n, d in pairs if not math.isnan(n) and not math.isnan(d)]
        known, expected = [n for n, _ in both], len(pairs)
        bottoms = [d for _, d in (pairs if fixed else both)]
    n = sum(known) if known else NAN
    d = sum(bottoms) if bottoms and expected else NAN
    times = 100 if entry["display"]["format"] in {"rate", "ratio"} else 1
    value = n / d * times if d else NAN  # not a number stays one
    return n, d, value, expected, len(known)


def _reporters(measure: dict, entry: dict, scope: str, at: Period) -> dict[object, float | None]:
    """What each adds that may add something: NaN while it is silent, None where it is exempt."""
    kind, members = measure["kind"], at.members(entry["population"], scope)
    if kind == "units":
        times = measure.get("times", 1) * (at.halves if _by_the_half(entry) else 1)
        return dict.fromkeys(members, float(times))
    if kind == "count":
        return {unit: _answer(at, unit, measure) for unit in members}
    if kind == "sum":
        return {unit: _sum(at, unit, measure["elements"]) for unit in members}
    if kind == "reports":
        owed = at.reports[at.reports["unit_id"].isin(at.inside(scope))]
        states = set(measure.get("states") or owed["state"])
        return {row: float(state in states) for row, state in owed["state"].items()}
    return _rows(measure, members, scope, at)


def _by_the_half(entry: dict) -> bool:
    """Whether so much is owed every half-year (six months of schedules), not at its end."""
    if entry["numerator"]["kind"] != "sum":
        return False
    about = [catalogue("elements")[name] for name in entry["numerator"]["elements"]]
    return all(e.get("flow", "flow") == "flow" and "over_time" not in e for e in about)


def _answer(at: Period, unit: str, measure: dict) -> float | None:
    how, number, text = at.heard(unit, measure["element"])
    if how != "known":
        return None if how == "exempt" else NAN
    wanted = measure.get("equals", True)
    return float(text == wanted if isinstance(wanted, str) else number == float(wanted))


def _sum(at: Period, unit: str, elements: list[str]) -> float | None:
    heard = [at.heard(unit, element) for element in elements]
    if all(how == "exempt" for how, _, _ in heard):
        return None
    return sum(0.0 if how == "exempt" else number for how, number, _ in heard)


def _rows(
    measure: dict, members: frozenset[str], scope: str, at: Period
) -> dict[object, float | None]:
    rows, known = at.register(measure["register_id"]), at.register_known(measure["register_id"])
    for test in measure.get("where", []) if len(rows) else []:
        rows = rows[_passes(rows[test["column"]], test, at)]
    units = rows["unit_id"] if len(rows) else pd.Series(dtype="str")
    if isinstance(known, frozenset):
        counts = units.value_counts()
        return {u: float(counts.get(u, 0)) if u in known else NAN for u in members}
    return {scope: float(units.isin(at.inside(scope)).sum()) if known else NAN}


def _passes(column: pd.Series, test: dict, at: Period) -> pd.Series:
    if test.get("in_window"):
        return (column >= at.window[0]) & (column <= at.window[1])
    if "is_present" in test:
        return column.notna() == test["is_present"]
    if "not_before" in test:
        return column >= pd.Timestamp(test["not_before"])
    return column.isin(test.get("among", [test.get("equals")]))


def _rank(measure: dict, members: frozenset[str], at: Period) -> tuple[float, ...]:
    where, standing, known, expected = measure.get("where"), [], 0, 0
    for unit in members:
        how, number, _ = at.heard(unit, measure["element"])
        passes = _answer(at, unit, where) if where else 1.0
        if how == "exempt" or passes is None:
            continue
        expected += 1
        if how == "known" and not math.isnan(passes):
            known += 1
            standing += [number] if passes else []
    standing.sort(reverse=True)
    value = standing[measure["n"] - 1] if len(standing) >= measure["n"] else NAN
    return value, NAN, value, expected, known


def differences(tables: Tables, period: str) -> list[str]:
    """Where the evaluation, the report and this recomputation say different things."""
    told = tables["eval.indicator_values"]
    told = told[(told["period"] == period) & (told["view"] == "as_reported")]
    key = ["scope_id", "indicator"]
    own = recompute(tables, period)
    both = told[[*key, *COMPARED]].merge(own, on=key, suffixes=("", "_own"))
    found = [
        f"{row['indicator']}@{row['scope_id']}: {name} {row[name]}, recomputed {row[name + '_own']}"
        for row in both.to_dict("records")
        for name in COMPARED
        if not _same(row[name], row[name + "_own"])
    ]
    return found + _not_printed(tables, period, own)


def _not_printed(tables: Tables, period: str, own: pd.DataFrame) -> list[str]:
    """Figures of the report that are not the recomputed ones, in their parts or as printed."""
    shown = tables["report.figures"]
    shown = {row["figure_id"]: row for row in shown[shown["period"] == period].to_dict("records")}
    found = []
    for row in own.to_dict("records"):
        name = f"{period}/{row['indicator']}@{row['scope_id']}"
        if name not in shown:
            found.append(f"{name}: not in report.figures")
            continue
        printed = shown[name]
        found += [
            f"{name}: report.figures has {part} {printed[part]}, recomputed {row[part]}"
            for part in ("numerator", "denominator")
            if not _same(printed[part], row[part])
        ]
        wanted = _numbers_of(row, catalogue("indicators")[row["indicator"]]["display"])
        numbers = _read(printed["shown_as"])
        if len(numbers) != len(wanted) or not all(map(_same, numbers, wanted)):
            found.append(f"{name}: printed “{printed['shown_as']}”, recomputed {wanted}")
    return found


def _numbers_of(row: Mapping, display: dict) -> list[float]:
    """The numbers that must stand in the printed figure."""
    kind, digits, value = display["format"], display.get("digits", 0), row["value"]
    if math.isnan(value):
        return []
    rounded = math.floor(round(value * 10**digits, 6) + 0.5) / 10**digits
    if kind in {"rate", "ratio"} and not math.isnan(row["denominator"]):
        parts = [math.floor(row[p] * 10 + 0.5) / 10 for p in ("numerator", "denominator")]
        return parts if kind == "ratio" else [*parts, rounded]
    return [value] if kind == "count" and value % 1 == 0 else [rounded]


def _read(text: str) -> list[float]:
    """Numbers of a Vietnamese text, "triệu" multiplied out."""
    million = 1e6 if "triệu" in text else 1
    found = re.findall(r"-?\d[\d.]*(?:,\d+)?", text)
    return [float(n.replace(".", "").replace(",", ".")) * million for n in found]


def _same(one: float, other: float) -> bool:
    if pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    return math.isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-9)


if __name__ == "__main__":
    stored = load(Path(sys.argv[1]))
    wrong = [line for key in sys.argv[2:] for line in differences(stored, key)]
    print("\n".join(wrong) or "equal")  # noqa: T201 - a script
    sys.exit(bool(wrong))
