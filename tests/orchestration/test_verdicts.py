"""Each verdict passes on a sound table and fails on the smallest damage."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.analysis import open_warehouse
from pipelines.catalogue.contracts import TableContract, table_contract, table_names
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration.running import Outcome
from pipelines.orchestration.verdicts import (
    agrees_with_published,
    conserves_cells,
    fits_schema,
    independent_counts,
    keeps_references,
    references_of,
)

PERIODS = pd.DataFrame({"period": ["2021-H1"]})
SENT = pd.DataFrame({"submission_id": ["2021-H1/xa-1/01"]})


@pytest.fixture
def accounts(catalogue: Catalogue) -> TableContract:
    return table_contract(catalogue, "intake.accounts")


def account(**changes: object) -> pd.DataFrame:
    row = {
        "submission_id": "2021-H1/xa-1/01",
        "sheet": "A",
        "fate": "label",
        "cells": 3,
        "period": "2021-H1",
        "is_illustrative": True,
    }
    return pd.DataFrame([row | changes])


def test_schema(accounts: TableContract) -> None:
    assert fits_schema(accounts, account()).passed
    twice = fits_schema(accounts, pd.concat([account(), account()], ignore_index=True))
    assert not twice.passed
    text = fits_schema(accounts, account(cells="three"))
    assert not text.passed
    assert "cells" in set(text.wrong["column"])


@pytest.mark.parametrize("table", ["core.findings", "core.changes", "eval.checked"])
def test_a_column_of_a_register_is_no_lost_element(catalogue: Catalogue, table: str) -> None:
    assert "element" not in references_of(table_contract(catalogue, table))
    assert "element" in references_of(table_contract(catalogue, "core.observations"))


def test_every_table_refers_only_to_tables_and_keys_there_are(catalogue: Catalogue) -> None:
    for name in table_names(catalogue):
        for column, (table, key) in references_of(table_contract(catalogue, name)).items():
            assert column in {c.name for c in table_contract(catalogue, name).columns}
            assert key in {c.name for c in table_contract(catalogue, table).columns}
            assert table != name or column == "parent_id"


def test_references(accounts: TableContract) -> None:
    tables = {"ref.periods": PERIODS, "intake.submissions": SENT}
    assert keeps_references(accounts, account(), tables).passed
    lost = keeps_references(accounts, account(submission_id="2021-H1/xa-9/01"), tables)
    assert not lost.passed
    assert lost.wrong.to_dict("records") == [
        {
            "column": "submission_id",
            "value": "2021-H1/xa-9/01",
            "table": "intake.submissions",
            "rows": 1,
        }
    ]


def test_empty_references_are_no_lost_ones(catalogue: Catalogue) -> None:
    units = table_contract(catalogue, "ref.units")
    frame = pd.DataFrame({"unit_id": ["a", "b"], "parent_id": [None, "a"]})
    assert keeps_references(units, frame, {"ref.units": frame}).passed


def test_conservation() -> None:
    counted = pd.DataFrame(
        [("2021-H1/xa-1/01", "A", 3), ("2021-H1/xa-1/01", "Trống", 0)],
        columns=["submission_id", "sheet", "cells"],
    )
    assert conserves_cells(account(), counted).passed
    assert not conserves_cells(account(cells=2), counted).passed
    assert not conserves_cells(account(sheet="B"), counted).passed
    two_fates = pd.concat([account(cells=2), account(cells=1, fate="total")])
    assert conserves_cells(two_fates, counted).passed


def test_conservation_of_real_files_by_a_count_of_its_own(finished: tuple[Path, Outcome]) -> None:
    wh = open_warehouse(root=finished[0])
    submissions, accounts = wh.table("intake.submissions"), wh.table("intake.accounts")
    counted = independent_counts(finished[0], submissions)
    assert set(counted["submission_id"]) == set(submissions["submission_id"])
    assert conserves_cells(accounts, counted).passed
    one_more = accounts["cells"].where(accounts.index != 0, accounts["cells"] + 1)
    assert len(conserves_cells(accounts.assign(cells=one_more), counted).wrong) == 1


def test_reconciliation() -> None:
    row = {
        "indicator": "a",
        "part": "value",
        "shown_as": "87%",
        "value": 87.0,
        "computed": 86.7,
        "agrees": True,
    }
    assert agrees_with_published(pd.DataFrame([row])).passed
    verdict = agrees_with_published(pd.DataFrame([row, row | {"agrees": False}]))
    assert not verdict.passed
    assert verdict.summary == "1/2 số đã công bố không khớp"
