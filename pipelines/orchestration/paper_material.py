"""What the papers of a period are composed from, gathered from warehouse and journal.

Belongs here: asking ``analysis`` for frames and ``narrated`` for the text. Does not belong here:
composing (``reports.composed``), writing files (``papers``), who issues (``paper_letters``).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipelines.analysis import annexes, findings, registers, reporting
from pipelines.analysis.access import Tables
from pipelines.analysis.comparisons import beside
from pipelines.analysis.decisions import decisions
from pipelines.analysis.evidence import evidence
from pipelines.analysis.indicators import (
    coverage_overview,
    partly_covered,
    published_parts,
    scope_values,
)
from pipelines.analysis.law import duties
from pipelines.analysis.scope import ReportScope, report_scope, scope_facts
from pipelines.analysis.series import series
from pipelines.analysis.setting import Setting, setting
from pipelines.analysis.units import ntm_distribution
from pipelines.orchestration.narrated import narrated
from pipelines.orchestration.paper_pictures import pictures_of
from pipelines.orchestration.reviews import review_lines
from pipelines.reports.composed.material import About, Checked, Material, Part, Work
from pipelines.reports.papers.model import Block, Picture

_CHANNEL, _FIELD = "Hình thức tiếp nhận", "Lĩnh vực"


class Kept:
    """Tables that are read once: papers ask for the same ones hundreds of times."""

    def __init__(self, wh: Tables) -> None:
        self._wh = wh
        self._frames: dict[str, pd.DataFrame] = {}

    def table(self, name: str, /) -> pd.DataFrame:
        """The table; what a caller changes in it stays with the caller."""
        if name not in self._frames:
            self._frames[name] = self._wh.table(name)
        return self._frames[name].copy(deep=False)


def material_of(
    wh: Tables, root: Path, period: str, *, changed: tuple[Block, ...] = ()
) -> Material:
    """Everything that the papers of a period are composed from.

    Args:
        wh: The warehouse, or a release.
        root: The project's root, for what the journal says.
        period: Key of the period.
        changed: What changed since the last release, ready-made.

    Raises:
        NoRequest: The period has no request.
    """
    wh = wh if isinstance(wh, Kept) else Kept(wh)
    scope, named = report_scope(wh, period), setting(wh, period)
    units = {name: annexes.unit_figures(wh, period, name) for name in annexes.UNIT_TYPES}
    return Material(
        about=_about(scope, named),
        text={
            "signing": narrated(wh, root, period, "signing").blocks,
            "lookup": narrated(wh, root, period, "lookup").blocks,
        },
        figures=beside(wh, period, scope_values(wh, period)),
        units={name: frame for name, frame in units.items() if len(frame)},
        ntm=ntm_distribution(wh, period),
        dossiers={
            _CHANNEL: registers.dossier_summary(wh, period, by="channel"),
            _FIELD: registers.dossier_summary(wh, period, by="field"),
        },
        inspections=registers.inspections(wh, period),
        work=_work(wh, period),
        checked=_checked(wh, root, period, changed),
        parts=_parts(wh, period) if named.composed else None,
        facts=scope_facts(wh, scope, named.parts),
        pictures=pictures_of(
            wh,
            root,
            period,
            composed=named.composed,
            after=sum(isinstance(block, Picture) for block in changed),
        ),
    )


def _about(scope: ReportScope, named: Setting) -> About:
    return About(
        period=scope.period,
        label=scope.label_vi,
        kind=named.kind,
        ends_on=scope.ends_on,
        data_to=scope.data_to,
        release_id=f"{scope.period}/draft",
        scope_id=scope.scope_id,
        scope=scope.name,
        area=named.area,
        communes=named.communes,
        subject=named.subject,
        illustrative=scope.is_illustrative,
    )


def _work(wh: Tables, period: str) -> Work:
    owed = duties(wh, period).merge(annexes.duties_by_state(wh, period), on="duty", how="left")
    return Work(
        duties=owed,
        tasks=annexes.programme_tasks(wh, period),
        conclusions=annexes.conclusions(wh, period),
        meetings=annexes.meetings(wh, period),
        hot_spots=annexes.hot_spots(wh, period),
    )


def _checked(wh: Tables, root: Path, period: str, changed: tuple[Block, ...]) -> Checked:
    return Checked(
        reports=_received(reporting.reporting_by_unit(wh, period)),
        matrix=reporting.reporting_matrix(wh, period),
        findings=findings.findings_summary(wh, period),
        samples=findings.findings_all(wh, period),
        decisions=decisions(wh, period),
        missing=findings.no_data(wh, period),
        partial=partly_covered(wh, period),
        coverage=coverage_overview(wh, period),
        evidence=evidence(wh, period),
        published=published_parts(wh, period),
        changed=changed,
        reviews=tuple(review_lines(root, period)),
    )


def _received(reports: pd.DataFrame) -> pd.DataFrame:
    """Reports with the time as printed: a column of times has no text for "never"."""
    times = reports["received_at"]
    return reports.assign(received_at=times.astype("object").where(times.notna(), "–"))


def _parts(wh: Tables, period: str) -> Part:
    thread = series(wh, period)
    return Part(thread.parts, thread.rows, thread.figures, thread.reasons)
