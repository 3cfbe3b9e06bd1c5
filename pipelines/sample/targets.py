"""The totals that the sample must add up to, and where they come from by default.

Belongs here: the totals, their defaults from ``ref.published`` and ``data/*.yaml``, what
cannot be met.
Does not belong here: how they are spread over units (``values``, ``registers``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from pipelines.sample.setting import PERIOD, SampleError, Setting

_DATA = Path(__file__).parent / "data"
_SHIPPED, _OTHERS = _DATA / "history.yaml", _DATA / "halves.yaml"
_NO_MERGER = (0, 0)
HIGHEST_REMAINING = 17  # criteria of the best commune not recognised, where none is given


@dataclass(frozen=True)
class SampleTargets:
    """Totals of the generated workbooks.

    Attributes:
        dossiers_received: Rows of the dossier list.
        dossiers_resolved: Of these, resolved by the cut-off.
        ntm_recognised: Communes recognised as new-countryside communes.
        remaining: Criteria met by the communes not recognised; continued downwards where there
            are more such communes, cut where there are fewer.
        agencies_held: Agencies that held their staff conference.
        enterprises_held: Enterprises that held their workers' conference.
        posts: Posts streamlined.
        merger: Units before and after consolidation, both 0 where there was none; None leaves
            the cells blank.
        inspections: Units in the inspection plan of the year.
        posts_before: Posts streamlined earlier in the year.
        agencies_held_before: Of the agencies that held their conference, those that had done so
            by the end of the first half-year; None where nothing is said.
        enterprises_held_before: Likewise of the enterprises.
    """

    dossiers_received: int
    dossiers_resolved: int
    ntm_recognised: int
    remaining: tuple[int, ...]
    agencies_held: int
    enterprises_held: int
    posts: int
    merger: tuple[int, int] | None
    inspections: int
    posts_before: int = 0
    agencies_held_before: int | None = None
    enterprises_held_before: int | None = None

    @property
    def merged(self) -> tuple[int, int] | None:
        """Units before and after consolidation, where there was any."""
        return None if self.merger == _NO_MERGER else self.merger

    def as_known_to(self, setting: Setting) -> SampleTargets:
        """The totals as a round knows them: an estimate has seen a little less."""
        seen = self.posts - self.posts // 10 if setting.later is not None else self.posts
        return replace(self, posts=seen)


def default_targets(published: pd.DataFrame, setting: Setting) -> SampleTargets:
    """The totals of the period in the sample's own history, else those that were printed.

    Args:
        published: ``ref.published``.
        setting: Scope and period.

    Raises:
        SampleError: As ``published_targets``.
    """
    known = _totals(_SHIPPED) | _totals(_OTHERS)
    if setting.period in known:
        return known[setting.period]
    if setting.period == PERIOD:
        return published_targets(published, setting)
    before = [period for period in sorted(known) if period < setting.period]
    return _within(known[before[-1] if before else min(known)], setting)


def recognised_by_period() -> dict[str, int]:
    """Communes recognised in each period that totals are written down for."""
    known = _totals(_SHIPPED) | _totals(_OTHERS)
    return {period: totals.ntm_recognised for period, totals in known.items()}


def history_periods() -> list[str]:
    """The shipped periods before the published one, in order."""
    return sorted(_totals(_SHIPPED))


@cache
def _totals(path: Path) -> dict[str, SampleTargets]:
    data: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        period: SampleTargets(
            remaining=tuple(totals.pop("remaining")), merger=_pair(totals.pop("merger")), **totals
        )
        for period, totals in data.items()
    }


def _pair(numbers: list[int] | None) -> tuple[int, int] | None:
    return None if numbers is None else (numbers[0], numbers[1])


def _within(totals: SampleTargets, setting: Setting) -> SampleTargets:
    """Totals of another period, none more than the units of this one allow."""
    return replace(
        totals,
        ntm_recognised=min(totals.ntm_recognised, len(setting.members("ntm_communes"))),
        agencies_held=min(totals.agencies_held, len(setting.members("agencies"))),
        enterprises_held=min(totals.enterprises_held, len(setting.members("enterprises"))),
        inspections=min(totals.inspections, len(setting.members("qcdc_grassroots"))),
    )


def published_targets(published: pd.DataFrame, setting: Setting) -> SampleTargets:
    """The totals that were printed for the sample's scope and period.

    Args:
        published: ``ref.published``.
        setting: Scope and period.

    Raises:
        SampleError: A total was not printed, or two sources print different ones.
    """
    here = published["period"].eq(setting.period) & published["scope_id"].eq(setting.scope_id)
    printed: dict[tuple[str, str], int] = {}
    for row in published[here].itertuples():
        key = (str(row.indicator), str(row.part))
        value = int(float(str(row.value)))
        if printed.setdefault(key, value) != value:
            msg = f"số liệu công bố {key[0]} ({key[1]}) có hai giá trị khác nhau"
            raise SampleError(msg)

    def take(indicator: str, part: str = "value") -> int:
        if (indicator, part) not in printed:
            msg = (
                f"raw/reference/published.csv không có {indicator} ({part}) của kỳ "
                f"{setting.period}; hãy ghi rõ các tham số của mẫu"
            )
            raise SampleError(msg)
        return printed[indicator, part]

    ranked = sorted(name for name, _ in printed if name.startswith("ntm.remaining_"))
    return SampleTargets(
        dossiers_received=take("tthc.resolution_rate", "denominator"),
        dossiers_resolved=take("tthc.resolution_rate", "numerator"),
        ntm_recognised=take("ntm.recognised_rate", "numerator"),
        remaining=tuple(take(name) for name in ranked),
        agencies_held=take("cq.conference_rate", "numerator"),
        enterprises_held=take("dn.conference_rate", "numerator"),
        posts=take("nv.posts_streamlined"),
        merger=(take("nv.units_before_merger"), take("nv.units_after_merger")),
        inspections=take("bcd.inspections_planned"),
    )


def remaining_criteria(targets: SampleTargets, communes: int) -> list[int]:
    """Criteria met by each commune that is not recognised, the given ones first.

    Each further commune meets one criterion fewer than the last, so that the published ranks
    above stay as they were.
    """
    needed = communes - targets.ntm_recognised
    found = list(targets.remaining[:needed])
    while len(found) < needed:
        found.append(max(found[-1] - 1, 0) if found else HIGHEST_REMAINING)
    return found


def check_targets(targets: SampleTargets, setting: Setting) -> None:
    """Refuse totals that no workbook can show.

    Raises:
        SampleError: Names every total that is out of range and its range.
    """
    before, after = targets.merged or (1, 0)
    limits = {
        "dossiers-received": (targets.dossiers_received, 1, 1_000_000),
        "dossiers-resolved": (targets.dossiers_resolved, 0, targets.dossiers_received),
        "ntm-recognised": (targets.ntm_recognised, 0, len(setting.members("ntm_communes"))),
        "agencies-held": (targets.agencies_held, 0, len(setting.members("agencies"))),
        "enterprises-held": (targets.enterprises_held, 0, len(setting.members("enterprises"))),
        "posts": (targets.posts, 0, 5000),
        "merger (trước)": (before, 1, 500),
        "merger (sau)": (after, 0, before - 1),
        "inspections": (targets.inspections, 0, len(setting.members("qcdc_grassroots"))),
        **{f"remaining[{n}]": (value, 0, 19) for n, value in enumerate(targets.remaining)},
    }
    wrong = [
        f"{name} = {value}, phải từ {low} đến {high}"
        for name, (value, low, high) in limits.items()
        if not low <= value <= high
    ]
    if wrong:
        raise SampleError("; ".join(wrong))
