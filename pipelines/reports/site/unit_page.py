"""The page of a unit: what it sent, what is known of it, what was found and decided.

Belongs here: records of a unit → what its template shows. Does not belong here: looks, who may
see what (``lens``).
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pipelines.catalogue import state_words
from pipelines.reports.site import addresses, said
from pipelines.reports.site.desk import (
    Desk,
    decision_rows,
    finding_rows,
    is_area,
    open_value,
    shown,
)
from pipelines.reports.site.source import Record

_KNOWN = {"value", "zero"}


def unit_view(desk: Desk, unit_id: str) -> dict[str, Any]:
    """What the page of a unit shows."""
    unit = desk.shelf.units[unit_id]
    whole = desk.lens.whole(unit_id)
    observed = desk.shelf.observed.get(unit_id, [])
    parent = unit["parent_id"]
    facts = [
        ("Loại", said.label_of(state_words.UNIT_TYPES, unit["unit_type"])),
        ("Mã hành chính", unit["code"] or ""),
        ("Từ ngày", said.day(unit["valid_from"])),
        ("Đến ngày", said.day(unit["valid_to"])),
    ]
    return {
        "unit": unit,
        "whole": whole,
        "facts": [(name, text) for name, text in facts if text],
        "parent": desk.unit_link(parent) if parent in desk.shelf.units else ("", ""),
        "below": [
            desk.unit_link(other)
            for other in desk.shelf.order
            if desk.shelf.units[other]["parent_id"] == unit_id
        ],
        "reports": _reports(desk, unit_id) if whole else [],
        "submissions": file_rows(desk, desk.shelf.of_unit["submissions"].get(unit_id, []), whole),
        "known": _known(observed) if whole else None,
        "figures": _figures(desk, unit_id),
        "blocks": _blocks(desk, observed),
        **(_workings(desk, unit_id) if whole else {name: [] for name in _WORKINGS}),
    }


_WORKINGS = ("findings", "decisions", "duties", "bands", "scores", "checked", "changes", "evidence")


def _workings(desk: Desk, unit_id: str) -> dict[str, Any]:
    rows = {name: desk.shelf.of_unit[name].get(unit_id, []) for name in _WORKINGS}
    return {
        "findings": finding_rows(desk, rows["findings"]),
        "decisions": decision_rows(desk, rows["decisions"]),
        "duties": [_duty(row) for row in rows["duties"]],
        "bands": [_band(desk, row) for row in rows["bands"]],
        "scores": [_score(desk, row) for row in rows["scores"]],
        "checked": [_checked(desk, row) for row in rows["checked"]],
        "changes": change_rows(desk, rows["changes"]),
        "evidence": [_document(desk, row) for row in rows["evidence"]],
    }


def _reports(desk: Desk, unit_id: str) -> list[dict[str, Any]]:
    return [
        {
            "form": form_name(desk, row["form"]),
            "round": said.label_of(state_words.ROUNDS, row["round"]),
            "due": said.day(row["due_date"]),
            "received": said.day(row["received_at"]),
            "state": said.label_of(state_words.REPORT_STATES, row["state"]),
            "kind": row["state"],
            "versions": row["versions"],
            "part": row["part"] if row["part"] != desk.source.period else "",
        }
        for row in desk.shelf.of_unit["reporting"].get(unit_id, [])
    ]


def form_name(desk: Desk, form: object) -> str:
    """Number of a form; nothing where a file was taken for none."""
    known = desk.catalogue.forms.get(str(form))
    return known.number_vi if known else "" if form is None else str(form)


def file_rows(desk: Desk, rows: list[Record], whole: bool) -> list[dict[str, Any]]:
    """Files as pages list them."""
    if not whole:
        return []
    return [
        {
            "id": row["submission_id"],
            "link": desk.link(addresses.file_page(str(row["submission_id"]))),
            "form": form_name(desk, row["form"]),
            "received": said.day(row["received_at"]),
            "status": said.label_of(state_words.STATUSES, row["status"]),
            "kind": row["status"],
        }
        for row in rows
    ]


def _known(observed: list[Record]) -> dict[str, float] | None:
    """How many of the values asked for are known, for the bar."""
    asked = [row for row in observed if row["state"] != "not_applicable"]
    if not asked:
        return None
    known = sum(row["state"] in _KNOWN for row in asked)
    return {"known": known, "asked": len(asked), "share": 100 * known / len(asked)}


def _figures(desk: Desk, unit_id: str) -> list[dict[str, Any]]:
    area = is_area(desk, unit_id)
    found = []
    for name, indicator in desk.catalogue.indicators.items():
        row = desk.shelf.figures.get(name, {}).get(unit_id)
        if row is not None:
            link = desk.link(addresses.figure_address(name, unit_id))
            text = shown(desk, row, of_unit=not area)
            found.append({"label": indicator.label_vi, "link": link, "shown": text})
    return found


def _blocks(desk: Desk, observed: list[Record]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Values under the blocks of the form."""
    catalogue = desk.catalogue
    rows = [row for row in observed if str(row["element"]) in catalogue.elements]
    named = groupby(rows, key=lambda row: catalogue.elements[str(row["element"])].block)
    return [
        (said.label_of(said.BLOCKS, block), [_value(desk, row) for row in group])
        for block, group in named
    ]


