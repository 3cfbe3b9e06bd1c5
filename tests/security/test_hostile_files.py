"""Files that mean harm are told apart, nothing outside is touched, and nobody else waits for it."""

import datetime as dt
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.intake.container import UnreadableWorkbook
from pipelines.intake.formats.opening import counts_of, names_of, open_book
from pipelines.intake.journal import JournalError, append, read_journal
from pipelines.intake.receipts import LARGEST, TOO_HEAVY
from pipelines.intake.workers import read_safely
from pipelines.orchestration import steps
from pipelines.orchestration.filing import Registry, Said
from pipelines.orchestration.problems import Stopped
from pipelines.orchestration.receiving import nameless_files, receive_new
from tests.intake import containers_made as made
from tests.orchestration.mini import PERIOD, PROVIDERS, build
from tests.security import hostile
from tests.security.hostile import GOOD, SECRET, put, with_member, workbook

AT = dt.datetime(2021, 6, 8, 9, tzinfo=dt.timezone(dt.timedelta(hours=7)))
MEMORY, SECONDS = 700 << 20, 30.0
NAMES = {
    "a\nb.xlsx": "line end", "\x1b[31mred.xlsx": "colour of a terminal",
    "\u202egnp.xlsx": "right to left", "-rf.xlsx": "an option", "x" * 240 + ".xlsx": "long",
    "CON.xlsx": "a device", "a;b|c&d$(e).xlsx": "a shell", "😀.xlsx": "a picture",
}  # fmt: skip


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder beside the project with something to find in it."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret.xlsx").write_bytes(workbook(A1=SECRET))
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def harmed(tmp_path_factory: pytest.TempPathFactory, outside: Path) -> Path:
    """A project whose senders mean harm; its folder has a name that means harm, too."""
    root = tmp_path_factory.mktemp("top") / "dự án'; DROP TABLE x; --"
    root.mkdir()
    build(root)
    put(root, {"bomb.xlsx": hostile.zip_bombs()["zeros"]}, "xa-mh-04")
    doctype = hostile.xml_bombs(GOOD.read_bytes(), "xl/workbook.xml", outside / "secret.txt")
    put(root, {"entities.xlsx": doctype["external"]}, "xa-mh-05")
    put(root, {"traverse.xlsx": with_member(workbook(), "../../../harm.txt", b"x")}, "xa-mh-06")
    put(root, {name: workbook(A1=said) for name, said in NAMES.items()}, "xa-mh-07")
    put(
        root,
        {f"{said.replace('/', '')}.xlsx": workbook(A1=said) for said in hostile.SQL},
        "xa-mh-08",
    )
    folder = root / "raw" / PERIOD / "xa-mh-09"
    folder.mkdir()
    (folder / "link.xlsx").symlink_to(outside / "secret.xlsx")
    (folder / "folder").symlink_to(outside)
    with (folder / "heavy.xlsx").open("wb") as stream:
        stream.truncate(LARGEST + 1)  # sparse: takes no room
    units = steps.reference_tables(root, load_catalogue())["ref.units"]["unit_id"].tolist()
    put(root, {"\udcff\udcfe.xlsx": workbook()}, "xa-mh-10")
    receive_new(root, PERIOD, units, at=AT, who="kiểm thử")
    return root


@pytest.fixture(scope="module")
def tables(harmed: Path) -> steps.Tables:
    return steps.ingest(harmed, load_catalogue(), PERIOD)


@pytest.fixture
def sent(tables: steps.Tables) -> pd.DataFrame:
    frame = tables["intake.submissions"]
    return frame.assign(name=frame["path"].str.rsplit("/", n=1).str[-1]).set_index("name")


@pytest.fixture(autouse=True)
def _nothing_outside_is_touched(outside: Path) -> Iterator[None]:
    yield
    assert sorted(path.name for path in outside.iterdir()) == ["secret.txt", "secret.xlsx"]
    assert not (outside.parent / "harm.txt").exists()
    assert not Path("harm.csv").exists()
    assert not Path("harm.db").exists()


def test_the_others_are_accepted_whatever_one_sends(tables: steps.Tables) -> None:
    frame = tables["intake.submissions"]
    ours = frame[frame["provider"].isin(PROVIDERS)]
    assert set(ours["status"]) == {"accepted"}
    assert not frame["status"].isna().any()


