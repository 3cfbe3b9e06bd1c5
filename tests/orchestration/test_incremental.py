"""What is kept of earlier runs changes no table: random arrivals, damage, deletion."""

import datetime as dt
import os
import random
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import openpyxl
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.intake.batch import FileTask
from pipelines.intake.collected import FileReading
from pipelines.intake.kept_readings import DAMAGES, segment, unpacked
from pipelines.intake.known_hashes import KnownHashes
from pipelines.intake.receipts import sha256_of
from pipelines.intake.refusal import UnreadableWorkbook
from pipelines.orchestration import publishing, steps
from pipelines.orchestration.kept_files import KeptReadings, hashes_known, readings_folder
from pipelines.orchestration.states import DRAFT, state_of
from pipelines.places.naming import Directory
from pipelines.warehouse.hashing import table_hash
from pipelines.warehouse.manifest import read_manifest
from tests.orchestration import changing
from tests.orchestration.changing import DN, XA, read_here
from tests.orchestration.mini import PERIOD

AT = dt.datetime(2021, 6, 12, 9, tzinfo=dt.timezone(dt.timedelta(hours=7)))
LONG_AGO_NS = 1_000_000_000


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Catalogue]:
    """Two providers' workbooks and a small catalogue."""
    root = changing.build(tmp_path_factory.mktemp("ground"), XA, DN)
    state = changing.small(whole := state_of(root, PERIOD, DRAFT))
    for name, data in state.facts.items():
        (root / "raw" / "reference" / name).write_bytes(data)
    # scores look for registers of the review; nobody has sent one
    registers = {"registers": whole.catalogue.registers}
    return root, state.catalogue.model_copy(update=registers)


@pytest.fixture
def place(
    ground: tuple[Path, Catalogue], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Catalogue]:
    """A copy of the ground; files are read in this process."""
    monkeypatch.setattr(publishing, "KeptReadings", partial(KeptReadings, read=read_here))
    return Path(shutil.copytree(ground[0], tmp_path / "place")), ground[1]


def run(root: Path, catalogue: Catalogue) -> dict[str, str]:
    """Ingest and evaluate; the hash of every committed table."""
    publishing.ingest_period(root, catalogue, PERIOD, at=AT, who="kiểm thử")
    publishing.publish_period(root, catalogue, PERIOD)
    tables = read_manifest(root).tables
    return {name: next(iter(entries.values())).hash for name, entries in tables.items()}


def rebuilt(root: Path, catalogue: Catalogue, empty: Path) -> dict[str, str]:
    """The same from the files alone, without a warehouse or anything kept."""
    shutil.copytree(root / "raw", empty / "raw")
    tables = steps.ingest(empty, catalogue, PERIOD, read=read_here)
    made = steps.evaluate(catalogue, PERIOD, tables, steps.period_as_of(empty, PERIOD))
    return {n: table_hash(f, table_contract(catalogue, n)) for n, f in {**tables, **made}.items()}


def _arrive(root: Path, dice: random.Random) -> None:
    """A workbook of a commune arrives under a new name, changed."""
    book = openpyxl.load_workbook(_own(root, XA)[0])
    book[changing.SHEET][changing.CELL] = dice.randrange(1000, 2000)
    book.save(root / "raw" / PERIOD / XA / f"gửi {dice.randrange(10**6)}.xlsx")


def _again(root: Path, dice: random.Random) -> None:
    """A provider sends the same bytes once more."""
    path = dice.choice(_own(root, dice.choice([XA, DN])))
    shutil.copy(path, path.with_name(f"lại {dice.randrange(10**6)}.xlsx"))


def _change(root: Path, dice: random.Random) -> None:
    """A file is replaced in its place."""
    path = dice.choice(_own(root, XA))
    book = openpyxl.load_workbook(path)
    book[changing.SHEET][changing.CELL] = dice.randrange(1000, 2000)
    book.save(path)


def _remove(root: Path, dice: random.Random) -> None:
    """A file is gone; one of each provider stays."""
    paths = _own(root, XA)
    if len(paths) > 1:
        dice.choice(paths).unlink()


def _break(root: Path, dice: random.Random) -> None:
    """A file that cannot be read arrives."""
    data = _own(root, XA)[0].read_bytes()[: dice.randrange(10, 500)]
    (root / "raw" / PERIOD / XA / f"hỏng {dice.randrange(10**6)}.xlsx").write_bytes(data)


def _correct(root: Path, _dice: random.Random) -> None:
    """A value is corrected by a decision; it holds for what it was decided on, if that is there."""
    changing.correction(root)


