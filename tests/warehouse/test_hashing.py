import dataclasses
import datetime as dt
import hashlib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.warehouse import hashing
from pipelines.warehouse.hashing import arrow_hash, table_hash, to_arrow
from tests.warehouse.tables import ALL_TYPES, FakeContract, Row, arrow, frame

CONTRACT = FakeContract()
TIME = pa.timestamp("us", "Asia/Ho_Chi_Minh")
VIETNAM = dt.timezone(dt.timedelta(hours=7))
FULL = Row(
    "xa-mh-01",
    value=1.5,
    count=7,
    held=True,
    day=dt.date(2021, 6, 30),
    received_at=dt.datetime(2021, 6, 8, 9, 12, tzinfo=VIETNAM),
    note="đã họp",
)
texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
rows = st.builds(
    Row,
    unit_id=st.sampled_from([f"xa-mh-{n:02}" for n in range(20)]),
    period=st.sampled_from(["2021-H1", "2021-H2"]),
    value=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    count=st.none() | st.integers(-(2**62), 2**62),
    held=st.none() | st.booleans(),
    day=st.none() | st.dates(dt.date(1946, 1, 6), dt.date(2199, 12, 31)),
    received_at=st.none()
    | st.datetimes(timezones=st.just(VIETNAM), min_value=dt.datetime(1946, 1, 6)),  # noqa: DTZ001 — the zone is drawn beside
    note=texts,
)
tables = st.lists(rows, max_size=12)


@settings(deadline=None, max_examples=50)  # how fast is for benchmarks to say
@given(tables, st.randoms(use_true_random=False))
def test_order_of_rows_and_index_do_not_matter(drawn: list[Row], random):
    mixed = drawn.copy()
    random.shuffle(mixed)
    other = frame(*mixed)
    other.index = pd.Index(range(100, 100 + len(other)))
    assert table_hash(frame(*drawn), CONTRACT) == table_hash(other, CONTRACT)


@settings(deadline=None, max_examples=50)  # how fast is for benchmarks to say
@given(tables, st.integers(0, 12))
def test_chunks_of_columns_do_not_matter(drawn: list[Row], cut: int):
    pieces = pa.concat_tables([arrow(*drawn[:cut]), arrow(*drawn[cut:])])
    chunked = pieces.to_pandas(types_mapper=pd.ArrowDtype)
    assert table_hash(chunked, CONTRACT) == table_hash(frame(*drawn), CONTRACT)


@settings(deadline=None, max_examples=50)  # how fast is for benchmarks to say
@given(st.lists(rows, max_size=9, unique_by=lambda row: (row.unit_id, row.period)), st.data())
def test_a_changed_value_changes_the_hash(drawn: list[Row], data: st.DataObject):
    if not drawn:
        return
    place = data.draw(st.integers(0, len(drawn) - 1))
    changed = drawn.copy()
    note = f"{drawn[place].note or ''}+"
    changed[place] = dataclasses.replace(drawn[place], note=note)
    assert table_hash(frame(*drawn), CONTRACT) != table_hash(frame(*changed), CONTRACT)


@pytest.mark.parametrize("column", ["value", "count", "held", "day", "received_at", "note"])
def test_missing_is_not_the_value_that_stands_below_it(column: str):
    blank = {"value": 0.0, "count": 0, "held": False, "note": ""}
    blank |= {"day": dt.date(1970, 1, 1), "received_at": dt.datetime(1970, 1, 1, tzinfo=dt.UTC)}
    missing = frame(dataclasses.replace(FULL, **{column: None}))
    zero = frame(dataclasses.replace(FULL, **{column: blank[column]}))
    assert table_hash(missing, CONTRACT) != table_hash(zero, CONTRACT)


def test_what_lies_below_a_missing_value_does_not_matter():
    below = pd.arrays.IntegerArray(np.array([5, 9]), np.array([False, True]))
    other = pd.arrays.IntegerArray(np.array([5, 1]), np.array([False, True]))
    plain = frame(Row("a"), Row("b"))
    hashes = {table_hash(plain.assign(count=array), CONTRACT) for array in (below, other)}
    assert hashes == {table_hash(frame(Row("a", count=5), Row("b")), CONTRACT)}


def messy(values: pa.Array, below: pa.Array) -> pa.Array:
    """The values with others below the nulls, in buffers longer than they need be, cut out."""
    buffers = [values.buffers()[0], *below.buffers()[1:]]
    whole = pa.Array.from_buffers(values.type, len(values), buffers)
    return pa.concat_arrays([whole[1:], whole, whole[:-1]]).slice(len(values) - 1, len(values))


