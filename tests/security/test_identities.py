"""The scanner sees an identity in whatever the system writes."""

import gzip
import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from pipelines.vietnamese.text import MASK, mask_personal
from tests.security.identities import Plants, hits_below, hits_in_bytes, hits_in_text

EVERYTHING = {"name", "address", "email", "cccd", "phone"}


def parquet(text: str) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"said": [text]}), out, compression="zstd")
    return out.getvalue()


def arrow(text: str) -> bytes:
    table, out = pa.table({"said": [text]}), io.BytesIO()
    with ipc.new_file(out, table.schema, options=ipc.IpcWriteOptions(compression="zstd")) as file:
        file.write_table(table)
    return out.getvalue()


def workbook(text: str) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.worksheets[0]["A1"] = text
    book.save(out)
    return out.getvalue()


def history(text: str) -> bytes:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("create table event_logs (event text)")
        connection.execute("insert into event_logs values (?)", (json.dumps({"said": text}),))
        connection.commit()
        data = connection.serialize()
    return data[:18] + b"\x02\x02" + data[20:]  # as Dagster leaves it: with a write-ahead log


@pytest.mark.parametrize(
    "packed",
    [
        str.encode,
        lambda text: text.encode("utf-16-le"),
        lambda text: json.dumps(text).encode(),
        lambda text: gzip.compress(text.encode()),
        parquet,
        arrow,
        workbook,
        history,
    ],
)
def test_an_identity_is_seen_wherever_it_lies(packed: Callable[[str], bytes]) -> None:
    plants = Plants()
    for place in ("one", "two"):
        someone = plants.at(place)
    hits = list(hits_in_bytes("file", packed(someone.text)))
    assert {hit.kind for hit in hits} == EVERYTHING
    assert {plants.place_of(hit) for hit in hits} == {"two"}


def test_names_of_files_are_looked_at_and_what_is_left_out_is_not(tmp_path: Path) -> None:
    plants = Plants()
    for folder in ("raw", "warehouse"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / plants.at(folder).file_name).write_bytes(b"")
    hits = list(hits_below(tmp_path, (tmp_path / "raw",)))
    assert {(hit.kind, plants.place_of(hit)) for hit in hits} == {
        ("name", "warehouse"), ("cccd", "warehouse"),
    }  # fmt: skip


def test_what_is_masked_is_not_seen_and_the_sentence_stays() -> None:
    masked = mask_personal(Plants().at("a sentence").text)
    assert list(hits_in_text("text", masked)) == []
    assert masked == f"ông {MASK}, CCCD {MASK}, điện thoại {MASK}, {MASK}, trú tại {MASK}"


@pytest.mark.parametrize(
    "text",
    [
        "Ông Chủ tịch UBND xã trả lời; bà con nhân dân đồng tình",
        "tư tưởng, đạo đức, phong cách Hồ Chí Minh",
        "Nhà văn hóa thôn 3, đường Nguyễn Văn Cừ, Trường THCS Nguyễn Văn Trỗi",
        "Bà Rịa - Vũng Tàu; thị trấn Phước An; huyện Cao Lộc; đảo Cô Tô",
        "đồng chí Bí thư Đảng ủy chủ trì; Anh hùng Lực lượng vũ trang; chị em phụ nữ",
        "địa chỉ: trụ sở UBND xã; bãi Trú, nơi tiếp công dân",
        "Quyết định số 22/QĐ-UBND ngày 10-06-2021, kinh phí 120000000 đồng",
    ],
)
def test_words_of_offices_places_and_papers_stay(text: str) -> None:
    assert mask_personal(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("anh Y Lái Byă và chị H'Huê Ayun", f"anh {MASK} và chị {MASK}"),
        ("Lê Văn Xqaaax phản ánh", f"{MASK} phản ánh"),
        ("Đơn của bà Xqaaax, hộ khẩu tại buôn 2", f"Đơn của bà {MASK}, hộ khẩu tại {MASK}"),
        ("địa chỉ: số 12 Lê Lợi, phường 1", f"địa chỉ: {MASK}"),
        ("BÀ XQAAAX, CCCD: 000777000001", f"BÀ {MASK}, CCCD: {MASK}"),
    ],
)
def test_persons_do_not(text: str, masked: str) -> None:
    assert mask_personal(text) == masked
