"""A year by itself: 2 half-years, 200 files late, wrong, twice and sent again, crashes in between.

It must end in exactly the journal, the releases, the notices and the tables that it should, and in
what a run that nothing disturbed makes of the same raw/.
"""

import datetime as dt
import io
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import openpyxl
import pytest

from pipelines.analysis import open_warehouse
from pipelines.catalogue.load import load_catalogue
from pipelines.intake.journal import read_journal
from pipelines.intake.period_states import period_events
from pipelines.operations.noticing import record_sent, refresh
from pipelines.orchestration import release_papers, releasing
from pipelines.orchestration.automation import WHO
from pipelines.orchestration.receiving import late_files
from pipelines.orchestration.release_verify import issued_releases, verify
from pipelines.orchestration.releasing import Act, Signature
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.manifest import published_folder, read_manifest
from tests.cli.release.world import TO_SIGN, paper
from tests.end_to_end.simulated import Office, evaluate, moment, open_office, workbooks
from tests.orchestration.mini import fake_report

HALVES = {"2020-H1": "2020-06-04", "2020-H2": "2020-12-04"}  # due dates of the shipped requests
GRACE, LOCK = 4, 34  # days from the due date to the closing and to the lock
WRONG, TWICE, AGAIN, LATE = 6, 24, 8, 9  # senders, of 59 or 60


