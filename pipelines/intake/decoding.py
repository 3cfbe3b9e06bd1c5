"""Cells whose text went through an old encoding → Unicode, before anything else looks at them.

Belongs here: which texts of a file are decoded, and what a font and its other cells say for it.
Does not belong here: the encodings themselves (``vietnamese.encodings``), cleaning (``text``).
"""

from __future__ import annotations

from typing import TypeVar

import pandas as pd

from pipelines.intake.cell_table import Cells, CellTable
from pipelines.vietnamese import encodings
from pipelines.vietnamese.remembering import of_short_texts
from pipelines.vietnamese.text import compose

_FONTS = {".vn": "TCVN3", "vni-": "VNI"}
_LABELS = {"UTF-8": "UTF-8 bị đọc sai"}
AnyCells = TypeVar("AnyCells", CellTable, pd.DataFrame)
# a text and its font, if that is a legacy one
Pair = tuple[str, str | None]


def decode(cells: AnyCells) -> tuple[AnyCells, tuple[str, ...]]:
    """Decode the texts of a file.

    Args:
        cells: Cells as read: sheet, cell, text and, where known, font.

    Returns:
        The same rows, texts decoded where a reading is certain and untouched elsewhere; notes in
        Vietnamese that say which cells were decoded and which could not be.
    """
    if _is_all_right(cells):
        return cells, ()
    places = _accented(cells)
    meant = read_texts(list(places))
    lost = [n for (text, _), at in places.items() if encodings.is_garbled(text) for n in at]
    if not meant and not lost:
        return cells, ()
    texts = cells["text"].tolist()
    by_encoding: dict[str, list[int]] = {}
    for pair, (encoding, text) in meant.items():
        by_encoding.setdefault(_LABELS.get(encoding, encoding), []).extend(places[pair])
        for n in places[pair]:
            texts[n] = text
    out = (
        cells.with_texts(texts)
        if isinstance(cells, CellTable)
        else cells.assign(text=pd.Series(texts, index=cells.index, dtype="str"))
    )
    notes = [_decoded_note(cells, name, by_encoding[name]) for name in sorted(by_encoding)]
    return out, (*notes, *([_lost_note(cells, lost)] if lost else []))


def _is_all_right(cells: Cells) -> bool:
    """Whether no font and no text of a file speaks for an old encoding, as in nearly all files."""
    fonts = set(cells["font"].tolist()) if "font" in cells else set()
    if any(isinstance(font, str) for font in fonts):
        return False
    return all(_is_right(text) for text in set(cells["text"].tolist()) if isinstance(text, str))


@of_short_texts
def _is_right(text: str) -> bool:
    """Whether a text in an ordinary font is neither to be decoded nor lost."""
    if text.isascii():
        return True
    return _certain(text, None) is None and not encodings.is_garbled(text)


def _accented(cells: Cells) -> dict[Pair, list[int]]:
    """Positions of each distinct (text, font) with other letters than ASCII."""
    texts = cells["text"].tolist()
    fonts = cells["font"].tolist() if "font" in cells else [None] * len(texts)
    places: dict[Pair, list[int]] = {}
    for n, (text, font) in enumerate(zip(texts, fonts, strict=True)):
        if isinstance(text, str) and not text.isascii():
            pair = (text, font if isinstance(font, str) else None)
            places.setdefault(pair, []).append(n)
    return places


def read_texts(pairs: list[Pair]) -> dict[Pair, tuple[str, str]]:
    """What the texts of a file mean, where they are not right as they stand.

    Args:
        pairs: Distinct texts with their font.

    Returns:
        (encoding, text meant) by (text, font). A text with several readings ("Vô" or "Vụ") is
        decoded only where the certain texts in its font speak for one encoding, and none is
        certainly Unicode.
    """
    certain = {pair: hit for pair in pairs if (hit := _certain(*pair))}
    speaking: dict[str | None, set[str]] = {}
    for (_, font), (encoding, _) in certain.items():
        speaking.setdefault(font, set()).add(encoding)
    for text, font in pairs:
        if encodings.is_unicode(text):
            speaking.pop(font, None)
    agreed = {font: next(iter(names)) for font, names in speaking.items() if len(names) == 1}
    others = {
        pair: hit
        for pair in pairs
        if pair not in certain and pair[1] in agreed and (hit := _as(*pair, agreed[pair[1]]))
    }
    return certain | others


def _family(font: str | None) -> str | None:
    """The encoding that a font is made for."""
    lower = (font or "").lower()
    return next((name for start, name in _FONTS.items() if lower.startswith(start)), None)


def _certain(text: str, font: str | None) -> tuple[str, str] | None:
    if encodings.is_unicode(text):
        return None
    family = _family(font)
    by_font = _as(text, font, family) if family and not encodings.is_vietnamese(text) else None
    return by_font or encodings.detect(text)


def _as(text: str, font: str | None, encoding: str) -> tuple[str, str] | None:
    """A text read in one encoding, None unless that makes Vietnamese of it."""
    if encoding == "TCVN3":
        after = encodings.from_tcvn3(text, capitals=(font or "").endswith("H"))
    else:
        after = encodings.READINGS[encoding](text)
    if after is None or not encodings.is_dictionary_hit(text, after):
        return None
    return encoding, compose(after)


def _decoded_note(cells: Cells, encoding: str, at: list[int]) -> str:
    first = _place(cells, min(at))
    return f"{len(at)} ô ghi bằng bảng mã cũ ({encoding}) được đọc sang Unicode, từ ô {first}."


def _lost_note(cells: Cells, at: list[int]) -> str:
    where = f"{len(at)} ô có chữ hỏng bảng mã, không khôi phục được, từ ô"
    return f"{where} {_place(cells, min(at))}; đề nghị gõ lại bằng bảng mã Unicode."


def _place(cells: Cells, position: int) -> str:
    sheet, cell = (cells[name].tolist()[position] for name in ("sheet", "cell"))
    return f"{sheet}!{cell}"
