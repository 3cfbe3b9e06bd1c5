"""Judging tables that were made: frames → passed or not, with a small sample of what is wrong.

Belongs here: what the asset checks report. The code enforces the same before the commit, so a
failed verdict means a damaged warehouse or a mistake of the program. Does not belong here:
findings about submitted values (``validation``), Dagster (``checks``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pandera.errors

from pipelines.catalogue.contracts import TableContract
from pipelines.catalogue.state_words import REPORT_STATES, SEVERITIES, headed
from pipelines.intake.formats.opening import counts_of
from pipelines.intake.privacy import impersonal_names
from pipelines.intake.receipts import found_bytes
from pipelines.orchestration.kept_places import with_places
from pipelines.orchestration.run_numbers import Numbers, finding_numbers, reporting_numbers

# a column of this name holds keys of that table
REFERENCES = {
    "element": "ref.elements",
    "form": "ref.forms",
    "indicator": "ref.indicators",
    "parent_id": "ref.units",
    "period": "ref.periods",
    "predecessor": "ref.units",
    "rule": "ref.rules",
    "scope_id": "ref.units",
    "submission_id": "intake.submissions",
    "successor": "ref.units",
    "unit_id": "ref.units",
}
_KEYS: dict[str, str] = dict.fromkeys(
    ("parent_id", "predecessor", "scope_id", "successor"), "unit_id"
)
# findings and changes of a register name one of its columns, a check on the spot what was written
_FREE = {("core.findings", "element"), ("core.changes", "element"), ("eval.checked", "element")}
_UNREAD = ("unreadable", "refused")


@dataclass(frozen=True)
class Verdict:
    """What a check says.

    Attributes:
        passed: Whether all is well.
        summary: One Vietnamese sentence.
        wrong: Rows that show what is wrong; without anything people wrote, for they are kept.
        numbers: What is worth a curve over periods.
    """

    passed: bool
    summary: str
    wrong: pd.DataFrame = field(default_factory=pd.DataFrame)
    numbers: Numbers = field(default_factory=dict)


def references_of(contract: TableContract) -> dict[str, tuple[str, str]]:
    """Column → (table, column) whose values it must be among."""
    return {
        column.name: (REFERENCES[column.name], _KEYS.get(column.name, column.name))
        for column in contract.columns
        if REFERENCES.get(column.name, contract.name) != contract.name
        and (contract.name, column.name) not in _FREE
    } | ({"parent_id": ("ref.units", "unit_id")} if contract.name == "ref.units" else {})


def fits_schema(contract: TableContract, frame: pd.DataFrame) -> Verdict:
    """Whether the table's pandera schema, made from its contract, accepts the frame."""
    try:
        contract.pandera_schema().validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        # not what stands in the cell: the history of runs is kept and shown to many
        shown = cases[["column", "check", "index"]].astype("str")
        return Verdict(False, f"{len(cases)} chỗ không đúng cấu trúc bảng", shown)
    return Verdict(True, f"{len(frame)} dòng đúng cấu trúc bảng")


def keeps_references(
    contract: TableContract, frame: pd.DataFrame, tables: Mapping[str, pd.DataFrame]
) -> Verdict:
    """Whether every id of the frame stands in the table it names; empty cells are left out.

    Args:
        contract: Of the table.
        frame: The table.
        tables: The tables of ``references_of``.
    """
    stray = []
    for column, (table, key) in references_of(contract).items():
        values = frame[column].dropna()
        lost = values[~values.isin(tables[table][key])]
        counts = lost.value_counts(sort=False).rename_axis("value").reset_index(name="rows")
        stray.append(counts.assign(column=column, table=table))
    wrong = pd.concat(stray, ignore_index=True)[["column", "value", "table", "rows"]]
    if len(wrong):
        return Verdict(False, f"{len(wrong)} mã không có trong bảng gốc", wrong)
    return Verdict(True, "mọi mã đều có trong bảng gốc")


def independent_counts(root: Path, submissions: pd.DataFrame) -> pd.DataFrame:
    """Count the cells with content of every file that was read, without the value reader.

    Args:
        root: The project's root.
        submissions: ``intake.submissions``.

    Returns:
        Columns submission_id, sheet, cells; files whose bytes are gone are left out.
    """
    read = submissions[~submissions["status"].isin(_UNREAD)]
    rows = [
        {"submission_id": submission_id, "sheet": called.get(sheet, sheet), "cells": cells}
        for submission_id, data in found_bytes(with_places(root, read), root).items()
        for counts in [counts_of(data)]
        for called in [impersonal_names(counts)]
        for sheet, cells in counts.items()
    ]
    return pd.DataFrame(rows, columns=["submission_id", "sheet", "cells"])


def conserves_cells(accounts: pd.DataFrame, counted: pd.DataFrame) -> Verdict:
    """Whether every counted cell has exactly one fate.

    Args:
        accounts: ``intake.accounts``.
        counted: ``independent_counts``.
    """
    key = ["submission_id", "sheet"]
    fated = accounts.groupby(key, as_index=False)["cells"].sum()
    both = counted[counted["cells"] > 0].merge(
        fated, on=key, how="left", suffixes=("_counted", "_accounted")
    )
    both = both.fillna({"cells_accounted": 0})
    # without the names of sheets, which people choose
    wrong = both[both["cells_counted"] != both["cells_accounted"]].drop(columns="sheet")
    if len(wrong):
        return Verdict(False, f"{len(wrong)} trang có ô không rõ đi đâu", wrong)
    total = int(both["cells_counted"].sum())
    return Verdict(True, f"{total} ô của {both['submission_id'].nunique()} tệp đều đã xếp loại")


def agrees_with_published(published: pd.DataFrame) -> Verdict:
    """Whether every published figure is what the workbooks give.

    Args:
        published: ``eval.published`` of one period.
    """
    wrong = published[~published["agrees"]]
    if len(wrong):
        columns = ["indicator", "part", "shown_as", "value", "computed"]
        return Verdict(
            False, f"{len(wrong)}/{len(published)} số đã công bố không khớp", wrong[columns]
        )
    return Verdict(True, f"{len(published)}/{len(published)} số đã công bố khớp")


def is_complete(reporting: pd.DataFrame) -> Verdict:
    """Whether every owed report of the period was received.

    Args:
        reporting: ``core.reporting`` of one period.
    """
    numbers = reporting_numbers(reporting)
    received = reporting["received_at"].notna()
    summary = f"{int(received.sum())}/{len(reporting)} báo cáo phải nộp đã nhận"
    wrong = reporting.loc[~received, ["unit_id", "form", "part", "state"]]
    wrong = wrong.assign(state=wrong["state"].map(REPORT_STATES))
    return Verdict(bool(received.all()), summary, wrong, numbers)


def has_no_open_errors(findings: pd.DataFrame) -> Verdict:
    """Whether every finding that is an error has a decision.

    Args:
        findings: ``core.findings`` of one period.
    """
    numbers = finding_numbers(findings)
    is_open = findings["decision"].isna()
    errors = int((is_open & (findings["severity"] == "error")).sum())
    summary = "; ".join(f"{word}: {count}" for word, count in numbers.items())
    level = findings["severity"].map({each: place for place, each in enumerate(SEVERITIES)})
    wrong = findings.assign(level=level)[is_open].sort_values(
        ["level", "unit_id", "rule", "cell"], kind="stable"
    )[["severity", "rule", "unit_id", "element", "cell"]]
    wrong = wrong.assign(severity=wrong["severity"].map(headed(SEVERITIES)))
    return Verdict(errors == 0, summary, wrong, numbers)
