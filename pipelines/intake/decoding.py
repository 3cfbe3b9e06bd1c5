"""Cells whose text went through an old encoding → Unicode, before anything else looks at them.

Belongs here: which texts of a file are decoded, and what a font and its other cells say for it.
Does not belong here: the encodings themselves (``vietnamese.encodings``), cleaning (``text``).
"""

from __future__ import annotations

import unicodedata

import pandas as pd

from pipelines.vietnamese import encodings

_FONTS = {".vn": "TCVN3", "vni-": "VNI"}
_LABELS = {"VNI (chữ đơn)": "VNI", "UTF-8": "UTF-8 bị đọc sai"}
_KEY = ["text", "font"]


def decode(cells: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Decode the texts of a file.

    Args:
        cells: Cells as read: sheet, cell, kind, text and, where known, font.

    Returns:
        The same rows, texts decoded where a reading is certain and untouched elsewhere; notes in
        Vietnamese that say which cells were decoded and which could not be.
    """
    fonts = cells["font"] if "font" in cells else pd.Series(None, index=cells.index, dtype="str")
    texts = pd.DataFrame({"text": cells["text"], "font": fonts})[cells["kind"] == "text"]
    accented = texts[texts["text"].str.contains(r"[^\x00-\x7f]", regex=True, na=False)]
    if accented.empty:
        return cells, ()
    distinct = accented.drop_duplicates(_KEY)
    pairs = [
        (str(text), font if isinstance(font, str) else None)
        for text, font in zip(distinct["text"], distinct["font"], strict=True)
    ]
    meant = read_texts(pairs)
    garbled = {text for text, font in pairs if encodings.is_garbled(text)}
    if not meant and not garbled:
        return cells, ()
    keys = zip(accented["text"], accented["font"], strict=True)
    each = [meant.get((text, font if isinstance(font, str) else None)) for text, font in keys]
    found = pd.Series(each, index=accented.index, dtype="object")
    hits = found.dropna()
    out = cells.copy()
    out.loc[hits.index, "text"] = [text for _, text in hits]
    lost = accented.index[accented["text"].isin(garbled) & found.isna()]
    return out, (*_decoded_notes(cells, hits), *_lost_note(cells, lost))


def read_texts(
    pairs: list[tuple[str, str | None]],
) -> dict[tuple[str, str | None], tuple[str, str]]:
    """What the texts of a file mean, where they are not right as they stand.

    Args:
        pairs: Distinct texts with their font.

    Returns:
        (encoding, text meant) by (text, font). A text that is Vietnamese both ways ("Vô", "Vụ") is
        decoded only if its font is a legacy one in which other cells are certainly encoded and
        none is certainly Unicode.
    """
    certain = {pair: hit for pair in pairs if (hit := _certain(*pair))}
    witnesses = {font for _, font in certain}
    trusted = witnesses - {font for text, font in pairs if encodings.is_unicode(text)}
    doubtful = {
        pair: hit
        for pair in pairs
        if pair not in certain and pair[1] in trusted and (hit := _by_font(*pair))
    }
    return certain | doubtful


def _family(font: str | None) -> str | None:
    """The encoding that a font is made for."""
    lower = (font or "").lower()
    return next((name for start, name in _FONTS.items() if lower.startswith(start)), None)


def _certain(text: str, font: str | None) -> tuple[str, str] | None:
    if encodings.is_unicode(text):
        return None
    by_font = None if encodings.is_vietnamese(text) else _by_font(text, font)
    return by_font or encodings.detect(text)


def _by_font(text: str, font: str | None) -> tuple[str, str] | None:
    family = _family(font)
    if family == "TCVN3":
        after = encodings.from_tcvn3(text, capitals=(font or "").endswith("H"))
    elif family == "VNI":
        after = encodings.from_vni(text)
    else:
        return None
    if after is None or not encodings.is_dictionary_hit(text, after):
        return None
    return family, unicodedata.normalize("NFC", after)


def _decoded_notes(cells: pd.DataFrame, hits: pd.Series) -> list[str]:
    names = pd.Series([_LABELS.get(name, name) for name, _ in hits], index=hits.index, dtype="str")
    return [
        f"{len(group)} ô ghi bằng bảng mã cũ ({name}) được đọc sang Unicode, từ ô "
        f"{_place(cells, group.index[0])}."
        for name, group in names.groupby(names, sort=True)
    ]


def _lost_note(cells: pd.DataFrame, lost: pd.Index) -> list[str]:
    if lost.empty:
        return []
    where = f"{len(lost)} ô có chữ hỏng bảng mã, không khôi phục được, từ ô"
    return [f"{where} {_place(cells, lost[0])}; đề nghị gõ lại bằng bảng mã Unicode."]


def _place(cells: pd.DataFrame, index: object) -> str:
    row = cells.loc[index]  # type: ignore[call-overload] # a label of this frame
    return f"{row['sheet']}!{row['cell']}"
