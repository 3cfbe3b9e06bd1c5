"""What a report says beside its figures, as data: texts, themes, abbreviations, recipients.

Belongs here: the entries, what must hold between them and the catalogue. Does not belong here:
reading YAML (``load``), writing sentences from figures (``reports.words``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from pipelines.catalogue.base import Citation, Dated, Entry

if TYPE_CHECKING:
    from pipelines.catalogue.model import Catalogue

Branch = Literal["party", "government", "front", "mass_organisation", "union", "enterprise"]
Level = Literal["central", "province", "district", "commune", "unit"]
Task = Literal["receive", "lead", "carry_out"]
# what a text may be filled with beside figures
FACTS = frozenset(
    {"scope", "period", "year", "data_to", "theme", "theme_of", "slogan", "own_words"}
)
# an indicator alone is its figure as the report prints it; "share" is numerator/denominator
_BLANK = re.compile(r"\{([a-z0-9_.]+)(?::(share|count|numerator|denominator))?\}")


class Abbreviation(Entry):
    """A short form of officials' writing, and what it stands for; the full words are shown."""

    id: str
    short: str
    full_vi: str
    full_en: str
    also: list[str] = []


class Theme(Dated):
    """What a year was devoted to, or the words by which the whole is known, while they hold."""

    id: str
    kind: Literal["theme", "slogan"]
    issuer_vi: str
    text_vi: str
    source: str
    verified: bool


class Source(Entry):
    """Where published figures were printed: who wrote and showed it, and what is no part of it.

    ``published_vi`` is the line of the date as printed, where the page has been kept.
    ``furniture`` are texts of the page that belong to no article, such as the heading of the
    readers' comments.
    """

    id: str
    title_vi: str
    publisher_vi: str
    byline: str = ""
    photo_credit_vi: str = ""
    photo_caption_vi: str = ""
    published_on: dt.date | None = None
    published_vi: str = ""
    furniture: list[str] = []
    note_vi: str = ""
    verified: bool


class Recipient(Dated):
    """Who is sent a report, or is charged with carrying it out, at a level, for some time.

    ``order`` is the place in "Nơi nhận". ``kinds`` are the kinds of unit in ``ref.units`` that
    stand for it where there are any.
    """

    id: str
    order: int
    label_vi: str
    label_en: str
    branch: Branch
    level: Level
    tasks: list[Task]
    duty_vi: str = ""
    kinds: list[str] = []
    legal: list[Citation] = []


class TextBlock(Dated):
    """A passage of a report and what it must not be said without.

    ``text_vi`` holds places to fill in braces: a name of ``FACTS``, or an indicator's id, whose
    figure is written as the report shows it. ``needs`` are indicators that must have a value;
    ``elements`` are elements that some unit must have answered. Where one of them is unknown,
    ``without_vi`` is said; nothing when a fact is unknown and ``without_vi`` is empty.

    A claim stands only while the figures bear it out: ``above`` are values that must be
    reached, ``rises`` indicators that must be comparably higher than in the same period of the
    year before, ``complete`` that every unit has reported. Where they do not, ``otherwise_vi``
    is said, which claims nothing.
    """

    id: str
    section: str
    order: int
    periods: list[str] = []
    text_vi: str
    needs: list[str] = []
    elements: list[str] = []
    above: dict[str, float] = {}
    rises: list[str] = []
    complete: bool = False
    without_vi: str = ""
    otherwise_vi: str = ""
    basis: str
    quote_vi: str = ""
    legal: list[Citation] = []

    @model_validator(mode="after")
    def _claims_stand_on_figures(self) -> TextBlock:
        filled = blanks(self.text_vi) + blanks(self.otherwise_vi)
        problems = [
            f"{{{name}}} is neither a fact nor an indicator it needs"
            for name in filled
            if name not in FACTS and name not in self.needs
        ]
        if not {*self.above, *self.rises} <= set(self.needs):
            problems.append("above and rises speak of indicators that it needs")
        if (self.needs or self.elements) and not self.without_vi:
            problems.append("it needs data, so it must say what stands there without them")
        if (self.above or self.rises or self.complete) and not self.otherwise_vi:
            problems.append("it claims something, so it must say what stands there otherwise")
        if blanks(self.without_vi):
            problems.append("what is said without data has no places to fill")
        if problems:
            msg = f"text {self.id}: {'; '.join(problems)}"
            raise ValueError(msg)
        return self


def blanks(text: str) -> list[str]:
    """The places of a text that are filled, in order."""
    return [name for name, _ in _BLANK.findall(text)]


def fill(text: str, write: Callable[[str, str], str]) -> str:
    """The text with its places filled.

    Args:
        text: With places in braces.
        write: Name and form ("", "share", "count", "numerator" or "denominator") → what stands
            there.
    """
    return _BLANK.sub(lambda place: write(place[1], place[2] or ""), text)


def pieces(text: str) -> Iterator[tuple[str, str | None, str]]:
    """The text in order: (words, None, "") between places, ("", name, form) for a place."""
    at = 0
    for place in _BLANK.finditer(text):
        if words := text[at : place.start()]:
            yield words, None, ""
        yield "", place[1], place[2] or ""
        at = place.end()
    if rest := text[at:]:
        yield rest, None, ""


class Words(Entry):
    """What a report says beside its figures."""

    abbreviations: dict[str, Abbreviation] = {}
    themes: dict[str, Theme] = {}
    recipients: dict[str, Recipient] = {}
    texts: dict[str, TextBlock] = {}
    sources: dict[str, Source] = {}

    def short_forms(self) -> tuple[tuple[str, str], ...]:
        """Every short form and its full words, as ``vietnamese.short_forms`` takes them."""
        return tuple(
            (short, entry.full_vi)
            for entry in self.abbreviations.values()
            for short in (entry.short, *entry.also)
        )


def word_problems(catalogue: Catalogue, words: Words) -> Iterator[str]:
    """References of wording that lead nowhere, and short forms that mean two things."""
    yield from _unknown_names(catalogue, words)
    for entry in (*words.texts.values(), *words.recipients.values()):
        for citation in entry.legal:
            if citation.document not in catalogue.documents:
                yield f"{entry.id}: unknown document {citation.document}"
    seen: dict[str, str] = {}
    for entry in words.abbreviations.values():
        for form in (entry.short, *entry.also):
            if seen.setdefault(form, entry.id) != entry.id:
                yield f"abbreviation {form}: stands for {seen[form]} and {entry.id}"


def _unknown_names(catalogue: Catalogue, words: Words) -> Iterator[str]:
    kinds = {kind.id for kind in catalogue.periods.kinds} | {"review"}
    for block in words.texts.values():
        named = {
            "indicator": [name for name in block.needs if name not in catalogue.indicators],
            "element": [name for name in block.elements if name not in catalogue.elements],
            "kind of period": [name for name in block.periods if name not in kinds],
        }
        for what, names in named.items():
            yield from (f"text {block.id}: unknown {what} {name}" for name in names)
