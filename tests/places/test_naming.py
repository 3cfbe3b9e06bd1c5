"""Real names only, no values: which unit a text means, on which day, within which scope."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.reference import read_facts
from pipelines.places.naming import Directory, find_unit
from pipelines.places.spelling import accented_key
from pipelines.places.succession import heirs, successors
from pipelines.places.units import in_force, within

FACTS = Path(__file__).parents[2] / "raw" / "reference"
CATALOGUE = load_catalogue()
UNITS, NAMES, SUCCESSIONS = (
    read_facts(CATALOGUE, FACTS, name) for name in ("units", "unit_names", "unit_successions")
)
DIRECTORY = Directory(UNITS, NAMES, SUCCESSIONS)
THEN, NOW = dt.date(2021, 6, 30), dt.date(2026, 6, 30)
DISTRICT, PROVINCE, NEW_PROVINCE = "huyen-654-1", "tinh-66-1", "tinh-66-2"
OFFICIAL = [
    (str(row["unit_id"]), str(row["name"]))
    for row in within(UNITS, DISTRICT, THEN).to_dict("records")
]


def found(text, day=THEN, scope: str | None = DISTRICT):
    match = DIRECTORY.find(text, day, scope)
    return match.unit_id, match.how


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[(text, "24505") for text in ("Xã Ea Knuếc", "Ea KNuec", "Ea Knuếk", "EaKnuec")],
        ("Ea Knuêc", "24505"),
        ("X. Ea Kly", "24496"),
        ("UBND xã Ea Phê", "24502"),
        ("Ủy ban nhân dân xã Ea Phê", "24502"),
        ("Eaphê", "24502"),
        *[(text, "24490") for text in ("TT Phước An", "TT. Phước An", "Thị trấn Phước An")],
        ("XÃ EA YIÊNG", "24535"),
        ("xã ea yiêng", "24535"),
        ("Hoà An", "24511"),
        ("xã Ea Phê, huyện Krông Pắc, tỉnh Đăk Lăk", "24502"),
        ("huyện Krông Pắc - xã Ea Phê", "24502"),
        ("xã Ea Phê huyện Krông Pắc", "24502"),
        ("Ea Niu", "24520"),
        ("Krông Búk", "24493"),
        ("Tân Tiến", "24526"),
        ("24490 - Thị trấn Phước An", "24490"),
        ("Thị trấn Phước An (24490)", "24490"),
        ("xa-24505-1", "24505"),
    ],
)
def test_a_commune_is_found_in_every_spelling_without_being_called_approximate(text, code):
    unit, how = found(text)
    assert unit == f"xa-{code}-1"
    assert how in {"code", "name", "alias"}


@pytest.mark.parametrize(
    "text",
    [
        *("Krông Pắk", "Krông Păc", "Krông Păk", "Krông Pác", "Krông Pach", "KRÔNG PẮC"),
        *("H. Krông Pắc", "huyện Krông Pắc, tỉnh Đăk Lăk", "Krông Pač"),
    ],
)
def test_the_district_in_every_spelling_on_record(text):
    unit, how = found(text, scope=PROVINCE)
    assert unit == DISTRICT
    assert how in {"name", "alias"}


@pytest.mark.parametrize(
    ("text", "scope", "unit"),
    [
        ("Krong Pac", PROVINCE, DISTRICT),
        ("Hoa Dong", DISTRICT, "xa-24517-1"),
        ("ea phe", DISTRICT, "xa-24502-1"),
        ("Xã Phước An", DISTRICT, "xa-24490-1"),
    ],
)
def test_a_name_without_accents_or_of_another_kind_is_only_near(text, scope, unit):
    assert found(text, scope=scope) == (unit, "near")
    assert found(text, scope=None)[0] is None


@pytest.mark.parametrize(
    ("text", "scope", "candidates"),
    [
        ("Tân Tiến", None, {"xa-24526-1", "xa-24145-1"}),
        ("Tân Tiến", PROVINCE, {"xa-24526-1", "xa-24145-1"}),
        ("Krông Búk", PROVINCE, {"xa-24493-1", "huyen-649-1"}),
        ("Hòa An", None, {"xa-24511-1", "xa-22315-1"}),
        # letters of one place, accents of another: nobody knows which was meant
        ("Hòa Đồng", DISTRICT, {"xa-24517-1", "xa-22276-1"}),
    ],
)
def test_a_name_that_several_bear_finds_nobody_and_names_them(text, scope, candidates):
    match = DIRECTORY.find(text, THEN, scope)
    assert match.unit_id is None
    assert match.how == "ambiguous"
    assert set(match.candidates) == candidates


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("xã Hòa An, huyện Phú Hòa", "outside"),
        ("24490 - Ea Phê", "conflict"),
        ("xã Krông Pắc", "not_yet"),
        ("Xã Ea H'leo", "outside"),
        ("Xã Không Có Trong Danh Mục", "unknown"),
        ("", "unknown"),
        ("UBND", "unknown"),
    ],
)
def test_what_is_not_in_the_scope_or_contradicts_itself_finds_nobody(text, how):
    assert found(text) == (None, how)


@pytest.mark.parametrize(
    ("text", "unit", "how"),
    [
        ("24490", "xa-24490-2", "code"),
        ("xã Krông Pắc", "xa-24490-2", "name"),
        ("Krông Pắc", "xa-24490-2", "name"),
        ("Tân Tiến", "xa-24526-2", "name"),
        ("Vụ Bổn", "xa-24529-1", "name"),
        ("Krông Búk", "xa-24310-2", "name"),
        ("24508", "xa-24508-1", "ended"),
        ("Ea Yông", "xa-24508-1", "ended"),
        ("TT Phước An", "xa-24490-1", "ended"),
        ("huyện Krông Pắc", DISTRICT, "ended"),
        ("24490 Thị trấn Phước An", None, "conflict"),
    ],
)
def test_after_the_first_of_july_2025_codes_and_names_mean_the_units_of_that_day(text, unit, how):
    assert found(text, day=NOW, scope=NEW_PROVINCE) == (unit, how)


def test_the_same_code_is_the_town_before_and_the_commune_after():
    last, first = dt.date(2025, 6, 30), dt.date(2025, 7, 1)
    assert found("24490", day=last, scope=PROVINCE)[0] == "xa-24490-1"
    assert found("24490", day=first, scope=NEW_PROVINCE)[0] == "xa-24490-2"


def test_kinds_narrow_what_can_be_meant():
    match = find_unit("Krông Búk", UNITS, NAMES, THEN, PROVINCE, kinds={"huyen"})
    assert match.unit_id == "huyen-649-1"


def test_neutral_units_are_found_by_their_names_and_a_lost_zero_is_near():
    scope = "huyen-mh-1"
    assert found("Xã minh họa 01", scope=scope) == ("xa-mh-01", "name")
    assert found("Xã minh họa 1", scope=scope) == ("xa-mh-01", "near")
    assert found("Ban Chỉ đạo QCDC huyện minh họa", scope=scope) == ("bcd-mh", "name")


def test_sixteen_units_became_five_new_communes_and_one_stayed():
    old = within(UNITS, DISTRICT, THEN)
    old = old[old["unit_type"] == "commune"]
    after = {str(u): successors(SUCCESSIONS, str(u), NOW) for u in old["unit_id"]}
    assert after.pop("xa-24529-1") == []
    assert {tuple(units) for units in after.values()} == {
        (f"xa-{code}-2",) for code in ("24490", "24496", "24502", "24505", "24526")
    }
    kept = within(UNITS, NEW_PROVINCE, NOW, SUCCESSIONS)["unit_id"]
    assert "xa-24529-1" in set(kept)
    assert "xa-24529-1" not in set(within(UNITS, NEW_PROVINCE, NOW)["unit_id"])


def test_before_their_day_there_are_no_successors_and_a_split_has_no_single_heir():
    assert successors(SUCCESSIONS, "xa-24508-1", dt.date(2025, 6, 30)) == []
    assert set(successors(SUCCESSIONS, "xa-22315-1", NOW)) == {"xa-22015-2", "xa-22319-2"}
    assert "xa-22315-1" not in heirs(SUCCESSIONS)


@pytest.mark.parametrize("day", [THEN, dt.date(2025, 6, 30), dt.date(2025, 7, 1), NOW])
def test_no_code_means_two_units_on_one_day_and_every_parent_is_on_record(day):
    alive = in_force(UNITS, day)
    assert not alive["code"].duplicated().any()
    assert set(alive["parent_id"].dropna()) <= set(UNITS["unit_id"])
    assert alive["source"].str.len().gt(0).all()


def test_successions_and_names_speak_of_units_on_record():
    known = set(UNITS["unit_id"])
    assert set(SUCCESSIONS["predecessor"]) | set(SUCCESSIONS["successor"]) <= known
    assert set(NAMES["unit_id"]) <= known
    dates = UNITS.set_index("unit_id")
    for row in SUCCESSIONS.to_dict("records"):
        assert dates.loc[row["predecessor"], "valid_to"] < row["on"]
        assert dates.loc[row["successor"], "valid_from"] == row["on"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Čư Huê", "Cư Huê", True),
        ("Ea M\u2019Droh", "Ea M'droh", True),
        ("\u0243uôn Ñ\u0103n", "Buôn Năn", True),
        ("Krông Bu\u0306k", "Krông Buk", True),
        ("Pơ\u0306ng", "Pơng", True),
        ("Hoà An", "Hòa An", True),
        ("Đắk Lăk", "Đắk Lắk", False),
        ("Hòa Đông", "Hòa Đồng", False),
        ("Đak", "Dak", False),
        ("Ea Uy", "Ea Ũy", False),
    ],
)
def test_letters_of_ede_make_no_difference_and_vietnamese_accents_do(one, other, same):
    assert (accented_key(one) == accented_key(other)) == same


# --- every official name in every way of writing it


def _upper(name: str) -> str:
    return name.upper()


def _joined(name: str) -> str:
    kind, _, rest = name.partition(" ")
    return f"{kind} {rest.replace(' ', '')}" if kind in {"Xã", "Huyện"} else name


def _short(name: str) -> str:
    for kind, short in (("Xã ", "X. "), ("Thị trấn ", "TT. "), ("Huyện ", "H.")):
        name = name.replace(kind, short)
    return name


def _spaced(name: str) -> str:
    return "  " + name.replace(" ", "\u00a0 ") + "\u200b"


def _of_committee(name: str) -> str:
    return f"UBND {name}"


def _within(name: str) -> str:
    return name if name.startswith("Huyện") else f"{name}, huyện Krông Pắc"


def _old_tone(name: str) -> str:
    return name.replace("Hòa", "Hoà")


def _eth(name: str) -> str:
    return name.replace("Đ", "\u00d0")


# in the order in which they are put together
WAYS = [_old_tone, _eth, _joined, _within, _short, _of_committee, _upper, str.lower, _spaced]


@given(st.sampled_from(OFFICIAL), st.lists(st.sampled_from(WAYS), max_size=3, unique=True))
def test_every_official_name_is_found_however_it_is_written(unit, ways):
    unit_id, text = unit
    for way in sorted(ways, key=WAYS.index):
        text = way(text)
    match = DIRECTORY.find(text, THEN, DISTRICT)
    assert match.unit_id == unit_id, (text, match)
    assert match.how in {"name", "alias"}


@given(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from([name for _, name in OFFICIAL]).flatmap(
            lambda name: st.tuples(st.just(name), st.integers(0, len(name)), st.text(max_size=2))
        ),
    ),
    st.sampled_from([None, DISTRICT, PROVINCE, NEW_PROVINCE]),
    st.sampled_from([THEN, NOW]),
)
def test_no_text_ever_means_two_units(drawn, scope, day):
    text = (
        drawn if isinstance(drawn, str) else drawn[0][: drawn[1]] + drawn[2] + drawn[0][drawn[1] :]
    )
    match = DIRECTORY.find(text, day, scope)
    if match.unit_id is None:
        assert match.how in {"ambiguous", "conflict", "outside", "not_yet", "unknown"}
    else:
        assert match.candidates == (match.unit_id,)
