from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from pipelines.intake.journal import last_time, unreceipted
from pipelines.intake.receipts import (
    first_status,
    found_bytes,
    moved,
    places,
    receipts,
    sha256_of,
)


def entry(number: int, provider: str, path: str, data: bytes) -> dict[str, object]:
    return {
        "at": f"2021-06-0{number}T08:00:00+07:00",
        "who": "văn thư",
        "event": "received",
        "submission_id": f"2021-H1/{provider}/{number:02d}",
        "sha256": sha256_of(data),
        "path": path,
        "channel": "e-mail",
    }


@pytest.fixture
def root(tmp_path):
    (tmp_path / "raw/2021-H1").mkdir(parents=True)
    return tmp_path


def put(root, name: str, data: bytes) -> str:
    (root / "raw/2021-H1" / name).write_bytes(data)
    return f"raw/2021-H1/{name}"


def settled(root, entries) -> dict[str, dict[str, Any]]:
    frame = receipts(entries, "2021-H1")
    sizes = {key: len(data) for key, data in found_bytes(frame, root).items()}
    out = first_status(frame, sizes)
    return {str(r["submission_id"]): dict(r) for r in map(_plain, out.to_dict("records"))}


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in row.items()}


def test_present_bytes_wait_to_be_read(root):
    path = put(root, "a.xlsx", b"one")
    row = settled(root, [entry(1, "xa-1", path, b"one")])["2021-H1/xa-1/01"]
    assert pd.isna(row["status"])
    assert row["size"] == 3
    assert row["provider"] == "xa-1"


def test_the_same_bytes_of_the_same_sender_are_a_duplicate(root):
    first, second = put(root, "a.xlsx", b"one"), put(root, "b.xlsx", b"one")
    rows = settled(root, [entry(1, "xa-1", first, b"one"), entry(2, "xa-1", second, b"one")])
    assert rows["2021-H1/xa-1/02"]["status"] == "duplicate"
    assert rows["2021-H1/xa-1/02"]["same_as"] == "2021-H1/xa-1/01"
    other = settled(root, [entry(1, "xa-1", first, b"one"), entry(2, "xa-2", second, b"one")])
    assert pd.isna(other["2021-H1/xa-2/02"]["status"])


def test_bytes_replaced_at_their_path_are_superseded(root):
    path = put(root, "a.xlsx", b"new")
    rows = settled(root, [entry(1, "xa-1", path, b"old"), entry(2, "xa-1", path, b"new")])
    assert rows["2021-H1/xa-1/01"]["status"] == "superseded"
    assert pd.isna(rows["2021-H1/xa-1/02"]["status"])


def test_lost_bytes_are_unreadable(root):
    rows = settled(root, [entry(1, "xa-1", "raw/2021-H1/gone.xlsx", b"old")])
    assert rows["2021-H1/xa-1/01"]["status"] == "unreadable"


@pytest.mark.parametrize("path", ["../outside.xlsx", "raw/2021-H1/../../outside.xlsx"])
def test_nothing_outside_raw_is_opened(root, path):
    (root / "outside.xlsx").write_bytes(b"one")
    assert settled(root, [entry(1, "xa-1", path, b"one")])["2021-H1/xa-1/01"]["status"] == (
        "unreadable"
    )


def test_links_are_not_followed(root):
    (root / "outside.xlsx").write_bytes(b"one")
    (root / "raw/2021-H1/link.xlsx").symlink_to(root / "outside.xlsx")
    rows = settled(root, [entry(1, "xa-1", "raw/2021-H1/link.xlsx", b"one")])
    assert rows["2021-H1/xa-1/01"]["status"] == "unreadable"


# --- files that were moved within the folder


def moved_to(number: int, submission_id: str, path: str) -> dict[str, object]:
    return {
        "at": f"2021-06-1{number}T08:00:00+07:00",
        "who": "qcdc",
        "event": "correction",
        "submission_id": submission_id,
        "path": path,
    }


ONE = sha256_of(b"one")


def test_a_moved_file_keeps_its_receipt(root):
    entries = [entry(1, "xa-1", "raw/2021-H1/a.xlsx", b"one")]
    new = put(root, "b.xlsx", b"one")
    assert moved(entries, [(new, ONE, None)]) == [("2021-H1/xa-1/01", new)]
    entries.append(moved_to(1, "2021-H1/xa-1/01", new))
    row = settled(root, entries)["2021-H1/xa-1/01"]
    assert (pd.isna(row["status"]), row["path"]) == (True, new)
    assert unreceipted(entries, [(new, ONE)]) == []
    assert moved(entries, [(new, ONE, None)]) == []


def test_a_file_moved_there_and_back_is_followed_both_ways():
    old, new = "raw/2021-H1/a.xlsx", "raw/2021-H1/b.xlsx"
    entries = [entry(1, "xa-1", old, b"one"), moved_to(1, "2021-H1/xa-1/01", new)]
    assert moved(entries, [(old, ONE, None)]) == [("2021-H1/xa-1/01", old)]
    entries.append(moved_to(2, "2021-H1/xa-1/01", old))
    assert places(entries) == {"2021-H1/xa-1/01": old}


def test_a_second_copy_is_no_move(root):
    old, new = put(root, "a.xlsx", b"one"), put(root, "b.xlsx", b"one")
    entries = [entry(1, "xa-1", old, b"one")]
    assert moved(entries, [(old, ONE, None), (new, ONE, None)]) == []
    assert unreceipted(entries, [(old, ONE), (new, ONE)]) == [(new, ONE)]


def test_one_receipt_follows_one_file_only():
    entries = [entry(1, "xa-1", "raw/2021-H1/a.xlsx", b"one")]
    copies = [(f"raw/2021-H1/{name}.xlsx", ONE, None) for name in "bc"]
    assert moved(entries, copies) == [("2021-H1/xa-1/01", "raw/2021-H1/b.xlsx")]


def test_a_file_in_another_units_folder_is_that_units(root):
    entries = [entry(1, "xa-1", "raw/2021-H1/a.xlsx", b"one")]
    new = put(root, "b.xlsx", b"one")
    assert moved(entries, [(new, ONE, "xa-2")]) == []
    assert moved(entries, [(new, ONE, "xa-1")]) == [("2021-H1/xa-1/01", new)]
    entries.append(entry(2, "xa-2", new, b"one"))
    rows = settled(root, entries)
    assert rows["2021-H1/xa-1/01"]["status"] == "superseded"
    assert "2021-H1/xa-2/02" in rows["2021-H1/xa-1/01"]["reason"]
    assert pd.isna(rows["2021-H1/xa-2/02"]["status"])


def test_of_two_equal_files_one_may_go(root):
    second = put(root, "b.xlsx", b"one")
    entries = [
        entry(1, "xa-1", "raw/2021-H1/gone.xlsx", b"one"),
        entry(2, "xa-1", second, b"one"),
    ]
    rows = settled(root, entries)
    assert pd.isna(rows["2021-H1/xa-1/01"]["status"])
    assert rows["2021-H1/xa-1/02"]["status"] == "duplicate"


def test_a_move_is_no_news_of_the_period():
    entries = [entry(1, "xa-1", "raw/2021-H1/a.xlsx", b"one")]
    before = last_time(entries)
    assert last_time([*entries, moved_to(9, "2021-H1/xa-1/01", "raw/2021-H1/b.xlsx")]) == before
