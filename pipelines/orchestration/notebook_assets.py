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
from pipelines.orchestration.failures import told
from pipelines.orchestration.lineage import asset_key
from pipelines.orchestration.problems import Stopped, notebook_failed
from pipelines.orchestration.raw_assets import OWNERS
from pipelines.orchestration.resources import ProjectResource
from pipelines.reports.notebook import NotebookFailed, render_notebook
from pipelines.warehouse.manifest import published_folder

GROUP, FOLDER = "notebooks", "so-tay"
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
        key=dg.AssetKey([GROUP, name]),
        deps=read,
        group_name=GROUP,
        kinds={"jupyter", "html"},
        owners=OWNERS,
        partitions_def=partitions,
        description=f"{said} Chạy sổ tay notebooks/{name}.ipynb, xuất HTML; chạy khi cần.",
    )
    def notebook(
        context: dg.AssetExecutionContext, project: ProjectResource
    ) -> dg.MaterializeResult:
        period = context.partition_key
        with told(period):
            root = project.folder()
            pages = render(root, name, period)
        links = {page.name: dg.MetadataValue.url(page.as_uri()) for page in pages}
        return dg.MaterializeResult(
            metadata={
                **links,
                "pages": [page.relative_to(root).as_posix() for page in pages],
                "notebook": dg.MetadataValue.notebook(str(_path(root, name))),
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
