"""Frames go to the warehouse and come back the same; what evaluate starts from."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract, table_names
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration.problems import problem_of
from pipelines.orchestration.publishing import publish_period
from pipelines.orchestration.steps import NoInput
from pipelines.orchestration.storing import (
    StaleCandidate,
    ingested,
    newest,
    read_tables,
    write_tables,
)
from pipelines.warehouse.manifest import Manifest, commit, write_candidate
from tests.orchestration.mini import PERIOD


def quarantine(cell: str) -> pd.DataFrame:
    row = {
        "submission_id": "2021-H1/xa-1/01",
        "sheet": "A",
        "cell": cell,
        "text": None,
        "reason": "?",
        "proposed": None,
        "period": PERIOD,
        "is_illustrative": True,
    }
    return pd.DataFrame([row])


def written(root: Path, catalogue: Catalogue, cell: str) -> Manifest:
    return write_tables(root, catalogue, PERIOD, {"intake.quarantine": quarantine(cell)})


def test_what_is_written_is_read_back_and_the_rest_is_empty(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    manifest = written(tmp_path, catalogue, "A1")
    names = table_names(catalogue)
    tables = read_tables(tmp_path, catalogue, PERIOD, manifest, names)
    contract = table_contract(catalogue, "intake.quarantine")
    expected = contract.conform(quarantine("A1"))
    pd.testing.assert_frame_equal(tables.pop("intake.quarantine"), expected)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, table_contract(catalogue, name).empty())


def test_a_candidate_comes_before_what_was_committed(tmp_path: Path, catalogue: Catalogue) -> None:
    old, new = (written(tmp_path, catalogue, cell) for cell in ("A1", "A2"))
    commit(tmp_path, old)
    assert ingested(tmp_path, catalogue, PERIOD).tables == old.tables
    write_candidate(tmp_path, PERIOD, new)
    assert ingested(tmp_path, catalogue, PERIOD).tables == new.tables
    assert newest(tmp_path, PERIOD).tables == new.tables
    assert newest(tmp_path, "2021-H2").tables == {}


def test_a_candidate_of_another_catalogue_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    stale = written(tmp_path, catalogue, "A1").model_copy(update={"catalogue_hash": "0" * 64})
    write_candidate(tmp_path, PERIOD, stale)
    with pytest.raises(StaleCandidate) as caught:
        ingested(tmp_path, catalogue, PERIOD)
    assert problem_of(caught.value, PERIOD).code == "QCDC-E04"


def test_there_is_nothing_to_publish_without_tables(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(NoInput):
        publish_period(tmp_path, catalogue, PERIOD)
