"""Pictures of the lookup copy: which there are, their numbers, what they say."""

from pathlib import Path

import pytest

from pipelines.orchestration.paper_material import Kept
from pipelines.orchestration.paper_pictures import map_files, pictures_of
from pipelines.orchestration.problems import Stopped
from pipelines.reports.map_ground import TILES
from pipelines.reports.papers.model import Picture
from pipelines.warehouse.reader import Warehouse
from tests.reports.small import PERIOD


@pytest.fixture(scope="module")
def pictures(wh: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> tuple[Picture, ...]:
    return pictures_of(Kept(wh), tmp_path_factory.mktemp("root"), PERIOD, composed=False)


def test_pictures_are_numbered_in_order(pictures: tuple[Picture, ...]) -> None:
    assert [each.caption[:8] for each in pictures] == [
        f"Hình {n:02d}." for n in range(1, len(pictures) + 1)
    ]
    captions = " ".join(each.caption for each in pictures)
    for told in (
        "nộp báo cáo",
        "Hồ sơ tiếp nhận",
        "trụ cột Dân biết",
        "nông thôn mới",
        "theo đơn vị",
    ):
        assert told in captions


def test_a_picture_has_words_and_both_formats(pictures: tuple[Picture, ...]) -> None:
    for each in pictures:
        assert each.png.startswith(b"\x89PNG")
        assert each.svg.lstrip().startswith("<?xml")
        assert len(each.alt) > 40
        assert "MINH HỌA" not in each.caption  # papers put it there themselves


def test_a_bad_map_file_stops_with_its_name(wh: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / "raw" / "reference" / TILES
    path.parent.mkdir(parents=True)
    path.write_text("unit_id,row,column\nxa-khong-co,1,1\n", encoding="utf-8")
    assert list(map_files(tmp_path)) == [TILES]
    with pytest.raises(Stopped) as caught:
        pictures_of(Kept(wh), tmp_path, PERIOD, composed=False)
    assert "xa-khong-co" in caught.value.problem.found
    assert TILES in caught.value.problem.action
