"""What changed between two states: each cause in its own leg, on a project that really runs."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.evaluation.legs import LEGS, changed
from pipelines.orchestration.problems import Stopped
from pipelines.orchestration.state_figures import Figures
from pipelines.orchestration.states import State, state_of
from pipelines.orchestration.what_changed import Change, compare_states
from tests.orchestration import changing
from tests.orchestration.changing import HOUSEHOLDS, PRESENT, RATE, small
from tests.orchestration.mini import PERIOD

CAUSES = {
    "boundary": changing.boundary,
    "catalogue": changing.catalogue,
    "corrections": changing.correction,
    "resubmissions": changing.resubmission,
    "new_reports": changing.new_report,
}
SCOPE = "huyen-mh-1"
Cause = Callable[[Path], None]


class World:
    """A project before anything changed; copies of it in which something did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = changing.build(folder / "before", changing.XA)
        self.figures = Figures(PERIOD, changing.read_here)
        self.before = small(state_of(self.root, PERIOD, self.root))
        self._single: dict[str, Change] = {}

    def state(self, folder: Path) -> State:
        found = small(state_of(folder, PERIOD, folder))
        if (folder / "catalogue").is_dir():
            return found
        return replace(found, catalogue=self.before.catalogue)  # whose hash is known

    def after(self, *causes: Cause) -> State:
        folder = self.folder / "-".join(cause.__name__ for cause in causes)
        shutil.copytree(self.root, folder, dirs_exist_ok=False)
        for cause in causes:
            cause(folder)
        return self.state(folder)

    def single(self, leg: str) -> Change:
        if leg not in self._single:
            self._single[leg] = self.change(CAUSES[leg])
        return self._single[leg]

    def change(self, *causes: Cause) -> Change:
        return compare_states(self.before, self.after(*causes), PERIOD, figures=self.figures)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("what-changed"))


def row(change: Change, indicator: str, part: str, scope: str = SCOPE) -> pd.Series:
    own = change.legs[change.legs["scope_id"] == scope]
    return own[(own["indicator"] == indicator) & (own["part"] == part)].iloc[0]


@pytest.mark.parametrize("leg", LEGS)
def test_a_single_cause_is_in_its_own_leg_and_in_no_other(world: World, leg: str) -> None:
    change = world.single(leg)
    assert change.moved == (leg,)
    others = [name for name in LEGS if name != leg]
    assert (change.legs[others] == 0).all(axis=None)
    moved = changed(change.legs)
    both = moved[moved["before"].notna() & moved["after"].notna()]
    assert len(both), "the cause changes figures that are there before and after"
    assert (both[leg] == both["after"] - both["before"]).all()
    ends = moved[moved["before"].isna() | moved["after"].isna()]
    assert set(ends["came_with"].dropna()) | set(ends["went_with"].dropna()) <= {leg}


def test_what_changes_is_what_was_done(world: World) -> None:
    expected = {
        "boundary": ("ld.programme_rate", "denominator", -1),
        "catalogue": (RATE, "denominator", PRESENT - HOUSEHOLDS),
        "corrections": (RATE, "numerator", 1700 - 1755),
        "resubmissions": (RATE, "numerator", 1800 - 1755),
        "new_reports": ("rp.completeness_rate", "numerator", 1),
    }
    for leg, (indicator, part, amount) in expected.items():
        change = world.single(leg)
        assert row(change, indicator, part)[leg] == amount, leg
        other = row(change, RATE, "value")
        assert other[leg] == pytest.approx(other["after"] - other["before"])


def test_what_came_is_named(world: World) -> None:
    expected = {
        "boundary": "sửa Xã minh họa 02 (xa-mh-02): Hiệu lực đến “2025-06-30” → “2021-03-31”",
        "catalogue": "sửa chỉ số xa.agreement_rate (Lượt hộ tán thành)",
        "corrections": "Xã minh họa 01: đính chính ô Biểu 01-XA!E24 (xã cho biết đã ghi nhầm)",
        "resubmissions": "Xã minh họa 01: biểu xa-2021, nhận 11/06/2021 (2021-H1/xa-mh-01/02)",
        "new_reports": "Doanh nghiệp minh họa 01: biểu dn-2021, nhận",
    }
    for leg, text in expected.items():
        change = world.single(leg)
        (said,) = change.causes.itertuples(index=False)
        assert said.leg == leg
        assert str(said.about).startswith(text)


