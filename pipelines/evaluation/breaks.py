"""Why figures of two periods do not measure the same: law, definition, boundary.

Belongs here: what changed between the last days of two periods, in words. Does not belong here:
which periods stand beside each other (``series``, ``comparisons``), bridging a boundary
(``places.bridging``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import pandas as pd

from pipelines.catalogue.model import Catalogue, Element, Indicator
from pipelines.catalogue.regimes import in_force as regime_on
from pipelines.evaluation.basis import counted_populations, used_elements
from pipelines.evaluation.scopes import find_scopes
from pipelines.places.units import in_force
from pipelines.vietnamese.dates import format_date

# units of an indicator's population in a scope
Members = Mapping[tuple[str, str], frozenset[str]]
_GRASSROOTS = ("commune", "agency", "enterprise")
_WORDS = ("definition_vi", "unit_vi", "options")


class Breaks:
    """What changes between days in law and definition; what was worked out once is kept.

    Args:
        catalogue: Regimes, documents, forms, elements.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._asked: dict[dt.date, frozenset[str]] = {}

    def between(self, indicator: Indicator, before: dt.date, now: dt.date) -> list[str]:
        """Reasons in Vietnamese, each a whole sentence; none where nothing changed.

        Args:
            indicator: Whose figures are set side by side.
            before: Last day of the earlier period.
            now: Last day of the later one.
        """
        return [
            *self._regimes(indicator, before, now),
            *self._documents(indicator, before, now),
            *self._definitions(indicator, before, now),
        ]

    def _regimes(self, indicator: Indicator, before: dt.date, now: dt.date) -> Iterator[str]:
        kinds = self._catalogue.populations[indicator.population].unit_types
        for kind in _GRASSROOTS:
            if kind not in kinds:
                continue
            then, current = (regime_on(self._catalogue, kind, day) for day in (before, now))
            if then and current and then.documents != current.documents:
                yield (
                    f"Pháp luật: {then.label_vi} đến {_until(then.valid_to)},"
                    f" từ {format_date(current.valid_from)} là {current.label_vi}."
                )

    def _documents(self, indicator: Indicator, before: dt.date, now: dt.date) -> Iterator[str]:
        """Documents that the figure cites and that were replaced, regimes aside."""
        catalogue = self._catalogue
        judged = {name for entry in catalogue.regimes.values() for name in entry.documents}
        cited = {c.document for c in indicator.legal}
        for name in used_elements(indicator):
            cited |= {c.document for c in catalogue.elements[name].legal}
        for name in sorted(cited - judged):
            document = catalogue.documents[name]
            ended = document.valid_to
            if ended and document.replaced_by and before <= ended < now:
                newer = catalogue.documents[document.replaced_by].number
                yield (
                    f"Pháp luật: {document.number} hết hiệu lực {format_date(ended)},"
                    f" thay bằng {newer}."
                )

    def _definitions(self, indicator: Indicator, before: dt.date, now: dt.date) -> Iterator[str]:
        """Elements that forms begin or cease to ask, or ask in other words."""
        used, elements = used_elements(indicator), self._catalogue.elements
        then, current = self._on(before) & set(used), self._on(now) & set(used)
        changed = {
            name
            for name in then & current
            if elements[name].changes
            and _words(elements[name], before) != _words(elements[name], now)
        }
        groups = [("thêm", current - then), ("bỏ", then - current), ("đổi nội dung", changed)]
        told = [
            f"{verb} {', '.join(sorted(elements[name].code for name in names))}"
            for verb, names in groups
            if names
        ]
        if told:
            yield f"Định nghĩa: biểu {'; '.join(told)}."

    def _on(self, day: dt.date) -> frozenset[str]:
        """The elements that forms in force on a day ask."""
        if day not in self._asked:
            forms = [form for form in self._catalogue.forms.values() if form.in_force(day)]
            self._asked[day] = frozenset(i.element for form in forms for i in form.elements())
        return self._asked[day]


def members_on(
    scopes: list[str], tables: Mapping[str, pd.DataFrame], catalogue: Catalogue, day: dt.date
) -> Members:
    """Units by scope and population on a day; nobody in a scope that does not exist.

    Args:
        scopes: Scope ids.
        tables: ``ref.units``, and ``ref.unit_successions`` if there is one.
        catalogue: Populations that indicators count.
        day: The map of this day.
    """
    units = tables["ref.units"]
    alive = set(in_force(units, day)["unit_id"])
    found = find_scopes(
        [scope for scope in scopes if scope in alive],
        units,
        counted_populations(catalogue),
        day,
        tables.get("ref.unit_successions"),
    )
    return {
        (str(scope), name): frozenset(rows["unit_id"])
        for name, members in found.members.items()
        for scope, rows in members.groupby("scope_id")
    }


def boundary_break(before: Members, after: Members, key: tuple[str, str]) -> Iterator[str]:
    """Whether other units count in a scope than did.

    Args:
        before: Members on the earlier day.
        after: Members on the later day.
        key: Scope and population.
    """
    then, now = before.get(key, frozenset()), after.get(key, frozenset())
    if then != now:
        yield f"Địa giới, đơn vị: thêm {len(now - then)}, bớt {len(then - now)}."


def _words(element: Element, day: dt.date) -> list[object]:
    entry = element.on(day)
    return [getattr(entry, field) for field in _WORDS]


def _until(day: dt.date | None) -> str:
    return "nay" if day is None else format_date(day)
