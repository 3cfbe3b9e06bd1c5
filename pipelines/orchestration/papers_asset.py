"""``report/papers`` and ``report/review``: what is put before people, and their "đã rà soát".

Belongs here: configuration in the Launchpad, links to papers and evidence, what stands beside them
in the UI. Does not belong here: writing papers (``papers``), writing a review (``reviews``).
https://docs.dagster.io/guides/build/assets/defining-assets
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import dagster as dg
from pydantic import Field

from pipelines.analysis import open_warehouse
from pipelines.analysis.indicators import coverage_overview
from pipelines.catalogue.contracts import table_names
from pipelines.catalogue.letterheads import NoLetterhead
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration.asset_words import (
    GROUPS,
    PAGES,
    described,
    owners_of,
    readers_of,
    tags_of,
)
from pipelines.orchestration.clock import now
from pipelines.orchestration.failures import told
from pipelines.orchestration.freshness import results_due
from pipelines.orchestration.headline import headline_rows, headline_table
from pipelines.orchestration.lineage import asset_key
from pipelines.orchestration.links import file_links, page_link
from pipelines.orchestration.metadata import markdown, spent_numbers
from pipelines.orchestration.papers import write_papers
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.orchestration.release_verify import verify
from pipelines.orchestration.release_words import release_line
from pipelines.orchestration.releasing import releases
from pipelines.orchestration.report_asset import REPORT
from pipelines.orchestration.resources import ProjectResource
from pipelines.orchestration.reviews import record_review, review_lines
from pipelines.orchestration.stages import measured
from pipelines.reports.composed.lookup import EVIDENCE
from pipelines.warehouse.manifest import published_folder
from pipelines.warehouse.reader import Warehouse

PAPERS = dg.AssetKey(["report", "papers"])
REVIEW = dg.AssetKey(["report", "review"])
_READ = ("core.", "eval.", "report.")
_SHOWN = 20


class PapersConfig(dg.Config):
    """In which families papers are written."""

    family: Literal["default", "party", "state", "both"] = Field(
        default="default",
        description="Thể thức: party (Đảng), state (Nhà nước), both; default: theo danh mục.",
    )


class ReviewConfig(dg.Config):
    """Who looked the papers over, and what was seen."""

    who: str = Field(description="Chức vụ hoặc bộ phận rà soát, không ghi họ tên.")
    note: str = Field(description="Đã rà soát gì, thấy gì.")


def papers_asset(
    catalogue: Catalogue, partitions: dg.PartitionsDefinition[str]
) -> dg.AssetsDefinition:
    """The papers of a period in every format."""
    read = [asset_key(name) for name in table_names(catalogue) if name.startswith(_READ)]

    @dg.asset(
        key=PAPERS,
        deps=[REPORT, *read],
        group_name=GROUPS["report"],
        kinds={"word", "excel", "html", "pdf"},
        owners=owners_of("report"),
        tags=tags_of(),
        freshness_policy=results_due(catalogue),
        metadata=file_links("pipelines/orchestration/papers.py", "docs/huong-dan.md"),
        partitions_def=partitions,
        description=described(
            "Văn bản của kỳ",
            "Bản trình ký, bản tra cứu, tóm tắt cho cuộc họp, dự thảo thông báo kết luận: HTML,"
            " DOCX, XLSX, PDF.",
            ["báo cáo của kỳ", "mọi bảng số liệu, đánh giá của kỳ"],
            readers_of("report"),
        ),
    )
    def papers(
        context: dg.AssetExecutionContext, config: PapersConfig, project: ProjectResource
    ) -> dg.MaterializeResult:
        period = context.partition_key
        with told(period), measured() as spent:
            root = project.folder()
            found = _written(root, period, config.family)
            shown = _beside(root, period, open_warehouse(root=root))
        took = spent_numbers(spent, {"Tệp": len(found)})
        return dg.MaterializeResult(metadata={**_links(root, period, found), **shown, **took})

    return papers


def review_asset(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """A reviewer's word about the papers, asked for in the Launchpad."""

    @dg.asset(
        key=REVIEW,
        deps=[PAPERS],
        group_name=GROUPS["report"],
        kinds={"review"},
        owners=["team:Người rà soát"],
        tags=tags_of(on_demand=True),
        metadata=file_links("pipelines/orchestration/reviews.py"),
        partitions_def=partitions,
        description=described(
            "Ghi “đã rà soát” vào sổ của kỳ",
            "Bấm Materialize, điền who và note ở Launchpad. Không làm thay đổi số liệu nào.",
            ["văn bản của kỳ"],
            "người rà soát",
        ),
    )
    def review(
        context: dg.AssetExecutionContext, config: ReviewConfig, project: ProjectResource
    ) -> dg.MaterializeResult:
        period = context.partition_key
        with told(period):
            root = project.folder()
            said = record_review(root, period, at=now(), who=config.who, note=config.note)
            found = _written(root, period, "default")
            every = review_lines(root, period)
        return dg.MaterializeResult(
            metadata={
                "Vừa ghi": said.line,
                "Đã rà soát": _listed(every[-_SHOWN:]),
                **_links(root, period, found),
            }
        )

    return review


