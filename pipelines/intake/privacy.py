"""Privacy at the door: what must not be kept, and how a person becomes a pseudonym.

Belongs here: telling a secret file, a column of personal data, a denouncer named in a text; the
pseudonym. Does not belong here: masking numbers inside free text (``vietnamese.text``), where the
key lies (``orchestration``), reading files (``formats``).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipelines.intake.cell_table import Cells
from pipelines.intake.refusal import UnreadableWorkbook
from pipelines.vietnamese.remembering import of_short_texts
from pipelines.vietnamese.text import MASK, fold, mask_personal, normalise

# for illustrative files only: everybody may know whom these pseudonyms stand for
PUBLIC_KEY = b"qcdc: so lieu minh hoa"
WITHHELD = "[không lưu]"
_DIGITS = 20

_STAMPS = frozenset({"mat", "toi mat", "tuyet mat", "van ban mat", "tai lieu mat", "ho so mat"})
# the two higher levels are no words of a sentence; they stand alone, or in brackets
_HIGHER = re.compile(r"^\(?(?:toi|tuyet) mat\)?[ .]*$|\((?:toi |tuyet )?mat\)")
_MARKED = re.compile(r"(?:do|muc do) mat ?[:\-] ?(?:mat|toi mat|tuyet mat)\b")
# a stamp of the lowest level is printed in capitals; "mật" in a sentence is a word
_LONGEST_STAMP = 16

_PERSONAL = re.compile(
    r"\b(?:ho (?:va |, ?)?ten|ten nguoi|nguoi (?:gui don|to cao|khieu nai|phan anh|kien nghi|"
    r"nop don|dung don)|cmnd|cmt|cccd|can cuoc|chung minh|so dinh danh|dien thoai|sdt|so dt|"
    r"email|e-mail|dia chi|noi o|noi cu tru|thuong tru|ngay sinh|nam sinh|ngay thang nam sinh|"
    r"so tai khoan|ma so thue ca nhan|dan toc|ton giao|chu ho)\b"
)
_COUNTS = re.compile(r"^(?:tong )?(?:so|ty le)(?: luot| cuoc| vu)? ?(?:nguoi|chu ho|ho)\b")

# capitals or title case, Êđê names with their apostrophes
_NAME_WORD = r"[A-ZÀ-ỸĐ][A-Za-zÀ-ỹĐđ'’]*"
_NAME = rf"{_NAME_WORD}(?: {_NAME_WORD}){{1,4}}"
_TITLES = r"(?:ông|bà|anh|chị|Ông|Bà|Anh|Chị|ÔNG|BÀ|ong|ba|Ong|Ba)"
_DENOUNCES = r"(?:[Tt]ố cáo|TỐ CÁO|[Tt]o cao|TO CAO)"
_DENOUNCER = re.compile(
    rf"(?:[Nn]gười|NGƯỜI|[Nn]guoi|NGUOI) {_DENOUNCES}(?: ?[:\-–]| là| la)? *"
    rf"(?:{_TITLES} )?({_NAME})"
    rf"|{_DENOUNCES} của *(?:{_TITLES} )?({_NAME})"
    rf"|{_TITLES} ({_NAME}) {_DENOUNCES}\b"
)
_DENOUNCER_HEADER = re.compile(r"\b(?:ho (?:va )?ten|ten) (?:cua )?nguoi to cao\b")
_DENOUNCED = re.compile(r"t[ốo]\s+c[áa]o")
_OFFICES = re.compile(
    r"(?i)^(?:Ủy|Uỷ|Ban|Hội|Đảng|Huyện|Thanh|Văn|Công|Chủ|Bí|Phó|Phòng|Sở|Trưởng|Giám|Cơ|Tổ)\b"
)


def is_personal_header(text: str) -> bool:
    """Whether a column under this header would hold what tells a person.

    Args:
        text: Header as written; a header that counts persons ("Số người tố cáo") is none.
    """
    key = fold(text)
    return bool(_PERSONAL.search(key)) and not _COUNTS.search(key)


def pseudonym(text: str, key: bytes) -> str:
    """A stable name for a person that only the holder of the key could make again.

    Args:
        text: Name or number as written; case and spacing make no difference, accents do:
            they tell persons apart.
        key: The installation's secret, or ``PUBLIC_KEY`` for illustrative files.

    Raises:
        ValueError: The key is empty.
    """
    if not key:
        msg = "a pseudonym needs a key, found an empty one; set the installation's key"
        raise ValueError(msg)
    digest = hmac.new(key, normalise(text).casefold().encode(), hashlib.sha256).hexdigest()
    return f"ng-{digest[:_DIGITS]}"


def is_secret_mark(text: str) -> bool:
    """Whether a text is the stamp of a secret paper: "MẬT", "Độ mật: Tối mật"."""
    clean = normalise(text)
    key = fold(clean)
    if key.strip("() .") in _STAMPS and clean.upper() == clean and len(clean) <= _LONGEST_STAMP:
        return True
    return bool(_HIGHER.search(key) or _MARKED.search(key))


def names_denouncer(text: str) -> bool:
    """Whether a text says by name who has denounced somebody ("người tố cáo: Trần Văn B")."""
    found = _DENOUNCER.search(normalise(text))
    if found is None:
        return False
    name = next(group for group in found.groups() if group is not None)
    return not _OFFICES.match(name)


def classified(cells: Cells) -> str | None:
    """Why a file may not be kept at all; None when it may.

    Args:
        cells: Cells of all sheets (sheet, cell, text), decoded.

    Returns:
        The reason in Vietnamese with the address, never the text itself.
    """
    texts = [text for text in cells["text"].tolist() if isinstance(text, str)]
    distinct = _worth_a_look(dict.fromkeys(texts))
    if not distinct:
        return None
    secret = {text for text in distinct if is_secret_mark(text)}
    named = {text for text in distinct if names_denouncer(text)}
    places = zip(*(cells[name].tolist() for name in _PLACE), strict=True)
    listed = [_Said(*values) for values in places]
    for found, why in ((secret, "có dấu chỉ độ mật"), (named, "nêu tên người tố cáo")):
        hit = next((said for said in listed if said.text in found), None)
        if hit is not None:
            return f"{why} tại {hit.sheet}!{hit.cell}"
    return _filled_denouncer_column(listed, distinct)


def impersonal_names(names: Iterable[str]) -> dict[str, str]:
    """What to call sheets and files in tables, where a name tells a person.

    Args:
        names: Names of the sheets of one file, or paths of files, in order.

    Returns:
        Name by name, only of those that change; no two get the same.
    """
    listed = list(dict.fromkeys(names))
    taken, found = set(listed), {}
    for name in listed:
        head, slash, last = name.rpartition("/")
        stem, dot, ending = last.rpartition(".") if slash else ("", "", last)
        told = stem or ending
        spoken = told.replace("_", " ")
        masked = mask_personal(unicodedata.normalize("NFC", spoken))
        if MASK not in masked:
            continue
        tail = f"{dot}{ending}" if stem else ""
        count, candidate = 1, f"{head}{slash}{masked}{tail}"
        while candidate in taken:
            count += 1
            candidate = f"{head}{slash}{masked} ({count}){tail}"
        taken.add(candidate)
        found[name] = candidate
    return found


class _Said(NamedTuple):
    sheet: str
    cell: str
    row: int
    column: int
    text: object


_PLACE = _Said._fields


def _worth_a_look(distinct: Iterable[str]) -> list[str]:
    """The few texts with a word that every mark and every denouncer has; most files have none."""
    return [text for text in distinct if _is_worth_a_look(text)]


@of_short_texts
def _is_worth_a_look(text: str) -> bool:
    lower = unicodedata.normalize("NFC", text).lower()
    return "mật" in lower or _DENOUNCED.search(lower) is not None


def _filled_denouncer_column(listed: Sequence[_Said], distinct: list[str]) -> str | None:
    heads = {t for t in distinct if _DENOUNCER_HEADER.search(fold(t))}
    for head in (said for said in listed if said.text in heads):
        for said in listed:
            same = said.sheet == head.sheet and said.column == head.column
            if same and said.row > head.row and isinstance(said.text, str):
                return f"cột nêu tên người tố cáo tại {head.sheet}!{head.cell}"
    return None


def refusal(reason: str) -> UnreadableWorkbook:
    """The answer to the sender of a file that is not kept."""
    return UnreadableWorkbook(
        "classified",
        f"Tệp {reason}; hệ thống không lưu, không đọc tiếp tệp này."
        " Gửi theo đường văn bản mật, hoặc bỏ nội dung đó rồi gửi lại.",
        status="refused",
    )
