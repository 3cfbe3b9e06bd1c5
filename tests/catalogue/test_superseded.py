import datetime as dt

import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.superseded import cited

DOCUMENTS = load_catalogue().documents
HALF_2021, YEAR_2024 = dt.date(2021, 6, 30), dt.date(2024, 12, 31)


@pytest.mark.parametrize(
    ("text", "day", "found"),
    [
        ("Căn cứ Nghị định 149/2018/NĐ-CP", HALF_2021, [("ND-149-2018", "ND-145-2020")]),
        ("theo NĐ 149/2018", HALF_2021, [("ND-149-2018", "ND-145-2020")]),
        ("theo NĐ số 149/2018/ND-CP", HALF_2021, [("ND-149-2018", "ND-145-2020")]),
        ("Thực hiện Pháp lệnh 34/2007", YEAR_2024, [("PL-34-2007", "LUAT-10-2022")]),
        ("nghị định số 4/2015/NĐ-CP", YEAR_2024, [("ND-04-2015", "LUAT-10-2022")]),
        (
            "NĐ 04/2015 và PL 34/2007",
            YEAR_2024,
            [("ND-04-2015", "LUAT-10-2022"), ("PL-34-2007", "LUAT-10-2022")],
        ),
        ("Nghị quyết 04-NQ/HU", dt.date(2025, 12, 31), [("NQ-04-HU", None)]),
        # still in force, only replaced, another number, a date
        ("Pháp lệnh 34/2007/PL-UBTVQH11", HALF_2021, []),
        ("NĐ 145/2020/NĐ-CP (thay thế cho Nghị định 149/2018/NĐ-CP)", HALF_2021, []),
        ("1149/2018/NĐ-CP", HALF_2021, []),
        ("149/2018/NĐ-CPX", HALF_2021, []),
        ("họp ngày 4/2015", YEAR_2024, []),
        ("", YEAR_2024, []),
    ],
)
def test_what_a_text_cites_that_had_ended(text, day, found):
    hits = cited(text, DOCUMENTS, day)
    assert [(h.document.id, h.successor.id if h.successor else None) for h in hits] == found
    assert all(h.quote and h.quote in text for h in hits)


def test_the_last_day_in_force_is_still_in_force():
    last = DOCUMENTS["ND-149-2018"].valid_to
    assert last is not None
    assert cited("149/2018/NĐ-CP", DOCUMENTS, last) == []
    assert len(cited("149/2018/NĐ-CP", DOCUMENTS, last + dt.timedelta(days=1))) == 1


def test_the_decree_on_inspectorates_ended_a_week_before_its_successor():
    old, new = DOCUMENTS["ND-159-2016"], DOCUMENTS["ND-59-2023"]
    assert old.valid_to == dt.date(2023, 8, 7)
    assert old.valid_to is not None
    assert new.valid_from is not None
    assert (new.valid_from - old.valid_to).days == 8
