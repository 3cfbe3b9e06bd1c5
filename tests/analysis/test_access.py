"""The door to the warehouse: labels, SQL, releases."""

from pathlib import Path

import pytest

from pipelines.analysis import open_warehouse
from pipelines.analysis.access import NoRelease
from pipelines.warehouse.errors import ManifestDamagedError
from pipelines.warehouse.reader import Warehouse
from tests.reports.small import PERIOD


def test_columns_are_english_unless_labels_are_asked_for(wh: Warehouse):
    assert "indicator" in wh.table("eval.indicator_values").columns
    assert {"Chỉ số", "Tử số"} <= set(wh.table("eval.indicator_values", labels="vi").columns)


def test_sql_sees_the_tables(wh: Warehouse):
    assert wh.sql("select count(*) as n from core.reporting")["n"].iloc[0] == 61


def test_root_is_found_from_below(small_root: Path, monkeypatch: pytest.MonkeyPatch):
    (small_root / "notebooks").mkdir(exist_ok=True)
    monkeypatch.chdir(small_root / "notebooks")
    assert len(open_warehouse().table("core.registers_dossiers")) == 100


def test_tables_without_data_are_empty(tmp_path: Path):
    assert open_warehouse(root=tmp_path).table("core.findings").empty


def test_draft_of_a_period_is_the_current_manifest(small_root: Path, wh: Warehouse):
    assert open_warehouse(f"{PERIOD}/draft", root=small_root).manifest == wh.manifest


@pytest.mark.parametrize("release", ["2021-H1/07", "2020-H2/draft", "../07", "07"])
def test_unknown_release_says_what_to_do(small_root: Path, release: str):
    with pytest.raises(NoRelease, match="Việc cần làm"):
        open_warehouse(release, root=small_root)


def test_issued_release_is_read_from_its_archive(wh: Warehouse, tmp_path: Path):
    folder = tmp_path / "raw" / PERIOD / "releases" / "01"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(wh.manifest.to_json(), encoding="utf-8")
    assert open_warehouse(f"{PERIOD}/01", root=tmp_path).manifest == wh.manifest
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(ManifestDamagedError):
        open_warehouse(f"{PERIOD}/01", root=tmp_path)
