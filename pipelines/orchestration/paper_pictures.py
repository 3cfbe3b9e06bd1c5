"""The pictures of a period's lookup copy, drawn from the same frames as its tables.

Belongs here: which pictures there are, in which order, from which frames. Does not belong here: how
a picture looks (``reports.charts``, ``charts_map``, ``series_chart``), which rows are drawn
(``analysis``), placing them in a paper (``reports.composed``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from pipelines.analysis import indicators, registers, reporting, units
from pipelines.analysis.access import Tables
from pipelines.analysis.scope import report_scope
from pipelines.analysis.series import series
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.reports import charts, style
from pipelines.reports.charts_map import unit_map
from pipelines.reports.map_ground import (
    BOUNDARIES,
    TILES,
    Ground,
    MapFileError,
    read_ground,
)
from pipelines.reports.numbering import Numbers
from pipelines.reports.papers.model import Picture
from pipelines.reports.series_chart import over_time
from pipelines.reports.style import Chart

# what a map shows: a rate that every commune reports about itself
MAPPED = "xa.publish_rate"
_REFERENCE = Path("raw") / "reference"


def pictures_of(
    wh: Tables, root: Path, period: str, *, composed: bool, after: int = 0
) -> tuple[Picture, ...]:
    """Pictures of a period; those without anything to draw are left out.

    Args:
        wh: The warehouse, or a release.
        root: The project's root, for supplied map files.
        period: Key of the period.
        composed: Whether the period is made of others.
        after: How many pictures stand before them in the paper.

    Raises:
        Stopped: A supplied map file cannot be drawn.
    """
    marked, numbers = report_scope(wh, period).is_illustrative, Numbers()
    for place in range(after):
        numbers.figure(f"before {place}")
    drawn = [
        *_of_reports(wh, period, numbers, marked),
        *_of_rates(wh, period, numbers, marked),
        *_of_units(wh, root, period, numbers, marked),
        *(_of_parts(wh, period, numbers, marked) if composed else ()),
    ]
    return tuple(style.picture(chart) for chart in drawn)


def _of_reports(wh: Tables, period: str, numbers: Numbers, marked: bool) -> Iterator[Chart]:
    matrix = reporting.reporting_matrix(wh, period)
    if len(matrix):
        yield charts.reporting_matrix(matrix, number=numbers.figure("matrix"), illustrative=marked)
    flow = registers.dossier_flow(wh, period)
    if len(flow):
        yield charts.dossier_flow(flow, number=numbers.figure("flow"), illustrative=marked)


def _of_rates(wh: Tables, period: str, numbers: Numbers, marked: bool) -> Iterator[Chart]:
    """One picture per pillar: together they would be longer than a page."""
    rates = indicators.pillars(wh, period)
    for pillar, rows in rates[rates["format"] == "rate"].groupby("pillar", sort=False):
        number = numbers.figure(f"pillar {pillar}")
        yield charts.pillar_profile(rows, number=number, illustrative=marked)


def _of_units(
    wh: Tables, root: Path, period: str, numbers: Numbers, marked: bool
) -> Iterator[Chart]:
    ntm = units.ntm_distribution(wh, period)
    if len(ntm):
        yield charts.ntm_distribution(ntm, number=numbers.figure("ntm"), illustrative=marked)
    rows = mapped(indicators.communes_side_by_side(wh, period))
    if len(rows):
        ground = _ground(wh, root)
        title = f"{rows['label'].iloc[0]} theo đơn vị"
        yield unit_map(rows, ground, title, number=numbers.figure("map"), illustrative=marked)


def mapped(side_by_side: pd.DataFrame, indicator: str = MAPPED) -> pd.DataFrame:
    """One figure of every commune, as ``charts_map.unit_map`` takes it."""
    rows = side_by_side[side_by_side["indicator"] == indicator]
    return rows[["unit_id", "unit", "label", "value", "shown"]].reset_index(drop=True)


def _ground(wh: Tables, root: Path) -> Ground:
    known = set(wh.table("ref.units")["unit_id"])
    try:
        return read_ground(root / _REFERENCE, known)
    except MapFileError as error:
        raise Stopped(
            Problem(
                "QCDC-E87",
                f"Không dùng được tệp bản đồ {error.file}.",
                error.found,
                error.expected,
                f"Sửa hoặc xóa {_REFERENCE / error.file} rồi chạy lại qcdc run.",
            )
        ) from error


def map_files(root: Path) -> dict[str, str]:
    """SHA-256 of the supplied map files by name; they are no tables, pictures depend on them."""
    paths = [root / _REFERENCE / name for name in (TILES, BOUNDARIES)]
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in paths if p.is_file()}


def _of_parts(wh: Tables, period: str, numbers: Numbers, marked: bool) -> Iterator[Chart]:
    thread = series(wh, period)
    rows = thread.rows[thread.rows["headline"].astype(bool)]
    if len(rows):
        number = numbers.figure("series")
        yield over_time(rows, thread.parts, thread.reasons, number=number, illustrative=marked)
