"""What the evidence site is made from: frames of one period, put on a shelf for many pages.

Belongs here: frames → records by unit, indicator and file, made once. Does not belong here: where
frames come from (``orchestration``), what a page shows of them (the other modules), who may see it
(``lens``).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.reports.site import addresses

Record = dict[str, Any]
Grouped = dict[str, list[Record]]


@dataclass(frozen=True)
class Source:
    """A period as the site needs it.

    Attributes:
        period: Its key.
        label: Its name.
        title: Title of the report.
        scope_id: Scope of the report.
        facts: What a reader must know first: label → text.
        inner_facts: Those that only readers of the workings see, such as reports received.
        release_id: For instance ``2021-H1/draft``.
        illustrative: Whether figures are made up.
        catalogue: As worded on the last day of the period.
        frames: Tables of the period by name (``FRAMES``); ``units`` is the whole of
            ``ref.units``.
        period_names: Names of periods by key, for parts of a longer one.
        papers: Label and address, relative to the site's folder, of papers that are there.
        earlier: The period as releases before this one have told it, oldest first.
    """

    period: str
    label: str
    title: str
    scope_id: str
    facts: Mapping[str, str]
    inner_facts: Mapping[str, str]
    release_id: str
    illustrative: bool
    catalogue: Catalogue
    frames: Mapping[str, pd.DataFrame]
    period_names: Mapping[str, str]
    papers: tuple[tuple[str, str], ...] = ()
    earlier: tuple[Source, ...] = ()


_CELL = ("submission_id", "sheet", "cell")
# name → table of the warehouse, cut to the period; `decisions` and `beside` are made by `analysis`
FRAMES = {
    "figures": "report.figures",
    "values": "eval.indicator_values",
    "observations": "core.observations",
    "submissions": "intake.submissions",
    "accounts": "intake.accounts",
    "reporting": "core.reporting",
    "findings": "core.findings",
    "changes": "core.changes",
    "evidence": "core.evidence",
    "duties": "eval.duties",
    "scores": "eval.scores",
    "bands": "eval.bands",
    "checked": "eval.checked",
    "series": "eval.series",
    "published": "eval.published",
    "judged": "eval.judged",
}


@dataclass(frozen=True)
class Shelf:
    """Records of a period, ready for pages.

    Attributes:
        units: Row of ``ref.units`` by unit_id, of every unit that the period knows.
        order: Their ids in official order.
        figures: Indicator → scope → row of ``report.figures`` with that of
            ``eval.indicator_values``; ``entries`` is its evidence.
        observed: Observations by unit, in the order of the catalogue.
        files: Row of ``intake.submissions`` by id.
        sheets: Number of each sheet by file, for anchors.
        of_unit: Frame → unit → rows, for what is kept by unit.
        of_file: Frame → submission → rows.
        of_element: Frame → element → rows; ``missing`` are observations without a value.
        beside: (scope, indicator) → what the figure is compared with, in words.
        series: (scope, indicator) → parts of a longer period, in calendar order.
        published: Indicator → published numbers.
    """

    units: dict[str, Record]
    order: list[str]
    figures: dict[str, dict[str, Record]]
    observed: Grouped
    files: dict[str, Record]
    sheets: dict[str, dict[str, int]]
    of_unit: dict[str, Grouped]
    of_file: dict[str, Grouped]
    of_element: dict[str, Grouped]
    beside: dict[tuple[str, str], Record]
    series: dict[tuple[str, str], list[Record]]
    published: Grouped

    def name(self, unit_id: object) -> str:
        """The name of a unit; its id where nobody knows it."""
        found = self.units.get(str(unit_id))
        return str(found["name"]) if found else str(unit_id)

    def cell_address(self, submission_id: str, sheet: object, cell: object) -> str:
        """Where a cell is shown; the file's page where it has no address."""
        page = addresses.file_page(submission_id)
        number = self.sheets.get(submission_id, {}).get(str(sheet))
        if number is None or cell is None:
            return page
        return f"{page}#{addresses.cell_anchor(number, str(cell))}"


def records(frame: pd.DataFrame) -> list[Record]:
    """Rows with None where nothing stands."""
    plain = frame.astype("object").where(frame.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]


def grouped(rows: Iterable[Record], column: str) -> Grouped:
    """Rows by the value of a column; those without one stand under ""."""
    found: Grouped = defaultdict(list)
    for row in rows:
        found[str(row[column] or "")].append(row)
    return dict(found)


