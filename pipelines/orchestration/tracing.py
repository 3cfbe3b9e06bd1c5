"""From a printed figure back to the cells and rows that made it.

Belongs here: ``report.figures`` → names, files, addresses. Does not belong here: collecting the
evidence (``evaluation``), showing it (``screen``).
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.analysis import open_warehouse
from pipelines.analysis.decisions import behind, decisions, spoken
from pipelines.analysis.scope import of_period, unit_names
from pipelines.evaluation.figures import parse_cells
from pipelines.orchestration.period_history import History, history_behind
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.vietnamese.answers import format_yes_no
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import format_number
from pipelines.warehouse.reader import Warehouse

_NEAR = 5
_PARTS = {"numerator": "Tử số", "denominator": "Mẫu số"}


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
        cells: Cells with unit, element_label, path, sheet, cell, value, sha256, submission_id,
            decisions (what coordinators decided about the value, in words) and, where the unit
            wrote one, note.
        counted: Register rows (path, sheet, filter, rows, sha256), counted units, owed reports.
        evidence: Documents beside it, with evidence (submission_id), kind, number, signed_on,
            title, path, sha256, unit, element_label.
        is_illustrative: Whether the figure is illustrative.
        history: Steps of the period, and files behind the figure that replaced others.
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
    evidence: list[dict[str, Any]]
    is_illustrative: bool
    history: History

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
    types = warehouse.table("ref.elements").set_index("element")["type"].to_dict()
    entries = [
        _named(entry, units, elements) | {"type": types.get(entry.get("element"))}
        for entry in parse_cells(str(figure["cells"]))
    ]
    period = figure_id.split("/", 1)[0]
    decided = _decided(warehouse, period)
    ids = {str(entry["submission_id"]) for entry in entries if "submission_id" in entry}
    return Trace(
        figure_id=figure_id,
        release_id=str(figure["release_id"]),
        label=str(_labels(warehouse, "indicator")[figure["indicator"]]),
        scope=str(units.get(figure["scope_id"], figure["scope_id"])),
        shown_as=str(figure["shown_as"]),
        numerator=_number(figure["numerator"]),
        denominator=_number(figure["denominator"]),
        cells=[entry | {"decisions": decided(entry)} for entry in entries if "cell" in entry],
        counted=[entry for entry in entries if not {"cell", "evidence"} & set(entry)],
        evidence=[entry for entry in entries if "evidence" in entry],
        is_illustrative=bool(figure["is_illustrative"]),
        history=history_behind(root, warehouse, period, ids),
    )


def _decided(warehouse: Warehouse, period: str) -> Callable[[Mapping[str, Any]], list[str]]:
    """What was decided about the value of a cell, in words."""
    if period not in warehouse.manifest.tables.get("core.decisions", {}):
        return lambda _: []  # a release of before there were decisions
    table = decisions(warehouse, period)
    observed = of_period(warehouse.table("core.observations"), period)
    read = observed[observed["decided"].eq("means")]
    states = dict(
        zip(zip(read["unit_id"], read["element"], strict=True), read["state"], strict=True)
    )

    def found(cell: Mapping[str, Any]) -> list[str]:
        state = states.get((cell["unit_id"], cell["element"]))
        return [spoken(row) for row in behind(table, cell, state).to_dict("records")]

    return found


def sentences(found: Trace) -> list[tuple[str, str]]:
    """What is said of the figure as a whole."""
    lines = [("Mã số liệu", found.figure_id), ("Bản phát hành", found.release_id)]
    for label, number in (("Tử số", found.numerator), ("Mẫu số", found.denominator)):
        if number is not None:
            lines.append((label, _plain(number)))
    lines += found.history.lines()
    if found.is_illustrative:
        lines.append(("Lưu ý", "SỐ LIỆU MINH HỌA"))
    return lines


def evidence_lines(found: Trace) -> Iterator[str]:
    """The evidence file by file: path and hash, then each cell or count below it."""
    last = None
    for entry in [*found.cells, *found.counted]:
        path = entry.get("path")
        if path is not None and path != last:
            yield f"{path}"
            yield f"  sha256 {entry['sha256']}"
        last = path
        indent = "    " if path is not None else ""
        yield indent + (_cell_line(entry) if "cell" in entry else _counted_line(entry))
        for line in entry.get("decisions", []):
            yield f"{indent}  Quyết định: {line}"
    for entry in found.evidence:
        yield f"Minh chứng: {_document_line(entry)}"
        yield f"  {entry['path']}"
        yield f"  sha256 {entry['sha256']}"


def _cell_line(entry: Mapping[str, Any]) -> str:
    where = f"{entry['sheet']}!{entry['cell']}"
    answer = entry["type"] == "bool"
    value = format_yes_no(entry["value"]) if answer else _plain(entry["value"])
    note = f" — ghi chú: {entry['note']}" if entry.get("note") else ""
    return f"{where} = {value}  ({entry['unit']}: {entry['element_label']}){note}"


def _document_line(entry: Mapping[str, Any]) -> str:
    number = f" số {entry['number']}" if entry["number"] else ""
    day = entry["signed_on"]
    signed = f" ngày {format_date(dt.date.fromisoformat(day))}" if day else ""
    title = f" {entry['title']}" if entry["title"] else ""
    return f"{entry['kind']}{number}{signed}{title}  ({entry['unit']}: {entry['element_label']})"


def _counted_line(entry: Mapping[str, Any]) -> str:
    part = _PARTS.get(str(entry.get("part")), "Đếm")
    if "units" in entry:
        left_out = entry.get("not_applicable") or []
        note = f", không áp dụng với {', '.join(left_out)}" if left_out else ""
        return f"{part}: {_plain(entry['units'])} đơn vị của mẫu {entry['population']}{note}"
    where = f"trang {entry['sheet']}" if "sheet" in entry else f"bảng {entry['table']}"
    return f"{part}: {_plain(entry['rows'])} dòng của {where}, lọc: {entry['filter']}"


def _plain(value: object) -> str:
    """A number as officials write it; anything else as it stands."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
        return format_number(number, 0 if number.is_integer() else 2)
    return "" if value is None else str(value)


def _labels(warehouse: Warehouse, kind: str) -> pd.Series:
    return warehouse.table(f"ref.{kind}s").set_index(kind)["label_vi"]


def _named(entry: dict[str, Any], units: pd.Series, elements: pd.Series) -> dict[str, Any]:
    """An entry of the evidence with the names that a person knows."""
    if not {"cell", "evidence"} & set(entry):
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
        "Viết lại mã theo dạng <kỳ>/<mã chỉ số>@<phạm vi>, hoặc chạy qcdc run cho kỳ đó trước.",
    )
