"""requirements.lock: complete, hashed, and without any address."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DECLARED = [
    *PYPROJECT["project"]["dependencies"],
    *PYPROJECT["dependency-groups"]["dev"],
    *PYPROJECT["build-system"]["requires"],
]


def locked() -> list[tuple[Requirement, int]]:
    """Return each pinned requirement with the number of its hashes."""
    blocks = re.split(r"^(?=\S)", LOCK, flags=re.MULTILINE)
    return [
        (Requirement(block.split("\\")[0].strip()), block.count("--hash=sha256:"))
        for block in blocks
        if block.strip()
    ]


@pytest.mark.parametrize("address", ["://", "--index", "--extra-index", "--find", " @ ", "git+"])
def test_lock_holds_no_address(address: str) -> None:
    assert address not in LOCK


def test_every_line_pins_one_version_with_hashes() -> None:
    loose = [
        str(requirement)
        for requirement, hashes in locked()
        if not re.fullmatch(r"==[^,*]+", str(requirement.specifier)) or hashes == 0
    ]
    assert loose == []


@pytest.mark.parametrize("declared", DECLARED)
def test_every_declared_dependency_is_locked(declared: str) -> None:
    wanted = Requirement(declared)
    versions = [
        str(requirement.specifier).removeprefix("==")
        for requirement, _ in locked()
        if canonicalize_name(requirement.name) == canonicalize_name(wanted.name)
    ]
    assert versions, f"{wanted.name} is not locked: make lock"
    assert all(wanted.specifier.contains(version) for version in versions)
