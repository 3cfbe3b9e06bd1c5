"""A criteria set is data: one more file scores one more way; what leads nowhere is refused."""

import shutil
from pathlib import Path

import pytest
import yaml

from pipelines.catalogue.integrity import CatalogueError
from pipelines.catalogue.load import DATA, load_catalogue
from tests.evaluation.scoring import banded, known

SET = {
    "id": "thu-3",
    "label_vi": "Bộ thử",
    "population": "qcdc_communes",
    "points": 10,
    "example": True,
    "basis_vi": "Thử",
    "half_year_bands": True,
    "sections": [{"id": "all", "label_vi": "Tất cả", "points": 10}],
    "criteria": [
        {
            "id": "talk",
            "section": "all",
            "label_vi": "Đối thoại",
            "max_points": 10,
            "scale": {"kind": "linear", "full_at": 4},
            "reads": {"element": "xa.dialogues"},
            "not_applicable": "full",
        }
    ],
    "bands": [
        {"id": "yes", "label_vi": "Đạt", "at_least": 5},
        {"id": "no", "label_vi": "Chưa đạt", "at_least": 0},
    ],
}


def data_with(folder: Path, entry: dict) -> Path:
    shutil.copytree(DATA, folder / "data")
    path = folder / "data" / "criteria" / "thu-3.yaml"
    path.write_text(yaml.safe_dump(entry, allow_unicode=True), encoding="utf-8")
    return folder / "data"


def test_a_new_set_scores_by_data_alone(tmp_path: Path) -> None:
    catalogue = load_catalogue(data_with(tmp_path, SET))
    assert set(catalogue.criteria) == {"thu-3", "vd-xa-1", "vd-xa-2"}
    what = known({("u", "xa.dialogues"): 2, ("v", "xa.dialogues"): 1, ("w", "xa.dialogues"): None})
    table = banded(catalogue.criteria["thu-3"], what, ["u", "v", "w"], is_half=True)
    assert [table[unit]["band"] for unit in "uvw"] == ["Đạt", "Chưa đạt", "chưa xếp loại"]


@pytest.mark.parametrize(
    ("reads", "told"),
    [
        ({"element": "xa.nothing"}, "no element xa.nothing"),
        ({"indicator": "rp.on_time_rate"}, "no indicator per unit rp.on_time_rate"),
    ],
)
def test_a_line_that_reads_nothing_is_refused(tmp_path: Path, reads: dict, told: str) -> None:
    entry = {**SET, "criteria": [{**SET["criteria"][0], "reads": reads}]}  # type: ignore[dict-item] # a dict of the literal above
    with pytest.raises(CatalogueError, match=told):
        load_catalogue(data_with(tmp_path, entry))
