"""Who looks after an area: the member of the steering committee through whom a unit is spoken to.

Belongs here: registers of assignments and members → the lead of each unit on a day. Does not
belong here: what is said to a unit (``reminder``, ``operations.notice_rows``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Lead:
    """A lead member.

    Attributes:
        code: Code in the committee's register; never a name.
        position: Position, "" where none is known.
        decision: Number of the paper that says so, "" without one.
    """

    code: str
    position: str = ""
    decision: str = ""

    @property
    def named(self) -> str:
        """The position, or the code where no position is known."""
        return self.position or f"Thành viên mã {self.code}"


def leads(assignments: pd.DataFrame, members: pd.DataFrame, day: pd.Timestamp) -> dict[str, Lead]:
    """The lead of each area on a day, by unit_id; the assignment that began last counts.

    Args:
        assignments: ``core.registers_assignments``; one lead per area and day.
        members: ``core.registers_committee_members``: positions by code.
        day: The day.
    """
    begun = assignments["valid_from"] <= day
    current = assignments[begun & ~(assignments["valid_to"] < day)].sort_values("valid_from")
    known = members.dropna(subset=["position"]).drop_duplicates("member_code", keep="last")
    positions = dict(zip(known["member_code"], known["position"], strict=True))
    found = {}
    for row in current.to_dict("records"):
        code = str(row["lead_code"])
        named = row["lead_position"] if pd.notna(row["lead_position"]) else positions.get(code)
        decision = "" if pd.isna(row["decision_number"]) else str(row["decision_number"])
        found[str(row["unit_id"])] = Lead(code, str(named or ""), decision)
    return found


def lead_of(unit_id: str, areas: Mapping[str, Lead], parents: Mapping[str, str]) -> Lead | None:
    """The lead of a unit: its own, else that of the area it lies in.

    Args:
        unit_id: The unit.
        areas: What ``leads`` gives.
        parents: Unit above each unit.
    """
    seen: set[str] = set()
    while unit_id and unit_id not in seen:
        if unit_id in areas:
            return areas[unit_id]
        seen.add(unit_id)
        unit_id = parents.get(unit_id, "")
    return None
