"""Frames of a run ↔ the warehouse: write, read back, publish.

Belongs here: which (table, period) a frame is, and what a run's manifest says. Does not belong
here: files and manifests themselves (``warehouse``), Dagster (``*_asset``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from pipelines.catalogue.contracts import table_contract, table_names
from pipelines.catalogue.load import catalogue_hash, load_migrations
from pipelines.catalogue.model import Catalogue
from pipelines.warehouse.manifest import Manifest, TableEntry, read_candidate, read_manifest
from pipelines.warehouse.reader import WHOLE, Warehouse, open_warehouse_at
from pipelines.warehouse.store import write_table

Tables = dict[str, pd.DataFrame]


class StaleCandidate(Exception):  # noqa: N818 — names the state, not a mishap
    """What ``ingest`` left was made with another catalogue than the present one."""


def stored_period(table: str, period: str) -> str:
    """Under which period a run keeps a table: reference tables know no periods."""
    return WHOLE if table.startswith("ref.") else period


def write_tables(
    root: Path, catalogue: Catalogue, period: str, tables: Mapping[str, pd.DataFrame]
) -> Manifest:
    """Write the files of a run's tables; no reader sees them before a commit.

    Args:
        root: The project's root.
        catalogue: Holds the contracts.
        period: Key of the period.
        tables: Frames by table name.

    Returns:
        A manifest of just these tables.
    """
    entries: dict[str, dict[str, TableEntry]] = {}
    committed = read_manifest(root).tables
    for name in sorted(tables):
        where = stored_period(name, period)
        known = committed.get(name, {}).get(where)
        contract = table_contract(catalogue, name)
        entries[name] = {where: write_table(root, contract, where, tables[name], known)}
    return Manifest(code=version("qcdc"), catalogue_hash=catalogue_hash(catalogue), tables=entries)


def with_tables(first: Manifest, second: Manifest) -> Manifest:
    """One manifest of the tables and inputs of both; the second has the last word."""
    tables, inputs = first.tables | second.tables, first.inputs | second.inputs
    return second.model_copy(update={"tables": tables, "inputs": inputs})


def ingested(root: Path, catalogue: Catalogue, period: str) -> Manifest:
    """What ``evaluate`` starts from: the period's candidate, or what was committed for it.

    Returns:
        A manifest of the reference tables and the period's tables; without the period's tables
        where there is neither.

    Raises:
        StaleCandidate: The catalogue changed after ``ingest``.
    """
    candidate = read_candidate(root, period)
    if candidate is None:
        return _of_period(read_manifest(root), period)
    if candidate.catalogue_hash != catalogue_hash(catalogue):
        msg = f"candidate of {period}: made with catalogue {candidate.catalogue_hash[:12]}"
        raise StaleCandidate(msg)
    return candidate


def newest(root: Path, period: str) -> Manifest:
    """The newest files of a period for looking at: candidate before committed, per table."""
    committed = _of_period(read_manifest(root), period)
    candidate = read_candidate(root, period)
    return committed if candidate is None else with_tables(committed, candidate)


def _of_period(manifest: Manifest, period: str) -> Manifest:
    kept = {
        name: {where: entry for where, entry in entries.items() if where in {period, WHOLE}}
        for name, entries in manifest.tables.items()
    }
    tables = {name: entries for name, entries in kept.items() if entries}
    inputs = {key: made for key, made in manifest.inputs.items() if key == period}
    return manifest.model_copy(update={"tables": tables, "inputs": inputs})


def read_tables(
    root: Path, catalogue: Catalogue, period: str, manifest: Manifest, names: Iterable[str]
) -> Tables:
    """Tables of a period as frames; those the manifest does not have are empty."""
    warehouse = opened(root, catalogue, manifest)
    return {name: warehouse.table(name, period=stored_period(name, period)) for name in names}


def opened(root: Path, catalogue: Catalogue, manifest: Manifest | None = None) -> Warehouse:
    """The warehouse with every table of the catalogue, empty ones too."""
    contracts = [table_contract(catalogue, name) for name in table_names(catalogue)]
    return open_warehouse_at(root, manifest, contracts=contracts, migrations=load_migrations())


def observed_before(root: Path, catalogue: Catalogue) -> Tables:
    """``core.observations`` of every committed period, by key: what a file is compared with."""
    manifest = read_manifest(root)
    periods = manifest.tables.get("core.observations", {})
    warehouse = opened(root, catalogue, manifest)
    return {key: warehouse.table("core.observations", period=key) for key in periods}
