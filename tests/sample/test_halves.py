"""The illustrative history: halves before and after the shipped ones, on the later laws, merged."""

import dataclasses
import datetime as dt
import io
import itertools
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from pipelines.catalogue.model import Rule
from pipelines.catalogue.reference import read_facts
from pipelines.sample.__main__ import app
from pipelines.sample.cases import SHIPPED
from pipelines.sample.files import SamplePlan
from pipelines.sample.fill_in import filled_in
from pipelines.sample.history import history_to_write
from pipelines.sample.old_encoding import in_old_encoding
from pipelines.sample.plan import plan_values
from pipelines.sample.recognition import decisions
from pipelines.sample.setting import Setting, read_setting
from pipelines.sample.targets import default_targets
from pipelines.sample.values import Values, commune, new_countryside
from pipelines.sample.write import workbook
from pipelines.vietnamese.encodings import from_tcvn3

from .reading import broken, files_of, last_values, register

# one of Pháp lệnh 34/2007, one of Luật 10/2022 with a final round, one after the merger
OLD, LAW, MERGED = "2018-H1", "2023-H2", "2025-H2"
FEW = {"dossiers_received": 90, "dossiers_resolved": 80}


def small(root: Path, period: str) -> SamplePlan:
    """The plan of a half-year with few dossiers."""
    setting = read_setting(root, period)
    published = read_facts(setting.catalogue, root / "raw/reference", "published")
    return plan_values(replace(default_targets(published, setting), **FEW), setting)


@pytest.fixture(scope="module")
def halves(root: Path) -> dict[str, SamplePlan]:
    return {period: small(root, period) for period in (OLD, LAW, MERGED)}


@pytest.fixture(scope="module", params=[OLD, LAW, MERGED])
def half(request: pytest.FixtureRequest, halves: dict[str, SamplePlan]) -> SamplePlan:
    return halves[request.param]


@pytest.mark.parametrize("period", [LAW, MERGED])
def test_nothing_is_wrong_but_what_is_planted(halves: dict[str, SamplePlan], period: str) -> None:
    half = halves[period]
    returned, disagrees = half.setting.cases.returned, half.setting.cases.disagrees
    assert returned
    assert disagrees
    first, second = files_of(half, returned[0])[:2]
    # the fourteen items add up to what was published, before three were made up
    assert broken(first, half, "error") == {"XA-01", "XA-61"}
    assert broken(second, half, "error") == set()
    assert not [
        f for f in half.files[::4] if f.entered and f is not first and broken(f, half, "error")
    ]
    doubted = {
        (file.provider, rule)
        for file in half.files[::8]  # every commune is made alike
        for severity in ("warning", "review")
        if file.entered
        for rule in broken(file, half, severity)
    }
    # a seat not filled yet, a decision below the quorum; a commune with all criteria but one
    assert {rule for _, rule in doubted} <= {"XA-70", "XA-72", "NTM-01"}
    assert {unit for unit, rule in doubted if rule == "NTM-01"} <= {disagrees[0]}


def test_every_planted_case_is_there(half: SamplePlan) -> None:
    setting, cases = half.setting, half.setting.cases
    assert cases.returned
    assert cases.corrects
    assert cases.incomplete
    due = min(request.due_date for request in setting.requests)
    estimates = [file for file in half.files if file.request.due_date == due]
    sent = {file.provider for file in estimates}
    owed = {
        unit for request in setting.requests if request.due_date == due for unit in request.senders
    }
    assert owed - sent == {cases.never_sends}
    assert sent - owed == {cases.abolished} - {None}
    late = {
        file.provider
        for file in estimates
        if file.received_at.date() > due and not file.name.startswith("tonghop")
    }
    assert late == set(cases.late)
    for case in (cases.returned, cases.corrects, (cases.wrong_period,)):
        first, second = [file for file in estimates if file.provider == case[0]]
        assert second.name == first.name.replace(".xlsx", "_lan2.xlsx")
        assert first.received_at < second.received_at
        assert not second.says_period_before
    assert [f.provider for f in half.files if f.says_period_before] == [cases.wrong_period]
    assert [f.provider for f in half.files if f.in_old_encoding] == [cases.old_encoding]
    blank = files_of(half, cases.incomplete[0])[0].entered
    assert cases.incomplete not in blank
    once, again = [file for file in estimates if file.provider == cases.sent_twice]
    assert once.name != again.name
    assert once.entered == again.entered


