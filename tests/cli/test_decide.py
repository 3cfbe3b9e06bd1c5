"""``qcdc decide``: what is open, the book out and in, one decision, and what follows from it."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from pipelines.analysis import open_warehouse
from pipelines.analysis.scope import of_period
from pipelines.catalogue.load import load_catalogue
from pipelines.intake.decision_log import decision_log
from pipelines.intake.journal import append, read_journal
from pipelines.orchestration.publishing import ingest_period, publish_period
from pipelines.orchestration.receiving import receive_new
from tests.cli.calls import answer, qcdc
from tests.orchestration.mini import PERIOD, ROOT

UNIT, SHEET = "xa-mh-01", "Biểu 01-XA"
FILE = f"{PERIOD}/{UNIT}/01"
OFFICE = "Thường trực Ban Chỉ đạo"
AT = dt.datetime(2021, 6, 8, 9, tzinfo=dt.timezone(dt.timedelta(hours=7)))
WHO = ("--who", OFFICE)
# code on the form → what the clerk has written; illustrative like the whole sample
WRITTEN = {"B07": "52,62", "B12": 3, "B13": "nhiều", "B14": "-", "B11": "–"}


def write(path: Path, written: dict[str, Any]) -> dict[str, str]:
    """Write values beside their codes; returns the cells."""
    book = openpyxl.load_workbook(path)
    sheet, cells = book[SHEET], {}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value in written and cell.column == 3:
                cells[str(cell.value)] = f"E{cell.row}"
                sheet[f"E{cell.row}"] = written[str(cell.value)]
    book.save(path)
    return cells


def run(root: Path) -> None:
    """What a run does to the warehouse, without Dagster and the report."""
    catalogue = load_catalogue()
    ingest_period(root, catalogue, PERIOD, at=AT, who="kiểm thử")
    publish_period(root, catalogue, PERIOD)


def build(root: Path) -> dict[str, str]:
    """One commune's workbook with doubtful values, received and evaluated."""
    shutil.copy(ROOT / "workspace.yaml", root)
    shutil.copytree(ROOT / "raw" / "reference", root / "raw" / "reference")
    folder = root / "raw" / PERIOD / UNIT
    shutil.copytree(ROOT / "raw" / PERIOD / UNIT, folder)
    (file,) = folder.glob("*.xlsx")
    cells = write(file, WRITTEN)
    receive_new(root, PERIOD, [UNIT], at=AT, who="kiểm thử")
    run(root)
    return cells


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    root = tmp_path_factory.mktemp("decide")
    return root, build(root)


