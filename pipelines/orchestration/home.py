"""Dagster's folder: the project's settings in it, newer ones when they come, never over others'.

Belongs here: which settings are shipped, copying them, what a changed copy says differently. Does
not belong here: Dagster itself, which is not imported. Runs alone from the Makefile:
``python -m pipelines.orchestration.home``.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

Storage = Literal["sqlite", "postgres"]
SETTINGS = "dagster.yaml"
POSTGRES = "deploy/dagster-postgres.yaml"
COPIED = "qcdc-settings.json"  # beside the copy: which version it is, which storage was chosen
# versions shipped before copies were remembered: a copy equal to one of them is nobody's change
_EARLIER = frozenset({"debaacc0fbe541c30fbe350da40902cb32a8e22ecbe485d1c15bd610d4b7dabb"})
_ABSENT = "(không có)"


@dataclass(frozen=True)
class Copied:
    """What is remembered about the copy in the home.

    Attributes:
        storage: Where Dagster keeps its history.
        digest: SHA-256 of the shipped settings as they were copied last; empty: never.
    """

    storage: Storage = "sqlite"
    digest: str = ""


def dagster_home(root: Path) -> Path:
    """``DAGSTER_HOME``: as the environment has it, else ``.dagster`` in the root; absolute."""
    return Path(os.environ.get("DAGSTER_HOME") or root / ".dagster").absolute()


def shipped_settings(root: Path, storage: Storage) -> bytes | None:
    """The settings for a storage; None where the project brings none."""
    path = root / SETTINGS
    if not path.is_file():
        return None
    block = root / POSTGRES
    if storage == "postgres":
        return path.read_bytes() + b"\n" + block.read_bytes()
    return path.read_bytes()


def copied(home: Path) -> Copied:
    """What is remembered about the copy; the defaults where nothing (readable) is."""
    try:
        said = json.loads((home / COPIED).read_bytes())
        storage: Storage = "postgres" if said.get("storage") == "postgres" else "sqlite"
        return Copied(storage, str(said.get("digest", "")))
    except (OSError, ValueError, AttributeError):
        return Copied()


def refresh_settings(root: Path, home: Path, storage: Storage | None = None) -> bool:
    """Bring the settings in the home up to date, unless the office has changed them.

    Args:
        root: The project's root.
        home: ``DAGSTER_HOME``; made when it is not there.
        storage: Another storage than before; None keeps it.

    Returns:
        Whether the home now has the shipped settings; False where its own were left.

    Raises:
        OSError: Files cannot be read or written.
    """
    home.mkdir(parents=True, exist_ok=True)
    before = copied(home)
    chosen = storage or before.storage
    text = shipped_settings(root, chosen)
    if text is None:
        return True
    target = home / SETTINGS
    if is_own(root, home, text):
        return False
    if not target.is_file() or target.read_bytes() != text:
        _put(target, text)
    now = Copied(chosen, _digest(text))
    if now != before:
        said = {"storage": now.storage, "digest": now.digest}
        _put(home / COPIED, (json.dumps(said, indent=2) + "\n").encode())
    return True


def is_own(root: Path, home: Path, text: bytes | None = None) -> bool:
    """Whether the settings in the home are the office's own: no version that was ever shipped.

    Args:
        root: The project's root.
        home: ``DAGSTER_HOME``.
        text: The shipped settings; None reads them.
    """
    target, before = home / SETTINGS, copied(home)
    shipped = text if text is not None else shipped_settings(root, before.storage)
    if shipped is None or not target.is_file():
        return False
    return _digest(target.read_bytes()) not in {before.digest, _digest(shipped), *_EARLIER}


def changed_settings(root: Path, home: Path) -> list[str]:
    """What the settings in the home say otherwise than the shipped ones.

    Returns:
        Lines ``name: shipped → here``; none where they say the same or there is nothing to
        compare. Comments and order do not count.

    Raises:
        yaml.YAMLError: One of them is no YAML.
    """
    text = shipped_settings(root, copied(home).storage)
    target = home / SETTINGS
    if text is None or not target.is_file():
        return []
    shipped = dict(_flat(yaml.safe_load(text)))
    here = dict(_flat(yaml.safe_load(target.read_bytes())))
    names = sorted(shipped.keys() | here.keys())
    return [
        f"{name}: {shipped.get(name, _ABSENT)} → {here.get(name, _ABSENT)}"
        for name in names
        if shipped.get(name, _ABSENT) != here.get(name, _ABSENT)
    ]


def _flat(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif name:
        yield name, json.dumps(value, ensure_ascii=False, default=str)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _put(path: Path, data: bytes) -> None:
    """Whole or not at all: daemon, webserver and commands start side by side and all read it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(data)
    temporary.replace(path)


if __name__ == "__main__":
    refresh_settings(Path.cwd(), dagster_home(Path.cwd()))
