"""Where units lie on a map: a layout of tiles, or boundaries, if somebody has supplied them.

Belongs here: reading and judging ``raw/reference/tiles.csv`` and ``boundaries.geojson``.
Does not belong here: drawing (``charts_map``), what a unit's colour means.

Neither file ships with the project: it holds no boundaries that it has not been given. Without
them units stand in their official order.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from shapely import MultiPolygon, Polygon
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.validation import explain_validity

TILES, BOUNDARIES = "tiles.csv", "boundaries.geojson"
_COLUMNS = ["unit_id", "row", "column"]
_TALLEST = 200  # a layout with a row or column beyond is a slip of the pen


class MapFileError(ValueError):
    """A supplied map file cannot be drawn.

    Args:
        file: Its name.
        found: What is wrong, in Vietnamese.
        expected: What it should hold.
    """

    def __init__(self, file: str, found: str, expected: str) -> None:
        super().__init__(f"{file}: {found}. Cần: {expected}. Sửa hoặc xóa tệp rồi chạy lại.")
        self.file, self.found, self.expected = file, found, expected


@dataclass(frozen=True)
class Ground:
    """What is known about the place of units.

    Attributes:
        tiles: Row and column of each unit, counted from 1 at the top left.
        boundaries: Area of each unit in degrees (WGS 84).
    """

    tiles: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    boundaries: Mapping[str, Polygon | MultiPolygon] = field(default_factory=dict)


def read_ground(folder: Path, known: Collection[str]) -> Ground:
    """What ``raw/reference`` holds of a map.

    Args:
        folder: ``raw/reference``.
        known: Every ``unit_id`` of ``ref.units``, of today and of the past.

    Raises:
        MapFileError: A file is there and cannot be drawn.
    """
    tiles, boundaries = folder / TILES, folder / BOUNDARIES
    return Ground(
        read_tiles(tiles, known) if tiles.is_file() else {},
        read_boundaries(boundaries, known) if boundaries.is_file() else {},
    )


def read_tiles(path: Path, known: Collection[str]) -> dict[str, tuple[int, int]]:
    """A layout of tiles: unit_id, row, column.

    Raises:
        MapFileError: Other columns, an unknown unit, a unit or a place twice, no place at all.
    """
    try:
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise _bad(path, "không đọc được như CSV (UTF-8)", "unit_id,row,column") from error
    if list(frame.columns) != _COLUMNS:
        raise _bad(path, f"có các cột {', '.join(frame.columns)}", ",".join(_COLUMNS))
    _only_known(path, frame["unit_id"], known)
    places = frame[["row", "column"]].apply(pd.to_numeric, errors="coerce")
    wrong = frame[~places.isin(range(1, _TALLEST + 1)).all(axis=1)]
    if len(wrong):
        told = f"{wrong['unit_id'].iloc[0]} ở hàng “{wrong['row'].iloc[0]}”"
        told += f", cột “{wrong['column'].iloc[0]}”"
        raise _bad(path, told, f"số nguyên từ 1 đến {_TALLEST}")
    twice = frame[frame.duplicated(["row", "column"], keep=False)]
    if len(twice):
        raise _bad(path, f"{', '.join(twice['unit_id'][:2])} cùng một ô", "mỗi ô một đơn vị")
    rows, columns = (places[name].astype("int64") for name in ("row", "column"))
    return dict(zip(frame["unit_id"], zip(rows, columns, strict=True), strict=True))


def read_boundaries(path: Path, known: Collection[str]) -> dict[str, Polygon | MultiPolygon]:
    """Boundaries: a GeoJSON FeatureCollection, each feature with ``properties.unit_id``.

    Raises:
        MapFileError: No GeoJSON, not an area, not in degrees, self-crossing, an unknown unit, a
            unit twice.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise _bad(path, "không đọc được như JSON (UTF-8)", "một FeatureCollection") from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        raise _bad(path, "không có features", "một FeatureCollection có ít nhất một đơn vị")
    areas = [_area(path, place, feature) for place, feature in enumerate(features, 1)]
    _only_known(path, pd.Series([unit for unit, _ in areas]), known)
    return dict(areas)


def _area(path: Path, place: int, feature: object) -> tuple[str, Polygon | MultiPolygon]:
    if not isinstance(feature, dict):
        raise _bad(path, f"đối tượng thứ {place} không phải Feature", "một Feature của GeoJSON")
    properties = feature.get("properties")
    unit = properties.get("unit_id") if isinstance(properties, dict) else None
    if not isinstance(unit, str) or not unit:
        raise _bad(path, f"đối tượng thứ {place} không có unit_id", "properties.unit_id")
    try:
        area = shape(feature.get("geometry") or {})
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise _bad(path, f"{unit} không có hình đọc được", "Polygon hoặc MultiPolygon") from error
    if not isinstance(area, Polygon | MultiPolygon) or area.is_empty:
        raise _bad(path, f"{unit} là {area.geom_type} hoặc rỗng", "Polygon hoặc MultiPolygon")
    west, south, east, north = area.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        found = f"{unit} có tọa độ từ ({west:.0f}; {south:.0f}) đến ({east:.0f}; {north:.0f})"
        raise _bad(path, found, "kinh độ, vĩ độ WGS 84; hãy đổi từ VN-2000 trước khi đặt vào")
    if not area.is_valid:
        raise _bad(path, f"{unit}: {explain_validity(area)}", "đường biên không tự cắt")
    return unit, area


def _only_known(path: Path, units: pd.Series, known: Collection[str]) -> None:
    twice = units[units.duplicated()]
    if len(twice):
        raise _bad(path, f"{twice.iloc[0]} có hai lần", "mỗi đơn vị một lần")
    strange = units[~units.isin(list(known))]
    if len(strange):
        raise _bad(
            path, f"đơn vị lạ {', '.join(strange[:3])}", "unit_id của raw/reference/units.csv"
        )


def _bad(path: Path, found: str, expected: str) -> MapFileError:
    return MapFileError(path.name, found, expected)
