"""``report/evidence``: the evidence site of a period, for the committee and its superiors.

Belongs here: what the site is made after, links to it. Does not belong here: gathering and writing
(``evidence_site``), what a page shows (``reports.site``).
https://docs.dagster.io/guides/build/assets/defining-assets
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves
import dagster as dg

from pipelines.orchestration.asset_words import (
    GROUPS,
    described,
    owners_of,
    readers_of,
    tags_of,
)
from pipelines.orchestration.evidence_site import write_site
from pipelines.orchestration.failures import told
from pipelines.orchestration.lineage import asset_key
from pipelines.orchestration.links import file_links, page_link
from pipelines.orchestration.metadata import spent_numbers
from pipelines.orchestration.papers_asset import PAPERS
from pipelines.orchestration.report_asset import REPORT
from pipelines.orchestration.resources import ProjectResource
from pipelines.orchestration.stages import measured
from pipelines.reports.site import addresses

EVIDENCE_SITE = dg.AssetKey(["report", "evidence"])
_READ = (
    "intake.submissions", "core.observations", "core.findings", "core.reporting",
    "eval.indicator_values", "eval.comparisons", "report.figures",
)  # fmt: skip


def evidence_asset(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """The evidence site of a period; after its papers, to which it leads."""

    @dg.asset(
        key=EVIDENCE_SITE,
        deps=[REPORT, PAPERS, *(asset_key(name) for name in _READ)],
        group_name=GROUPS["report"],
        kinds={"html"},
        owners=owners_of("report"),
        tags=tags_of(),
        metadata=file_links("pipelines/orchestration/evidence_site.py", "docs/minh-chung.md"),
        partitions_def=partitions,
        description=described(
            "Trang minh chứng của kỳ",
            "Từ con số tới định nghĩa, tử số, mẫu số, tệp, ô.",
            ["báo cáo, văn bản của kỳ", "số liệu, chỉ số, kết quả kiểm tra, tình hình nộp"],
            readers_of("report"),
        ),
    )
    def evidence(
        context: dg.AssetExecutionContext, project: ProjectResource
    ) -> dg.MaterializeResult:
        period = context.partition_key
        with told(period), measured() as spent:
            root = project.folder()
            folder = write_site(root, period)
        pages = sum(path.is_file() for path in folder.rglob("*.html"))
        index = page_link(root, folder / addresses.INDEX)
        took = spent_numbers(spent, {"Trang": pages})
        return dg.MaterializeResult(metadata={"index.html": index, "Số trang": pages, **took})

    return evidence
