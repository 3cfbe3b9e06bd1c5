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
from typing import Any

import dagster as dg
import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.asset_words import MILD_CHECKS
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
    has_no_open_errors,
    independent_counts,
    is_complete,
    keeps_references,
    references_of,
)

SCHEMA, REFERENCES = "schema", "references"
CONSERVATION, RECONCILIATION = "conservation", "reconciliation"
COMPLETE, FINDINGS = "period_complete", "findings"
_SPECIAL = {
    "core.findings": FINDINGS,
    "core.reporting": COMPLETE,
    "eval.published": RECONCILIATION,
    "intake.accounts": CONSERVATION,
}
_HEADS = {
    "cell": "Ô", "cells_accounted": "Số ô đã xếp loại", "cells_counted": "Số ô đếm được",
    "check": "Phép kiểm", "column": "Cột", "computed": "Tính lại", "element": "Chỉ tiêu",
    "form": "Biểu", "index": "Dòng", "indicator": "Chỉ số", "part": "Phần, kỳ", "rows": "Số dòng",
    "rule": "Quy tắc", "severity": "Mức", "shown_as": "Cách in", "state": "Tình trạng",
    "submission_id": "Lần nộp", "table": "Bảng gốc", "unit_id": "Đơn vị", "value": "Giá trị",
}  # fmt: skip
_SENT = "intake.submissions"
_MEANINGS = {
    SCHEMA: "Đúng cột, kiểu, khóa theo lược đồ pandera sinh từ danh mục.",
    REFERENCES: "Mọi mã (đơn vị, chỉ tiêu, lần nộp, kỳ…) đều có trong bảng gốc.",
    CONSERVATION: "Tổng ô đã xếp loại bằng số ô đếm độc lập trên từng trang của từng tệp.",
    RECONCILIATION: "Số tính lại từ biểu mẫu khớp số đã công bố. Chỉ cảnh báo.",
    COMPLETE: "Kỳ đã đủ: mọi báo cáo phải nộp đều đã nhận. Chỉ cảnh báo.",
    FINDINGS: "Không còn kết quả kiểm tra ở mức lỗi mà chưa có quyết định. Chỉ cảnh báo.",
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
    wanted += [(name, _SPECIAL[name]) for name in tables if name in _SPECIAL]
    with warnings.catch_warnings():
        # without it a check would be asked about all partitions at once
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return [
            dg.AssetCheckSpec(
                kind,
                asset=asset_key(name),
                description=_MEANINGS[kind],
                partitions_def=partitions,
                blocking=False,
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
        judges = {COMPLETE: is_complete, FINDINGS: has_no_open_errors}
        return judges.get(kind, agrees_with_published)(frame)


def _result(key: dg.AssetCheckKey, verdict: Verdict) -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {**verdict.numbers}
    if len(verdict.wrong):
        metadata["Số chỗ"] = len(verdict.wrong)
        metadata["Ví dụ"] = dg.MetadataValue.md(markdown(verdict.wrong, _HEADS))
    return dg.AssetCheckResult(
        passed=verdict.passed,
        asset_key=key.asset_key,
        check_name=key.name,
        description=verdict.summary,
        severity=dg.AssetCheckSeverity.WARN
        if key.name in MILD_CHECKS
        else dg.AssetCheckSeverity.ERROR,
        metadata=metadata,
    )
