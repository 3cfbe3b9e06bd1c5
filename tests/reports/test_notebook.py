"""The half-year notebook: clean in git, executed, rendered to one page, equal bytes."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import sync_playwright

from pipelines.reports.notebook import NotebookFailed, fingerprint, render_notebook
from tests.reports.small import PERIOD, PROJECT, build

NOTEBOOK = PROJECT / "notebooks" / "half_year.ipynb"


@pytest.fixture(scope="module")
def rendered(small_root: Path) -> list[Path]:
    outputs = small_root / "warehouse" / "published" / PERIOD
    return render_notebook(small_root, NOTEBOOK, period=PERIOD, outputs=outputs)


def _code(path: Path) -> list:
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


def test_notebook_in_git_has_no_outputs():
    for path in sorted(NOTEBOOK.parent.glob("*.ipynb")):
        for cell in _code(path):
            assert not cell.outputs, path.name
            assert cell.execution_count is None
        ids = [cell.id for cell in nbformat.read(path, as_version=4).cells]
        assert len(ids) == len(set(ids))


def test_notebook_computes_its_figures():
    source = "".join(cell.source for cell in _code(NOTEBOOK))
    for number in ("52620", "52.620", "261", "86,67", "13/15", "24/24"):
        assert number not in source


def test_page_stands_alone(rendered: list[Path]):
    page = rendered[0].read_text(encoding="utf-8")
    assert '<html lang="vi">' in page
    assert "<title>Kết quả thực hiện Quy chế dân chủ ở cơ sở</title>" in page
    assert "<script" not in page
    outside = re.findall(r'(?:src|href)="(?!data:|#)([^"]*)"|url\((?!data:)([^)]*)\)', page)
    assert outside == []
    assert "wh.table(" not in page.split("JupyterLab")[0]  # code is hidden
    assert "qcdc-banner" in page


def test_nothing_of_the_run_is_left(rendered: list[Path], small_root: Path):
    for path in rendered:
        text = path.read_text(encoding="utf-8")
        for trace in (str(small_root), str(PROJECT), "papermill", "iopub", "Traceback"):
            assert trace not in text, (path.name, trace)
    kept = nbformat.read(rendered[1], as_version=4)
    nbformat.validate(kept)
    assert [c.id for c in kept.cells if "injected-parameters" in c.metadata.get("tags", [])] == [
        "injected-parameters"
    ]


def test_equal_inputs_give_equal_bytes(rendered: list[Path], small_root: Path, tmp_path: Path):
    again = render_notebook(small_root, NOTEBOOK, period=PERIOD, outputs=tmp_path)
    for first, second in zip(rendered, again, strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_unchanged_inputs_render_nothing(rendered: list[Path], small_root: Path):
    def times() -> dict[str, int]:
        return {p.name: p.stat().st_mtime_ns for p in rendered[0].parent.iterdir()}

    before = times()
    render_notebook(small_root, NOTEBOOK, period=PERIOD, outputs=rendered[0].parent)
    assert times() == before


def test_fingerprint_follows_tables_and_notebook(small_root: Path, tmp_path: Path):
    first = fingerprint(small_root, NOTEBOOK, PERIOD)
    other = tmp_path / "other.ipynb"
    other.write_bytes(NOTEBOOK.read_bytes() + b"\n")
    assert fingerprint(small_root, other, PERIOD) != first
    assert fingerprint(small_root, NOTEBOOK, "2020-H2") != first
    (tmp_path / "more").mkdir()
    changed = build(tmp_path / "more", dossiers=21)
    assert fingerprint(changed, NOTEBOOK, PERIOD) != first


def test_failing_cell_leaves_the_report_in_place(small_root: Path, tmp_path: Path):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell('period = ""', metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell('raise ValueError("thiếu bảng")'),
        ]
    )
    path, outputs = tmp_path / "bad.ipynb", tmp_path / "out"
    nbformat.write(notebook, path)
    outputs.mkdir()
    (outputs / "bao-cao.html").write_text("old", encoding="utf-8")
    with pytest.raises(NotebookFailed, match="thiếu bảng"):
        render_notebook(small_root, path, period=PERIOD, outputs=outputs)
    assert [p.name for p in outputs.iterdir()] == ["bao-cao.html"]
    assert (outputs / "bao-cao.html").read_text(encoding="utf-8") == "old"


def test_record_names_what_it_was_made_from(rendered: list[Path], small_root: Path):
    record = json.loads((rendered[0].parent / ".inputs.json").read_text(encoding="utf-8"))
    assert record["inputs"] == fingerprint(small_root, NOTEBOOK, PERIOD)
    assert set(record["outputs"]) == {path.name for path in rendered}


@pytest.mark.tool("chromium")
@pytest.mark.parametrize("width", [1200, 390])
def test_browser_shows_the_report(
    rendered: list[Path], tool_path: Callable[[str], Path], width: int
):
    said: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(tool_path("chromium")), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("requestfailed", lambda request: said.append(request.url))
        page.goto(rendered[0].as_uri())
        text = page.inner_text("main")
        for expected in ("13/15", "86,67%", "73,3%", "261/285", "chưa có số liệu", "✓ khớp"):
            assert expected in text
        for expected in ("Cùng kỳ 2020: 66,7% (+6,67 điểm %)", "Chỉ tiêu: 90% – chưa đạt"):
            assert expected in text
        assert page.get_by_role("heading", name="So sánh").count() == 1
        assert page.locator("figure img").count() == 10  # four of them of one pillar each
        broken = "Array.from(document.images).filter(i => !i.complete || !i.naturalWidth).length"
        assert page.evaluate(broken) == 0
        # the page itself never scrolls sideways; wide tables and pictures do, in their own boxes
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.mouse.wheel(0, 5000)
        assert page.locator(".qcdc-banner").bounding_box()["y"] <= 1  # type: ignore[index] # it is there
        browser.close()
    assert said == []