def test_what_a_new_report_brings_is_not_counted_from_zero(world: World) -> None:
    change = world.single("new_reports")
    own = row(change, "ld.programme_rate", "value", changing.DN)
    assert np.isnan(own["before"])
    assert own["after"] == 100
    assert (own["before_state"], own["came_with"]) == ("missing", "new_reports")
    assert np.isnan(own["new_reports"])


def test_a_unit_that_has_ended_is_told_as_absent(world: World) -> None:
    change = world.single("boundary")
    gone = row(change, "ld.programme_rate", "denominator", "xa-mh-02")
    assert (gone["after_state"], gone["went_with"]) == ("absent", "boundary")
    assert np.isnan(gone["boundary"])


def test_a_correction_is_counted_before_the_file_that_replaces_it(world: World) -> None:
    change = world.change(changing.correction, changing.resubmission)
    assert change.moved == ("corrections", "resubmissions")
    told = row(change, RATE, "numerator")
    assert (told["corrections"], told["resubmissions"]) == (-55, 100)
    assert told["after"] - told["before"] == 45


def test_backwards_it_is_the_other_way_round(world: World) -> None:
    world.single("resubmissions")
    after = world.state(world.folder / changing.resubmission.__name__)
    change = compare_states(after, world.before, PERIOD, figures=world.figures)
    assert change.moved == ("resubmissions",)
    assert row(change, RATE, "numerator")["resubmissions"] == -45


def test_nothing_has_changed(world: World) -> None:
    change = compare_states(world.before, world.before, PERIOD, figures=world.figures)
    assert change.moved == ()
    assert changed(change.legs).empty
    assert len(change.legs)


def test_lines_about_papers_and_the_period_change_no_figure(world: World) -> None:
    folder = shutil.copytree(world.root, world.folder / "papers")
    lines = [
        {"event": "review", "about": f"{PERIOD}/draft", "text": "đã rà soát"},
        {"event": "period", "period": PERIOD, "action": "lock"},
    ]
    for line in lines:
        changing.add_line(folder, line)
    change = compare_states(world.before, world.state(folder), PERIOD, figures=world.figures)
    assert change.moved == ()


@pytest.mark.long
def test_all_causes_at_once_add_up_leg_by_leg(world: World) -> None:
    change = world.change(*CAUSES.values())
    assert change.moved == LEGS
    told = row(change, RATE, "denominator")
    assert list(told[list(LEGS)]) == [0, PRESENT - HOUSEHOLDS, 0, 0, 0]
    value = row(change, RATE, "value")
    assert value["catalogue"] == pytest.approx(100 * 1755 / PRESENT - 100 * 1755 / HOUSEHOLDS)
    assert value["corrections"] == pytest.approx(100 * (1700 - 1755) / PRESENT)
    assert value["resubmissions"] == pytest.approx(100 * (1800 - 1700) / PRESENT)
    rate = row(change, "ld.programme_rate", "value")
    assert rate[list(LEGS)].sum() == pytest.approx(rate["after"] - rate["before"])


def test_a_period_that_has_received_nothing_has_no_figures(world: World) -> None:
    empty = world.state(changing.build(world.folder / "empty"))
    change = compare_states(empty, world.before, PERIOD, figures=world.figures)
    assert change.moved == ("new_reports",)
    told = row(change, RATE, "numerator")
    assert (told["before_state"], told["came_with"]) == ("absent", "new_reports")


@pytest.mark.parametrize("which", ["99", "2021-H1/07", "nowhere", Path("nowhere")])
def test_a_state_that_is_not_there_is_told(world: World, which: str | Path) -> None:
    with pytest.raises(Stopped) as stopped:
        state_of(world.root, PERIOD, which)
    assert stopped.value.problem.code == "QCDC-E90"


def test_a_catalogue_that_cannot_be_read_today_is_told(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "catalogue").mkdir()
    with pytest.raises(Stopped) as stopped:
        state_of(tmp_path, PERIOD, tmp_path)
    assert stopped.value.problem.code == "QCDC-E91"
