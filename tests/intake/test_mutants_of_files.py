"""Mutants of workbooks: nothing crashes, nothing is lost, nothing else changes."""

import io
from collections import Counter
from functools import cache

import pytest
from openpyxl import load_workbook

from pipelines.intake.batch import IntakeBatch, read_single
from tests.cases.building import CATALOGUE, UNITS, plain_form, units
from tests.intake.mutator import ANY, CELLS, STRUCTURE, Mutant, mutant

FEW, MANY = 64, 1_200


def read(data: bytes) -> IntakeBatch:
    return read_single(data, "tep.xlsx", CATALOGUE, units())


@cache
def plain_values(form_id: str) -> dict[str, tuple[str, float | None, str | None]]:
    """State, value and text of each element of the plain form."""
    batch = read(plain_form(form_id, UNITS[form_id], "2021-H1", "estimate"))
    return values(batch)


def values(batch: IntakeBatch) -> dict[str, tuple[str, float | None, str | None]]:
    rows = batch.entries[["element", "state", "value", "text"]].astype("object")
    known = rows.where(rows.notna(), None)
    return {
        row["element"]: (row["state"], row["value"], row["text"])
        for row in known.to_dict("records")
    }


def counted_by_openpyxl(data: bytes) -> Counter[str]:
    """Cells with content of each sheet; white space alone is none."""
    book = load_workbook(io.BytesIO(data))
    return Counter(
        sheet.title
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None and str(cell.value).strip()
    )


def wrong(made: Mutant) -> list[str]:
    """What the reading has otherwise than the mutator expects."""
    data = made.data
    batch = read(data)
    sums = batch.accounts.groupby("sheet")["cells"].sum().to_dict()
    found = []
    if sums != dict(counted_by_openpyxl(data)):
        found.append(f"fates {sums}, openpyxl {dict(counted_by_openpyxl(data))}")
    read_values, altered = values(batch), {a.element: a for a in made.altered if a.element}
    for element, before in plain_values(made.form.id).items():
        change = altered.get(element)
        now = read_values.get(element)
        if change is None and now != before:
            found.append(f"{element} was {before}, is {now}")
        if change is not None and (now is None or now[0] != change.state):
            found.append(f"{element} at {change.cell} is {now}, expected {change.state}")
        if change is not None and now is not None and change.value not in (ANY, now[1]):
            found.append(f"{element} is {now}, expected {change.value}")
    return found + _fates(made, batch)


def _fates(made: Mutant, batch: IntakeBatch) -> list[str]:
    """Held cells are named one by one; the other fates are counted, beside the plain form."""
    plain = read(plain_form(made.form.id, UNITS[made.form.id], "2021-H1", "estimate"))
    held = set(zip(batch.quarantine["sheet"], batch.quarantine["cell"], strict=True))
    meant = {(a.sheet, a.cell) for a in made.altered if a.fate == "quarantined"}
    found = [f"held {sorted(held)}, expected {sorted(meant)}"] if held != meant else []
    for fate in ("register", "header", "ignored"):
        before, now = (
            int(b.accounts.loc[b.accounts["fate"] == fate, "cells"].sum()) for b in (plain, batch)
        )
        # headers are respelled in place, the others are new cells
        new = sum(a.fate == fate for a in made.altered) if fate != "header" else 0
        if now != before + new:
            found.append(f"{fate}: {now} cells, expected {before + new}")
    return found


@pytest.mark.parametrize("seed", range(FEW))
def test_a_mutant_is_read_as_it_was_altered(seed: int) -> None:
    made = mutant(seed)
    assert wrong(made) == [], made.done


@pytest.mark.long
@pytest.mark.parametrize("start", range(FEW, MANY, 20))
def test_many_mutants(start: int) -> None:
    for seed in range(start, start + 20):
        made = mutant(seed)
        assert wrong(made) == [], (seed, made.done)


def test_the_few_use_every_production() -> None:
    done = {name for seed in range(FEW) for name in mutant(seed).done}
    assert {p.__name__ for p in [*STRUCTURE, *CELLS]} - done == set()
