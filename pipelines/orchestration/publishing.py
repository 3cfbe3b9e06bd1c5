"""A period's two steps under the writer lock: read into a candidate; evaluate and publish whole.

Belongs here: the order receive → read → write the candidate, and read → evaluate → check → write →
commit. Does not belong here: what is computed (``steps``), Dagster (``*_asset``).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.earlier import (
    OBSERVED,
    VALUES,
    Known,
    earlier_values,
    history,
    inputs_fingerprint,
)
from pipelines.orchestration.receiving import receive_new
from pipelines.orchestration.storing import (
    Tables,
    ingested,
    opened,
    read_tables,
    with_tables,
    write_tables,
)
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.manifest import (
    Manifest,
    commit,
    drop_candidate,
    read_manifest,
    write_candidate,
)


def ingest_period(
    root: Path, catalogue: Catalogue, period: str, *, at: dt.datetime, who: str
) -> tuple[Manifest, Tables]:
    """Give new files their receipts, read everything received, keep it as the candidate.

    Args:
        root: The project's root.
        catalogue: What is measured.
        period: Key of the period.
        at: Time of new receipts.
        who: Role that receives.

    Returns:
        The candidate and its tables; nothing is published.

    Raises:
        NoInput: The period has received nothing.
        InvariantBroken: The tables contradict each other; the former candidate stands.
        WarehouseBusy: Somebody else is writing.
    """
    with writer_lock(root):
        known = steps.reference_tables(root, catalogue)["ref.units"]["unit_id"]
        receive_new(root, period, list(known), at=at, who=who)
        # taken before reading: a file that changes meanwhile makes it stale, not wrong
        inputs = inputs_fingerprint(root, catalogue, period)
        before = committed_figures(root, catalogue, read_manifest(root), OBSERVED)
        said_before = history(root, catalogue, period, before)
        tables = steps.ingest(root, catalogue, period, history=said_before)
        written = write_tables(root, catalogue, period, tables)
        candidate = written.model_copy(update={"inputs": {period: inputs}})
        write_candidate(root, period, candidate)
    return candidate, tables


def publish_period(root: Path, catalogue: Catalogue, period: str) -> tuple[Manifest, Tables]:
    """Evaluate a period from what ``ingest`` left and commit all of it, or nothing.

    Args:
        root: The project's root.
        catalogue: What is measured.
        period: Key of the period.

    Returns:
        The manifest in force and the evaluated tables.

    Raises:
        NoInput: Neither a candidate nor committed tables of the period.
        InvariantBroken: The tables contradict each other; nothing was committed.
        StaleCandidate: The catalogue changed after ``ingest``.
        WarehouseBusy: Somebody else is writing.
    """
    with writer_lock(root):
        source = ingested(root, catalogue, period)
        if period not in source.tables.get("intake.submissions", {}):
            msg = f"no tables of {period}, neither a candidate nor committed ones"
            raise steps.NoInput(msg)
        names = steps.ingest_tables(catalogue)
        tables = read_tables(root, catalogue, period, source, names)
        as_of = steps.period_as_of(root, period)
        known = committed_figures(root, catalogue, read_manifest(root))
        earlier = earlier_values(root, catalogue, tables, period, known)
        evaluated = steps.evaluate(catalogue, period, tables, as_of, earlier)
        steps.check_invariants(catalogue, period, {**tables, **evaluated})
        written = write_tables(root, catalogue, period, evaluated)
        published = commit(root, with_tables(source, written))
        drop_candidate(root, period)
    return published, evaluated


def committed_figures(
    root: Path, catalogue: Catalogue, manifest: Manifest, table: str = VALUES
) -> Known:
    """A function from a period to its committed figures, None where its inputs have changed."""

    def known(period: str) -> pd.DataFrame | None:
        made_from = manifest.inputs.get(period)
        if made_from is None or made_from != inputs_fingerprint(root, catalogue, period):
            return None
        return opened(root, catalogue, manifest).table(table, period=period)

    return known
