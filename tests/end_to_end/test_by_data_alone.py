"""A new law, form version, merger and kind of period: rows of YAML and CSV, no line of code.

In the copied project the year 2028 brings all four. A law of 2028 judges communes, which report
with another version of their form, for three terms of four months; after the first term two
communes become one.
"""

import datetime as dt
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from pipelines.catalogue import load
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.intake.batch import FileTask
from pipelines.intake.sheets import FileReading, read_file
from pipelines.orchestration import steps
from pipelines.orchestration.blank_forms import FormOffice
from pipelines.orchestration.period_facts import made_of
from pipelines.orchestration.receiving import receive_new
from pipelines.orchestration.wholes import Composer
from pipelines.places.naming import Directory

from .clerk import Typist, compulsory_values
from .conftest import ROOT

PROVINCE, FIRST, SECOND, MERGED = "tinh-mh-1", "xa-mh-17", "xa-mh-18", "xa-moi"
YEAR, TERMS = "2028", ("2028-K1", "2028-K2", "2028-K3")
LAST_OLD_DAY, LAW_FROM, MERGED_ON = "2027-12-31", "2028-01-01", "2028-05-01"
ELEMENT, INDICATOR = "xa.dialogues", "xa.dialogues"
AT = dt.datetime(2028, 4, 20, 9, tzinfo=dt.timezone(dt.timedelta(hours=7)))
# how many dialogues each commune reports in each term
SAID = {
    "2028-K1": {FIRST: 1, SECOND: 20},
    "2028-K2": {MERGED: 300},
    "2028-K3": {MERGED: 0},
}
# a term has four months to publish schedules for, a clerk's usual number is six
FITTING = {"xa.publish_done": 5, "xa.schedule_months": 4}
LAW = {
    "id": "LUAT-2028", "number": "1/2027/QH16", "kind": "Luật", "issuer": "Quốc hội",
    "title_vi": "Luật giả định", "valid_from": LAW_FROM, "scope": ["XA"],
    "evidence": "giả định", "verified": False,
}  # fmt: skip
REGIME = {
    "id": "xa-2028", "unit_type": "commune", "label_vi": "Luật 1/2027/QH16",
    "units_vi": "Xã, phường", "valid_from": LAW_FROM, "documents": ["LUAT-2028"],
    "basis": "giả định", "verified": False,
}  # fmt: skip
DUTY = {
    "id": "l28.dialogue", "regimes": ["xa-2028"], "label_vi": "Ít nhất 02 cuộc đối thoại",
    "population": "qcdc_communes", "kind": "at_least", "needed": 2, "per": "period",
    "elements": [ELEMENT], "legal": [{"document": "LUAT-2028"}],
}  # fmt: skip
FORM = {
    "id": "xa-2028", "based_on": "xa-2025", "version": "4", "valid_from": LAW_FROM,
    "valid_to": None, "legal": [{"document": "LUAT-2028"}], "drop": {"elements": ["xa.own_units"]},
}  # fmt: skip
TERM = {
    "id": "term",
    "label_vi": "Bốn tháng",
    "label_en": "Term",
    "keys": [
        {
            "suffix": f"-K{n}", "label_vi": f"Kỳ {n} (4 tháng) năm {{year}}",
            "start": start, "end": end, "window_from": start, "window_to": end,
        }
        for n, start, end in [(1, "01-01", "04-30"), (2, "05-01", "08-31"), (3, "09-01", "12-31")]
    ],
}  # fmt: skip


def edit(path: Path, change: Callable[[Any], None]) -> None:
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(entries)
    path.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), encoding="utf-8")


def ends(entry: str) -> Callable[[list[dict[str, Any]]], None]:
    def change(entries: list[dict[str, Any]]) -> None:
        next(each for each in entries if each["id"] == entry)["valid_to"] = LAST_OLD_DAY

    return change


def terms(plan: dict[str, Any]) -> None:
    plan["kinds"].append(TERM)
    (year,) = next(kind for kind in plan["kinds"] if kind["id"] == "year")["keys"]
    year["or_parts"].append(["-K1", "-K2", "-K3"])


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("catalogue") / "data"
    shutil.copytree(load.DATA, folder)
    edit(folder / "documents.yaml", lambda all_: all_.append(LAW))
    edit(folder / "regimes.yaml", ends("xa-luat10-2025"))
    edit(folder / "regimes.yaml", lambda all_: all_.append(REGIME))
    edit(folder / "duties.yaml", lambda all_: all_.append(DUTY))
    edit(folder / "forms" / "e_2025_units.yaml", ends("xa-2025"))
    (folder / "forms" / "z_2028.yaml").write_text(yaml.safe_dump([FORM]), encoding="utf-8")
    edit(folder / "periods.yaml", terms)
    return load_catalogue(folder)


def write_places(folder: Path) -> None:
    """A province of two communes that become one; the code of the first is re-used."""
    units = pd.read_csv(folder / "units.csv", dtype="str")
    units = units[units["unit_id"].isin([PROVINCE, FIRST, SECOND])]
    born = units[units["unit_id"] == FIRST].assign(
        unit_id=MERGED, name="Xã minh họa mới", valid_from=MERGED_ON
    )
    ended = units["unit_id"].isin([FIRST, SECOND])
    units["valid_to"] = units["valid_to"].mask(ended, "2028-04-30")
    pd.concat([units, born]).to_csv(folder / "units.csv", index=False)
    went = pd.DataFrame(
        {"predecessor": [FIRST, SECOND], "successor": MERGED, "kind": "merge", "share": "whole"}
    ).assign(on=MERGED_ON, basis="giả định", basis_share=None)
    went.to_csv(folder / "unit_successions.csv", index=False)
    for name in ("unit_names", "targets", "published"):
        path = folder / f"{name}.csv"
        pd.read_csv(path, dtype="str").iloc[:0].to_csv(path, index=False)


