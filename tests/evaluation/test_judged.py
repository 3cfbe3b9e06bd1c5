"""Which law and which map a period is judged by, in words."""

import datetime as dt

import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.evaluation.judged import judged

OLD = ("2016-01-01", "2025-06-30")
NEW = ("2025-07-01", None)
LATER = ("2026-01-01", None)
UNITS = [
    ("h", "district", "huyen", "Huyện thử", None, *OLD),
    ("t", "province", "tinh", "Tỉnh thử", None, *NEW),
    ("tt", "commune", "thi_tran", "Thị trấn thử", "h", *OLD),
    ("xa-1", "commune", "xa", "Xã 1", "h", *OLD),
    ("xa-2", "commune", "xa", "Xã 2", "h", "2016-01-01", None),
    ("xa-3", "commune", "xa", "Xã 3 (mới)", "t", *NEW),
    ("p-1", "commune", "phuong", "Phường 1", "t", *LATER),
    ("truong", "agency", "don_vi_su_nghiep", "Trường thử", "xa-3", *NEW),
    ("dn", "enterprise", "doanh_nghiep", "Doanh nghiệp thử", "h", "2016-01-01", None),
]
STEPS = [("tt", "xa-3", "merge"), ("xa-1", "xa-3", "merge"), ("h", "t", "transfer")]


