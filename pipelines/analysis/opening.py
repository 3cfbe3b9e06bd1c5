"""How a notebook begins: the warehouse, one period of it, its words; problems told in Vietnamese.

Belongs here: checking what an analyst typed as a parameter, the frame that all cells share. Does
not belong here: figures (the other modules of this room), the page (``reports.notebook_page``).
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from pipelines.analysis.access import Tables, open_warehouse
from pipelines.analysis.scope import (
    RECEIVED,
    ReportScope,
    of_period,
    report_scope,
    scope_facts,
)
from pipelines.analysis.setting import Setting, setting
from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.periods import parts_of
from pipelines.warehouse.errors import WarehouseError
from pipelines.warehouse.reader import WHOLE, Warehouse
from pipelines.warehouse.root import find_root

_LONGEST = 60  # of what was typed, as a problem repeats it


class UnknownPeriod(WarehouseError):  # noqa: N818 — names the state, not a mishap
    """The period is none of the catalogue."""

    code: ClassVar[str] = "QCDC-A03"


class UnknownChoice(WarehouseError):  # noqa: N818 — names the state, not a mishap
    """A unit, set of criteria or grouping that the warehouse does not have."""

    code: ClassVar[str] = "QCDC-A04"


@dataclass(frozen=True)
class Opened:
    """A period of the warehouse as a notebook works with it.

    Attributes:
        wh: The tables.
        root: The project's root.
        period: Key of the period.
        scope: Whom the report of the period is about.
        named: Words that follow the period: title, what the communes are called.
        parts: Names of the periods that a longer one is made of, by key.
        evaluated: Whether the warehouse has figures of the period itself.
    """

    wh: Warehouse
    root: Path
    period: str
    scope: ReportScope
    named: Setting
    parts: dict[str, str]
    evaluated: bool

    @property
    def illustrative(self) -> bool:
        """Whether "SỐ LIỆU MINH HỌA" stands on everything."""
        return self.scope.is_illustrative

    @property
    def subtitle(self) -> str:
        """Scope and period."""
        return f"{self.scope.name}, {self.scope.label_vi}"

    @property
    def facts(self) -> dict[str, str]:
        """What a reader must know before the first figure: label → text."""
        told = scope_facts(self.wh, self.scope, self.parts)
        return {k: v for k, v in told.items() if self.evaluated or k not in RECEIVED}

    @property
    def known_parts(self) -> dict[str, str]:
        """The parts that have figures, by key; where none has, the smaller ones that do."""
        known = {key: name for key, name in self.parts.items() if _has(self.wh, key)}
        if known or not self.parts:
            return known
        periods = self.wh.table("ref.periods")
        names = periods.set_index("period")["label_vi"]
        smaller = [leaf for key in self.parts for leaf in parts_of(periods, key)]
        return {key: str(names[key]) for key in smaller if _has(self.wh, key)}

    @property
    def latest(self) -> str:
        """The period itself where it has figures, else the newest of its parts that has."""
        known = list(self.known_parts)
        return self.period if self.evaluated or not known else known[-1]

    @property
    def latest_name(self) -> str:
        """Name of ``latest``, as officials write it."""
        return self.known_parts.get(self.latest, self.scope.label_vi)

    @property
    def contents(self) -> pd.DataFrame:
        """What the warehouse holds: table, title_vi, rows, periods (keys, the newest last)."""
        catalogue = load_catalogue()
        rows = []
        for name in self.wh.tables():
            found = self.wh.manifest.tables.get(name, {})
            count = sum(entry.rows for entry in found.values())
            keys = sorted(key for key in found if key != WHOLE)
            title = table_contract(catalogue, name).spec.title_vi
            rows.append((name, title, count, "; ".join(keys)))
        return pd.DataFrame(rows, columns=["table", "title_vi", "rows", "periods"])

    @property
    def not_evaluated(self) -> str:
        """What is missing, and how to get it; empty where the period has been evaluated."""
        if self.evaluated:
            return ""
        known = "; ".join(self.known_parts.values())
        shown = f" Dưới đây là số của các kỳ đã có: {known}." if known else ""
        return (
            f"{self.scope.label_vi} chưa được đánh giá trong kho."
            f" Chạy “qcdc run {self.period}” rồi chạy lại sổ tay.{shown}"
        )


def open_period(period: str, release: str | None = None, root: Path | None = None) -> Opened:
    """Open the warehouse at a period: the first line of every notebook.

    Args:
        period: Key of a period, for instance ``2021-H1``, ``2021`` or ``2016-2020``.
        release: As in ``open_warehouse``.
        root: The project's root; by default the nearest one above the current folder.

    Raises:
        UnknownPeriod: No such period; the nearest ones are named.
        NoRequest: Nothing was ever asked for in the period or its parts.
        NoRelease: There is no such release.
        NotAProject: No root above the current folder.
    """
    where = root if root is not None else find_root()
    wh = open_warehouse(release=release, root=where)
    periods = wh.table("ref.periods")
    key = known_period(wh, period)
    scope = report_scope(wh, key)
    names = periods.set_index("period")["label_vi"]
    parts = {part: str(names[part]) for part in parts_of(periods, key)}
    return Opened(
        wh=wh,
        root=where,
        period=key,
        scope=scope,
        named=setting(wh, key),
        parts=parts if _asked(wh, key) else {},
        evaluated=_has(wh, key),
    )


def known_period(wh: Tables, period: object) -> str:
    """A period's key as an analyst typed it.

    Raises:
        UnknownPeriod: No such period; the nearest ones are named.
    """
    return chosen(period, sorted(wh.table("ref.periods")["period"]), "kỳ", UnknownPeriod, "2021-H1")


def chosen(
    typed: object,
    known: Sequence[str],
    what: str,
    error: type[WarehouseError] = UnknownChoice,
    example: str = "",
) -> str:
    """What an analyst typed, where it is one of the known keys.

    Args:
        typed: Whatever stands in the parameter cell.
        known: The keys that there are.
        what: What is chosen, in Vietnamese: "kỳ", "đơn vị".
        error: What is raised.
        example: A key to name where none is near.

    Raises:
        WarehouseError: Of the given type: it is none of them; the nearest ones are named.
    """
    if isinstance(typed, str) and typed in known:
        return typed
    text = str(typed)
    near = difflib.get_close_matches(text[:_LONGEST], known, n=3, cutoff=0.5)
    few = near or ([example] if example in known else list(known[:3]))
    said = f"{text[:_LONGEST]}…" if len(text) > _LONGEST else text
    shown = f"“{said}”" if isinstance(typed, str) else said
    seen = shown if isinstance(typed, str) else f"{said}, không phải chữ trong dấu nháy"
    raise error(
        f"Không có {what} {shown}.",
        f"no such key: {said!r}",
        seen,
        f"một trong {len(known)} {what} của kho; gần nhất: {', '.join(few) or '(không có)'}",
        f"Sửa ô tham số (ô đầu tiên) của sổ tay, ví dụ “{few[0] if few else '…'}”, rồi chạy lại.",
    )


def _asked(wh: Warehouse, period: str) -> bool:
    """Whether a period is asked for through its parts: it has no request of its own."""
    return of_period(wh.table("ref.requests"), period).empty


def _has(wh: Warehouse, period: str) -> bool:
    values: pd.DataFrame = wh.table("eval.indicator_values", period=period, columns=["scope_id"])
    return len(values) > 0
