"""Evidence: the cells, register rows and counted units that a figure was made of.

Belongs here: indicator → entries that lead back to files.
Does not belong here: how a figure is printed (``figures``), its value (``indicators``).

An entry is one of: a cell (submission_id, path, sha256, sheet, cell, unit_id, element, value, and
note where the unit wrote one beside it); rows of a register (part, submission_id, path, sha256,
sheet, filter, rows); counted units (part, population, units, and not_applicable where some were
left out); reports (part, table, filter, rows).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pandas as pd

from pipelines.catalogue.model import (
    Catalogue,
    Indicator,
    NthLargestMeasure,
    ReportsMeasure,
    RowFilter,
    RowsMeasure,
    UnitsMeasure,
)
from pipelines.evaluation.basis import KNOWN_STATES, Basis, Window, used_elements
from pipelines.evaluation.ledger import make_ledger
from pipelines.evaluation.measures import row_counts
from pipelines.evaluation.ranking import ranked_units
from pipelines.vietnamese.dates import format_date

Entries = dict[str, list[dict[str, object]]]
CELL = ["submission_id", "path", "sha256", "sheet", "cell", "unit_id", "element", "value", "note"]
_FILE = ["path", "sha256"]
ACCEPTED = frozenset({"accepted", "accepted_with_warnings"})


def addressed(observations: pd.DataFrame, submissions: pd.DataFrame) -> pd.DataFrame:
    """The known observations with path and sha256 of their files; texts stand as values."""
    known = observations[observations["state"].isin(KNOWN_STATES)]
    files = submissions[["submission_id", *_FILE]]
    located = known.merge(files, on="submission_id", how="left")
    located["value"] = located["value"].astype("object").fillna(located["text"])
    return located[CELL].sort_values(["submission_id", "sheet", "unit_id", "element", "cell"])


def evidence(
    indicator: Indicator, basis: Basis, cells: pd.DataFrame, submissions: pd.DataFrame
) -> Entries:
    """Everything an indicator was made of, by scope.

    Args:
        indicator: A measured figure; ranks are traced to every ranked unit.
        basis: What was reported; ``reporting`` and ``register_known`` are not needed.
        cells: What ``addressed`` gives, of one period.
        submissions: ``intake.submissions`` of the period.

    Returns:
        Entries by scope_id: first cells, then the parts numerator and denominator. Of owed
        reports only the filter is said here, their number stands in the figure.
    """
    found: Entries = defaultdict(list)
    elements = used_elements(indicator)
    if elements:
        used = _used_units(indicator, basis)
        chosen = used.merge(cells[cells["element"].isin(elements)], on="unit_id")
        _add(found, chosen[["scope_id", *CELL]])
    parts = {"numerator": indicator.numerator, "denominator": indicator.denominator}
    for part, measure in parts.items():
        if isinstance(measure, RowsMeasure):
            _add(found, _register_rows(measure, basis, submissions).assign(part=part))
        elif isinstance(measure, UnitsMeasure):
            _count_units(found, part, indicator, basis)
        elif isinstance(measure, ReportsMeasure):
            for scope in [*basis.scopes.areas, *basis.scopes.singles]:
                found[scope].append(_reports(part, measure))
    return found


def filter_text(where: Iterable[RowFilter], window: Window) -> str:
    """Filters of a register in plain text: ``status = Đã giải quyết; resolved_on từ … đến …``."""
    return "; ".join(_condition(test, window) for test in where) or "tất cả các dòng"


def _condition(test: RowFilter, window: Window) -> str:
    if test.in_window:
        first, last = (format_date(day.date()) for day in window)
        return f"{test.column} từ {first} đến {last}"
    if test.is_present is not None:
        return f"{test.column} {'có giá trị' if test.is_present else 'để trống'}"
    if test.among is not None:
        return f"{test.column} thuộc [{', '.join(test.among)}]"
    if test.not_before is not None:
        return f"{test.column} từ {format_date(test.not_before)}"
    if isinstance(test.equals, bool):
        return f"{test.column} = {'Có' if test.equals else 'Không'}"
    return f"{test.column} = {test.equals}"


def _add(found: Entries, rows: pd.DataFrame) -> None:
    """Append rows as entries to their scopes, in the order they stand in."""
    names = [str(name) for name in rows.columns if name != "scope_id"]
    columns = [_values(rows[name]) for name in names]
    for scope, *values in zip(rows["scope_id"].tolist(), *columns, strict=True):
        entry = dict(zip(names, values, strict=True))
        if entry.get("note") is None:
            entry.pop("note", None)
        found[str(scope)].append(entry)


def _values(column: pd.Series) -> list[object]:
    """Plain values, None where there is none; whole numbers without ``.0``, as in the file."""
    plain = column.astype("object").where(column.notna(), None).tolist()
    if column.dtype == "str" or pd.api.types.is_integer_dtype(column):
        return plain
    return [int(v) if isinstance(v, float) and v.is_integer() else v for v in plain]


def _used_units(indicator: Indicator, basis: Basis) -> pd.DataFrame:
    """The units whose answers went into the figure, by scope, each once."""
    if isinstance(indicator.numerator, NthLargestMeasure):
        facts = ranked_units(indicator.numerator, basis)
        known = facts.index[facts["known"]]
        members = basis.scopes.members[indicator.population]
        return members[members["unit_id"].isin(known)]
    ledger = make_ledger(indicator, basis)
    used = ledger[ledger["known"] & ~ledger["exempt"]]
    return used[["scope_id", "unit_id"]].drop_duplicates()


def _count_units(found: Entries, part: str, indicator: Indicator, basis: Basis) -> None:
    ledger = make_ledger(indicator, basis)
    counted = ledger[ledger["is_d"]]
    for scope, rows in counted.groupby("scope_id"):
        exempt = rows["exempt"]
        entry: dict[str, object] = {
            "part": part,
            "population": indicator.population,
            "units": int((~exempt).sum()),
        }
        if exempt.any():
            entry["not_applicable"] = sorted(rows.loc[exempt, "unit_id"])
        found[str(scope)].append(entry)


def _reports(part: str, measure: ReportsMeasure) -> dict[str, object]:
    text = f"state thuộc [{', '.join(measure.states)}]" if measure.states else "tất cả các dòng"
    return {"part": part, "table": "core.reporting", "filter": text}


def _register_rows(measure: RowsMeasure, basis: Basis, submissions: pd.DataFrame) -> pd.DataFrame:
    """One row per scope and file of the register, a file without a fitting row too.

    Of a register that units keep themselves a scope has the files of its own units and those that
    hold rows of them: the files of all others would be many times all units.
    """
    by_file = row_counts(measure, basis, ["unit_id", "submission_id"])
    counted = basis.scopes.inside.merge(by_file, on="unit_id")
    counted = counted.groupby(["scope_id", "submission_id"])["rows"].sum()
    files = _register_files(measure.register_id, basis, submissions)
    every = _looked_at(measure, basis, files, counted.index)
    table = counted.reindex(every, fill_value=0).reset_index()
    table = table.merge(files.drop(columns="unit_id"), on="submission_id")
    text = filter_text(measure.where, basis.window)
    whose = {scope: f"unit_id = {scope}; " for scope in basis.scopes.singles}
    inside = basis.scopes.inside[basis.scopes.inside["scope_id"].isin(basis.scopes.hubs)]
    for scope, rows in inside.groupby("scope_id"):
        whose[str(scope)] = f"unit_id thuộc [{', '.join(rows['unit_id'])}]; "
    table["filter"] = [whose.get(scope, "") + text for scope in table["scope_id"]]
    return table[["scope_id", "submission_id", *_FILE, "sheet", "filter", "rows"]]


def _looked_at(
    measure: RowsMeasure, basis: Basis, files: pd.DataFrame, counted: pd.Index
) -> pd.MultiIndex:
    """Which files are looked at for which scope, in the order of scopes and files."""
    scopes = [*basis.scopes.areas, *basis.scopes.singles]
    names = ["scope_id", "submission_id"]
    if basis.catalogue.registers[measure.register_id].authority != "self":
        return pd.MultiIndex.from_product([scopes, files["submission_id"]], names=names)
    own = basis.scopes.inside.merge(files, on="unit_id")[names]
    pairs = pd.concat([own, counted.to_frame(index=False)]).drop_duplicates()
    pairs = pairs[pairs["submission_id"].isin(files["submission_id"])]
    place = pairs["scope_id"].map({scope: n for n, scope in enumerate(scopes)})
    ordered = pairs.assign(place=place).sort_values(["place", "submission_id"])
    return pd.MultiIndex.from_frame(ordered[names])


def _register_files(register_id: str, basis: Basis, submissions: pd.DataFrame) -> pd.DataFrame:
    """The submissions that a register's rows come from, with the sheet that holds them."""
    sheets = register_sheets(basis.catalogue, register_id)
    carrying = submissions[submissions["form"].isin(sheets)]
    rows = basis.registers.get(register_id)
    if rows is not None and len(rows):
        chosen = carrying[carrying["submission_id"].isin(rows["submission_id"].unique())]
    else:
        chosen = carrying[carrying["status"].isin(ACCEPTED)]
    files = chosen.assign(sheet=chosen["form"].map(sheets), unit_id=chosen["provider"])
    return files[["submission_id", *_FILE, "sheet", "unit_id"]].sort_values("submission_id")


def register_sheets(catalogue: Catalogue, register_id: str) -> dict[str, str]:
    """The sheet that holds a register, by form."""
    return {
        form.id: sheet.name
        for form in catalogue.forms.values()
        for sheet in form.sheets
        if sheet.register_id == register_id
    }
