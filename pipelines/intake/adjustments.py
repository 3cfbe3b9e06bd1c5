"""An analyst's adjustment of a figure: which figure, to what, by whom, why; and its withdrawal.

Belongs here: what such a journal line must say, which adjustments stand. Does not belong here:
writing the line (``journal``), whether the figure is known (``analysis.adjusting``). A computed
table never reads these lines: an adjusted value stands beside the computed one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, FiniteFloat, StringConstraints, model_validator

EVENT = "adjustment"
_Filled = Annotated[str, StringConstraints(min_length=1)]
_Figure = Annotated[str, StringConstraints(pattern=r"^[^/@\s]+/[^/@\s]+@[^/@\s]+$")]


class AdjustmentFields(BaseModel):
    """What a journal line about an adjustment says.

    Attributes:
        figure_id: ``<period>/<indicator>@<scope>``.
        action: ``adjust``, or ``withdraw`` of what stands.
        why: The reason.
        value: In the unit of the figure, percent for rates; none when withdrawn.
        computed: What the tables said when it was adjusted; none where they said nothing.
    """

    model_config = ConfigDict(extra="allow", strict=True)

    figure_id: _Figure
    action: Literal["adjust", "withdraw"]
    why: _Filled
    value: FiniteFloat | None = None
    computed: FiniteFloat | None = None

    @model_validator(mode="after")
    def _says_the_value(self) -> Self:
        if (self.value is None) == (self.action == "adjust"):
            raise ValueError("adjust needs a value, withdraw has none")
        return self


@dataclass(frozen=True)
class Adjustment:
    """An adjustment that stands; fields as in the journal line."""

    figure_id: str
    value: float
    computed: float | None
    who: str
    why: str
    at: str


def standing(entries: Sequence[Mapping[str, Any]]) -> dict[str, Adjustment]:
    """The adjustments that stand, by figure, in the order they were made.

    Args:
        entries: Lines of a period's journal; a later line about a figure replaces an earlier one.
    """
    found: dict[str, Adjustment] = {}
    for entry in entries:
        if entry.get("event") != EVENT:
            continue
        figure = str(entry["figure_id"])
        found.pop(figure, None)
        if entry["action"] == "adjust":
            found[figure] = Adjustment(
                figure_id=figure,
                value=float(entry["value"]),
                computed=None if entry.get("computed") is None else float(entry["computed"]),
                who=str(entry["who"]),
                why=str(entry["why"]),
                at=str(entry["at"]),
            )
    return found
