"""Files: the same bytes every time, the committed ones included; a journal that fits them."""

import hashlib
import io
import json
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from pipelines.sample.__main__ import app
from pipelines.sample.files import PlannedFile, SamplePlan
from pipelines.sample.setting import SampleError
from pipelines.sample.write import file_path, journal_text, workbook, write_sample

OTHER_TOTALS = [
    "--dossiers-received=40",
    "--dossiers-resolved=30",
    "--posts=41",
    "--merger=5,2",
    "--ntm-recognised=12",
    "--remaining=18,4,3",
]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def entries(text: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in text.splitlines()]


def line(**entry: str) -> str:
    return json.dumps({"at": "2021-06-10T09:00:00+07:00", "who": "chuyên viên"} | entry) + "\n"


def contents(folder: Path) -> Mapping[str, str]:
    """SHA-256 of every file of a folder, by relative path."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def text_of(data: bytes) -> set[str]:
    """Everything that stands in the first sheet of a workbook."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return {str(value) for row in sheet.iter_rows(values_only=True) for value in row}


@pytest.fixture(scope="module")
def light(plan: SamplePlan) -> list[tuple[PlannedFile, bytes]]:
    """Every planned file but the dossier list, with its bytes."""
    return [
        (file, workbook(plan, file)) for file in plan.files if file.request.form.id != "motcua-2021"
    ]


def test_committed_files_are_what_the_code_writes(
    plan: SamplePlan, light: list[tuple[PlannedFile, bytes]], root: Path
) -> None:
    stale = [
        file_path(plan, file)
        for file, data in light
        if (root / file_path(plan, file)).read_bytes() != data
    ]
    assert stale == [], "run `make sample`"


def test_committed_files_of_earlier_periods(earlier: SamplePlan, root: Path) -> None:
    light = [file for file in earlier.files if file.request.form.id != "motcua-2021"]
    stale = [
        file_path(earlier, file)
        for file in light[::7]  # every file goes through the same code; all would take long
        if (root / file_path(earlier, file)).read_bytes() != workbook(earlier, file)
    ]
    assert stale == [], "run `make sample`"


def test_the_journals_of_earlier_periods_fit_their_files(earlier: SamplePlan, root: Path) -> None:
    folder = root / "raw" / earlier.setting.period
    planned = {file_path(earlier, file) for file in earlier.files}
    found = {path.relative_to(root).as_posix() for path in folder.rglob("*.xlsx")}
    assert found == planned
    hashes = [sha256((root / file_path(earlier, file)).read_bytes()) for file in earlier.files]
    assert (folder / "journal.jsonl").read_text("utf-8") == journal_text(earlier, hashes)


