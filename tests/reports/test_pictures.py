"""Every kind of picture with 1, 16, 102 units and long names: texts apart, equal bytes, greys."""

import io
import itertools
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from shapely import box

from pipelines.reports import charts, charts_map, style
from pipelines.reports.charts_map import Steps, unit_map
from pipelines.reports.map_ground import Ground
from pipelines.reports.series_chart import over_time
from pipelines.reports.style import Chart
from pipelines.reports.waterfall import waterfall
from pipelines.vietnamese.numbers import NO_DATA
from tests.reports import many

TITLE = "Tỷ lệ hồ sơ giải quyết đúng hạn theo xã, phường"


def _tiles(count: int) -> Ground:
    """Twenty in a row: too narrow for names."""
    return Ground(tiles={f"u{n}": (n // 20 + 3, n % 20 + 2) for n in range(count)})


def _areas(count: int) -> Ground:
    """Fields of a chessboard; the second is tiny."""
    small = {1: 0.01}
    return Ground(
        boundaries={
            f"u{n}": box(x := 108 + n % 12 * 0.1, y := 12 + n // 12 * 0.1,
                         x + small.get(n, 0.1), y + small.get(n, 0.1))
            for n in range(count)
        }
    )  # fmt: skip


def _series(count: int) -> Chart:
    rows, parts, reasons = many.years(count)
    return over_time(rows, parts, reasons, number=2, illustrative=True)


def _drawn(draw: Callable[..., Chart], frame: Callable[[int], pd.DataFrame]) -> Callable:
    return lambda count: draw(frame(count), number=2, illustrative=True)


def _mapped(ground: Callable[[int], Ground]) -> Callable:
    return lambda count: unit_map(
        many.units(count), ground(count), TITLE, number=2, illustrative=True
    )


DRAWN: dict[str, Callable[[int], Chart]] = {
    "flow": _drawn(charts.dossier_flow, many.flow),
    "matrix": _drawn(charts.reporting_matrix, many.matrix),
    "pillars": _drawn(charts.pillar_profile, many.rates),
    "intervals": _drawn(charts.intervals, many.rates),
    "ntm": _drawn(charts.ntm_distribution, many.communes),
    "conferences": _drawn(charts.conferences, many.held),
    "inspections": _drawn(charts.inspections, many.planned),
    "series": _series,
    "grid": _mapped(lambda _: Ground()),
    "tiles": _mapped(_tiles),
    "boundaries": _mapped(_areas),
    "waterfall": _drawn(partial(waterfall, title=TITLE, digits=2, suffix="%"), many.legs),
}


# small panels of many figures take long; more of them than this no page holds
CASES = [
    pytest.param(kind, count, marks=[pytest.mark.long] if count > 16 or kind == "series" else [])
    for kind in DRAWN
    for count in many.COUNTS
    if kind != "series" or count <= 16
]


@pytest.mark.parametrize(("kind", "count"), CASES)
def test_texts_are_apart_and_inside(kind: str, count: int, monkeypatch: pytest.MonkeyPatch):
    figures: list[Figure] = []

    def keep(figure: Figure, *, alt: str, caption: str) -> Chart:
        figures.append(figure)
        return Chart("", alt, caption, figure)

    monkeypatch.setattr(style, "save", keep)
    with style.house_style():
        chart = DRAWN[kind](count)
        assert faults(figures[0]) == []
    assert len(chart.alt) > len(TITLE)
    assert style.ILLUSTRATIVE in chart.caption


def faults(figure: Figure) -> list[str]:
    """Texts that leave the picture or lie on each other."""
    FigureCanvasAgg(figure).draw()
    shown = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    # an axis that is switched off keeps its invisible labels
    shown = [t for t in shown if t.axes is None or t.axes.axison or t in t.axes.texts]
    texts = [t.get_text() for t in shown]
    # boxes of glyphs have a rim of about a point of their own
    edges = np.array([t.get_window_extent().padded(-1).extents for t in shown])
    low, high = edges[:, :2], edges[:, 2:]
    inside = (low >= -3).all(axis=1) & (high <= np.array(figure.bbox.size) + 3).all(axis=1)
    meet = (low[:, None] < high[None]).all(axis=2) & (low[None] < high[:, None]).all(axis=2)
    pairs = np.argwhere(np.triu(meet, k=1))
    return [f"outside: {texts[n]}" for n in np.flatnonzero(~inside)] + [
        f"{texts[a]} on {texts[b]}" for a, b in pairs
    ]


def test_the_test_of_boxes_can_fail():
    with style.house_style():
        figure = style.canvas("Tiêu đề", 2, illustrative=False)
        axes = figure.add_subplot()
        axes.text(0.5, 0.5, "một dòng chữ")
        axes.text(0.52, 0.5, "dòng chữ khác")
        figure.text(0.98, 0.1, "ngoài khung hình")
        found = faults(figure)
    assert "một dòng chữ on dòng chữ khác" in found
    assert "outside: ngoài khung hình" in found


@pytest.mark.parametrize("kind", DRAWN)
def test_equal_frames_give_equal_bytes(kind: str):
    one, two = DRAWN[kind](3), DRAWN[kind](3)
    assert one.svg == two.svg
    assert "<dc:date>" not in one.svg
    assert one.alt in one.svg.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")


def test_png_is_made_when_asked_for_and_says_nothing_of_its_making():
    one, two = (DRAWN["waterfall"](1) for _ in range(2))
    assert "png" not in vars(one)
    assert one.png == two.png
    assert one.png.startswith(b"\x89PNG")
    assert b"tEXt" not in one.png
    assert b"tIME" not in one.png
    made = style.picture(one)
    assert (made.svg, made.png, made.alt) == (one.svg, one.png, one.alt)
    # papers put the mark there themselves
    assert made.caption == one.caption.replace(f" {style.ILLUSTRATIVE}.", "") != one.caption


def test_png_is_sharp_enough_for_paper():
    from PIL import Image

    with Image.open(io.BytesIO(DRAWN["waterfall"](1).png)) as picture:
        assert picture.width == pytest.approx(style.WIDTH * style.PRINTED, abs=1)


def test_a_chart_without_its_figure_has_no_png():
    with pytest.raises(ValueError, match="figure"):
        _ = Chart("<svg/>", "", "").png


def lightness(colour: str) -> float:
    """L* of CIELAB, 0 to 100: how light a colour is to the eye, and in grey print."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    y = float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


@pytest.mark.parametrize(
    "looks",
    [
        list(charts.REPORTING_LOOKS.values()),
        list(charts.NTM_LOOKS.values()),
        [*Steps().looks(), Steps().look(None)],
        [*Steps((10.0, 20.0)).looks(), Steps().look(None)],
    ],
)
def test_grounds_are_apart_in_grey_or_by_hatch(looks: list[style.Look]):
    for one, two in itertools.combinations(looks, 2):
        apart = abs(lightness(one.fill) - lightness(two.fill))
        assert apart >= 14 or (one.hatch != two.hatch and apart < 14), (one.label, two.label)
    plain = [look for look in looks if not look.hatch]
    for one, two in itertools.combinations(plain, 2):
        assert abs(lightness(one.fill) - lightness(two.fill)) >= 40, (one.label, two.label)


@pytest.mark.parametrize("look", [*Steps().looks(), Steps().look(None),
                                  *charts.REPORTING_LOOKS.values()])  # fmt: skip
def test_words_are_read_on_every_ground(look: style.Look):
    """A contrast of 4,5 : 1 (WCAG AA)."""
    ink, ground = sorted((_luminance(look.text_colour), _luminance(look.fill)))
    assert (ground + 0.05) / (ink + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def test_steps_begin_where_they_say():
    steps = Steps()
    named = [steps.look(value).label for value in (0, 49.9, 50, 79.99, 80, 99.9, 100)]
    low, middle, high, whole = (look.label for look in steps.looks())
    assert named == [low, low, middle, middle, high, high, whole]
    assert steps.look(float("nan")).label == NO_DATA.capitalize()
    assert whole == "100%"


def test_boundaries_are_drawn_only_where_all_are_there():
    rows = many.units(16)
    whole = unit_map(rows, _areas(16), TITLE, number=1, illustrative=False)
    part = unit_map(rows, _areas(15), TITLE, number=1, illustrative=False)
    assert "thứ tự trong danh sách" in whole.caption
    assert "Quá nhỏ" not in whole.caption
    assert "theo thứ tự danh mục, không theo vị trí địa lý" in part.caption


def test_areas_too_close_for_two_numbers_are_named():
    areas = {f"u{n}": box(108 + n * 0.001, 12, 108.001 + n * 0.001, 12.001) for n in range(2)}
    areas["u2"] = box(109, 12, 110, 13)
    chart = unit_map(many.units(3), Ground(boundaries=areas), TITLE, number=1, illustrative=False)
    assert f"Quá nhỏ để ghi số: {many.names(3)[1]}." in chart.caption


def test_units_without_a_tile_stand_below():
    chart = unit_map(many.units(16), _tiles(14), TITLE, number=1, illustrative=False)
    assert "02 đơn vị không có trong sơ đồ" in chart.caption or "2 đơn vị" in chart.caption


def test_what_is_not_known_is_said_in_words():
    rows = many.units(16)
    chart = charts_map.unit_map(rows, Ground(), TITLE, number=1, illustrative=False)
    silent = rows.loc[rows["value"].isna(), "unit"]
    assert len(silent)
    assert all(f"{unit}: {NO_DATA}" in chart.alt for unit in silent)


def test_a_waterfall_says_each_leg_and_the_two_figures():
    chart = waterfall(many.legs(1), TITLE, number=1, illustrative=False, digits=2, suffix="%")
    assert "Bản trước: 100,00%" in chart.alt
    assert "Địa giới hành chính: không đổi" in chart.alt
    assert "Cách tính theo danh mục chỉ tiêu: −1,25 điểm %" in chart.alt
    assert "Đính chính đã được chấp nhận: + dưới 0,01 điểm %" in chart.alt
    assert "Bản sau: 106,25%" in chart.alt


def test_a_leg_through_which_a_figure_came_is_told_as_such():
    legs = many.legs(1)
    legs.loc[:2, ["amount", "start", "end"]] = float("nan")
    legs.loc[3, ["amount", "start"]] = float("nan")
    chart = waterfall(legs, TITLE, number=1, illustrative=False)
    assert f"Bản trước: {NO_DATA}" in chart.alt
    assert f"Địa giới hành chính: {NO_DATA}" in chart.alt
    assert "Báo cáo gửi lại: có số liệu: 101" in chart.alt
    assert "Báo cáo mới nhận sau ngày chốt số liệu: +5" in chart.alt


def test_an_unknown_leg_is_not_zero():
    legs = many.legs(1)
    legs.loc[3:, ["amount", "end"]] = float("nan")
    legs.loc[4:, "start"] = float("nan")
    chart = waterfall(legs, TITLE, number=1, illustrative=False)
    assert "Báo cáo gửi lại: không còn số liệu" in chart.alt
    assert f"Bản sau: {NO_DATA}" in chart.alt