def test_path_traversal_through_an_archive(sent: pd.DataFrame) -> None:
    assert sent.loc["traverse.xlsx", "status"] == "refused"
    assert "an toàn" in str(sent.loc["traverse.xlsx", "reason"])


@pytest.mark.parametrize("member", ["../harm.txt", "/harm.txt", "a/../../harm.txt", "..\\harm.txt"])
def test_path_traversal_names_of_members(member: str) -> None:
    with pytest.raises(UnreadableWorkbook) as refused:
        open_book(with_member(workbook(), member, b"x"))
    assert (refused.value.code, refused.value.status) == ("bomb", "refused")


@pytest.mark.parametrize("path", ["../outside/secret.xlsx", "/etc/passwd", "raw/../../secret.xlsx"])
def test_path_traversal_through_a_journal(path: str, tmp_path: Path) -> None:
    line = {
        "at": AT.isoformat(), "who": "ai đó", "event": "received", "sha256": "00",
        "submission_id": f"{PERIOD}/xa-mh-01/01", "path": path,
    }  # fmt: skip
    with pytest.raises(JournalError, match="leads out"):
        append(tmp_path / "journal.jsonl", line)
    assert not (tmp_path / "journal.jsonl").exists()


@pytest.mark.parametrize("said", ["../../outside", "/etc", "xa-mh-01/../../.."])
def test_path_traversal_through_what_is_said_of_a_file(
    said: str, harmed: Path, tmp_path: Path
) -> None:
    registry = _registry(harmed)
    (tmp_path / "a.xlsx").write_bytes(workbook())
    for given in (Said(PERIOD, said, False, {}), Said(said, "xa-mh-01", False, {})):
        with pytest.raises(Stopped) as stopped:
            registry.receive([tmp_path / "a.xlsx"], given)
        assert stopped.value.problem.code.startswith("QCDC-E")


def test_path_traversal_through_what_a_file_says_of_itself(harmed: Path, tmp_path: Path) -> None:
    data = made.zipped(_members_of(GOOD.read_bytes(), b"../../../outside"))
    (tmp_path / "a.xlsx").write_bytes(data)
    assert names_of(data)["QCDC_UNIT"] == "../../../outside"
    with pytest.raises(Stopped):
        _registry(harmed).receive([tmp_path / "a.xlsx"], Said(None, None, False, {}))


def _members_of(data: bytes, unit: bytes) -> dict[str, bytes]:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    found["xl/workbook.xml"] = found["xl/workbook.xml"].replace(b"xa-mh-02", unit)
    return found


def _registry(root: Path) -> Registry:
    catalogue = load_catalogue()
    units = steps.reference_tables(root, catalogue)["ref.units"]
    return Registry(root, catalogue, units, newest=PERIOD, at=AT, who="kiểm thử")


@pytest.mark.parametrize("bomb", ["zeros", "unused", "nested", "many", "lying"])
def test_zip_bomb_is_not_unpacked(bomb: str) -> None:
    data = hostile.zip_bombs()[bomb]
    started = time.monotonic()
    if bomb == "nested":  # an archive in an archive is nobody's to unpack
        assert read_safely(counts_of, (data,), seconds=SECONDS, memory_bytes=MEMORY) == {"Sheet": 2}
        return
    with pytest.raises(UnreadableWorkbook) as refused:
        read_safely(counts_of, (data,), seconds=SECONDS, memory_bytes=MEMORY)
    assert refused.value.code == ("broken" if bomb == "lying" else "bomb")
    assert time.monotonic() - started < SECONDS


def test_zip_bomb_among_files_is_told(sent: pd.DataFrame) -> None:
    assert sent.loc["bomb.xlsx", "status"] == "refused"


WORD = made.docx(made.paragraph("Kính gửi: Ban Chỉ đạo huyện"))
MEMBERS = [
    ("xl/workbook.xml", GOOD), ("xl/worksheets/sheet1.xml", GOOD), ("xl/styles.xml", GOOD),
    ("word/document.xml", WORD),
]  # fmt: skip


@pytest.mark.parametrize(("member", "source"), MEMBERS)
@pytest.mark.parametrize("attack", ["laughs", "external", "dtd", "parameter"])
def test_xml_bomb_is_refused(member: str, source: Path | bytes, attack: str, outside: Path) -> None:
    data = source if isinstance(source, bytes) else source.read_bytes()
    bomb = hostile.xml_bombs(data, member, outside / "secret.txt")[attack]
    with pytest.raises(UnreadableWorkbook) as refused:
        open_book(bomb)
    assert (refused.value.code, refused.value.status) == ("entities", "refused")
    assert SECRET not in str(refused.value)


