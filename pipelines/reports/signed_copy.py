"""A signed copy against the paper that was issued: which figures differ, which words.

Belongs here: pairing the blocks of two Word files, finding each figure again with or without its
content control. Does not belong here: reading Word files (``signed_text``), filing the copy
(``orchestration.release_readback``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from pipelines.reports.signed_text import CELL, Block, Span, Words, words_of

# of the blocks of the issued paper, how many must be found again in a copy of it
_SAME_PAPER = 0.4
_ALIKE = 0.5
_FEW_WORDS = 20
_MOST_PAIRS = 20_000  # of edited blocks whose words are compared; beyond, only their figures
_NUMBERS = re.compile(r"\d+(?:[.,/]\d+)*%?")
_TOKENS = re.compile(r"\w+|\s|[^\w\s]")
_FIGURE = re.compile(r"\d(?:[\d.,/ ]*\d)?%?(?: ?\(\d[\d.,]*%\))?")
_HOLE = "\ufffc"

NotACopy = Literal["scan", "foreign"]


class NotSigned(ValueError):  # noqa: N818 — names what the file is, not a mishap
    """A Word file that is no copy of the paper: a scan, or another text."""

    def __init__(self, kind: NotACopy) -> None:
        super().__init__(kind)
        self.kind: NotACopy = kind


@dataclass(frozen=True)
class FigureChange:
    """A figure that is not as it was issued.

    Attributes:
        figure_id: Id of ``report.figures``.
        where: Paragraph, or row and column of a table, of the issued paper.
        printed: As issued.
        signed: In the signed copy; empty where it is gone.
        label: What the figure is; filled in by who knows.
    """

    figure_id: str
    where: str
    printed: str
    signed: str
    label: str = ""


@dataclass(frozen=True)
class WordChange:
    """Words that are not as they were issued, the figures in them left out.

    Attributes:
        where: Paragraph, or row and column of a table, of the issued paper.
        printed: As issued.
        signed: In the signed copy; empty where they are gone.
        numbers: Whether numbers among them differ: those that carry no id of a figure.
    """

    where: str
    printed: str
    signed: str
    numbers: bool = False


@dataclass(frozen=True)
class Comparison:
    """What differs.

    Attributes:
        compared: How many figures were looked for.
        figures: Those that differ, in the order of the paper.
        wordings: Other edits, in the order of the paper.
    """

    compared: int
    figures: list[FigureChange]
    wordings: list[WordChange]

    @property
    def numbers_differ(self) -> bool:
        """Whether any number differs, a figure of the release or another one."""
        return bool(self.figures) or any(each.numbers for each in self.wordings)


def compare(issued: bytes, signed: bytes, ids: Mapping[str, str] | None = None) -> Comparison:
    """Compare a signed copy with the paper that was issued.

    A figure is found by its content control; where an editor has dropped that, by the words
    around it.

    Args:
        issued: The archived ``.docx``.
        signed: The one that came back.
        ids: Tag of a content control → figure id, for tags that are no ids.

    Raises:
        UnreadableWorkbook: One of them is no Word file, is damaged, or would harm a reader.
        NotSigned: The second is no copy of the first.
    """
    first, second = words_of(issued), words_of(signed)
    _require_copy(first, second)
    named = ids or {}
    pairs = list(_pairs(first.blocks, second.blocks))
    spare = _spare_controls(pairs)
    figures: list[FigureChange] = []
    wordings: list[WordChange] = []
    for before, after in pairs:
        if before is None:
            assert after is not None  # noqa: S101 — one of the two is there
            wordings.append(_edit(f"{after.place} của bản ký", "", after.text))
            continue
        found = _figures_in(before, after, spare)
        figures += [
            FigureChange(
                named.get(span.tag, span.tag),
                before.where(span.start),
                before.text[span.start : span.end].strip(),
                text,
            )
            for span, text, _ in found
            if text != before.text[span.start : span.end].strip()
        ]
        wordings += _words_in(before, after, [where for _, _, where in found])
    compared = sum(len(block.spans) for block in first.blocks)
    return Comparison(compared, figures, wordings)


def _require_copy(first: Words, second: Words) -> None:
    """Refuse what cannot be a copy.

    Raises:
        NotSigned: Pictures instead of words, or words of another text.
    """
    said = sum(len(block.text.split()) for block in second.blocks)
    if said < _FEW_WORDS and second.pictures:
        raise NotSigned("scan")
    keys = Counter(_key(block) for block in first.blocks)
    again = keys & Counter(_key(block) for block in second.blocks)
    if again.total() < _SAME_PAPER * keys.total():
        raise NotSigned("foreign")


def _key(block: Block) -> str:
    """A block whatever its numbers are."""
    return _NUMBERS.sub("#", block.text)


def _pairs(
    first: Sequence[Block], second: Sequence[Block], keys: Sequence[Callable[[Block], str]] = ()
) -> Iterator[tuple[Block | None, Block | None]]:
    """Blocks that are the same one before and after, in order; None where one has no other.

    First those that say just the same, then those that say the same but for their numbers, then
    those that are alike.
    """
    key, *rest = keys or (_text, _key)
    matcher = SequenceMatcher(None, [*map(key, first)], [*map(key, second)], autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            yield from zip(first[i1:i2], second[j1:j2], strict=True)
        elif rest:
            yield from _pairs(first[i1:i2], second[j1:j2], rest)
        else:
            yield from _alike(first[i1:i2], second[j1:j2])


def _text(block: Block) -> str:
    return block.text


def _alike(
    first: Sequence[Block], second: Sequence[Block]
) -> Iterator[tuple[Block | None, Block | None]]:
    """Pairs among edited blocks: the likeliest partner first, its neighbours on either side."""
    words = len(first) * len(second) <= _MOST_PAIRS
    alike = {
        (i, j): likeness
        for i, a in enumerate(first)
        for j, b in enumerate(second)
        if (likeness := _likeness(a, b, words=words)) >= _ALIKE
    }
    yield from _best(first, second, alike, range(len(first)), range(len(second)))


def _best(
    first: Sequence[Block],
    second: Sequence[Block],
    alike: Mapping[tuple[int, int], float],
    rows: range,
    columns: range,
) -> Iterator[tuple[Block | None, Block | None]]:
    inside = [(each, -i, -j) for (i, j), each in alike.items() if i in rows and j in columns]
    if not inside:
        yield from ((first[i], None) for i in rows)
        yield from ((None, second[j]) for j in columns)
        return
    _, i, j = max(inside)
    i, j = -i, -j
    yield from _best(first, second, alike, range(rows.start, i), range(columns.start, j))
    yield first[i], second[j]
    yield from _best(first, second, alike, range(i + 1, rows.stop), range(j + 1, columns.stop))


def _likeness(before: Block, after: Block, *, words: bool) -> float:
    """How alike two blocks are; a control of the same figure counts as much as their words."""
    tags = {span.tag for span in before.spans} & {span.tag for span in after.spans}
    if not words:
        return float(bool(tags))
    matcher = SequenceMatcher(None, _key(before), _key(after), autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE and not tags:
        return 0.0
    return matcher.ratio() + bool(tags)


def _spare_controls(
    pairs: Sequence[tuple[Block | None, Block | None]],
) -> dict[str, list[str]]:
    """Tag → texts of controls that stand in blocks without a partner: a passage was moved."""
    found: dict[str, list[str]] = {}
    for before, after in pairs:
        if before is None and after is not None:
            for span in after.spans:
                found.setdefault(span.tag, []).append(after.text[span.start : span.end].strip())
    return found


# a figure, what the copy says, and from where to where it says so
_Found = tuple[Span, str, tuple[int, int] | None]


def _figures_in(before: Block, after: Block | None, spare: dict[str, list[str]]) -> list[_Found]:
    """What the copy says in place of each figure of a block."""
    if after is None:
        moved = ((span, spare.get(span.tag)) for span in before.spans)
        return [(span, texts.pop(0) if texts else "", None) for span, texts in moved]
    controls: dict[str, list[Span]] = {}
    for span in after.spans:
        controls.setdefault(span.tag, []).append(span)
    found: list[_Found] = []
    for span in before.spans:
        own = controls.get(span.tag)
        control = own.pop(0) if own else None
        if control is not None and after.text[control.start : control.end].strip():
            place = (control.start, control.end)
        else:
            place = _by_words(before, after, span)
        found.append((span, after.text[place[0] : place[1]].strip(), place))
    return found


def _by_words(before: Block, after: Block, span: Span) -> tuple[int, int]:
    """Where a figure without a control stands: between the words that were around it."""
    start, end = _gap(before.text, after.text, span)
    gap, printed = after.text[start:end], before.text[span.start : span.end].strip()
    if (at := gap.find(printed)) >= 0:
        return start + at, start + at + len(printed)
    if any(letter.isdigit() for letter in printed) and (number := _FIGURE.search(gap)):
        return start + number.start(), start + number.end()
    return start, end


def _gap(before: str, after: str, span: Span) -> tuple[int, int]:
    """The part of the copy between the last word before a figure and the first one after it."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    starts, news = _places(old), _places(new)
    first, last = 0, len(after)
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        for n in range(block.size):
            token = starts[block.a + n]
            if token + len(old[block.a + n]) <= span.start:
                first = news[block.b + n] + len(new[block.b + n])
            elif token >= span.end:
                return first, max(first, news[block.b + n])
    return first, last


