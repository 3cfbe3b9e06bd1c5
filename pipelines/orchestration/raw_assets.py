"""Where lineage begins: what people and the catalogue bring, as external assets; the glossary.

Belongs here: specs of things that no run makes, and the columns that lineage of columns begins
with. Does not belong here: anything that is computed.
https://docs.dagster.io/guides/build/assets/external-assets
"""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from pipelines.catalogue.model import Catalogue
from pipelines.orchestration.asset_words import (
    GROUPS,
    described,
    glossary,
    owners_of,
    readers_of,
    tags_of,
)
from pipelines.orchestration.column_sources import FACTS, OF_PAPI
from pipelines.orchestration.links import file_links

WORKBOOKS = dg.AssetKey(["raw", "workbooks"])
EVIDENCE = dg.AssetKey(["raw", "evidence"])
JOURNAL = dg.AssetKey(["raw", "journal"])
REFERENCE = dg.AssetKey(["raw", "reference"])
CATALOGUE = dg.AssetKey(["catalogue", "entries"])
GLOSSARY = dg.AssetKey(["catalogue", "glossary"])

_WORKBOOK_COLUMNS = {
    "file": "Tệp",
    "header": "Đầu biểu: nơi gửi, kỳ, vòng, ngày chốt số liệu",
    "sheet": "Trang",
    "cell": "Ô",
    "elements": "Ô chỉ tiêu: giá trị, dấu hiệu, lời ghi trong ô",
    "notes": "Lời văn, ghi chú",
}
JOURNAL_COLUMNS = {
    "at": "Lúc ghi",
    "who": "Ai ghi: chức vụ, bộ phận",
    "submission_id": "Lần nộp nào",
    "sha256": "Mã băm của tệp",
    "path": "Tệp nằm ở đâu",
    "channel": "Kênh nhận",
    "evidence": "Điều được nói về tài liệu",
    "action": "Quyết định gì",
    "rule": "Về quy tắc nào",
    "sheet": "Về trang nào",
    "cell": "Về ô nào",
    "value": "Giá trị được cung cấp",
    "why": "Lý do",
    "told_by": "Ai cung cấp",
    "told_on": "Ngày cung cấp",
}
# each is a file or a folder of pipelines/catalogue/data
CATALOGUE_COLUMNS = {
    "abbreviations": "Chữ viết tắt",
    "criteria": "Bộ tiêu chí",
    "documents": "Văn bản",
    "duties": "Nghĩa vụ",
    "elements": "Chỉ tiêu thu thập",
    "forms": "Biểu mẫu",
    "indicators": "Chỉ số",
    "papi": "Nội dung PAPI",
    "periods": "Kỳ báo cáo",
    "populations": "Mẫu tính",
    "recipients": "Nơi nhận",
    "regimes": "Chế độ pháp lý",
    "rules": "Quy tắc kiểm tra",
    "sources": "Nguồn đã công bố",
    "texts": "Đoạn văn",
    "themes": "Chủ đề, phương châm",
}


def raw_assets(catalogue: Catalogue) -> list[dg.AssetSpec]:
    """Specs of the workbooks, the evidence, the journal, the reference facts and the catalogue.

    Args:
        catalogue: Knows the columns of registers and of reference facts.
    """
    return [
        _spec(
            WORKBOOKS,
            "xlsx",
            described(
                "Biểu mẫu các đơn vị gửi",
                "Tệp như đơn vị đã gửi, không ai sửa: `raw/<kỳ>/<đơn vị>/*.xlsx`. Ô chỉ tiêu và"
                " từng cột của từng sổ theo dõi là nơi đường đi của một con số bắt đầu.",
                readers=readers_of("intake"),
            ),
            _WORKBOOK_COLUMNS | _register_columns(catalogue),
        ),
        _spec(
            EVIDENCE,
            "pdf",
            described(
                "Tài liệu minh chứng",
                "Quyết định, biên bản, ảnh: PDF, ảnh, DOCX trong `raw/<kỳ>/<đơn vị>/`.",
                readers=readers_of("intake"),
            ),
            {"file": "Tệp"},
        ),
        _spec(
            JOURNAL,
            "json",
            described(
                "Sổ tiếp nhận, quyết định",
                "Nhận tệp nào lúc nào, ai quyết định gì, mở và khóa kỳ: `raw/<kỳ>/journal.jsonl`,"
                " chỉ ghi thêm.",
                readers=readers_of("intake"),
            ),
            JOURNAL_COLUMNS,
        ),
        _spec(
            REFERENCE,
            "csv",
            described(
                "Đơn vị, công văn yêu cầu, số đã công bố",
                "Dữ kiện tra cứu, mỗi bảng một tệp: `raw/reference/*.csv`.",
                readers=readers_of("ref"),
            ),
            _reference_columns(catalogue),
        ),
        _spec(
            CATALOGUE,
            "yaml",
            described(
                "Danh mục",
                "Chỉ tiêu, biểu, sổ, quy tắc, chỉ số, kỳ, văn bản: nơi duy nhất định nghĩa mọi"
                " thứ được đo, `pipelines/catalogue/data/`.",
                readers="mọi bước sau",
            ),
            CATALOGUE_COLUMNS,
        ),
        _spec(GLOSSARY, "yaml", described("Bảng chú giải", glossary()), {}),
    ]


def _register_columns(catalogue: Catalogue) -> dict[str, str]:
    return {
        f"{register.id}.{column.id}": f"{register.label_vi}: {column.label_vi}"
        for register in catalogue.registers.values()
        for column in register.columns
    }


def _reference_columns(catalogue: Catalogue) -> dict[str, str]:
    found = {}
    for name in FACTS:
        spec = catalogue.tables[f"ref.{name}"]
        for column in spec.columns:
            if name != "papi" or column.name in OF_PAPI:
                found[f"{name}.{column.name}"] = f"{spec.title_vi}: {column.label_vi}"
    return found


def _spec(
    key: dg.AssetKey, kind: str, description: str, columns: Mapping[str, str]
) -> dg.AssetSpec:
    schema = key.path[0]
    named = [dg.TableColumn(name, description=label) for name, label in columns.items()]
    shape = {"dagster/column_schema": dg.TableSchema(columns=named)} if named else {}
    return dg.AssetSpec(
        key,
        group_name=GROUPS[schema],
        kinds={kind},
        owners=owners_of(schema),
        tags=tags_of(internal=schema == "raw", outside=True),
        description=description,
        metadata={**file_links("pipelines/orchestration/raw_assets.py"), **shape},
    )
