"""Values of elements that no maker of the sample knows: drawn by type, then bent to the rules.

A form version may ask for anything; what it asks is data. So that the history answers it too,
elements without a maker are drawn from their bounds and changed until no rule speaks.

Belongs here: drawing by type, bending. Does not belong here: elements with a meaning to the sample
(``values``, ``details``, ``workplaces``, ``law_of_2022``).
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from pipelines.catalogue.model import Element, Rule, Term
from pipelines.catalogue.operators import Side, violations
from pipelines.catalogue.schemas import element_dtype, form_rules, term_names
from pipelines.places.units import fits
from pipelines.sample.setting import Setting
from pipelines.sample.values import NOT_APPLICABLE, Value, Values
from pipelines.sample.workdays import working_days

_MOST = 6  # of a thing that nothing is known about
_STOCK = 20
_YES_PERCENT = 85
_ROUNDS = 12
_NUMBER = "{number:02d}/BC-UBND"
_RATE = (60, 100)
# what the makers leave blank on purpose where it does not apply
_WHERE_IT_APPLIES = frozenset(
    {
        *("cq.conference_on", "dn.conference_on", "ld.programme_number", "ld.programme_on"),
        *("xa.property_donated", "dn.agreement_sent", "dn.inspectorate"),
        *("nv.units_before_merger", "nv.units_after_merger"),
        *("nv.organisation_decision_number", "nv.organisation_decision_on"),
        *("ntm.recognised_number", "ntm.recognised_on"),
        *("xa.households_resident", "xa.households_poor", "xa.poverty_source"),
        *("dn.conference_summoned", "dn.published_items", "dn.publish_late", "dn.decided_items"),
        *("dn.consulted_items", "dn.inspectorate_members"),
        *("dn.supervision_recommendations", "dn.supervision_answered"),
    }
)
_SEVERITIES = ("error", "warning", "review")
_EQUAL = ("==", "sum_equals")
Said = dict[str, Value]


def filled_in(unit_id: str, asked: Iterable[str], known: Values, setting: Setting) -> Values:
    """Draw what a form asks of a unit and no maker gave.

    Args:
        unit_id: The unit that the figures are about.
        asked: Elements of the form.
        known: Values that are given; they stay as they are.
        setting: The period.

    Returns:
        Values of the other elements, as far as they are about the unit and the rules of the
        catalogue allow; none for the shipped periods.
    """
    said = {element: value for (unit, element), value in known.items() if unit == unit_id}
    wanted = [name for name in dict.fromkeys(asked) if name not in said.keys() | _WHERE_IT_APPLIES]
    if setting.is_shipped or not wanted:
        return {}
    elements = setting.catalogue.elements
    drawn = {
        name: _drawn(elements[name], unit_id, setting)
        for name in wanted
        if _is_about(elements[name], unit_id, setting)
    }
    kept = _bent(drawn, said, setting)
    return {(unit_id, element): value for element, value in kept.items()}


def _is_about(element: Element, unit_id: str, setting: Setting) -> bool:
    row = setting.units[setting.units["unit_id"] == unit_id]
    return bool(fits(setting.catalogue.populations[element.subject], row).any())


def _drawn(element: Element, unit_id: str, setting: Setting) -> Value:
    draw = setting.draw_year if element.refers_to == "year" else setting.draw
    names = (unit_id, element.id)
    if element.type == "bool":
        return draw.chance(_YES_PERCENT, *names)
    if element.type == "date":
        return draw.one_of(working_days(setting.year_from, setting.data_to), *names)
    if element.type == "enum":
        return draw.one_of(element.options or [""], *names)
    if element.type == "text":
        return _NUMBER.format(number=draw.between(2, 240, *names))
    usual = _RATE if element.type == "rate" else (0, _STOCK if element.flow == "stock" else _MOST)
    low = max(usual[0], int(element.minimum or 0))
    most = low + usual[1] if element.maximum is None else int(element.maximum)
    return draw.between(low, max(low, min(usual[1], most)), *names)


def _bent(drawn: Said, said: Said, setting: Setting) -> Said:
    """Drawn values that break no rule: changed where a change helps, else left out."""
    present = {**said, **drawn}
    rules = [
        rule
        for severity in _SEVERITIES
        for rule in form_rules(setting.catalogue, set(present), severity)
        if rule.in_force(setting.data_to) and set(_names(rule)) & set(drawn)
    ]
    for _ in range(_ROUNDS):
        broken = [rule for rule in rules if _breaks(rule, said | drawn, setting)]
        if not broken:
            break
        for rule in broken:
            _bend(rule, drawn, said)
    still = [rule for rule in rules if _breaks(rule, said | drawn, setting)]
    lost = {name for rule in still for name in _names(rule)}
    return {name: value for name, value in drawn.items() if name not in lost}


def _bend(rule: Rule, drawn: Said, said: Said) -> None:
    """Change the drawn values of a broken rule so that it holds, where that is easy."""
    values = said | drawn
    left, right = _sum(rule.left, values), _sum(rule.right, values)
    if left is None or right is None:
        return
    gap = left - right
    if rule.operator in _EQUAL or (gap > 0) == (rule.operator in {"<=", "<"}):
        _close(gap, _free(rule.left, drawn), _free(rule.right, drawn), drawn)


def _close(gap: float, left: list[str], right: list[str], drawn: Said) -> None:
    """Close a gap: take from the left as much as there is, or give to the right."""
    for name in left:
        value = _whole(drawn[name])
        change = min(value, int(gap)) if gap > 0 else int(gap)
        drawn[name] = value - change
        gap -= change
        if gap == 0:
            return
    for name in right[:1]:
        drawn[name] = max(0, _whole(drawn[name]) + int(gap))


def _breaks(rule: Rule, values: Said, setting: Setting) -> bool:
    columns = {}
    for name in _names(rule):
        value = values.get(name)
        known = None if value == NOT_APPLICABLE else value
        dtype = element_dtype(setting.catalogue.elements[name])
        columns[name] = pd.Series([known], dtype=object).astype(dtype)
    return bool(violations(rule, pd.DataFrame(columns)).any())


def _names(rule: Rule) -> list[str]:
    return term_names(rule.left) + term_names(rule.right)


def _free(side: Side, drawn: Said) -> list[str]:
    """Drawn whole numbers that count once on a side."""
    return [term for term in side if isinstance(term, str) and type(drawn.get(term)) is int]


def _sum(side: Side, values: Said) -> float | None:
    """The sum of a side; None where a term is no number."""
    total = 0.0
    for term in side:
        name, times = (term.of, term.times) if isinstance(term, Term) else (term, 1.0)
        value = values.get(name) if isinstance(name, str) else name
        if not isinstance(value, (int, float)):
            return None
        total += value * times
    return total


def _whole(value: Value) -> int:
    if not isinstance(value, int):
        msg = f"{value!r} is not a whole number"
        raise TypeError(msg)
    return value
