import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from pipelines.catalogue import load
from pipelines.catalogue.contracts import ContractError, table_contract, table_names
from pipelines.catalogue.integrity import CatalogueError
from pipelines.catalogue.load import catalogue_hash, load_catalogue
from pipelines.catalogue.periods import period_frame
from pipelines.catalogue.reference import read_facts, reference_frames

ROOT = Path(__file__).parents[2]
KEPT_BY_UNITS = {
    "petitions",
    "receptions",
    "dialogues",
    "meetings",
    "contributions",
    "disseminations",
    "models",
    "limitations",
    "committee_members",
    "programme_tasks",
    "committee_meetings",
    "conclusions",
    "unit_documents",
    "leader_schedules",
    "publications",
    "decisions",
    "self_scores",
}
OF_OFFICES = {"dossiers", "inspections"}
OPTIONAL = {
    "committees",
    "assignments",
    "personnel_changes",
    "organisation_changes",
    "verifications",
}


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


@pytest.fixture
def copy(tmp_path):
    target = tmp_path / "data"
    shutil.copytree(load.DATA, target)
    return target


def edit(path: Path, change):
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(rows)
    path.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")


def numbered(rows):
    return next(row for row in rows if row["id"] == "LD-05")


def test_the_shipped_catalogue_holds(catalogue):
    assert len(catalogue.elements) >= 120
    assert len(catalogue.rules) >= 60
    assert set(catalogue.registers) == OF_OFFICES | OPTIONAL | KEPT_BY_UNITS
    kept = {r.id for r in catalogue.registers.values() if r.authority == "self"}
    assert kept == KEPT_BY_UNITS
    assert {r.id for r in catalogue.registers.values() if r.optional} == OPTIONAL
    assert all(element.sensitivity for element in catalogue.elements.values())


def test_no_form_asks_more_than_forty_compulsory_cells(catalogue):
    for form in catalogue.forms.values():
        assert sum(item.compulsory for item in form.elements()) <= 40


def test_lists_of_a_form_that_share_a_label_share_their_options(catalogue):
    # the drop-down lists of a workbook are found by their label
    for form in catalogue.forms.values():
        lists = {}
        for item in form.elements():
            element = catalogue.elements[item.element]
            if element.options:
                assert lists.setdefault(element.label_vi, element.options) == element.options
        for sheet in form.sheets:
            if sheet.register_id:
                for column in catalogue.registers[sheet.register_id].columns:
                    if column.options and column.id not in {"awareness", "leadership", "results"}:
                        assert column.label_vi not in lists
                        lists[column.label_vi] = column.options


def test_sheet_names_fit_excel_and_stand_once(catalogue):
    for form in catalogue.forms.values():
        names = [sheet.name for sheet in form.sheets]
        assert len(set(names)) == len(names)
        assert all(len(name) <= 31 for name in names)


@pytest.mark.parametrize(
    ("file", "change", "names"),
    [
        (
            "indicators.yaml",
            lambda rows: rows[0].update(population="nowhere"),
            "unknown population nowhere",
        ),
        ("rules.yaml", lambda rows: rows[7].update(left=["no.such"]), "unknown term no.such"),
        ("rules.yaml", lambda rows: numbered(rows).pop("pattern"), "LD-05: pattern lacks"),
        (
            "forms/a_2021_units.yaml",
            lambda rows: rows[0].update(owed_by="nobody"),
            "unknown population nobody",
        ),
        ("registers/a_units.yaml", lambda rows: rows[0].update(unique=["x"]), "unknown column x"),
        (
            "elements/b_commune.yaml",
            lambda rows: rows[0].update(authority="ministry"),
            "no form is owed by ministry",
        ),
        ("elements/b_commune.yaml", lambda rows: rows[0].update(code="B02"), "code B02 stands 2"),
        ("elements/b_commune.yaml", lambda rows: rows[0].pop("sensitivity"), "sensitivity"),
        (
            "documents.yaml",
            lambda rows: rows.remove(next(row for row in rows if row["id"] == "PL-34-2007")),
            "unknown document PL-34-2007",
        ),
    ],
)
def test_a_broken_reference_is_named(copy, file, change, names):
    edit(copy / file, change)
    with pytest.raises(CatalogueError, match=names):
        load_catalogue(copy)


def test_an_id_stands_once(copy):
    edit(copy / "indicators.yaml", lambda rows: rows.append(rows[0]))
    with pytest.raises(CatalogueError, match="stands twice"):
        load_catalogue(copy)


def test_hash_follows_the_meaning_only(copy, catalogue):
    assert catalogue_hash(load_catalogue(copy)) == catalogue_hash(catalogue)
    edit(copy / "indicators.yaml", lambda rows: rows[0].update(label_vi="khác"))
    load._load.cache_clear()
    assert catalogue_hash(load_catalogue(copy)) != catalogue_hash(catalogue)


def test_every_table_has_a_contract_that_its_empty_frame_fulfils(catalogue):
    for name in table_names(catalogue):
        contract = table_contract(catalogue, name)
        contract.pandera_schema().validate(contract.conform(contract.empty()))
        assert contract.arrow_schema().names == [c.name for c in contract.columns]


def test_conform_names_what_is_wrong(catalogue):
    contract = table_contract(catalogue, "intake.accounts")
    row = {
        "submission_id": "2021-H1/a/01",
        "sheet": "S",
        "fate": "label",
        "cells": 3,
        "period": "2021-H1",
        "is_illustrative": True,
    }
    assert contract.conform(pd.DataFrame([row])).equals(contract.conform(pd.DataFrame([row])))
    with pytest.raises(ContractError, match="missing columns \\['fate'\\]"):
        contract.conform(pd.DataFrame([row]).drop(columns="fate"))
    with pytest.raises(ContractError, match="empty values"):
        contract.conform(pd.DataFrame([row | {"fate": None}]))
    with pytest.raises(ContractError, match="unknown columns"):
        contract.conform(pd.DataFrame([row | {"more": 1}]))


def test_periods_have_windows_and_neighbours(catalogue):
    frame = period_frame(catalogue.periods).set_index("period")
    half = frame.T["2021-H1"]
    assert str(half["window_from"]) == "2020-12-15"
    assert str(half["window_to"]) == "2021-06-14"
    assert half["previous"] == "2020-H2"
    assert half["same_period"] == "2020-H1"
    assert str(frame["ends_on"].to_dict()["2020-02"]) == "2020-02-29"
    assert frame["kind"].to_dict()["2016-2020"] == "review"
    assert frame.index.is_unique


def test_reference_tables_conform(catalogue):
    frames = reference_frames(catalogue, ROOT / "raw" / "reference")
    printed = frames["ref.published"]["source"].value_counts()
    assert printed["krong-pac-2021-06-10"] == 19
    for name, frame in frames.items():
        table_contract(catalogue, name).pandera_schema().validate(frame)


def test_published_figures_point_at_indicators(catalogue):
    published = read_facts(catalogue, ROOT / "raw" / "reference", "published")
    assert set(published["indicator"]) <= set(catalogue.indicators)


def test_facts_without_a_column_that_is_converted_say_which(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text("unit_id\nxa-mh-01\n", encoding="utf-8")
    with pytest.raises(ContractError, match="missing columns"):
        read_facts(load_catalogue(), tmp_path, "units")
