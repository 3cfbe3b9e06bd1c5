"""Telling the rows of a table apart by their texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.intake import tables_found
from pipelines.vietnamese.text import fold


@pytest.mark.parametrize(
    "row",
    [["(A)", "(B)", "(1)", "(2)"], ["A", "B", "1", "2", "3"], ["1", "2", "3", "4"], ["(1)", "(2)"]],
)
def test_rows_that_number_columns(row):
    assert tables_found.is_numbering([fold(text) for text in row])


@pytest.mark.parametrize(
    "row", [["1", "Xã A", "5"], ["1", "2"], ["7"], ["3", "5", "8"], ["(1)", "trong kỳ"], []]
)
def test_rows_of_values_do_not_number_columns(row):
    assert not tables_found.is_numbering([fold(text) for text in row])


@pytest.mark.parametrize(
    "label",
    [
        "Tổng cộng",
        "TỔNG CỘNG:",
        "Cộng",
        "Tổng số",
        "TS",
        "Toàn huyện",
        "Cộng I",
        "Tổng cộng (I+II)",
    ],
)
def test_labels_of_totals(label):
    assert tables_found.is_total(fold(label))


@pytest.mark.parametrize(
    "label",
    [
        "Tổng số thôn, buôn, tổ dân phố",
        "Tổng hợp",
        "Cộng Hòa",
        "Xã Tổng Cọt",
        "Cộng tác viên",
        "Toàn",
        "",
    ],
)
def test_labels_that_only_begin_like_totals(label):
    assert not tables_found.is_total(fold(label))


@pytest.mark.parametrize(
    ("rows", "paths"),
    [
        (
            [{1: "TT", 2: "Đã tiếp nhận", 4: "Ghi chú"}, {2: "Trong kỳ", 3: "Từ đầu năm"}],
            {
                1: "tt",
                2: "da_tiep_nhan__trong_ky",
                3: "da_tiep_nhan__tu_dau_nam",
                4: "ghi_chu",
            },
        ),
        # three rows, and a header above that reaches over two groups
        (
            [{1: "Hồ sơ"}, {1: "Trực tuyến", 3: "Trực tiếp"}, {1: "Mức 3", 2: "Mức 4", 3: "Tổng"}],
            {
                1: "ho_so__truc_tuyen__muc_3",
                2: "ho_so__truc_tuyen__muc_4",
                3: "ho_so__truc_tiep__tong",
            },
        ),
        # a header that is merged downwards does not reach right
        ([{1: "Đơn vị", 3: "Số"}, {2: "Tên", 3: "Nam"}], {1: "don_vi", 2: "ten", 3: "so__nam"}),
        ([{1: "Đã giải\nquyết"}], {1: "da_giai_quyet"}),
    ],
)
def test_headers_of_several_rows_become_paths(rows, paths):
    assert tables_found.header_paths(rows) == paths


@given(st.dictionaries(st.integers(1, 9), st.text("aăâbcđ ", min_size=1), max_size=6))
def test_one_row_of_headers_is_its_own_path(row):
    slugs = {column: tables_found.slug(text) for column, text in row.items()}
    # a blank cell is no header
    assert tables_found.header_paths([row]) == {c: slug for c, slug in slugs.items() if slug}
