"""``make licences``: docs/licences.md, from what the installed packages say of themselves.

Only packages of requirements.lock are listed; those that other systems or Pythons need and this
one has not are left out.
"""

from __future__ import annotations

import re
from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "licences.md"
HEAD = """# Giấy phép của các gói dùng trong hệ thống

Sinh từ thông tin của chính các gói (`make licences`); không sửa tay.
Generated from the metadata of the installed packages; do not edit.

| Gói | Phiên bản | Giấy phép |
|---|---|---|
"""
_LONGEST = 80


def locked() -> list[str]:
    """Names of the packages of the lock, in its order."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return re.findall(r"^([A-Za-z0-9._-]+)==", text, flags=re.MULTILINE)


def row(name: str) -> str | None:
    """The row of a package; None where it is not installed."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    return f"| {name} | {found.version} | {licence(found)} |"


def licence(found: Distribution) -> str:
    """The licence that a package states: as an expression, by classifiers, else in words."""
    said = cast(Message, found.metadata)  # its type does not tell all it can
    expression = said.get("License-Expression")
    classifiers = [c for c in said.get_all("Classifier") or [] if c.startswith("License ::")]
    named = sorted({c.rpartition(" :: ")[2] for c in classifiers} - {"OSI Approved"})
    words = (said.get("License") or "").strip().split("\n")[0][:_LONGEST]
    return (expression or "; ".join(named) or words or "không ghi").replace("|", "/")


def page() -> str:
    """The whole page."""
    rows = sorted(filter(None, map(row, dict.fromkeys(locked()))), key=str.lower)
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