def again(data: bytes) -> bytes:
    """The same values in other bytes, as a clerk saves them once more."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.properties.description = "lần 2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def live_through(office: Office, period: str, due: str) -> None:
    """One half-year, from the opening to the lock and the report."""
    day = dt.date.fromisoformat(due)

    def on(days: int, hour: int = 9) -> dt.datetime:
        return moment((day + dt.timedelta(days=days)).isoformat(), hour)

    books = workbooks(period)
    senders = sorted(books)
    wrong, late = senders[:WRONG], senders[-LATE:]
    prompt = senders[WRONG:-LATE]

    office.at(on(-30, 0))
    office.hour()
    office.at(on(-7))
    for sender in wrong:  # cut off on the way
        name, data = books[sender]
        office.deliver(period, sender, name, data[: len(data) // 2])
    for number, sender in enumerate(prompt):  # a flood that the sensor sees grow
        office.deliver(period, sender, *books[sender])
        if number % 15 == 0:
            office.look()
    office.rest(crash_at="manifest.before_replace")
    office.hour()  # the reminder
    told(office, period)

    office.at(on(-1))
    for sender in wrong:  # the whole file under the same name
        office.deliver(period, sender, *books[sender])
    for sender in prompt[:TWICE]:  # the same bytes once more
        office.deliver(period, sender, f"gui-lai-{books[sender][0]}", books[sender][1])
    office.rest()
    office.at(on(2))
    for sender in late:
        office.deliver(period, sender, *books[sender])
    for sender in prompt[TWICE : TWICE + AGAIN]:
        office.deliver(period, sender, f"lan-2-{books[sender][0]}", again(books[sender][1]))
    office.rest(crash_at="store.after_replace")

    office.at(on(GRACE, 0))
    office.hour(crash_at="candidate.before_unlink")
    told(office, period)
    office.at(on(GRACE + 10))
    office.deliver(period, late[0], f"lan-3-{books[late[0]][0]}", again(books[late[0]][1]))
    office.rest()
    issue(office, period)
    office.at(on(LOCK, 0))
    office.hour()
    office.at(on(LOCK, 1))
    office.hour()
    told(office, period)
    office.at(on(LOCK + 3))
    office.deliver(period, late[1], f"qua-han-{books[late[1]][0]}", again(books[late[1]][1]))
    office.rest()


def told(office: Office, period: str) -> None:
    """Everything in the outbox is sent; asked again, there is nothing to send."""
    said = {"at": office.now, "who": "Chuyên viên tổng hợp", "channel": "giấy"}
    refresh(office.root, period, office.now)
    record_sent(office.root, period, **said)
    refresh(office.root, period, office.now)
    assert record_sent(office.root, period, **said) == []


def issue(office: Office, period: str) -> None:
    """The draft is submitted and issued."""
    published, catalogue = published_folder(office.root, period), load_catalogue()
    shutil.rmtree(published)
    pages = {"bao-cao.html": b"<h1>", "minh-chung/index.html": b"<h1>", TO_SIGN: paper()}
    for name, data in pages.items():
        (published / name).parent.mkdir(parents=True, exist_ok=True)
        (published / name).write_bytes(data)
    prepared = Act(office.now, "Chuyên viên tổng hợp")
    release = releasing.submit(office.root, catalogue, period, prepared, "Phó Trưởng ban")
    signature = Signature("15", office.now.date(), "Trưởng ban")
    act = Act(office.now, "Văn thư", "số liệu minh họa")
    releasing.issue(office.root, catalogue, release.release_id, act, signature)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("year")
    with pytest.MonkeyPatch.context() as patch:
        fake_report(patch)

        def pages(_wh: object, _period: str, _papers: Path, site: Path) -> None:
            site.mkdir(parents=True)
            (site / "index.html").write_text("<h1>", encoding="utf-8")

        patch.setattr(release_papers, "write_pages", pages)
        office = open_office(folder, HALVES, moment("2020-05-01"), patch)
        for period, due in HALVES.items():
            live_through(office, period, due)
    return office


@pytest.fixture(scope="module")
def undisturbed(year: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same raw/ as it stood before the locks, evaluated once, in order.

    The line of a lock comes after the last run, and with it the time that the tables would tell.
    """
    root = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(year.root / "raw", root / "raw")
    for period in HALVES:
        for path, _ in late_files(year.root, period):
            (root / path).unlink()
        journal = journal_path(root, period)
        lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if json.loads(line).get("action") != "lock"]
        assert len(kept) == len(lines) - 1
        journal.write_text("".join(kept), encoding="utf-8")
    (root / "workspace.yaml").write_bytes((year.root / "workspace.yaml").read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        fake_report(patch)
        for period in HALVES:
            evaluate(root, period, dg.DagsterInstance.ephemeral())
    return root


def entries(office: Office, period: str) -> list[dict[str, str]]:
    return list(read_journal(journal_path(office.root, period)).entries)


pytestmark = pytest.mark.long


def test_about_two_hundred_files_in_few_runs(year: Office) -> None:
    books = sum(len(workbooks(period)) for period in HALVES)
    assert len(year.sent) == books + len(HALVES) * (WRONG + TWICE + AGAIN + 2)
    assert len(year.sent) > 195
    assert Counter(run for run in year.runs if "✗" in run) == dict.fromkeys(
        [f"{period} ✗" for period in HALVES], 3
    )
    assert len(year.runs) <= 2 * (3 + 8)


@pytest.mark.parametrize("period", HALVES)
def test_each_step_stands_once_in_the_journal(year: Office, period: str) -> None:
    due = dt.date.fromisoformat(HALVES[period])
    events = period_events(entries(year, period))
    assert [(event.action, event.at[:13], event.who) for event in events] == [
        ("open", f"{due - dt.timedelta(days=30)}T00", WHO),
        ("close", f"{due + dt.timedelta(days=GRACE)}T00", WHO),
        ("lock", f"{due + dt.timedelta(days=LOCK)}T00", WHO),
    ]


@pytest.mark.parametrize("period", HALVES)
def test_every_file_before_the_lock_has_one_receipt(year: Office, period: str) -> None:
    sent = [pair for pair in year.sent if pair[0].startswith(f"raw/{period}/")]
    late = [path for path, _ in late_files(year.root, period)]
    assert len(late) == 1
    assert "qua-han-" in late[0]
    received = [e for e in entries(year, period) if e["event"] == "received"]
    assert Counter((e["path"], e["sha256"]) for e in received) == Counter(
        pair for pair in sent if pair[0] not in late
    )


@pytest.mark.parametrize("period", HALVES)
def test_the_newest_valid_file_of_every_sender_stands(year: Office, period: str) -> None:
    submissions = open_warehouse(root=year.root).table("intake.submissions", period=period)
    states = Counter(submissions["status"].str.partition("_")[0])
    assert states["duplicate"] == TWICE
    # those cut off lay under the name of the whole file, whose bytes have replaced them
    assert states["superseded"] == WRONG + AGAIN + 1
    assert states.total() == states["duplicate"] + states["superseded"] + len(workbooks(period))
    standing = submissions[submissions["status"].str.startswith("accepted")]
    assert standing["provider"].is_unique


@pytest.mark.parametrize("period", HALVES)
def test_nobody_is_told_twice(year: Office, period: str) -> None:
    notices = [e for e in entries(year, period) if e["event"] == "notice"]
    assert len(notices) == len({e["fingerprint"] for e in notices})
    returned = {e["unit_id"] for e in notices if e["kind"] == "returned"}
    assert set(sorted(workbooks(period))[:WRONG]) <= returned


def test_the_releases_are_as_they_were_issued(year: Office) -> None:
    assert [each.release_id for each in issued_releases(year.root)] == ["2020-H1/01", "2020-H2/01"]
    for release in issued_releases(year.root):
        assert [each.path for each in verify(year.root, release) if not each.is_note] == []


def test_the_tables_are_those_of_an_undisturbed_run(year: Office, undisturbed: Path) -> None:
    assert hashes(year.root) == hashes(undisturbed)


def hashes(root: Path) -> dict[tuple[str, str], str]:
    """Hash of every table of every period."""
    return {
        (name, period): entry.hash
        for name, periods in read_manifest(root).tables.items()
        for period, entry in periods.items()
    }


def test_the_disk_is_bounded(
    year: Office, undisturbed: Path, record_property: Callable[[str, object], None]
) -> None:
    once, grown = size(undisturbed / "warehouse"), size(year.root / "warehouse")
    record_property("bytes", f"{grown} after {len(year.runs)} runs, {once} after one of each half")
    assert grown < once * len(year.runs)


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
