"""Bands for people: intervals, official order, silence that improves nothing."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.analysis.scores import band_counts, bands_in_order, score_sheet
from tests.evaluation.scoring import CATALOGUE

SET = "vd-xa-1"
NAMES = [band.label_vi for band in CATALOGUE.criteria[SET].bands]


class Tables:
    def __init__(self, **tables: pd.DataFrame) -> None:
        self._tables = {name.replace("__", "."): frame for name, frame in tables.items()}

    def table(self, name: str) -> pd.DataFrame:
        return self._tables[name]


def banded(*rows: tuple[str, float, float, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["unit_id", "lower", "upper", "band_lower", "band_upper"])
    same = frame["band_lower"] == frame["band_upper"]
    return frame.assign(
        period="2021",
        criteria_set=SET,
        band=frame["band_lower"].where(same, "chưa xếp loại"),
        forced_by=None,
        coverage=1.0,
        is_example=True,
    )


UNITS = pd.DataFrame(
    {
        "unit_id": ["a", "b"],
        "name": ["Xã minh họa 01", "Thị trấn minh họa"],
        "official_order": [2, 1],
    }
)


def test_official_order_and_intervals() -> None:
    wh = Tables(
        eval__bands=banded(("a", 92, 92, "Tốt", "Tốt"), ("b", 60.5, 92, "Trung bình", "Tốt")),
        ref__units=UNITS,
    )
    table = bands_in_order(wh, "2021", SET)
    assert list(table["unit_id"]) == ["b", "a"]
    assert list(table["points"]) == ["60,50 đến 92", "92"]
    assert list(table["possible"]) == ["Trung bình đến Tốt", "Tốt"]


SPANS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3)).map(sorted), min_size=1, max_size=8
)


@settings(deadline=None, max_examples=50)
@given(SPANS, st.data())
def test_silence_improves_no_share(spans: list[list[int]], data: st.DataObject) -> None:
    def counts(of: list[list[int]]) -> pd.DataFrame:
        rows = [
            (str(at), 0.0, 100.0, NAMES[worst], NAMES[best]) for at, (best, worst) in enumerate(of)
        ]
        return band_counts(Tables(eval__bands=banded(*rows)), "2021", SET).set_index("band")

    silent = data.draw(st.integers(0, len(spans) - 1))
    before = counts(spans)
    after = counts([[0, 3] if at == silent else span for at, span in enumerate(spans)])
    good = NAMES[:2]
    assert after.loc[good, "share"].sum() <= before.loc[good, "share"].sum() + 1e-9
    assert before["sure"].sum() == len(spans)


def test_the_sheet_shows_three_stages_with_reason_and_evidence() -> None:
    line = CATALOGUE.criteria[SET].criteria[0].id
    common = {"period": "2021", "criteria_set": SET, "unit_id": "a", "criterion": line}
    scores = pd.DataFrame(
        [
            common
            | {
                "stage": "self",
                "found": 1.0,
                "lower": 3.0,
                "upper": 3.0,
                "reason": None,
                "evidence": None,
            },
            common
            | {
                "stage": "verified",
                "found": 0.0,
                "lower": 0.0,
                "upper": 0.0,
                "reason": "tự chấm 3 điểm; chưa có quyết định",
                "evidence": "bb.pdf",
            },
        ]
    )
    criteria = pd.DataFrame(
        {
            "criteria_set": [SET],
            "criterion": [line],
            "section_vi": ["Lãnh đạo"],
            "label_vi": ["Kiện toàn"],
            "max_points": [3.0],
            "position": [1],
        }
    )
    row = score_sheet(Tables(eval__scores=scores, ref__criteria=criteria), "2021", SET, "a").iloc[0]
    assert (row["self"], row["verified"], row["decided"]) == ("3", "0", None)
    assert (row["found"], row["evidence"]) == (0, "bb.pdf")
