"""The page of an indicator: definition and law, figures with their parts, the cells behind them.

Belongs here: records of an indicator → what its template shows. Does not belong here: looks
(``templates/site``), who may see what (``lens``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.catalogue.dictionary_words import measure_words
from pipelines.catalogue.integrity import measure_elements
from pipelines.catalogue.model import Catalogue, Indicator, RowsMeasure
from pipelines.catalogue.reference import citations
from pipelines.evaluation.figures import NOTHING_OCCURRED
from pipelines.reports.site import said
from pipelines.reports.site.desk import (
    Desk,
    decision_rows,
    finding_rows,
    is_area,
    open_value,
    shown,
)
from pipelines.reports.site.lens import PARTS
from pipelines.reports.site.source import Record
from pipelines.vietnamese.numbers import NO_DATA

PART_NAMES = {"numerator": "Tử số", "denominator": "Mẫu số"}


def indicator_view(desk: Desk, indicator: Indicator) -> dict[str, Any]:
    """What the page of an indicator shows."""
    catalogue, figures = desk.catalogue, desk.shelf.figures.get(indicator.id, {})
    areas = [scope for scope in figures if is_area(desk, scope)]
    units = [scope for scope in desk.shelf.order if scope in figures and scope not in areas]
    pillar = catalogue.pillars.get(indicator.pillar or "")
    return {
        "indicator": indicator,
        "section": said.section_of(indicator.section),
        "pillar": pillar.label_vi if pillar else "",
        "population": catalogue.populations[indicator.population].label_vi,
        "parts_told": _parts(catalogue, indicator),
        "elements": [catalogue.elements[name] for name in _elements(indicator)],
        "legal": citations(indicator.legal, catalogue) or "",
        "element_legal": _element_legal(catalogue, indicator),
        "areas": [_area(desk, indicator, figures[scope], set(units)) for scope in areas],
        "rows": [_unit_row(desk, indicator, figures[scope]) for scope in units],
        "missing": _missing(desk, indicator) if desk.lens.workings and not units else [],
        "findings": _findings(desk, indicator) if desk.lens.workings else [],
        "decisions": _decisions(desk, indicator) if desk.lens.workings else [],
    }


def picture(indicator: Indicator, row: Record, target: float | None) -> dict[str, float] | None:
    """Where a rate, what it could be and its target lie between 0 and 100; None for others."""
    if indicator.display.format != "rate" or row["value"] is None:
        return None
    value = row["value"]
    low, high = (row[n] if row[n] is not None else value for n in ("lower", "upper"))
    if max(value, high) > 100:
        return None
    found = {"value": value, "low": low, "high": high}
    return found | ({"target": target} if target is not None and target <= 100 else {})


def _parts(catalogue: Catalogue, indicator: Indicator) -> list[tuple[str, str]]:
    told = [
        (PART_NAMES[part], measure_words(catalogue, getattr(indicator, part))) for part in PARTS
    ]
    return [(name, words) for name, words in told if words]


def _elements(indicator: Indicator) -> list[str]:
    names = measure_elements(indicator.numerator) + measure_elements(indicator.denominator)
    return list(dict.fromkeys(names))


def _element_legal(catalogue: Catalogue, indicator: Indicator) -> list[tuple[str, str]]:
    """The law that each element goes back to, where it says so."""
    entries = [catalogue.elements[name] for name in _elements(indicator)]
    told = [(entry.code, citations(entry.legal, catalogue)) for entry in entries]
    return [(code, text) for code, text in told if text]


def _area(desk: Desk, indicator: Indicator, row: Record, told: set[str]) -> dict[str, Any]:
    """A figure of a scope that holds units."""
    scope = str(row["scope_id"])
    whole = desk.lens.sees_figure(indicator.id, scope, of_unit=False)
    beside = (
        desk.shelf.beside.get((scope, indicator.id)) if desk.lens.compares(indicator.id) else None
    )
    target = beside["target_number"] if beside else None
    return {
        "id": scope,
        "name": desk.unit_link(scope),
        "shown": shown(desk, row, of_unit=False),
        "numbers": _numbers(desk, indicator, row),
        "coverage": _coverage(row),
        "bounds": _bounds(row) if whole else "",
        "picture": picture(indicator, row, target) if whole else None,
        "compared": _compared(beside) if beside and whole else [],
        "series": _series(desk, indicator, scope)
        if whole and desk.lens.compares(indicator.id)
        else [],
        "published": _published(desk, indicator, scope) if whole else [],
        "cells": list(_cells(desk, row, told))
        if desk.lens.workings
        else _open_values(desk, indicator, scope, told),
        "counted": _counted(desk, row),
        "documents": _documents(desk, row) if desk.lens.workings else [],
    }


def _numbers(desk: Desk, indicator: Indicator, row: Record) -> list[tuple[str, str]]:
    found = []
    for part in PARTS:
        if row[part] is not None and getattr(indicator, part) is not None:
            open_part = desk.lens.sees_part(indicator.id, str(row["scope_id"]), part)
            found.append((PART_NAMES[part], said.part(row[part]) if open_part else desk.lens.mark))
    return found


def _coverage(row: Record) -> str:
    if not row["expected_units"]:
        return ""
    counts = f"{row['reporting_units']:.0f}/{row['expected_units']:.0f} đơn vị"
    return f"{counts} ({said.share(row['coverage'])})"


def _bounds(row: Record) -> str:
    low, high = row["lower"], row["upper"]
    if low is None or high is None or low == high:
        return ""
    return f"từ {said.amount(low, 'rate')} đến {said.amount(high, 'rate')}"


def _compared(beside: Record) -> list[tuple[str, str, str, str]]:
    """Against what, the other figure, the difference, why not or what to mind."""
    found = []
    for name in ("same", "previous"):
        if beside[f"{name}_period"]:
            texts = [beside[f"{name}_{n}"] or "" for n in ("label", "shown", "difference")]
            remark = beside[f"{name}_why"] or beside[f"{name}_note"] or ""
            found.append((texts[0], texts[1], texts[2], remark))
    if beside["target_shown"] and beside["target_shown"] != NO_DATA:
        remark = "; ".join(beside[f"target_{n}"] or "" for n in ("why", "source")).strip("; ")
        found.append(
            ("Chỉ tiêu giao", beside["target_shown"], beside["target_verdict"] or "", remark)
        )
    return found


def _series(desk: Desk, indicator: Indicator, scope: str) -> list[Record]:
    kind = "rate" if indicator.display.format == "rate" else "count"
    return [
        {
            "part": desk.source.period_names.get(str(row["part"]), str(row["part"])),
            "text": NO_DATA if row["value"] is None else said.amount(row["value"], kind),
            "value": row["value"],
            "break": bool(row["break_before"]),
            "why": row["why"] or "",
        }
        for row in desk.shelf.series.get((scope, indicator.id), [])
    ]


def _published(desk: Desk, indicator: Indicator, scope: str) -> list[Record]:
    sources = desk.catalogue.words.sources
    found = []
    for row in desk.shelf.published.get(indicator.id, []):
        if row["scope_id"] == scope:
            source = sources.get(str(row["source"]))
            found.append(
                {
                    "part": PART_NAMES.get(str(row["part"]), "Giá trị"),
                    "shown": row["shown_as"],
                    "verdict": "khớp" if row["agrees"] else "không khớp",
                    "source": source.publisher_vi if source else row["source"],
                }
            )
    return found


def _cells(desk: Desk, row: Record, told: set[str]) -> Iterator[dict[str, Any]]:
    """The cells of a figure, without units whose own figure says them."""
    for entry in row["entries"]:
        if "cell" in entry and str(entry["unit_id"]) not in told:
            value = said.value_of_entry(entry, desk.catalogue)
            yield _value_line(desk, entry, value) | {
                "cell": desk.cell_link(entry),
                "note": entry.get("note", ""),
            }


def _open_values(
    desk: Desk, indicator: Indicator, scope: str, told: set[str]
) -> list[dict[str, Any]]:
    """Values that everybody may see; who said nothing stands among those that are not shown."""
    if scope != desk.source.scope_id:
        return []
    wanted, found = set(_elements(indicator)), []
    for unit in desk.shelf.order:
        rows = desk.shelf.observed.get(unit, []) if unit not in told else []
        found += [
            _value_line(desk, row, open_value(desk, row))
            for row in rows
            if row["element"] in wanted
        ]
    is_open = any(line["value"] != desk.lens.mark for line in found)
    return found if is_open else []


def _value_line(desk: Desk, row: Record, value: str) -> dict[str, Any]:
    name = str(row["element"])
    element = desk.catalogue.elements.get(name)
    return {
        "unit": desk.unit_link(row["unit_id"]),
        "code": element.code if element else "",
        "label": element.label_vi if element else name,
        "value": value,
    }


def _counted(desk: Desk, row: Record) -> list[dict[str, Any]]:
    """Counted units and owed reports, and register rows with the files that hold them."""
    found: list[dict[str, Any]] = []
    registers: dict[tuple[str, str], list[Record]] = {}
    for entry in row["entries"]:
        part = PART_NAMES.get(str(entry.get("part")), "Đếm")
        if "cell" in entry or "evidence" in entry:
            continue
        if "units" in entry:
            label = desk.catalogue.populations[str(entry["population"])].label_vi
            left_out = entry.get("not_applicable", []) if desk.lens.workings else []
            names = ", ".join(desk.shelf.name(unit) for unit in left_out)
            text = f"{said.part(entry['units'])} đơn vị: {label}"
            found.append(_line(part, text, f"không áp dụng: {names}" if names else ""))
        elif "sheet" in entry:
            registers.setdefault((part, str(entry["filter"])), []).append(entry)
        else:
            found.append(_line(part, f"{said.part(entry['rows'])} báo cáo", ""))
    for (part, condition), entries in registers.items():
        total = said.part(sum(entry["rows"] for entry in entries))
        if desk.lens.workings:
            files = [_file_line(desk, entry) for entry in entries if entry["rows"]]
            found.append(_line(part, f"{total} dòng sổ", condition, files))
        else:
            found.append(_line(part, "đếm từ sổ", ""))
    return found


def _line(
    part: str, text: str, remark: str, files: list[tuple[str, str, str]] | None = None
) -> dict[str, Any]:
    return {"part": part, "text": text, "remark": remark, "files": files or []}


def _file_line(desk: Desk, entry: Record) -> tuple[str, str, str]:
    """A sheet that holds counted rows: its name, address, whose it is and how many."""
    text, address = desk.cell_link(entry)
    sender = desk.shelf.files.get(str(entry["submission_id"]), {}).get("provider")
    return text, address, f"{desk.shelf.name(sender)}: {said.part(entry['rows'])}"


def _documents(desk: Desk, row: Record) -> list[dict[str, str]]:
    found = []
    for entry in row["entries"]:
        if "evidence" in entry:
            texts = [entry.get(n) for n in ("kind", "number", "signed_on", "title")]
            about = desk.shelf.name(entry["unit_id"])
            found.append(
                {"text": " · ".join(str(t) for t in texts if t), "unit": about, **_file(entry)}
            )
    return found


def _file(entry: Record) -> dict[str, str]:
    return {"path": str(entry["path"]), "sha256": str(entry["sha256"])}


def _unit_row(desk: Desk, indicator: Indicator, row: Record) -> dict[str, Any]:
    """A figure of a unit, with the cells that made it."""
    scope = str(row["scope_id"])
    is_whole = desk.lens.whole(scope)
    text = shown(desk, row, of_unit=True)
    seen = text != desk.lens.mark
    numbers = _numbers(desk, indicator, row) if seen else []
    return {
        "id": scope,
        "name": desk.unit_link(scope),
        "shown": text,
        "is_missing": text in {NO_DATA, NOTHING_OCCURRED, desk.lens.mark},
        "numbers": [number for _, number in numbers] + ["–"] * (2 - len(numbers)),
        "coverage": _coverage(row) if is_whole and (row["expected_units"] or 0) > 1 else "",
        "cells": [_source_of(desk, entry, scope) for entry in row["entries"] if _tells(entry)]
        if desk.lens.workings
        else [],
    }


def _tells(entry: Record) -> bool:
    """Whether an entry says something about one unit: files without a row of it do not."""
    return "units" not in entry and not ("sheet" in entry and entry.get("rows") == 0)


def _source_of(desk: Desk, entry: Record, scope: str) -> tuple[str, str, str]:
    """Where an entry lies (text and address) and what it says."""
    if "cell" in entry:
        text, address = desk.cell_link(entry)
        element = desk.catalogue.elements.get(str(entry["element"]))
        whose = "" if entry["unit_id"] == scope else f"{desk.shelf.name(entry['unit_id'])}: "
        code = element.code if element else str(entry["element"])
        return text, address, f"{whose}{code} = {said.value_of_entry(entry, desk.catalogue)}"
    if "evidence" in entry:
        return str(entry.get("kind") or "Tài liệu"), "", str(entry.get("title") or entry["path"])
    if "sheet" in entry:
        text, address = desk.cell_link(entry)
        return text, address, f"{said.part(entry['rows'])} dòng: {entry['filter']}"
    return "", "", f"{said.part(entry['rows'])} báo cáo"


def _missing(desk: Desk, indicator: Indicator) -> list[tuple[tuple[str, str], str, str]]:
    """Units that have no value of an element, and why."""
    found = []
    for name in _elements(indicator):
        for row in desk.shelf.of_element["missing"].get(name, []):
            state = said.label_of(said.STATES, row["state"])
            found.append(
                (desk.unit_link(row["unit_id"]), desk.catalogue.elements[name].code, state)
            )
    return found


def _findings(desk: Desk, indicator: Indicator) -> list[dict[str, Any]]:
    elements = _elements(indicator)
    rows = [row for name in elements for row in desk.shelf.of_element["findings"].get(name, [])]
    measures = [getattr(indicator, part) for part in PARTS]
    registers = {m.register_id for m in measures if isinstance(m, RowsMeasure)}
    if registers:
        ids = {rule.id for rule in desk.catalogue.rules.values() if rule.register_id in registers}
        everything = (r for group in desk.shelf.of_element["findings"].values() for r in group)
        rows += [row for row in everything if row["rule"] in ids and row not in rows]
    return finding_rows(desk, rows)


def _decisions(desk: Desk, indicator: Indicator) -> list[dict[str, Any]]:
    names = _elements(indicator)
    rows = [row for name in names for row in desk.shelf.of_element["decisions"].get(name, [])]
    return decision_rows(desk, rows)
