"""What the sample answers: the request of a period, the units of the neutral scope, the dates.

Belongs here: reading facts and catalogue into one object. Does not belong here: any value.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from pipelines.catalogue.changing import on_day
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue, Form
from pipelines.catalogue.periods import period_frame
from pipelines.catalogue.reference import read_facts
from pipelines.places.succession import TERRITORY
from pipelines.places.units import members, within
from pipelines.sample.cases import KEEP_REGISTERS, SHIPPED, Cases, cases_of
from pipelines.sample.draw import Draws, chance
from pipelines.sample.drawn_cases import drawn_cases

PERIOD = "2021-H1"  # the shipped period; others are moved away from it
GRASSROOTS = ("commune", "agency", "enterprise")
_JUST_ENDED = dt.timedelta(days=31)
_YOUNGER_THAN = dt.date(2021, 6, 30)
_KEEPING_PERCENT = 30


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
        period_before: Key of the period before; for the first one that of the period after.
        window_from: First day that the period's figures cover.
        units: Rows of ``ref.units`` of the illustrative units.
        successions: Rows of ``ref.unit_successions`` of these units.
        labels: Labels of all periods by key.
        requests: One per form and round, in the order of ``ref.requests``.
        whole: All rounds together, where these are the requests of one of two rounds.
        later: The final round, where these are the requests of the estimate before it.
    """

    catalogue: Catalogue
    period: str
    period_label: str
    period_before: str
    scope_id: str
    window_from: dt.date
    units: pd.DataFrame
    successions: pd.DataFrame
    labels: dict[str, str]
    requests: list[Request]
    whole: Setting | None = None
    later: Setting | None = None

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
    def is_shipped(self) -> bool:
        """Whether the period's workbooks come with the project."""
        return self.period in SHIPPED

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
        return self._draws("" if self.period == PERIOD else self.period)

    @property
    def draw_year(self) -> Draws:
        """Draws of what is settled once a year, equal in both halves."""
        return self._draws("" if str(self.year) == PERIOD[:4] else str(self.year))

    @cached_property
    def cases(self) -> Cases:
        """The special cases of the period: written down, or drawn where none are."""
        if self.whole is not None:
            return self.whole.cases.of_second_round() if self.is_second_round else self.whole.cases
        if self.is_shipped:
            return cases_of(self.period)
        senders: dict[str, list[str]] = {}
        for request in self.requests:
            known = senders.setdefault(self.role(request.form), [])
            known += [unit for unit in request.senders if unit not in known]
        return drawn_cases(
            self.period,
            senders,
            countryside=self.members("ntm_communes"),
            ended=self._just_ended(),
        )

    def rounds(self) -> list[Setting]:
        """The setting of every round, the estimate first; itself where there is one round."""
        estimate = [request for request in self.requests if request.round == "estimate"]
        final = [request for request in self.requests if request.round == "final"]
        if not estimate or not final:
            return [self]
        last = replace(self, requests=final, whole=self)
        return [replace(self, requests=estimate, whole=self, later=last), last]

    @property
    def is_second_round(self) -> bool:
        """Whether an estimate was asked for before."""
        return self.whole is not None and self.later is None

    def role(self, form: Form) -> str:
        """Who fills in a form: type of unit, or kind of office."""
        spec = self.catalogue.populations[form.owed_by]
        unit_type = spec.unit_types[0]
        return spec.kinds[0] if spec.kinds and unit_type not in GRASSROOTS else unit_type

    def members(self, population: str) -> list[str]:
        """Unit ids of a population in official order."""
        if population not in self._members:
            spec = self.catalogue.populations[population]
            found = members(spec, self.units, self.scope_id, self.data_to, self.successions)
            self._members[population] = [str(unit) for unit in found["unit_id"]]
        return list(self._members[population])

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        """Populations that were looked up already."""
        return {}

    def origins(self, unit_id: str) -> list[str]:
        """The units that a unit was made of, through all mergers; itself where there was none."""
        if self.is_shipped:
            return [unit_id]
        found, frontier = [], [unit_id]
        while frontier:
            into = self.successions["successor"].isin(frontier)
            before = self.successions[into & self.successions["kind"].isin(TERRITORY)]
            made = set(before["successor"])
            found += [unit for unit in frontier if unit not in made]
            frontier = sorted(set(before["predecessor"].astype(str)) - set(found) - made)
        return found or [unit_id]

    def below(self, unit_id: str) -> list[str]:
        """Schools and other agencies that stand below a commune, in official order."""
        here = self.units.loc[self.units["parent_id"] == unit_id, "unit_id"]
        return [unit for unit in self.members("agencies") if unit in set(here)]

    def keeps_registers(self, unit_id: str) -> bool:
        """Whether a unit keeps registers of its own; of units younger than the sample some do."""
        drawn = self.is_younger(unit_id) and chance(_KEEPING_PERCENT, unit_id, "keeps")
        return unit_id in KEEP_REGISTERS or drawn

    def is_younger(self, unit_id: str) -> bool:
        """Whether a unit came to be after the published period."""
        since = self.units.loc[self.units["unit_id"] == unit_id, "valid_from"]
        return bool(since.gt(pd.Timestamp(_YOUNGER_THAN)).any())

    def name(self, unit_id: str) -> str:
        """Name of a unit."""
        return self.fact(unit_id, "name")

    def fact(self, unit_id: str, column: str) -> str:
        """What ``ref.units`` says of a unit."""
        return str(self.units.loc[self.units["unit_id"] == unit_id, column].iloc[0])

    def named(self, unit_ids: list[str]) -> pd.DataFrame:
        """``unit_id``, ``name``, ``unit_type`` and ``kind`` of units, in the order given."""
        columns = ["name", "unit_type", "kind"]
        return self.units.set_index("unit_id").loc[unit_ids, columns].reset_index()

    def _draws(self, moved_by: str) -> Draws:
        if self.is_shipped or not moved_by:
            return Draws(moved_by, early=self.later is not None)
        drift = self.year - int(PERIOD[:4])
        return Draws(moved_by, str(self.year), drift, early=self.later is not None)

    def _just_ended(self) -> list[str]:
        """Communes of the scope that ended shortly before the period's figures are due."""
        since = pd.Timestamp(self.window_from) - _JUST_ENDED
        ended = self.units["valid_to"].between(since, pd.Timestamp(self.data_to), inclusive="left")
        gone = self.units[ended & self.units["unit_type"].eq("commune")]
        alive = within(self.units, self.scope_id, self.data_to, self.successions)["unit_id"]
        into = self.successions["successor"].isin(alive)
        here = gone["unit_id"].isin(self.successions.loc[into, "predecessor"])
        return [str(unit) for unit in gone.loc[here, "unit_id"]]


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
    successions = read_facts(catalogue, folder, "unit_successions")
    asked = _illustrative(read_facts(catalogue, folder, "requests"))
    asked = asked[asked["period"].eq(period)]
    if asked.empty:
        msg = f"raw/reference/requests.csv không có yêu cầu minh họa nào cho kỳ {period}"
        raise SampleError(msg)
    # entries in the words of the period, as its forms have them
    catalogue = on_day(catalogue, pd.Timestamp(str(periods.loc[period, "ends_on"])).date())
    scope_id = str(asked["scope_id"].iloc[0])
    asked = asked[asked["scope_id"] == scope_id]
    units = _illustrative(units)
    successions = successions[successions["predecessor"].isin(units["unit_id"])]
    before = periods["previous"].dropna()
    after = before.index[before == period]
    return Setting(
        catalogue=catalogue,
        period=period,
        period_label=str(periods.loc[period, "label_vi"]),
        period_before=str(before[period] if period in before.index else after[0]),
        scope_id=scope_id,
        window_from=pd.Timestamp(str(periods.loc[period, "window_from"])).date(),
        units=units,
        successions=successions,
        labels={str(key): str(label) for key, label in periods["label_vi"].items()},
        requests=[
            _request(catalogue, (units, successions), scope_id, {str(k): v for k, v in row.items()})
            for row in asked.to_dict("records")
        ],
    )


def illustrative_periods(root: Path) -> list[str]:
    """Periods that illustrative requests ask for, in order; shipped ones among them."""
    catalogue = load_catalogue()
    asked = _illustrative(read_facts(catalogue, root / "raw" / "reference", "requests"))
    known = period_frame(catalogue.periods)["period"]
    return [str(period) for period in known if period in set(asked["period"])]


def _illustrative(facts: pd.DataFrame) -> pd.DataFrame:
    return facts[facts["is_illustrative"]]


def _request(
    catalogue: Catalogue,
    places: tuple[pd.DataFrame, pd.DataFrame],
    scope_id: str,
    row: dict[str, object],
) -> Request:
    units, successions = places
    form = catalogue.forms[str(row["form"])]
    data_to = pd.Timestamp(str(row["data_to"])).date()
    owed_by = catalogue.populations[form.owed_by]
    senders = members(owed_by, units, scope_id, data_to, successions)["unit_id"]
    return Request(
        form=form,
        round=str(row["round"]),
        due_date=pd.Timestamp(str(row["due_date"])).date(),
        data_to=data_to,
        senders=[str(unit) for unit in senders],
    )
