"""The shipped period, from workbooks to evaluated tables."""

import io
import json
from dataclasses import replace

import pandas as pd
import pytest
from openpyxl import load_workbook

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.intake.batch import IntakeBatch
from pipelines.orchestration import steps
from pipelines.validation.gate import InvariantBroken
from pipelines.warehouse.hashing import table_hash

from .conftest import PERIOD

SCOPE = "huyen-mh-1"


def figure(tables, indicator: str) -> pd.Series:
    frame = tables["report.figures"].set_index("figure_id")
    return frame.loc[f"{PERIOD}/{indicator}@{SCOPE}"]


@pytest.mark.parametrize(
    ("indicator", "shown"),
    [
        ("tthc.resolution_rate", "52.620/52.620 (100%)"),
        ("ntm.recognised_rate", "11/15 (73,3%)"),
        ("ntm.remaining_1", "17"),
        ("ntm.remaining_2", "13"),
        ("ntm.remaining_3", "12"),
        ("ntm.remaining_4", "10"),
        ("ntm.criteria_total", "261/285 (91,6%)"),
        ("cq.conference_rate", "24/24 (100%)"),
        ("dn.conference_rate", "13/15 (87%)"),
        ("nv.posts_streamlined", "40"),
        ("nv.units_before_merger", "03"),
        ("nv.units_after_merger", "01"),
        ("bcd.inspections_planned", "07"),
        ("bcd.units_reminded", "chưa có số liệu"),
        ("xa.petition_resolution_rate", "chưa có số liệu"),
    ],
)
def test_the_figures_of_the_pilot(shipped_tables, indicator, shown):
    assert figure(shipped_tables, indicator)["shown_as"] == shown


def test_every_printed_number_is_reproduced(shipped_tables):
    compared = shipped_tables["eval.published"]
    assert len(compared) == 19
    assert compared["agrees"].all()


def test_nothing_pending_is_a_review(shipped_tables):
    findings = shipped_tables["core.findings"]
    pending = findings[findings["rule"] == "HS-04"]
    assert list(pending["severity"]) == ["review"]


def test_planned_and_done_inspections_are_different_figures(shipped_tables):
    assert figure(shipped_tables, "bcd.inspections_done")["numerator"] == 2
    assert figure(shipped_tables, "bcd.supervisions_done")["numerator"] == 1


def test_statuses_of_the_sample(shipped_tables):
    status = shipped_tables["intake.submissions"]["status"].value_counts().to_dict()
    assert status == {
        "accepted": 57,
        "accepted_with_warnings": 4,
        "duplicate": 1,
        "superseded": 1,
        "returned": 1,
    }
    states = shipped_tables["core.reporting"]["state"].value_counts().to_dict()
    assert states == {"on_time": 55, "late": 5, "missing": 1}


def test_row_counts_of_the_sample(shipped_tables):
    sizes = {name: len(frame) for name, frame in shipped_tables.items() if "." in name}
    expected = {
        "core.observations": 3470,
        "core.registers_dossiers": 52620,
        "core.registers_inspections": 7,
        "core.findings": 5,
        "intake.quarantine": 0,
        "eval.published": 19,
    }
    assert {name: sizes[name] for name in expected} == expected


def test_a_disagreement_keeps_both_values(shipped_tables):
    findings = shipped_tables["core.findings"]
    differing = findings[findings["rule"] == "PV-01"]
    said = set(zip(differing["unit_id"], differing["found"], differing["expected"], strict=True))
    # the commune against the new-countryside office; the master workbook against the commune
    assert said == {("xa-mh-06", "18", "17"), ("xa-mh-02", "95", "85")}
    values = shipped_tables["core.observations"].set_index(["unit_id", "element"])["value"]
    assert values[("xa-mh-06", "ntm.criteria_met")] == 17


def test_the_blank_is_missing_not_zero(shipped_tables):
    observed = shipped_tables["core.observations"].set_index(["unit_id", "element"])
    blank = observed.loc[("xa-mh-09", "xa.investment_supervisions")]
    assert blank["state"] == "missing"
    assert pd.isna(blank["value"])
    assert pd.isna(blank["cell"])


def test_fates_add_up_to_an_independent_count_for_every_workbook(shipped, shipped_tables):
    accounts = shipped_tables["intake.accounts"]
    fates = accounts.groupby(["submission_id", "sheet"])["cells"].sum()
    submissions = shipped_tables["intake.submissions"]
    read = submissions[submissions["status"] != "unreadable"]
    for submission_id, path in zip(read["submission_id"], read["path"], strict=True):
        data = (shipped.root / str(path)).read_bytes()
        book = load_workbook(io.BytesIO(data), data_only=False, read_only=True)
        counted = {
            sheet.title: sum(
                value is not None and not (isinstance(value, str) and not value.strip())
                for row in sheet.iter_rows(values_only=True)
                for value in row
            )
            for sheet in book.worksheets
        }
        assert fates[submission_id].to_dict() == {k: v for k, v in counted.items() if v}


def test_evidence_leads_to_cells_and_to_a_filter(shipped_tables):
    cells = json.loads(figure(shipped_tables, "dn.conference_rate")["cells"])
    held = [c for c in cells if c.get("element") == "dn.conference_held"]
    assert len(held) == 15
    assert {c["path"] for c in held} == {"raw/2021-H1/ldld-mh/ldld-2021_2021-H1.xlsx"}
    assert all(c["sheet"] and c["cell"] and len(c["sha256"]) == 64 for c in held)
    rows = json.loads(figure(shipped_tables, "tthc.resolution_rate")["cells"])
    assert [part["rows"] for part in rows] == [52620, 52620]
    assert all("filter" in part and part["path"].endswith(".xlsx") for part in rows)


def test_every_row_of_the_sample_says_that_it_is_illustrative(shipped_tables):
    for name, frame in shipped_tables.items():
        if "is_illustrative" in frame.columns and not name.startswith("ref."):
            assert frame["is_illustrative"].all(), name


def test_a_second_run_gives_the_same_hashes(shipped, shipped_tables):
    catalogue = load_catalogue()
    again = shipped.run()
    for name in [*steps.ingest_tables(catalogue), *steps.evaluate_tables(catalogue)]:
        contract = table_contract(catalogue, name)
        assert table_hash(again[name], contract) == table_hash(shipped_tables[name], contract), name


def test_a_lost_cell_breaks_the_run():
    accounts = pd.DataFrame([{"submission_id": "a", "sheet": "S", "fate": "label", "cells": 3}])
    none = pd.DataFrame()
    frames = {"submissions": none, "quarantine": none, "entries": none, "row_letters": none}
    batch = IntakeBatch(
        accounts=accounts, faults=none, rows={}, independent={"a": {"S": 4, "trống": 0}}, **frames
    )
    with pytest.raises(InvariantBroken, match="GATE-CELLS"):
        steps.check_conservation(batch)
    steps.check_conservation(replace(batch, independent={"a": {"S": 3}}))
