"""A period's two steps under the writer lock: read into a candidate; evaluate and publish whole.

Belongs here: the order receive → read → write the candidate, and read → evaluate → check → write →
commit. Does not belong here: what is computed (``steps``), Dagster (``*_asset``).
"""

from __future__ import annotations

import datetime as dt
from functools import cache, partial
from pathlib import Path

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.carried import rows_before
from pipelines.orchestration.earlier import (
    OBSERVED,
    VALUES,
    Known,
    earlier_values,
    history,
    part_values,
)
from pipelines.orchestration.inputs import inputs_fingerprint, leaves_with_input
from pipelines.orchestration.kept_files import KeptReadings, hashes_known
from pipelines.orchestration.period_facts import leaves_of, made_of
from pipelines.orchestration.receiving import receive_new
from pipelines.orchestration.stages import EVALUATING, WRITING, stage
from pipelines.orchestration.standing import (
    everything,
    is_within,
    note_read,
    note_standing,
    still_stands,
)
from pipelines.orchestration.storing import (
    StaleCandidate,
    Tables,
    ingested,
    opened,
    read_tables,
    with_tables,
    write_tables,
)
from pipelines.orchestration.wholes import Composer
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.manifest import (
    Manifest,
    commit,
    drop_candidate,
    read_candidate,
    read_manifest,
    write_candidate,
)


def ingest_period(
    root: Path,
    catalogue: Catalogue,
    period: str,
    *,
    at: dt.datetime,
    who: str,
    patience: float = 0.0,
) -> tuple[Manifest, Tables]:
    """Give new files their receipts, read everything received, keep it as the candidate.

    Args:
        root: The project's root.
        catalogue: What is measured.
        period: Key of the period.
        at: Time of new receipts.
        who: Role that receives.
        patience: How long to wait while somebody else writes, in seconds.

    Returns:
        The candidate and its tables; nothing is published.

    Raises:
        NoInput: The period has received nothing.
        InvariantBroken: The tables contradict each other; the former candidate stands.
        WarehouseBusy: Somebody else is writing.
    """
    with writer_lock(root, patience), hashes_known(root):
        reference = steps.reference_tables(root, catalogue)
        known = list(reference["ref.units"]["unit_id"])
        for leaf in leaves_of(reference, period):
            receive_new(root, leaf, known, at=at, who=who)
        if made_of(reference, period):
            # taken before reading: a file that changes meanwhile makes it stale, not wrong
            inputs = inputs_fingerprint(root, catalogue, period)
            tables = composer(root, catalogue, reference).tables(period)
            return _kept(root, catalogue, period, tables, inputs), tables
        return _standing(root, catalogue, period) or _read_period(root, catalogue, period)


def _standing(root: Path, catalogue: Catalogue, period: str) -> tuple[Manifest, Tables] | None:
    """The period's committed tables as its candidate, where all that they follow from stands."""
    names = steps.ingest_tables(catalogue)
    stands = still_stands(root, catalogue, period, names)
    if stands is None:
        return None
    write_candidate(root, period, stands)
    return stands, read_tables(root, catalogue, period, stands, names)


def _read_period(root: Path, catalogue: Catalogue, period: str) -> tuple[Manifest, Tables]:
    """Read everything a period has received, keep it as the candidate."""
    follows_from = everything(root, catalogue, period)
    inputs = inputs_fingerprint(root, catalogue, period)
    # both look back; what neither finds committed is read once
    memory = KeptReadings(root, steps.reference_tables(root, catalogue))
    read = cache(partial(steps.ingest, root, catalogue, read=memory))
    known = partial(committed_figures, root, catalogue, read_manifest(root))
    tables = steps.ingest(
        root,
        catalogue,
        period,
        read=memory,
        history=history(root, catalogue, period, known(OBSERVED), read),
        rows_before=rows_before(root, catalogue, period, known, read),
    )
    candidate = _kept(root, catalogue, period, tables, inputs)
    note_read(root, period, follows_from, candidate)
    return candidate, tables


