"""Receipts → the register of submissions; bytes found, gone or sent twice.

Belongs here: what the journal says was received, and whether those bytes are still there.
Does not belong here: what the bytes say (``identify``, ``layout``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

COLUMNS = ["submission_id", "sha256", "provider", "period", "received_at", "path", "channel"]


def sha256_of(data: bytes) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def receipts(entries: Sequence[Mapping[str, Any]], period: str) -> pd.DataFrame:
    """The receipts of a period in journal order.

    Args:
        entries: Journal entries as read.
        period: The folder under ``raw/``.

    Returns:
        Columns ``COLUMNS``; ``provider`` is the sender that the receipt names.
    """
    rows = [
        {
            "submission_id": entry["submission_id"],
            "sha256": entry["sha256"],
            # <period>/<provider>/<nn>: the id is made from the sender, who may hold no slash
            "provider": str(entry["submission_id"]).split("/")[1],
            "period": period,
            "received_at": entry["at"],
            "path": entry["path"],
            "channel": entry.get("channel"),
        }
        for entry in entries
        if entry.get("event") == "received"
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def found_bytes(frame: pd.DataFrame, root: Path) -> dict[str, bytes]:
    """The bytes of every receipt that are still at its path, by submission id."""
    found: dict[str, bytes] = {}
    cache: dict[str, tuple[str, bytes]] = {}
    for submission_id, path, expected in zip(
        frame["submission_id"], frame["path"], frame["sha256"], strict=True
    ):
        if path not in cache:
            target = root / str(path)
            data = target.read_bytes() if is_inside(target, root) else b""
            cache[str(path)] = (sha256_of(data), data)
        digest, data = cache[str(path)]
        if digest == expected:
            found[str(submission_id)] = data
    return found


def is_inside(target: Path, root: Path) -> bool:
    """Only a plain file below ``raw/`` is read: no link, no way out by ``..``."""
    raw = (root / "raw").resolve()
    return target.is_file() and not target.is_symlink() and target.resolve().is_relative_to(raw)


def first_status(frame: pd.DataFrame, sizes: Mapping[str, int]) -> pd.DataFrame:
    """Settle what can be settled before reading.

    Args:
        frame: ``receipts``.
        sizes: By submission id, how many bytes each file has that is still there.

    Returns:
        ``frame`` with ``status``, ``same_as``, ``reason`` (nan where the file must be read) and
        ``size``: the same bytes of the same sender again are a duplicate; gone bytes are
        superseded when a later receipt has the path, else unreadable.
    """
    out = frame.copy()
    out["size"] = pd.array([sizes.get(s) for s in out["submission_id"]], dtype="Int64")
    first = out.groupby(["provider", "sha256"])["submission_id"].transform("first")
    again = first != out["submission_id"]
    last_of_path = out.groupby("path")["submission_id"].transform("last")
    gone = ~out["submission_id"].isin(list(sizes)) & ~again
    replaced = gone & (last_of_path != out["submission_id"])
    out["status"] = pd.Series(pd.NA, index=out.index, dtype="str")
    out["same_as"] = first.where(again).astype("str")
    out["reason"] = pd.Series(pd.NA, index=out.index, dtype="str")
    out.loc[again, ["status", "reason"]] = ["duplicate", "Trùng từng byte với lần nộp trước."]
    out.loc[gone, ["status", "reason"]] = [
        "unreadable",
        "Không còn tệp đúng mã băm tại đường dẫn đã ghi; đề nghị gửi lại.",
    ]
    out.loc[replaced, ["status", "reason"]] = [
        "superseded",
        "Tệp đã bị thay bằng tệp mới hơn ở cùng đường dẫn.",
    ]
    return out