@pytest.fixture(scope="module")
def places(catalogue: Catalogue) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A district of three communes; on 01/07/2025 two of them become one below the province."""
    names = ["unit_id", "unit_type", "kind", "name", "parent_id", "valid_from", "valid_to"]
    units = pd.DataFrame(UNITS, columns=names).assign(
        code=None, official_order=range(len(UNITS)), is_illustrative=True, source="thử"
    )
    steps = pd.DataFrame(STEPS, columns=["predecessor", "successor", "kind"]).assign(
        share="whole", on="2025-07-01", basis="thử", basis_share=None
    )
    return (
        table_contract(catalogue, "ref.units").conform(units),
        table_contract(catalogue, "ref.unit_successions").conform(steps),
    )


@pytest.fixture
def judge(catalogue: Catalogue, places):
    def build(starts_on: str, ends_on: str, label: str = "Kỳ thử", scopes: tuple = ("h", "t")):
        first, last = (dt.date.fromisoformat(text) for text in (starts_on, ends_on))
        units, successions = places
        frame = judged(
            units=units,
            successions=successions,
            catalogue=catalogue,
            period={"period": "p", "starts_on": first, "ends_on": last, "label_vi": label},
            scopes=list(scopes),
        )
        return frame.set_index(["scope_id", "subject"])

    return build


def test_the_first_half_of_2023_is_judged_by_the_ordinance(judge) -> None:
    rows = judge("2023-01-01", "2023-06-30", "6 tháng đầu năm 2023")
    commune = rows.loc[("h", "commune")]
    assert commune["regime"] == "xa-pl34"
    assert commune["documents"] == "PL-34-2007;NQLT-09-2008;ND-159-2016;QD-22-2018"
    assert not commune["straddles"]
    assert commune["text_vi"] == (
        "Xã, phường, thị trấn: kỳ 6 tháng đầu năm 2023 được đánh giá theo Pháp lệnh"
        " 34/2007/PL-UBTVQH11 (hiệu lực ở ngày cuối kỳ 30/06/2023)."
    )


def test_the_second_half_of_2023_is_judged_by_the_law_and_its_decrees(judge) -> None:
    commune = judge("2023-07-01", "2023-12-31").loc[("h", "commune")]
    assert commune["regime"] == "xa-luat10"
    assert commune["documents"] == "LUAT-10-2022;ND-59-2023;ND-61-2023"
    assert not commune["straddles"]
    assert "Từ 15/08/2023 có thêm Nghị định 59/2023/NĐ-CP." in commune["text_vi"]
    # the odd gap: the older decree ended a week before the newer one began
    assert "Từ 08/08/2023, Nghị định 159/2016/NĐ-CP không còn hiệu lực." in commune["text_vi"]


def test_the_year_2023_lies_under_two_laws_and_says_so(judge) -> None:
    commune = judge("2023-01-01", "2023-12-31", "Năm 2023").loc[("h", "commune")]
    assert commune["regime"] == "xa-luat10"
    assert commune["straddles"]
    assert commune["text_vi"].startswith(
        "Xã, phường, thị trấn: kỳ năm 2023 được đánh giá theo Luật 10/2022/QH15"
    )
    assert "Từ 01/07/2023, Luật 10/2022/QH15 thay Pháp lệnh 34/2007" in commune["text_vi"]
    assert "Phần kỳ trước 01/07/2023 diễn ra dưới quy định cũ" in commune["text_vi"]


def test_the_first_half_of_2021_straddles_the_decrees_on_workplaces(judge) -> None:
    rows = judge("2021-01-01", "2021-06-30")
    enterprise = rows.loc[("h", "enterprise")]
    assert enterprise["regime"] == "dn-nd145"
    assert enterprise["straddles"]
    assert (
        "Từ 01/02/2021, Nghị định 145/2020/NĐ-CP thay Nghị định 149/2018" in enterprise["text_vi"]
    )
    assert not rows.loc[("h", "commune"), "straddles"]


def test_a_law_that_is_not_checked_says_so(judge) -> None:
    commune = judge("2025-07-01", "2025-12-31").loc[("t", "commune")]
    assert commune["regime"] == "xa-luat10-2025"
    assert not commune["verified"]
    assert "Chưa kiểm chứng: Luật 97/2025/QH15" in commune["text_vi"]


@pytest.mark.parametrize(
    ("starts", "ends", "scope", "straddles", "text"),
    [
        (
            "2024-07-01",
            "2024-12-31",
            "h",
            False,
            "Bản đồ ngày 31/12/2024: Huyện thử, 3 đơn vị cấp xã (2 xã, 1 thị trấn).",
        ),
        (
            "2025-01-01",
            "2025-06-30",
            "h",
            False,
            (
                "Bản đồ ngày 30/06/2025: Huyện thử, 3 đơn vị cấp xã (2 xã, 1 thị trấn); từ"
                " 01/07/2025 (ngay sau kỳ) 3 đơn vị cấp xã thành 2 (2 đơn vị cũ thành 1 đơn vị mới,"
                " 1 giữ nguyên), Huyện thử không còn, đơn vị cấp xã trực thuộc Tỉnh thử."
            ),
        ),
        (
            "2025-07-01",
            "2025-11-30",
            "t",
            False,
            (
                "Bản đồ ngày 30/11/2025: Tỉnh thử, 2 đơn vị cấp xã (2 xã); từ 01/07/2025 (ngày đầu"
                " kỳ) 3 đơn vị cấp xã thành 2 (2 đơn vị cũ thành 1 đơn vị mới, 1 giữ nguyên), Huyện"
                " thử không còn, đơn vị cấp xã trực thuộc Tỉnh thử."
            ),
        ),
        (
            "2025-07-01",
            "2026-06-30",
            "t",
            True,
            (
                "Bản đồ ngày 30/06/2026: Tỉnh thử, 3 đơn vị cấp xã (2 xã, 1 phường); từ 01/07/2025"
                " (ngày đầu kỳ) 3 đơn vị cấp xã thành 2 (2 đơn vị cũ thành 1 đơn vị mới, 1 giữ"
                " nguyên), Huyện thử không còn, đơn vị cấp xã trực thuộc Tỉnh thử; từ 01/01/2026"
                " thêm 1 đơn vị cấp xã, thành 3."
            ),
        ),
    ],
)
def test_the_map_of_the_last_day(judge, starts, ends, scope, straddles, text) -> None:
    row = judge(starts, ends).loc[(scope, "map")]
    assert row["text_vi"] == text
    assert row["straddles"] == straddles


def test_a_year_with_a_merger_in_it_lies_on_two_maps(judge) -> None:
    row = judge("2025-01-01", "2025-12-31").loc[("t", "map")]
    assert row["straddles"]
    assert "từ 01/07/2025 3 đơn vị cấp xã thành 2" in row["text_vi"]


def test_a_scope_has_rows_for_the_types_below_it_alone(judge) -> None:
    rows = judge("2025-07-01", "2025-12-31", scopes=("t", "xa-3", "xa-2", "truong"))
    subjects = rows.reset_index().groupby("scope_id")["subject"].agg(set).to_dict()
    assert subjects["xa-3"] == {"commune", "agency", "map"}
    # nothing stands below a school, nor below the commune that went on as it was
    assert set(subjects) == {"t", "xa-3"}
    assert rows.loc[("xa-3", "map"), "text_vi"] == (
        "Bản đồ ngày 31/12/2025: Xã 3 (mới); từ 01/07/2025 (ngày đầu kỳ) 2 đơn vị cấp xã thành 1"
        " (2 đơn vị cũ thành 1 đơn vị mới), Huyện thử không còn, đơn vị cấp xã trực thuộc Tỉnh"
        " thử."
    )


def test_a_scope_that_has_ended_has_no_rows(judge) -> None:
    rows = judge("2025-07-01", "2025-12-31", scopes=("h",))
    assert rows.empty
