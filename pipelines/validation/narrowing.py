"""What a named cell may hold so that the file passes: bounds of its own and of its relations.

A clerk who is told "số nguyên từ 0 đến 2.000" and writes 1.000 must not be told afterwards that
another cell allows 22 at most. So the expected text of a finding says what all error rules leave
over, given the cells that are not named; where another named cell matters the rule is added.

Belongs here: rules and known values → the ``expected`` of findings about single cells.
Does not belong here: finding fault (``cell_rules``, ``unit_rules``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipelines.catalogue.expected import expected_of
from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, Element, Rule, Term
from pipelines.catalogue.rule_words import describe_rule
from pipelines.validation.messages import expected_bounds, show_number
from pipelines.validation.wide import KNOWN_STATES

_WHOLE = frozenset({"count", "money"})
_LINEAR = frozenset({"<=", ">=", "==", "sum_equals"})
_ABOUT_TWO = frozenset({"fewer_or_none", "compulsory_pair"})
_NOISE = 1e-9
_NOUNS = {
    **dict.fromkeys(_WHOLE, "số nguyên"),
    "days": "số ngày, tròn hoặc lẻ nửa ngày,",
}
_OF_CELLS = frozenset({"typed", "whole", "within_bounds", "no_error_value", "present"})
_PLACE = ("submission_id", "unit_id", "element")
_Key = tuple[str, str]


@dataclass
class _Room:
    """What is left for a value: ends, and rules that depend on another named cell."""

    low: float = -math.inf
    high: float = math.inf
    ties: list[Rule] = field(default_factory=list)
    # the rules that set the ends; None where the element's own bound does
    low_by: Rule | None = None
    high_by: Rule | None = None

    def above(self, low: float) -> None:
        """Nothing below ``low``."""
        self.low = max(self.low, low)

    def below(self, high: float) -> None:
        """Nothing above ``high``."""
        self.high = min(self.high, high)

    @property
    def is_empty(self) -> bool:
        """Whether the rules contradict each other: no value is left."""
        return self.low > self.high


def narrowed(findings: pd.DataFrame, entries: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Findings whose ``expected`` says what a cell may hold so that the file passes.

    Args:
        findings: ``core.findings``.
        entries: Entries of the submissions; what is known to be wrong is quarantined.
        catalogue: Elements, and the rules in force.

    Returns:
        The same rows; only ``expected`` of error and warning findings about the value cell of
        an element differs.
    """
    named = findings[
        findings["severity"].isin(["error", "warning"])
        & findings["cell"].notna()
        & findings["element"].isin(list(catalogue.elements))
    ]
    if named.empty:
        return findings
    of_files = entries[entries["submission_id"].isin(named["submission_id"])]
    values, cells = _known(of_files), _cells(of_files)
    asked: dict[_Key, set[str]] = {}
    for submission, unit, element in zip(*(named[name] for name in _PLACE), strict=True):
        asked.setdefault((str(submission), str(unit)), set()).add(str(element))
    relations = _relations(catalogue)
    said = findings["expected"].astype("object")
    columns = (named[name] for name in (*_PLACE, "rule", "expected"))
    for index, submission, unit, name, rule_id, before in zip(named.index, *columns, strict=True):
        key, rule = (str(submission), str(unit)), catalogue.rules[str(rule_id)]
        if not _speaks_of_the_value(rule):
            continue
        element, own = catalogue.elements[str(name)], relations.get(str(name), [])
        is_between = rule.level == "unit" and not rule.listed and rule not in own
        rules = [*own, rule] if is_between else own
        room = _room(element, rules, values.get(key, {}), asked[key] - {element.id})
        said[index] = _words(rule, element, room, before, catalogue)
        if room.is_empty and element.is_numeric:
            places = {name: cells.get((*key, name)) for name in values.get(key, {})}
            said[index] = _against(element, room, before, places, catalogue)
    return findings.assign(expected=said.astype("str"))


