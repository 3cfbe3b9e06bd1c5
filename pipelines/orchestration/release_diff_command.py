"""What ``qcdc release diff`` does: compare two states of a period, show the legs.

Belongs here: the order of asking and showing. Does not belong here: options (``cli``), comparing
(``what_changed``), words (``reports.what_changed_table``).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue.load import load_catalogue
from pipelines.evaluation.legs import LEGS, changed
from pipelines.orchestration import screen
from pipelines.orchestration.commands import require_period
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.orchestration.what_changed import Change, compare
from pipelines.reports.what_changed_table import LEGS_VI, NOTES, frame_vi, rows, summary
from pipelines.warehouse.root import find_root

MOST = 20  # causes that are named on the screen


@dataclass(frozen=True)
class Asked:
    """What to compare: two states of a period, and whose figures are shown."""

    period: str
    before: str
    after: str
    unit: str | None = None
    everything: bool = False


def diff(asked: Asked, *, as_json: bool) -> None:
    """Show what changed between two states of a period, cause by cause.

    Args:
        asked: What to compare; without a unit the figures of the whole are shown.
        as_json: Print JSON: every changed figure of every unit.

    Raises:
        Stopped: No such period, state or unit, or a state cannot be computed.
    """
    root, catalogue = find_root(), load_catalogue()
    require_period(catalogue, asked.period)
    change = compare(root, asked.period, asked.before, asked.after)
    if asked.unit is not None and asked.unit not in change.words.scopes:
        raise Stopped(_no_unit(asked.unit))
    if as_json:
        screen.print_json(_as_dict(change))
    else:
        _show(change, asked)


def _as_dict(change: Change) -> dict[str, object]:
    return {
        "period": change.period,
        "before": change.before,
        "after": change.after,
        "moved": list(change.moved),
        "causes": screen.records(change.causes),
        "is_illustrative": change.is_illustrative,
        "changes": screen.records(changed(change.legs)),
    }


def _show(change: Change, asked: Asked) -> None:
    scope_id = asked.unit or change.scope_id
    out, words = screen.console(), change.words
    mark = " — SỐ LIỆU MINH HỌA" if change.is_illustrative else ""
    out.print(f"{words.before} → {words.after}, kỳ {change.period}{mark}", style="bold")
    out.print(summary(change.legs, change.moved, words, scope_id), soft_wrap=True)
    for leg, about in change.causes.head(MOST).itertuples(index=False):
        out.print(f"  {LEGS_VI[leg]}: {about}", soft_wrap=True)
    if len(change.causes) > MOST:
        out.print(f"  … và {len(change.causes) - MOST} nội dung khác (--json để xem hết)")
    told = rows(change.legs, words)
    if not asked.everything:
        told = told[told["scope_id"] == scope_id]
    if told.empty:
        return
    screen.show_table(out, _narrow(told, change, everything=asked.everything))
    for note in NOTES:
        out.print(note, soft_wrap=True)


def _narrow(told: pd.DataFrame, change: Change, *, everything: bool) -> pd.DataFrame:
    """The table without what is the same in every row: a terminal has few columns."""
    still = [LEGS_VI[leg] for leg in LEGS if leg not in change.moved]
    table = frame_vi(told, change.words).drop(columns=still)
    table = table if everything else table.drop(columns="Đơn vị")
    return table.rename(columns={name: name.replace(", ", ",\n") for name in table.columns})


def _no_unit(unit: str) -> Problem:
    return Problem(
        "QCDC-E92",
        f"Không có đơn vị {unit}.",
        unit,
        "mã đơn vị trong raw/reference/units.csv, ví dụ xa-mh-01",
        "Sửa --unit, hoặc bỏ --unit để xem toàn địa bàn.",
    )
