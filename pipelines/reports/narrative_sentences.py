"""Sentences and listings of the running text: what may be said, and in which words.

Belongs here: a template and the values → runs of words. Does not belong here: where a sentence
stands, notes below it (``narrative``), the templates (the catalogue's ``narrative``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.catalogue.narrative import Clause, Listing, Sentence
from pipelines.catalogue.wording import blanks, pieces
from pipelines.reports.narrative_values import Values, shown_honestly
from pipelines.reports.papers.model import Run
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import NO_DATA, format_count

SAID, OTHERWISE, WITHOUT = "said", "otherwise", "without"
_COLUMN = re.compile(r"\{([a-z_]+)(:lower)?\}")


@dataclass(frozen=True)
class Said:
    """A sentence as it is said.

    Attributes:
        runs: Its words without the full stop.
        clauses: Words of its clauses, which follow.
        state: ``said``; ``otherwise``: the figures do not bear a claim out; ``without``: there
            are none.
        figures: Indicators whose figures stand in it.
        unknown: Words about figures that are not there.
    """

    runs: tuple[Run, ...]
    state: str
    figures: tuple[str, ...] = ()
    clauses: tuple[Run, ...] = ()
    unknown: tuple[Run, ...] = ()

    def ended(self, beside: str = "", tail: str = "") -> tuple[Run, ...]:
        """The whole sentence.

        Args:
            beside: Words behind the main clause.
            tail: Words behind all that is known.
        """
        words = [*self.runs, Run(beside), *self.clauses, Run(tail), *self.unknown]
        return _stopped([run for run in words if run.text])

    @property
    def text(self) -> str:
        """The words."""
        return "".join(run.text for run in self.ended())


def say(
    sentence: Sentence, values: Values, *, exact: bool = False, named: bool = False
) -> Said | None:
    """A sentence, or nothing where it has nothing to say.

    Args:
        sentence: The template.
        values: What it stands on.
        exact: Whether rates are followed by the exact ones.
        named: Whether silent units are named.
    """
    if not all(map(values.known, _facts_of(sentence.text_vi, sentence.needs))):
        return _plain(sentence.without_vi) if sentence.without_vi else None
    lacking = [name for name in sentence.needs if not values.known(name)]
    unanswered = [name for name in sentence.elements if name not in values.answered]
    if lacking or unanswered:
        return _without(sentence, values, lacking, named=named)
    text, state = _text(sentence, values)
    runs = _filled_in(text, values, exact=exact)
    told = list(sentence.needs) if blanks(text) else []
    clauses: list[Run] = []
    unknown: list[str] = []
    if text != sentence.zero_vi:
        for clause in sentence.clauses:
            unknown += _add(clause, values, clauses, told, exact=exact)
    missing = _unknown(unknown, values, named=named) if unknown else ()
    return Said(tuple(runs), state, tuple(dict.fromkeys(told)), tuple(clauses), missing)


def _filled_in(text: str, values: Values, *, exact: bool) -> list[Run]:
    return [_place(piece, values, exact=exact) for piece in pieces(text.removesuffix("."))]


def _text(sentence: Sentence, values: Values) -> tuple[str, str]:
    known = [values.figures[name] for name in sentence.needs]
    if sentence.zero_vi and known and not any(figure["value"] for figure in known):
        return sentence.zero_vi, SAID
    reached = all(values.figures[name]["value"] > least for name, least in sentence.above.items())
    risen = set(sentence.rises) <= set(values.risen)
    whole = not sentence.complete or all(map(values.is_whole, sentence.needs))
    if reached and risen and whole:
        return sentence.text_vi, SAID
    return sentence.otherwise_vi, OTHERWISE


def _without(
    sentence: Sentence, values: Values, lacking: Sequence[str], *, named: bool
) -> Said | None:
    """What stands in place of a sentence whose figures are not there."""
    if sentence.optional and not any(map(values.known, sentence.indicators)):
        return None
    silent = values.who_is_silent(sentence.needs, named=named)
    reason = f" ({silent})" if silent else ""
    if sentence.without_vi:
        return _plain(sentence.without_vi.rstrip(".") + reason)
    return _plain("; ".join(_told_apart(lacking, values)) + reason)


def _told_apart(names: Iterable[str], values: Values) -> list[str]:
    """Labels of unknown figures, together where the same is said of them."""
    by_reason: dict[str, list[str]] = {}
    for name in names:
        by_reason.setdefault(values.lacking(name), []).append(values.label(name))
    return [f"{'; '.join(labels)}: {reason}" for reason, labels in by_reason.items()]


def _add(
    clause: Clause, values: Values, runs: list[Run], told: list[str], *, exact: bool
) -> list[str]:
    """Add a clause where it may be said; gives the figures for want of which it is not."""
    facts = _facts_of(clause.text_vi, clause.needs)
    if not clause.in_force(values.day) or not all(map(values.known, facts)):
        return []
    lacking = [name for name in clause.needs if not values.known(name)]
    if not lacking:
        zero = clause.zero_vi and not any(values.figures[name]["value"] for name in clause.needs)
        text = clause.zero_vi if zero else clause.text_vi
        runs += _filled_in(text, values, exact=exact)
        told += clause.needs
    return lacking


def _unknown(names: Sequence[str], values: Values, *, named: bool) -> tuple[Run, ...]:
    silent = values.who_is_silent(names, named=named)
    reason = f" ({silent})" if silent else ""
    told = [text[:1].lower() + text[1:] for text in _told_apart(names, values)]
    return (Run(f"; {'; '.join(told)}{reason}"),)


def _facts_of(text: str, needs: Sequence[str]) -> list[str]:
    return [name for name in blanks(text) if name not in needs]


def _place(piece: tuple[str, str | None, str], values: Values, *, exact: bool) -> Run:
    words, name, form = piece
    return Run(words) if name is None else values.run(name, form, exact=exact)


def _plain(text: str) -> Said:
    return Said((Run(text),), WITHOUT)


def _stopped(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs as a sentence: a capital first, one full stop last, neighbours joined.

    A sentence begins with a word: "Có 13/15 doanh nghiệp …".
    """
    opening = [Run("Có ")] if runs[0].figure is not None else []
    joined: list[Run] = []
    for run in [*opening, *runs]:
        last = joined[-1] if joined else None
        if last is not None and last.figure is None and run.figure is None:
            joined[-1] = Run(last.text + run.text)
        else:
            joined.append(run)
    first = joined[0].text
    joined[0] = Run(first[:1].upper() + first[1:])
    last = joined[-1]
    if last.figure is not None:
        return (*joined, Run("."))
    ended = last.text if last.text.endswith((".", "?", "!", ".”")) else f"{last.text}."
    return (*joined[:-1], Run(ended))


