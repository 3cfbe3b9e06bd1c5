"""Finding fault: everything that is wrong, doubtful or worth a look, as ``core.findings``.

Belongs here: running all levels of rules and putting their findings into words.
Does not belong here: a single level (``cell_rules`` … ``provider_rules``), what follows from a
finding (``accept``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.period_words import period_end
from pipelines.catalogue.periods import period_keys
from pipelines.validation.accept import settle
from pipelines.validation.carried_rules import carried_findings
from pipelines.validation.cell_rules import cell_findings, set_aside
from pipelines.validation.coverage_rules import coverage_findings
from pipelines.validation.decided import Decided, decide
from pipelines.validation.document_rules import document_findings
from pipelines.validation.history_rules import history_findings
from pipelines.validation.messages import action_text, expected_text, fill, quote
from pipelines.validation.narrowing import mendable, narrowed
from pipelines.validation.peer_rules import digit_findings, peer_findings
from pipelines.validation.provider_rules import provider_findings
from pipelines.validation.raw_findings import PLACE, at_period, together
from pipelines.validation.reference_rules import reference_findings
from pipelines.validation.register_rules import register_findings
from pipelines.validation.row_narrowing import narrowed_rows
from pipelines.validation.row_rules import row_findings
from pipelines.validation.subject_rules import subject_findings
from pipelines.validation.unit_rules import unit_findings
from pipelines.validation.wide import typed

SEVERITY_ORDER = {"error": 0, "warning": 1, "review": 2}


def find(
    *,
    submissions: pd.DataFrame,
    entries: pd.DataFrame,
    rows: Mapping[str, pd.DataFrame],
    row_letters: pd.DataFrame,
    faults: pd.DataFrame,
    units: pd.DataFrame,
    catalogue: Catalogue,
    period: str,
    history: Mapping[str, pd.DataFrame] | None = None,
    rows_before: Mapping[str, pd.DataFrame] | None = None,
    verdicts: Sequence[Decided] = (),
) -> pd.DataFrame:
    """All findings of a period's submissions.

    Args:
        submissions: The intake's submissions, status set only where the intake set it.
        entries: One row per expected value cell.
        rows: Register rows by register id.
        row_letters: Column letter per register, submission, sheet and column.
        faults: What the intake saw wrong, by rule operator.
        units: unit_id and kind of every provider.
        catalogue: Forms, registers, rules.
        period: Period key; the rules in force at its end apply.
        history: ``core.observations`` of earlier periods by key, as far as they are known.
        rows_before: Register rows in force in the period before by register id, likewise.
        verdicts: What was decided about findings: which files are compared with each other
            depends on it. The findings themselves are not marked here.

    Returns:
        ``core.findings``. Exactly one finding of a cell is primary: the gravest, then the one
        with the smallest priority; findings without a cell are all primary.
    """
    current, entries = at_period(catalogue, period), typed(entries)
    is_known = period in period_keys(catalogue.periods)
    day = period_end(period, catalogue.periods) if is_known else None
    cells = cell_findings(submissions, entries, faults, current)
    entries = set_aside(entries, cells, current)
    within = [
        cells,
        mendable(unit_findings(submissions, entries, current), entries, current),
        row_findings(rows, row_letters, faults, submissions, current),
        register_findings(submissions, entries, rows, current),
        history_findings(submissions, entries, history or {}, current, period),
        carried_findings(submissions, rows, row_letters, rows_before or {}, current),
        coverage_findings(submissions, rows, units, current, day),
        reference_findings(rows, row_letters, current),
        digit_findings(submissions, entries, current),
        subject_findings(submissions, entries, units, current, day),
    ]
    if day is not None:
        within.append(document_findings(entries, rows, row_letters, current, day))
    alone = together(within)
    told = decide(worded(alone, submissions, current, period), verdicts, submissions, current)
    settled = settle(submissions, told)
    between = [
        provider_findings(settled, entries, units, current),
        peer_findings(settled, entries, units, current),
    ]
    found = worded(together([*within, *between]), submissions, current, period)
    return narrowed_rows(narrowed(found, entries, current), rows, row_letters, current)


def worded(
    raw_findings: pd.DataFrame, submissions: pd.DataFrame, catalogue: Catalogue, period: str
) -> pd.DataFrame:
    """Raw findings as ``core.findings``: messages, severity, which one of a cell is primary."""
    rules = [catalogue.rules[rule] for rule in raw_findings["rule"]]
    found = [quote(text) for text in raw_findings["found"]]
    expected = [quote(text) for text in raw_findings["expected"]]
    proposed = [quote(text) for text in raw_findings["proposed"]]
    why = [quote(text) for text in raw_findings["why"]]
    told = list(zip(rules, found, expected, strict=True))
    illustrative = submissions.set_index("submission_id")["is_illustrative"]
    table = raw_findings.drop(columns=["proposed", "why"]).assign(
        period=period,
        severity=[rule.severity for rule in rules],
        found=pd.Series(found, dtype="str"),
        expected=pd.Series([expected_text(*row) for row in told], dtype="str"),
        message_vi=[
            fill(rule.message_vi, f, e, w) for (rule, f, e), w in zip(told, why, strict=True)
        ],
        message_en=[
            fill(rule.message_en, f, e, w if "{why}" in rule.message_en else None)
            for (rule, f, e), w in zip(told, why, strict=True)
        ],
        action_vi=[action_text(rule, p) for rule, p in zip(rules, proposed, strict=True)],
        decision=None,
        decided_by=None,
        decided_why=None,
        is_illustrative=raw_findings["submission_id"].map(illustrative).astype("bool"),
        is_primary=_primary(raw_findings, catalogue),
    )
    return table_contract(catalogue, "core.findings").conform(table)


def _primary(raw_findings: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    rules = raw_findings["rule"]
    grave = {r.id: SEVERITY_ORDER[r.severity] for r in catalogue.rules.values()}
    ranked = raw_findings.assign(
        grave=rules.map(grave),
        priority=rules.map({r.id: r.priority for r in catalogue.rules.values()}),
    )
    order = ["grave", "priority", "rule", "unit_id", "element"]
    repeated = ranked.sort_values(order, kind="stable").duplicated(PLACE)
    return ~repeated.reindex(raw_findings.index) | raw_findings["cell"].isna()
