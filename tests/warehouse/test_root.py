from pathlib import Path

import pytest

from pipelines.warehouse.errors import NotAProject
from pipelines.warehouse.root import find_root


def test_the_nearest_folder_with_the_marker_is_the_root(root: Path):
    inner = root / "raw" / "inner"
    deep = inner / "a" / "b"
    deep.mkdir(parents=True)
    assert find_root(deep) == root
    (inner / "workspace.yaml").touch()
    assert find_root(deep) == inner
    assert find_root(root) == root


def test_the_current_directory_is_where_it_starts(root: Path, monkeypatch: pytest.MonkeyPatch):
    (root / "notebooks").mkdir()
    monkeypatch.chdir(root / "notebooks")
    assert find_root() == root


def test_a_folder_of_that_name_is_not_a_marker(tmp_path: Path):
    (tmp_path / "workspace.yaml").mkdir()
    with pytest.raises(NotAProject):
        find_root(tmp_path)


def test_outside_a_project_the_error_says_what_to_do(tmp_path: Path):
    with pytest.raises(NotAProject) as caught:
        find_root(tmp_path)
    told = str(caught.value)
    assert told.startswith("QCDC-W01")
    assert str(tmp_path) in told
    assert "workspace.yaml" in caught.value.expected
    assert "Chuyển vào thư mục dự án" in told
    assert "not inside a QCDC project" in told
