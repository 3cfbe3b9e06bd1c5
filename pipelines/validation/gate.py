"""The gate: what was accepted must pass pandera, and every table must fulfil its contract.

Masks and pandera schemas come from the same rules; when they disagree, the program is wrong,
not the sender. So a failure here raises, and nothing is committed.

Belongs here: running schemas over accepted data. Does not belong here: schemas
(``catalogue.schemas``, ``catalogue.contracts``), findings for senders (``rules``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd
import pandera.pandas as pa_pandera

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.schemas import form_schema, register_schema
from pipelines.validation.accept import ACCEPTED
from pipelines.validation.cell_rules import set_aside
from pipelines.validation.decided import waived, without
from pipelines.validation.raw_findings import at_period
from pipelines.validation.row_rules import with_unit
from pipelines.validation.wide import asked, lay_wide

_SHOWN = 20


class InvariantBroken(RuntimeError):  # noqa: N818 — the name says what happened
    """What the program promises does not hold; nothing may be committed.

    Attributes:
        code: Stable code: ``GATE-FORM``, ``GATE-REGISTER``, ``GATE-TABLE`` or ``GATE-CELLS``.
        details: What failed where, for an engineer; at most 20 lines.
    """

    def __init__(self, code: str, details: list[str]) -> None:
        self.code = code
        self.details = details
        super().__init__(f"{code}: " + "; ".join(details))


def check_submitted(
    *,
    submissions: pd.DataFrame,
    entries: pd.DataFrame,
    rows: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
    period: str,
    findings: pd.DataFrame | None = None,
) -> None:
    """Run the forms' and registers' pandera schemas over every accepted submission.

    Args:
        submissions: Settled submissions.
        entries: All entries of the period.
        rows: Register rows by register id.
        catalogue: Forms, registers, rules.
        period: Period key; the rules in force at its end apply.
        findings: ``core.findings``; a rule whose error a coordinator has accepted is left out
            for the submission and unit that it is about.

    Raises:
        InvariantBroken: An accepted submission fails; ``rules`` should have returned it.
    """
    current = at_period(catalogue, period)
    accepted = submissions[submissions["status"].isin(ACCEPTED)]
    if findings is not None:
        # where a wrong cell was accepted all the same, the rules did not compare it with others
        entries = set_aside(entries, findings, current)
    form_of = accepted.set_index("submission_id")["form"]
    for form_id, own in entries.groupby(entries["submission_id"].map(form_of)):
        elements = asked(current.forms[str(form_id)])
        wide = lay_wide(own, elements, current)
        for rules, part in _by_waiver(wide.known, findings):
            schema = form_schema(without(current, rules), elements)
            _pass("GATE-FORM", str(form_id), schema, part)
    for register_id, frame in rows.items():
        schema = register_schema(current, register_id)
        typed = with_unit(frame, current.registers[register_id])
        taken = typed[typed["submission_id"].isin(accepted["submission_id"])]
        if len(taken):
            _pass("GATE-REGISTER", register_id, schema, taken.reset_index(drop=True))


def _by_waiver(
    wide: pd.DataFrame, findings: pd.DataFrame | None
) -> Iterator[tuple[frozenset[str], pd.DataFrame]]:
    """The rows of a wide frame by the rules that need not hold in them."""
    left_out = waived(findings) if findings is not None else {}
    rules = [left_out.get((str(s), str(u)), frozenset()) for s, u in wide.index]
    for each in sorted(set(rules), key=sorted):
        yield each, wide[[own == each for own in rules]]


def check_tables(tables: Mapping[str, pd.DataFrame], catalogue: Catalogue) -> None:
    """Run the contract's pandera schema over every table, by name.

    Raises:
        InvariantBroken: A table does not fulfil its contract.
        KeyError: The catalogue has no such table.
    """
    for name, frame in tables.items():
        schema = table_contract(catalogue, name).pandera_schema()
        # pandera cannot report on an index that repeats
        _pass("GATE-TABLE", name, schema, frame.reset_index(drop=True))


def _pass(code: str, subject: str, schema: pa_pandera.DataFrameSchema, frame: pd.DataFrame) -> None:
    try:
        schema.validate(frame, lazy=True)
    except pa_pandera.errors.SchemaErrors as error:
        cases = error.failure_cases[["check", "column", "index", "failure_case"]]
        lines = cases.head(_SHOWN).astype("object").to_dict("records")
        details = [
            f"{subject}: {row['check']} at {row['column']}, row {row['index']}: "
            f"found {row['failure_case']}"
            for row in lines
        ]
        raise InvariantBroken(code, details) from error
