"""Citations of documents that are no longer in force.

Belongs here: free text or a number → documents of the register cited in it, and which of them had
ended by a day. Does not belong here: which cells are looked at (``validation``), the facts
themselves (``data/documents.yaml``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipelines.catalogue.model import Document
from pipelines.vietnamese.text import fold, normalise

# how a kind is shortened before a number: "NĐ 149/2018", "PL 34/2007"
_KINDS: dict[str, str] = {
    "Bộ luật": r"bo luat|bl",
    "Chỉ thị": r"chi thi|ct",
    "Kế hoạch": r"ke hoach|kh",
    "Kết luận": r"ket luan|kl",
    "Luật": r"luat",
    "Nghị quyết": r"nghi quyet|nq",
    "Nghị quyết liên tịch": r"nghi quyet lien tich|nqlt",
    "Nghị định": r"nghi dinh|nd",
    "Pháp lệnh": r"phap lenh|pl",
    "Quy định": r"quy dinh|qdi?",
    "Quyết định": r"quyet dinh|qd",
}
_WITH_YEAR = re.compile(r"0*(\d+)/((?:19|20)\d{2})(?:/(.+))?")
# "145/2020/NĐ-CP thay thế cho Nghị định 149/2018/NĐ-CP" does not rely on the older one
_REPLACED = re.compile(r"(?:thay the|bai bo|het hieu luc|sua doi)[^.;]{0,40}$")


@dataclass(frozen=True)
class Superseded:
    """A citation of a document that had ended.

    Attributes:
        document: The document cited.
        successor: What replaced it; None when the register does not say.
        quote: The citation as written.
    """

    document: Document
    successor: Document | None
    quote: str


def cited(text: str, documents: Mapping[str, Document], day: dt.date) -> list[Superseded]:
    """The documents that a text cites although they had ended by a day.

    Args:
        text: A note, or the number of a document.
        documents: The register, by id.
        day: Last day of the period that the text is about.

    Returns:
        One entry per document, in the order of the text. "Thay thế cho Nghị định …" is no
        citation to rely on and gives none.
    """
    found = []
    for start, end, document in _mentions(text, documents.values()):
        ended = document.valid_to is not None and document.valid_to < day
        if ended and not _REPLACED.search(_folded(text)[:start]):
            after = documents.get(document.replaced_by or "")
            found.append((start, Superseded(document, after, normalise(text)[start:end])))
    return [entry for _, entry in sorted(found, key=lambda each: each[0])]


def _mentions(text: str, documents: Iterable[Document]) -> Iterator[tuple[int, int, Document]]:
    folded = _folded(text)
    for document in documents:
        match = _pattern(document.number, document.kind).search(folded)
        if match is not None:
            yield match.start(), match.end(), document


@lru_cache(maxsize=512)
def _pattern(number: str, kind: str) -> re.Pattern[str]:
    """A document is cited by its whole number, or by kind, number and year."""
    whole = rf"(?<![\w/-])0*{re.escape(_folded(number).lstrip('0'))}(?![\w/-])"
    dated = _WITH_YEAR.fullmatch(number)
    if dated is None or kind not in _KINDS:
        return re.compile(whole)
    short = rf"\b(?:{_KINDS[kind]}) ?(?:so ?:? ?)?0*{dated[1]}/{dated[2]}(?![\w/-])"
    return re.compile(f"{whole}|{short}")


def _folded(text: str) -> str:
    """Without accents and in small letters, place by place as in the normalised text."""
    return "".join(fold(char)[:1] or char for char in normalise(text))
