"""Where the registers of the period before come from."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration import carried, steps

CATALOGUE = load_catalogue()
TABLE = "core.registers_conclusions"
COMMITTED, READ = pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2]})


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A calendar in which 2021-H1 follows 2020-H2, which has received something."""
    world = SimpleNamespace(previous="2020-H2", received=["2020-H2"])
    monkeypatch.setattr(carried, "calendar", lambda _root, _catalogue: {})
    monkeypatch.setattr(steps, "period_row", lambda _tables, _period: {"previous": world.previous})
    monkeypatch.setattr(carried, "leaves_with_input", lambda _root, _tables, _key: world.received)
    return world


def looked_up(known: pd.DataFrame | None) -> tuple[dict[str, pd.DataFrame], list[str]]:
    read: list[str] = []

    def reads(period: str) -> steps.Tables:
        read.append(period)
        return {TABLE: READ}

    found = carried.rows_before(
        Path("/nowhere"), CATALOGUE, "2021-H1", lambda _table: lambda _period: known, reads
    )
    return found, read


@pytest.mark.usefixtures("calendar")
def test_what_is_committed_serves() -> None:
    found, read = looked_up(COMMITTED)
    assert found == {"conclusions": COMMITTED}
    assert read == []


@pytest.mark.usefixtures("calendar")
def test_what_is_not_is_read_from_the_files() -> None:
    found, read = looked_up(None)
    assert found == {"conclusions": READ}
    assert read == ["2020-H2"]


@pytest.mark.parametrize("change", [{"previous": None}, {"received": []}])
def test_a_period_without_one_before_it_looks_back_on_nothing(
    calendar: SimpleNamespace, change: dict[str, object]
) -> None:
    calendar.__dict__.update(change)
    assert looked_up(COMMITTED) == ({}, [])


def test_an_optional_register_without_a_row_is_not_known() -> None:
    submissions = pd.DataFrame({"status": ["accepted"], "form": ["bcd-2021"]})
    empty = {r.table: pd.DataFrame({"unit_id": []}) for r in CATALOGUE.registers.values()}
    known = steps.registers_known(CATALOGUE, {"intake.submissions": submissions} | empty)
    assert (known["inspections"], known["assignments"]) == (True, False)
    one = {"core.registers_assignments": pd.DataFrame({"unit_id": ["xa-1"]})}
    known = steps.registers_known(CATALOGUE, {"intake.submissions": submissions} | empty | one)
    assert known["assignments"] is True
    assert known["conclusions"] == frozenset()
