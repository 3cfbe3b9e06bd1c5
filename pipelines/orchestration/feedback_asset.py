"""``report/feedback``: letters to senders and the call log of a period, written on demand.

Belongs here: what the letters are made from, links to them. Does not belong here: writing them
(``feedback_command``); the job of a period leaves this asset out, for letters go to people.
https://docs.dagster.io/guides/build/assets/defining-assets
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves
import dagster as dg

from pipelines.analysis import open_warehouse
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration.asset_words import GROUPS, described, owners_of, tags_of
from pipelines.orchestration.failures import told
from pipelines.orchestration.feedback_command import Asked, write_answers
from pipelines.orchestration.lineage import asset_key
from pipelines.orchestration.links import file_links, page_link
from pipelines.orchestration.resources import ProjectResource

FEEDBACK = dg.AssetKey(["report", "feedback"])
_READ = ("intake.submissions", "core.findings", "core.reporting")
_SHOWN = 20


def feedback_asset(
    catalogue: Catalogue, partitions: dg.PartitionsDefinition[str]
) -> dg.AssetsDefinition:
    """The letters of a period."""

    @dg.asset(
        key=FEEDBACK,
        deps=[asset_key(name) for name in _READ],
        group_name=GROUPS["report"],
        kinds={"excel", "html"},
        owners=owners_of("report"),
        tags=tags_of(on_demand=True, internal=True),
        metadata=file_links("pipelines/orchestration/feedback_command.py", "docs/huong-dan.md"),
        partitions_def=partitions,
        description=described(
            "Phiếu phản hồi và sổ gọi điện của kỳ",
            "Cho từng đơn vị gửi: nhận được gì, cần sửa gì. Chạy khi cần.",
            ["sổ tiếp nhận, kết quả kiểm tra, tình hình nộp"],
            "chuyên viên tổng hợp, đơn vị gửi",
        ),
    )
    def feedback(
        context: dg.AssetExecutionContext, project: ProjectResource
    ) -> dg.MaterializeResult:
        period = context.partition_key
        with told(period):
            root = project.folder()
            warehouse = open_warehouse(root=root)
            written, pages = write_answers(root, catalogue, warehouse, Asked(period))
        files = [each.workbook.relative_to(root).as_posix() for each in written]
        links = {page.name: page_link(root, page) for page in pages}
        return dg.MaterializeResult(
            metadata={**links, "Số phiếu": len(files), "Tệp phiếu": files[:_SHOWN]}
        )

    return feedback
