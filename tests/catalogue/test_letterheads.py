import datetime as dt

import pytest

from pipelines.catalogue.letterheads import (
    Letterhead,
    Letterheads,
    NoLetterhead,
    PaperKind,
    default_family,
    head_for,
    letterhead_problems,
)
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue

BEFORE, AFTER = dt.date(2021, 6, 30), dt.date(2026, 6, 30)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_a_party_paper_of_a_district(catalogue: Catalogue) -> None:
    issuer = head_for(catalogue, "h", "district", "Huyện Krông Pắc", "party", BEFORE)
    assert issuer.superior == "HUYỆN ỦY KRÔNG PẮC"
    assert issuer.body == "BAN CHỈ ĐẠO THỰC HIỆN\nQUY CHẾ DÂN CHỦ Ở CƠ SỞ"
    assert (issuer.kind, issuer.symbol) == ("BÁO CÁO", "BC/BCĐ")
    assert (issuer.on_behalf, issuer.role) == ("T/M BAN CHỈ ĐẠO", "TRƯỞNG BAN")
    assert issuer.place == "Krông Pắc"


def test_a_state_paper_of_a_district(catalogue: Catalogue) -> None:
    issuer = head_for(catalogue, "h", "district", "Huyện Krông Pắc", "state", BEFORE, kind="notice")
    assert (issuer.superior, issuer.body) == ("", "ỦY BAN NHÂN DÂN\nHUYỆN KRÔNG PẮC")
    assert (issuer.kind, issuer.symbol) == ("THÔNG BÁO", "TB-UBND")
    assert (issuer.on_behalf, issuer.role) == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")


@pytest.mark.parametrize(
    ("scope_type", "name", "superior", "place"),
    [
        ("district", "Huyện minh họa", "HUYỆN ỦY HUYỆN MINH HỌA", "Huyện minh họa"),
        ("province", "Tỉnh minh họa", "TỈNH ỦY TỈNH MINH HỌA", "Tỉnh minh họa"),
        ("commune", "Xã minh họa 16", "ĐẢNG ỦY XÃ MINH HỌA 16", "Xã minh họa 16"),
        ("district", "Thị xã Buôn Hồ", "THỊ ỦY BUÔN HỒ", "Buôn Hồ"),
        ("commune", "Thị trấn Phước An", "ĐẢNG ỦY THỊ TRẤN PHƯỚC AN", "Phước An"),
        ("commune", "Xã Ea Phê", "ĐẢNG ỦY XÃ EA PHÊ", "Ea Phê"),
    ],
)
def test_names_are_the_scopes_own(
    catalogue: Catalogue, scope_type: str, name: str, superior: str, place: str
) -> None:
    issuer = head_for(catalogue, "s", scope_type, name, "party", BEFORE)
    assert (issuer.superior, issuer.place) == (superior, place)


def test_no_real_place_stands_in_the_data(catalogue: Catalogue) -> None:
    for entry in catalogue.letterheads.entries.values():
        told = " ".join(entry.texts()).upper()
        assert not any(name in told for name in ("KRÔNG", "ĐẮK LẮK", "PHƯỚC AN")), entry.id


def test_the_name_of_the_matter_follows_the_law(catalogue: Catalogue) -> None:
    def body(day: dt.date) -> str:
        return head_for(catalogue, "t", "province", "Tỉnh Đắk Lắk", "party", day).body

    assert "QUY CHẾ DÂN CHỦ" in body(dt.date(2023, 6, 30))
    assert "QUY CHẾ" not in body(dt.date(2023, 7, 1))


def test_defaults(catalogue: Catalogue) -> None:
    assert default_family(catalogue, "district", BEFORE) == "party"
    assert default_family(catalogue, "commune", AFTER) == "state"
    assert head_for(catalogue, "x", "commune", "Xã Ea Phê", None, AFTER).family == "state"


def test_there_is_no_district_after_the_level_ended(catalogue: Catalogue) -> None:
    with pytest.raises(NoLetterhead, match="district on 2025-07-01"):
        head_for(catalogue, "h", "district", "Huyện minh họa", "party", dt.date(2025, 7, 1))
    with pytest.raises(NoLetterhead, match="default letterhead"):
        default_family(catalogue, "district", AFTER)


def test_unknown_kinds_are_named(catalogue: Catalogue) -> None:
    with pytest.raises(NoLetterhead, match="unknown kind of paper song; known: notice"):
        head_for(catalogue, "h", "district", "Huyện minh họa", "party", BEFORE, kind="song")
    with pytest.raises(NoLetterhead, match="no Party committee"):
        head_for(catalogue, "h", "district", "Krông Pắc", "party", BEFORE)


def test_every_level_has_both_families_while_it_is_there(catalogue: Catalogue) -> None:
    names = {"country": "Việt Nam", "province": "Tỉnh A", "commune": "Xã A", "district": "Huyện A"}
    for scope_type, name in names.items():
        for day in (BEFORE, AFTER) if scope_type != "district" else (BEFORE,):
            for family in ("party", "state"):
                issuer = head_for(catalogue, "s", scope_type, name, family, day)
                assert issuer.body
                assert issuer.source
                assert issuer.family == family


def letterhead(**changed: object) -> Letterhead:
    usual: dict[str, object] = {
        "id": "a",
        "scope_type": "district",
        "family": "party",
        "is_default": True,
        "body_vi": "BAN",
        "symbol_vi": "{CODE}/BCĐ",
        "on_behalf_vi": "T/M BAN",
        "role_vi": "TRƯỞNG BAN",
        "source": "đâu đó",
        "verified": False,
    }
    return Letterhead.model_validate(usual | changed)


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([letterhead(body_vi="{WHO}")], "unknown blank {WHO}"),
        ([letterhead(on_behalf_vi="TM. BAN")], "are signed T/M"),
        ([letterhead(family="state")], "are signed TM."),
        ([letterhead(source=" ")], "where it is from"),
        ([letterhead(), letterhead(id="b", valid_from="2021-01-01")], "both in force"),
        ([letterhead(is_default=False)], "one default, found none"),
        (
            [letterhead(), letterhead(id="b", family="state", on_behalf_vi="")],
            "one default, found a, b",
        ),
    ],
)
def test_what_contradicts_itself_is_told(entries: list[Letterhead], told: str) -> None:
    problems = list(letterhead_problems(Letterheads(entries={e.id: e for e in entries})))
    assert any(told in problem for problem in problems), problems


def test_one_letterhead_after_another_is_fine() -> None:
    first = letterhead(valid_to="2020-12-31")
    second = letterhead(id="b", valid_from="2021-01-01")
    kinds = {"report": PaperKind(id="report", label_vi="X", code="X", source="x", verified=False)}
    letterheads = Letterheads(kinds=kinds, entries={"a": first, "b": second})
    assert list(letterhead_problems(letterheads)) == []
