"""PAPI figures shown name their year's own label and their source; nothing is added up."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.analysis.papi import papi_beside_reports, papi_limits, papi_over_time
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.reference import reference_frames

ROOT = Path(__file__).resolve().parents[2]


class Facts:
    """Reference tables, and one figure of a district."""

    def __init__(self) -> None:
        self.tables = reference_frames(load_catalogue(), ROOT / "raw" / "reference")
        self.tables["eval.indicator_values"] = pd.DataFrame(
            [("huyen-mh-1", "2021-H1", "xa.publish_rate", "as_reported", 96.0, "value")],
            columns=["scope_id", "period", "indicator", "view", "value", "state"],
        )

    def table(self, name: str) -> pd.DataFrame:
        return self.tables[name]


@pytest.fixture(scope="module")
def wh() -> Facts:
    return Facts()


def test_each_shown_figure_has_the_label_and_source_of_its_year(wh: Facts) -> None:
    table = papi_over_time(wh, 2)
    first = table[table["place"].eq("2.1")].set_index(["province", "year"])
    assert first.loc[("Tỉnh Đắk Lắk", 2012), "label_vi"] == "Công khai danh sách hộ nghèo"
    assert first.loc[("Tỉnh Đắk Lắk", 2019), "label_vi"] == "Tiếp cận thông tin"
    assert first.loc[("Tỉnh Phú Yên", 2019), "source"] == "PAPI 2019"
    assert papi_over_time(wh)["label_vi"].nunique() == 8


def test_beside_reports_stands_the_last_survey_before_the_period(wh: Facts) -> None:
    table = papi_beside_reports(wh, "2021-H1", "huyen-mh-1")
    assert set(table["year"]) == {2020}
    assert set(table["asked"]) == {"Tiếp cận thông tin", "Công khai thu, chi ngân sách cấp xã"}
    assert set(table["value"]) == {96.0}
    assert table["score"].lt(table["most"]).all()


def test_limits_name_the_attribution() -> None:
    lines = papi_limits()
    assert any("không cộng" in line for line in lines)
    assert "UNDP" in lines[-1]
