"""From a printed figure back to the cells and rows that made it.

Belongs here: ``report.figures`` → names, files, addresses. Does not belong here: collecting the
evidence (``evaluation``), showing it (``screen``).
"""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.analysis import open_warehouse
from pipelines.analysis.scope import unit_names
from pipelines.evaluation.figures import parse_cells
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.warehouse.reader import Warehouse

_NEAR = 5


@dataclass(frozen=True)
class Trace:
    """A figure and what it stands on.

    Attributes:
        figure_id: For instance ``2021-H1/dn.conference_rate@huyen-mh-1``.
        release_id: Release that it was taken from.
        label: Vietnamese name of the indicator.
        scope: Name of the scope.
        shown_as: As printed.
        numerator: None where there is none.
        denominator: None where there is none.
        cells: Cells with unit, element_label, path, sheet, cell, value, sha256, submission_id.
        counted: Register rows (path, sheet, filter, rows, sha256), counted units, owed reports.
        is_illustrative: Whether the figure is illustrative.
    """

    figure_id: str
    release_id: str
    label: str
    scope: str
    shown_as: str
    numerator: float | None
    denominator: float | None
    cells: list[dict[str, Any]]
    counted: list[dict[str, Any]]
    is_illustrative: bool

    def as_dict(self) -> dict[str, object]:
        """All fields, for ``--json``."""
        return asdict(self)


def trace(root: Path, figure_id: str, release: str | None = None) -> Trace:
    """Trace a figure.

    Args:
        root: The project's root.
        figure_id: As in ``report.figures``.
        release: A release's id; the draft of the figure's period when None.

    Raises:
        Stopped: There is no such figure.
        NoRelease: There is no such release.
    """
    warehouse = open_warehouse(release, root)
    figures = warehouse.table("report.figures")
    row = figures[figures["figure_id"] == figure_id]
    if release is not None:
        row = row[row["release_id"] == release]
    if row.empty:
        raise Stopped(_unknown(figure_id, figures["figure_id"].astype("str").tolist()))
    figure = {str(key): value for key, value in row.iloc[0].to_dict().items()}
    units, elements = unit_names(warehouse), _labels(warehouse, "element")
    entries = [_named(e, units, elements) for e in parse_cells(str(figure["cells"]))]
    return Trace(
        figure_id=figure_id,
        release_id=str(figure["release_id"]),
        label=str(_labels(warehouse, "indicator")[figure["indicator"]]),
        scope=str(units.get(figure["scope_id"], figure["scope_id"])),
        shown_as=str(figure["shown_as"]),
        numerator=_number(figure["numerator"]),
        denominator=_number(figure["denominator"]),
        cells=[entry for entry in entries if "cell" in entry],
        counted=[entry for entry in entries if "cell" not in entry],
        is_illustrative=bool(figure["is_illustrative"]),
    )


def _labels(warehouse: Warehouse, kind: str) -> pd.Series:
    return warehouse.table(f"ref.{kind}s").set_index(kind)["label_vi"]


def _named(entry: dict[str, Any], units: pd.Series, elements: pd.Series) -> dict[str, Any]:
    """An entry of the evidence with the names that a person knows."""
    if "cell" not in entry:
        return entry
    unit, element = entry["unit_id"], entry["element"]
    return entry | {
        "unit": str(units.get(unit, unit)),
        "element_label": str(elements.get(element, element)),
    }


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _unknown(figure_id: str, known: list[str]) -> Problem:
    near = difflib.get_close_matches(figure_id, known, n=_NEAR, cutoff=0.5)
    return Problem(
        "QCDC-E10",
        f"Không có số liệu {figure_id}.",
        f"{len(known)} số liệu trong bản đang dùng, không có mã này",
        f"một mã trong report.figures, gần nhất: {', '.join(near) or '(không có mã gần giống)'}",
        "Sao chép mã ở cột cuối bảng của qcdc run, hoặc chạy qcdc run cho kỳ đó trước.",
    )
