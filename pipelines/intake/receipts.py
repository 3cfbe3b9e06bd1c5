"""Receipts → the register of submissions; bytes found, gone or sent twice.

Belongs here: what the journal says was received, and whether those bytes are still there.
Does not belong here: what the bytes say (``identify``, ``layout``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.intake.known_hashes import sha256_at

LARGEST = 50_000_000
TOO_HEAVY = "Tệp lớn hơn 50 MB, không đọc; bỏ hình, trang, dòng thừa rồi gửi lại."
COLUMNS = ["submission_id", "sha256", "provider", "period", "received_at", "path", "channel"]


def sha256_of(data: bytes) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def is_move(entry: Mapping[str, Any]) -> bool:
    """Whether a line only says where a received file now lies."""
    return entry.get("event") == "correction" and entry.get("path") is not None


def places(entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Where each received file lies, by submission id: as the last line about it says."""
    return {
        str(entry["submission_id"]): str(entry["path"])
        for entry in entries
        if entry.get("event") == "received" or is_move(entry)
    }


def receipts(entries: Sequence[Mapping[str, Any]], period: str) -> pd.DataFrame:
    """The receipts of a period in journal order.

    Args:
        entries: Journal entries as read.
        period: The folder under ``raw/``.

    Returns:
        Columns ``COLUMNS``; ``provider`` is the sender that the receipt names, ``path`` where
        the file lies by the last line about it.
    """
    lies = places(entries)
    rows = [
        {
            "submission_id": entry["submission_id"],
            "sha256": entry["sha256"],
            # <period>/<provider>/<nn>: the id is made from the sender, who may hold no slash
            "provider": str(entry["submission_id"]).split("/")[1],
            "period": period,
            "received_at": entry["at"],
            "path": lies[str(entry["submission_id"])],
            "channel": entry.get("channel"),
        }
        for entry in entries
        if entry.get("event") == "received"
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def moved(
    entries: Sequence[Mapping[str, Any]], files: Sequence[tuple[str, str, str | None]]
) -> list[tuple[str, str]]:
    """Receipts whose file lies at another place of the same sender than they say.

    Args:
        entries: Journal entries.
        files: Path, sha256 and sender by place of every file of the period; a sender that the
            place does not tell is None and agrees with any.

    Returns:
        submission_id and new path, one file per receipt and one receipt per file.
    """
    lies = places(entries)
    received = [
        (str(e["submission_id"]), str(e["sha256"])) for e in entries if e.get("event") == "received"
    ]
    there = {(path, digest) for path, digest, _ in files}
    named = {(lies[submission_id], digest) for submission_id, digest in received}
    lost = [each for each in received if (lies[each[0]], each[1]) not in there]
    found: list[tuple[str, str]] = []
    for path, digest, sender in files:
        if (path, digest) in named:
            continue
        for submission_id, expected in lost:
            if expected == digest and sender in {submission_id.split("/")[1], None}:
                found.append((submission_id, path))
                lost.remove((submission_id, expected))
                break
    return found


def found_bytes(frame: pd.DataFrame, root: Path) -> dict[str, bytes]:
    """The bytes of every receipt that are still at its path, by submission id.

    Bytes that a sender has sent twice are there as long as one of the two files is.
    """
    found: dict[str, bytes] = {}
    there: dict[tuple[str, str], bytes] = {}
    cache: dict[str, tuple[str, bytes]] = {}
    columns = [
        frame[name].astype("str") for name in ("submission_id", "path", "sha256", "provider")
    ]
    for _, path, expected, provider in zip(*columns, strict=True):
        if path not in cache:
            target = root / path
            is_light = is_inside(target, root) and target.stat().st_size <= LARGEST
            data = target.read_bytes() if is_light else b""
            cache[path] = (sha256_at(target, data) if is_light else sha256_of(data), data)
        digest, data = cache[path]
        if digest == expected:
            there[provider, expected] = data
    for submission_id, _, expected, provider in zip(*columns, strict=True):
        if (provider, expected) in there:
            found[submission_id] = there[provider, expected]
    return found


def heavy_files(frame: pd.DataFrame, root: Path) -> dict[str, int]:
    """Size of the files that weigh too much to be read, by submission id.

    Args:
        frame: ``receipts``.
        root: The project's root; only files below ``raw/`` are looked at.
    """
    found = {}
    for submission_id, path in zip(frame["submission_id"], frame["path"], strict=True):
        target = root / str(path)
        if is_inside(target, root) and target.stat().st_size > LARGEST:
            found[str(submission_id)] = target.stat().st_size
    return found


def refuse_heavy(submissions: pd.DataFrame, heavy: Collection[str]) -> pd.DataFrame:
    """Refuse what weighs too much, where nothing else has been said of it.

    Args:
        submissions: What ``first_status`` gives.
        heavy: Ids of ``heavy_files``.
    """
    out = submissions.copy()
    waiting = out["submission_id"].isin(list(heavy)) & out["status"].isna()
    out.loc[waiting, ["status", "reason"]] = ["refused", TOO_HEAVY]
    return out


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
        superseded when a later receipt has the path or, of another sender, the bytes, else
        unreadable.
    """
    out = frame.copy()
    out["size"] = pd.array([sizes.get(s) for s in out["submission_id"]], dtype="Int64")
    first = out.groupby(["provider", "sha256"])["submission_id"].transform("first")
    again = first != out["submission_id"]
    last_of_path = out.groupby("path")["submission_id"].transform("last")
    last_of_bytes = out.groupby("sha256")["submission_id"].transform("last")
    gone = ~out["submission_id"].isin(list(sizes)) & ~again
    replaced = gone & (last_of_path != out["submission_id"])
    elsewhere = gone & ~replaced & (last_of_bytes != out["submission_id"])
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
    out.loc[elsewhere, "status"] = "superseded"
    out.loc[elsewhere, "reason"] = (
        "Tệp đã được chuyển sang đơn vị khác, lần nộp " + last_of_bytes[elsewhere] + "."
    )
    return out
