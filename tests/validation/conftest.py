"""A small valid world: one submission per form, in which no rule fires, and edits of it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from pipelines.catalogue.contracts import as_dtype
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue, Element, Form
from pipelines.validation.accept import settle
from pipelines.validation.rules import find
from tests.validation.typed import typed

PERIOD = "2021-H1"
SCOPE = "huyen"
# form → (provider, the unit its entries speak of)
SENDERS = {
    "xa-2021": ("xa-1", "xa-1"),
    "cq-2021": ("cq-1", "cq-1"),
    "dn-2021": ("dn-1", "dn-1"),
    "bcd-2021": ("bcd", SCOPE),
    "ntm-2021": ("ntm", "xa-1"),
    "ldld-2021": ("ldld", "dn-1"),
    "noivu-2021": ("nv", SCOPE),
    "mttq-2021": ("mttq", SCOPE),
    "motcua-2021": ("mc", SCOPE),
    "tonghop-2021": ("bcd", SCOPE),
}
UNITS = pd.DataFrame(
    [
        (SCOPE, "district", None),
        ("xa-1", "commune", "xa"),
        *((f"xa-{number}", "commune", "xa") for number in range(2, 13)),
        ("tt-1", "commune", "thi_tran"),
        ("cq-1", "agency", None),
        ("dn-1", "enterprise", None),
        ("bcd", "office", "steering_committee"),
        ("ntm", "office", "ntm_office"),
        ("ldld", "mass_organisation", "labour_federation"),
        ("nv", "office", "home_affairs"),
        ("mttq", "mass_organisation", "fatherland_front"),
        ("mc", "office", "one_stop"),
    ],
    columns=["unit_id", "unit_type", "kind"],
).assign(
    is_illustrative=True,
    parent_id=SCOPE,
    name=lambda units: units["unit_id"],
    valid_from=pd.Timestamp("2016-01-01"),
    valid_to=lambda units: pd.Series(pd.NaT, units.index),
    official_order=lambda units: range(len(units)),
)
# of grid sheets: the unit of the population that the one row speaks of
GRID_UNITS = {
    "qcdc_communes": "xa-1",
    "ntm_communes": "xa-1",
    "agencies": "cq-1",
    "enterprises": "dn-1",
}
VALID: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "valid_world.yaml").read_text(encoding="utf-8")
)
OWN: dict[str, Any] = VALID["values"]
ROWS: dict[str, list[dict[str, Any]]] = VALID["rows"]
OWNERS: dict[str, str] = VALID["owners"]
FIRST_ROW = 5
_ENTRY = {
    "submission_id": "str",
    "sheet": "str",
    "cell": "str",
    "unit_id": "str",
    "element": "str",
    "raw": "str",
    "value": "float64",
    "qualifier": "str",
    "text": "str",
    "note": "str",
    "state": "str",
    "compulsory": "bool",
}
_FAULT = [
    "submission_id",
    "sheet",
    "cell",
    "unit_id",
    "element",
    "operator",
    "found",
    "expected",
    "proposed",
]


@dataclass
class World:
    """Submissions with their entries, rows and faults, as plain records until asked for frames."""

    catalogue: Catalogue
    submissions: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    letters: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    past: list[dict[str, Any]] = field(default_factory=list)
    past_rows: list[dict[str, Any]] = field(default_factory=list)

    def submit(
        self,
        form_id: str,
        values: dict[str, Any] | None = None,
        *,
        provider: str | None = None,
        unit: str | None = None,
        round_: str = "final",
        data_to: str = "2021-06-30",
    ) -> str:
        """Add a valid submission of a form with some values changed; returns its id."""
        sender, about = SENDERS[form_id]
        sender, about = provider or sender, unit or about
        nn = 1 + sum(s["provider"] == sender for s in self.submissions)
        submission_id = f"{PERIOD}/{sender}/{nn:02d}"
        self.submissions.append(
            {
                "submission_id": submission_id,
                "sha256": f"{len(self.submissions):064x}",
                "provider": sender,
                "period": PERIOD,
                "round": round_,
                "form": form_id,
                "received_at": pd.Timestamp("2021-07-01", tz="Asia/Ho_Chi_Minh")
                + pd.Timedelta(hours=len(self.submissions)),
                "data_to": pd.Timestamp(data_to),
                "path": f"raw/{submission_id}.xlsx",
                "size": 1,
                "status": None,
                "same_as": None,
                "reason": None,
                "channel": "e-mail",
                "version": "1",
                "reader_note": None,
                "is_illustrative": True,
                "speaks_for": about,
            }
        )
        self._fill(self.catalogue.forms[form_id], submission_id, unit or about, values or {}, unit)
        return submission_id

    def _fill(
        self,
        form: Form,
        submission_id: str,
        about: str,
        values: dict[str, Any],
        wanted: str | None,
    ) -> None:
        for sheet in form.sheets:
            unit = wanted or GRID_UNITS.get(str(sheet.population), about)
            for place, item in enumerate(sheet.elements()):
                element = self.catalogue.elements[item.element]
                value = values.get(element.id, _valid(element))
                self.entries.append(
                    {
                        "submission_id": submission_id,
                        "sheet": sheet.name,
                        "cell": f"E{FIRST_ROW + place}",
                        "unit_id": unit,
                        "element": element.id,
                        "compulsory": item.compulsory,
                        **typed(element, value),
                    }
                )
            if sheet.register_id is not None:
                self._register(sheet.register_id, sheet.name, submission_id)

    def _register(self, register_id: str, sheet: str, submission_id: str) -> None:
        columns = self.catalogue.registers[register_id].columns
        for place, column in enumerate(columns):
            self.letters.append(
                {
                    "register_id": register_id,
                    "submission_id": submission_id,
                    "sheet": sheet,
                    "column": column.id,
                    "letter": "ABCDEFGHIJKLMNOP"[place],
                }
            )
        self.rows.setdefault(register_id, [])
        # a register that may be absent is, unless a test keeps it
        if not self.catalogue.registers[register_id].may_be_absent:
            self._enter(register_id, sheet, submission_id)

    def _enter(self, register_id: str, sheet: str, submission_id: str) -> None:
        own = self.rows[register_id]
        for place, row in enumerate(ROWS[register_id]):
            where = {"submission_id": submission_id, "sheet": sheet, "row": FIRST_ROW + place}
            own.append({**where, **deepcopy(row)})

    def keep(self, register_id: str, form_id: str) -> None:
        """Let the last submission of a form hold valid rows of a register, and agree with them."""
        ids = [s["submission_id"] for s in self.submissions if s["form"] == form_id]
        form = self.catalogue.forms[form_id]
        sheet = next(sheet.name for sheet in form.sheets if sheet.register_id == register_id)
        before = len(self.rows[register_id])
        self._enter(register_id, sheet, ids[-1])
        if self.catalogue.registers[register_id].authority == "self":
            for row in self.rows[register_id][before:]:
                row["unit"] = SENDERS[form_id][0]
        asked = {item.element for item in form.elements()}
        for element, value in VALID["agreeing"][register_id].items():
            if element in asked:
                entry = self.entry(form_id, element)
                entry |= typed(self.catalogue.elements[element], value)

    def edit(self, change: dict[str, Any]) -> None:
        """Apply one edit of ``mutants.yaml``; a form it names is submitted first if it was not."""
        form_id = OWNERS[change["register"]] if "register" in change else change["form"]
        if all(s["form"] != form_id for s in self.submissions):
            self.submit(form_id)
        if "past_row" in change:
            self.past_rows.append({"register": change["register"], **change["past_row"]})
        elif "past" in change:
            self._remember(change)
        elif "crowd" in change:
            self._crowd(change)
        elif "town" in change:
            self._of_a_town(change)
        elif "keep" in change:
            self.keep(change["keep"], form_id)
        elif "register" in change:
            if not self.rows[change["register"]]:
                self.keep(change["register"], form_id)
            self._edit_rows(change)
        elif "fault" in change:
            self._edit_fault(change)
        else:
            entry = self.entry(change["form"], change["element"])
            entry |= typed(self.catalogue.elements[change["element"]], change["value"])

    def entry(self, form_id: str, element: str) -> dict[str, Any]:
        """The last entry of an element in the submissions of a form."""
        ids = {s["submission_id"] for s in self.submissions if s["form"] == form_id}
        return [e for e in self.entries if e["submission_id"] in ids and e["element"] == element][
            -1
        ]

    def _remember(self, change: dict[str, Any]) -> None:
        """Let an earlier period say the values of a form's unit; ``all`` repeats every value."""
        ids = {s["submission_id"] for s in self.submissions if s["form"] == change["form"]}
        own = [e for e in self.entries if e["submission_id"] in ids and e["value"] is not None]
        wanted = {e["element"] for e in own} if change.get("all") else {change["element"]}
        for entry in own:
            if entry["element"] in wanted:
                value = entry["value"] if change.get("all") else float(change["value"])
                pair = {name: entry[name] for name in ("unit_id", "element")}
                self.past.append({**pair, "period": change["past"], "value": value})

    def _crowd(self, change: dict[str, Any]) -> None:
        """Let further communes submit the form, each with a value of an element."""
        for number, value in enumerate(change["crowd"], start=3):
            name = f"xa-{number}"
            key = self.submit(change["form"], {change["element"]: value}, provider=name, unit=name)
            # the valid values are the same for everybody, which would be suspicious in itself
            self.entries = [
                entry
                for entry in self.entries
                if entry["submission_id"] != key or entry["element"] == change["element"]
            ]

    def _of_a_town(self, change: dict[str, Any]) -> None:
        """Let the form's entries speak of a town instead of a commune."""
        ids = {s["submission_id"] for s in self.submissions if s["form"] == change["form"]}
        for entry in self.entries:
            if entry["submission_id"] in ids:
                entry["unit_id"] = "tt-1"

    def history(self) -> dict[str, pd.DataFrame]:
        """What ``find`` takes as earlier periods."""
        columns = ["unit_id", "element", "period", "value"]
        frame = pd.DataFrame(self.past, columns=columns).assign(state="value")
        return {str(key): group for key, group in frame.groupby("period")}

    def rows_before(self) -> dict[str, pd.DataFrame]:
        """What ``find`` takes as the registers of the period before."""
        frames = {}
        for register_id in {row["register"] for row in self.past_rows}:
            columns = self.catalogue.registers[register_id].columns
            own = [row for row in self.past_rows if row["register"] == register_id]
            frame = pd.DataFrame(own)
            dates = [column.id for column in columns if column.type == "date"]
            frames[register_id] = frame.assign(
                **{name: pd.to_datetime(frame[name]) for name in dates if name in frame}
            )
        return frames

    def _edit_rows(self, change: dict[str, Any]) -> None:
        rows = self.rows[change["register"]]
        if "add" in change:
            rows.append({**deepcopy(rows[-1]), "row": rows[-1]["row"] + 1, **change["add"]})
            return
        row = next(r for r in rows if r["row"] == change["row"])
        row[change["column"]] = change["value"]

    def _edit_fault(self, change: dict[str, Any]) -> None:
        owner = next(s for s in self.submissions if s["form"] == change["form"])
        fault: dict[str, Any] = dict.fromkeys(_FAULT)
        fault |= {"submission_id": owner["submission_id"], "operator": change["fault"]}
        if "element" in change:
            entry = self.entry(change["form"], change["element"])
            entry |= {"state": "quarantined", "value": None, "text": None, "qualifier": None}
            fault |= {n: entry[n] for n in ("sheet", "cell", "unit_id", "element")}
        fault |= {n: change[n] for n in ("sheet", "cell", "found", "proposed") if n in change}
        self.faults.append(fault)

    def frames(self) -> dict[str, Any]:
        """What ``find`` takes."""
        rows = {key: self._rows_frame(key) for key in self.rows}
        letters = ["register_id", "submission_id", "sheet", "column", "letter"]
        return {
            "submissions": pd.DataFrame(self.submissions).astype(
                {"status": "str", "reason": "str", "same_as": "str", "reader_note": "str"}
            ),
            "entries": pd.DataFrame(self.entries, columns=list(_ENTRY)).astype(_ENTRY),
            "rows": rows,
            "row_letters": pd.DataFrame(self.letters, columns=letters).astype("str"),
            "faults": pd.DataFrame(self.faults, columns=_FAULT).astype("str"),
        }

    def _rows_frame(self, register_id: str) -> pd.DataFrame:
        register = self.catalogue.registers[register_id]
        dtypes = {
            "date": "datetime64[us]",
            "int": "Int64",
            "float": "float64",
            "bool": "boolean",
        }
        names = ["submission_id", "sheet", "row", *(column.id for column in register.columns)]
        frame = pd.DataFrame(self.rows[register_id], columns=names).astype(
            {"submission_id": "str", "sheet": "str", "row": "int64"}
        )
        typed = {
            column.id: pd.to_datetime(frame[column.id]).astype("datetime64[us]")
            if column.type == "date"
            else frame[column.id].astype(as_dtype(dtypes.get(column.type, "str")))
            for column in register.columns
        }
        return frame.assign(**typed, unit_id=typed[register.unit_column])

    def find(self) -> pd.DataFrame:
        """All findings of the world."""
        return find(
            **self.frames(),
            units=UNITS,
            catalogue=self.catalogue,
            period=PERIOD,
            history=self.history(),
            rows_before=self.rows_before(),
        )

    def settled(self) -> pd.DataFrame:
        """The submissions with their final status."""
        return settle(self.frames()["submissions"], self.find())


def _valid(element: Element) -> object:
    if element.id in OWN:
        return OWN[element.id]
    if element.type == "date":
        return "2021-03-15"
    if element.type == "bool":
        return 1
    if element.type == "text":
        return VALID["texts"]
    if element.options is not None:
        return element.options[0]
    return min(10, element.maximum if element.maximum is not None else 10)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="session")
def new_world(catalogue: Catalogue) -> Callable[[], World]:
    """An empty world per call, for property tests."""
    return lambda: World(catalogue)


@pytest.fixture
def world(catalogue: Catalogue) -> World:
    """An empty world; an edit submits the form it names."""
    return World(catalogue)


@pytest.fixture
def full_world(catalogue: Catalogue) -> World:
    """One valid submission of every form but the master workbook, which repeats the others."""
    every = World(catalogue)
    for form_id in SENDERS:
        if form_id != "tonghop-2021":
            every.submit(form_id)
    return every


@pytest.fixture(scope="session")
def units() -> pd.DataFrame:
    return UNITS
