"""raw/ is waited for until it lies still; whatever changed is seen, links never are."""

import datetime as dt
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipelines.catalogue.model import Catalogue
from pipelines.intake.journal import append
from pipelines.orchestration.arrivals import Watch, looked, sign_of, stale_periods
from pipelines.orchestration.clock import HANOI
from pipelines.orchestration.inputs import inputs_fingerprint
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.manifest import Manifest, commit
from tests.orchestration.mini import PERIOD
from tests.orchestration.test_calendar import RULES

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=HANOI)


def after(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def test_a_flood_is_one_look_once_it_is_over() -> None:
    watch, ready = looked(None, "0", NOON, RULES)
    assert not ready
    for number in range(1, 20):  # a file every 10 seconds
        watch, ready = looked(watch, str(number), after(10 * number), RULES)
        assert not ready
    watch, ready = looked(watch, "19", after(190 + 59), RULES)
    assert not ready
    watch, ready = looked(watch, "19", after(190 + 60), RULES)
    assert ready
    watch = watch.done(after(250))
    assert looked(watch, "19", after(260), RULES)[1] is False


def test_a_stream_that_never_ends_is_looked_at_in_between() -> None:
    watch, moments = None, []
    for second in range(0, 4000, 30):
        watch, ready = looked(watch, str(second), after(second), RULES)
        if ready:
            moments.append(second)
            watch = watch.done(after(second))
    assert moments == [1800, 3630]


def test_all_is_read_again_once_a_day() -> None:
    watch = looked(None, "0", NOON, RULES)[0].done(NOON)
    assert looked(watch, "0", NOON + dt.timedelta(hours=23, minutes=59), RULES)[1] is False
    assert looked(watch, "0", NOON + dt.timedelta(hours=24), RULES)[1] is True


def test_a_cursor_of_another_version_is_a_first_look() -> None:
    assert Watch.of(None) is None
    assert Watch.of('{"files": ["a"]}') is None


@given(st.lists(st.tuples(st.integers(1, 400), st.booleans()), min_size=1, max_size=40))
def test_no_change_is_ever_forgotten(looks: list[tuple[int, bool]]) -> None:
    """After the last change raw/ is looked at, whatever came before; the cursor stays small."""
    watch, second, version, read = None, 0, 0, -1
    for wait, changes in looks:
        second, version = second + wait, version + changes
        watch, ready = looked(watch, str(version), after(second), RULES)
        if ready:
            watch, read = watch.done(after(second)), version
        assert len(watch.model_dump_json()) < 300
        watch = Watch.of(watch.model_dump_json())
    for _ in range(3):
        second += 60
        watch, ready = looked(watch, str(version), after(second), RULES)
        if ready:
            watch, read = watch.done(after(second)), version
    assert read == version


def test_the_sign_sees_files_and_no_links(tmp_path: Path) -> None:
    folder = tmp_path / "raw" / PERIOD / "xa"
    folder.mkdir(parents=True)
    empty = sign_of(tmp_path)
    outside = tmp_path / "outside.xlsx"
    outside.write_bytes(b"1")
    (folder / "link.xlsx").symlink_to(outside)
    (folder / "linked").symlink_to(tmp_path, target_is_directory=True)
    for name in ("~$a.xlsx", ".a.xlsx", ".~lock.a.xlsx#", "a.xlsx.part", "b.TMP"):
        (folder / name).write_bytes(b"1")
    assert sign_of(tmp_path) == empty
    sent = folder / "a.xlsx"
    sent.write_bytes(b"1")
    first = sign_of(tmp_path)
    sent.write_bytes(b"12")
    second = sign_of(tmp_path)
    os.utime(sent, ns=(1, 1))  # the same bytes, copied again
    assert len({empty, first, second, sign_of(tmp_path)}) == 4
    sent.unlink()
    assert sign_of(tmp_path) == empty


def test_stale_is_what_does_not_follow_from_its_files(project: Path, catalogue: Catalogue) -> None:
    assert stale_periods(project, catalogue) == [PERIOD]
    made_from = {PERIOD: inputs_fingerprint(project, catalogue, PERIOD)}
    commit(project, Manifest(inputs=made_from))
    assert stale_periods(project, catalogue) == []
    sent = next((project / "raw" / PERIOD).glob("*/*.xlsx"))
    copy = sent.with_name("lan-2.xlsx")
    copy.write_bytes(sent.read_bytes())
    assert stale_periods(project, catalogue) == [PERIOD]
    copy.unlink()
    assert stale_periods(project, catalogue) == []
    said = {"at": NOON.isoformat(), "who": "kiểm thử", "event": "period", "period": PERIOD}
    for action in ("close", "lock"):
        append(journal_path(project, PERIOD), said | {"action": action})
    assert stale_periods(project, catalogue) == []
    assert stale_periods(project, catalogue, locked=True) == [PERIOD]
