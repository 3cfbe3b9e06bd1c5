"""deploy/: units and supervisor start the same programs, bounded, on loopback, with few rights."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from pipelines.cli import app

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = DEPLOY / "systemd"
PROGRAMS = ("code", "daemon", "operator", "reader")
DAILY = ("backup", "doctor")
BIN = "/opt/qcdc/.venv/bin"
SWEEP = [f"{BIN}/qcdc", "sweep"]
RIGHTS = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "RestrictSUIDSGID": "yes",
    "CapabilityBoundingSet": "",
    "IPAddressDeny": "any",
    "IPAddressAllow": "localhost",
}


def _settings() -> dict[str, str]:
    lines = (DEPLOY / "qcdc.env").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    return dict(pairs)


def _unit(name: str) -> configparser.ConfigParser:
    """A unit file; of a key that stands twice the last line counts."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[method-assign, assignment] # as configparser documents it
    parser.read(UNITS / name, encoding="utf-8")
    return parser


def _supervised() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, inline_comment_prefixes=(" ;",))
    parser.read(DEPLOY / "supervisord.conf", encoding="utf-8")
    return parser


def _filled(command: str) -> str:
    """A command with the settings in place of both ways to name them."""
    for name, value in _settings().items():
        command = command.replace(f"%(ENV_{name})s", value).replace(f"${{{name}}}", value)
    return command


def _of_unit(program: str) -> list[list[str]]:
    service = _unit(f"qcdc-{program}.service")["Service"]
    before = service.get("ExecStartPre", "").removeprefix("-")
    return [shlex.split(_filled(each)) for each in (before, service["ExecStart"]) if each]


def _of_supervisor(program: str) -> list[list[str]]:
    words = shlex.split(_filled(_supervised()[f"program:{program}"]["command"]))
    if words[:2] != ["/bin/sh", "-c"]:
        return [words]
    first, then = words[2].split(";")
    return [shlex.split(first), shlex.split(then.strip().removeprefix("exec "))]


def test_both_supervisors_start_the_same_programs() -> None:
    services = {path.stem.removeprefix("qcdc-") for path in UNITS.glob("*.service")}
    assert services == {*PROGRAMS, *DAILY}
    sections = {name for name in _supervised().sections() if name.startswith("program:")}
    assert sections == {f"program:{name}" for name in PROGRAMS}
    for program in PROGRAMS:
        assert _of_unit(program) == _of_supervisor(program)


def test_every_program_sweeps_first() -> None:
    assert [_of_unit(program)[0] for program in PROGRAMS] == [SWEEP] * len(PROGRAMS)


def test_all_listen_on_this_machine_only() -> None:
    ports = []
    for program in PROGRAMS:
        command = _of_unit(program)[-1]
        if program in {"operator", "reader"}:
            assert command[command.index("--host") + 1] == "127.0.0.1"
            ports.append(command[command.index("--port") + 1])
        else:
            assert "--port" not in command
        assert ("--read-only" in command) == (program == "reader")
    assert len(set(ports)) == len(ports)


def test_all_come_back_but_not_for_ever() -> None:
    for program in PROGRAMS:
        unit, own = _unit(f"qcdc-{program}.service"), _supervised()[f"program:{program}"]
        assert unit["Service"]["Restart"] == "always"
        assert unit["Unit"]["StartLimitBurst"] == own["startretries"]
        assert (own["autorestart"], own["autostart"]) == ("true", "true")


@pytest.mark.parametrize("name", [*PROGRAMS, *DAILY])
def test_services_have_few_rights(name: str) -> None:
    service = _unit(f"qcdc-{name}.service")["Service"]
    assert (service["User"], service["Group"]) == ("qcdc", "qcdc")
    assert service["EnvironmentFile"] == "-/etc/qcdc/secrets.env"
    assert {key: service[key] for key in RIGHTS} == RIGHTS
    assert re.fullmatch(r"\d+G", service["MemoryMax"])
    writes = set(service["ReadWritePaths"].split())
    # what came in is written by receiving alone, and that happens in the code server
    assert ("/opt/qcdc/raw" in writes) == (name == "code")
    assert "/opt/qcdc" not in writes, "no program changes its own code"


def test_daily_work_is_in_timers_and_in_the_crontab() -> None:
    timetable = {}
    for line in (DEPLOY / "crontab").read_text(encoding="utf-8").splitlines():
        if re.match(r"\d", line):
            minute, hour, *_ = line.split()
            name = re.search(r'/qcdc" (\w+)', line)
            assert name is not None
            timetable[name[1]] = f"*-*-* {int(hour):02}:{int(minute):02}:00 Asia/Ho_Chi_Minh"
    timers = {name: _unit(f"qcdc-{name}.timer")["Timer"] for name in DAILY}
    assert {name: timer["OnCalendar"] for name, timer in timers.items()} == timetable
    assert {timer["Persistent"] for timer in timers.values()} == {"yes"}


def test_the_settings_name_everything_that_is_used() -> None:
    files = [DEPLOY / "supervisord.conf", DEPLOY / "crontab", *UNITS.iterdir()]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in files)
    used = set(re.findall(r"%\(ENV_(\w+)\)s|\$\{(\w+)\}|\"\$(\w+)[\"/]", texts))
    names = {name for found in used for name in found if name}
    assert names <= set(_settings())
    workspace = yaml.safe_load((DEPLOY / "workspace.yaml").read_text(encoding="utf-8"))
    (server,) = workspace["load_from"]
    assert server["grpc_server"]["socket"]["env"] in _settings()
    assert server["grpc_server"]["location_name"] == "qcdc"


def test_the_guide_names_every_unit_and_port() -> None:
    guide = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for program in PROGRAMS:
        assert f"`qcdc-{program}.service`" in guide
        assert f"| `{program}` |" in guide
    for name in DAILY:
        assert f"`qcdc-{name}.timer`" in guide
    for name in ("QCDC_OPERATOR_PORT", "QCDC_READER_PORT"):
        assert f"127.0.0.1:{_settings()[name]}" in guide
    assert f"cũ hơn {_settings()['QCDC_BACKUP_DAYS']} ngày" in guide


def test_the_verbs_are_there() -> None:
    commands = app.registered_commands
    verbs = {each.name or getattr(each.callback, "__name__", "") for each in commands}
    assert {"sweep", *DAILY} <= verbs


@pytest.mark.tool("systemd-analyze")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("qcdc", "dagster", "dagster-daemon", "dagster-webserver"):
        (programs / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    folder = tmp_path / "units"
    shutil.copytree(UNITS, folder)
    for unit in folder.iterdir():
        text = unit.read_text(encoding="utf-8").replace(BIN, str(programs))
        unit.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(folder.iterdir())],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    ours = [line for line in done.stderr.splitlines() if "qcdc" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_guide_states_the_bounds_that_are_tested() -> None:
    folder = Path(__file__).parents[1] / "end_to_end"
    source = (folder / "test_killed_programs.py").read_text(encoding="utf-8")
    bounds = re.findall(r"^(\w+)_SECONDS = (\d+)\.0$", source, re.MULTILINE)
    assert {name for name, _ in bounds} == {
        "ANSWERS", "NOTICED", "SWEPT", "AGAIN", "RETOLD", "POWER",
    }  # fmt: skip
    guide = (DEPLOY / "README.md").read_text(encoding="utf-8")
    rows = [line for line in guide.splitlines() if line.count("|") == 5 and " giây |" in line]
    stated = {int(n) for row in rows for n in re.findall(r"(\d+) giây", row.split("|")[3])}
    assert {int(seconds) for _, seconds in bounds} <= stated
