"""What ``qcdc run --all`` does: evaluate everything there is anew, on purpose, in order.

Belongs here: which periods, in which order, what is told. Does not belong here: running one period
(``running``), what is done without being asked (``automation``).
"""

from __future__ import annotations

from pathlib import Path

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import screen
from pipelines.orchestration.arrivals import evaluable_periods, locked_any
from pipelines.orchestration.problems import BROKEN, Problem, Stopped
from pipelines.orchestration.running import BuildDefs, Outcome, run_period
from pipelines.warehouse.root import find_root

DONE = 0


def run_all(build: BuildDefs, *, family: str, locked: bool, as_json: bool) -> int:
    """Evaluate every period that has input, in calendar order, parts before the whole.

    Args:
        build: Makes the definitions.
        family: In which families papers are written.
        locked: Locked periods too; without it they stay as they are.
        as_json: Print JSON.

    Returns:
        The worst exit code of all; one period that stops does not stop the later ones.

    Raises:
        Stopped: There is nothing to evaluate.
    """
    root, catalogue = find_root(), load_catalogue()
    wanted, left = _chosen(root, catalogue, locked)
    if not wanted:
        raise Stopped(_nothing(left))
    outcomes: dict[str, Outcome] = {}
    for number, period in enumerate(wanted, start=1):
        title = f"Kỳ {period} ({number}/{len(wanted)})"
        with screen.steps_shown(title) as on_step:
            outcomes[period] = run_period(root, period, on_step, build, family)
        problem = outcomes[period].problem
        if problem is not None:
            screen.show_problem(problem)
    _show(outcomes, left, as_json=as_json)
    return max(_exit_code(outcome) for outcome in outcomes.values())


def _chosen(root: Path, catalogue: Catalogue, locked: bool) -> tuple[list[str], list[str]]:
    """The periods to evaluate, and those that are left because they are locked."""
    found = evaluable_periods(root, catalogue)
    left = [] if locked else [key for key in found if locked_any(root, catalogue, key)]
    return [key for key in found if key not in left], left


def _exit_code(outcome: Outcome) -> int:
    if outcome.problem is not None:
        return outcome.problem.exit_code
    return BROKEN if outcome.broken_checks else DONE


def _show(outcomes: dict[str, Outcome], left: list[str], *, as_json: bool) -> None:
    if as_json:
        periods = [
            {
                "period": period,
                "run_id": outcome.run_id,
                "failed_checks": outcome.failed_checks,
                "problem": outcome.problem.as_dict() if outcome.problem is not None else None,
            }
            for period, outcome in outcomes.items()
        ]
        screen.print_json({"periods": periods, "locked": left})
        return
    out = screen.console()
    stopped = [period for period, outcome in outcomes.items() if outcome.problem is not None]
    out.print(f"Đã đánh giá lại {len(outcomes) - len(stopped)} kỳ.", style="bold")
    if stopped:
        out.print(f"Dừng lại: {', '.join(stopped)} (xem thông báo ở trên).", style="bold red")
    if left:
        out.print(f"Đã khóa, giữ nguyên: {', '.join(left)} (tính cả các kỳ này: --locked).")


def _nothing(left: list[str]) -> Problem:
    unlocked = f"{len(left)} kỳ đã khóa, không kỳ nào chưa khóa có tệp"
    return Problem(
        "QCDC-E102",
        "Không có kỳ nào để đánh giá lại.",
        unlocked if left else "raw/ chưa có tệp nào",
        "ít nhất một kỳ chưa khóa đã nhận biểu mẫu",
        "Tính cả kỳ đã khóa: qcdc run --all --locked; hoặc chép biểu mẫu vào raw/<kỳ>/<đơn vị>/.",
    )
