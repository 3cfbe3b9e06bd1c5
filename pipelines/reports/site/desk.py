"""What pages are written from, and the lines that several kinds of page share.

Belongs here: links, figures and values through the lens, findings and decisions as rows. Does not
belong here: a page as a whole (``*_page``), looks (``templates/site``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipelines.catalogue import state_words
from pipelines.catalogue.model import Catalogue
from pipelines.places.units import ADMINISTRATION
from pipelines.reports.site import addresses, said
from pipelines.reports.site.lens import Lens
from pipelines.reports.site.source import Record, Shelf, Source

_UP = "../"


@dataclass(frozen=True)
class Desk:
    """Everything that pages are written from."""

    source: Source
    shelf: Shelf
    lens: Lens
    pages: frozenset[str]

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of the period."""
        return self.source.catalogue

    def link(self, address: str) -> str:
        """An address from a page of a folder; empty where the page is not part of the site."""
        page = address.partition("#")[0]
        return f"{_UP}{address}" if page in self.pages else ""

    def unit_link(self, unit_id: object) -> tuple[str, str]:
        """Name and address of a unit."""
        return self.shelf.name(unit_id), self.link(addresses.unit_page(str(unit_id)))

    def cell_link(self, row: Record) -> tuple[str, str]:
        """A cell by sheet and address, and where it is shown; nothing where there is none."""
        if not row.get("submission_id") or not row.get("sheet"):
            return "", ""
        text = "!".join(str(row[name]) for name in ("sheet", "cell") if row.get(name))
        file = str(row["submission_id"])
        period = file.partition("/")[0]
        if period != self.source.period:
            text = f"{period} · {text}"
        return text, self.link(self.shelf.cell_address(file, row["sheet"], row.get("cell")))


def is_area(desk: Desk, scope_id: str) -> bool:
    """Whether a scope is a level of administration that holds units."""
    unit = desk.shelf.units.get(scope_id)
    return scope_id == desk.source.scope_id or bool(unit and unit["unit_type"] in ADMINISTRATION)


def shown(desk: Desk, row: Record, *, of_unit: bool) -> str:
    """A figure as it is printed, or the mark of what is not shown."""
    indicator, scope = str(row["indicator"]), str(row["scope_id"])
    if not desk.lens.sees_figure(indicator, scope, of_unit=of_unit):
        return desk.lens.mark
    if of_unit and row["state"] == "missing" and not desk.lens.whole(scope):
        # whoever did not report is nobody's business but the committee's
        return desk.lens.mark
    return str(row["shown_as"])


def open_value(desk: Desk, row: Record) -> str:
    """A value of a unit, or the mark of what is not shown."""
    unit, name = str(row["unit_id"]), str(row["element"])
    if desk.lens.whole(unit):
        return said.observed(row, desk.catalogue)
    unknown = row["state"] not in {"value", "zero"}
    # whoever did not report is nobody's business but the committee's
    if unknown or not desk.lens.sees_value(desk.catalogue, unit, name):
        return desk.lens.mark
    return said.observed(row, desk.catalogue)


def finding_rows(desk: Desk, rows: Iterable[Record]) -> list[dict[str, Any]]:
    """Findings as pages list them."""
    return [
        {
            "severity": said.label_of(state_words.SEVERITIES, row["severity"]),
            "kind": row["severity"],
            "rule": row["rule"],
            "unit": desk.unit_link(row["unit_id"]) if row["unit_id"] else ("", ""),
            "cell": desk.cell_link(row),
            "found": row["found"] or "",
            "expected": row["expected"] or "",
            "message": row["message_vi"],
            "action": row["action_vi"],
            "decision": row["decided_why"] or "",
        }
        for row in rows
    ]


def decision_rows(desk: Desk, rows: Iterable[Record]) -> list[dict[str, Any]]:
    """Decisions as pages list them."""
    return [
        {
            "what": row["what"],
            "unit": desk.unit_link(row["unit_id"]) if row["unit_id"] else ("", ""),
            "cell": desk.cell_link(row),
            "who": row["decided_by"] + _told(row),
            "at": row["said_at"],
            "why": row["decided_why"],
            "effect": row["effect"],
        }
        for row in rows
    ]


def _told(row: Record) -> str:
    """Who supplied what was decided, where somebody did."""
    if not row["told_by"]:
        return ""
    return f"; {row['told_by']} cho biết {said.day(row['told_on'])}".rstrip()