@stage(WRITING)
def _kept(root: Path, catalogue: Catalogue, period: str, tables: Tables, inputs: str) -> Manifest:
    written = write_tables(root, catalogue, period, tables)
    candidate = written.model_copy(update={"inputs": {period: inputs}})
    write_candidate(root, period, candidate)
    return candidate


def composer(root: Path, catalogue: Catalogue, reference: Tables) -> Composer:
    """Composes periods from what stands in the warehouse.

    A half that is neither a candidate nor committed, or was made from other inputs than the
    present ones, is read anew and left as a candidate, as its own ``ingest`` would leave it.
    """

    def leaf(period: str) -> Tables | None:
        if not leaves_with_input(root, reference, period):
            return None
        names = [name for name in steps.ingest_tables(catalogue) if not name.startswith("ref.")]
        wanted = inputs_fingerprint(root, catalogue, period)
        for manifest in (read_candidate(root, period), read_manifest(root)):
            if manifest is not None and manifest.inputs.get(period) == wanted:
                return read_tables(root, catalogue, period, manifest, names)
        return _read_period(root, catalogue, period)[1]

    return Composer(root, catalogue, leaf, reference)


def publish_period(
    root: Path, catalogue: Catalogue, period: str, *, patience: float = 0.0
) -> tuple[Manifest, Tables]:
    """Evaluate a period from what ``ingest`` left and commit all of it, or nothing.

    Args:
        root: The project's root.
        catalogue: What is measured.
        period: Key of the period.
        patience: How long to wait while somebody else writes, in seconds.

    Returns:
        The manifest in force and the evaluated tables.

    Raises:
        NoInput: Neither a candidate nor committed tables of the period.
        InvariantBroken: The tables contradict each other; nothing was committed.
        StaleCandidate: The catalogue, or a part of the period, changed after ``ingest``.
        WarehouseBusy: Somebody else is writing.
    """
    with writer_lock(root, patience), hashes_known(root):
        source = ingested(root, catalogue, period)
        if period not in source.tables.get("intake.submissions", {}):
            msg = f"no tables of {period}, neither a candidate nor committed ones"
            raise steps.NoInput(msg)
        names = steps.ingest_tables(catalogue)
        made = steps.evaluate_tables(catalogue)
        stands = still_stands(root, catalogue, period, [*names, *made])
        if stands is not None and is_within(source, stands):
            drop_candidate(root, period)
            return read_manifest(root), read_tables(root, catalogue, period, stands, made)
        follows_from = everything(root, catalogue, period)
        tables = read_tables(root, catalogue, period, source, names)
        known = committed_figures(root, catalogue, read_manifest(root))
        earlier = earlier_values(root, catalogue, tables, period, known)
        if made_of(tables, period):
            if source.inputs.get(period) != inputs_fingerprint(root, catalogue, period):
                msg = f"parts of {period} have changed"
                raise StaleCandidate(msg)
            whole = composer(root, catalogue, _reference_of(tables))
            values = part_values(root, catalogue, tables, known)
            stand, made = whole.evaluated(period, values)
            as_of = whole.as_of(period)
        else:
            stand, as_of, made = tables, steps.period_as_of(root, period), None
        with stage(EVALUATING):
            evaluated = steps.evaluate(catalogue, period, stand, as_of, earlier, made)
            steps.check_invariants(catalogue, period, {**stand, **evaluated})
        with stage(WRITING):
            written = write_tables(root, catalogue, period, evaluated)
            published = commit(root, with_tables(source, written))
            drop_candidate(root, period)
            note_standing(root, period, follows_from, source, with_tables(source, written))
    return published, evaluated


def _reference_of(tables: Tables) -> Tables:
    return {name: frame for name, frame in tables.items() if name.startswith("ref.")}


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
