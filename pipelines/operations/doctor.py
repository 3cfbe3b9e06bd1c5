"""Is everything in order? All checks, and how they are asked.

Belongs here: the list of checks, asking each of them. Does not belong here: single checks
(``doctor_checks*``: a new one is a function there, named in its list), repairs
(``doctor_repair``), the screen (``doctor_command``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.operations.doctor_backup import BACKUP_CHECKS
from pipelines.operations.doctor_checks_data import DATA_CHECKS
from pipelines.operations.doctor_checks_instance import INSTANCE_CHECKS
from pipelines.operations.doctor_codes import CODE_CHECKS
from pipelines.operations.doctor_model import Check, Facts, Finding
from pipelines.orchestration.problems import KNOWN, problem_of

HEALTHY, ILL = 0, 1
CHECKS: tuple[Check, ...] = (*INSTANCE_CHECKS, *DATA_CHECKS, *BACKUP_CHECKS, *CODE_CHECKS)


def examine(facts: Facts, checks: Sequence[Check] = CHECKS) -> list[Finding]:
    """Ask all checks.

    Args:
        facts: What is known.
        checks: Which to ask.

    Returns:
        Findings in the order of the checks; one of level ``ok`` for a check that found nothing.
    """
    return [found for check in checks for found in (_asked(check, facts) or [_well(check)])]


def exit_code(findings: Iterable[Finding]) -> int:
    """1 where something is an error, else 0: what is a warning may wait."""
    return ILL if any(found.level == "error" for found in findings) else HEALTHY


def _asked(check: Check, facts: Facts) -> list[Finding]:
    """What a check finds; one that cannot be answered is an error and not a traceback."""
    try:
        return list(check.find(facts))
    except KNOWN as error:
        problem = problem_of(error)
        found = f"{problem.code}: {problem.title} {problem.found}"
        return [Finding(check.name, "error", found, problem.expected, problem.action)]


def _well(check: Check) -> Finding:
    return Finding(check.name, "ok")
