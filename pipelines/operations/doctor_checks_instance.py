"""Checks of what runs: settings, history, daemons, runs, lock, clock.

Belongs here: judging facts about the instance and the machine. Does not belong here: collecting
them (``doctor_facts``), checks of the data (``doctor_checks_data``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pipelines.operations.doctor_model import Check, Facts, Finding
from pipelines.vietnamese.numbers import format_number

_GB = 1e9
_FEW = 3
_HANOI_HOURS = 7.0
_REPAIR = "Chạy: qcdc doctor --repair."
DAEMONS_VI = {
    "SENSOR": "theo dõi tệp mới",
    "SCHEDULER": "lịch",
    "QUEUED_RUN_COORDINATOR": "hàng đợi",
    "MONITORING": "giám sát lần chạy",
    "EVENT_LOG_CONSUMER": "chạy lại khi bị ngắt",
    "BACKFILL": "chạy bù",
    "ASSET": "điều kiện tự động",
    "FRESHNESS_DAEMON": "độ mới",
}


def settings(facts: Facts) -> Iterator[Finding]:
    """The home has its settings, and they are ours."""
    instance = facts.instance
    if not instance.prepared:
        yield Finding(
            "settings",
            "warning",
            "Dagster chưa được chuẩn bị: chưa có .dagster/dagster.yaml",
            "tệp cài đặt trong thư mục Dagster",
            _REPAIR,
            repairable=True,
        )
    elif instance.changed and not instance.is_own:
        yield Finding(
            "settings",
            "warning",
            "cài đặt Dagster là bản cũ: " + "; ".join(instance.changed),
            "như bản gửi kèm",
            _REPAIR + " Rồi khởi động lại các dịch vụ.",
            repairable=True,
        )
    elif instance.changed:
        yield Finding(
            "settings",
            "warning",
            "cài đặt khác bản gửi kèm: " + "; ".join(instance.changed),
            "như bản gửi kèm, hoặc khác có chủ ý",
            "Nếu có chủ ý thì để nguyên; nếu không: cất .dagster/dagster.yaml đi rồi chạy qcdc "
            "doctor --repair.",
        )


def history(facts: Facts) -> Iterator[Finding]:
    """The history can be opened, and has not outgrown its place."""
    problem = facts.instance.problem
    if problem is not None:
        yield Finding(
            "history",
            "error",
            f"{problem.code}: {problem.title} {problem.found}",
            problem.expected,
            problem.action,
        )
    elif facts.instance.history_bytes > facts.limits.history_warning_gb * _GB:
        yield Finding(
            "history",
            "warning",
            f"lịch sử chạy và nhật ký chiếm {_gb(facts.instance.history_bytes)}",
            f"dưới {_gb(facts.limits.history_warning_gb * _GB)}",
            "Xem có thể bỏ gì: qcdc retention; rồi qcdc retention --apply.",
        )


def daemons(facts: Facts) -> Iterator[Finding]:
    """Every daemon shows a sign of life."""
    instance = facts.instance
    if not instance.prepared or instance.problem is not None:
        return
    if not instance.heartbeats:
        yield Finding(
            "daemons",
            "warning",
            "Dagster (daemon) chưa từng chạy",
            "daemon chạy liên tục: mở kỳ, nhắc hạn, nhận tệp tự động",
            "Bật dịch vụ (deploy/README.md) hoặc make ui; chỉ gõ lệnh bằng tay thì không cần.",
        )
        return
    limit = facts.limits.heartbeat_seconds
    ages = {
        name: facts.wall - instance.heartbeats.get(name, float("-inf"))
        for name in instance.required
    }
    silent = {name: age for name, age in ages.items() if age > limit}
    if silent:
        yield Finding(
            "daemons",
            "error",
            "; ".join(f"{_daemon(name)} {_silence(age)}" for name, age in sorted(silent.items())),
            f"dấu hiệu hoạt động mới trong vòng {format_number(round(limit))} giây",
            "Khởi động lại dịch vụ qcdc-daemon, xem nhật ký của nó.",
        )
    for name, told in sorted(instance.errors.items()):
        if name not in silent:
            yield Finding(
                "daemons",
                "warning",
                f"{_daemon(name)} báo lỗi: {told}",
                "daemon chạy không lỗi",
                "Mở trang Dagster, mục Deployment › Daemons, xem lỗi.",
            )


def runs(facts: Facts) -> Iterator[Finding]:
    """No run is stuck."""
    limits, started = facts.limits, ("STARTED", "STARTING")
    gone = [run for run in facts.instance.runs if run.is_gone]
    if gone:
        named = ", ".join(f"{run.run_id[:8]} (kỳ {run.period or '–'})" for run in gone[:_FEW])
        yield Finding(
            "runs",
            "error",
            f"{len(gone)} lần chạy bị bỏ dở, tiến trình không còn: {named}",
            "lần chạy nào cũng kết thúc, hoặc đang có tiến trình chạy",
            "Chạy: qcdc sweep (hoặc qcdc doctor --repair).",
            repairable=True,
        )
    for run in facts.instance.runs:
        age = facts.wall - run.since
        if not run.is_gone and run.status in started and age > facts.instance.max_runtime > 0:
            yield Finding(
                "runs",
                "warning",
                f"lần chạy {run.run_id[:8]} (kỳ {run.period or '–'}) đã chạy {_ago(age)}",
                f"xong trong {_ago(facts.instance.max_runtime)}",
                "Xem lần chạy trên trang Dagster; daemon sẽ dừng nó, hoặc bấm Terminate.",
            )
    waiting = [
        run
        for run in facts.instance.runs
        if run.status == "QUEUED" and facts.wall - run.since > limits.queued_minutes * 60
    ]
    if waiting:
        yield Finding(
            "runs",
            "warning",
            f"{len(waiting)} lần chạy chờ trong hàng đợi, lâu nhất "
            f"{_ago(facts.wall - waiting[0].since)}",
            f"chờ không quá {format_number(round(limits.queued_minutes))} phút",
            "Xem daemon có chạy không, và lần chạy nào đang chiếm hàng đợi.",
        )


def disk(facts: Facts) -> Iterator[Finding]:
    """There is room to write."""
    limits = facts.limits
    for place, free in facts.disk.free.items():
        if free < limits.disk_warning_gb * _GB:
            is_error = free < limits.disk_error_gb * _GB
            yield Finding(
                "disk",
                "error" if is_error else "warning",
                f"ổ đĩa của {place} còn trống {_gb(free)}",
                f"còn ít nhất {_gb(limits.disk_warning_gb * _GB)}",
                "Dọn: qcdc retention --apply; chuyển bản sao lưu cũ sang nơi khác.",
            )


def lock(facts: Facts) -> Iterator[Finding]:
    """Whoever holds the warehouse is alive and says who it is."""
    held = facts.disk.lock
    if not held.is_held:
        if held.named is not None:
            yield Finding(
                "lock",
                "warning",
                f"tệp khóa còn ghi tiến trình {held.named}, nhưng không ai giữ khóa "
                "(tiến trình bị dừng giữa chừng); không cản lần chạy nào",
                "tệp khóa trống khi không ai ghi",
                _REPAIR,
                repairable=True,
            )
        return
    if held.named is None or held.is_named_alive:
        return
    who = ", ".join(str(pid) for pid in held.holders) or "không rõ số"
    yield Finding(
        "lock",
        "error",
        f"khóa ghi do tiến trình {who} giữ, còn tiến trình {held.named} đã đặt khóa thì không còn",
        "tiến trình giữ khóa đang chạy",
        f"Kiểm tra tiến trình {who} (ps -p {who}); kết thúc nó nếu là phần sót lại.",
    )


def clock(facts: Facts) -> Iterator[Finding]:
    """The clock is right as far as the project's own traces tell."""
    if facts.drill:
        yield Finding(
            "clock",
            "warning",
            f"đồng hồ đang lấy từ tệp diễn tập QCDC_CLOCK: {facts.drill} (giờ hiện tại: "
            f"{_time(facts.now)})",
            "đồng hồ của máy",
            "Bỏ biến môi trường QCDC_CLOCK ở mọi dịch vụ khi không diễn tập.",
        )
    if facts.offset_hours != _HANOI_HOURS:
        yield Finding(
            "clock",
            "error",
            f"múi giờ Asia/Ho_Chi_Minh trên máy này lệch {facts.offset_hours:+g} giờ so với UTC",
            "lệch +7 giờ",
            "Cài lại gói dữ liệu múi giờ (Debian: tzdata) rồi khởi động lại các dịch vụ.",
        )
    slack = facts.limits.clock_minutes * 60
    ahead = [
        (name, _time(at))
        for name, at in facts.periods.newest.items()
        if (at - facts.now).total_seconds() > slack
    ]
    if not facts.drill:
        ahead += [
            (name, _time(dt.datetime.fromtimestamp(at, facts.now.tzinfo)))
            for name, at in facts.disk.newest.items()
            if at - facts.wall > slack
        ]
    if ahead:
        name, at = ahead[-1]
        yield Finding(
            "clock",
            "error",
            f"{name} ghi lúc {at}, sau giờ hiện tại của máy ({_time(facts.now)})",
            "giờ của máy không sớm hơn những gì đã ghi",
            "Đặt lại giờ máy, bật đồng bộ giờ (timedatectl set-ntp true); dòng sổ ghi sai giờ thì "
            "báo người phát triển.",
        )


def _daemon(name: str) -> str:
    return f"{DAEMONS_VI.get(name, name)} ({name})"


def _silence(age: float) -> str:
    return "chưa chạy lần nào" if age == float("inf") else f"im từ {_ago(age)} trước"


def _ago(seconds: float) -> str:
    """A length of time in the largest unit that leaves at least one."""
    for unit, size in (("ngày", 86_400), ("giờ", 3_600), ("phút", 60)):
        if seconds >= size:
            return f"{format_number(round(seconds / size))} {unit}"
    return f"{format_number(round(seconds))} giây"


def _gb(size: float) -> str:
    return f"{format_number(size / _GB, 1)} GB"


def _time(at: dt.datetime) -> str:
    return f"{at:%H:%M %d/%m/%Y}"


INSTANCE_CHECKS = (
    Check("settings", "Cài đặt Dagster", settings),
    Check("history", "Lịch sử chạy", history),
    Check("daemons", "Tiến trình nền (daemon)", daemons),
    Check("runs", "Lần chạy", runs),
    Check("disk", "Chỗ trống ổ đĩa", disk),
    Check("lock", "Khóa ghi", lock),
    Check("clock", "Đồng hồ, múi giờ", clock),
)
