"""Where lineage begins: what people and the catalogue bring, as external assets.

Belongs here: specs of things that no run makes. Does not belong here: anything that is computed.
https://docs.dagster.io/guides/build/assets/external-assets
"""

from __future__ import annotations

import dagster as dg

OWNERS = ["team:qcdc"]
WORKBOOKS = dg.AssetKey(["raw", "workbooks"])
EVIDENCE = dg.AssetKey(["raw", "evidence"])
JOURNAL = dg.AssetKey(["raw", "journal"])
REFERENCE = dg.AssetKey(["raw", "reference"])
CATALOGUE = dg.AssetKey(["catalogue", "entries"])


def raw_assets() -> list[dg.AssetSpec]:
    """Specs of the workbooks, the evidence, the journal, the reference facts and the catalogue."""
    return [
        _spec(WORKBOOKS, "xlsx", "Biểu mẫu các đơn vị gửi: raw/<kỳ>/<đơn vị>/*.xlsx."),
        _spec(EVIDENCE, "pdf", "Tài liệu minh chứng: PDF, ảnh, DOCX trong raw/<kỳ>/<đơn vị>/."),
        _spec(JOURNAL, "json", "Sổ tiếp nhận, quyết định: raw/<kỳ>/journal.jsonl, chỉ ghi thêm."),
        _spec(REFERENCE, "csv", "Đơn vị, yêu cầu báo cáo, số đã công bố: raw/reference/*.csv."),
        _spec(CATALOGUE, "yaml", "Danh mục: chỉ tiêu, biểu, sổ, quy tắc, chỉ số, kỳ, văn bản."),
    ]


def _spec(key: dg.AssetKey, kind: str, description: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        key, group_name=key.path[0], kinds={kind}, owners=OWNERS, description=description
    )
