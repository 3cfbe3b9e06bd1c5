"""Every known error is told with code, found, expected, action; others are not swallowed."""

import pytest

from pipelines.catalogue.contracts import ContractError
from pipelines.catalogue.integrity import CatalogueError
from pipelines.evaluation.invariants import InvariantBroken as EvaluationBroken
from pipelines.intake.container import UnreadableWorkbook
from pipelines.intake.executors import ExecutorError
from pipelines.intake.journal import JournalError
from pipelines.orchestration.clock import ClockBroken
from pipelines.orchestration.problems import KNOWN, Problem, Stopped, notebook_failed, problem_of
from pipelines.orchestration.receiving import JournalLost, PeriodLocked
from pipelines.orchestration.steps import NoInput
from pipelines.orchestration.storing import StaleCandidate
from pipelines.validation.gate import InvariantBroken as GateBroken
from pipelines.warehouse.errors import NotAProject

ERRORS: list[tuple[Exception, str, int]] = [
    (EvaluationBroken(["a"]), "QCDC-E01", 1),
    (GateBroken("GATE-FORM", ["a"]), "QCDC-E01", 1),
    (NoInput("a"), "QCDC-E02", 2),
    (PeriodLocked("a"), "QCDC-E03", 2),
    (ClockBroken("a"), "QCDC-E101", 2),
    (StaleCandidate("a"), "QCDC-E04", 2),
    (ContractError("a"), "QCDC-E05", 2),
    (CatalogueError(["a"]), "QCDC-E06", 2),
    (JournalError("a"), "QCDC-E07", 2),
    (JournalLost("a"), "QCDC-E28", 2),
    (UnreadableWorkbook("empty", "a"), "QCDC-E08", 2),
    (Stopped(notebook_failed("a")), "QCDC-E09", 2),
    (FileNotFoundError(2, "No such file", "a.csv"), "QCDC-E18", 2),
    (ExecutorError("QCDC-E192", "a", "b", "c", "d"), "QCDC-E192", 2),
    (NotAProject("a", "b", "c", "d", "e"), "QCDC-W01", 2),
]


@pytest.mark.parametrize(("error", "code", "exit_code"), ERRORS, ids=lambda it: str(it)[:20])
def test_known_errors_are_told(error: Exception, code: str, exit_code: int) -> None:
    problem = problem_of(error, "2021-H1")
    assert (problem.code, problem.exit_code) == (code, exit_code)
    assert all((problem.title, problem.found, problem.expected, problem.action)), (
        "each of the four is said"
    )


def test_the_list_above_is_whole() -> None:
    assert {kind for kind in KNOWN if not any(isinstance(e, kind) for e, _, _ in ERRORS)} == set()


def test_unknown_errors_are_not_dressed_up() -> None:
    with pytest.raises(TypeError, match="ZeroDivisionError"):
        problem_of(ZeroDivisionError())


def test_long_findings_are_cut() -> None:
    assert len(problem_of(NoInput("x" * 10_000)).found) < 2_000


def test_a_problem_is_plain_data() -> None:
    problem = Problem("A", "b", "c", "d", "e")
    assert problem.as_dict() == {
        "code": "A",
        "title": "b",
        "found": "c",
        "expected": "d",
        "action": "e",
        "exit_code": 2,
    }
