"""Metadata stays small enough for the UI, whatever a table holds."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.orchestration.metadata import LONGEST, SAMPLE_ROWS, markdown


def test_rows_beyond_the_limit_are_counted() -> None:
    text = markdown(pd.DataFrame({"a": range(25)}), {"a": "Số"}, rows=10)
    lines = text.splitlines()
    assert lines[0] == "| Số |"
    assert lines[2:12] == [f"| {n} |" for n in range(10)]
    assert lines[-1] == "… còn 15 dòng"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a|b", "a\\|b"), ("a\nb", "a b"), (float("nan"), ""), (None, ""), ("x" * 80, "x" * 59 + "…")],
)
def test_cells_cannot_break_the_table(value: object, shown: str) -> None:
    assert markdown(pd.DataFrame({"a": [value]})).splitlines()[2] == f"| {shown} |"


def test_an_empty_table_has_its_headings() -> None:
    assert markdown(pd.DataFrame({"a": [], "b": []})) == "| a | b |\n| --- | --- |"


@given(
    st.integers(0, 60),
    st.integers(1, 18),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=90),
)
def test_never_longer_than_the_ui_bears(rows: int, columns: int, text: str) -> None:
    frame = pd.DataFrame({f"c{n}": [text] * rows for n in range(columns)})
    shown = markdown(frame)
    assert len(shown) <= LONGEST
    assert sum(line.startswith("| ") for line in shown.splitlines()) <= SAMPLE_ROWS + 2
