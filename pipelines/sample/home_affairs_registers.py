"""Rows of what the home affairs office keeps: changes of staff and of organisation.

Belongs here: rows that add up to its form. Does not belong here: the committee's own registers
(``committee_registers``).
"""

from __future__ import annotations

import datetime as dt

from pipelines.sample.draw import between, one_of, split
from pipelines.sample.registers import Row
from pipelines.sample.setting import Setting
from pipelines.sample.values import Values
from pipelines.sample.workdays import working_days

_CASES_OF_A_DECISION = 6
_LETTERS = "ABCDEFGHIKLMNOPQRSTUVXY"


def home_affairs_rows(register: str, values: Values, setting: Setting) -> list[Row]:
    """Rows of a register of the home affairs office.

    Args:
        register: Its id.
        values: What the office's form says.
        setting: The period.

    Returns:
        The rows; none of a register that is not the office's.
    """
    if register == "personnel_changes":
        return _personnel(values, setting)
    return _organisation(values, setting) if register == "organisation_changes" else []


def _count(values: Values, setting: Setting, element: str) -> int:
    value = values.get((setting.scope_id, element), 0)
    return value if isinstance(value, int) else 0


def _personnel(values: Values, setting: Setting) -> list[Row]:
    """The posts streamlined, a few at a decision, one agency each."""
    posts, agencies = _count(values, setting, "nv.posts_streamlined"), setting.members("agencies")
    if posts == 0 or not agencies:
        return []
    count = min(-(-posts // _CASES_OF_A_DECISION), len(agencies))
    days = working_days(setting.window_from, setting.data_to)
    decided = sorted(one_of(days, "posts", setting.period, str(n)) for n in range(count))
    first = between(20, 400, setting.scope_id, setting.period, "posts decided")
    rows: list[Row] = []
    for n, cases in enumerate(split(posts, [1] * count)):
        rows.append(
            {
                "change_code": f"NS-{n + 1:02d}",
                "unit": agencies[n * len(agencies) // count],
                "kind": "Tinh giản biên chế",
                "cases": cases,
                "decision_number": f"{first + 3 * n}/QĐ-UBND",
                "decided_on": decided[n],
                "effective_on": decided[n] + dt.timedelta(days=15),
            }
        )
    return rows


def _organisation(values: Values, setting: Setting) -> list[Row]:
    before = _count(values, setting, "nv.units_before_merger")
    after = _count(values, setting, "nv.units_after_merger")
    number = values.get((setting.scope_id, "nv.organisation_decision_number"))
    day = values.get((setting.scope_id, "nv.organisation_decision_on"))
    # nothing is left of a merger only where somebody asks for such totals
    if before == 0 or after == 0 or not isinstance(number, str) or not isinstance(day, dt.date):
        return []
    names = [f"Đơn vị sự nghiệp minh họa {_LETTERS[n % len(_LETTERS)]}" for n in range(before)]
    return [
        {
            "change_code": "SX-01",
            "unit": setting.scope_id,
            "kind": "Hợp nhất, sáp nhập",
            "units_before": before,
            "units_after": after,
            "before": "; ".join(names),
            "after": "; ".join(names[:after]),
            "decision_number": number,
            "decided_on": day,
            "effective_on": day + dt.timedelta(days=30),
        }
    ]
