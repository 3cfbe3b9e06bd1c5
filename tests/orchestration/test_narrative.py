"""The file that officials edit, and the journal that alone is read for reports."""

import datetime as dt
from pathlib import Path

import pytest
import yaml

from pipelines.catalogue.load import load_catalogue
from pipelines.intake.journal import read_journal
from pipelines.intake.narrative import typed_history, typed_words
from pipelines.orchestration.narrative_command import Saved, places_of, take_in, write_file
from pipelines.orchestration.narrative_file import cleaned
from pipelines.orchestration.problems import Stopped
from pipelines.orchestration.receiving import waiting

PERIOD = "2021-H1"
CATALOGUE = load_catalogue()
AT = dt.datetime(2021, 6, 10, 8, tzinfo=dt.timezone(dt.timedelta(hours=7)))
WHO = "Thường trực Ban Chỉ đạo"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "workspace.yaml").touch()
    return tmp_path


def file_of(root: Path) -> Path:
    return root / "raw" / PERIOD / "narrative.yaml"


def edit(root: Path, **texts: str) -> None:
    """Edit keys as a person would: block by block, everything else as it was."""
    path = write_file(root, CATALOGUE, PERIOD)
    text = path.read_text(encoding="utf-8")
    for key, said in texts.items():
        block = "".join(f"  {line}\n" for line in said.splitlines())
        text = text.replace(f"{key}: |\n", f"{key}: |\n{block}")
    path.write_text(text, encoding="utf-8")


def save(root: Path, why: str | None = None, who: str | None = WHO) -> Saved:
    return take_in(root, CATALOGUE, PERIOD, at=AT, who=who, why=why)


def entries(root: Path):
    return read_journal(root / "raw" / PERIOD / "journal.jsonl").entries


def test_the_file_has_every_key_with_an_explanation(root):
    text = write_file(root, CATALOGUE, PERIOD).read_text(encoding="utf-8")
    said = yaml.safe_load(text)
    assert list(said) == list(places_of(CATALOGUE, PERIOD))
    assert not any(said.values())
    for place in places_of(CATALOGUE, PERIOD).values():
        assert place.slot.explain_vi in text
    assert "dac_diem_tinh_hinh" not in said
    assert "dac_diem_tinh_hinh" in places_of(CATALOGUE, "2016-2020")


def test_each_changed_key_is_one_line_with_the_full_text(root):
    edit(root, uu_diem="Nề nếp báo cáo.\n- Ý một", han_che="Còn chậm.")
    assert save(root, why="hoàn thiện") == Saved(("uu_diem", "han_che"), ())
    assert [(e["event"], e["about"], e["text"], e["why"]) for e in entries(root)] == [
        ("text", "narrative:uu_diem", "Nề nếp báo cáo.\n- Ý một", "hoàn thiện"),
        ("text", "narrative:han_che", "Còn chậm.", "hoàn thiện"),
    ]
    assert save(root) == Saved((), ())
    assert len(entries(root)) == 2


def test_deleting_the_file_loses_nothing(root):
    edit(root, uu_diem="Đoạn một.\n\nĐoạn hai: “87%”, 13/15.")
    save(root)
    before = file_of(root).read_bytes()
    file_of(root).unlink()
    write_file(root, CATALOGUE, PERIOD)
    assert file_of(root).read_bytes() == before
    assert save(root) == Saved((), ())


def test_a_later_version_stands_beside_the_first_in_the_history(root):
    edit(root, uu_diem="Một.")
    save(root)
    path = file_of(root)
    path.write_text(path.read_text(encoding="utf-8").replace("Một.", "Hai."), encoding="utf-8")
    save(root)
    assert [v.text for v in typed_history(entries(root))["uu_diem"]] == ["Một.", "Hai."]
    path.write_text(path.read_text(encoding="utf-8").replace("  Hai.", ""), encoding="utf-8")
    assert save(root).changed == ("uu_diem",)
    assert typed_words(entries(root)) == {}