def _value(desk: Desk, row: Record) -> dict[str, Any]:
    element = desk.catalogue.elements[str(row["element"])]
    whole = desk.lens.whole(str(row["unit_id"]))
    text = open_value(desk, row)
    return {
        "id": element.id,
        "code": element.code,
        "label": element.label_vi,
        "value": text,
        "weak": text == desk.lens.mark or row["state"] not in _KNOWN,
        "state": said.label_of(said.STATES, row["state"]),
        "cell": desk.cell_link(row) if whole else ("", ""),
        "remark": _remark(desk, row) if whole else "",
    }


def _remark(desk: Desk, row: Record) -> str:
    """Who supplied a value where it was not the unit itself, and what else is to be known."""
    told = []
    if row["provider"] and row["provider"] != row["unit_id"]:
        told.append(f"do {desk.shelf.name(row['provider'])} cung cấp")
    if row["is_estimate"]:
        told.append("số ước")
    if row["decided"]:
        told.append("theo quyết định của Ban Chỉ đạo")
    if row["note"]:
        told.append(f"ghi chú: {row['note']}")
    return "; ".join(told)


def _duty(row: Record) -> dict[str, Any]:
    return {
        "label": row["label_vi"],
        "state": said.label_of(state_words.DUTY_STATES, row["state"]),
        "kind": row["state"],
        "text": row["text_vi"],
        "due": said.day(row["due_on"]),
        "legal": row["legal"],
    }


def _band(desk: Desk, row: Record) -> dict[str, Any]:
    entry = desk.catalogue.criteria.get(str(row["criteria_set"]))
    low, high = row["band_lower"], row["band_upper"]
    return {
        "set": entry.label_vi if entry else row["criteria_set"],
        "stage": said.label_of(state_words.STAGES, row["stage"]),
        "points": said.points(row["lower"], row["upper"]),
        "band": row["band"],
        "possible": low if low == high else f"{low} đến {high}",
        "forced_by": row["forced_by"] or "",
        "is_example": bool(row["is_example"]),
    }


def _score(desk: Desk, row: Record) -> dict[str, Any]:
    entry = desk.catalogue.criteria.get(str(row["criteria_set"]))
    lines = {line.id: line.label_vi for line in entry.criteria} if entry else {}
    return {
        "label": lines.get(str(row["criterion"]), row["criterion"]),
        "stage": said.label_of(state_words.STAGES, row["stage"]),
        "most": "" if row["max_points"] is None else said.amount(row["max_points"]),
        "points": said.points(row["lower"], row["upper"]),
        "reason": row["reason"] or "",
    }


def _checked(desk: Desk, row: Record) -> dict[str, Any]:
    element = desk.catalogue.elements.get(str(row["element"]))
    return {
        "label": f"{element.code} · {element.label_vi}" if element else row["subject"],
        "stage": said.label_of(state_words.STAGES, row["stage"]),
        "reported": said.part(row["reported"]),
        "found": said.part(row["found"]),
        "reason": row["reason"],
        "evidence": row["evidence"] or "",
        "on": said.day(row["decided_on"]),
    }


def change_rows(desk: Desk, rows: list[Record]) -> list[dict[str, Any]]:
    """What a newer file says differently."""
    return [
        {
            "label": _element_label(desk, row),
            "row": row["row_key"] or "",
            "before": row["before"] or "(để trống)",
            "after": row["after"] or "(để trống)",
            "cell": desk.cell_link(row),
            "previous": row["previous"],
            "link": desk.link(addresses.file_page(str(row["previous"]))),
        }
        for row in rows
    ]


def _element_label(desk: Desk, row: Record) -> str:
    element = desk.catalogue.elements.get(str(row["element"]))
    return f"{element.code} · {element.label_vi}" if element else str(row["element"])


def _document(desk: Desk, row: Record) -> dict[str, Any]:
    texts = [row["kind"], row["number"], said.day(row["signed_on"]), row["title_vi"]]
    return {
        "text": " · ".join(str(text) for text in texts if text),
        "about": _element_label(desk, row) if row["element"] else "",
        "path": row["path"],
        "status": said.label_of(state_words.STATUSES, row["status"]),
    }
