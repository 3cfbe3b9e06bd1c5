"""``report/half_year``: the evaluation notebook, executed on the committed warehouse.

Belongs here: which notebook, where its pages go, links to them. Does not belong here: executing
and rendering (``reports.notebook``), what the report says (the notebook).
https://docs.dagster.io/guides/build/assets/defining-assets
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves
from pathlib import Path

import dagster as dg

from pipelines.analysis import open_warehouse
from pipelines.catalogue.contracts import table_names
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration.asset_words import (
    GROUPS,
    PAGES,
    code_version,
    described,
    owners_of,
    readers_of,
    tags_of,
)
from pipelines.orchestration.failures import told
from pipelines.orchestration.freshness import results_due
from pipelines.orchestration.headline import headline_rows, headline_table
from pipelines.orchestration.lineage import asset_key
from pipelines.orchestration.links import file_links, page_link
from pipelines.orchestration.metadata import markdown, spent_numbers
from pipelines.orchestration.problems import Stopped, notebook_failed
from pipelines.orchestration.resources import ProjectResource
from pipelines.orchestration.stages import measured
from pipelines.reports.notebook import NotebookFailed, render_notebook
from pipelines.warehouse.manifest import published_folder

NOTEBOOK = Path("notebooks", "half_year.ipynb")
REPORT = dg.AssetKey(["report", "half_year"])
_READ = ("core.", "eval.", "report.")


def report_asset(
    catalogue: Catalogue, partitions: dg.PartitionsDefinition[str]
) -> dg.AssetsDefinition:
    """The rendered report of a period."""
    read = [asset_key(name) for name in table_names(catalogue) if name.startswith(_READ)]

    @dg.asset(
        key=REPORT,
        deps=read,
        group_name=GROUPS["report"],
        kinds={"jupyter", "html"},
        owners=owners_of("report"),
        tags=tags_of(),
        code_version=code_version(catalogue),
        freshness_policy=results_due(catalogue),
        metadata=file_links("notebooks/half_year.ipynb"),
        partitions_def=partitions,
        description=described(
            "Báo cáo đánh giá của kỳ",
            "Chạy sổ tay `notebooks/half_year.ipynb` trên kho đã công bố, xuất HTML.",
            ["mọi bảng số liệu, đánh giá của kỳ"],
            readers_of("report"),
        ),
    )
    def half_year(
        context: dg.AssetExecutionContext, project: ProjectResource
    ) -> dg.MaterializeResult:
        period = context.partition_key
        with told(period), measured() as spent:
            root = project.folder()
            pages = _render(root, period)
            shown = headline_table(headline_rows(open_warehouse(root=root), period))
        links = {page.name: page_link(root, page) for page in pages}
        return dg.MaterializeResult(
            metadata={
                **links,
                PAGES: [page.relative_to(root).as_posix() for page in pages],
                "Sổ tay": dg.MetadataValue.path(NOTEBOOK.as_posix()),
                "Kết quả chính": dg.MetadataValue.md(markdown(shown)),
                **spent_numbers(spent),
            }
        )

    return half_year


def _render(root: Path, period: str) -> list[Path]:
    outputs = published_folder(root, period)
    try:
        return render_notebook(root, root / NOTEBOOK, period=period, outputs=outputs)
    except NotebookFailed as error:
        # the first two lines say which cell and what it raised
        found = " ".join(line.strip() for line in str(error).splitlines()[:2])
        raise Stopped(notebook_failed(found)) from error
