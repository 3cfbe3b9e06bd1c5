"""Analysts' notebooks as assets: there for every period, run when somebody asks."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import build_defs
from pipelines.orchestration import notebook_assets
from pipelines.orchestration.asset_words import PAGES
from pipelines.orchestration.notebook_assets import GROUP, NOTEBOOKS, SCHEMA
from pipelines.orchestration.resources import ProjectResource
from pipelines.reports.notebook import NotebookFailed

PERIOD = "2021-H1"
KEY = dg.AssetKey([SCHEMA, "unit_page"])


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs()


def _materialise(root: Path) -> dg.ExecuteInProcessResult:
    job = build_defs({"project": ProjectResource(root=str(root))})
    run = job.resolve_implicit_global_asset_job_def()
    return run.execute_in_process(asset_selection=[KEY], partition_key=PERIOD, raise_on_error=False)


def test_every_notebook_is_an_asset_outside_the_job_of_a_period(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    keys = {key for key in graph.get_all_asset_keys() if graph.get(key).group_name == GROUP}
    assert keys == {dg.AssetKey([SCHEMA, name]) for name in NOTEBOOKS}
    chosen = defs.resolve_job_def("evaluate_period").asset_layer.selected_asset_keys
    assert not keys & set(chosen)
    assert dg.AssetKey(["report", "half_year"]) in chosen


def test_its_page_is_named_as_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def render(root: Path, notebook: Path, *, period: str, outputs: Path, stem: str) -> list[Path]:
        assert notebook == root / "notebooks" / "unit_page.ipynb"
        outputs.mkdir(parents=True)
        pages = [outputs / f"{stem}.html"]
        pages[0].write_text(period, encoding="utf-8")
        return pages

    monkeypatch.setattr(notebook_assets, "render_notebook", render)
    done = _materialise(tmp_path)
    assert done.success
    said = done.asset_materializations_for_node("notebooks__unit_page")[0].metadata
    page = f"warehouse/published/{PERIOD}/so-tay/unit_page.html"
    assert said[PAGES].value == [page]
    assert said["unit_page.html"].value == page


def test_a_failing_cell_is_told_in_vietnamese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise NotebookFailed("QCDC-R01: Ô thứ 3 bị lỗi.\n  Tìm thấy: KeyError: x\n  Cần có: …")

    monkeypatch.setattr(notebook_assets, "render_notebook", failing)
    done = _materialise(tmp_path)
    assert not done.success
    failure = done.failure_data_for_node("notebooks__unit_page")
    assert failure is not None
    told = str(failure.error)
    assert "Ô thứ 3 bị lỗi" in told
    assert "notebooks/unit_page.ipynb chạy hết mọi ô" in told
