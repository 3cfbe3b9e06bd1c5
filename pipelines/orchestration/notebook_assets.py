"""``notebooks/<name>``: the analysts' notebooks, executed on the committed warehouse.

Belongs here: which notebooks there are, where their pages go, links to them. Does not belong here:
executing and rendering (``reports.notebook``), the report of a period (``report_asset``). The job
of a period leaves these assets out: a notebook is run when somebody asks for it.
https://docs.dagster.io/guides/build/assets/defining-assets
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves
from pathlib import Path

import dagster as dg

from pipelines.catalogue.contracts import table_names
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration.asset_words import GROUPS, PAGES, described, owners_of, tags_of
from pipelines.orchestration.failures import told
from pipelines.orchestration.lineage import asset_key
from pipelines.orchestration.links import file_links, page_link
from pipelines.orchestration.problems import Stopped, notebook_failed
from pipelines.orchestration.resources import ProjectResource
from pipelines.reports.notebook import NotebookFailed, render_notebook
from pipelines.warehouse.manifest import published_folder

SCHEMA, FOLDER = "notebooks", "so-tay"
GROUP = GROUPS[SCHEMA]
_INTERNAL = frozenset({"data_quality", "inspection_targeting"})
NOTEBOOKS = {
    "annual": "Cả năm: các kỳ trong năm, năm trước, điểm và xếp loại, chương trình năm.",
    "five_year_review": "Tổng kết nhiều năm: từng năm, chỗ đứt, trên bản đồ hôm nay.",
    "unit_page": "Trang của một đơn vị (mặc định: xã đầu danh mục).",
    "data_quality": "Chế độ báo cáo và chất lượng số liệu; dùng trong nội bộ.",
    "inspection_targeting": "Chọn đơn vị để kiểm tra, giám sát; dùng trong nội bộ.",
    "across_2025_map": "Qua sắp xếp đơn vị hành chính năm 2025.",
    "fair_comparison": "So sánh công bằng và PAPI; dành cho người phân tích.",
    "bat_dau": "Bắt đầu phân tích: mười ô cho người mới.",
}
_READ = ("intake.", "core.", "eval.", "report.")


def notebook_assets(
    catalogue: Catalogue, partitions: dg.PartitionsDefinition[str]
) -> list[dg.AssetsDefinition]:
    """An asset for every notebook of analysts."""
    read = [asset_key(name) for name in table_names(catalogue) if name.startswith(_READ)]
    return [_asset(name, said, read, partitions) for name, said in NOTEBOOKS.items()]


def _asset(
    name: str, said: str, read: list[dg.AssetKey], partitions: dg.PartitionsDefinition[str]
) -> dg.AssetsDefinition:
    @dg.asset(
        key=dg.AssetKey([SCHEMA, name]),
        deps=read,
        group_name=GROUP,
        kinds={"jupyter", "html"},
        owners=owners_of(SCHEMA),
        tags=tags_of(on_demand=True, internal=name in _INTERNAL),
        metadata=file_links(f"notebooks/{name}.ipynb", "docs/huong-dan.md"),
        partitions_def=partitions,
        description=described(
            said.rstrip("."),
            f"Chạy sổ tay `notebooks/{name}.ipynb` trên kho đã công bố, xuất HTML; chạy khi cần.",
            ["mọi bảng của kỳ"],
            "người phân tích",
        ),
    )
    def notebook(
        context: dg.AssetExecutionContext, project: ProjectResource
    ) -> dg.MaterializeResult:
        period = context.partition_key
        with told(period):
            root = project.folder()
            pages = render(root, name, period)
        links = {page.name: page_link(root, page) for page in pages}
        return dg.MaterializeResult(
            metadata={
                **links,
                PAGES: [page.relative_to(root).as_posix() for page in pages],
                "Sổ tay": dg.MetadataValue.path(_path(root, name).relative_to(root).as_posix()),
            }
        )

    return notebook


def render(root: Path, name: str, period: str) -> list[Path]:
    """The page and the executed notebook, below ``warehouse/published/<period>/so-tay/``.

    Args:
        root: The project's root.
        name: One of ``NOTEBOOKS``.
        period: Key of the period.

    Raises:
        Stopped: A cell failed; the page that stood before stays.
    """
    outputs = published_folder(root, period) / FOLDER
    try:
        return render_notebook(root, _path(root, name), period=period, outputs=outputs, stem=name)
    except NotebookFailed as error:
        # the first two lines say which cell and what it raised
        found = " ".join(line.strip() for line in str(error).splitlines()[:2])
        raise Stopped(notebook_failed(found, f"{name}.ipynb")) from error


def _path(root: Path, name: str) -> Path:
    return root / "notebooks" / f"{name}.ipynb"
