"""What the sample answers: the request of a period, the units of the neutral scope, the dates.

Belongs here: reading facts and catalogue into one object. Does not belong here: any value.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue, Form
from pipelines.catalogue.periods import period_frame
from pipelines.catalogue.reference import read_facts
from pipelines.places.units import members
from pipelines.sample.draw import Draws

PERIOD = "2021-H1"  # the shipped period; others are moved away from it


class SampleError(ValueError):
    """The sample cannot be written as asked; the message is for the person who asked."""


@dataclass(frozen=True)
class Request:
    """A form that a request asks for.

    Attributes:
        form: The form.
        round: ``estimate`` or ``final``.
        due_date: Last day to send.
        data_to: Day of the data cut-off.
        senders: Units that owe the form, in official order.
    """

    form: Form
    round: str
    due_date: dt.date
    data_to: dt.date
    senders: list[str]


@dataclass(frozen=True)
class Setting:
    """Scope, period and requests of the sample.

    Attributes:
        units: Rows of ``ref.units`` of the scope and below.
        window_from: First day that the period's figures cover.
        requests: One per form, in the order of ``ref.requests``.
    """

    catalogue: Catalogue
    period: str
    period_label: str
    scope_id: str
    window_from: dt.date
    units: pd.DataFrame
    requests: list[Request]

    @property
    def due_date(self) -> dt.date:
        """The last day on which any form is due."""
        return max(request.due_date for request in self.requests)

    @property
    def data_to(self) -> dt.date:
        """The cut-off of the figures."""
        return max(request.data_to for request in self.requests)

    @property
    def year(self) -> int:
        """The year of the period."""
        return self.data_to.year

    @property
    def is_second_half(self) -> bool:
        """Whether the period follows another one of its year."""
        return self.window_from.year == self.year

    @property
    def year_from(self) -> dt.date:
        """First day that the figures of the year cover."""
        first = self.window_from
        return dt.date(self.year - 1, 12, 15) if self.is_second_half else first

    @property
    def draw(self) -> Draws:
        """Draws of what happens in the period."""
        return Draws("" if self.period == PERIOD else self.period)

    @property
    def draw_year(self) -> Draws:
        """Draws of what is settled once a year, equal in both halves."""
        return Draws("" if str(self.year) == PERIOD[:4] else str(self.year))

    def members(self, population: str) -> list[str]:
        """Unit ids of a population in official order."""
        spec = self.catalogue.populations[population]
        return [str(u) for u in members(spec, self.units, self.scope_id, self.data_to)["unit_id"]]

    def name(self, unit_id: str) -> str:
        """Name of a unit."""
        return str(self.units.loc[self.units["unit_id"] == unit_id, "name"].iloc[0])

    def named(self, unit_ids: list[str]) -> pd.DataFrame:
        """``unit_id``, ``name``, ``unit_type`` and ``kind`` of units, in the order given."""
        columns = ["name", "unit_type", "kind"]
        return self.units.set_index("unit_id").loc[unit_ids, columns].reset_index()


def read_setting(root: Path, period: str) -> Setting:
    """Read the facts of ``raw/reference/`` and the catalogue.

    Args:
        root: The project's root.
        period: Key of the period.

    Raises:
        SampleError: The period is unknown, there are no facts, or no illustrative request asks
            for the period.
    """
    catalogue = load_catalogue()
    folder = root / "raw" / "reference"
    periods = period_frame(catalogue.periods).set_index("period")
    if period not in periods.index:
        msg = f"không có kỳ {period}; ví dụ kỳ hợp lệ: 2021-H1"
        raise SampleError(msg)
    if not folder.is_dir():
        msg = f"không thấy thư mục raw/reference trong {root}"
        raise SampleError(msg)
    units = read_facts(catalogue, folder, "units")
    asked = read_facts(catalogue, folder, "requests")
    asked = asked[asked["period"].eq(period) & asked["is_illustrative"]]
    if asked.empty:
        msg = f"raw/reference/requests.csv không có yêu cầu minh họa nào cho kỳ {period}"
        raise SampleError(msg)
    scope_id = str(asked["scope_id"].iloc[0])
    asked = asked[asked["scope_id"] == scope_id]
    return Setting(
        catalogue=catalogue,
        period=period,
        period_label=str(periods.loc[period, "label_vi"]),
        scope_id=scope_id,
        window_from=pd.Timestamp(str(periods.loc[period, "window_from"])).date(),
        units=units[units["is_illustrative"]],
        requests=[
            _request(catalogue, units, scope_id, {str(k): v for k, v in row.items()})
            for row in asked.to_dict("records")
        ],
    )


def _request(
    catalogue: Catalogue, units: pd.DataFrame, scope_id: str, row: dict[str, object]
) -> Request:
    form = catalogue.forms[str(row["form"])]
    data_to = pd.Timestamp(str(row["data_to"])).date()
    owed_by = catalogue.populations[form.owed_by]
    return Request(
        form=form,
        round=str(row["round"]),
        due_date=pd.Timestamp(str(row["due_date"])).date(),
        data_to=data_to,
        senders=[str(u) for u in members(owed_by, units, scope_id, data_to)["unit_id"]],
    )
