"""Frames without rows, whose columns are all text as the intake gives them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from pipelines.validation.accept import observations, registers, settle
from pipelines.validation.gate import check_submitted, check_tables
from pipelines.validation.rules import find

if TYPE_CHECKING:
    from tests.validation.conftest import World

PERIOD = "2021-H1"


def emptied(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="str") for name in frame.columns})


def export_alone(frames: dict[str, Any]) -> dict[str, Any]:
    """A file with a register and no value cells."""
    return {**frames, "entries": emptied(frames["entries"]), "faults": emptied(frames["faults"])}


def unreadable(frames: dict[str, Any]) -> dict[str, Any]:
    """A file of which nothing could be read."""
    status = frames["submissions"].assign(status="unreadable", form=float("nan"))
    rows = {key: emptied(frame) for key, frame in frames["rows"].items()}
    letters = emptied(frames["row_letters"])
    without = {"submissions": status, "rows": rows, "row_letters": letters}
    return {**export_alone(frames), **without}


@pytest.mark.parametrize(
    ("case", "status", "dossiers"), [(export_alone, "accepted", 2), (unreadable, "unreadable", 0)]
)
def test_every_step_takes_frames_without_rows(
    world: World, units: pd.DataFrame, case: Any, status: str, dossiers: int
) -> None:
    world.submit("motcua-2021")
    frames = case(world.frames())
    known = {"catalogue": world.catalogue, "period": PERIOD}
    found = find(**frames, units=units, **known)
    assert found.empty
    settled = settle(frames["submissions"], found)
    assert list(settled["status"]) == [status]
    taken = {"submissions": settled, "rows": frames["rows"]}
    check_submitted(**taken, entries=frames["entries"], **known)
    tables = registers(**taken, units=units, **known)
    tables["core.observations"] = observations(
        submissions=settled,
        entries=frames["entries"],
        units=units,
        expected=pd.DataFrame({"unit_id": ["xa-1"], "element": ["xa.dialogues"]}),
        period_end=dt.date(2021, 6, 30),
        **known,
    )
    check_tables(tables, world.catalogue)
    assert len(tables["core.registers_dossiers"]) == dossiers
    assert list(tables["core.observations"]["state"]) == ["missing"]