def _damage(root: Path, dice: random.Random) -> None:
    """Something that is kept is cut, or gone."""
    kept = sorted(path for path in readings_folder(root).rglob("*") if path.is_file())
    if kept:
        path = dice.choice(kept)
        data = path.read_bytes()
        path.write_bytes(data[: dice.randrange(len(data))])
        if dice.random() < 0.3:
            shutil.rmtree(readings_folder(root))


def _nothing(root: Path, _dice: random.Random) -> None:
    """Nothing happens but that files are older."""
    for path in _own(root, DN):
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))


def _own(root: Path, provider: str) -> list[Path]:
    found = (root / "raw" / PERIOD / provider).glob("*.xlsx")
    return sorted(path for path in found if not path.name.startswith("hỏng"))


CHANGES: list[Callable[[Path, random.Random], None]] = [
    _arrive, _again, _change, _remove, _break, _correct, _damage, _nothing,
]  # fmt: skip


def sequence(place: tuple[Path, Catalogue], seed: int, scratch: Path) -> None:
    """A few changes, a run after each; then everything from the files alone."""
    dice, (root, catalogue) = random.Random(seed), place  # noqa: S311 — guards no secret
    done, found = [], run(root, catalogue)
    for _ in range(dice.randint(1, 3)):
        change = dice.choice(CHANGES)
        done.append(change.__name__)
        change(root, dice)
        found = run(root, catalogue)
    whole = rebuilt(root, catalogue, scratch / "empty")
    assert found.keys() == whole.keys()
    assert [name for name in whole if found[name] != whole[name]] == [], (seed, done)


@pytest.mark.parametrize("seed", range(2))
def test_random_arrivals(seed: int, place: tuple[Path, Catalogue], tmp_path: Path) -> None:
    sequence(place, seed, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 202))
def test_many_random_arrivals(seed: int, place: tuple[Path, Catalogue], tmp_path: Path) -> None:
    sequence(place, seed, tmp_path)


def test_only_what_changed_is_read_or_evaluated(
    place: tuple[Path, Catalogue], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, catalogue = place
    read: list[int] = []
    evaluated: list[str] = []

    def watched(
        catalogue: Catalogue, directory: Directory, tasks: Sequence[FileTask]
    ) -> list[FileReading]:
        read.append(len(tasks))
        return read_here(catalogue, directory, tasks)

    evaluate = steps.evaluate
    monkeypatch.setattr(publishing, "KeptReadings", partial(KeptReadings, read=watched))
    monkeypatch.setattr(
        steps, "evaluate", lambda *given: evaluated.append(given[1]) or evaluate(*given)
    )
    first = run(root, catalogue)
    assert (read, evaluated) == ([2], [PERIOD])
    assert run(root, catalogue) == first
    assert (read, evaluated) == ([2], [PERIOD]), "nothing has changed: nothing is done again"
    _change(root, random.Random(1))  # noqa: S311 — guards no secret
    assert run(root, catalogue) != first
    assert (read, evaluated) == ([2, 1], [PERIOD, PERIOD])


def test_a_file_at_rest_is_not_hashed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "raw" / "x"
    path.parent.mkdir()
    path.write_bytes(b"one")
    monkeypatch.setattr("time.time_ns", lambda: path.stat().st_ctime_ns + 1)
    just_touched = KnownHashes(tmp_path)
    assert just_touched.of(path) == sha256_of(b"one")
    assert just_touched.entries == {}, "it may be touched again within the same tick"
    monkeypatch.setattr("time.time_ns", lambda: path.stat().st_ctime_ns + 10**10)
    known = KnownHashes(tmp_path)
    known.of(path)
    told = KnownHashes.from_json(tmp_path, known.to_json().replace(sha256_of(b"one"), "told"))
    assert told.of(path) == "told", "the hint is taken"
    path.write_bytes(b"two")
    assert told.of(path) == sha256_of(b"two"), "it looks touched: its times differ"
    assert KnownHashes.from_json(tmp_path, "{").entries == {}


def test_a_link_in_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="link"):
        KnownHashes(tmp_path).of(tmp_path / "link")


def test_hints_are_kept_between_runs(tmp_path: Path) -> None:
    with hashes_known(tmp_path):
        pass
    assert not readings_folder(tmp_path).exists(), "nothing was hashed: nothing is kept"


def test_refusals_of_the_machine_are_not_kept() -> None:
    passing = FileReading(unreadable=UnreadableWorkbook("timeout", "x"))
    lasting = FileReading(unreadable=UnreadableWorkbook("broken", "x"))
    assert segment({"a": passing}) is None
    data = segment({"a": passing, "b": lasting})
    assert data is not None
    assert list(unpacked(data)["facts"]["key"]) == ["b"]
    with pytest.raises(DAMAGES):
        unpacked(data[: len(data) // 2])