def _places(tokens: Sequence[str]) -> list[int]:
    places, at = [], 0
    for token in tokens:
        places.append(at)
        at += len(token)
    return places


def _words_in(
    before: Block, after: Block | None, places: Sequence[tuple[int, int] | None]
) -> Iterator[WordChange]:
    """Edits beside the figures, cell by cell in a row."""
    printed = _without(before.text, [(span.start, span.end) for span in before.spans])
    signed = _without(after.text, [place for place in places if place]) if after else ""
    if printed == signed or (after is None and not printed.strip(f" {CELL}{_HOLE}")):
        return
    old, new = printed.split(CELL), signed.split(CELL)
    was_in, now_in = before.text.split(CELL), (after.text if after else "").split(CELL)
    if not len(old) == len(new) == len(was_in) == len(now_in):
        told = (printed, signed)
        yield _edit(before.place, before.text, after.text if after else "", told)
        return
    texts = zip(was_in, now_in, old, new, strict=True)
    start = 0
    for was, now, without_was, without_now in texts:
        if without_was != without_now:
            yield _edit(before.where(start), was, now, (without_was, without_now))
        start += len(was) + 1


def _edit(
    where: str, printed: str, signed: str, without: tuple[str, str] | None = None
) -> WordChange:
    """A change of words; ``without`` has both texts with a hole where each figure stands."""
    old, new = (_NUMBERS.findall(text) for text in without or (printed, signed))
    return WordChange(where, _plain(printed), _plain(signed), numbers=old != new)


def _without(text: str, places: Sequence[tuple[int, int]]) -> str:
    """A text with a hole where each figure stands."""
    out, at = [], 0
    for start, end in sorted(places):
        if start >= at:
            out += [text[at:start], _HOLE]
            at = end
    rest = "".join([*out, text[at:]])
    # not every white space: the mark between cells counts as one
    return re.sub(rf" *({_HOLE}|{CELL}) *", r"\1", rest).strip(" ")


def _plain(text: str) -> str:
    return text.replace(CELL, " | ").strip()
