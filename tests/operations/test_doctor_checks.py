"""Each check finds its broken state, names it, and is silent where all is well."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.catalogue.integrity import CatalogueError
from pipelines.catalogue.operations import operations_rules
from pipelines.operations.doctor import CHECKS, examine, exit_code
from pipelines.operations.doctor_checks_data import DATA_CHECKS
from pipelines.operations.doctor_checks_instance import INSTANCE_CHECKS
from pipelines.operations.doctor_model import (
    Check,
    DiskFacts,
    Facts,
    Finding,
    InstanceFacts,
    LockFacts,
    PeriodFacts,
    WarehouseFacts,
)
from pipelines.operations.sweep import OpenRun
from pipelines.orchestration.clock import HANOI
from pipelines.orchestration.problems import Problem

NOW = dt.datetime(2021, 5, 20, 9, tzinfo=HANOI)
WALL = NOW.timestamp()
GB = 10**9
PROBLEM = Problem("QCDC-E99", "Hỏng.", "thấy gì", "mong gì", "làm gì")
DAEMONS = ("SENSOR", "SCHEDULER")
INSTANCE = InstanceFacts(
    prepared=True,
    required=DAEMONS,
    heartbeats=dict.fromkeys(DAEMONS, WALL - 20),
    max_runtime=3_600.0,
    history_bytes=GB,
)
DISK = DiskFacts(free={"thư mục dự án": 50 * GB}, newest={"warehouse/manifest.json": WALL - 60})
WAREHOUSE = WarehouseFacts(files=10, catalogue_hash="a" * 64)
PERIODS = PeriodFacts(
    catalogue_hash="a" * 64,
    last_day=dt.date(2030, 12, 31),
    due=("2021-H1", dt.date(2021, 6, 14)),
    is_asked=True,
    newest={"raw/2021-H1/journal.jsonl": NOW - dt.timedelta(days=1)},
)
WELL = Facts(
    Path("/project"),
    Path("/project/.dagster"),
    NOW,
    WALL,
    operations_rules().doctor,
    instance=INSTANCE,
    disk=DISK,
    warehouse=WAREHOUSE,
    periods=PERIODS,
)


def run(status: str, age: float, *, is_gone: bool = False) -> OpenRun:
    return OpenRun("0123456789abcdef", "2021-H1", status, WALL - age, (4711,), is_gone)


def instance(**said: Any) -> Facts:
    return replace(WELL, instance=replace(INSTANCE, **said))


def disk(**said: Any) -> Facts:
    return replace(WELL, disk=replace(DISK, **said))


def warehouse(**said: Any) -> Facts:
    return replace(WELL, warehouse=replace(WAREHOUSE, **said))


def periods(**said: Any) -> Facts:
    return replace(WELL, periods=replace(PERIODS, **said))


LOCKED = LockFacts(named=4711, is_held=True, holders=(4711,), is_named_alive=True)
ILL: dict[str, tuple[Facts, str, str, str]] = {
    "never prepared": (
        replace(WELL, instance=InstanceFacts()), "settings", "warning", "chưa được chuẩn bị"
    ),
    "changed by the office": (
        instance(changed=("a.b: 1 → 2",), is_own=True), "settings", "warning", "a.b: 1 → 2"
    ),
    "an older version": (instance(changed=("a.b: 1 → 2",)), "settings", "warning", "bản cũ"),
    "history cannot be opened": (instance(problem=PROBLEM), "history", "error", "thấy gì"),
    "history too large": (instance(history_bytes=3 * GB), "history", "warning", "3,0 GB"),
    "daemon never started": (instance(heartbeats={}), "daemons", "warning", "chưa từng chạy"),
    "a daemon is silent": (
        instance(heartbeats={"SENSOR": WALL - 7_200, "SCHEDULER": WALL}),
        "daemons", "error", "theo dõi tệp mới (SENSOR) im từ 2 giờ trước",
    ),
    "a daemon tells of an error": (
        instance(errors={"SENSOR": "no code"}), "daemons", "warning", "báo lỗi: no code"
    ),
    "a run is lost": (
        instance(runs=(run("STARTED", 60, is_gone=True),)), "runs", "error", "01234567 (kỳ 2021-H1)"
    ),
    "a run takes too long": (
        instance(runs=(run("STARTED", 7_200),)), "runs", "warning", "đã chạy 2 giờ"
    ),
    "a run waits too long": (
        instance(runs=(run("QUEUED", 10_800),)), "runs", "warning", "lâu nhất 3 giờ"
    ),
    "little room": (disk(free={"thư mục dự án": 3 * GB}), "disk", "warning", "3,0 GB"),
    "hardly any room": (disk(free={"thư mục dự án": GB // 2}), "disk", "error", "0,5 GB"),
    "a dead process in the lock file": (
        disk(lock=LockFacts(named=4711)), "lock", "warning", "tiến trình 4711"
    ),
    "a child of a dead process holds the lock": (
        disk(lock=replace(LOCKED, holders=(4712,), is_named_alive=False)),
        "lock", "error", "tiến trình 4712 giữ",
    ),
    "a drill": (replace(WELL, drill="/srv/clock"), "clock", "warning", "QCDC_CLOCK"),
    "no time zones": (replace(WELL, offset_hours=0.0), "clock", "error", "+0 giờ"),
    "the clock was set back": (
        periods(newest={"raw/2021-H1/journal.jsonl": NOW + dt.timedelta(hours=1)}),
        "clock", "error", "ghi lúc 10:00 20/05/2021",
    ),
    "the clock was set back before the last commit": (
        disk(newest={"warehouse/manifest.json": WALL + 3_600}),
        "clock", "error", "warehouse/manifest.json ghi lúc 10:00",
    ),
    "no manifest": (warehouse(problem=PROBLEM), "manifest", "error", "thấy gì"),
    "a file is gone": (warehouse(missing=("a/b.parquet",)), "manifest", "error", "thiếu 1 tệp"),
    "a file is damaged": (warehouse(wrong=("a/b.parquet: hỏng",)), "manifest", "error", "1 tệp"),
    "no catalogue": (periods(problem=PROBLEM), "catalogue", "error", "thấy gì"),
    "another catalogue": (periods(catalogue_hash="b" * 64), "catalogue", "warning", "đã đổi"),
    "periods end soon": (
        periods(last_day=dt.date(2021, 12, 31)), "horizon", "warning", "31/12/2021"
    ),
    "nothing asked": (periods(is_asked=False), "horizon", "warning", "kỳ 2021-H1 hết hạn"),
    "a broken journal": (periods(broken={"j": "dòng 3"}), "journals", "error", "j: dòng 3"),
    "a cut journal": (periods(torn=("j",)), "journals", "warning", "cắt giữa chừng"),
    "an unreadable file": (disk(unreadable=("raw/a.xlsx",)), "raw", "error", "raw/a.xlsx"),
    "a nameless file": (periods(nameless=("raw/2021-H1/t?.xlsx",)), "nameless", "warning", "t?"),
    "a lost file": (periods(lost=("2021-H1/xa-mh-01/01",)), "raw", "warning", "xa-mh-01/01"),
    "a half-written file": (
        disk(temporary=(("raw/.a.tmp", 86_400.0),)), "temporary", "warning", "raw/.a.tmp"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "check", "level", "told"), ILL.values(), ids=ILL.keys())
def test_a_broken_state_is_found_by_its_check_alone(
    facts: Facts, check: str, level: str, told: str
) -> None:
    found = [each for each in examine(facts) if each.level != "ok"]
    assert [(each.check, each.level) for each in found] == [(check, level)]
    assert told in found[0].found
    assert found[0].expected
    assert found[0].action
    assert exit_code(found) == (1 if level == "error" else 0)


def test_every_check_has_a_broken_state() -> None:
    ours = {check.name for check in (*INSTANCE_CHECKS, *DATA_CHECKS)}
    assert {check for _, check, _, _ in ILL.values()} == ours
    assert ours <= {check.name for check in CHECKS}
    assert len({check.name for check in CHECKS}) == len(CHECKS), "a name is one check's"


def test_where_all_is_well_every_check_says_so() -> None:
    assert examine(WELL) == [Finding(check.name, "ok") for check in CHECKS]


@pytest.mark.parametrize(
    "facts",
    [
        instance(runs=(run("STARTED", 60), run("QUEUED", 60))),
        disk(lock=LOCKED),
        disk(temporary=(("raw/.a.tmp", 5.0),)),
        periods(is_asked=False, due=("2021-H2", dt.date(2021, 12, 14))),
        replace(WELL, warehouse=WarehouseFacts()),
    ],
    ids=["work under way", "a writer", "just being written", "months ahead", "nothing built"],
)
def test_what_is_no_fault_is_not_told(facts: Facts) -> None:
    assert [each for each in examine(facts) if each.level != "ok"] == []


def test_a_check_that_cannot_be_answered_is_an_error_and_no_traceback() -> None:
    def broken(_: Facts) -> list[Finding]:
        raise CatalogueError(["periods.yaml"])

    (found,) = examine(WELL, [Check("broken", "Hỏng", broken)])
    assert found.level == "error"
    assert "periods.yaml" in found.found


def test_limits_are_data(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"operations\.yaml"):
        operations_rules(tmp_path)
    (tmp_path / "operations.yaml").write_text("doctor: {}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="disk_error_gb"):
        operations_rules(tmp_path)


@pytest.mark.parametrize(("age", "told"), [(400, "7 phút"), (5_400, "2 giờ"), (259_200, "3 ngày")])
def test_lengths_of_time_are_as_people_say_them(age: float, told: str) -> None:
    facts = instance(heartbeats={"SENSOR": WALL - age, "SCHEDULER": WALL})
    (found,) = [each for each in examine(facts) if each.level != "ok"]
    assert f"im từ {told} trước" in found.found