def test_the_committed_folder_holds_the_plan_and_nothing_else(plan: SamplePlan, root: Path) -> None:
    planned = {file_path(plan, file) for file in plan.files}
    folder = root / "raw/2021-H1"
    found = {path.relative_to(root).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == planned | {"raw/2021-H1/journal.jsonl"}


def test_the_committed_journal_has_a_receipt_for_every_file(plan: SamplePlan, root: Path) -> None:
    text = (root / "raw/2021-H1/journal.jsonl").read_text(encoding="utf-8")
    hashes = [sha256((root / file_path(plan, file)).read_bytes()) for file in plan.files]
    assert text == journal_text(plan, hashes)


def test_one_file_was_sent_twice_and_no_other(light: list[tuple[PlannedFile, bytes]]) -> None:
    times = Counter((file.provider, sha256(data)) for file, data in light)
    assert [provider for (provider, _), count in times.items() if count > 1] == ["cq-mh-17"]


def test_journal_lines(plan: SamplePlan) -> None:
    hashes = [f"{n:064x}" for n in range(len(plan.files))]
    first, *received, last = entries(journal_text(plan, hashes))
    assert first == {
        "at": "2021-05-24T08:00:00+07:00",
        "who": "thường trực Ban Chỉ đạo",
        "event": "period",
        "period": "2021-H1",
        "action": "open",
    }
    assert (last["at"], last["action"]) == ("2021-06-10T08:00:00+07:00", "close")
    times = [first["at"], *(line["at"] for line in received), last["at"]]
    assert times == sorted(times)
    assert {line["event"] for line in received} == {"received"}
    assert {line["who"] for line in received} == {"văn thư Ban Chỉ đạo"}
    second = [line["submission_id"] for line in received if line["submission_id"].endswith("/02")]
    senders = ("bcd-mh", "cq-mh-17", "xa-mh-04", "xa-mh-07")
    assert sorted(second) == [f"2021-H1/{sender}/02" for sender in senders]
    assert [line["sha256"] for line in received] == hashes


def test_every_file_says_that_it_is_illustrative(light: list[tuple[PlannedFile, bytes]]) -> None:
    one_of_each = {file.request.form.id: data for file, data in light}
    for data in one_of_each.values():
        assert any("SỐ LIỆU MINH HỌA" in text for text in text_of(data))


def test_notes_and_not_applicable_stand_in_the_workbook(
    light: list[tuple[PlannedFile, bytes]],
) -> None:
    by_provider = {file.provider: (file, data) for file, data in light}
    noted, data = by_provider["cq-mh-05"]
    assert set(noted.notes.values()) <= text_of(data)
    assert "x" in text_of(by_provider["tt-mh-01"][1])
    assert "x" not in text_of(by_provider["xa-mh-01"][1])


@pytest.fixture(scope="module")
def other_root(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A root whose sample was written with other totals than the published ones."""
    other = tmp_path_factory.mktemp("root")
    shutil.copytree(root / "raw" / "reference", other / "raw" / "reference")
    written = CliRunner().invoke(app, ["--root", str(other), *OTHER_TOTALS])
    assert written.exit_code == 0, written.output
    return other


@pytest.mark.long
def test_writing_again_gives_the_same_bytes_and_removes_the_old(other_root: Path) -> None:
    kept = other_root / "raw/2020-H2/kept.txt"
    kept.parent.mkdir()
    kept.write_text("của kỳ khác")
    before = contents(other_root)
    (other_root / "raw/2021-H1/xa-mh-01/old.xlsx").write_bytes(b"old")
    assert CliRunner().invoke(app, ["--root", str(other_root), *OTHER_TOTALS]).exit_code == 0
    assert contents(other_root) == before


def test_other_totals_reach_the_workbooks(other_root: Path) -> None:
    folder = other_root / "raw/2021-H1"
    affairs = text_of((folder / "nv-mh/noivu-2021_2021-H1.xlsx").read_bytes())
    assert {"41", "5", "2"} <= affairs
    assert {"18", "4", "3", "19"} <= text_of((folder / "ntm-mh/ntm-2021_2021-H1.xlsx").read_bytes())
    desk = text_of((folder / "mc-mh/motcua-2021_2021-H1.xlsx").read_bytes())
    assert {"MH-000001", "MH-000040", "Đang giải quyết"} <= desk
    assert "MH-000041" not in desk


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--remaining", "17;13"], "--remaining"),
        (["--merger", "3"], "2 số nguyên"),
        (["--period", "2030-H2"], "2030-H2"),
        (["--dossiers-resolved", "60000"], "dossiers-resolved = 60000"),
        (["--root", "khong-co"], "raw/reference"),
    ],
)
def test_bad_input_is_told_without_a_traceback(
    copied_root: Path, arguments: list[str], named: str
) -> None:
    result = CliRunner().invoke(app, ["--root", str(copied_root), *arguments])
    assert result.exit_code == 2
    assert named in result.output
    assert "Traceback" not in result.output
    assert not (copied_root / "raw/2021-H1").exists()


def test_nothing_is_replaced_where_one_period_holds_work_of_people(copied_root: Path) -> None:
    kept = copied_root / "raw/2021-H1/xa-24490-1/bao-cao.xlsx"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"work")
    result = CliRunner().invoke(app, ["--root", str(copied_root)])
    assert result.exit_code == 2
    assert "xa-24490-1" in result.output
    assert not (copied_root / "raw/2020-H1").exists()


@pytest.mark.parametrize(
    ("path", "text", "named"),
    [
        ("xa-24490-1/bao-cao.xlsx", "", "xa-24490-1"),
        ("releases/01/manifest.json", "", "releases"),
        (
            "journal.jsonl",
            line(
                event="decision",
                action="accept",
                submission_id="2021-H1/xa-1-1/01",
                rule="QT-04",
                why="đã đối chiếu",
            ),
            "decision",
        ),
        ("journal.jsonl", line(event="period", action="lock"), "period lock"),
        (
            "journal.jsonl",
            line(event="received", submission_id="2021-H1/xa-1-1/01", sha256="0", path="p"),
            "2021-H1/xa-1-1/01",
        ),
        ("journal.jsonl", "no journal line\n", "journal.jsonl:1"),
        ("journal.jsonl", '{"event": "rec', "dòng nhật ký bị cắt"),
    ],
)
def test_work_of_people_is_never_replaced(
    copied_root: Path, path: str, text: str, named: str
) -> None:
    kept = copied_root / "raw/2021-H1" / path
    kept.parent.mkdir(parents=True)
    kept.write_text(text, encoding="utf-8")
    with pytest.raises(SampleError, match=named):
        write_sample(copied_root)
    assert kept.read_text(encoding="utf-8") == text
    assert len(contents(copied_root / "raw/2021-H1")) == 1
