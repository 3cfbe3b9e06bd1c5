import pandas as pd

from pipelines.intake.decoding import decode


def cells(*texts: tuple[str | None, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "sheet": "Trang",
            "cell": [f"A{n}" for n in range(1, len(texts) + 1)],
            "kind": ["number" if text is None else "text" for text, _ in texts],
            "text": [text for text, _ in texts],
            "font": [font for _, font in texts],
        }
    )
    return frame.astype({"text": "str", "font": "str"})


def read(*texts: tuple[str | None, str | None]) -> tuple[list[str], tuple[str, ...]]:
    frame, notes = decode(cells(*texts))
    return list(frame["text"].fillna("")), notes


def test_texts_are_decoded_and_noted_by_encoding():
    texts, notes = read(
        ("Kr«ng P¾c", None), ("Phöôùc An", None), (None, None), ("Đắk Lắk", None), ("Tæng sè", None)
    )
    assert texts == ["Krông Pắc", "Phước An", "", "Đắk Lắk", "Tổng số"]
    assert notes == (
        "2 ô ghi bằng bảng mã cũ (TCVN3) được đọc sang Unicode, từ ô Trang!A1.",
        "1 ô ghi bằng bảng mã cũ (VNI) được đọc sang Unicode, từ ô Trang!A2.",
    )


def test_a_text_with_two_readings_follows_the_other_cells_of_its_font():
    assert read(("Vô", ".VnTime"), ("Tæng sè", ".VnTime"))[0] == ["Vụ", "Tổng số"]
    assert read(("Tö", "VNI-Times"), ("Toång soá", "VNI-Times"))[0] == ["Tư", "Tổng số"]


def test_a_text_with_two_readings_is_left_alone_without_a_witness():
    assert read(("Vô", ".VnTime"))[0] == ["Vô"]
    unicode_too = read(("Vô", None), ("Tæng sè", None), ("Đắk Lắk", None))
    assert unicode_too[0] == ["Vô", "Tổng số", "Đắk Lắk"]
    two = read(("Vô", None), ("Tæng sè", None), ("Toång soá", None))
    assert two[0] == ["Vô", "Tổng số", "Tổng số"]
    mixed = read(("Vô", ".VnTime"), ("Tæng sè", ".VnTime"), ("Đắk Lắk", ".VnTime"))
    assert mixed[0] == ["Vô", "Tổng số", "Đắk Lắk"]


def test_a_file_in_one_old_encoding_is_read_whole():
    assert read(("Vô", None), ("Tæng sè", None), ("bé", None))[0] == ["Vụ", "Tổng số", "bộ"]
    assert read(("ñi", None))[0] == ["ñi"]
    assert read(("ñi", None), ("Toång soá", None))[0] == ["đi", "Tổng số"]


def test_capital_fonts_show_capitals():
    assert read(("céng hßa", ".VnTimeH"))[0] == ["CỘNG HÒA"]


def test_what_cannot_be_restored_is_named_and_kept():
    texts, notes = read(("Kr\ufffdng", None), ("Krông", None))
    assert texts == ["Kr\ufffdng", "Krông"]
    assert len(notes) == 1
    assert "Trang!A1" in notes[0]


def test_a_file_without_fonts_or_accents_is_the_same_frame():
    plain = cells(("abc", None), (None, None))
    assert decode(plain)[0] is plain
    bare = cells(("Kr«ng", None)).drop(columns="font")
    assert list(decode(bare)[0]["text"]) == ["Krông"]
