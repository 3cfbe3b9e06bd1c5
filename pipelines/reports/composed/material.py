"""What papers are composed from: frames and words that are handed in, ready to be set in tables.

Belongs here: the bundle and what each frame holds. Does not belong here: reading the warehouse
(``analysis``), joining the two (``orchestration``), columns and sentences (the papers).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipelines.reports.papers.model import Block, Head, Picture, Signature


@dataclass(frozen=True)
class About:
    """What a set of papers is about, in words.

    Attributes:
        period: Key of the period.
        label: "6 tháng đầu năm 2021".
        kind: half, quarter, nine_months, year, review …
        ends_on: Last day of the period.
        data_to: Cut-off of the data.
        release_id: ``2021-H1/draft``.
        scope_id: Whom the figures are about.
        scope: Its name.
        area: "toàn huyện".
        communes: "xã, thị trấn".
        subject: "Quy chế dân chủ ở cơ sở".
        illustrative: Whether the data is.
    """

    period: str
    label: str
    kind: str
    ends_on: dt.date
    data_to: dt.date
    release_id: str
    scope_id: str
    scope: str
    area: str
    communes: str
    subject: str
    illustrative: bool


@dataclass(frozen=True)
class Letter:
    """Who writes, to whom, who signs.

    Attributes:
        report: Head of reports (signing and lookup copy, brief).
        notice: Head of the notice of conclusions.
        signature: Of what is signed.
        recipients: "Nơi nhận".
        suffix: After the names of the files; empty for the family that the body uses.
    """

    report: Head
    notice: Head
    signature: Signature
    recipients: tuple[str, ...]
    suffix: str = ""


@dataclass(frozen=True)
class Work:
    """The committee's work: what is open, what was concluded.

    Attributes:
        duties: ``analysis.law.duties`` with passed_on and due_on of ``annexes.duties_by_state``.
        tasks: ``annexes.programme_tasks``.
        conclusions: ``annexes.conclusions``.
        meetings: ``annexes.meetings``.
        hot_spots: ``annexes.hot_spots``.
    """

    duties: pd.DataFrame
    tasks: pd.DataFrame
    conclusions: pd.DataFrame
    meetings: pd.DataFrame
    hot_spots: pd.DataFrame


@dataclass(frozen=True)
class Checked:
    """What stands behind the figures, for the lookup copy.

    Attributes:
        reports: ``reporting.reporting_by_unit``: every owed report.
        matrix: ``reporting.reporting_matrix``.
        findings: ``findings.findings_summary``.
        samples: ``findings.findings_all``.
        decisions: ``decisions.decisions``.
        missing: ``findings.no_data``.
        partial: ``indicators.partly_covered``.
        coverage: ``indicators.coverage_overview``.
        evidence: ``evidence.evidence``.
        published: ``indicators.published_parts``.
        changed: What changed since the last release, ready-made; empty where there is none.
        reviews: Who has looked the papers over: when, who, note, as sentences.
    """

    reports: pd.DataFrame
    matrix: pd.DataFrame
    findings: pd.DataFrame
    samples: pd.DataFrame
    decisions: pd.DataFrame
    missing: pd.DataFrame
    partial: pd.DataFrame
    coverage: pd.DataFrame
    evidence: pd.DataFrame
    published: pd.DataFrame
    changed: tuple[Block, ...] = ()
    reviews: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A longer period part by part.

    Attributes:
        names: Short names of the parts by key.
        rows: One row per figure and part, from ``analysis.series``.
        figures: One row per figure.
        reasons: Why the thread breaks, by number.
    """

    names: Mapping[str, str]
    rows: pd.DataFrame
    figures: pd.DataFrame
    reasons: Mapping[int, str]


@dataclass(frozen=True)
class Material:
    """Everything that papers of a period are composed from.

    Attributes:
        about: In words.
        text: Sections I to VI by copy, ``signing`` and ``lookup``.
        figures: Every figure of the scope in the catalogue's order with what stands beside it.
        units: By unit type, ``annexes.unit_figures``.
        ntm: ``units.ntm_distribution``.
        dossiers: By "Lĩnh vực" and "Hình thức tiếp nhận", ``registers.dossier_summary``.
        inspections: ``registers.inspections``.
        work: The committee's.
        checked: Behind the figures.
        parts: Of a longer period, None for others.
        facts: Label → text, from ``scope.scope_facts``.
        pictures: Of the lookup copy, numbered.
    """

    about: About
    text: Mapping[str, tuple[Block, ...]]
    figures: pd.DataFrame
    units: Mapping[str, pd.DataFrame]
    ntm: pd.DataFrame
    dossiers: Mapping[str, pd.DataFrame]
    inspections: pd.DataFrame
    work: Work
    checked: Checked
    parts: Part | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()

    @property
    def absent(self) -> pd.DataFrame:
        """Owed reports that are not there: never sent, or returned and not sent again."""
        reports = self.checked.reports
        return reports[reports["state"].isin(["missing", "returned"])]

    @property
    def headline(self) -> pd.DataFrame:
        """The figures that come first."""
        return self.figures[self.figures["headline"].astype(bool)]
