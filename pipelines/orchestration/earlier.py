"""The periods that a period is compared with: evaluated first, whatever was run before.

Belongs here: which earlier periods count, which of them must run first, and where their figures
come from. Does not belong here: comparing (``evaluation.comparisons``), running (``running``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

import pipelines
from pipelines.catalogue.load import catalogue_hash
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.periods import period_frame
from pipelines.intake.journal import read_journal
from pipelines.intake.receipts import sha256_of
from pipelines.orchestration import steps
from pipelines.orchestration.decided import remembered
from pipelines.orchestration.receiving import waiting

VALUES = "eval.indicator_values"
OBSERVED = "core.observations"
# how many periods of the same kind rules look back on, beside the same one of the year before
_LOOK_BACK = 4
Known = Callable[[str], pd.DataFrame | None]


def earlier_periods(root: Path, tables: Mapping[str, pd.DataFrame], period: str) -> list[str]:
    """The previous and the same period of a period, those that have a journal."""
    row = steps.period_row(tables, period)
    keys = [row["previous"], row["same_period"]]
    return [
        key
        for key in dict.fromkeys(keys)
        if isinstance(key, str) and steps.journal_path(root, key).is_file()
    ]


def due_periods(
    root: Path, catalogue: Catalogue, period: str, inputs: Mapping[str, str]
) -> list[str]:
    """Earlier periods that must be evaluated anew before a period is.

    Args:
        root: The project's root.
        catalogue: Knows the periods.
        period: Key of the period.
        inputs: Fingerprint of what each committed period was made from.

    Returns:
        Those with files whose committed tables do not follow from their present inputs, or that
        are compared with one of those themselves; in calendar order.

    Raises:
        JournalError: A journal cannot be read.
    """
    tables = {"ref.periods": period_frame(catalogue.periods)}
    keys = [
        key
        for key in earlier_periods(root, tables, period)
        if _has_receipts(root, key) or waiting(root, key)
    ]
    due: list[str] = []
    for key in sorted(keys, key=lambda key: steps.period_row(tables, key)["ends_on"]):
        changed = inputs.get(key) != inputs_fingerprint(root, catalogue, key)
        if changed or set(earlier_periods(root, tables, key)) & set(due):
            due.append(key)
    return due


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
        if not _has_receipts(root, key):
            continue
        values = known(key)
        found[key] = _computed(root, catalogue, key) if values is None else values
    return found


def history(root: Path, catalogue: Catalogue, period: str, known: Known) -> dict[str, pd.DataFrame]:
    """What was in force in earlier periods, read anew where it is not known.

    Args:
        root: The project's root.
        catalogue: What is measured.
        period: Key of the period.
        known: Gives the committed observations of a period if they were made from its present
            inputs, else None.

    Returns:
        ``core.observations`` by period; a period that has received nothing is not there. They do
        not depend on periods before them: rules over time return no file.
    """
    tables = {"ref.periods": period_frame(catalogue.periods)}
    keys, at = earlier_periods(root, tables, period), period
    for _ in range(_LOOK_BACK):
        before = steps.period_row(tables, at)["previous"]
        if not isinstance(before, str):
            break
        keys, at = [*keys, before], before
    found = {}
    for key in dict.fromkeys(keys):
        if not steps.journal_path(root, key).is_file() or not _has_receipts(root, key):
            continue
        observed = known(key)
        found[key] = steps.ingest(root, catalogue, key)[OBSERVED] if observed is None else observed
    return found


def _has_receipts(root: Path, period: str) -> bool:
    entries = read_journal(steps.journal_path(root, period)).entries
    return any(entry["event"] == "received" for entry in entries)


def _computed(root: Path, catalogue: Catalogue, period: str) -> pd.DataFrame:
    tables = steps.ingest(root, catalogue, period)
    as_of = steps.period_as_of(root, period)
    return steps.evaluate_values(catalogue, period, tables, as_of)[VALUES]


def inputs_fingerprint(root: Path, catalogue: Catalogue, period: str) -> str:
    """One hash of everything a period's tables follow from: catalogue, code, facts, files.

    Of earlier periods' journals that is what they say of providers' signs.
    """
    digest = hashlib.sha256(catalogue_hash(catalogue).encode())
    code = Path(pipelines.__path__[0])
    raw = root / "raw"
    files = [
        *sorted(code.rglob("*.py")),
        *sorted((raw / "reference").rglob("*.csv")),
        *sorted(
            path for path in (raw / period).rglob("*") if path.is_file() and not path.is_symlink()
        ),
    ]
    for path in files:
        base = code if path.is_relative_to(code) else raw
        digest.update(
            f"{path.relative_to(base).as_posix()} {sha256_of(path.read_bytes())}".encode()
        )
    for line in remembered(root, period_frame(catalogue.periods), period):
        digest.update(json.dumps(line, ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()
