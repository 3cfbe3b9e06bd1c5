"""What a period is published with, and what later periods may take from it."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import publishing, steps
from pipelines.orchestration.earlier import VALUES
from pipelines.orchestration.publishing import committed_figures, publish_period
from pipelines.orchestration.storing import opened
from pipelines.warehouse.manifest import read_manifest
from tests.orchestration.mini import PERIOD


def test_committed_figures_serve_later_periods(evaluated: Path, catalogue: Catalogue) -> None:
    known = committed_figures(evaluated, catalogue, read_manifest(evaluated))
    stored = opened(evaluated, catalogue).table(VALUES, period=PERIOD)
    assert len(stored)
    figures = known(PERIOD)
    assert figures is not None
    pd.testing.assert_frame_equal(figures, stored)
    assert known("2020-H1") is None


@pytest.mark.parametrize("name", [f"raw/{PERIOD}/nv-mh/x.xlsx", "raw/reference/units.csv"])
def test_figures_of_changed_inputs_do_not(name: str, evaluated: Path, catalogue: Catalogue) -> None:
    with (evaluated / name).open("ab") as file:
        file.write(b"\n")
    assert committed_figures(evaluated, catalogue, read_manifest(evaluated))(PERIOD) is None


def test_earlier_figures_reach_the_evaluation(
    evaluated: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = {"2020-H1": pd.DataFrame()}
    given = []
    evaluate = steps.evaluate
    monkeypatch.setattr(publishing, "earlier_values", lambda *_: figures)

    def watched(*arguments: object) -> steps.Tables:
        given.append(arguments[4])
        return evaluate(*arguments[:4])  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(steps, "evaluate", watched)
    before = read_manifest(evaluated)
    publish_period(evaluated, catalogue, PERIOD)
    assert given == [figures]
    assert read_manifest(evaluated) == before, "evaluating again from what stands changes nothing"
