"""The analyst's notebook runs from the first cell to the last and says what it is."""

from pathlib import Path

import nbformat
import papermill
import pytest

from tests.reports.small import PERIOD, PROJECT


@pytest.fixture(scope="module")
def printed(small_root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Everything the cells show, as text."""
    made = tmp_path_factory.mktemp("fair") / "made.ipynb"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PROJECT))
        papermill.execute_notebook(
            PROJECT / "notebooks" / "fair_comparison.ipynb",
            made,
            parameters={"period": PERIOD},
            cwd=small_root,
            progress_bar=False,
        )
    outputs = [
        output
        for cell in nbformat.read(made, as_version=4).cells
        for output in cell.get("outputs", [])
    ]
    assert not [output for output in outputs if output.output_type == "error"]
    shown = [
        output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs
    ]
    return "\n".join(shown)


def test_it_says_that_the_set_is_an_example_and_the_data_illustrative(printed: str) -> None:
    assert "SỐ LIỆU MINH HỌA" in printed
    assert "VÍ DỤ, không phải quy định" in printed


def test_bands_places_and_survey_are_there(printed: str) -> None:
    assert "chưa xếp loại" in printed
    assert "place_95" in printed
    assert "Công khai danh sách hộ nghèo" in printed
    assert "không cộng" in printed
