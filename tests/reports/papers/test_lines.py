import datetime as dt
from dataclasses import replace

import pytest

from pipelines.catalogue.letterheads import head_for
from pipelines.catalogue.load import load_catalogue
from pipelines.reports.papers import heads, lines
from pipelines.reports.papers.letters import stretches
from pipelines.reports.papers.model import Paragraph, Run
from tests.reports.papers.every_block import document, small_list


@pytest.mark.parametrize(
    ("number", "text"), [(1, "I"), (2, "II"), (4, "IV"), (5, "V"), (9, "IX"), (14, "XIV")]
)
def test_roman(number: int, text: str) -> None:
    assert lines.roman(number) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (dt.date(2021, 2, 5), "ngày 05 tháng 02 năm 2021"),
        (dt.date(2021, 6, 10), "ngày 10 tháng 6 năm 2021"),
        (dt.date(2021, 1, 31), "ngày 31 tháng 01 năm 2021"),
        (None, "ngày … tháng … năm 2021"),
    ],
)
def test_days_in_words(day: dt.date | None, text: str) -> None:
    assert lines.day_in_words(day, 2021) == text


def test_a_single_annex_has_no_number() -> None:
    doc = document()
    assert lines.annex_titles(doc) == ["Phụ lục I", "Phụ lục II"]
    assert lines.annex_titles(replace(doc, annexes=doc.annexes[:1])) == ["Phụ lục"]


def test_a_head_without_symbol_has_no_number_line() -> None:
    head = replace(document().head, symbol="")
    assert lines.number_line(head) == ""
    assert lines.annex_reference(head) == "(Kèm theo Báo cáo ngày … tháng … năm 2021)"


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ((Run("Hết."),), "Hết./."),
        ((Run("Hết"),), "Hết./."),
        ((Run("Hết./."),), "Hết./."),
        ((Run("Đạt "), Run("87%", figure="x/a@b")), "Đạt 87%./."),
    ],
)
def test_the_end_of_a_signed_paper(runs: tuple[Run, ...], told: str) -> None:
    doc = replace(document(), blocks=(Paragraph((Run("Đầu."),)), Paragraph(runs), small_list()))
    first, last, _ = lines.closed(doc)
    assert isinstance(first, Paragraph)
    assert isinstance(last, Paragraph)
    assert (first.text, last.text) == ("Đầu.", told)
    figures = [run.text for run in last.runs if run.figure]
    assert figures == [run.text for run in runs if run.figure]


def test_tags_are_short_and_differ() -> None:
    long = [f"2021-H1/{'x' * 60}.{n}@scope" for n in range(3)]
    tags = [lines.figure_tag(text) for text in long]
    assert len(set(tags)) == 3
    assert all(len(tag) <= lines.LONGEST_TAG for tag in tags)
    assert lines.figure_tag("2021-H1/a.b@c") == "2021-H1/a.b@c"


def test_figures_are_taken_apart() -> None:
    assert lines.figure_parts("2021-H1/dn.rate@huyen-mh-1") == ("dn.rate", "huyen-mh-1")
    assert lines.figure_parts("2021-H1/draft/dn.rate@x") == ("dn.rate", "x")
    assert lines.figure_parts("2021-H1/dn.rate") == ("dn.rate", "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Xã Ea Phê", [("Xã Ea Phê", False)]),
        ("Buôn Ƀlê̆, xã", [("Buôn ", False), ("Ƀlê̆", True), (", xã", False)]),
        ("Ea\u0306", [("Eă", False)]),
        ("", [("", False)]),
    ],
)
def test_words_with_marks(text: str, told: list[tuple[str, bool]]) -> None:
    assert stretches(text) == told


def test_a_letterhead_becomes_a_head() -> None:
    issuer = head_for(
        load_catalogue(), "h", "district", "Huyện minh họa", "state", dt.date(2021, 6, 30)
    )
    head = heads.head_of(issuer, "Kết quả", 2021, number="7", signed_on=dt.date(2021, 6, 9))
    assert lines.number_line(head) == "Số: 7/BC-UBND"
    assert lines.dateline(head) == "Huyện minh họa, ngày 09 tháng 6 năm 2021"
    assert heads.signature_of(issuer).on_behalf == "TM. ỦY BAN NHÂN DÂN"
