"""Totals: where they come from, what is refused, how criteria are continued."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.reference import read_facts
from pipelines.sample.plan import SamplePlan
from pipelines.sample.setting import SampleError, read_setting
from pipelines.sample.targets import (
    SampleTargets,
    check_targets,
    default_targets,
    history_periods,
    published_targets,
    remaining_criteria,
)

ARTICLE = SampleTargets(
    dossiers_received=52620,
    dossiers_resolved=52620,
    ntm_recognised=11,
    remaining=(17, 13, 12, 10),
    agencies_held=24,
    enterprises_held=13,
    posts=40,
    merger=(3, 1),
    inspections=7,
)


def test_defaults_are_what_was_printed(plan: SamplePlan) -> None:
    assert plan.targets == ARTICLE


def test_no_total_of_the_article_stands_in_the_code(root: Path) -> None:
    code = "\n".join(path.read_text() for path in (root / "pipelines/sample").glob("*.py"))
    found = re.findall(r"\b(?:52[._]?620|17, 13, 12, 10|11/15|13/15|24/24)\b", code)
    assert found == []


def test_earlier_periods_have_totals_of_their_own(root: Path) -> None:
    assert history_periods() == ["2020-H1", "2020-H2"]
    published = read_facts(
        read_setting(root, "2020-H1").catalogue, root / "raw/reference", "published"
    )
    first, second = (
        default_targets(published, read_setting(root, period)) for period in history_periods()
    )
    assert (first.dossiers_received, first.dossiers_resolved) == (45180, 45180 - 310)
    assert (second.dossiers_received, second.dossiers_resolved) == (48920, 48920 - 275)
    assert (first.enterprises_held, second.enterprises_held) == (11, 12)
    assert second.posts_before == first.posts
    assert first.merger is second.merger is None
    # 10 of 15 is the only milestone that is known of these years
    assert first.ntm_recognised == second.ntm_recognised == 10


def test_a_total_that_was_not_printed_must_be_given(root: Path) -> None:
    setting = read_setting(root, "2021-H1")
    published = read_facts(setting.catalogue, root / "raw/reference", "published")
    without = published[published["indicator"] != "nv.posts_streamlined"]
    with pytest.raises(SampleError, match=r"nv\.posts_streamlined"):
        published_targets(without, setting)


def test_sources_that_disagree_are_refused(root: Path) -> None:
    setting = read_setting(root, "2021-H1")
    published = read_facts(setting.catalogue, root / "raw/reference", "published")
    other = published.assign(source="b", value=published["value"] + 1)
    with pytest.raises(SampleError, match="hai giá trị"):
        published_targets(pd.concat([published, other]), setting)


@pytest.mark.parametrize(
    ("recognised", "given", "expected"),
    [
        (11, (17, 13, 12, 10), [17, 13, 12, 10]),
        (9, (17, 13, 12, 10), [17, 13, 12, 10, 9, 8]),
        (9, (17, 13, 12, 10, 16, 15), [17, 13, 12, 10, 16, 15]),
        (13, (17, 13, 12, 10), [17, 13]),
        (15, (17, 13), []),
        (12, (1,), [1, 0, 0]),
        (13, (), [17, 16]),
    ],
)
def test_criteria_of_communes_not_recognised(
    recognised: int, given: tuple[int, ...], expected: list[int]
) -> None:
    targets = replace(ARTICLE, ntm_recognised=recognised, remaining=given)
    assert remaining_criteria(targets, 15) == expected


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"dossiers_resolved": 52621}, "dossiers-resolved = 52621"),
        ({"dossiers_received": 0, "dossiers_resolved": 0}, "dossiers-received = 0"),
        ({"ntm_recognised": 16}, "từ 0 đến 15"),
        ({"agencies_held": 25}, "từ 0 đến 24"),
        ({"enterprises_held": -1}, "enterprises-held = -1"),
        ({"merger": (3, 3)}, "merger"),
        ({"inspections": 56}, "từ 0 đến 55"),
        ({"remaining": (20,)}, "remaining"),
    ],
)
def test_totals_that_cannot_be_met_are_named(
    root: Path, change: dict[str, int], named: str
) -> None:
    with pytest.raises(SampleError, match=re.escape(named)):
        check_targets(replace(ARTICLE, **change), read_setting(root, "2021-H1"))


@pytest.mark.parametrize(("period", "named"), [("2021-H9", "2021-H9"), ("2030-H1", "2030-H1")])
def test_periods_without_a_request_are_refused(root: Path, period: str, named: str) -> None:
    with pytest.raises(SampleError, match=named):
        read_setting(root, period)
