"""Other workbooks, other figures: nothing of the article is in the program."""

import dataclasses
import shutil

import pytest

from pipelines.sample.write import plan_sample, write_sample

from .conftest import PERIOD, ROOT, Pipeline

SCOPE = "huyen-mh-1"


pytestmark = pytest.mark.long  # the generator and the pipeline once more, whole


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    root = tmp_path_factory.mktemp("other")
    (root / "workspace.yaml").write_text("", encoding="utf-8")
    shutil.copytree(ROOT / "raw" / "reference", root / "raw" / "reference")
    targets = dataclasses.replace(
        plan_sample(root, None, period=PERIOD).targets,
        dossiers_received=51_000,
        dossiers_resolved=49_900,
        ntm_recognised=9,
        enterprises_held=12,
    )
    write_sample(root, targets)
    return Pipeline(root).run()


@pytest.mark.parametrize(
    ("indicator", "shown"),
    [
        ("tthc.resolution_rate", "49.900/51.000 (98%)"),
        ("tthc.pending", "1.100"),
        ("ntm.recognised_rate", "9/15 (60%)"),
        ("ntm.remaining_1", "17"),
        ("dn.conference_rate", "12/15 (80%)"),
        ("cq.conference_rate", "24/24 (100%)"),
    ],
)
def test_the_report_shows_what_the_workbooks_say(other, indicator, shown):
    figures = other["report.figures"].set_index("figure_id")["shown_as"]
    assert figures[f"{PERIOD}/{indicator}@{SCOPE}"] == shown


def test_what_differs_from_the_article_is_said(other):
    compared = other["eval.published"]
    wrong = compared[~compared["agrees"]]
    assert set(zip(wrong["indicator"], wrong["part"], strict=True)) == {
        ("tthc.resolution_rate", "denominator"),
        ("tthc.resolution_rate", "numerator"),
        ("tthc.resolution_rate", "value"),
        ("ntm.recognised_rate", "numerator"),
        ("dn.conference_rate", "numerator"),
        ("dn.conference_rate", "value"),
    }


def test_no_review_when_something_is_pending(other):
    assert "HS-04" not in set(other["core.findings"]["rule"])
