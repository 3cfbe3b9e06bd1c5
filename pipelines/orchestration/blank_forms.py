"""Which empty workbooks a period needs, for whom, and writing them to a folder.

Belongs here: requests and populations → forms to hand out. Does not belong here: what stands in a
workbook (``catalogue.templates``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.catalogue.model import Catalogue, Form, Population
from pipelines.catalogue.templates import Header, build_workbook
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.orchestration.steps import period_requests, period_row, reference_tables
from pipelines.places.units import members, scope_of

_EVERYBODY = "qcdc_grassroots"


@dataclass(frozen=True)
class BlankForm:
    """A workbook to hand out.

    Attributes:
        form: The form.
        unit_id: Who fills it in and sends it.
        scope_id: The scope that the sender reports to.
        period: Key of the period.
        round: ``estimate`` or ``final``.
        due_date: Last day to send; None where no request sets one.
        data_to: Day of the data cut-off.
    """

    form: Form
    unit_id: str
    scope_id: str
    period: str
    round: str
    due_date: dt.date | None
    data_to: dt.date | None

    @property
    def file_name(self) -> str:
        """A name that tells forms, senders, periods and rounds apart."""
        return f"{self.form.id}_{self.unit_id}_{self.period}_{self.round}.xlsx"


class FormOffice:
    """Knows who owes which form in a period.

    Args:
        root: The project's root, with ``raw/reference/``.
        catalogue: Forms and populations.
    """

    def __init__(self, root: Path, catalogue: Catalogue) -> None:
        self._root = root
        self._catalogue = catalogue
        self._tables = reference_tables(root, catalogue)
        self._units = self._tables["ref.units"]
        self._successions = self._tables["ref.unit_successions"]

    def newest_period(self) -> str:
        """The latest period that a request asks for.

        An illustrative request counts once something has arrived for its period: the neutral
        history reaches beyond what is at work.
        """
        requests = self._tables["ref.requests"]
        arrived = requests["period"].map(
            {key: (self._root / "raw" / key).is_dir() for key in requests["period"].unique()}
        )
        asked = requests[~requests["is_illustrative"] | arrived.astype("bool")]
        asked = requests if asked.empty else asked
        periods = self._tables["ref.periods"]
        known = periods[periods["period"].isin(asked["period"])]
        return str(known.sort_values("ends_on")["period"].iloc[-1])

    def owed(self, period: str) -> list[BlankForm]:
        """Every form that requests ask for in a period, for every unit that owes it."""
        rows = period_requests(self._tables, period).to_dict("records")
        return [form for row in rows for form in self._of_request(row, period)]

    def for_unit(self, unit_id: str, period: str) -> list[BlankForm]:
        """The forms of a unit: as requested, else as the unit's kind and the period's law say.

        Raises:
            Stopped: No such unit.
        """
        row = self._units[self._units["unit_id"] == unit_id]
        if row.empty:
            raise Stopped(_no_unit(unit_id))
        asked = [form for form in self.owed(period) if form.unit_id == unit_id]
        return asked or list(self._without_request(unit_id, period))

    def _members(self, population: Population, scope_id: str, day: dt.date) -> list[str]:
        inside = members(population, self._units, scope_id, day, self._successions)
        return inside["unit_id"].astype(str).tolist()

    def _of_request(self, row: Mapping[Any, Any], period: str) -> Iterator[BlankForm]:
        form, scope_id = self._catalogue.forms[row["form"]], str(row["scope_id"])
        population = self._catalogue.populations[form.owed_by]
        day = period_row(self._tables, period)["ends_on"]
        for unit_id in self._members(population, scope_id, day):
            yield BlankForm(
                form=form,
                unit_id=str(unit_id),
                scope_id=scope_id,
                period=period,
                round=str(row["round"]),
                due_date=row["due_date"].date(),
                data_to=row["data_to"].date(),
            )

    def _without_request(self, unit_id: str, period: str) -> Iterator[BlankForm]:
        row = period_row(self._tables, period)
        day, last = row["ends_on"], row["window_to"]
        for form in self._catalogue.forms.values():
            population = self._catalogue.populations[form.owed_by]
            owes = unit_id in set(self._members(population, unit_id, day))
            if form.in_force(day) and owes:
                yield BlankForm(
                    form=form,
                    unit_id=unit_id,
                    scope_id=scope_of(self._units, unit_id, day, self._successions),
                    period=period,
                    round="final",
                    due_date=None,
                    data_to=None if pd.isna(last) else last,
                )

    def workbook(self, blank: BlankForm) -> bytes:
        """The bytes of an empty workbook."""
        row = period_row(self._tables, blank.period)
        unit = self._units.set_index("unit_id").loc[blank.unit_id]
        header = Header(
            unit_id=blank.unit_id,
            unit_name=str(unit["name"]),
            period=blank.period,
            period_label=str(row["label_vi"]),
            round=blank.round,
            due_date=blank.due_date,
            data_to=blank.data_to,
            is_illustrative=bool(unit["is_illustrative"]),
        )
        about_scope = any(sheet.subject == "scope" for sheet in blank.form.sheets)
        return build_workbook(
            self._catalogue,
            blank.form,
            header,
            units=self._spoken_of(blank, row["ends_on"]),
            subject_id=blank.scope_id if about_scope else blank.unit_id,
        )

    def _spoken_of(self, blank: BlankForm, day: dt.date) -> pd.DataFrame:
        """Units of the grids' rows; every grassroots unit where a register names units."""
        grids = [sheet.population for sheet in blank.form.sheets if sheet.population is not None]
        populations = [self._catalogue.populations[name] for name in grids or [_EVERYBODY]]
        parts = [
            members(spec, self._units, blank.scope_id, day, self._successions)
            for spec in populations
        ]
        return pd.concat(parts)[["unit_id", "name", "unit_type", "kind"]].drop_duplicates()


def write_form(office: FormOffice, blank: BlankForm, folder: Path) -> tuple[Path, bool]:
    """Write a workbook; a file of its name that holds something else is never overwritten.

    Returns:
        The path, and whether the folder now holds the empty form: False where somebody's work
        lies there under the same name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, data = folder / blank.file_name, office.workbook(blank)
    if path.exists():
        return path, path.read_bytes() == data
    path.write_bytes(data)
    return path, True


def _no_unit(unit_id: str) -> Problem:
    return Problem(
        "QCDC-E11",
        f"Không có đơn vị {unit_id}.",
        f"--unit {unit_id}",
        "một mã trong cột unit_id của raw/reference/units.csv, ví dụ xa-mh-01",
        "Sửa lại mã đơn vị, hoặc bổ sung đơn vị vào raw/reference/units.csv.",
    )