def test_receipts_lie_between_opening_and_closing(half: SamplePlan) -> None:
    times = [half.opened_at, *(file.received_at for file in half.files), half.closed_at]
    assert times == sorted(times)
    assert all(time.weekday() < 5 for time in times)
    names = [(file.provider, file.name) for file in half.files]
    assert len(names) == len(set(names))


def test_a_half_follows_from_its_period(root: Path, halves: dict[str, SamplePlan]) -> None:
    again = small(root, MERGED)
    assert [vars(file) for file in again.files] == [vars(file) for file in halves[MERGED].files]


def test_text_in_the_old_encoding_can_be_read(halves: dict[str, SamplePlan]) -> None:
    plan = halves[OLD]
    (file,) = [file for file in plan.files if file.in_old_encoding]
    book = openpyxl.load_workbook(io.BytesIO(workbook(plan, file)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    typed = [str(cell.value) for cell in cells if cell.font.name == ".VnTime"]
    plain = workbook(plan, replace(file, in_old_encoding=False))
    assert in_old_encoding(plain) == in_old_encoding(plain)
    texts = {
        str(cell.value)
        for sheet in openpyxl.load_workbook(io.BytesIO(plain))
        for row in sheet.iter_rows()
        for cell in row
    }
    assert len(typed) > 5
    assert {from_tcvn3(text) for text in typed} <= texts
    assert not set(typed) & texts


def test_the_wrong_period_stands_in_the_header(halves: dict[str, SamplePlan]) -> None:
    plan = halves[LAW]
    (file,) = [file for file in plan.files if file.says_period_before]
    book = openpyxl.load_workbook(io.BytesIO(workbook(plan, file)))
    assert book.defined_names["QCDC_PERIOD"].attr_text == '"2023-H1"'
    assert f"_{LAW}" in file.name


def test_the_first_period_is_mistaken_for_the_next(root: Path) -> None:
    assert read_setting(root, "2016-H1").period_before == "2016-H2"


def test_the_final_round_completes_the_estimate(halves: dict[str, SamplePlan]) -> None:
    plan = halves[LAW]
    desks = [file for file in files_of(plan, "mc-mh") if "dossiers" in file.rows]
    early, final = (register(file, "dossiers", plan) for file in desks)
    assert desks[1].name == "motcua-2023_2023-H2_chinh-thuc.xlsx"
    assert len(early) < len(final) == FEW["dossiers_received"]
    assert set(early["dossier_code"]) < set(final["dossier_code"])
    cut_off = {file.request.data_to for file in desks}
    assert early["received_on"].max().date() <= min(cut_off) < max(cut_off)
    assert early["resolved_on"].max().date() <= min(cut_off)


def test_the_law_of_2022_is_answered_in_full(halves: dict[str, SamplePlan]) -> None:
    plan = halves[LAW]
    said = last_values(plan, "xa-2023").unstack()
    items = [f"xa.published_{n:02d}" for n in range(1, 15)]
    assert said[items].sum(axis=1).eq(said["xa.publish_done"]).all()
    decided = [name for name in said if str(name).startswith("xa.decided_")]
    assert said[decided].sum(axis=1).eq(said["xa.matters_decided"]).all()
    assert not said["xa.public_dialogue_held"].all()  # not every commune does its duty
    assert said["xa.households_poor"].notna().all()


def test_merged_communes_have_the_villages_of_the_old_ones(root: Path) -> None:
    before, after = (read_setting(root, period) for period in ("2025-H1", MERGED))
    villages = {
        unit: int(str(commune(unit, setting)[unit, "xa.villages_total"]))
        for setting in (before, after)
        for unit in setting.members("qcdc_communes")
    }
    joined = {unit: after.origins(unit) for unit in after.members("qcdc_communes")}
    assert sorted(u for old in joined.values() for u in old) == sorted(
        before.members("qcdc_communes")
    )
    assert all(villages[unit] == sum(villages[u] for u in old) for unit, old in joined.items())


def test_communes_once_recognised_stay_recognised(root: Path) -> None:
    facts, periods = read_setting(root, OLD), ["2020-H1", "2021-H1"]
    published = read_facts(facts.catalogue, root / "raw/reference", "published")
    seen: dict[str, set[str]] = {}
    for period in sorted([*periods, *(f"{year}-H2" for year in range(2016, 2025))]):
        # the communes are the same in all of them
        setting = dataclasses.replace(facts, period=period)
        values = new_countryside(setting, default_targets(published, setting))
        seen[period] = {u for (u, _), yes in values.items() if yes is True}
    ordered = list(seen.values())
    assert all(earlier <= later for earlier, later in itertools.pairwise(ordered))
    counted = {period: len(seen[period]) for period in ("2017-H2", "2018-H2", *periods)}
    assert counted == {"2017-H2": 5, "2018-H2": 9, "2020-H1": 10, "2021-H1": 11}


def test_a_decision_of_recognition_keeps_its_day(root: Path, halves: dict[str, SamplePlan]) -> None:
    earlier = last_values(halves[OLD], "ntm-2021")
    days = earlier.xs("ntm.recognised_on", level=1)
    later = decisions(set(days.index), read_setting(root, "2022-H1"))
    assert len(days) == 7
    assert days.to_dict() == {unit: later[unit, "ntm.recognised_on"] for unit in days.index}
    assert max(days) <= dt.date(2018, 5, 31)


def _with_an_element(setting: Setting, operator: str, right: str) -> Setting:
    """A setting whose catalogue asks communes for one element more, under one rule."""
    model = setting.catalogue.elements["xa.receptions"]
    rule = setting.catalogue.rules["XA-01"]
    changed = setting.catalogue.model_copy(
        update={
            "elements": setting.catalogue.elements
            | {"xa.novel": model.model_copy(update={"id": "xa.novel"})},
            "rules": {
                "N-1": Rule(
                    **rule.model_dump()
                    | {"id": "N-1", "operator": operator, "left": ["xa.novel"], "right": [right]}
                )
            },
        }
    )
    return dataclasses.replace(setting, catalogue=changed)


@pytest.mark.parametrize("operator", ["<=", "==", ">="])
def test_what_no_maker_knows_is_drawn_so_that_rules_hold(root: Path, operator: str) -> None:
    setting = _with_an_element(read_setting(root, OLD), operator, "xa.dialogues")
    for unit in setting.members("qcdc_communes")[::4]:
        known: Values = {(unit, "xa.dialogues"): 2}
        found = filled_in(unit, ["xa.novel", "xa.dialogues"], known, setting)
        assert set(found) == {(unit, "xa.novel")}
        value = found[unit, "xa.novel"]
        assert isinstance(value, int)
        assert {"<=": value <= 2, "==": value == 2, ">=": value >= 2}[operator]


def test_shipped_periods_get_nothing_from_nowhere(root: Path) -> None:
    setting = read_setting(root, "2021-H1")
    assert filled_in("xa-mh-01", ["xa.receptions"], {}, setting) == {}


def test_the_history_leaves_shipped_periods_alone(root: Path) -> None:
    assert not set(history_to_write(root)) & SHIPPED
    assert {"2016-H1", "2021-H2", "2026-H1"} <= set(history_to_write(root))
    assert history_to_write(root, ["2019-H1"]) == ["2019-H1"]


@pytest.mark.parametrize(
    ("period", "named"), [("2021-H1", "make sample"), ("2030-H1", "2030-H1"), ("x", "x")]
)
def test_other_periods_are_refused(copied_root: Path, period: str, named: str) -> None:
    arguments = ["history", "--root", str(copied_root), "--periods", period]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert named in result.output
    assert sorted(path.name for path in (copied_root / "raw").iterdir()) == ["reference"]