def test_xml_bomb_among_files_is_told(sent: pd.DataFrame) -> None:
    assert sent.loc["entities.xlsx", "status"] == "refused"


@pytest.mark.parametrize("attack", ["laughs", "external"])
def test_xml_bomb_in_what_only_the_answer_opens(attack: str, outside: Path) -> None:
    secret = outside / "secret.txt"
    bomb = hostile.xml_bombs(GOOD.read_bytes(), "docProps/core.xml", secret)[attack]
    answer = hostile.answered(bomb, memory_bytes=MEMORY, seconds=SECONDS)
    cells = open_book(answer).cells
    assert len(cells), "the sender gets an answer"
    assert not cells["text"].str.contains(SECRET, regex=False).any()
    assert SECRET.encode() not in answer


def test_oversize_lying_in_raw_is_refused_unread(sent: pd.DataFrame) -> None:
    assert sent.loc["heavy.xlsx", "status"] == "refused"
    assert sent.loc["heavy.xlsx", "reason"] == TOO_HEAVY
    assert sent.loc["heavy.xlsx", "size"] == LARGEST + 1


def test_oversize_at_the_desk_is_refused(harmed: Path, tmp_path: Path) -> None:
    with (tmp_path / "heavy.xlsx").open("wb") as stream:
        stream.truncate(LARGEST + 1)
    with pytest.raises(Stopped) as stopped:
        _registry(harmed).receive([tmp_path / "heavy.xlsx"], Said(PERIOD, "xa-mh-01", False, {}))
    assert stopped.value.problem.code == "QCDC-E21"


def test_symlink_in_raw_is_not_followed(tables: steps.Tables, harmed: Path) -> None:
    paths = tables["intake.submissions"]["path"]
    assert not paths.str.contains("link.xlsx|folder", regex=True).any()
    said = "\n".join(frame.to_csv() for name, frame in tables.items() if name[:3] != "ref")
    assert SECRET not in said
    assert (harmed / "raw" / PERIOD / "xa-mh-09" / "link.xlsx").is_symlink()


def test_symlink_in_raw_is_not_received(harmed: Path) -> None:
    link = harmed / "raw" / PERIOD / "xa-mh-09" / "link.xlsx"
    with pytest.raises(Stopped):
        _registry(harmed).receive([link], Said(PERIOD, None, False, {}))


def test_symlink_in_raw_in_the_journals_place_is_not_written_through(
    tmp_path: Path, outside: Path
) -> None:
    (tmp_path / "journal.jsonl").symlink_to(outside / "secret.txt")
    line = {
        "at": AT.isoformat(),
        "who": "ai đó",
        "event": "period",
        "period": PERIOD,
        "action": "open",
    }
    with pytest.raises((OSError, JournalError)):
        append(tmp_path / "journal.jsonl", line)
    assert (outside / "secret.txt").read_text(encoding="utf-8") == SECRET


@pytest.mark.parametrize("said", hostile.SQL)
def test_sql_through_names_is_text(said: str, tables: steps.Tables, sent: pd.DataFrame) -> None:
    assert sent.loc[f"{said.replace('/', '')}.xlsx", "status"] == "returned"
    assert len(tables["ref.units"]) > 100


@pytest.mark.parametrize("name", NAMES)
def test_hostile_file_names_are_kept_as_they_are(name: str, sent: pd.DataFrame) -> None:
    assert sent.loc[name, "status"] == "returned"


def test_hostile_file_names_that_no_journal_holds_wait_and_hold_up_nobody(
    harmed: Path, sent: pd.DataFrame, tmp_path: Path
) -> None:
    [path] = nameless_files(harmed, PERIOD)
    assert os.fsencode(path.name) == b"\xff\xfe.xlsx"
    assert not sent["path"].str.contains("xa-mh-10").any()
    assert all("xa-mh-10" not in str(e.get("path")) for e in read_journal(
        steps.journal_path(harmed, PERIOD)
    ).entries)  # fmt: skip
    target = tmp_path / path.name
    target.write_bytes(path.read_bytes())
    with pytest.raises(Stopped) as stopped:
        _registry(harmed).receive([target], Said(PERIOD, "xa-mh-01", False, {}))
    assert stopped.value.problem.code == "QCDC-E160"
