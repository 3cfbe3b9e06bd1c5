import pytest

from pipelines.reports.papers import fit, grid
from pipelines.reports.papers.model import Column, Row, Run, Table
from tests.reports.papers.every_block import wide_table


def column(label: str, group: str | None = None, above: str | None = None) -> Column:
    return Column(label, group=group, above=above, align="right")


def test_neighbours_share_a_heading_and_others_do_not() -> None:
    columns = (column("TT"), column("a", "G"), column("b", "G"), column("c", "H"), column("a", "G"))
    told = [(c.text, c.row, c.column, c.rows, c.columns) for c in grid.head_cells(columns)]
    assert told == [
        ("TT", 0, 0, 2, 1),
        ("G", 0, 1, 1, 2),
        ("H", 0, 3, 1, 1),
        ("G", 0, 4, 1, 1),
        ("a", 1, 1, 1, 1),
        ("b", 1, 2, 1, 1),
        ("c", 1, 3, 1, 1),
        ("a", 1, 4, 1, 1),
    ]


def test_a_group_ends_where_what_stands_above_changes() -> None:
    columns = (column("a", "G", "X"), column("b", "G", "X"), column("c", "G", "Y"))
    told = [(c.text, c.row, c.columns) for c in grid.head_cells(columns)]
    assert told[:4] == [("X", 0, 2), ("Y", 0, 1), ("G", 1, 2), ("G", 1, 1)]
    assert grid.head_depth(columns) == 3


@pytest.mark.parametrize(
    ("aligns", "told"),
    [
        ("clrr", ["(A)", "(B)", "(1)", "(2)"]),
        ("clrl", ["(A)", "(B)", "(1)", "(2)"]),
        ("rr", ["(1)", "(2)"]),
        ("ll", ["(1)", "(2)"]),
    ],
)
def test_names_have_letters_and_numbers_numbers(aligns: str, told: list[str]) -> None:
    named = {"c": "center", "l": "left", "r": "right"}
    columns = tuple(Column("x", align=named[a]) for a in aligns)  # pyright: ignore[reportArgumentType] — a literal looked up
    assert grid.numbering(columns) == told


def test_widths_add_up_and_no_word_breaks() -> None:
    table = wide_table()
    for total in (257.0, 165.0):
        told = fit.fit(table, total, 12)
        assert sum(told.widths) == pytest.approx(total)
        for n, width in enumerate(told.widths):
            words = [word for row in table.rows for word in row.cells[n].text.split()]
            words += table.columns[n].label.split()
            longest = max(fit.text_width(word, told.size) for word in words)
            assert longest <= width - 2 * fit.CELL_PADDING_MM + 1e-6, table.columns[n].label
    assert fit.fit(table, 165, 12).size < fit.fit(table, 257, 12).size


def test_given_widths_are_kept_where_words_allow() -> None:
    columns = (Column("a", width=1), Column("b", width=3))
    told = fit.fit(Table("x", columns, (Row((Run("x"), Run("y"))),)), 100, 12)
    assert told.widths == pytest.approx((25, 75))


def test_a_table_that_cannot_fit_still_adds_up() -> None:
    columns = tuple(Column("Nghiêngngảdàiquá" * 3) for _ in range(12))
    told = fit.fit(Table("x", columns, ()), 165, 12)
    assert sum(told.widths) == pytest.approx(165)
    assert told.size == 7


@pytest.mark.parametrize("text", ["TT", "52.620", "Nghiêm", "CỘNG HÒA XÃ HỘI", "thôn, buôn"])
def test_bold_is_wider_and_twice_the_size_twice_as_wide(text: str) -> None:
    assert fit.text_width(text, 12, bold=True) > fit.text_width(text, 12)
    assert fit.text_width(text, 24) == pytest.approx(2 * fit.text_width(text, 12))