Line = tuple[Run, ...]


def listed(listing: Listing, values: Values) -> tuple[str, list[Line]] | None:
    """A listing: its lead and its lines; the lead alone where there is nothing to list.

    Returns:
        None where it has nothing to say.
    """
    rows = values.rows.get(listing.frame)
    if rows is None or rows.empty:
        return (listing.without_vi, []) if listing.without_vi else None
    kept = rows
    for column, allowed in listing.where.items():
        kept = kept[kept[column].isin(allowed)]
    if kept.empty:
        return (listing.empty_vi, []) if listing.empty_vi else None
    lead = _words(listing.lead_vi, {"n": format_count(len(kept))})
    lines = _counted(listing, kept) if listing.by else _one_by_one(listing, kept)
    return lead, lines


def _one_by_one(listing: Listing, rows: pd.DataFrame) -> list[Line]:
    lines = [_line(listing.row_vi, row) for row in rows.head(listing.at_most).to_dict("records")]
    more = len(rows) - len(lines)
    if more:
        lines.append((Run(_words(listing.more_vi, {"n": format_count(more)})),))
    return lines


def _counted(listing: Listing, rows: pd.DataFrame) -> list[Line]:
    """One line per combination of values, the most frequent first."""
    counts = rows.groupby(listing.by, dropna=False, sort=True).size()
    counts = counts.sort_values(ascending=False, kind="stable")
    lines = []
    for key, count in counts.items():
        parts = key if isinstance(key, tuple) else (key,)
        row: dict[Any, Any] = dict(zip(listing.by, parts, strict=True))
        lines.append((Run(_words(listing.row_vi, row | {"n": format_count(count)})),))
    return lines[: listing.at_most]


def _line(text: str, row: Mapping[Any, Any]) -> Line:
    """A row as words; what it shows of a figure leads to that figure."""
    before, shown, after = text.partition("{shown}")
    if not shown or not row.get("figure_id"):
        return (Run(_words(text, row)),)
    figure = Run(shown_honestly(row), figure=row["figure_id"])
    return Run(_words(before, row)), figure, Run(_words(after, row))


def _words(text: str, row: Mapping[Any, Any]) -> str:
    return _COLUMN.sub(lambda place: _cell(row[place[1]], lower=bool(place[2])), text)


def _cell(value: object, *, lower: bool = False) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload] # a scalar cell
        return NO_DATA
    if isinstance(value, pd.Timestamp):
        return format_date(value)
    if isinstance(value, int | float):
        return format_count(value, pad=False)
    return value[:1].lower() + value[1:] if lower and isinstance(value, str) else str(value)
