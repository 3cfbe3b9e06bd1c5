"""Which law judges whom on which day; a new law is a change of data alone."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from pipelines.catalogue import regimes
from pipelines.catalogue.check_regimes import regime_problems
from pipelines.catalogue.integrity import CatalogueError
from pipelines.catalogue.load import DATA, load_catalogue
from pipelines.catalogue.model import Catalogue, Citation, Duty
from pipelines.catalogue.reference import reference_frames

REFERENCE = Path(__file__).parents[2] / "raw" / "reference"
CATALOGUE = load_catalogue()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("unit_type", "on", "regime"),
    [
        ("commune", "2016-06-30", "xa-pl34"),
        ("commune", "2023-06-30", "xa-pl34"),
        ("commune", "2023-07-01", "xa-luat10"),
        ("commune", "2025-06-30", "xa-luat10"),
        ("commune", "2025-07-01", "xa-luat10-2025"),
        ("agency", "2021-06-30", "cq-nd04"),
        ("agency", "2023-12-31", "cq-luat10"),
        ("enterprise", "2018-12-31", "dn-nd60"),
        ("enterprise", "2019-01-01", "dn-nd149"),
        ("enterprise", "2021-01-31", "dn-nd149"),
        ("enterprise", "2021-02-01", "dn-nd145"),
        ("enterprise", "2023-07-01", "dn-luat10"),
    ],
)
def test_the_regime_of_a_day(unit_type: str, on: str, regime: str) -> None:
    found = regimes.in_force(CATALOGUE, unit_type, day(on))
    assert found is not None
    assert found.id == regime


def test_before_the_first_known_regime_nothing_judges() -> None:
    assert regimes.in_force(CATALOGUE, "commune", day("2005-06-30")) is None


def test_decree_59_joins_the_law_six_weeks_later() -> None:
    law = CATALOGUE.regimes["xa-luat10"]
    named = {
        on: [d.id for d in regimes.documents_on(CATALOGUE, law, day(on)) if d.id in law.documents]
        for on in ("2023-08-14", "2023-08-15", "2023-08-16")
    }
    assert named["2023-08-14"] == ["LUAT-10-2022"]
    assert named["2023-08-15"] == ["LUAT-10-2022", "ND-59-2023"]
    assert named["2023-08-16"] == ["LUAT-10-2022", "ND-59-2023", "ND-61-2023"]


@pytest.mark.parametrize(
    ("unit_type", "starts", "ends", "laws"),
    [
        ("enterprise", "2021-01-01", "2021-06-30", ["2021-02-01"]),
        ("enterprise", "2020-07-01", "2020-12-31", []),
        ("enterprise", "2016-01-01", "2020-12-31", ["2019-01-01"]),
        ("commune", "2023-01-01", "2023-06-30", []),
        ("commune", "2023-07-01", "2023-12-31", []),  # the law begins with the period
        ("commune", "2023-01-01", "2023-12-31", ["2023-07-01"]),
        ("commune", "2021-01-01", "2025-12-31", ["2023-07-01", "2025-07-01"]),
    ],
)
def test_laws_that_a_span_straddles(
    unit_type: str, starts: str, ends: str, laws: list[str]
) -> None:
    changes = regimes.straddled(CATALOGUE, unit_type, day(starts), day(ends))
    assert [each.on.isoformat() for each in changes if each.is_new_regime] == laws


def test_a_change_names_what_went_and_what_came() -> None:
    (change,) = regimes.straddled(CATALOGUE, "enterprise", day("2021-01-01"), day("2021-06-30"))
    assert [document.id for document in change.before] == ["ND-149-2018"]
    assert [document.id for document in change.after] == ["ND-145-2020"]


def test_the_amended_law_stays_marked() -> None:
    amended = [r for r in CATALOGUE.regimes.values() if "LUAT-97-2025" in r.documents]
    assert {regime.unit_type for regime in amended} == {"commune", "agency", "enterprise"}
    assert not any(regime.verified for regime in amended)
    frame = reference_frames(CATALOGUE, REFERENCE)["ref.duties"]
    under_it = frame[frame["regime"].isin([regime.id for regime in amended])]
    assert len(under_it) > 10
    assert not under_it["verified"].any()


def test_duties_of_the_older_decrees_are_not_given_out_as_read() -> None:
    frame = reference_frames(CATALOGUE, REFERENCE)["ref.duties"].set_index(["duty", "regime"])
    assert not frame.loc[("nd04.conference", "cq-nd04"), "verified"]
    assert frame.loc[("l10.xa.village_conference", "xa-luat10"), "verified"]


def test_a_new_regime_is_a_change_of_data_alone(tmp_path: Path) -> None:
    """A law of 2027 for communes: its document, its regime, its duty."""
    catalogue = with_new_law(tmp_path)
    before = regimes.in_force(catalogue, "commune", day("2026-12-31"))
    after = regimes.in_force(catalogue, "commune", day("2027-06-30"))
    assert before is not None
    assert after is not None
    assert (before.id, after.id) == ("xa-luat10-2025", "xa-moi")
    assert [duty.id for duty in regimes.duties_of(catalogue, "xa-moi")] == ["moi.dialogue"]
    frames = reference_frames(catalogue, REFERENCE)
    assert "xa-moi" in set(frames["ref.regimes"]["regime"])
    assert ("moi.dialogue", "xa-moi") in set(
        frames["ref.duties"][["duty", "regime"]].itertuples(index=False, name=None)
    )


def with_new_law(folder: Path) -> Catalogue:
    shutil.copytree(DATA, folder / "data")

    def change(name: str, more: list[dict], ended: str | None = None) -> None:
        path = folder / "data" / f"{name}.yaml"
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        for row in rows:
            if row["id"] == ended:
                row["valid_to"] = dt.date(2026, 12, 31)
        path.write_text(yaml.safe_dump([*rows, *more], allow_unicode=True), encoding="utf-8")

    document = {
        "id": "LUAT-MOI", "number": "99/2026/QH16", "kind": "Luật", "issuer": "Quốc hội",
        "title_vi": "Luật giả định", "valid_from": dt.date(2027, 1, 1), "scope": ["XA"],
        "evidence": "giả định", "verified": False,
    }  # fmt: skip
    regime = {
        "id": "xa-moi", "unit_type": "commune", "label_vi": "Luật giả định",
        "units_vi": "Xã, phường", "valid_from": dt.date(2027, 1, 1), "documents": ["LUAT-MOI"],
        "basis": "giả định", "verified": False,
    }  # fmt: skip
    duty = {
        "id": "moi.dialogue", "regimes": ["xa-moi"], "label_vi": "Đối thoại hai lần một năm",
        "population": "qcdc_communes", "kind": "at_least", "needed": 2, "per": "year",
        "elements": ["xa.dialogues"], "due": "year_end", "legal": [{"document": "LUAT-MOI"}],
    }  # fmt: skip
    change("documents", [document])
    change("regimes", [regime], ended="xa-luat10-2025")
    change("duties", [duty])
    return load_catalogue(folder / "data")


@pytest.mark.parametrize(
    ("name", "entry", "changed", "said"),
    [
        ("regimes", "xa-luat10", {"valid_from": dt.date(2023, 8, 1)}, "expected the day after"),
        ("regimes", "xa-luat10", {"valid_to": None}, "is open, yet xa-luat10-2025 follows"),
        ("regimes", "xa-luat10-2025", {"valid_to": dt.date(2030, 1, 1)}, "nothing follows"),
        ("regimes", "xa-pl34", {"documents": ["PL-99"]}, "unknown document PL-99"),
        ("regimes", "xa-pl34", {"documents": ["LUAT-10-2022"]}, "never in force during it"),
        ("regimes", "dn-nd145", {"documents": ["ND-35-2022"]}, "not in force on 2021-02-01"),
        ("duties", "l10.xa.publish", {"regimes": ["xa-99"]}, "unknown regime xa-99"),
        ("duties", "l10.xa.publish", {"population": "agencies"}, "not units of type commune"),
        ("duties", "l10.xa.publish", {"of": ["xa.nothing"]}, "unknown element xa.nothing"),
        ("duties", "l10.xa.publish", {"legal": [Citation(document="X")]}, "unknown document X"),
        ("duties", "l10.xa.agreed_each", {"columns": ["votes_for", "x"]}, "unknown column x"),
        ("duties", "l10.xa.agreed_each", {"register_id": "x"}, "unknown register x"),
    ],
)
def test_what_contradicts_itself_is_found(name: str, entry: str, changed: dict, said: str) -> None:
    entries = getattr(CATALOGUE, name)
    wrong = entries | {entry: entries[entry].model_copy(update=changed)}
    problems = list(regime_problems(CATALOGUE.model_copy(update={name: wrong})))
    assert any(said in problem for problem in problems), problems


def test_the_shipped_regimes_contradict_nothing() -> None:
    assert list(regime_problems(CATALOGUE)) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"of": []}, "share needs elements"),
        ({"register_id": "meetings", "columns": ["votes_for", "votes_for"]}, "share needs"),
        ({"due": "tháng 13"}, "String should match pattern"),
        ({"kind": "rows_share"}, "rows_share needs elements, or a register"),
    ],
)
def test_a_duty_is_read_from_one_place(changed: dict, said: str) -> None:
    row = CATALOGUE.duties["l10.xa.publish"].model_dump() | changed
    with pytest.raises(ValidationError, match=said):
        Duty.model_validate(row)


def test_a_catalogue_with_two_laws_at_once_does_not_load(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / "regimes.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("valid_to: 2023-06-30", "valid_to: 2023-09-30", 1), "utf-8")
    with pytest.raises(CatalogueError, match="xa-luat10: begins 2023-07-01"):
        load_catalogue(tmp_path / "data")
