"""Short forms, passages, themes and recipients, as tables of the data dictionary.

Belongs here: which of their fields a reader of the dictionary sees. Does not belong here: the
document (``dictionary``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pipelines.catalogue.base import Dated
from pipelines.catalogue.wording import TextBlock, Words

# what is silent about its beginning
_ALWAYS = Dated().valid_from
# title, heads of the columns, rows
Section = tuple[str, tuple[str, ...], list[tuple[str, ...]]]


def wording_sections(words: Words) -> Iterator[Section]:
    """What a report says beside its figures.

    Args:
        words: Of the catalogue.

    Yields:
        Title of a section, heads of its columns, and its rows.
    """
    yield (
        "Chữ viết tắt · Abbreviations",
        ("Viết tắt", "Cách viết khác", "Đầy đủ", "English"),
        [
            (entry.short, "; ".join(entry.also), entry.full_vi, entry.full_en)
            for entry in words.abbreviations.values()
        ],
    )
    yield (
        "Đoạn văn của báo cáo · Passages",
        ("Mã", "Mục", "Lời văn", "Cần có", "Chỉ nói khi", "Khi chưa có số liệu", "Hiệu lực"),
        [_passage(block) for block in words.texts.values()],
    )
    yield (
        "Chủ đề năm, phương châm · Themes",
        ("Mã", "Nội dung", "Cơ quan nêu", "Hiệu lực", "Nguồn"),
        [
            (f"`{t.id}`", t.text_vi, t.issuer_vi, _days(t.valid_from, t.valid_to), t.source)
            for t in words.themes.values()
        ],
    )
    yield (
        "Nơi nhận và trách nhiệm · Recipients",
        ("Mã", "Nơi nhận", "English", "Khối", "Cấp", "Trách nhiệm", "Hiệu lực"),
        [
            (
                f"`{r.id}`",
                r.label_vi,
                r.label_en,
                r.branch,
                r.level,
                r.duty_vi,
                _days(r.valid_from, r.valid_to),
            )
            for r in words.recipients.values()
        ],
    )


def _passage(block: TextBlock) -> tuple[str, ...]:
    return (
        f"`{block.id}`",
        block.section,
        block.text_vi,
        ", ".join(f"`{name}`" for name in (*block.needs, *block.elements)),
        _condition(block),
        block.without_vi,
        _days(block.valid_from, block.valid_to),
    )


def _condition(block: TextBlock) -> str:
    said = [f"`{name}` lớn hơn {bound:g}" for name, bound in block.above.items()]
    said += [f"`{name}` cao hơn cùng kỳ" for name in block.rises]
    said += ["mọi đơn vị đã báo cáo"] if block.complete else []
    return "; ".join(said)


def _days(first: dt.date, last: dt.date | None) -> str:
    start = f"từ {first:%d/%m/%Y}" if first != _ALWAYS else ""
    end = f"đến {last:%d/%m/%Y}" if last else ""
    return " ".join(part for part in (start, end) if part)
