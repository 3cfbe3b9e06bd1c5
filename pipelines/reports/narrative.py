"""The running text of a report: headings and paragraphs of its sections, in the official order.

How to call it (``orchestration.narrated.narrated`` does all of this)::

    outline = catalogue.narrative.outline_for(kind, scope.ends_on)
    blocks = narrative.sections(catalogue, outline, values, typed, kind, copy="signing")
    summary = narrative.title(outline, values)      # the line below "BÁO CÁO"

``values`` are ``narrative_values.Values.of(…)``, ``typed`` is what ``intake.narrative.typed_texts``
gives. ``copy="signing"`` is clean: no notes, no
names of late units, no exact rates in brackets; ``copy="lookup"`` has under each sentence what must
be known of it, as paragraphs of style ``note``. Figures are runs with ``figure`` set to their
``figure_id``. ``Paragraph.about`` is the id of the template; ``typed:<key>`` of what an official
typed; ``blank:<key>`` of a place that nobody has written in (``is_blank``): a signing copy may draw
dotted lines there in place of the words.

Belongs here: the order, what stands under a sentence. Does not belong here: words of a sentence
(``narrative_sentences``), tables (``narrative_tables``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.narrative import (
    TABLE,
    Beside,
    Copy,
    Listing,
    Outline,
    Section,
    Sentence,
    Slot,
    as_sentence,
)
from pipelines.catalogue.wording import fill
from pipelines.intake.narrative import Typed
from pipelines.reports.narrative_notes import notes_of
from pipelines.reports.narrative_sentences import SAID, Said, listed, say
from pipelines.reports.narrative_tables import table_of
from pipelines.reports.narrative_values import Values
from pipelines.reports.papers.model import Block, Heading, Paragraph, Run
from pipelines.vietnamese.dates import format_date

BLANK, TYPED = "blank:", "typed:"
_ITEM_MARKS = ("- ", "– ", "+ ")


@dataclass
class _Writer:
    """What is the same for all sections.

    ``last`` is the coverage told last in a section, ``told`` the notes told in the report.
    """

    catalogue: Catalogue
    values: Values
    typed: Mapping[str, Typed]
    copy: Copy
    beside: Beside | None
    last: str = ""
    told: set[str] = field(default_factory=set)

    @property
    def is_lookup(self) -> bool:
        return self.copy == "lookup"


def title(outline: Outline, values: Values) -> str:
    """The line below "BÁO CÁO"; what is not known leaves no hole."""
    text = fill(outline.title_vi, lambda name, _: values.facts.get(name) or "")
    return text.strip(" ;")


def sections(
    catalogue: Catalogue,
    outline: Outline,
    values: Values,
    typed: Mapping[str, Typed],
    kind: str,
    copy: Copy = "signing",
) -> list[Block]:
    """The text of a report.

    Args:
        catalogue: Holds the templates.
        outline: Which sections, in which order.
        values: What sentences stand on.
        typed: What officials typed, by key of a slot.
        kind: Kind of the period.
        copy: ``signing`` or ``lookup``.

    Returns:
        Headings, paragraphs and tables. A heading stands also where nothing is said below it.
    """
    writer = _Writer(catalogue, values, typed, copy, outline.compares.get(kind))
    chosen = [
        section
        for section in outline.sections
        if section.in_force(values.day)
        and copy in section.copies
        and (not section.kinds or kind in section.kinds)
    ]
    return [block for section in chosen for block in _section(writer, section)]


def is_blank(block: Block) -> bool:
    """Whether a paragraph stands where an official has not written yet."""
    return isinstance(block, Paragraph) and (block.about or "").startswith(BLANK)


def _section(writer: _Writer, section: Section) -> Iterator[Block]:
    writer.last = ""
    if section.heading_vi:
        text = fill(section.heading_vi, lambda name, _: writer.values.facts.get(name) or "…")
        yield Heading(text, section.level)
    said: list[str] = []
    for item in section.items:
        if item.startswith(TABLE):
            table = table_of(item, writer.values, said)
            if table is not None:
                yield table
            continue
        for block in _item(writer, item):
            if isinstance(block, Paragraph):
                said += block.indicators
            yield block


def _item(writer: _Writer, item: str) -> Iterator[Block]:
    narrative, day = writer.catalogue.narrative, writer.values.day
    if (slot := narrative.slots.get(item)) is not None:
        yield from _slot(slot, writer.typed.get(item), is_lookup=writer.is_lookup)
    elif (listing := narrative.listings.get(item)) is not None:
        if listing.in_force(day) and writer.copy in listing.copies:
            yield from _listing(listing, writer.values)
    else:
        sentence = narrative.sentences.get(item) or as_sentence(writer.catalogue.words.texts[item])
        if sentence.in_force(day) and writer.copy in sentence.copies:
            yield from _sentence(writer, sentence)


def _sentence(writer: _Writer, sentence: Sentence) -> Iterator[Block]:
    values, lookup = writer.values, writer.is_lookup
    said = say(sentence, values, exact=lookup, named=lookup)
    if said is None:
        return
    beside = _compared(sentence, said, values, writer.beside) if writer.beside else ""
    runs = said.ended(beside, _newly_covered(writer, said))
    yield Paragraph(runs, about=sentence.id, indicators=sentence.indicators)
    if lookup:
        told = [note for note in notes_of(sentence, said, values) if note not in writer.told]
        writer.told |= set(told)
        for note in told:
            yield Paragraph((Run(note),), style="note", about=sentence.id)


def _newly_covered(writer: _Writer, said: Said) -> str:
    """Of how many units the figures are, unless the sentence before has said the same."""
    coverage = _coverage(said, writer.values)
    if coverage == writer.last:
        return ""
    writer.last = coverage or writer.last
    return coverage


def _coverage(said: Said, values: Values) -> str:
    partial = [values.figures[name] for name in said.figures if not values.is_whole(name)]
    if not partial:
        return ""
    worst = min(partial, key=lambda figure: figure["reporting_units"] / figure["expected_units"])
    return f" (số liệu của {worst['coverage_shown']} đơn vị)"


def _compared(sentence: Sentence, said: Said, values: Values, beside: Beside) -> str:
    """Figures beside those of another time; silent where the two must not be compared."""
    told = []
    for name in sentence.compare:
        words = _BESIDE[beside](values.figures.get(name, {}))
        if said.state == SAID and name in said.figures and words:
            label = values.label(name)
            several = len(sentence.compare) > 1
            told.append(f"{label[:1].lower()}{label[1:]}: {words}" if several else words)
    return f" ({'; '.join(told)})" if told else ""


def _same_period(figure: Mapping[str, Any]) -> str:
    if not figure.get("same_difference"):
        return ""
    changes = (figure["same_difference"], figure.get("same_percent"))
    change = ", ".join(text for text in changes if text)
    return f"{str(figure['same_label']).lower()}: {figure['same_shown']}, {change}"


def _first_part(figure: Mapping[str, Any]) -> str:
    if not figure.get("first_shown") or figure.get("change_why"):
        return ""
    first, last = (f"{figure[f'{n}_label']}: {figure[f'{n}_shown']}" for n in ("first", "last"))
    return f"năm {first}, năm {last}, {figure['change_shown']}"


_BESIDE: Mapping[Beside, Callable[[Mapping[str, Any]], str]] = {
    "same_period": _same_period,
    "first_part": _first_part,
}


def _listing(listing: Listing, values: Values) -> Iterator[Block]:
    found = listed(listing, values)
    if found is None:
        return
    lead, lines = found
    if listing.by and lines:
        counted = "; ".join("".join(run.text for run in line) for line in lines)
        yield Paragraph((Run(f"{lead}: {counted}."),), about=listing.id)
        return
    yield Paragraph((Run(f"{lead}:" if lines else f"{lead}."),), about=listing.id)
    for line in lines:
        yield Paragraph((*line, Run(".")), style="item", about=listing.id)


def _slot(slot: Slot, typed: Typed | None, *, is_lookup: bool) -> Iterator[Block]:
    """What an official typed, a paragraph per line."""
    text = "" if typed is None else typed.text
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines and not slot.optional:
        words = f"(chưa có nội dung; do {slot.by_vi} viết)"
        yield Paragraph((Run(words),), style="note", about=f"{BLANK}{slot.id}")
    about = f"{TYPED}{slot.id}"
    for line in lines:
        is_item = line.startswith(_ITEM_MARKS)
        words = line[2:].strip() if is_item else line
        yield Paragraph((Run(words),), style="item" if is_item else "body", about=about)
    if lines and is_lookup and typed is not None:
        day = format_date(dt.datetime.fromisoformat(typed.at).date())
        note = f"Do {typed.who} viết, lưu ngày {day}; số trong lời văn này không truy nguyên được."
        yield Paragraph((Run(note),), style="note", about=about)


def unsaid(catalogue: Catalogue, outline: Outline, typed: Mapping[str, Typed]) -> Sequence[str]:
    """Keys of places that must be written in and are not, in the order of the report."""
    slots = catalogue.narrative.slots
    keys = [item for section in outline.sections for item in section.items if item in slots]
    written = {key for key, one in typed.items() if one.text.strip()}
    return [key for key in keys if not slots[key].optional and key not in written]
