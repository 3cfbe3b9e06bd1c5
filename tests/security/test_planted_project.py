"""Identities planted in a whole project stay in ``raw/`` and in what goes back to their sender."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines import cli
from pipelines.analysis import open_warehouse
from pipelines.definitions import build_defs
from pipelines.orchestration import steps
from pipelines.orchestration.running import Outcome, run_period
from pipelines.vietnamese.text import MASK
from tests.orchestration.mini import build, fake_report
from tests.security.identities import Hit, Plants, hits_below, hits_in_text
from tests.security.planting import PERIOD, plant

pytestmark = pytest.mark.long

# a workbook that goes back to its sender is the sender's own, marked
RETURNED = re.compile(r"warehouse/feedback/[^/]+/[^/]+/[^/]+\.xlsx$")
WHO = ("--who", "thường trực Ban Chỉ đạo")


@dataclass(frozen=True)
class Planted:
    """A project in which everything was tried once.

    Attributes:
        sent: Where identities were planted in files.
        outcomes: Of the runs, by name.
    """

    root: Path
    plants: Plants
    sent: frozenset[str]
    outcomes: dict[str, Outcome]


def silent(_step: str, _state: str) -> None:
    """Nobody watches."""


def qcdc(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    root = build(tmp_path_factory.mktemp("planted"))
    plants = Plants()
    plant(root, plants)
    sent, here = frozenset(plants.places), Path.cwd()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(root / ".dagster"))
        fake_report(patch, real_site=True)
        os.chdir(root)
        try:
            yield Planted(root, plants, sent, _try_everything(root, plants))
        finally:
            os.chdir(here)


def _try_everything(root: Path, plants: Plants) -> dict[str, Outcome]:
    found = {"accepted and returned": run_period(root, PERIOD, silent, build_defs)}
    qcdc("feedback", PERIOD)
    qcdc("period", "lock", PERIOD, *WHO, "--why", plants.at("why of lock").text)
    qcdc("period", "reopen", PERIOD, *WHO, "--why", plants.at("why of reopen").text)
    findings = open_warehouse(root=root).table("core.findings")
    chosen = findings[findings["severity"].isin(["warning", "review"]) & findings["cell"].ne("")]
    for sheet, cell in chosen[["sheet", "cell"]].dropna().head(3).to_numpy():
        why = plants.at(f"why of a decision on {sheet}!{cell}").text
        qcdc("decide", PERIOD, "--finding", f"{sheet}!{cell}", "--accept", *WHO, "--why", why)
    qcdc("decide", PERIOD, "--export", str(root / "desk.xlsx"))
    found["decided"] = run_period(root, PERIOD, silent, build_defs)
    for audience in ("public", "units", "superior"):
        qcdc("bundle", PERIOD, "--audience", audience, "--out", str(root / "bundles"))
    qcdc("notices", PERIOD)
    qcdc("status", PERIOD)
    cell = plants.at("an error of the program").text

    def mistaken(*_: object, **__: object) -> None:
        try:
            float(cell)
        except ValueError as error:
            raise KeyError(f"cannot read {cell}") from error

    # a period in which nothing has changed would stand, and nothing would be read
    (root / "raw" / PERIOD / "xa-mh-01" / "them.txt").write_text("", encoding="utf-8")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(steps, "ingest", mistaken)
        found["failing"] = run_period(root, PERIOD, silent, build_defs)
    return found


def told(hits: Iterator[Hit], plants: Plants) -> list[str]:
    return sorted({f"{hit.kind} planted in {plants.place_of(hit)}: {hit.where}" for hit in hits})


def test_every_fate_of_a_file_is_there(planted: Planted) -> None:
    status = set(open_warehouse(root=planted.root).table("intake.submissions")["status"])
    assert {"accepted_with_warnings", "returned", "unreadable"} <= status
    assert planted.outcomes["decided"].problem is None
    failed = planted.outcomes["failing"].problem
    assert failed is not None
    assert MASK in failed.found
    held = open_warehouse(root=planted.root).table("intake.quarantine")
    assert held["text"].str.contains(MASK, regex=False).any()


def test_what_was_planted_did_arrive(planted: Planted) -> None:
    raw = {planted.plants.place_of(hit) for hit in hits_below(planted.root / "raw")}
    assert planted.sent <= raw


def test_nobody_is_found_in_the_tree_or_in_the_history(planted: Planted) -> None:
    root = planted.root
    returned = [
        path for path in root.rglob("*.xlsx") if RETURNED.search(path.relative_to(root).as_posix())
    ]
    hits = hits_below(root, (root / "raw", *returned))
    assert told(hits, planted.plants) == []


def test_what_is_told_of_a_failure_names_nobody(planted: Planted) -> None:
    for name, outcome in planted.outcomes.items():
        assert list(hits_in_text(name, str(outcome))) == []
