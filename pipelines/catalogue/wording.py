"""What a report says beside its figures, as data: texts, themes, abbreviations, recipients.

Belongs here: the entries, what must hold between them and the catalogue. Does not belong here:
reading YAML (``load``), writing sentences from figures (``reports.words``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from pipelines.catalogue.base import Citation, Dated, Entry

if TYPE_CHECKING:
    from pipelines.catalogue.model import Catalogue

Branch = Literal["party", "government", "front", "mass_organisation", "union", "enterprise"]
Level = Literal["central", "province", "district", "commune", "unit"]
Task = Literal["receive", "lead", "carry_out"]
# what a text may be filled with beside figures
FACTS = frozenset({"scope", "period", "year", "theme", "slogan", "data_to"})
_BLANK = re.compile(r"\{([a-z0-9_.]+)\}")


class Abbreviation(Entry):
    """A short form of officials' writing, and what it stands for; the full words are shown."""

    id: str
    short: str
    full_vi: str
    full_en: str
    also: list[str] = []


class Theme(Entry):
    """What a year was devoted to: shown in the opening of its reports."""

    id: str
    year: int
    issuer_vi: str
    text_vi: str
    source: str
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
    ``elements`` are elements of which some unit must have given a value or a text. Where one of
    them is unknown, ``without_vi`` is said, and nothing when that is empty. ``at_least`` and
    ``complete`` bound when it may be said: a claim stands only while the figure bears it out.
    """

    id: str
    section: str
    order: int
    periods: list[str] = []
    text_vi: str
    needs: list[str] = []
    elements: list[str] = []
    at_least: dict[str, float] = {}
    complete: bool = False
    without_vi: str = ""
    basis: str
    quote_vi: str = ""
    legal: list[Citation] = []

    @model_validator(mode="after")
    def _claims_stand_on_figures(self) -> TextBlock:
        for name in self.blanks():
            if name not in FACTS and name not in self.needs:
                msg = f"text {self.id}: {{{name}}} is neither a fact nor an indicator it needs"
                raise ValueError(msg)
        if not set(self.at_least) <= set(self.needs):
            msg = f"text {self.id}: at_least speaks of an indicator that it does not need"
            raise ValueError(msg)
        if (self.needs or self.elements) and not self.without_vi:
            msg = f"text {self.id}: needs data, so it must say what stands there without them"
            raise ValueError(msg)
        return self

    def blanks(self) -> list[str]:
        """The places to fill, in order."""
        return _BLANK.findall(self.text_vi)


class Words(Entry):
    """What a report says beside its figures."""

    abbreviations: dict[str, Abbreviation] = {}
    themes: dict[str, Theme] = {}
    recipients: dict[str, Recipient] = {}
    texts: dict[str, TextBlock] = {}


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
