"""Secrets stand in the environment only: none in tracked files, and none could be added unseen."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# what gives a secret away: its own form, or a name beside a value
FORMS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "token of a forge": r"\b(gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20}|github_pat_\w{22,})",
    "token of a cloud": r"\b(AKIA[0-9A-Z]{16}|xox[abpr]-[\w-]{10,}|sk-[A-Za-z0-9]{20,})",
    "web token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "bcrypt hash": r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}",
    "password in an address": r"\b[a-z+]+://[^\s/:@\"'{}<>$]+:[^\s/:@\"'{}<>$]{3,}@[\w.-]+",
    "named value": r"(?i)\b\w*(password|passwd|mat_khau|secret_?key|api_?key|auth_?token)\w*"
    r"[\"']?\s*[:=]\s*[\"']?(?![\"'\s${<%(]|None|str|bytes|self|env:)[A-Za-z0-9+/_.-]{12,}[\"']?\s*(#.*)?$",
}
TEXT = {".py", ".yaml", ".yml", ".toml", ".md", ".sh", ".conf", ".env", ".service", ".timer", ""}
TEXT |= {".ipynb", ".json", ".jsonl", ".csv", ".cfg", ".ini", ".txt", ".lock", ".j2", ".js", ".css"}
# fixed keys of illustrative data and words of tests, each with its reason
ALLOWED: dict[str, str] = {}
SAMPLES = {
    "private key": "-----BEGIN RSA PRIVATE KEY" + "-----",
    "token of a forge": "ghp_" + "a" * 36,
    "token of a cloud": "AKIA" + "A" * 16,
    "web token": "eyJ" + "a" * 12 + ".eyJ" + "b" * 12 + "." + "c" * 12,
    "bcrypt hash": "$2y" + "$05$" + "a" * 53,
    "password in an address": "postgresql://qcdc" + ":matkhau123@" + "may",
    "named value": "POSTGRES_PASSWORD" + "=abcdef123456",
}


def _tracked() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a working tree of git")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name]


def _found(text: str) -> list[str]:
    return [
        f"{what}: {line.strip()[:80]}"
        for what, form in FORMS.items()
        for line in text.splitlines()
        if re.search(form, line)
    ]


@pytest.mark.parametrize("what", FORMS)
def test_the_search_finds_what_it_looks_for(what: str):
    assert [each.split(":")[0] for each in _found(f"x {SAMPLES[what]}")] == [what]


def test_no_secret_stands_in_a_tracked_file():
    found = []
    for path in _tracked():
        if path.suffix not in TEXT or path == Path(__file__) or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        name = path.relative_to(ROOT).as_posix()
        found += [f"{name}: {each}" for each in _found(text) if name not in ALLOWED]
    assert found == []


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".env.local",
        "deploy/.env",
        "secrets.env",
        "deploy/secrets.env",
        "deploy/nginx/key.pem",
    ],
)
def test_files_of_secrets_are_ignored(name: str):
    _tracked()
    done = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)
    assert done.returncode == 0
    assert ROOT / name not in _tracked()


def test_the_settings_of_a_server_hold_no_secret():
    names = [
        line.split("=")[0]
        for line in (ROOT / "deploy" / "qcdc.env").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert names
    assert not [name for name in names if re.search("KEY|PASS|TOKEN|SECRET", name)]


def test_programs_get_secrets_from_a_file_of_root_only():
    guide = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    assert "install -m 0600 /dev/null /etc/qcdc/secrets.env" in guide
    for unit in sorted((ROOT / "deploy" / "systemd").glob("*.service")):
        text = unit.read_text(encoding="utf-8")
        assert "EnvironmentFile=-/etc/qcdc/secrets.env" in text, unit.name
        assert not re.search(r"^Environment=.*(KEY|PASS|TOKEN|SECRET)", text, re.MULTILINE)
    # whoever analyses gets none
    lab = (ROOT / "deploy" / "lab" / "qcdc-lab.service").read_text(encoding="utf-8")
    assert "EnvironmentFile=-/etc/qcdc/secrets.env" not in lab
    assert "InaccessiblePaths=" in lab