@pytest.mark.parametrize(
    ("values", "below"),
    [
        (pa.array([1, None, 3] * 3), pa.array([1, 2, 3] * 3)),
        (pa.array([0.5, None, 3] * 3), pa.array([0.5, float("nan"), 3] * 3)),
        (pa.array([True, None, False] * 3), pa.array([True, True, False] * 3)),
        (pa.array(["đ", None, "z"] * 3), pa.array(["đ", "khác", "z"] * 3)),
        (pa.array(["đ", "giữa", "z"] * 3), pa.array(["đ", "giữa", "z"] * 3)),
        (pa.array([5, None, 7] * 3, pa.date32()), pa.array([5, 6, 7] * 3, pa.date32())),
        (pa.array([5, None, 7] * 3, TIME), pa.array([5, 6, 7] * 3, TIME)),
    ],
)
def test_only_the_values_are_hashed_not_the_memory_around_them(values: pa.Array, below: pa.Array):
    dirty = messy(values, below)
    assert dirty.equals(values)
    hashes = {arrow_hash(pa.table({"a": array})) for array in (values, dirty)}
    assert len(hashes) == 1


def test_missing_text_is_one_thing_however_it_is_written():
    plain = frame(Row("a"), Row("b", note="x"))
    as_object = plain.assign(note=pd.Series([None, "x"], dtype="object"))
    assert table_hash(as_object, CONTRACT) == table_hash(plain, CONTRACT)


def test_minus_zero_is_zero():
    hashes = {table_hash(frame(Row("a", value=v)), CONTRACT) for v in (0.0, -0.0)}
    assert len(hashes) == 1


def test_order_of_columns_and_descriptions_do_not_matter():
    described = ALL_TYPES.set(0, ALL_TYPES.field(0).with_metadata({"vi": "Mã đơn vị"}))
    other = FakeContract(schema=described.with_metadata({"title": "x"}))
    turned = frame(FULL)[ALL_TYPES.names[::-1]]
    assert table_hash(turned, other) == table_hash(frame(FULL), CONTRACT)


def test_it_is_the_sha_256_of_the_plain_arrow_stream():
    """Anyone can recompute it: sort, write an IPC stream, hash."""
    full = [dataclasses.replace(FULL, unit_id=unit) for unit in ("b", "a", "c")]
    table = arrow(*full).sort_by("unit_id").combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    assert table_hash(frame(*full), CONTRACT) == hashlib.sha256(sink.getvalue()).hexdigest()


def test_the_hash_of_known_rows_never_changes():
    full = "fb6095c52fced11fc6e85213aa349bd9890f3975edb4ae4aa35fef4cf42f7772"
    empty = "c7aa08874c9e918b7a87e0bdc278f87a3ac92971631c0ffaaf5466c8853950e8"
    assert table_hash(frame(FULL, Row("xa-mh-02")), CONTRACT) == full
    assert table_hash(frame(), CONTRACT) == empty


def test_many_batches_hash_alike_however_they_come(monkeypatch: pytest.MonkeyPatch):
    drawn = [Row(f"u{n:02}", count=n, note="đ" * n) for n in range(10)]
    whole = table_hash(frame(*drawn), CONTRACT)
    monkeypatch.setattr(hashing, "BATCH_ROWS", 3)
    pieces = pa.concat_tables([arrow(row) for row in drawn]).to_pandas(types_mapper=pd.ArrowDtype)
    assert table_hash(pieces, CONTRACT) == table_hash(frame(*drawn), CONTRACT) != whole


def test_canonical_tables_are_sorted_by_key_missing_last():
    contract = FakeContract(key=["note", "unit_id"])
    got = to_arrow(frame(Row("b"), Row("a"), Row("c", note="z"), Row("d", note="a")), contract)
    assert got.column("unit_id").to_pylist() == ["d", "c", "a", "b"]
    assert got.schema.metadata is None
    assert {column.num_chunks for column in got.columns} == {1}


@given(st.lists(rows, max_size=12), st.permutations(ALL_TYPES.names), st.integers(1, 4))
@settings(max_examples=200, deadline=None)
def test_the_order_is_that_of_one_sort_by_all_columns(
    drawn: list[Row], columns: list[str], parts: int
):
    key = columns[:parts]
    contract = FakeContract(key=key)
    # some rows twice: then the key alone does not decide
    table = to_arrow(frame(*drawn, *drawn[::2]), contract)
    rest = [name for name in ALL_TYPES.names if name not in key]
    by = [(name, "ascending", "at_end") for name in [*key, *rest]]
    order = pc.call_function("sort_indices", [table], options=pc.SortOptions(by))
    assert table.equals(table.take(order))


@given(st.lists(rows, max_size=8), st.permutations(ALL_TYPES.names), st.integers(1, 3))
@settings(max_examples=200, deadline=None)
def test_keys_that_repeat_are_seen_beside_each_other(
    drawn: list[Row], columns: list[str], parts: int
):
    key = columns[:parts]
    table = to_arrow(frame(*drawn), FakeContract(key=key))
    keys = table.group_by(key).aggregate([([], "count_all")]).num_rows
    assert hashing.repeats(table, key) == (keys < table.num_rows)