def _written(
    root: Path, period: str, family: Literal["default", "party", "state", "both"]
) -> list[Path]:
    try:
        return write_papers(root, period, family)
    except NoLetterhead as error:
        raise Stopped(_no_letterhead(period, str(error))) from error


def _links(root: Path, period: str, found: list[Path]) -> dict[str, Any]:
    """Pages to open, all files, the evidence site where it has been written."""
    links: dict[str, Any] = {
        path.name: page_link(root, path) for path in found if path.suffix in {".html", ".pdf"}
    }
    site = published_folder(root, period) / EVIDENCE / "index.html"
    if site.is_file():
        links["minh-chung"] = page_link(root, site)
    return {**links, PAGES: [path.relative_to(root).as_posix() for path in found]}


def _beside(root: Path, period: str, wh: Warehouse) -> dict[str, Any]:
    """Key figures, coverage, who has looked the papers over, what was issued and still stands."""
    coverage = coverage_overview(wh, period)[["label", "reporting_units", "expected_units"]]
    labels = {"label": "Mẫu tính", "reporting_units": "Đã có", "expected_units": "Phải có"}
    reviews = review_lines(root, period)[-_SHOWN:] or ["Chưa có ai xác nhận đã rà soát."]
    return {
        "Kết quả chính": dg.MetadataValue.md(markdown(headline_table(headline_rows(wh, period)))),
        "Độ phủ": dg.MetadataValue.md(markdown(coverage, labels)),
        "Đã rà soát": _listed(reviews),
        "Bản phát hành": _listed(_releases(root, period)),
    }


def _listed(lines: Iterable[str]) -> dg.MetadataValue:
    return dg.MetadataValue.md("\n".join(f"- {line}" for line in lines))


def _releases(root: Path, period: str) -> list[str]:
    """Releases of the period, the newest last, and whether their archives are as issued."""
    lines = []
    for release in releases(root, period)[-_SHOWN:]:
        found = verify(root, release) if release.was_issued else []
        broken = sum(not each.is_note for each in found)
        state = "bản lưu còn nguyên" if release.was_issued else "chưa có bản lưu"
        if broken:
            state = f"bản lưu có {broken} chỗ khác lúc ban hành (qcdc release verify)"
        lines.append(f"{release_line(release)}; {state}")
    return lines or ["Chưa có bản phát hành."]


def _no_letterhead(period: str, found: str) -> Problem:
    return Problem(
        "QCDC-E98",
        f"Chưa biết cơ quan nào ban hành báo cáo của kỳ {period}.",
        found,
        "một mẫu tiêu đề văn bản của cấp ấy, còn hiệu lực ở ngày cuối kỳ",
        "Thêm một mục vào pipelines/catalogue/data/letterheads.yaml rồi chạy lại qcdc run.",
    )
