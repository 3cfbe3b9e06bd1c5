"""Map files that somebody supplies: read, or refused with what is wrong and what to do."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.reports.map_ground import (
    BOUNDARIES,
    TILES,
    Ground,
    MapFileError,
    read_boundaries,
    read_ground,
    read_tiles,
)

KNOWN = ["xa-1", "xa-2", "xa-3"]
SQUARE = [[108.0, 12.0], [108.1, 12.0], [108.1, 12.1], [108.0, 12.1], [108.0, 12.0]]
BOW = [[108.0, 12.0], [108.1, 12.1], [108.1, 12.0], [108.0, 12.1], [108.0, 12.0]]
PROJECTED = [[450_000, 1_390_000], [460_000, 1_390_000], [460_000, 1_400_000], [450_000, 1_390_000]]


def _feature(unit: Any, rings: Any, kind: str = "Polygon") -> dict:
    return {
        "type": "Feature",
        "properties": {"unit_id": unit},
        "geometry": {"type": kind, "coordinates": rings},
    }


def _boundaries(tmp_path: Path, *features: Any) -> Path:
    path = tmp_path / BOUNDARIES
    content = {"type": "FeatureCollection", "features": list(features)}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _tiles(tmp_path: Path, text: str) -> Path:
    path = tmp_path / TILES
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_supplied_is_no_fault(tmp_path: Path):
    assert read_ground(tmp_path, KNOWN) == Ground({}, {})


def test_both_files_are_read(tmp_path: Path):
    _tiles(tmp_path, "unit_id,row,column\nxa-1,1,2\nxa-2,3,1\n")
    hole = [[x / 2 + 54.02, y / 2 + 6.02] for x, y in SQUARE]
    _boundaries(
        tmp_path,
        _feature("xa-1", [SQUARE, hole]),
        _feature("xa-2", [[SQUARE], [[[x + 1, y] for x, y in SQUARE]]], "MultiPolygon"),
    )
    ground = read_ground(tmp_path, KNOWN)
    assert ground.tiles == {"xa-1": (1, 2), "xa-2": (3, 1)}
    assert set(ground.boundaries) == {"xa-1", "xa-2"}
    assert ground.boundaries["xa-2"].bounds == (108.0, 12.0, 109.1, 12.1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "không đọc được"),
        ("unit,row,column\nxa-1,1,1\n", "có các cột unit, row, column"),
        ("unit_id,row,column\nxa-9,1,1\n", "đơn vị lạ xa-9"),
        ("unit_id,row,column\nxa-1,1,1\nxa-1,1,2\n", "xa-1 có hai lần"),
        ("unit_id,row,column\nxa-1,1,1\nxa-2,1,1\n", "xa-1, xa-2 cùng một ô"),
        ("unit_id,row,column\nxa-1,1,\n", "xa-1 ở hàng “1”, cột “”"),
        ("unit_id,row,column\nxa-1,0,1\n", "xa-1 ở hàng “0”"),
        ("unit_id,row,column\nxa-1,1.5,1\n", "xa-1 ở hàng “1.5”"),
        ("unit_id,row,column\nxa-1,1,9999\n", "cột “9999”"),
    ],
)
def test_a_bad_layout_is_refused(tmp_path: Path, text: str, said: str):
    with pytest.raises(MapFileError, match=said) as caught:
        read_tiles(_tiles(tmp_path, text), KNOWN)
    assert str(caught.value).startswith(TILES)
    assert "Cần: " in str(caught.value)


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([], "không có features"),
        (["xa-1"], "đối tượng thứ 1 không phải Feature"),
        ([_feature(None, [SQUARE])], "đối tượng thứ 1 không có unit_id"),
        ([_feature("xa-9", [SQUARE])], "đơn vị lạ xa-9"),
        ([_feature("xa-1", [SQUARE]), _feature("xa-1", [SQUARE])], "xa-1 có hai lần"),
        ([_feature("xa-1", SQUARE, "LineString")], "xa-1 là LineString"),
        ([_feature("xa-1", [])], "xa-1 là Polygon hoặc rỗng"),
        ([_feature("xa-1", [SQUARE[:2]])], "xa-1 không có hình đọc được"),
        ([_feature("xa-1", "đất")], "xa-1 không có hình đọc được"),
        ([_feature("xa-1", [SQUARE], "Đa giác")], "xa-1 không có hình đọc được"),
        ([_feature("xa-1", [PROJECTED])], "VN-2000"),
        ([_feature("xa-1", [BOW])], "xa-1: Self-intersection"),
        ([{"type": "Feature", "properties": {"unit_id": "xa-1"}}], "xa-1 không có hình đọc được"),
    ],
)
def test_bad_boundaries_are_refused(tmp_path: Path, features: list, said: str):
    with pytest.raises(MapFileError, match=said):
        read_boundaries(_boundaries(tmp_path, *features), KNOWN)


@pytest.mark.parametrize("content", ["{", "[]", "null", '{"features": 3}'])
def test_what_is_no_geojson_is_refused(tmp_path: Path, content: str):
    path = tmp_path / BOUNDARIES
    path.write_text(content, encoding="utf-8")
    with pytest.raises(MapFileError):
        read_boundaries(path, KNOWN)