def test_words_that_were_not_saved_are_not_overwritten(root):
    edit(root, uu_diem="Chưa lưu.")
    before = file_of(root).read_bytes()
    with pytest.raises(Stopped) as stopped:
        write_file(root, CATALOGUE, PERIOD)
    assert stopped.value.problem.code == "QCDC-E85"
    assert "uu_diem" in stopped.value.problem.found
    assert file_of(root).read_bytes() == before


def test_an_unknown_key_is_told_with_the_one_it_may_mean(root):
    edit(root)
    with file_of(root).open("a", encoding="utf-8") as file:
        file.write("uu_diam: Sai khóa\n")
    with pytest.raises(Stopped) as stopped:
        save(root)
    problem = stopped.value.problem
    assert problem.code == "QCDC-E83"
    assert "uu_diam (có phải uu_diem?)" in problem.found
    assert "narrative.yaml" in problem.action
    assert entries(root) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("uu_diem: 'a'\nuu_diem: 'b'\n", "khóa lặp lại: uu_diem"),
        ("uu_diem: 12\n", "không phải lời văn: uu_diem"),
        ("uu_diem: [a\n", "raw/2021-H1/narrative.yaml"),
        ("- a\n", "không có khóa nào"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_nothing_is_written(root, text, found):
    file_of(root).parent.mkdir(parents=True)
    file_of(root).write_text(text, encoding="utf-8")
    with pytest.raises(Stopped) as stopped:
        save(root)
    assert stopped.value.problem.code == "QCDC-E82"
    assert found in stopped.value.problem.found
    assert entries(root) == []


def test_without_the_file_the_way_to_it_is_told(root):
    with pytest.raises(Stopped, match="Chưa có tệp lời văn") as stopped:
        save(root)
    assert stopped.value.problem.code == "QCDC-E81"


@pytest.mark.parametrize("who", [None, "", "Nguyễn Văn A"])
def test_who_is_an_office(root, who):
    edit(root, uu_diem="Một.")
    with pytest.raises(Stopped) as stopped:
        save(root, who=who)
    assert stopped.value.problem.code == "QCDC-E84"
    assert entries(root) == []


@pytest.mark.parametrize("text", ["Người tố cáo: Trần Văn B", "Độ mật: Mật"])
def test_secrets_are_refused_before_anything_is_written(root, text):
    edit(root, uu_diem=f"Dòng một.\n{text}", han_che="Còn chậm.")
    with pytest.raises(Stopped) as stopped:
        save(root)
    assert stopped.value.problem.code == "QCDC-E86"
    assert "Trần" not in str(stopped.value.problem.as_dict())
    assert entries(root) == []


def test_numbers_of_persons_are_covered_and_figures_are_not(root):
    edit(root, kien_nghi="Gọi 0912345678 theo Kế hoạch 72/KH-UBND; 52.620 hồ sơ.")
    assert save(root).masked == ("kien_nghi",)
    words = typed_words(entries(root))["kien_nghi"]
    assert words == "Gọi [đã che] theo Kế hoạch 72/KH-UBND; 52.620 hồ sơ."
    assert "0912345678" not in file_of(root).read_text(encoding="utf-8")


def test_the_file_is_no_submission(root):
    edit(root, uu_diem="Một.")
    save(root)
    assert waiting(root, PERIOD) == []


def test_a_file_of_another_editor_is_read(root):
    file_of(root).parent.mkdir(parents=True)
    file_of(root).write_bytes("\ufeffuu_diem: |\r\n  Một.\r\n  Hai.\r\n".encode())
    save(root)
    assert typed_words(entries(root)) == {"uu_diem": "Một.\nHai."}


def test_words_are_cleaned_and_lines_kept():
    assert cleaned("  Ba\u0300i\u00a0học \n\n- một\u200b\n") == "Bài học\n\n- một"
