"""The periods that a period stands on or is compared with: evaluated first.

Belongs here: which other periods count, which of them must run first, and where their figures
come from, whatever was run before. Does not belong here: comparing (``evaluation.comparisons``),
composing (``wholes``), running (``running``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.intake.journal import read_journal
from pipelines.intake.period_states import is_locked
from pipelines.orchestration import steps
from pipelines.orchestration.inputs import (
    calendar,
    inputs_fingerprint,
    leaves_with_input,
    received_any,
)
from pipelines.orchestration.period_facts import leaves_of, made_of, period_row
from pipelines.orchestration.receiving import waiting
from pipelines.orchestration.wholes import Composer

VALUES = "eval.indicator_values"
OBSERVED = "core.observations"
# how many periods of the same kind rules look back on, beside the same one of the year before
LOOK_BACK = 4
Known = Callable[[str], pd.DataFrame | None]


def earlier_periods(root: Path, tables: Mapping[str, pd.DataFrame], period: str) -> list[str]:
    """The previous and the same period of a period, those that stand on a journal."""
    row = steps.period_row(tables, period)
    keys = [row["previous"], row["same_period"]]
    return [
        key for key in dict.fromkeys(keys) if isinstance(key, str) and _journals(root, tables, key)
    ]


def due_periods(
    root: Path, catalogue: Catalogue, period: str, inputs: Mapping[str, str]
) -> list[str]:
    """Other periods that must be evaluated anew before a period is.

    Args:
        root: The project's root.
        catalogue: Knows the periods.
        period: Key of the period.
        inputs: Fingerprint of what each committed period was made from.

    Returns:
        Those with files whose committed tables do not follow from their present inputs, or that
        are made of or compared with one of those themselves; in calendar order, parts before
        the whole. Looked at are the parts of the period, the periods it is compared with, and
        their parts. A locked one that stands in the warehouse stays as it was locked, whatever
        program or map has come since.

    Raises:
        JournalError: A journal cannot be read.
    """
    tables = calendar(root, catalogue)
    named = [*earlier_periods(root, tables, period), *made_of(tables, period)]
    keys = dict.fromkeys(part for key in named for part in _with_parts(tables, key))
    due: list[str] = []
    prints: dict[str, str] = {}
    for key in sorted(keys, key=lambda key: calendar_place(tables, key)):
        if not _any_file(root, tables, key) or (key in inputs and _is_locked(root, key)):
            continue
        changed = inputs.get(key) != inputs_fingerprint(root, catalogue, key, prints)
        stands_on = {*earlier_periods(root, tables, key), *made_of(tables, key)}
        if changed or stands_on & set(due):
            due.append(key)
    return due


def _with_parts(tables: Mapping[str, pd.DataFrame], period: str) -> list[str]:
    """A period and everything it is made of."""
    parts = made_of(tables, period)
    return [*(each for part in parts for each in _with_parts(tables, part)), period]


def calendar_place(tables: Mapping[str, pd.DataFrame], period: str) -> tuple[object, object]:
    """Calendar order; of periods that end on one day the shorter is first."""
    row = period_row(tables, period)
    return row["ends_on"], -row["starts_on"].toordinal()


def _journals(root: Path, tables: Mapping[str, pd.DataFrame], period: str) -> list[str]:
    """The periods with a journal that a period stands on."""
    return [leaf for leaf in leaves_of(tables, period) if steps.journal_path(root, leaf).is_file()]


def _is_locked(root: Path, period: str) -> bool:
    return is_locked(read_journal(steps.journal_path(root, period)).entries)


def _any_file(root: Path, tables: Mapping[str, pd.DataFrame], period: str) -> bool:
    leaves = leaves_of(tables, period)
    return any(received_any(root, leaf) or waiting(root, leaf) for leaf in leaves)


def earlier_values(
    root: Path, catalogue: Catalogue, tables: Mapping[str, pd.DataFrame], period: str, known: Known
) -> dict[str, pd.DataFrame]:
    """Figures of the earlier periods, computed anew where they are not known.

    Args:
        root: The project's root.
        catalogue: What is measured.
        tables: The period's tables (``ref.periods`` is looked at).
        period: Key of the period.
        known: Gives the committed figures of a period if they were made from its present
            inputs, else None.

    Returns:
        ``eval.indicator_values`` by period; a period that has received nothing is not there.
    """
    found = {}
    for key in earlier_periods(root, tables, period):
        if not leaves_with_input(root, dict(tables), key):
            continue
        values = known(key)
        found[key] = _computed(root, catalogue, key) if values is None else values
    return found


def part_values(
    root: Path, catalogue: Catalogue, tables: Mapping[str, pd.DataFrame], known: Known
) -> Known:
    """A function from a part to its figures, computed anew where they are not known."""

    def values(part: str) -> pd.DataFrame | None:
        if not leaves_with_input(root, dict(tables), part):
            return None
        found = known(part)
        return _computed(root, catalogue, part) if found is None else found

    return values


def history(
    root: Path,
    catalogue: Catalogue,
    period: str,
    known: Known,
    read: Callable[[str], Mapping[str, pd.DataFrame]],
) -> dict[str, pd.DataFrame]:
    """What was in force in earlier periods, read anew where it is not known.

    Args:
        root: The project's root.
        catalogue: What is measured.
        period: Key of the period.
        known: Gives the committed observations of a period if they were made from its present
            inputs, else None.
        read: Reads the tables of a period from its files.

    Returns:
        ``core.observations`` by period; a period that has received nothing is not there. They do
        not depend on periods before them: rules over time return no file.
    """
    tables = calendar(root, catalogue)
    keys, at = earlier_periods(root, tables, period), period
    for _ in range(LOOK_BACK):
        before = steps.period_row(tables, at)["previous"]
        if not isinstance(before, str):
            break
        keys, at = [*keys, before], before
    found = {}
    for key in dict.fromkeys(keys):
        if made_of(tables, key) or not leaves_with_input(root, tables, key):
            continue
        observed = known(key)
        found[key] = read(key)[OBSERVED] if observed is None else observed
    return found


def _computed(root: Path, catalogue: Catalogue, period: str) -> pd.DataFrame:
    reference = steps.reference_tables(root, catalogue)
    if made_of(reference, period):
        return Composer(
            root, catalogue, lambda leaf: _read(root, catalogue, reference, leaf), reference
        ).values(period)
    tables = steps.ingest(root, catalogue, period)
    as_of = steps.period_as_of(root, period)
    return steps.evaluate_values(catalogue, period, tables, as_of)[VALUES]


def _read(
    root: Path, catalogue: Catalogue, reference: Mapping[str, pd.DataFrame], leaf: str
) -> Mapping[str, pd.DataFrame] | None:
    if not leaves_with_input(root, dict(reference), leaf):
        return None
    return steps.ingest(root, catalogue, leaf)
