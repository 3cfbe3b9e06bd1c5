"""Documents stand beside the figures of their element and unit, and of nothing else."""

import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.evaluation.figures import figures, parse_cells

HELD, DIALOGUES = "dn.conference_held", "dn.dialogues"


@pytest.fixture
def filed(catalogue):
    """core.evidence from (unit, element, status, signed_on), one per row."""

    def build(*papers):
        contract = table_contract(catalogue, "core.evidence")
        rows = [
            {
                "submission_id": f"2021-H1/{unit}/{number:02d}",
                "period": "2021-H1",
                "unit_id": unit,
                "element": element,
                "kind": "Biên bản",
                "number": None,
                "signed_on": signed_on,
                "signer_role": None,
                "title_vi": "Biên bản hội nghị",
                "credit": None,
                "status": status,
                "sha256": "a" * 64,
                "path": "raw/2021-H1/bb.pdf",
                "size": 3,
                "is_illustrative": True,
            }
            for number, (unit, element, status, signed_on) in enumerate(papers, 1)
        ]
        return contract.conform(pd.DataFrame(rows)) if rows else contract.empty()

    return build


@pytest.fixture
def beside(units, observe, evaluate, submissions, period, catalogue):
    """Documents by figure_id; figures of two enterprises that answered, and of the district."""

    def build(evidence, answers=None):
        answers = answers or {("dn-1", HELD): True, ("dn-2", HELD): False}
        scopes = ("h", "dn-1", "dn-2")
        made = figures(
            values=evaluate(answers, catalogue, scopes=scopes).reset_index(),
            observations=observe(answers),
            registers={},
            submissions=submissions(),
            units=units,
            catalogue=catalogue,
            period_row=period,
            release_id="2021-H1/draft",
            evidence=evidence,
        )
        found = {
            figure: [entry for entry in parse_cells(cells) if "evidence" in entry]
            for figure, cells in zip(made["figure_id"], made["cells"], strict=True)
        }
        return {figure: entries for figure, entries in found.items() if entries}

    return build


def test_a_document_stands_beside_its_unit_and_every_scope_around_it(beside, filed):
    found = beside(filed(("dn-1", HELD, "accepted", "2021-03-05")))
    assert set(found) == {"2021-H1/dn.conference_rate@h", "2021-H1/dn.conference_rate@dn-1"}
    assert found["2021-H1/dn.conference_rate@h"] == [
        {
            "evidence": "2021-H1/dn-1/01",
            "kind": "Biên bản",
            "number": None,
            "signed_on": "2021-03-05",
            "title": "Biên bản hội nghị",
            "path": "raw/2021-H1/bb.pdf",
            "sha256": "a" * 64,
            "unit_id": "dn-1",
            "element": HELD,
        }
    ]


def test_documents_come_after_the_cells(
    units, observe, evaluate, submissions, period, catalogue, filed
):
    answers = {("dn-1", HELD): True}
    made = figures(
        values=evaluate(answers, catalogue).reset_index(),
        observations=observe(answers),
        registers={},
        submissions=submissions(),
        units=units,
        catalogue=catalogue,
        period_row=period,
        release_id="2021-H1/draft",
        evidence=filed(("dn-1", HELD, "accepted", None)),
    ).set_index("figure_id")
    entries = parse_cells(str(made.loc["2021-H1/dn.conference_rate@h", "cells"]))
    assert ["evidence" in entry for entry in entries] == [False, False, True]
    assert "cell" in entries[0]
    assert entries[-1]["signed_on"] is None


@pytest.mark.parametrize(
    "paper",
    [
        ("dn-1", None, "accepted", None),
        ("dn-1", HELD, "duplicate", None),
        ("dn-1", HELD, "refused", None),
        ("elsewhere", HELD, "accepted", None),
        ("dn-1", DIALOGUES, "accepted", None),  # that figure is missing: nothing to support
    ],
)
def test_other_documents_stand_beside_nothing(beside, filed, paper):
    assert beside(filed(paper)) == {}


def test_without_evidence_nothing_changes(beside):
    assert beside(None) == {}
