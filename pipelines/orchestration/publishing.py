"""Evaluate a period and publish it whole: validate, then commit.

Belongs here: the order read → evaluate → check → write → commit, under the writer lock. Does not
belong here: what is computed (``steps``), Dagster (``evaluate_asset``).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.earlier import VALUES, Known, earlier_values, inputs_fingerprint
from pipelines.orchestration.storing import (
    Tables,
    ingested,
    opened,
    read_tables,
    with_tables,
    write_tables,
)
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.manifest import Manifest, commit, drop_candidate, read_manifest


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


def committed_figures(root: Path, catalogue: Catalogue, manifest: Manifest) -> Known:
    """A function from a period to its committed figures, None where its inputs have changed."""

    def known(period: str) -> pd.DataFrame | None:
        made_from = manifest.inputs.get(period)
        if made_from is None or made_from != inputs_fingerprint(root, catalogue, period):
            return None
        return opened(root, catalogue, manifest).table(VALUES, period=period)

    return known
