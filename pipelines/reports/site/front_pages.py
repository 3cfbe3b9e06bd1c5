"""The pages one enters by: result at a glance, contents, dictionary.

Belongs here: what these three show. Does not belong here: looks (``templates/site``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pipelines.catalogue import state_words
from pipelines.catalogue.dictionary_words import (
    TYPES,
    authority_words,
    measure_words,
)
from pipelines.catalogue.disclosure import Disclosure
from pipelines.catalogue.integrity import measure_elements
from pipelines.catalogue.reference import citations
from pipelines.reports.site import addresses, said
from pipelines.reports.site.desk import Desk, shown
from pipelines.reports.site.indicator_page import picture
from pipelines.reports.site.source import Record
from pipelines.vietnamese.numbers import format_count

_AGREES = {True: "khớp số đã công bố", False: "không khớp số đã công bố"}


def at_a_glance(desk: Desk, disclosure: Disclosure) -> dict[str, Any]:
    """The first page."""
    files = desk.shelf.files.values() if desk.lens.workings else []
    return {
        "facts": [*desk.source.facts.items(), *_inner(desk)],
        "papers": desk.source.papers,
        "results": [_result(desk, name) for name in _headline(desk)],
        "judged": _judged(desk),
        "statuses": _counts([str(row["status"]) for row in files], state_words.STATUSES),
        "reporting": _reporting(desk),
        "listed": listed(desk),
        "own": _own(desk),
        "basis": "" if desk.lens.audience.exact else _threshold(disclosure),
    }


def contents(desk: Desk) -> dict[str, Any]:
    """All pages by kind."""
    files = desk.shelf.files.values() if desk.lens.workings else []
    chosen = sorted(files, key=lambda row: str(row["submission_id"]))
    rows = [
        {
            "id": row["submission_id"],
            "link": addresses.file_page(str(row["submission_id"])),
            "sender": desk.shelf.name(row["provider"]),
            "status": said.label_of(state_words.STATUSES, row["status"]),
        }
        for row in chosen
        if addresses.file_page(str(row["submission_id"])) in desk.pages
    ]
    return {"sections": _sections(desk), "types": _by_type(desk), "files": rows, "own": _own(desk)}


def dictionary(desk: Desk) -> dict[str, Any]:
    """What is asked and counted in the period, with definitions and law."""
    catalogue = desk.catalogue
    asked = {str(row["element"]) for rows in desk.shelf.observed.values() for row in rows}
    users: dict[str, list[tuple[str, str]]] = {}
    for name in _indicators(desk):
        entry = catalogue.indicators[name]
        for part in (entry.numerator, entry.denominator):
            for element in measure_elements(part):
                link = (entry.label_vi, addresses.indicator_page(name))
                if link not in users.setdefault(element, []):
                    users[element].append(link)
    elements = [
        {
            "entry": entry,
            "type": TYPES[entry.type],
            "authority": authority_words(catalogue, entry.authority),
            "legal": citations(entry.legal, catalogue) or "",
            "sensitivity": said.SENSITIVITY[entry.sensitivity],
            "users": users.get(entry.id, []),
        }
        for entry in catalogue.elements.values()
        if entry.id in asked
    ]
    indicators = [
        {
            "entry": entry,
            "link": addresses.indicator_page(entry.id),
            "numerator": measure_words(catalogue, entry.numerator),
            "denominator": measure_words(catalogue, entry.denominator),
        }
        for entry in (catalogue.indicators[name] for name in _indicators(desk))
    ]
    return {"elements": elements, "indicators": indicators, "states": list(said.STATES.values())}


def listed(desk: Desk) -> list[dict[str, str]]:
    """Everything that can be looked for on the first page."""
    rows = [
        {"label": desk.catalogue.indicators[name].label_vi, "link": addresses.indicator_page(name),
         "kind": "chỉ số", "more": _figure_of_scope(desk, name)}
        for name in _indicators(desk)
    ]  # fmt: skip
    for unit in desk.shelf.order:
        page = addresses.unit_page(unit)
        if page in desk.pages:
            row = desk.shelf.units[unit]
            kind = said.label_of(state_words.UNIT_TYPES, row["unit_type"]).lower()
            rows.append({"label": str(row["name"]), "link": page, "kind": kind, "more": ""})
    return rows


def _inner(desk: Desk) -> list[tuple[str, str]]:
    return list(desk.source.inner_facts.items()) if desk.lens.workings else []


def _threshold(disclosure: Disclosure) -> str:
    return (
        f"Số người trong việc nhạy cảm dưới {disclosure.threshold:02d} không công bố, cùng những ô"
        f" mà từ đó có thể tính ra. {disclosure.basis_vi}"
    )


def _indicators(desk: Desk) -> list[str]:
    return [name for name in desk.catalogue.indicators if name in desk.shelf.figures]


def _headline(desk: Desk) -> list[str]:
    scope = desk.source.scope_id
    entries = desk.catalogue.indicators
    return [n for n in _indicators(desk) if entries[n].headline and scope in desk.shelf.figures[n]]


def _result(desk: Desk, name: str) -> dict[str, Any]:
    indicator, scope = desk.catalogue.indicators[name], desk.source.scope_id
    row = desk.shelf.figures[name][scope]
    whole = desk.lens.sees_figure(name, scope, of_unit=False)
    beside = desk.shelf.beside.get((scope, name)) if desk.lens.compares(name) and whole else None
    printed = [r for r in desk.shelf.published.get(name, []) if r["scope_id"] == scope]
    return {
        "label": indicator.label_vi,
        "link": addresses.figure_address(name, scope),
        "shown": shown(desk, row, of_unit=False),
        "coverage": said.share(row["coverage"]) if whole else "",
        "picture": picture(indicator, row, beside["target_number"] if beside else None)
        if whole
        else None,
        "same": _same(beside),
        "agrees": _AGREES[all(r["agrees"] for r in printed)] if printed and whole else "",
    }


def _same(beside: Record | None) -> str:
    if beside is None or not beside["same_period"]:
        return ""
    difference = f" ({beside['same_difference']})" if beside["same_difference"] else ""
    return f"{beside['same_label']}: {beside['same_shown']}{difference}"


def _figure_of_scope(desk: Desk, name: str) -> str:
    row = desk.shelf.figures[name].get(desk.source.scope_id)
    return shown(desk, row, of_unit=False) if row is not None else ""


def _judged(desk: Desk) -> list[str]:
    rows = desk.source.frames["judged"]
    own = rows[rows["scope_id"] == desk.source.scope_id]
    return [str(text) for text in own["text_vi"]]


def _reporting(desk: Desk) -> list[tuple[str, str]]:
    if not desk.lens.workings:
        return []
    rows = [row for group in desk.shelf.of_unit["reporting"].values() for row in group]
    return _counts([str(row["state"]) for row in rows], state_words.REPORT_STATES)


def _counts(codes: list[str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """How many there are of each, in the order of the names."""
    counts = Counter(codes)
    return [(word, format_count(counts[code])) for code, word in names.items() if counts[code]]


def _own(desk: Desk) -> tuple[str, str]:
    if desk.lens.own is None:
        return "", ""
    return desk.shelf.name(desk.lens.own), addresses.unit_page(desk.lens.own)


def _sections(desk: Desk) -> list[tuple[str, list[dict[str, str]]]]:
    order = [*said.SECTIONS.values(), said.OTHER_SECTION]
    found: dict[str, list[dict[str, str]]] = {title: [] for title in order}
    for name in _indicators(desk):
        entry = desk.catalogue.indicators[name]
        line = {"label": entry.label_vi, "link": addresses.indicator_page(name),
                "shown": _figure_of_scope(desk, name)}  # fmt: skip
        found[said.section_of(entry.section)].append(line)
    return [(title, rows) for title, rows in found.items() if rows]


def _by_type(desk: Desk) -> list[tuple[str, list[tuple[str, str]]]]:
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in state_words.UNIT_TYPES}
    for unit in desk.shelf.order:
        page = addresses.unit_page(unit)
        if page in desk.pages:
            row = desk.shelf.units[unit]
            found.setdefault(str(row["unit_type"]), []).append((str(row["name"]), page))
    return [
        (said.label_of(state_words.UNIT_TYPES, kind), rows) for kind, rows in found.items() if rows
    ]
