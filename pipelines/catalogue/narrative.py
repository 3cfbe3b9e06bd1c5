"""What a report says in running text, as data: outlines, sentences, listings, places to write in.

Belongs here: the entries of ``data/narrative/`` and what must hold between them and the catalogue.
Does not belong here: reading YAML (``load``), filling sentences with figures
(``reports.narrative``), passages that an older report already had (``wording``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from pipelines.catalogue.base import Citation, Dated, Entry
from pipelines.catalogue.wording import FACTS, TextBlock, blanks

if TYPE_CHECKING:
    from pipelines.catalogue.model import Catalogue

# what headings and sentences may be filled with beside figures
NARRATIVE_FACTS = FACTS | {
    "subject",
    "communes",
    "area",
    "period_lower",
    "next_period",
    "ntm_four",
    "ntm_many",
    "ntm_outside",
}
# frames beside registers that a listing may read
DERIVED = frozenset({"duties", "bands", "targets"})
Copy = Literal["signing", "lookup"]
Beside = Literal["same_period", "first_part"]
# items that are tables; what they show of is said before them in the section
TABLE = "table:"


class Clause(Dated):
    """A piece at the end of a sentence that is said only where its figures and facts are known.

    Where a figure is unknown the sentence says so by the figure's label. ``zero_vi`` is said where
    all of ``needs`` are 0.
    """

    text_vi: str
    needs: list[str] = []
    zero_vi: str = ""


class Sentence(Dated):
    """A sentence and what it must not be said without.

    ``text_vi`` has places in braces: a name of ``NARRATIVE_FACTS`` or an indicator of ``needs``
    (alone: as the report shows it; ``:share`` 13/15; ``:count`` 07; ``:numerator``,
    ``:denominator``). Where a figure is unknown, ``without_vi`` is said; without that, the label
    of what is missing and who has not sent it. ``zero_vi`` stands in place of the sentence where
    all of ``needs`` are 0. ``optional``: nothing is said where nothing is known. Claims
    (``above``, ``rises``, ``complete``) as in ``wording.TextBlock``. ``copies``: in which copies
    of the report it stands; ``compare``: figures set beside those of another time.
    """

    id: str
    text_vi: str
    needs: list[str] = []
    elements: list[str] = []
    clauses: list[Clause] = []
    zero_vi: str = ""
    without_vi: str = ""
    otherwise_vi: str = ""
    above: dict[str, float] = {}
    rises: list[str] = []
    complete: bool = False
    optional: bool = False
    compare: list[str] = []
    copies: list[Copy] = ["signing", "lookup"]
    basis: str = ""
    quote_vi: str = ""
    legal: list[Citation] = []

    @model_validator(mode="after")
    def _stands_on_what_it_declares(self) -> Sentence:
        problems = [
            f"{{{name}}} is neither a fact nor an indicator it needs"
            for text, needs in self._texts()
            for name in blanks(text)
            if name not in NARRATIVE_FACTS and name not in needs
        ]
        if (self.above or self.rises or self.complete) and not self.otherwise_vi:
            problems.append("it claims something, so it must say what stands there otherwise")
        if not {*self.above, *self.rises} <= set(self.needs):
            problems.append("above and rises speak of indicators that it needs")
        if not set(self.compare) <= set(self.indicators):
            problems.append("it compares what it does not declare")
        if blanks(self.without_vi):
            problems.append("what is said without data has no places to fill")
        if problems:
            msg = f"sentence {self.id}: {'; '.join(problems)}"
            raise ValueError(msg)
        return self

    @property
    def indicators(self) -> tuple[str, ...]:
        """Everything that it declares to stand on, each once."""
        return tuple(dict.fromkeys((*self.needs, *(n for c in self.clauses for n in c.needs))))

    def _texts(self) -> list[tuple[str, list[str]]]:
        own = [(text, self.needs) for text in (self.text_vi, self.zero_vi, self.otherwise_vi)]
        return own + [
            (text, [*clause.needs, *self.needs])
            for clause in self.clauses
            for text in (clause.text_vi, clause.zero_vi)
        ]


class Listing(Dated):
    """Rows of a register, or of what follows from one, told one by one or counted.

    ``lead_vi`` comes first; {n} is the number of rows. ``row_vi`` is said of each row, with its
    columns in braces ({status:lower} in the middle of a sentence; {shown} leads to the figure of
    the row); with ``by`` rows are counted by the values of these columns, {n} being how many.
    More than ``at_most`` lines are cut, and ``more_vi`` says how many rows follow. ``where`` keeps
    the rows whose column has one of the values. ``empty_vi`` is said where the rows are known and
    none is left, ``without_vi`` where they are not known; nothing where these are empty.
    """

    id: str
    frame: str
    lead_vi: str
    row_vi: str = ""
    by: list[str] = []
    where: dict[str, list[str]] = {}
    at_most: int = 10
    more_vi: str = "Và {n} dòng khác trong sổ"
    empty_vi: str = ""
    without_vi: str = ""
    copies: list[Copy] = ["signing", "lookup"]
    basis: str = ""


class Slot(Dated):
    """A place that officials write themselves.

    ``id`` is the key in ``narrative.yaml``. ``optional``: nothing stands there while it is empty.
    ``by_vi`` says who writes it, ``explain_vi`` what belongs there.
    """

    id: str
    title_vi: str
    explain_vi: str
    by_vi: str
    optional: bool = False


class Section(Dated):
    """A heading and what stands below it: ids of sentences, passages, listings, slots, tables.

    ``kinds``: the kinds of period that have it, all of the outline's without it; ``copies``: the
    copies that have it.
    """

    id: str
    level: int
    kinds: list[str] = []
    heading_vi: str = ""
    items: list[str] = []
    copies: list[Copy] = ["signing", "lookup"]


class Outline(Dated):
    """The order of a report for some kinds of period.

    ``title_vi`` is the line below "BÁO CÁO". ``compares``: what sentences set figures beside, by
    kind of period: the same period a year before, or the first part of a longer one.
    """

    id: str
    kinds: list[str]
    title_vi: str
    compares: dict[str, Beside] = {}
    sections: list[Section]


class Narrative(Entry):
    """Everything that a report says in running text."""

    outlines: dict[str, Outline] = {}
    sentences: dict[str, Sentence] = {}
    listings: dict[str, Listing] = {}
    slots: dict[str, Slot] = {}

    def outline_for(self, kind: str, day: dt.date) -> Outline:
        """The outline of a kind of period whose last day is given.

        Raises:
            KeyError: There is none.
        """
        for outline in self.outlines.values():
            if kind in outline.kinds and outline.in_force(day):
                return outline
        raise KeyError(kind)


# tables that a section may hold beside sentences
TABLES = frozenset({"table:compared", "table:by_part", "table:duties"})


def as_sentence(block: TextBlock) -> Sentence:
    """A passage of ``wording`` as a sentence."""
    kept = set(Sentence.model_fields) & set(TextBlock.model_fields)
    return Sentence.model_validate(block.model_dump(include=kept))


def narrative_problems(catalogue: Catalogue, narrative: Narrative) -> Iterator[str]:
    """References that lead nowhere, names that mean two things, sentences that nobody says."""
    yield from _outline_problems(catalogue, narrative)
    for sentence in narrative.sentences.values():
        where = f"sentence {sentence.id}"
        yield from _unknown(where, "indicator", sentence.indicators, catalogue.indicators)
        yield from _unknown(where, "element", sentence.elements, catalogue.elements)
        cited = [citation.document for citation in sentence.legal]
        yield from _unknown(where, "document", cited, catalogue.documents)
        if not (sentence.indicators or sentence.elements or blanks(sentence.text_vi)):
            yield f"{where}: it stands on nothing"
    for listing in narrative.listings.values():
        known = {*catalogue.registers, *DERIVED}
        yield from _unknown(f"listing {listing.id}", "register", [listing.frame], known)


def _outline_problems(catalogue: Catalogue, narrative: Narrative) -> Iterator[str]:
    kinds = {kind.id for kind in catalogue.periods.kinds} | {"review"}
    families = (narrative.sentences, narrative.listings, narrative.slots, catalogue.words.texts)
    known = [name for family in families for name in family]
    yield from (f"{name}: names two things" for name in sorted({*known}) if known.count(name) > 1)
    used: set[str] = set()
    for outline in narrative.outlines.values():
        where = f"outline {outline.id}"
        yield from _unknown(where, "kind of period", outline.kinds, kinds)
        for section in outline.sections:
            used |= set(section.items)
            yield from _unknown(f"{where}, {section.id}", "kind", section.kinds, outline.kinds)
            wanted = {*known, *TABLES}
            yield from _unknown(f"{where}, {section.id}", "item", section.items, wanted)
            strange = [n for n in blanks(section.heading_vi) if n not in NARRATIVE_FACTS]
            yield from (f"{where}, {section.id}: unknown fact {name}" for name in strange)
    own = {*narrative.sentences, *narrative.listings, *narrative.slots}
    yield from (f"{name}: no outline says it" for name in sorted(own - used))


def _unknown(where: str, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    found = set(known)
    yield from (f"{where}: unknown {what} {name}" for name in names if name not in found)
