"""What running text stands on: figures, facts, who is silent, rows of registers.

Belongs here: the values of a period as sentences ask for them, a figure as words. Does not belong
here: which sentence is said (``narrative_sentences``), making the frames (``analysis.narrated``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipelines.catalogue.narrative import NARRATIVE_FACTS
from pipelines.reports.papers.model import Run
from pipelines.vietnamese.numbers import NO_DATA, format_count

_ALL_OR_NONE = frozenset({"100%", "0%"})
_LISTED = 10  # more names than these are counted
_FEW = 3  # so many parts of a longer period are named
_STATES = {"missing": "chưa gửi biểu", "returned": "chưa gửi biểu hợp lệ"}
_SOME = "chưa gửi đủ biểu"  # of units that are counted, whichever parts of the period are wanting


@dataclass(frozen=True)
class Silent:
    """Somebody whose form has not been accepted.

    Attributes:
        unit: Name.
        is_office: An office that speaks for many; units are not named in a signing copy.
        state: ``missing`` or ``returned``.
        part: Name of the part of a longer period, empty in others.
    """

    unit: str
    is_office: bool
    state: str
    part: str = ""


@dataclass(frozen=True)
class Values:
    """What sentences of a period stand on.

    Attributes:
        day: Last day of the period.
        figures: By indicator the columns of ``analysis.indicators.scope_values`` and
            ``analysis.narrated.with_references``.
        facts: By name of ``NARRATIVE_FACTS`` a text, None where there is none.
        answered: Elements that some unit has answered.
        risen: Indicators comparably higher than in the same period a year before.
        silent: By indicator those whose forms are wanting.
        rows: By register or derived frame its rows; what is not known is not there.
        notes: By indicator what a reader of the lookup copy is told of it.
        labels: What indicators are called that have no figure.
    """

    day: dt.date
    figures: Mapping[str, Mapping[str, Any]]
    facts: Mapping[str, str | None]
    answered: Collection[str] = frozenset()
    risen: Collection[str] = frozenset()
    silent: Mapping[str, tuple[Silent, ...]] = field(default_factory=dict)
    rows: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        day: dt.date,
        figures: pd.DataFrame,
        facts: Mapping[str, str | None],
        *,
        answered: Collection[str] = frozenset(),
        risen: Collection[str] = frozenset(),
        silent: pd.DataFrame | None = None,
        rows: Mapping[str, pd.DataFrame] | None = None,
        notes: pd.DataFrame | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Values:
        """Values from frames.

        Args:
            day: Last day of the period.
            figures: One row per indicator.
            facts: Texts by name.
            answered: Elements that some unit has answered.
            risen: Indicators that have risen.
            silent: indicator, unit, is_office, state, part.
            rows: Rows by register or derived frame.
            notes: indicator, note.
            labels: Names of all indicators.
        """
        by_name = {
            str(row["indicator"]): {str(key): value for key, value in row.items()}
            for row in figures.to_dict("records")
        }
        told: dict[str, list[Silent]] = {}
        for row in _records(silent):
            one = Silent(row["unit"], bool(row["is_office"]), row["state"], row.get("part") or "")
            told.setdefault(row["indicator"], []).append(one)
        said: dict[str, list[str]] = {}
        for row in _records(notes):
            said.setdefault(row["indicator"], []).append(row["note"])
        return cls(
            day=day,
            figures=by_name,
            facts=facts,
            answered=answered,
            risen=risen,
            silent={name: tuple(them) for name, them in told.items()},
            rows=rows or {},
            notes={name: tuple(dict.fromkeys(texts)) for name, texts in said.items()},
            labels=labels or {},
        )

    def known(self, name: str) -> bool:
        """Whether a fact or the value of an indicator is there."""
        if name in NARRATIVE_FACTS:
            return self.facts.get(name) is not None
        return name in self.figures and not pd.isna(self.figures[name]["value"])

    def label(self, indicator: str) -> str:
        """What an indicator is called."""
        otherwise = self.labels.get(indicator, indicator)
        return str(self.figures.get(indicator, {}).get("label", otherwise))

    def is_whole(self, indicator: str) -> bool:
        """Whether every unit that is expected has reported the figure."""
        figure = self.figures[indicator]
        return bool(figure["reporting_units"] >= figure["expected_units"])

    def lacking(self, indicator: str) -> str:
        """Why a figure is not there: "chưa có số liệu", or what the evaluation says of it."""
        figure = self.figures.get(indicator, {})
        return str(figure["shown"]) if figure.get("state") == "not_applicable" else NO_DATA

    def run(self, name: str, form: str, *, exact: bool) -> Run:
        """A place of a sentence, filled.

        Args:
            name: A fact or a known indicator.
            form: "", ``share``, ``count``, ``numerator`` or ``denominator``.
            exact: Whether a rate is followed by the exact one where rounding hides something.
        """
        if name in NARRATIVE_FACTS:
            return Run(str(self.facts[name]))
        figure = self.figures[name]
        return Run(_written(figure, form, exact=exact), figure=figure.get("figure_id"))

    def who_is_silent(self, indicators: Iterable[str], *, named: bool) -> str:
        """Whose forms are wanting for some figures: "Liên đoàn Lao động chưa gửi biểu".

        Args:
            indicators: The figures.
            named: Whether units are named; offices always are.
        """
        found = dict.fromkeys(one for name in indicators for one in self.silent.get(name, ()))
        parts: dict[tuple[str, str], list[Silent]] = {}
        for one in found:
            parts.setdefault((one.state, one.unit), []).append(one)
        alike: dict[str, list[Silent]] = {}
        for (state, _), mine in parts.items():
            counted = not named and not mine[0].is_office and bool(mine[0].part)
            said = _SOME if counted else _STATES[state] + _when([one.part for one in mine])
            alike.setdefault(said, []).append(mine[0])
        return "; ".join(f"{_who(units, named=named)} {said}" for said, units in alike.items())


def _when(parts: Sequence[str]) -> str:
    """Of which parts of a longer period a form is wanting: " 6 tháng cuối năm 2021"."""
    known = [part[:1].lower() + part[1:] for part in dict.fromkeys(parts) if part]
    if len(known) > _FEW:
        return f" của {format_count(len(known))} kỳ"
    return f" {', '.join(known)}" if known else ""


def _who(units: Sequence[Silent], *, named: bool) -> str:
    """Names; units beyond a few, and where they are not to be named, are counted."""
    shown = [one.unit for one in units if one.is_office or named][:_LISTED]
    rest = len({one.unit for one in units} - {*shown})
    if rest:
        shown.append(f"{format_count(rest)} đơn vị{' khác' if shown else ''}")
    return ", ".join(shown)


def _records(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    if frame is None:
        return []
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _written(figure: Mapping[str, Any], form: str, *, exact: bool) -> str:
    if form == "share":
        return str(figure.get("fraction") or _fraction(figure))
    if form in {"numerator", "denominator"}:
        return _count(figure[form], figure.get(f"{form}_shown"))
    if form == "count":
        return _count(figure["value"], figure["shown"])
    more = figure.get("exact")
    return f"{figure['shown']} ({more})" if exact and more else shown_honestly(figure)


def shown_honestly(figure: Mapping[str, Any]) -> str:
    """A figure as the report shows it; of all or none only where it is all or none."""
    shown, exact = str(figure["shown"]), str(figure.get("exact") or "")
    return exact if exact and shown in _ALL_OR_NONE else shown


def _count(value: float, otherwise: object) -> str:
    """A count as running text writes it; labour days may be halves."""
    return format_count(value) if not value % 1 else str(otherwise)


def _fraction(figure: Mapping[str, Any]) -> str:
    return "/".join(format_count(figure[part], pad=False) for part in ("numerator", "denominator"))