def shelve(source: Source) -> Shelf:
    """Put a period on the shelf."""
    frames = source.frames
    rows = {name: records(frames[name]) for name in FRAMES if name not in {"figures", "values"}}
    rows["decisions"] = _located(records(frames["decisions"]), rows["observations"])
    figures = _figures(frames["figures"], frames["values"])
    observed = grouped(_in_order(source.catalogue, rows["observations"]), "unit_id")
    files = {str(row["submission_id"]): row for row in rows["submissions"]}
    units = _units(frames["units"], _named(rows, figures))
    by_unit = ("reporting", "findings", "decisions", "duties", "scores", "bands", "checked")
    of_unit = {name: grouped(rows[name], "unit_id") for name in (*by_unit, "changes", "evidence")}
    of_unit["submissions"] = grouped(rows["submissions"], "provider")
    by_file = ("findings", "decisions", "changes", "accounts")
    of_element = {name: grouped(rows[name], "element") for name in ("findings", "decisions")}
    silent = [row for row in rows["observations"] if row["state"] not in {"value", "zero"}]
    of_element["missing"] = grouped(silent, "element")
    return Shelf(
        units=units,
        order=sorted(units, key=lambda unit: (units[unit]["official_order"], unit)),
        figures=figures,
        observed=observed,
        files=files,
        sheets=_sheets(rows, figures),
        of_unit=of_unit,
        of_file={name: grouped(rows[name], "submission_id") for name in by_file},
        of_element=of_element,
        beside=_keyed(records(frames["beside"])),
        series=_series(rows["series"]),
        published=grouped(rows["published"], "indicator"),
    )


def _located(decisions: list[Record], observations: list[Record]) -> list[Record]:
    """Decisions with the unit and element that their cell is about, where they do not say it."""
    cells = {tuple(row[name] for name in _CELL): row for row in observations if row["cell"]}
    found = []
    for row in decisions:
        about = cells.get(tuple(row[name] for name in _CELL), {})
        unit = row["unit_id"] or about.get("unit_id") or row["provider"]
        found.append(row | {"unit_id": unit, "element": row["element"] or about.get("element")})
    return found


def _figures(figures: pd.DataFrame, values: pd.DataFrame) -> dict[str, dict[str, Record]]:
    own = values[values["view"] == "as_reported"]
    key = ["scope_id", "indicator"]
    facts = ["value", "state", "expected_units", "reporting_units", "coverage", "lower", "upper"]
    joined = figures.merge(own[[*key, *facts]], on=key, how="left")
    found: dict[str, dict[str, Record]] = defaultdict(dict)
    for row in records(joined):
        row["entries"] = json.loads(row.pop("cells"))
        found[str(row["indicator"])][str(row["scope_id"])] = row
    return dict(found)


def _in_order(catalogue: Catalogue, observations: list[Record]) -> list[Record]:
    place = {name: at for at, name in enumerate(catalogue.elements)}
    return sorted(observations, key=lambda row: place.get(str(row["element"]), len(place)))


def _named(
    rows: Mapping[str, list[Record]], figures: Mapping[str, Mapping[str, Record]]
) -> set[str]:
    """The units that the period speaks of."""
    found = {scope for scopes in figures.values() for scope in scopes}
    for name in ("observations", "reporting", "duties", "bands"):
        found |= {str(row["unit_id"]) for row in rows[name] if row["unit_id"]}
    return found | {str(row["provider"]) for row in rows["submissions"] if row["provider"]}


def _units(units: pd.DataFrame, wanted: set[str]) -> dict[str, Record]:
    newest = units[units["unit_id"].isin(wanted)].sort_values(["unit_id", "valid_from"])
    return {
        str(row["unit_id"]): row for row in records(newest.drop_duplicates("unit_id", keep="last"))
    }


def _sheets(
    rows: Mapping[str, list[Record]], figures: Mapping[str, Mapping[str, Record]]
) -> dict[str, dict[str, int]]:
    """Sheets that anything points to, numbered in order of their names."""
    names: dict[str, set[str]] = defaultdict(set)
    tables = ("observations", "findings", "decisions", "changes", "accounts")
    entries = (e for scopes in figures.values() for row in scopes.values() for e in row["entries"])
    for row in (*(row for table in tables for row in rows[table]), *entries):
        if row.get("submission_id") and row.get("sheet"):
            names[str(row["submission_id"])].add(str(row["sheet"]))
    return {
        file: {sheet: at for at, sheet in enumerate(sorted(sheets), start=1)}
        for file, sheets in names.items()
    }


def _keyed(rows: list[Record]) -> dict[tuple[str, str], Record]:
    return {(str(row["scope_id"]), str(row["indicator"])): row for row in rows}


def _series(rows: list[Record]) -> dict[tuple[str, str], list[Record]]:
    found: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for row in rows:
        if row["view"] == "as_reported":
            found[str(row["scope_id"]), str(row["indicator"])].append(row)
    return dict(found)
