"""Backup and restore: what comes back, what is refused, what a crash leaves."""

import datetime as dt
import gzip
import io
import json
import os
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipelines.catalogue.operations import operations_rules
from pipelines.intake.journal import append
from pipelines.operations import backup as backup_module
from pipelines.operations import restore as restore_module
from pipelines.operations.backup import write_backup
from pipelines.operations.backup_archive import LIST, is_allowed, read_listing
from pipelines.operations.doctor import examine
from pipelines.operations.doctor_backup import BACKUP_CHECKS, backup_facts
from pipelines.operations.doctor_model import BackupFacts, Facts
from pipelines.operations.restore import NOTE, restore
from pipelines.orchestration.problems import Stopped
from pipelines.orchestration.release_verify import issued_releases, verify
from pipelines.warehouse.errors import RestoreUnfinished
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.manifest import Manifest, TableEntry, read_manifest
from tests.cli.calls import answer, qcdc
from tests.orchestration.mini import digests
from tests.upgrades.before import unpack

AT = "2021-07-01T08:00:00+07:00"
KILLED = 9
JOURNAL = "raw/2021-H1/journal.jsonl"


TABLE = f"core/observations/2021-H1/{'3f' * 16}.parquet"
HISTORY = ".dagster/history/runs.db"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project: a journal, files, a table, a page, a history; look, do not touch."""
    root = tmp_path_factory.mktemp("project")
    line = {"at": AT, "who": "văn thư", "event": "period", "period": "2021-H1", "action": "open"}
    append(root / JOURNAL, line)
    entry = TableEntry(files=(TABLE,), rows=1, hash="0" * 64)
    manifest = Manifest(tables={"core.observations": {"2021-H1": entry}})
    files = {
        "workspace.yaml": "load_from: []\n",
        "dagster.yaml": "telemetry: {enabled: false}\n",
        "raw/2021-H1/xa-mh-01/biểu 1.xlsx": "số liệu minh họa " * 5_000,
        "raw/2021-H1/releases/01/release.json": "{}",
        "warehouse/manifest.json": manifest.to_json(),
        f"warehouse/{TABLE}": "rows",
        "warehouse/published/2021-H1/bao-cao.html": "<h1>",
        ".dagster/dagster.yaml": "telemetry: {enabled: false}\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / HISTORY).parent.mkdir()
    with closing(sqlite3.connect(root / HISTORY)) as runs:
        runs.execute("CREATE TABLE runs AS SELECT 4 AS n")
        runs.commit()
    return root


@pytest.fixture(scope="module")
def archive(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_backup(project, tmp_path_factory.mktemp("out") / "b.tar.gz", at=AT)


def refused(action: Callable[[], object]) -> str:
    """The code with which something is refused."""
    with pytest.raises(Stopped) as stopped:
        action()
    return stopped.value.problem.code


def test_what_was_wiped_comes_back(tmp_path: Path) -> None:
    root = unpack(tmp_path / "p")
    before, tables = digests(root), read_manifest(root).tables
    made = write_backup(root, tmp_path / "b.tar.gz", at=AT)
    shutil.rmtree(root)
    done = restore(made, root)
    assert (read_manifest(root).tables, done.aside) == (tables, None)
    kept = digests(root)
    gone = {name for name, digest in before.items() if kept.get(name) != digest}
    named = {f"warehouse/{name}" for name in read_manifest(root).files()}
    assert gone
    assert not gone & named
    assert all(name.endswith(".parquet") for name in gone), "tables that no manifest names"
    (release,) = issued_releases(root)
    assert not [each for each in verify(root, release) if not each.is_note]
    with closing(sqlite3.connect(root / HISTORY)) as runs:
        assert runs.execute("SELECT count(*) FROM runs").fetchone() == (4,)


def test_nothing_is_left_beside_what_comes_back(
    project: Path, archive: Path, tmp_path: Path
) -> None:
    done = restore(archive, tmp_path)
    assert digests(tmp_path) == digests(project)
    names = {".dagster", "dagster.yaml", "raw", "warehouse", "workspace.yaml"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert (done.aside, set(done.places)) == (None, names)


def test_the_archive_is_private_and_the_same_for_the_same_files(
    project: Path, archive: Path, tmp_path: Path
) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    again = write_backup(project, tmp_path / "again.tar.gz", at=AT)
    assert again.read_bytes() == archive.read_bytes()
    assert list(tmp_path.iterdir()) == [again], "no half-written file"
    with tarfile.open(archive) as tar:
        assert {(m.uid, m.uname, m.mtime, m.mode) for m in tar} == {(0, "", 0, 0o600)}


def test_links_and_half_written_files_stay_out(project: Path, tmp_path: Path) -> None:
    root = shutil.copytree(project, tmp_path / "p", ignore=shutil.ignore_patterns(".dagster"))
    (tmp_path / "secret").write_text("secret")
    (root / "raw" / "link.xlsx").symlink_to(tmp_path / "secret")
    (root / "raw" / ".a.xlsx.7.tmp").write_text("half")
    (root / "warehouse" / "core" / "unnamed.parquet").write_text("garbage")
    listing = read_listing(write_backup(root, tmp_path / "b.tar.gz", at=AT), "0.1.0")
    names = {member.name for member in listing.members}
    assert listing.left_out == ("raw/link.xlsx",)
    assert not {name for name in names if "link" in name or "tmp" in name or "unnamed" in name}
    assert listing.run_history == "none"


def test_a_history_in_postgres_is_said_to_be_elsewhere(project: Path, tmp_path: Path) -> None:
    root = shutil.copytree(project, tmp_path / "p")
    with (root / ".dagster" / "dagster.yaml").open("a", encoding="utf-8") as settings:
        settings.write("storage:\n  postgres: {postgres_url: {env: QCDC_PG}}\n")
    listing = read_listing(write_backup(root, tmp_path / "b.tar.gz", at=AT), "0.1.0")
    assert listing.run_history == "postgres"
    assert not [m.name for m in listing.members if m.name.endswith(".db")]


def test_a_database_that_is_being_written_is_copied_whole(project: Path, tmp_path: Path) -> None:
    root = shutil.copytree(project, tmp_path / "p")
    path = root / HISTORY
    with closing(sqlite3.connect(path)) as writing:
        writing.execute("PRAGMA journal_mode=WAL")
        writing.execute("CREATE TABLE more (n INTEGER)")
        writing.execute("INSERT INTO more VALUES (7)")
        writing.commit()
        made = write_backup(root, tmp_path / "b.tar.gz", at=AT)
    restore(made, tmp_path / "new")
    with closing(sqlite3.connect(tmp_path / "new" / HISTORY)) as copied:
        assert copied.execute("SELECT n FROM more").fetchone() == (7,)


def test_nothing_is_saved_that_misses_a_table(project: Path, tmp_path: Path) -> None:
    root = shutil.copytree(project, tmp_path / "p")
    next((root / "warehouse" / "core").rglob("*.parquet")).unlink()
    assert refused(lambda: write_backup(root, tmp_path / "b.tar.gz", at=AT)) == "QCDC-E125"
    assert not list(tmp_path.glob("*.gz"))
    assert not list(tmp_path.glob(".*"))
    assert refused(lambda: write_backup(tmp_path, tmp_path / "c.tar.gz", at=AT)) == "QCDC-E124"


@pytest.mark.parametrize("place", [0.001, 0.3, 0.6, 0.9, 0.999])
def test_a_flipped_byte_is_refused(archive: Path, tmp_path: Path, place: float) -> None:
    data = bytearray(archive.read_bytes())
    data[int(len(data) * place)] ^= 0x10
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(data)
    assert refused(lambda: restore(broken, tmp_path / "new")) == "QCDC-E120"
    assert not (tmp_path / "new").exists()


def test_a_cut_archive_is_refused(archive: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.tar.gz"
    short.write_bytes(archive.read_bytes()[:-2000])
    assert refused(lambda: restore(short, tmp_path / "new")) == "QCDC-E120"
    short.write_text("no archive")
    assert refused(lambda: restore(short, tmp_path / "new")) == "QCDC-E120"


def forged(archive: Path, target: Path, edit: Callable[[dict[str, bytes]], Any]) -> Path:
    """The archive with other members, and a list that fits them unless it was edited too."""
    with tarfile.open(archive) as tar:
        members = {m.name: tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr] # plain files
    extra = edit(members) or []
    with gzip.open(target, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for info in extra:
            tar.addfile(info)
    return target


def _link(kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo("raw/x")
    info.type, info.linkname = kind, "/etc/passwd"
    return info


def _put(name: str) -> Callable[[dict[str, bytes]], None]:
    def edit(members: dict[str, bytes]) -> None:
        listing = members.pop(LIST)
        members[name] = b"x"
        members[LIST] = listing

    return edit


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (_put("../outside"), "QCDC-E121"),
        (_put("/etc/cron.d/x"), "QCDC-E121"),
        (_put("raw/../../outside"), "QCDC-E121"),
        (_put("pipelines/cli.py"), "QCDC-E121"),
        (_put("raw/unlisted.xlsx"), "QCDC-E120"),
        (lambda _: [_link(tarfile.SYMTYPE)], "QCDC-E121"),
        (lambda _: [_link(tarfile.LNKTYPE)], "QCDC-E121"),
        (lambda _: [_link(tarfile.FIFOTYPE)], "QCDC-E121"),
        (lambda members: members.pop(JOURNAL) and None, "QCDC-E120"),
        (lambda members: members.pop(LIST) and None, "QCDC-E120"),
    ],
)
def test_what_an_archive_may_not_hold(
    archive: Path, tmp_path: Path, edit: Callable[[dict[str, bytes]], Any], code: str
) -> None:
    made = forged(archive, tmp_path / "forged.tar.gz", edit)
    assert refused(lambda: restore(made, tmp_path / "new")) == code
    assert not (tmp_path / "new").exists()
    assert list(tmp_path.iterdir()) == [made]


@pytest.mark.parametrize("change", [{"format": 2}, {"code": "0.10.0"}, {"code": "1.0.0"}])
def test_an_archive_of_a_later_program_is_refused(
    archive: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    def later(members: dict[str, bytes]) -> None:
        members[LIST] = json.dumps(json.loads(members[LIST]) | change).encode()

    made = forged(archive, tmp_path / "later.tar.gz", later)
    assert refused(lambda: restore(made, tmp_path / "new")) == "QCDC-E122"


def test_names() -> None:
    assert is_allowed("raw/2021-H1/xã/biểu 1.xlsx")
    for name in ("raw//a", "./raw/a", "raw", "raw/../a", "/raw/a", "", "dagster.yaml/x", "a/raw"):
        assert not is_allowed(name), name


def test_files_whose_names_are_odd_come_back(project: Path, tmp_path: Path) -> None:
    root = shutil.copytree(project, tmp_path / "p")
    odd = (b"bi\xe1\xbb\x83u\xe2\x80\x8b.xlsx", b"a\\b.xlsx", b"two\nlines.xlsx", b"\xff\xfe.xlsx")
    for name in odd:
        (root / "raw" / os.fsdecode(name)).write_bytes(name)
    made = write_backup(root, tmp_path / "b.tar.gz", at=AT)
    restore(made, tmp_path / "new")
    for name in odd:
        assert (tmp_path / "new" / "raw" / os.fsdecode(name)).read_bytes() == name


def test_a_broken_history_is_left_out(project: Path, tmp_path: Path) -> None:
    root = shutil.copytree(project, tmp_path / "p")
    data = (root / HISTORY).read_bytes()
    (root / HISTORY).write_bytes(data[:40] + b"\xff" * (len(data) - 40))
    listing = read_listing(write_backup(root, tmp_path / "b.tar.gz", at=AT), "0.1.0")
    assert listing.left_out == ("dagster/history/runs.db",)
    assert JOURNAL in {member.name for member in listing.members}


@pytest.mark.parametrize("note", ["", "{}", '{"archive": "b", "sha256": "0", "aside": "../raw"}'])
def test_a_note_that_says_nothing_is_not_guessed(
    project: Path, archive: Path, tmp_path: Path, note: str
) -> None:
    root = shutil.copytree(project, tmp_path / "p")
    (root / NOTE).write_text(note)
    before = digests(root)
    assert refused(lambda: restore(archive, root, replace=True)) == "QCDC-E127"
    assert digests(root) == before


def test_a_folder_with_a_project_is_left_alone_unless_asked(
    project: Path, archive: Path, tmp_path: Path
) -> None:
    root = shutil.copytree(project, tmp_path / "p", ignore=shutil.ignore_patterns(".dagster"))
    (root / "raw" / "mine.xlsx").write_text("mine")
    (root / "dagster.yaml").write_text("# mine")
    before = digests(root)
    assert refused(lambda: restore(archive, root)) == "QCDC-E126"
    assert digests(root) == before
    done = restore(archive, root, replace=True)
    assert digests(root) == digests(project)
    assert done.aside is not None
    assert (root / done.aside / "raw" / "mine.xlsx").read_text() == "mine", "never deleted"
    assert (root / "dagster.yaml").read_text() == "# mine", "settings of the place stay"
    (root / "raw" / "mine.xlsx").write_text("later")
    again = restore(archive, root, replace=True)
    assert again.aside not in {None, done.aside}
    assert (root / str(again.aside) / "raw" / "mine.xlsx").read_text() == "later"


def killed(action: Callable[[], object], module: object, name: str, call: int) -> None:
    """Run something in a process that ends for good at the given call of a function."""
    child = os.fork()
    if child == 0:
        calls, function = iter(range(call)), getattr(module, name)

        def ending(*arguments: Any, **named: Any) -> Any:
            if next(calls, None) is None:
                os._exit(KILLED)
            return function(*arguments, **named)

        setattr(module, name, ending)
        action()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED


@pytest.mark.parametrize(("name", "call"), [("_member", 2), ("_member", 7), ("read_listing", 0)])
def test_a_crash_leaves_no_archive(project: Path, tmp_path: Path, name: str, call: int) -> None:
    out = tmp_path / "b.tar.gz"
    killed(lambda: write_backup(project, out, at=AT), backup_module, name, call)
    assert not list(tmp_path.glob("*.gz"))
    assert write_backup(project, out, at=AT) == out
    assert read_listing(out, "0.1.0").members


# while it unpacks nothing has changed; while it swaps, the root says so
@pytest.mark.parametrize(("name", "call", "said"), [("_copy", 3, False), ("occupied", 1, True)])
def test_a_restore_that_was_cut_can_be_done_again(
    project: Path, archive: Path, tmp_path: Path, name: str, call: int, *, said: bool
) -> None:
    root = shutil.copytree(project, tmp_path / "p", ignore=shutil.ignore_patterns(".dagster"))
    (root / "raw" / "mine.xlsx").write_text("mine")
    before = digests(root)
    killed(lambda: restore(archive, root, replace=True), restore_module, name, call)
    assert (root / NOTE).exists() is said
    assert digests(root) == before
    if said:
        with pytest.raises(RestoreUnfinished), writer_lock(root):
            pass
    done = restore(archive, root, replace=not said)
    assert digests(root) == digests(project)
    assert (root / str(done.aside) / "raw" / "mine.xlsx").is_file()


@pytest.mark.parametrize("renames", range(6))
def test_cut_between_any_two_renames(
    project: Path, archive: Path, tmp_path: Path, renames: int
) -> None:
    root = shutil.copytree(project, tmp_path / "p")
    (root / "raw" / "mine.xlsx").write_text("mine")
    killed(lambda: restore(archive, root, replace=True), restore_module, "_rename", renames)
    with pytest.raises(RestoreUnfinished), writer_lock(root):
        pass
    done = restore(archive, root)
    assert digests(root) == digests(project)
    assert not (root / NOTE).exists()
    assert (root / str(done.aside) / "raw" / "mine.xlsx").read_text() == "mine"
    assert (root / str(done.aside) / ".dagster").is_dir()


def test_typed_at_the_command_line(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = shutil.copytree(project, tmp_path / "p")
    monkeypatch.chdir(root)
    code, made = answer(capsys, "backup")
    assert code == 0
    path = Path(made["path"])
    assert path.parent == root / "sao-luu"
    code, told = answer(capsys, "restore", str(path))
    assert (code, told["problem"]["code"]) == (2, "QCDC-E126")
    code, told = answer(capsys, "restore", str(path), "--into", str(tmp_path / "new"))
    assert (code, told["aside"]) == (0, None)
    assert qcdc("backup", "--out", str(tmp_path / "elsewhere")) == 0
    assert "0600" in capsys.readouterr().out
    assert len(list((tmp_path / "elsewhere").glob("qcdc-*.tar.gz"))) == 1


def asked(facts: BackupFacts) -> list[tuple[str, str]]:
    """What the doctor says of backups on a day."""
    now = dt.datetime.fromisoformat(AT)
    limits = operations_rules().doctor
    told = examine(Facts(Path(), Path(), now, 0.0, limits, backup=facts), BACKUP_CHECKS)
    return [(each.check, each.level) for each in told if each.level != "ok"]


def test_the_doctor_asks_for_a_recent_one() -> None:
    now, days = dt.datetime.fromisoformat(AT), dt.timedelta
    assert asked(BackupFacts(newest=now - days(6))) == []
    assert asked(BackupFacts(newest=now - days(8))) == [("backup", "warning")]
    assert asked(BackupFacts(expected=True)) == [("backup", "warning")]
    assert asked(BackupFacts()) == [], "a project on somebody's own machine"
    assert asked(BackupFacts(restoring=True)) == [("restore", "error")]


def test_the_doctor_finds_archives_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert backup_facts(tmp_path) == BackupFacts()
    (tmp_path / "qcdc-20210630-021500.tar.gz").touch()
    (tmp_path / "qcdc-of-somebody.tar.gz").touch()
    (tmp_path / NOTE).touch()
    monkeypatch.setenv("QCDC_BACKUPS", str(tmp_path))
    newest = dt.datetime.fromisoformat("2021-06-30T02:15:00+07:00")
    assert backup_facts(tmp_path) == BackupFacts(restoring=True, expected=True, newest=newest)
