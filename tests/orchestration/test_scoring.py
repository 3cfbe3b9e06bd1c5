"""What was checked in a half-year is not taken for a figure of its year."""

import pandas as pd

from pipelines.orchestration.scoring import _own


def test_a_year_takes_no_check_of_its_halves() -> None:
    rows = pd.DataFrame(
        {"submission_id": ["2016-H1/bcd-mh/01", "2016-H2/bcd-mh/01"], "found": [9, 8]}
    )
    assert _own(rows, "2016").empty
    assert list(_own(rows, "2016-H2")["found"]) == [8]
    assert _own(rows.iloc[:0], "2016").empty
