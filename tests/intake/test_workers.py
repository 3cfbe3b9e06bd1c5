import io
import os
import signal
import time

import pytest
from openpyxl import Workbook

from pipelines.intake.container import UnreadableWorkbook, scan_container
from pipelines.intake.workers import map_safely, read_safely


def workbook() -> bytes:
    book = Workbook()
    book.create_sheet("Trang")["B2"] = 7
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_results_and_refusals_stand_in_the_order_of_the_items():
    good, bad = workbook(), b"no workbook"
    results = map_safely(scan_container, [good, bad, good, bad, good])
    kinds = [r.code if isinstance(r, UnreadableWorkbook) else r.sheets[1].cells for r in results]
    assert kinds == [1, "not_xlsx", 1, "not_xlsx", 1]


def test_a_refusal_keeps_its_words_on_the_way_out_of_the_worker():
    with pytest.raises(UnreadableWorkbook) as here:
        scan_container(b"")
    with pytest.raises(UnreadableWorkbook) as there:
        read_safely(scan_container, [b""])
    assert vars(there.value) == vars(here.value)


def test_a_dying_worker_takes_only_its_own_item_along():
    results = map_safely(os._exit, [3, 4, 5], processes=2)
    assert [r.code for r in results if isinstance(r, UnreadableWorkbook)] == ["reader_died"] * 3


def test_items_around_a_slow_one_are_read():
    started = time.monotonic()
    results = map_safely(time.sleep, [0, 600, 0, 0], seconds=1)
    assert [getattr(r, "code", r) for r in results] == [None, "timeout", None, None]
    assert time.monotonic() - started < 60


def test_memory_is_capped_in_the_worker_only():
    assert len(read_safely(bytearray, [1 << 20], memory_bytes=1 << 27)) == 1 << 20
    with pytest.raises(UnreadableWorkbook) as refusal:
        read_safely(bytearray, [300 << 20], memory_bytes=1 << 27)
    assert refusal.value.code == "memory"
    assert len(bytearray(300 << 20)) == 300 << 20


def test_an_aborted_process_is_told_from_a_defect():
    with pytest.raises(UnreadableWorkbook, match="reader_died"):
        read_safely(signal.raise_signal, [signal.SIGABRT])
    with pytest.raises(RuntimeError, match="traceback stands above"):
        read_safely(int, ["no number"])


def test_nothing_to_read_starts_nothing():
    assert map_safely(scan_container, []) == []
