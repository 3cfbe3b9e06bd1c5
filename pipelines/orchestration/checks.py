"""Asset checks: what the code enforces before the commit, shown to whoever looks.

Belongs here: which verdict is asked of which table, and its shape in the UI. Does not belong here:
stopping anything (a check runs after the write), the judging itself (``verdicts``).
https://docs.dagster.io/guides/test/asset-checks
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import dagster as dg
import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.lineage import asset_key, table_name
from pipelines.orchestration.metadata import markdown
from pipelines.orchestration.period_facts import leaves_of
from pipelines.orchestration.resources import ProjectResource
from pipelines.orchestration.storing import newest, opened, stored_period
from pipelines.orchestration.verdicts import (
    Verdict,
    agrees_with_published,
    conserves_cells,
    fits_schema,
    independent_counts,
    keeps_references,
    references_of,
)

SCHEMA, REFERENCES = "schema", "references"
CONSERVATION, RECONCILIATION = "conservation", "reconciliation"
_SENT = "intake.submissions"
_MEANINGS = {
    SCHEMA: "Đúng cột, kiểu, khóa theo lược đồ pandera sinh từ danh mục.",
    REFERENCES: "Mọi mã (đơn vị, chỉ tiêu, lần nộp, kỳ…) đều có trong bảng gốc.",
    CONSERVATION: "Tổng ô đã xếp loại bằng số ô đếm độc lập trên từng trang của từng tệp.",
    RECONCILIATION: "Số tính lại từ biểu mẫu khớp số đã công bố.",
}


def period_checks(
    catalogue: Catalogue, partitions: dg.PartitionsDefinition[str]
) -> list[dg.AssetChecksDefinition]:
    """All checks: one computation for the tables of each step, one result per table and kind."""
    ingest, evaluate = steps.ingest_tables(catalogue), steps.evaluate_tables(catalogue)
    return [
        _checks("ingest_checks", _specs(catalogue, ingest, partitions)),
        _checks("evaluate_checks", _specs(catalogue, evaluate, partitions)),
    ]


def _specs(
    catalogue: Catalogue, tables: Sequence[str], partitions: dg.PartitionsDefinition[str]
) -> list[dg.AssetCheckSpec]:
    wanted = [(name, SCHEMA) for name in tables]
    wanted += [
        (name, REFERENCES) for name in tables if references_of(table_contract(catalogue, name))
    ]
    special = {"intake.accounts": CONSERVATION, "eval.published": RECONCILIATION}
    wanted += [(name, special[name]) for name in tables if name in special]
    with warnings.catch_warnings():
        # without it a check would be asked about all partitions at once
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return [
            dg.AssetCheckSpec(
                kind,
                asset=asset_key(name),
                description=_MEANINGS[kind],
                partitions_def=partitions,
            )
            for name, kind in wanted
        ]


def _checks(name: str, specs: list[dg.AssetCheckSpec]) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(name=name, specs=specs, can_subset=True)
    def checks(
        context: dg.AssetCheckExecutionContext, project: ProjectResource
    ) -> Iterator[dg.AssetCheckResult]:
        period = context.partition_key
        judge = _Judge(project.folder(), project.catalogue(), period)
        asked = sorted(context.selected_asset_check_keys, key=lambda key: key.to_user_string())
        for key in asked:
            yield _result(key, judge.verdict(table_name(key.asset_key), key.name))

    return checks


class _Judge:
    """Reads each table once for all verdicts of a period."""

    def __init__(self, root: Path, catalogue: Catalogue, period: str) -> None:
        self._root, self._catalogue, self._period = root, catalogue, period
        self._warehouse = opened(root, catalogue, newest(root, period))
        self._table = cache(self._read)

    def _read(self, name: str) -> pd.DataFrame:
        return self._warehouse.table(name, period=stored_period(name, self._period))

    def _target(self, name: str) -> pd.DataFrame:
        """The table that keys lead to: those of a composed period, to the files of its parts."""
        leaves = self._leaves() if name == _SENT else [self._period]
        if leaves == [self._period]:
            return self._table(name)
        manifests = {leaf: newest(self._root, leaf) for leaf in leaves}
        found = [
            opened(self._root, self._catalogue, manifest).table(name, period=leaf)
            for leaf, manifest in manifests.items()
        ]
        return pd.concat(found, ignore_index=True)

    def _leaves(self) -> list[str]:
        tables = {name: self._table(name) for name in ("ref.periods", "ref.requests")}
        return leaves_of(tables, self._period)

    def verdict(self, name: str, kind: str) -> Verdict:
        """The verdict of one kind on one table."""
        contract, frame = table_contract(self._catalogue, name), self._table(name)
        if kind == SCHEMA:
            return fits_schema(contract, frame)
        if kind == REFERENCES:
            targets = {table for table, _ in references_of(contract).values()}
            return keeps_references(contract, frame, {t: self._target(t) for t in targets})
        if kind == CONSERVATION:
            submissions, filed = self._table(_SENT), self._table("core.evidence")
            # documents have no cells
            submissions = submissions[~submissions["submission_id"].isin(filed["submission_id"])]
            return conserves_cells(frame, independent_counts(self._root, submissions))
        return agrees_with_published(frame)


def _result(key: dg.AssetCheckKey, verdict: Verdict) -> dg.AssetCheckResult:
    # a published figure may be wrong without anything here being wrong
    milder = key.name == RECONCILIATION
    metadata: dict[str, dg.MetadataValue] = {}
    if not verdict.passed:
        metadata["sample"] = dg.MetadataValue.md(markdown(verdict.wrong))
        metadata["wrong"] = dg.MetadataValue.int(len(verdict.wrong))
    return dg.AssetCheckResult(
        passed=verdict.passed,
        asset_key=key.asset_key,
        check_name=key.name,
        description=verdict.summary,
        severity=dg.AssetCheckSeverity.WARN if milder else dg.AssetCheckSeverity.ERROR,
        metadata=metadata,
    )