def write_requests(folder: Path) -> None:
    rows = pd.read_csv(folder / "requests.csv", dtype="str")
    ends_on = {"2028-K1": "2028-04-30", "2028-K2": "2028-08-31", "2028-K3": "2028-12-31"}
    asked = [
        rows.iloc[0].to_dict()
        | {"request_id": f"cv-{term}", "scope_id": PROVINCE, "period": term, "round": "final"}
        | {"form": "xa-2028", "due_date": day, "data_to": day}
        for term, day in ends_on.items()
    ]
    pd.DataFrame(asked).to_csv(folder / "requests.csv", index=False)


@dataclass
class World:
    """The project of 2028, its terms read, the year composed of them."""

    root: Path
    tables: dict[str, dict[str, pd.DataFrame]]
    made: Composer

    def value(self, period: str, scope: str, view: str = "as_reported") -> float | None:
        values = self.tables[period]["eval.indicator_values"]
        rows = values[(values["scope_id"] == scope) & (values["indicator"] == INDICATOR)]
        rows = rows[rows["view"] == view]
        return None if rows.empty else float(rows["value"].iloc[0])


def read_here(
    catalogue: Catalogue, directory: Directory, tasks: Sequence[FileTask]
) -> list[FileReading]:
    """Few files need no processes of their own."""
    return [
        read_file(
            task.data,
            catalogue,
            provider=task.provider,
            period=task.period,
            known_units=directory.known,
            directory=directory,
        )
        for task in tasks
    ]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> World:
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(ROOT / "raw" / "reference", root / "raw" / "reference")
    write_places(root / "raw" / "reference")
    write_requests(root / "raw" / "reference")
    office = FormOffice(root, catalogue)
    for term, said in SAID.items():
        for unit, count in said.items():
            (blank,) = office.for_unit(unit, term)
            assert blank.form.id == "xa-2028"
            path = root / "raw" / term / unit / blank.file_name
            path.parent.mkdir(parents=True)
            path.write_bytes(office.workbook(blank))
            typist = Typist(path, catalogue, blank.form)
            usual = {**compulsory_values(catalogue, blank.form), **FITTING}
            typist.enter({**usual, ELEMENT: count})
            typist.book.save(path)
        receive_new(root, term, list(said), at=AT, who="kiểm thử")
    reference = steps.reference_tables(root, catalogue)
    read = {term: steps.ingest(root, catalogue, term, read=read_here) for term in TERMS}
    found = {
        term: tables | steps.evaluate(catalogue, term, tables, AT) for term, tables in read.items()
    }
    for term, tables in found.items():
        steps.check_invariants(catalogue, term, tables)
    made = Composer(root, catalogue, read.get, reference)
    stand, parts = made.evaluated(YEAR, lambda term: found[term]["eval.indicator_values"])
    found[YEAR] = stand | steps.evaluate(catalogue, YEAR, stand, AT, None, parts)
    steps.check_invariants(catalogue, YEAR, found[YEAR])
    return World(root, found, made)


def test_nothing_of_it_is_shipped() -> None:
    shipped = load_catalogue()
    assert not {"xa-2028", "LUAT-2028", "term"} & {
        *shipped.forms,
        *shipped.regimes,
        *shipped.documents,
        *(kind.id for kind in shipped.periods.kinds),
    }


def test_the_period_kind_has_keys_requests_and_expected_pairs(world: World) -> None:
    reference = world.tables[YEAR]
    assert made_of(reference, YEAR) == list(TERMS)
    reports = world.tables["2028-K1"]["core.reporting"]
    assert set(reports["unit_id"]) == {FIRST, SECOND}
    assert set(reports["state"]) == {"on_time"}
    observed = world.tables["2028-K1"]["core.observations"]
    asked = observed[observed["element"] == ELEMENT].set_index("unit_id")["value"]
    assert asked.to_dict() == SAID["2028-K1"]


def test_the_form_version_asks_what_it_changes_of_the_former(world: World) -> None:
    observed = world.tables["2028-K1"]["core.observations"]
    assert "xa.own_units" not in set(observed["element"])
    assert "xa.own_units_reported" in set(observed["element"])


def test_the_new_law_judges_the_term(world: World) -> None:
    judged = world.tables["2028-K1"]["eval.judged"]
    text = judged.loc[judged["subject"] == "commune", "text_vi"].iloc[0]
    assert "Luật 1/2027/QH16" in text
    duties = world.tables["2028-K1"]["eval.duties"]
    states = duties[duties["duty"] == DUTY["id"]].set_index("unit_id")["state"]
    assert states[[FIRST, SECOND]].tolist() == ["not_done", "done"]


def test_the_merged_commune_has_the_figures_of_both_on_todays_map(world: World) -> None:
    assert world.value("2028-K1", MERGED, "as_today") == 21
    assert world.value("2028-K1", FIRST) == 1
    assert world.value("2028-K1", FIRST, "as_today") is None
    assert world.value("2028-K2", MERGED) == 300


@pytest.mark.parametrize("view", ["as_reported", "as_today"])
def test_the_year_adds_its_terms_across_the_merger(world: World, view: str) -> None:
    assert world.value(YEAR, MERGED, view) == world.value(YEAR, PROVINCE, view) == 1 + 20 + 300
    assert world.value(YEAR, FIRST, view) is None
