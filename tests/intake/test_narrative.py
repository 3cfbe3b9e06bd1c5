"""What officials typed: the last line about a place counts, nothing is lost."""

from pipelines.intake.journal import append, read_journal
from pipelines.intake.narrative import (
    Typed,
    text_line,
    typed_hash,
    typed_history,
    typed_texts,
    typed_words,
)

WHO = "Thường trực Ban Chỉ đạo"


def line(key: str, text: str, hour: int = 8, why: str | None = None):
    return text_line(key, text, at=f"2021-06-10T{hour:02d}:00:00+07:00", who=WHO, why=why)


def test_the_last_version_counts_and_all_are_kept():
    entries = [line("a", "một"), line("b", "khác"), line("a", "hai", 9, "theo góp ý")]
    assert typed_texts(entries)["a"] == Typed("hai", WHO, "2021-06-10T09:00:00+07:00", "theo góp ý")
    assert [typed.text for typed in typed_history(entries)["a"]] == ["một", "hai"]


def test_a_text_that_was_taken_back_is_no_text():
    entries = [line("a", "một"), line("a", "", 9), line("b", "khác")]
    assert typed_words(entries) == {"b": "khác"}
    assert typed_texts(entries)["a"].text == ""


def test_other_lines_are_no_texts():
    other = {"event": "text", "about": "figure:x", "text": "y", "who": WHO, "at": "t"}
    review = {"event": "review", "about": "narrative:a", "text": "y", "who": WHO, "at": "t"}
    assert typed_texts([other, review]) == {}


def test_the_hash_follows_the_words_and_not_who_typed_them_when():
    once, again = [line("a", "một")], [line("a", "x"), line("a", "một", 9, "vì sao")]
    assert typed_hash(once) == typed_hash(again)
    assert typed_hash(once) != typed_hash([line("a", "hai")])
    assert typed_hash([]) == typed_hash([line("a", "một"), line("a", "", 9)])


def test_a_line_survives_the_journal(tmp_path):
    text = "Đoạn một.\n\n- “Ý” hai: 87%\nY Lái Byă"
    append(tmp_path / "journal.jsonl", line("uu_diem", text))
    assert typed_words(read_journal(tmp_path / "journal.jsonl").entries) == {"uu_diem": text}
