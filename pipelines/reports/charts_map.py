"""Units of a scope in their places: a map.

Belongs here: tiles in a grid, areas within supplied boundaries, the choice between them.
Does not belong here: reading map files (``map_ground``), which figure is shown (``analysis``).

The darker, the more; every step of lightness has a hatch of its own, and what is not known is
crossed out. Exact numbers stand in the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path
from shapely import MultiPolygon, Polygon
from shapely.ops import polylabel

from pipelines.reports import style
from pipelines.reports.labels import Labels, fitting, text_width
from pipelines.reports.map_ground import Ground
from pipelines.reports.style import BLANK, DEEP, LIGHT, MIDDLE, Chart, Look
from pipelines.vietnamese.numbers import NO_DATA, format_number

RATE_STEPS = (50.0, 80.0, 100.0)  # percent: where a step of the map begins
PALE = "#eef2f6"
MOST_COLUMNS = 10  # of the grid by official order: names still fit
_FILLS = ((PALE, ""), (LIGHT, ".."), (MIDDLE, "///"), (DEEP, ""))
_UNKNOWN = Look(NO_DATA.capitalize(), BLANK, "xxx")
_TILE, _WIDEST = 0.46, 1.25  # inches: height of a tile, its largest width
_KEY_LINE = 0.155  # inches between the names of a list
_KEY_SIZES = (7.0, 6.0)  # points: wanted, and the least that is read
_POINTS = 72


@dataclass(frozen=True)
class Steps:
    """Classes of a figure: the first ends where the second begins, the last has no end."""

    begins: tuple[float, ...] = RATE_STEPS
    digits: int = 0
    suffix: str = "%"

    def looks(self) -> list[Look]:
        """Fill, hatch and words of each class, low to high."""
        words = [format_number(begin, self.digits) + self.suffix for begin in self.begins]
        named = [f"Dưới {words[0]}"]
        named += [f"Từ {low} đến dưới {high}" for low, high in pairwise(words)]
        top = self.suffix == "%" and self.begins[-1] == 100
        named.append(words[-1] if top else f"Từ {words[-1]} trở lên")
        # fewer classes than fills keep the two ends, which are farthest apart
        fills = [*_FILLS[: len(named) - 1], _FILLS[-1]]
        return [Look(n, fill, hatch) for n, (fill, hatch) in zip(named, fills, strict=True)]

    def look(self, value: float | None) -> Look:
        """How a value is drawn; nan and None are not known."""
        if value is None or pd.isna(value):
            return _UNKNOWN
        return self.looks()[int(np.searchsorted(self.begins, value, side="right"))]


def unit_map(
    rows: pd.DataFrame,
    ground: Ground,
    title: str,
    *,
    number: int,
    illustrative: bool,
    steps: Steps | None = None,
) -> Chart:
    """A figure of every unit in its place.

    Within boundaries where those of all units are supplied, else as tiles: by a supplied layout,
    or in official order.

    Args:
        rows: unit_id, unit (name), value (nan where not known), shown; in official order.
        ground: What is known about places, of ``map_ground.read_ground``.
        title: Of the picture.
        number: Of the figure.
        illustrative: Marks the picture.
        steps: Classes of the figure; those of a rate when not given.
    """
    rows, steps = rows.reset_index(drop=True), steps or Steps()
    within = [unit for unit in rows["unit_id"] if unit in ground.boundaries]
    if len(rows) and len(within) == len(rows):
        return boundary_map(rows, ground, title, number=number, illustrative=illustrative,
                            steps=steps)  # fmt: skip
    return tile_map(rows, ground, title, number=number, illustrative=illustrative, steps=steps)


def tile_map(
    rows: pd.DataFrame,
    ground: Ground,
    title: str,
    *,
    number: int,
    illustrative: bool,
    steps: Steps,
) -> Chart:
    """One tile per unit; arguments of ``unit_map``."""
    places, note = _places(list(rows["unit_id"]), ground)
    columns = max([4, *(column for _, column in places)])
    width = min(_WIDEST, (style.WIDTH - 0.1) / columns)
    lines = max([1, *(row for row, _ in places)])
    with style.house_style():
        labels = fitting(list(rows["unit"]), width * _POINTS * 0.9 - 3)
        key = _key_lines(rows) if labels.numbered else []
        below = _key_height(key)
        figure = style.canvas(title, 0.5 + lines * _TILE + below, illustrative=illustrative)
        axes = _area(figure, lines * _TILE, below)
        for place, row, text in zip(places, rows.to_dict("records"), labels.texts, strict=True):
            _tile(axes, place, width, steps.look(row["value"]), (text, str(row["shown"])), labels)
        axes.set_xlim(0, style.WIDTH - 0.05)
        axes.set_ylim(lines * _TILE, 0)
        _write_key(figure, key, below)
        _legend(figure, rows, steps, below)
        return style.save(figure, alt=_alt(title, rows),
                          caption=style.caption(number, title, illustrative) + note)  # fmt: skip


def boundary_map(
    rows: pd.DataFrame,
    ground: Ground,
    title: str,
    *,
    number: int,
    illustrative: bool,
    steps: Steps,
) -> Chart:
    """Units within their boundaries, numbered, a list below; arguments of ``unit_map``."""
    areas = [ground.boundaries[unit] for unit in rows["unit_id"]]
    west, south, east, north = _bounds(areas)
    stretch = 1 / np.cos(np.radians((south + north) / 2))  # a degree of longitude is shorter
    tall = min(5.5, max(2.0, style.WIDTH * (north - south) * stretch / max(east - west, 1e-9)))
    key = _key_lines(rows)
    below = _key_height(key)
    with style.house_style():
        figure = style.canvas(title, 0.5 + tall + below, illustrative=illustrative)
        axes = _area(figure, tall, below)
        for area, value in zip(areas, rows["value"], strict=True):
            patch = {k: v for k, v in steps.look(value).patch().items() if k != "label"}
            axes.add_patch(PathPatch(_outline(area), **patch))
        axes.set_xlim(west, east)
        axes.set_ylim(south, north)
        axes.set_aspect(stretch)
        hidden = _numbers(axes, areas, [steps.look(value) for value in rows["value"]])
        _write_key(figure, key, below)
        _legend(figure, rows, steps, below)
        note = " Số trên bản đồ: thứ tự trong danh sách."
        if hidden:
            note += " Quá nhỏ để ghi số: " + "; ".join(rows["unit"].iloc[hidden]) + "."
        return style.save(figure, alt=_alt(title, rows),
                          caption=style.caption(number, title, illustrative) + note)  # fmt: skip


def _places(units: Sequence[str], ground: Ground) -> tuple[list[tuple[int, int]], str]:
    """Row and column of each unit, from 1; what the reader must know about them."""
    laid = [ground.tiles[unit] for unit in units if unit in ground.tiles]
    if not laid:
        columns = min(MOST_COLUMNS, max(4, int(np.ceil(1.6 * np.sqrt(len(units))))))
        places = [(n // columns + 1, n % columns + 1) for n in range(len(units))]
        return places, " Mỗi ô một đơn vị, theo thứ tự danh mục, không theo vị trí địa lý."
    top, left = (min(place[axis] for place in laid) - 1 for axis in (0, 1))
    shifted = {u: (ground.tiles[u][0] - top, ground.tiles[u][1] - left) for u in units
               if u in ground.tiles}  # fmt: skip
    lowest, columns = (max(place[axis] for place in shifted.values()) for axis in (0, 1))
    rest = [unit for unit in units if unit not in shifted]
    shifted |= {u: (lowest + 1 + n // columns, n % columns + 1) for n, u in enumerate(rest)}
    note = " Mỗi ô một đơn vị, theo sơ đồ ô được cung cấp."
    if rest:
        note += f" {format_number(len(rest))} đơn vị không có trong sơ đồ xếp ở dưới."
    return [shifted[unit] for unit in units], note


def _tile(
    axes: Axes,
    place: tuple[int, int],
    width: float,
    look: Look,
    texts: tuple[str, str],
    labels: Labels,
) -> None:
    left, top = (place[1] - 1) * width, (place[0] - 1) * _TILE
    patch = {key: value for key, value in look.patch().items() if key != "label"}
    axes.add_patch(Rectangle((left + 0.02, top + 0.02), width - 0.04, _TILE - 0.04, **patch))
    name, shown = texts
    size = 7.5
    while size > 5.5 and text_width(shown, size) > width * _POINTS - 5:
        size -= 0.5
    middle = left + width / 2
    _over(axes, middle, top + 0.145, name, look, fontsize=labels.size, linespacing=0.95)
    _over(axes, middle, top + 0.365, _unknown(shown), look, fontsize=size, fontweight="bold")


def _unknown(shown: str) -> str:
    return "–" if shown == NO_DATA else shown  # the crossed ground says it, the legend explains it


def _over(axes: Axes, x: float, y: float, text: str, look: Look, **font: Any) -> None:  # noqa: ANN401 - matplotlib's own
    """Words on a ground, those on a hatch on a plate."""
    axes.text(x, y, text, ha="center", va="center", color=look.text_colour,
              bbox=style.plate(look), **font)  # fmt: skip


def _numbers(
    axes: Axes, areas: Sequence[Polygon | MultiPolygon], looks: Sequence[Look]
) -> list[int]:
    """Running numbers inside the areas; the places of those that would touch another."""
    taken: list[tuple[float, float]] = []
    hidden = []
    axes.figure.draw_without_rendering()  # type: ignore[union-attr] # the layout settles sizes
    for place, (area, look) in enumerate(zip(areas, looks, strict=True)):
        largest = max(getattr(area, "geoms", [area]), key=lambda part: part.area)
        point = polylabel(largest, tolerance=max(np.sqrt(largest.area) / 50, 1e-9))
        x, y = axes.transData.transform((point.x, point.y))
        if any(abs(x - a) < 15 and abs(y - b) < 11 for a, b in taken):
            hidden.append(place)
            continue
        taken.append((x, y))
        _over(axes, point.x, point.y, f"{place + 1:02d}", look, fontsize=7.5, fontweight="bold")
    return hidden


def _outline(area: Polygon | MultiPolygon) -> Path:
    """Outer rings and holes as one path."""
    parts = list(getattr(area, "geoms", [area]))
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(*(Path(np.asarray(ring.coords)[:, :2], closed=True)
                                     for ring in rings))  # fmt: skip


def _bounds(areas: Sequence[Polygon | MultiPolygon]) -> tuple[float, float, float, float]:
    boxes = np.array([area.bounds for area in areas])
    (west, south), (east, north) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def _area(figure: Figure, tall: float, below: float) -> Axes:
    """Axes of exact height between title and list; nothing but what is drawn."""
    total = figure.get_figheight()
    figure.set_layout_engine("none")
    bottom = (below + 0.42) / total  # the legend stands between
    axes = figure.add_axes((0.003, bottom, 0.994, tall / total))
    axes.axis("off")
    return axes


def _legend(figure: Figure, rows: pd.DataFrame, steps: Steps, below: float) -> None:
    """What the grounds mean, between map and list."""
    looks = steps.looks() + ([_UNKNOWN] if rows["value"].isna().any() else [])
    figure.legend(
        handles=[Patch(**look.patch()) for look in looks],
        loc="lower left",
        bbox_to_anchor=(0.0, (below + 0.04) / figure.get_figheight()),
        ncols=len(looks),
        fontsize=7.5,
        columnspacing=1.1,
        handletextpad=0.5,
        borderaxespad=0.3,
    )


def _key_lines(rows: pd.DataFrame) -> list[str]:
    pairs = zip(rows["unit"], rows["shown"], strict=True)
    return [f"{place:02d} {unit}: {shown}" for place, (unit, shown) in enumerate(pairs, 1)]


def _key_columns(key: Sequence[str]) -> int:
    """In how many columns the list is read."""
    widest = max([text_width(line, _KEY_SIZES[1]) for line in key], default=1)
    return min(4, max(1, int(style.WIDTH * _POINTS / (widest + 14))))


def _key_height(key: Sequence[str]) -> float:
    return -(-len(key) // _key_columns(key)) * _KEY_LINE + (0.08 if key else 0)


def _write_key(figure: Figure, key: Sequence[str], below: float) -> None:
    """The list of names below the map, column by column, in a size in which the longest fits."""
    columns, total = _key_columns(key), figure.get_figheight()
    tall, wide = -(-len(key) // columns), style.WIDTH / columns * _POINTS - 12
    widest = max([text_width(line, 1) for line in key], default=1)
    size = min(_KEY_SIZES[0], wide / widest)
    for place, line in enumerate(key):
        column, row = divmod(place, tall)
        figure.text(0.005 + column / columns, (below - 0.04 - row * _KEY_LINE) / total, line,
                    fontsize=size, va="top")  # fmt: skip


def _alt(title: str, rows: pd.DataFrame) -> str:
    pairs = zip(rows["unit"], rows["shown"], strict=True)
    return f"{title}. " + "; ".join(f"{unit}: {shown}" for unit, shown in pairs)
