"""Masks and pandera say the same; when they do not, nothing may be committed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue, Element
from pipelines.catalogue.schemas import form_schema, register_schema
from pipelines.validation.accept import settle
from pipelines.validation.cell_rules import set_aside
from pipelines.validation.gate import InvariantBroken, check_submitted, check_tables
from pipelines.validation.raw_findings import at_period
from pipelines.validation.unit_rules import SEVERITIES
from pipelines.validation.wide import asked, lay_wide

if TYPE_CHECKING:
    from tests.validation.conftest import World

CATALOGUE = load_catalogue()
CURRENT = at_period(CATALOGUE, "2021-H1")
# the forms that the valid world has senders for: those of its period
WITH_ENTRIES = [
    form.id
    for form in CATALOGUE.forms.values()
    if form.elements() and form.in_force(dt.date(2021, 6, 30))
]
Failure = tuple[str, str, str]


def contents(element: Element) -> st.SearchStrategy[Any]:
    """Typed contents of a cell: what the intake lets through, in bounds or not."""
    if element.type == "bool":
        return st.sampled_from([0, 1, None])
    if element.type == "date":
        return st.sampled_from(["2021-03-15", None])
    if element.type == "text":
        return st.sampled_from(["72/KH-UBND", "15/QĐ-UBND; 16/QĐ-UBND", "số 72", None])
    if element.options is not None:
        return st.sampled_from([*element.options, None])
    top = int(element.maximum or 10)
    return st.one_of(st.integers(-1, 3), st.integers(top - 1, top + 1), st.none())


@st.composite
def submitted(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    """A form and the values of six submissions."""
    form = CATALOGUE.forms[draw(st.sampled_from(WITH_ENTRIES))]
    cells = {name: contents(CATALOGUE.elements[name]) for name in asked(form)}
    return form.id, draw(st.lists(st.fixed_dictionaries(cells), min_size=6, max_size=6))


def pandera_failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        return error.failure_cases
    return pd.DataFrame(columns=["check", "column", "index"])


@settings(max_examples=10, deadline=None)
@given(case=submitted())
def test_pandera_fails_exactly_where_findings_are(
    new_world: Callable[[], World], case: tuple[str, list[dict[str, Any]]]
) -> None:
    form_id, submissions = case
    world = new_world()
    for place, values in enumerate(submissions):
        world.submit(form_id, values, provider=f"p-{place}", unit=f"p-{place}")
    elements = asked(CATALOGUE.forms[form_id])
    entries, found = world.frames()["entries"], world.find()
    failures: set[Failure] = set()
    # relations leave out cells that are wrong in themselves
    for part, of_cells in ((entries, True), (set_aside(entries, found, CATALOGUE), False)):
        wide = lay_wide(part, elements, CATALOGUE).known.droplevel("unit_id")
        for severity in SEVERITIES:
            # the engine and the gate judge by the rules in force at the period's end
            cases = pandera_failures(form_schema(CURRENT, elements, severity), wide)
            for check, column, submission_id in cases[["check", "column", "index"]].to_numpy():
                is_cell = check == "CELL-BOUNDS"
                if is_cell == of_cells:
                    failures.add((check, submission_id, column if is_cell else ""))
    within = {"CELL-BOUNDS", *(r.id for r in CATALOGUE.rules.values() if r.level == "unit")}
    compared = found[found["rule"].isin(within)]
    findings = {
        (rule, submission_id, element if rule == "CELL-BOUNDS" else "")
        for rule, submission_id, element in zip(
            compared["rule"], compared["submission_id"], compared["element"], strict=True
        )
    }
    assert findings == failures


DAYS = st.sampled_from([dt.date(2021, 5, day).isoformat() for day in (1, 2, 3)])
DOSSIER = st.fixed_dictionaries(
    {
        "dossier_code": st.sampled_from(["HS-1", "HS-2", None]),
        "unit": st.sampled_from(["xa-1", None]),
        "received_on": st.one_of(DAYS, st.none()),
        "due_on": DAYS,
        "resolved_on": st.one_of(DAYS, st.none()),
        "status": st.sampled_from(["Đã giải quyết", "Đang giải quyết", None]),
    }
)


@settings(max_examples=10, deadline=None)
@given(rows=st.lists(DOSSIER, min_size=1, max_size=5))
def test_pandera_fails_exactly_on_the_rows_with_findings(
    new_world: Callable[[], World], rows: list[dict[str, Any]]
) -> None:
    world = new_world()
    world.submit("motcua-2021")
    for row in rows:
        world.edit({"register": "dossiers", "add": row})
    frame = world.frames()["rows"]["dossiers"].set_index("row", drop=False)
    cases = pandera_failures(register_schema(CATALOGUE, "dossiers"), frame)
    blank = cases["check"] == "not_nullable"
    failures = {
        ("ROW-REQUIRED" if is_blank else str(check), int(row), str(column) if is_blank else "")
        for check, row, column, is_blank in zip(
            cases["check"], cases["index"], cases["column"], blank, strict=True
        )
    }
    found = world.find()
    found = found[found["rule"] != "HS-04"]
    findings = {
        (rule, int(cell[1:]), element if rule == "ROW-REQUIRED" else "")
        for rule, cell, element in zip(found["rule"], found["cell"], found["element"], strict=True)
    }
    assert findings == failures
    keys = found.groupby(["submission_id", "sheet", "cell"])["is_primary"].sum()
    assert (keys == 1).all()


def pass_gate(world: World, findings: pd.DataFrame) -> None:
    frames = world.frames()
    check_submitted(
        submissions=settle(frames["submissions"], findings),
        entries=frames["entries"],
        rows=frames["rows"],
        catalogue=world.catalogue,
        period="2021-H1",
    )


def no_findings(catalogue: Catalogue) -> pd.DataFrame:
    return table_contract(catalogue, "core.findings").empty()


def test_the_valid_world_passes(full_world: World) -> None:
    pass_gate(full_world, full_world.find())


def test_returned_submissions_are_not_looked_at(world: World) -> None:
    world.edit({"form": "xa-2021", "element": "xa.publish_done", "value": 11})
    world.edit({"register": "dossiers", "row": 6, "column": "due_on", "value": None})
    pass_gate(world, world.find())


def test_warnings_and_reviews_pass(world: World) -> None:
    world.edit({"form": "dn-2021", "element": "dn.conference_on", "value": None})
    world.edit({"form": "cq-2021", "element": "cq.conference_attended", "value": 6})
    assert len(world.find()) == 2
    pass_gate(world, world.find())


def test_a_register_that_a_unit_keeps_passes_or_breaks_the_gate(world: World) -> None:
    world.submit("xa-2021")
    world.keep("petitions", "xa-2021")
    pass_gate(world, world.find())
    world.rows["petitions"][-1]["petition_code"] = "D-1"
    with pytest.raises(InvariantBroken, match="DON-01"):
        pass_gate(world, no_findings(world.catalogue))


def test_a_code_in_two_accepted_exports_passes(world: World) -> None:
    world.submit("motcua-2021", round_="final")
    world.submit("motcua-2021", round_="estimate")
    assert set(world.settled()["status"]) == {"accepted"}
    pass_gate(world, world.find())


@pytest.mark.parametrize(
    ("change", "code", "rule"),
    [
        ({"element": "xa.publish_done", "value": 11}, "GATE-FORM", "XA-01"),
        ({"element": "xa.schedule_months", "value": 7}, "GATE-FORM", "CELL-BOUNDS"),
        ({"element": "xa.investment_supervisions", "value": 1.5}, "GATE-FORM", "CELL-WHOLE"),
        ({"register": "dossiers", "row": 6, "column": "dossier_code", "value": "HS-1"},
         "GATE-REGISTER", "HS-02"),
        ({"register": "dossiers", "row": 6, "column": "field", "value": None},
         "GATE-REGISTER", "field"),
        ({"register": "dossiers", "row": 6, "column": "channel", "value": "bồ câu"},
         "GATE-REGISTER", "CELL-LIST"),
    ],
)  # fmt: skip
def test_an_accepted_submission_that_fails_breaks_an_invariant(
    world: World, change: dict[str, Any], code: str, rule: str
) -> None:
    """As if the masks had overlooked it."""
    world.edit({"form": "xa-2021", **change})
    with pytest.raises(InvariantBroken, match=rule) as caught:
        pass_gate(world, no_findings(world.catalogue))
    assert caught.value.code == code
    assert 1 <= len(caught.value.details) <= 20


def test_every_finding_frame_fulfils_the_contract(world: World) -> None:
    world.edit({"form": "xa-2021", "element": "xa.publish_done", "value": 11})
    world.edit({"form": "ldld-2021", "element": "dn.conference_held", "value": 0})
    check_tables({"core.findings": world.find()}, world.catalogue)
    check_tables({"core.findings": no_findings(world.catalogue)}, world.catalogue)


def test_a_table_that_breaks_its_contract_breaks_an_invariant(world: World) -> None:
    world.edit({"form": "xa-2021", "element": "xa.publish_done", "value": 11})
    found = world.find()
    with pytest.raises(InvariantBroken) as caught:
        check_tables({"core.findings": pd.concat([found, found])}, world.catalogue)
    assert caught.value.code == "GATE-TABLE"
