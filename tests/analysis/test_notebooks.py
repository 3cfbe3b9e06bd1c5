"""Every notebook of analysts runs on the small sample, with defaults, and speaks Vietnamese."""

import re
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from pipelines.orchestration.notebook_assets import NOTEBOOKS
from pipelines.warehouse.errors import WarehouseError
from tests.analysis.notebook_run import markup, run
from tests.reports.small import PROJECT

FOLDER = PROJECT / "notebooks"
HEADING = re.compile(r'<th scope="col">(.*?)</th>')
TABLE = re.compile(r'<div class="qcdc qcdc-table">.*?</table>', re.DOTALL)
RAW_NAME = re.compile(r"[a-z][a-z0-9]*([_.][a-z0-9]+)*")
VIETNAMESE = {"TT", "Trang", "Trong", "PAPI"}
# what each page is for: it must be there on the sample as it ships
TELLS = {
    "annual": [
        "Năm 2021 chưa được đánh giá",
        "Số liệu chính, 6 tháng đầu năm 2021",
        "Đầu năm 2021",
    ],
    "five_year_review": ["2016-2020", "chưa được đánh giá", "Diễn biến"],
    "unit_page": ["Trang của Thị trấn minh họa", "Chỉ số của đơn vị", "Số liệu đã dùng và nguồn"],
    "data_quality": ["Trễ hạn", "Doanh nghiệp minh họa 15", "Chưa nộp", "Ô theo nơi đến"],
    "inspection_targeting": ["Đơn vị theo loại lý do", "Kế hoạch và thực hiện"],
    "across_2025_map": ["Đơn vị cũ và đơn vị hiện nay", "01/07/2025", "Xã minh họa 16"],
    "fair_comparison": ["VÍ DỤ, không phải quy định", "Thứ tự kém nhất (95%)", "không cộng"],
    "bat_dau": ["Các bảng trong kho", "qcdc trace 2021-H1/", "86,67%"],
}


@pytest.fixture(autouse=True)
def in_the_project(small_root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(small_root)


def test_every_notebook_is_an_asset_and_is_tested():
    files = {path.stem for path in FOLDER.glob("*.ipynb")}
    assert files == {*NOTEBOOKS, "half_year"}
    assert set(TELLS) == set(NOTEBOOKS)


@pytest.mark.parametrize("name", sorted(NOTEBOOKS))
def test_it_runs_with_its_defaults(name: str):
    page = markup(run(FOLDER / f"{name}.ipynb"))
    for said in TELLS[name]:
        assert said in page
    tables = TABLE.findall(page)
    assert len(tables) >= 4
    for table in tables:
        assert "SỐ LIỆU MINH HỌA" in table
        empty = "Không có dòng nào." in table
        assert ('download="bieu-so-' in table) != empty
        for heading in HEADING.findall(table):
            assert heading in VIETNAMESE or not RAW_NAME.fullmatch(heading), heading


@pytest.mark.parametrize("name", sorted(NOTEBOOKS))
def test_cells_are_short_and_parameters_come_first(name: str):
    cells = [c for c in nbformat.read(FOLDER / f"{name}.ipynb", 4).cells if c.cell_type == "code"]
    assert cells[0].metadata["tags"] == ["parameters"]
    assert max(len(cell.source.splitlines()) for cell in cells) <= 11
    assert len(cells) == 11 or name != "bat_dau"  # the parameters, then ten


def test_a_unit_can_be_named():
    page = markup(run(FOLDER / "unit_page.ipynb", {"unit_id": "dn-mh-01"}))
    assert "Trang của Doanh nghiệp minh họa 01" in page


@pytest.mark.parametrize(
    ("name", "parameters", "told"),
    [
        ("unit_page", {"period": "../../x"}, "Không có kỳ “../../x”."),
        ("annual", {"period": "'; drop table x; --"}, "Không có kỳ “'; drop table x; --”."),
        ("data_quality", {"period": 2021}, "không phải chữ trong dấu nháy"),
        ("unit_page", {"unit_id": "<script>"}, "Không có đơn vị “<script>”."),
        ("bat_dau", {"period": "2031-H1"}, "gần nhất: 2030-H1"),
        ("half_year", {"period": "../../x"}, "QCDC-A02"),
    ],
)
def test_a_hostile_parameter_is_told_in_vietnamese(
    name: str, parameters: dict[str, object], told: str
):
    with pytest.raises(WarehouseError) as caught:
        run(FOLDER / f"{name}.ipynb", parameters)
    lines = caught.value._render_traceback_()
    assert told in "\n".join(lines)
    assert any(line.startswith("  Việc cần làm: ") for line in lines)


def test_a_jupyter_kernel_shows_the_problem_in_place_of_a_traceback():
    with capture_output() as said:
        InteractiveShell().run_cell(
            "from pipelines.analysis import open_period; open_period('../../x')",
            store_history=False,
        )
    assert "QCDC-A03: Không có kỳ “../../x”." in said.stdout
    assert "Traceback" not in said.stdout + said.stderr