def mendable(
    raw_findings: pd.DataFrame, entries: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """Raw findings that name a cell by which alone their rule can be met.

    Of "A = B + C" the first cell is named; where A also stands in "A = D + E", which holds, no
    value of A mends the file, but one of B or C does: then that cell is named.

    Args:
        raw_findings: Raw findings.
        entries: Entries of the submissions; what is known to be wrong is quarantined.
        catalogue: Elements, and the rules in force.
    """
    relations = _relations(catalogue)
    ids = {rule.id for rules in relations.values() for rule in rules}
    own = raw_findings[raw_findings["rule"].isin(ids) & raw_findings["cell"].notna()]
    if own.empty:
        return raw_findings
    of_files = entries[entries["submission_id"].isin(own["submission_id"])]
    values, cells = _known(of_files), _cells(of_files)
    named: dict[_Key, set[str]] = {}
    for submission, unit, name in zip(*(own[column] for column in _PLACE), strict=True):
        named.setdefault((str(submission), str(unit)), set()).add(str(name))
    moved = raw_findings.astype("object")
    for index, row in own.iterrows():
        key, rule = (str(row["submission_id"]), str(row["unit_id"])), catalogue.rules[row["rule"]]
        rest = named[key] - {str(row["element"])}
        order = [str(row["element"]), *term_names(rule.left), *term_names(rule.right)]
        for name in dict.fromkeys(order):
            room = _room(catalogue.elements[name], relations[name], values[key], rest - {name})
            if room.low <= room.high and (*key, name) in cells:
                moved.loc[index, ["element", "sheet", "cell"]] = [name, *cells[(*key, name)]]
                break
    return moved.astype("str")


def _cells(entries: pd.DataFrame) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Sheet and cell by submission, unit and element."""
    placed = entries[entries["cell"].notna()].iloc[::-1]
    keys = zip(*(placed[name].astype("str") for name in _PLACE), strict=True)
    return dict(zip(keys, zip(placed["sheet"], placed["cell"], strict=True), strict=True))


def _speaks_of_the_value(rule: Rule) -> bool:
    if rule.level == "cell":
        return rule.operator in _OF_CELLS
    return rule.level == "unit" and rule.operator in _LINEAR | _ABOUT_TWO


def _known(entries: pd.DataFrame) -> dict[_Key, dict[str, float]]:
    """Known numbers and answers by submission and unit."""
    known = entries[entries["state"].isin(KNOWN_STATES) & entries["value"].notna()]
    found: dict[_Key, dict[str, float]] = {}
    columns = (known[name] for name in (*_PLACE, "value"))
    for submission, unit, element, value in zip(*columns, strict=True):
        found.setdefault((str(submission), str(unit)), {})[str(element)] = float(value)
    return found


def _relations(catalogue: Catalogue) -> dict[str, list[Rule]]:
    """Error rules between numbers of one unit, by each element they speak of."""
    found: dict[str, list[Rule]] = {}
    for rule in catalogue.rules.values():
        is_relation = rule.level == "unit" and rule.operator in _LINEAR | _ABOUT_TWO
        if not is_relation or rule.severity != "error" or rule.listed:
            continue
        terms = list(dict.fromkeys(term_names(rule.left) + term_names(rule.right)))
        if all(catalogue.elements[name].is_numeric for name in terms):
            for name in terms:
                found.setdefault(name, []).append(rule)
    return found


def _room(
    element: Element, rules: list[Rule], values: Mapping[str, float], named: set[str]
) -> _Room:
    """What the element's own bounds and its relations leave over."""
    room = _Room()
    if element.minimum is not None:
        room.above(element.minimum)
    if element.maximum is not None:
        room.below(element.maximum)
    for rule in rules:
        others = set(term_names(rule.left) + term_names(rule.right)) - {element.id}
        if others & named:
            room.ties.append(rule)
        elif others <= values.keys():
            # a rule with a blank term says nothing
            low, high = room.low, room.high
            _cut(room, rule, element, values)
            room.low_by = rule if room.low > low else room.low_by
            room.high_by = rule if room.high < high else room.high_by
    if element.type in _WHOLE:
        room.low, room.high = _whole(room.low, math.ceil), _whole(room.high, math.floor)
    return room


def _whole(end: float, towards: Callable[[float], int]) -> float:
    if math.isinf(end):
        return end
    return float(towards(end - _NOISE if towards is math.ceil else end + _NOISE))


def _cut(room: _Room, rule: Rule, element: Element, values: Mapping[str, float]) -> None:
    left, right = (_line(side, element.id, values) for side in (rule.left, rule.right))
    if rule.operator in _ABOUT_TWO:
        _cut_pair(room, rule, left, right)
        return
    slope, rest = left[0] - right[0], left[1] - right[1]
    if rule.operator == ">=":
        slope, rest = -slope, -rest
    if abs(slope) <= _NOISE:
        return
    end = -rest / slope
    if slope > 0 or rule.operator not in {"<=", ">="}:
        room.below(end)
    if slope < 0 or rule.operator not in {"<=", ">="}:
        room.above(end)


def _cut_pair(
    room: _Room, rule: Rule, left: tuple[float, float], right: tuple[float, float]
) -> None:
    """Of two sides that go together, or of which the first is smaller unless both are 0."""
    is_left = left[0] != 0
    other = right[1] if is_left else left[1]
    if abs(other) <= _NOISE:
        # smaller than nothing is nothing; more than nothing is anything
        if is_left or rule.operator == "compulsory_pair":
            room.below(0)
    elif rule.operator == "compulsory_pair":
        room.above(1)
    elif is_left:
        room.below(other - 1)
    else:
        room.above(other + 1)


def _line(
    side: list[str | float | Term], name: str, values: Mapping[str, float]
) -> tuple[float, float]:
    """A side as slope and rest: how often it holds the element, and the sum of all else."""
    slope = rest = 0.0
    for term in side:
        if isinstance(term, int | float):
            rest += float(term)
            continue
        of, times = (term.of, term.times) if isinstance(term, Term) else (term, 1.0)
        if of == name:
            slope += times
        else:
            rest += times * values[of]
    return slope, rest


def _words(
    rule: Rule, element: Element, room: _Room, before: object, catalogue: Catalogue
) -> object:
    """The text for a finding; what stood there where the rules leave nothing over."""
    if element.is_numeric:
        if room.is_empty:
            return before
        text = _interval(element, room)
    elif rule.operator in {"present", "no_error_value"}:
        text = expected_of(element)
    else:
        return before
    if rule.level != "cell" and not room.ties and not _adds(room, before, element):
        return before
    if rule.operator == "present" and element.is_numeric and room.low <= 0:
        text += " (không phát sinh thì ghi 0)"
    if rule.operator == "no_error_value":
        text += ", nhập trực tiếp"
    tied = "; ".join(describe_rule(catalogue, tie) for tie in room.ties)
    return f"{text}; đồng thời {tied}" if tied else text


def _against(
    element: Element,
    room: _Room,
    before: object,
    cells: Mapping[str, tuple[str, str] | None],
    catalogue: Catalogue,
) -> object:
    """What stood there, and the cells that contradict each other: one of them is wrong too."""
    rules = [rule for rule in (room.low_by, room.high_by) if rule is not None]
    terms = [name for rule in rules for name in term_names(rule.left) + term_names(rule.right)]
    others = [name for name in dict.fromkeys(terms) if name != element.id]
    if pd.isna(before) or not others:  # type: ignore[call-overload] # a scalar
        return before
    named = [_addressed(catalogue.elements[name].code, cells.get(name)) for name in others]
    why = "; ".join(describe_rule(catalogue, rule) for rule in rules)
    return f"{before}; sửa đồng thời với {', '.join(named)}: {why}"


def _addressed(code: str, cell: tuple[str, str] | None) -> str:
    return f"{code} (trang {cell[0]}, ô {cell[1]})" if cell is not None else code


def _interval(element: Element, room: _Room) -> str:
    noun = _NOUNS.get(element.type, "số")
    if room.low == room.high:
        return f"{noun} bằng {show_number(room.low)}"
    ends = [None if math.isinf(end) else end for end in (room.low, room.high)]
    return noun if ends == [None, None] else f"{noun} {expected_bounds(*ends)}"


def _adds(room: _Room, before: object, element: Element) -> bool:
    """Whether the room says more than the rule's own words, such as "không quá 22"."""
    if room.low == room.high:
        return not str(before).endswith(f" {show_number(room.low)}")
    own = [element.minimum if element.minimum is not None else -math.inf]
    own.append(element.maximum if element.maximum is not None else math.inf)
    words = {f"không quá {_shown(room.high)}"} if room.low == own[0] else set()
    if room.high == own[1]:
        words.add(f"không dưới {_shown(room.low)}")
        words.add(f"từ {_shown(room.low)} trở lên")
    return str(before) not in words


def _shown(end: float) -> str:
    return "" if math.isinf(end) else show_number(end)
