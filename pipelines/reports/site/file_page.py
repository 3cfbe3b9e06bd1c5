"""The page of a submission: the file as it was received, and every cell of it that is used.

Belongs here: records of a file → what its template shows. Does not belong here: looks, opening the
file (its bytes stay in ``raw/``).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from pipelines.catalogue import state_words
from pipelines.reports.site import addresses, said
from pipelines.reports.site.desk import Desk, decision_rows, finding_rows
from pipelines.reports.site.source import Record
from pipelines.reports.site.unit_page import change_rows, form_name

_CELL = re.compile(r"([A-Z]*)(\d*)")
Used = dict[str, dict[tuple[str, str], dict[str, Any]]]
Counted = dict[str, dict[str, list[dict[str, Any]]]]


def used_cells(desk: Desk, files: Collection[str]) -> tuple[Used, Counted]:
    """Cells and register rows of files, gathered once.

    Args:
        desk: What pages are written from.
        files: Their submission ids.

    Returns:
        Submission → (sheet, cell) → unit, element and value; submission → sheet → the figures
        that count rows of it.
    """
    cells: Used = {}
    counted: Counted = {}
    for rows in desk.shelf.observed.values():
        for row in rows:
            if row["cell"] and row["submission_id"] in files:
                value = said.observed(row, desk.catalogue)
                _put(cells, row, _cell(desk, row, value))
    for name, scopes in desk.shelf.figures.items():
        for scope, figure in scopes.items():
            for entry in figure["entries"]:
                if entry.get("submission_id") not in files or "evidence" in entry:
                    continue
                if "cell" in entry:
                    value = said.value_of_entry(entry, desk.catalogue)
                    _put(cells, entry, _cell(desk, entry, value))
                elif "sheet" in entry and entry["rows"]:
                    sheets = counted.setdefault(str(entry["submission_id"]), {})
                    line = _counted(desk, name, scope, entry)
                    sheets.setdefault(str(entry["sheet"]), []).append(line)
    return cells, counted


def file_view(
    desk: Desk,
    submission_id: str,
    cells: Used,
    counted: Counted,
) -> dict[str, Any]:
    """What the page of a submission shows."""
    row = desk.shelf.files[submission_id]
    of_file = {name: rows.get(submission_id, []) for name, rows in desk.shelf.of_file.items()}
    return {
        "file": row,
        "name": str(row["path"]).rpartition("/")[2],
        "sender": desk.unit_link(row["provider"]),
        "facts": _facts(desk, row),
        "same_as": _other(desk, row["same_as"]),
        "sheets": _sheets(desk, submission_id, cells, counted, of_file),
        "findings": finding_rows(desk, of_file["findings"]),
        "decisions": decision_rows(desk, of_file["decisions"]),
        "changes": change_rows(desk, of_file["changes"]),
    }


def _put(cells: Used, row: Record, cell: dict[str, Any]) -> None:
    found = cells.setdefault(str(row["submission_id"]), {})
    found.setdefault((str(row["sheet"]), str(row["cell"])), cell)


def _cell(desk: Desk, row: Record, value: str) -> dict[str, Any]:
    name, unit = str(row["element"]), str(row["unit_id"])
    element = desk.catalogue.elements.get(name)
    return {
        "cell": row["cell"],
        "unit": desk.unit_link(unit),
        "code": element.code if element else "",
        "label": element.label_vi if element else name,
        "link": desk.link(f"{addresses.unit_page(unit)}#{name}"),
        "value": value,
    }


def _counted(desk: Desk, indicator: str, scope: str, entry: Record) -> dict[str, Any]:
    return {
        "label": desk.catalogue.indicators[indicator].label_vi,
        "scope": desk.shelf.name(scope),
        "link": desk.link(addresses.figure_address(indicator, scope)),
        "filter": entry["filter"],
        "rows": said.part(entry["rows"]),
    }


def _facts(desk: Desk, row: Record) -> list[tuple[str, str]]:
    facts = [
        ("Mã lần nộp", row["submission_id"]),
        ("Đường dẫn", row["path"]),
        ("Mã băm SHA-256", row["sha256"]),
        ("Kích thước", said.size(row["size"])),
        ("Biểu", form_name(desk, row["form"])),
        ("Vòng", said.label_of(state_words.ROUNDS, row["round"]) if row["round"] else ""),
        ("Nhận lúc", said.day(row["received_at"])),
        ("Kênh nhận", row["channel"]),
        ("Số liệu đến ngày", said.day(row["data_to"])),
        ("Kết quả", said.label_of(state_words.STATUSES, row["status"])),
        ("Lý do", row["reason"]),
        ("Ghi chú khi đọc", row["reader_note"]),
    ]
    return [(name, str(text)) for name, text in facts if text]


def _other(desk: Desk, submission_id: object) -> tuple[str, str]:
    if not submission_id:
        return "", ""
    return str(submission_id), desk.link(addresses.file_page(str(submission_id)))


def _sheets(
    desk: Desk,
    submission_id: str,
    cells: Used,
    counted: Counted,
    of_file: dict[str, list[Record]],
) -> list[dict[str, Any]]:
    """The sheets that anything points to, each with its used cells in reading order."""
    mine = cells.get(submission_id, {})
    found = []
    for sheet, number in desk.shelf.sheets.get(submission_id, {}).items():
        used = {cell: row for (name, cell), row in mine.items() if name == sheet}
        pointed = (r for name in ("findings", "decisions", "changes") for r in of_file[name])
        for row in pointed:
            if row["sheet"] == sheet and row["cell"] and row["cell"] not in used:
                used[str(row["cell"])] = _unused(row)
        fates = [row for row in of_file["accounts"] if row["sheet"] == sheet]
        found.append(
            {
                "name": sheet,
                "anchor": addresses.sheet_anchor(number),
                "cells": [
                    row | {"anchor": addresses.cell_anchor(number, cell)}
                    for cell, row in sorted(used.items(), key=lambda pair: _place(pair[0]))
                ],
                "counted": counted.get(submission_id, {}).get(sheet, []),
                "fates": [(said.label_of(state_words.FATES, r["fate"]), r["cells"]) for r in fates],
            }
        )
    return found


def _unused(row: Record) -> dict[str, Any]:
    """A cell that a finding or decision speaks of, whose value is not in force."""
    told = row.get("found") or row.get("before") or ""
    nobody = ("", "")
    said_of = {"cell": row["cell"], "unit": nobody, "code": "", "label": "không phải số đang dùng"}
    return {**said_of, "link": "", "value": str(told)}


def _place(cell: str) -> tuple[int, int, str]:
    """Rows from top to bottom, columns from left to right."""
    found = _CELL.fullmatch(cell)
    if found is None:
        return (0, 0, cell)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return (int(found[2] or 0), column, cell)