@pytest.fixture
def desk(
    built: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A copy of the evaluated project, to decide in."""
    root = tmp_path / "project"
    shutil.copytree(built[0], root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def cells(built: tuple[Path, dict[str, str]]) -> dict[str, str]:
    return built[1]


# the other tests of this folder look at a project of their own
@pytest.fixture(scope="module")
def project(built: tuple[Path, dict[str, str]]) -> Path:
    return built[0]


def decided(root: Path) -> list[dict[str, Any]]:
    entries = read_journal(root / "raw" / PERIOD / "journal.jsonl").entries
    return [e for e in entries if e["event"] in {"decision", "correction"}]


def decide(*arguments: str) -> int:
    return qcdc("decide", PERIOD, *arguments)


def table(root: Path, name: str) -> pd.DataFrame:
    return of_period(open_warehouse(root=root).table(name), PERIOD)


def on_sheet(root: Path) -> pd.DataFrame:
    """The observations of the sheet by cell."""
    observed = table(root, "core.observations")
    return observed[observed["sheet"] == SHEET].set_index("cell")


def row_of(book: openpyxl.Workbook, cell: str) -> int:
    sheet = book["Sổ xử lý"]
    return next(c.row for c in sheet["F"] if c.value == cell)


def put(book: openpyxl.Workbook, cell: str, choice: str, why: str, *more: str) -> None:
    """Fill in a row: value, told by, told on as far as they are given."""
    row = row_of(book, cell)
    value, told_by, told_on = (*more, None, None, None)[:3]
    for column, said in zip("KLMNO", (choice, value, told_by, told_on, why), strict=True):
        book["Sổ xử lý"][f"{column}{row}"] = said


def test_what_is_open_is_listed_with_what_can_be_done(
    desk: Path, cells: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = answer(capsys, "decide", PERIOD)
    assert code == 0
    by_cell = {row["cell"]: row for row in found["open"]}
    assert by_cell[cells["B12"]]["choices"] == ["accept", "correct", "return"]
    assert by_cell[cells["B14"]]["choices"][:2] == ["zero", "missing"]
    assert by_cell[cells["B07"]]["proposed"] == "52.620"
    tokens = {sign["token"]: len(sign["places"]) for sign in found["signs"]}
    assert tokens == {"-": 2, "nhiều": 1}
    assert decided(desk) == []


def test_a_book_goes_out_and_comes_back_once(
    desk: Path, cells: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert decide("--export", "so.xlsx") == 0
    book = openpyxl.load_workbook("so.xlsx")
    put(book, cells["B12"], "Chấp nhận", "đúng theo nghị quyết")
    put(book, cells["B07"], "Chấp nhận", "gõ nhầm dấu")
    put(book, cells["B13"], "Sửa theo điện thoại", "đã gọi", "4", "Chủ tịch UBND xã", "07/06/2021")
    book["0 hay chưa có"]["F7"] = "0 (không phát sinh)"
    book["0 hay chưa có"]["G7"] = "đã hỏi văn phòng xã"
    book.save("so.xlsx")
    code, done = answer(capsys, "decide", PERIOD, "--import", "so.xlsx", *WHO)
    assert (code, len(done["written"]), done["same"]) == (0, 4, 0)
    lines = decided(desk)
    assert {line["who"] for line in lines} == {OFFICE}
    assert all(line["why"] and line["at"] for line in lines)
    by_cell = {line.get("cell"): line for line in lines}
    assert by_cell[cells["B07"]]["value"] == "52.620"
    assert by_cell[cells["B07"]]["expect"] == "52,62"
    assert by_cell[cells["B13"]]["told_by"] == "Chủ tịch UBND xã"
    assert by_cell[None]["action"] == "means"
    # before the next run and after it, the same book says nothing new
    for follows in (run, None):
        code, again = answer(capsys, "decide", PERIOD, "--import", "so.xlsx", *WHO)
        assert (code, again["written"], again["same"]) == (0, [], 4)
        if follows is not None:
            follows(desk)
    assert len(decided(desk)) == 4


def test_decisions_change_the_tables_and_are_shown(
    desk: Path, cells: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    told = ("--told-by", "Chủ tịch UBND xã", "--told-on", "07/06/2021")
    place = {code: f"{SHEET}!{cell}" for code, cell in cells.items()}
    assert decide("--finding", place["B12"], "--accept", *WHO, "--why", "đúng") == 0
    assert decide("--finding", place["B07"], "--accept", *WHO, "--why", "gõ nhầm") == 0
    assert decide("--finding", place["B13"], "--value", "5", *told, *WHO, "--why", "đã gọi") == 0
    assert decide("--finding", UNIT, "--means", "-=zero", *WHO, "--why", "đã hỏi") == 0
    run(desk)
    observed = on_sheet(desk)
    assert list(observed.loc[cells["B07"], ["value", "decided"]]) == [52620.0, "correct"]
    assert list(observed.loc[cells["B13"], ["value", "decided"]]) == [5.0, "correct"]
    assert list(observed.loc[cells["B14"], ["state", "decided"]]) == ["zero", "means"]
    (status,) = set(table(desk, "intake.submissions")["status"])
    assert status == "accepted_with_warnings"
    log = table(desk, "core.decisions")
    assert log["is_applied"].all()
    assert log["decision_id"].tolist() == [f"{PERIOD}/qd-{n:03d}" for n in range(1, len(log) + 1)]
    figures = table(desk, "report.figures")
    using = figures[figures["cells"].str.contains(f'"{cells["B07"]}"')]["figure_id"].iloc[0]
    capsys.readouterr()
    assert qcdc("trace", using) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Quyết định: Dùng giá trị đề xuất 52.620 thay 52,62" in shown
    assert OFFICE in shown
    assert "gõ nhầm" in shown


def test_meanings_are_remembered_in_later_periods_only(desk: Path, cells: dict[str, str]) -> None:
    line = {"event": "decision", "action": "means", "element": None, "state": "zero"}
    said = {"at": AT.isoformat(), "who": OFFICE, "provider": UNIT, "why": "đã hỏi", "token": "-"}
    for period in ("2020-H2", "2021-H2"):
        append(desk / "raw" / period / "journal.jsonl", {**line, **said})
    run(desk)
    log = table(desk, "core.decisions")
    assert log["decision_id"].tolist() == ["2020-H2/qd-001"]
    assert log["is_applied"].tolist() == [True]
    asked_about = {cells["B14"], cells["B11"]}
    found = table(desk, "core.findings")
    assert not asked_about & set(found.loc[found["rule"] == "CELL-TYPE", "cell"])


@pytest.mark.parametrize(
    ("code", "choice", "why", "more", "told"),
    [
        ("B12", "Chấp nhận", "", (), "thiếu Lý do"),
        ("B12", "Duyệt", "x", (), "không có trong danh sách"),
        ("B12", "Nghĩa là 0", "x", (), "không dùng được ở đây"),
        ("B12", "Sửa theo điện thoại", "x", ("7",), "chức vụ"),
        ("B12", "Sửa theo điện thoại", "x", ("7", "Nguyễn Văn A", "07/06/2021"), "chức vụ"),
        ("B12", "Sửa theo điện thoại", "x", ("7", "Chủ tịch UBND xã", "hôm qua"), "10/06/2021"),
        ("B12", "Sửa theo điện thoại", "x", ("7", "Chủ tịch UBND xã", "07/06/2049"), "tương lai"),
        ("B12", "Sửa theo điện thoại", "x", ("bảy", "Chủ tịch UBND xã", "07/06/2021"), "cần"),
        ("B12", "Sửa theo điện thoại", "x", ("7000", "Chủ tịch UBND xã", "07/06/2021"), "khoảng"),
        ("B12", "Sửa theo điện thoại", "x", ("", "Chủ tịch UBND xã", "07/06/2021"), "Giá trị mới"),
    ],
)
def test_one_wrong_row_and_nothing_is_written(
    desk: Path,
    cells: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    code: str,
    choice: str,
    why: str,
    more: tuple[str, ...],
    told: str,
) -> None:
    assert decide("--export", "so.xlsx") == 0
    book = openpyxl.load_workbook("so.xlsx")
    put(book, cells["B07"], "Trả lại", "có lý do")
    put(book, cells[code], choice, why, *more)
    book.save("so.xlsx")
    ended, found = answer(capsys, "decide", PERIOD, "--import", "so.xlsx", *WHO)
    assert ended == 2
    assert told in found["problem"]["found"]
    assert f"dòng {row_of(book, cells[code])}" in found["problem"]["found"]
    assert decided(desk) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--finding", "ô lạ", "--accept", *WHO, "--why", "x"), "QCDC-E54"),
        (("--finding", "E1", "--accept", "--why", "x"), "QCDC-E51"),
        (("--finding", "E1", "--accept", "--who", "Nguyễn Văn A", "--why", "x"), "QCDC-E51"),
        (("--finding", "E1", *WHO, "--why", "x"), "QCDC-E58"),
        (("--finding", "E1", "--accept", "--return", *WHO, "--why", "x"), "QCDC-E58"),
        (("--accept", *WHO, "--why", "x"), "QCDC-E58"),
        (("--export", "so.csv"), "QCDC-E52"),
        (("--import", "workspace.yaml", *WHO), "QCDC-E"),
    ],
)
def test_what_cannot_be_done_is_told(
    desk: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    assert decide(*arguments) == 2
    assert told in capsys.readouterr().err
    assert decided(desk) == []


@pytest.mark.usefixtures("desk")
def test_a_book_of_another_period_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert decide("--export", "so.xlsx") == 0
    assert qcdc("decide", "2020-H1", "--import", "so.xlsx", *WHO) == 2
    assert "QCDC-E53" in capsys.readouterr().err


def test_a_locked_period_takes_no_decision_until_it_is_reopened(
    desk: Path, cells: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    for step in ("open", "close", "lock"):
        assert qcdc("period", step, PERIOD, *WHO) == 0
    wish = ("--finding", f"{SHEET}!{cells['B12']}", "--accept", *WHO, "--why", "đúng")
    assert decide(*wish) == 2
    assert "QCDC-E57" in capsys.readouterr().err
    assert qcdc("period", "reopen", PERIOD, *WHO, "--why", "xã bổ sung") == 0
    assert decide(*wish) == 0
    assert [line["action"] for line in decided(desk)] == ["accept"]


def test_a_decision_may_be_taken_back(
    desk: Path, cells: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--finding", f"{SHEET}!{cells['B12']}")
    assert decide(*place, "--return", *WHO, "--why", "nhầm") == 0
    assert decide(*place, "--accept", *WHO, "--why", "đúng") == 2  # it is decided already
    assert decide(*place, "--withdraw", *WHO, "--why", "bấm nhầm") == 0
    _, found = answer(capsys, "decide", PERIOD)
    assert cells["B12"] in {row["cell"] for row in found["open"]}
    assert decide(*place, "--accept", *WHO, "--why", "đúng") == 0
    log = decision_log(decided(desk), PERIOD).set_index("action")
    assert log["is_in_force"].to_dict() == {"return": False, "withdraw": False, "accept": True}


def test_a_file_with_a_wrong_header_is_confirmed_once(desk: Path) -> None:
    (file,) = (desk / "raw" / PERIOD / UNIT).glob("*.xlsx")
    shutil.copy(next((ROOT / "raw" / PERIOD / UNIT).glob("*.xlsx")), file)
    book = openpyxl.load_workbook(file)
    for name in ("QCDC_UNIT", "QCDC_SUBJECT"):
        book.defined_names[name].attr_text = '"xa-mh-02"'
    book.save(file)
    run(desk)
    newest = f"{PERIOD}/{UNIT}/02"
    status = table(desk, "intake.submissions").set_index("submission_id")["status"]
    assert status[newest] == "returned"
    assert decide("--finding", newest, "--accept", *WHO, "--why", "x") == 2
    assert decide("--finding", newest, "--confirm", "", *WHO, "--why", "đã hỏi xã") == 0
    (line,) = decided(desk)
    said = {"unit": UNIT, "period": PERIOD, "form": "xa-2021", "round": "estimate"}
    assert {name: line[name] for name in said} == said
    run(desk)
    submissions = table(desk, "intake.submissions").set_index("submission_id")
    assert submissions.loc[newest, "status"] in {"accepted", "accepted_with_warnings"}
    assert OFFICE in submissions["reader_note"][newest]


def test_a_correction_does_not_follow_into_a_new_file(desk: Path, cells: dict[str, str]) -> None:
    told = ("--told-by", "Chủ tịch UBND xã", "--told-on", "07/06/2021")
    place = ("--finding", f"{SHEET}!{cells['B13']}")
    assert decide(*place, "--value", "5", *told, *WHO, "--why", "đã gọi") == 0
    (file,) = (desk / "raw" / PERIOD / UNIT).glob("*.xlsx")
    write(file, {"B13": 6, "B07": 30, "B14": 4, "B11": 300})
    run(desk)
    observed = on_sheet(desk)
    assert observed.loc[cells["B13"], "value"] == 6
    assert observed["decided"].isna().all()
    assert table(desk, "core.decisions")["is_applied"].tolist() == [False]
