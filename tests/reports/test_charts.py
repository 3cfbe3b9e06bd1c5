"""Charts: same bytes for same figures, texts apart from each other, numbers and marks in words."""

import itertools
from collections.abc import Callable

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from pipelines.analysis import indicators, registers, reporting, units
from pipelines.reports import charts, style
from pipelines.reports.style import Chart
from pipelines.vietnamese.numbers import NO_DATA
from pipelines.warehouse.reader import Warehouse
from tests.reports.small import PERIOD

DRAWN: dict[str, tuple[Callable[..., Chart], Callable[[Warehouse, str], pd.DataFrame]]] = {
    "flow": (charts.dossier_flow, registers.dossier_flow),
    "matrix": (charts.reporting_matrix, reporting.reporting_matrix),
    "pillars": (charts.pillar_profile, indicators.pillars),
    "intervals": (charts.intervals, indicators.partly_covered),
    "ntm": (charts.ntm_distribution, units.ntm_distribution),
    "conferences": (charts.conferences, units.conferences),
    "inspections": (charts.inspections, registers.inspections),
}


@pytest.fixture(params=list(DRAWN))
def drawing(request: pytest.FixtureRequest, wh: Warehouse) -> Callable[[bool], Chart]:
    draw, rows = DRAWN[request.param]
    frame = rows(wh, PERIOD)
    return lambda illustrative: draw(frame, number=3, illustrative=illustrative)


def test_equal_figures_give_equal_bytes_whatever_the_users_settings(drawing):
    first = drawing(True)
    with mpl.rc_context({"font.size": 20, "svg.hashsalt": "other", "axes.grid": True}):
        assert drawing(True).svg == first.svg
    assert "<dc:date>" not in first.svg


def test_mark_stands_where_the_data_is_illustrative_and_only_there(drawing):
    marked, plain = drawing(True), drawing(False)
    assert style.ILLUSTRATIVE in marked.caption
    assert style.ILLUSTRATIVE not in plain.caption
    assert marked.svg != plain.svg


def test_output_is_an_image_with_alternative_text(drawing):
    shown = drawing(True)._repr_html_()
    assert 'src="data:image/svg+xml;base64,' in shown
    assert 'alt="' in shown
    assert "http" not in shown.split("base64,")[0]
    assert repr(drawing(True)).startswith("Hình 03. ")


def test_texts_do_not_overlap_or_leave_the_picture(drawing, monkeypatch: pytest.MonkeyPatch):
    kept: list[Figure] = []

    def keep(figure: Figure, *, alt: str, caption: str) -> Chart:
        boxes = _boxes(figure)
        kept.append(figure)
        edge = figure.bbox.padded(2)
        for text, box in boxes:
            assert edge.contains(box.x0, box.y0), text
            assert edge.contains(box.x1, box.y1), text
        for (text, box), (other, other_box) in itertools.combinations(boxes, 2):
            assert not box.padded(-1).overlaps(other_box.padded(-1)), (text, other)
        return Chart("", alt, caption)

    monkeypatch.setattr(style, "save", keep)
    drawing(True)
    assert kept


def _boxes(figure: Figure) -> list:
    FigureCanvasAgg(figure).draw()
    shown = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    # an axis that is switched off keeps its invisible labels
    shown = [t for t in shown if t.axes is None or t.axes.axison or t in t.axes.texts]
    return [(t.get_text(), t.get_window_extent()) for t in shown]


def test_exact_numbers_are_in_the_words(wh: Warehouse):
    chart = charts.conferences(units.conferences(wh, PERIOD), number=1, illustrative=True)
    assert "13/15" in chart.alt
    assert "23/24" in chart.alt


def test_missing_criteria_are_said_not_drawn_as_zero(wh: Warehouse):
    frame = units.ntm_distribution(wh, PERIOD)
    frame.loc[2, "criteria_met"] = float("nan")
    chart = charts.ntm_distribution(frame, number=1, illustrative=True)
    assert f"Xã minh họa 03: {NO_DATA}" in chart.alt


def test_fills_are_apart_in_grey():
    greys = sorted(_grey(look.fill) for look in charts.REPORTING_LOOKS.values())
    assert all(b - a > 40 for a, b in itertools.pairwise(greys))


def _grey(colour: str) -> float:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue
