"""One file that has not been sent: what it was taken for and what is wrong in it.

Belongs here: reading and judging for ``qcdc check``. Does not belong here: showing
(``check_command``), files of a period (``steps``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.period_words import period_end
from pipelines.catalogue.periods import period_keys
from pipelines.intake.batch import read_single
from pipelines.intake.requested import with_unrequested
from pipelines.places.naming import Directory
from pipelines.validation.accept import settle
from pipelines.validation.rules import find


@dataclass(frozen=True)
class CheckedFile:
    """A file that has not been sent.

    Attributes:
        submission: What it was taken for: one row with the columns of the intake's submissions,
            its status as if it were sent now.
        findings: Columns of ``core.findings``; ``submission_id`` is the file's name.
        entries: What each value cell of the form was read as.
        rows: Rows of each register, by register id.
        accounts: Cells by sheet and fate.
        quarantine: Cells that are not used, with their reason.
    """

    submission: pd.Series
    findings: pd.DataFrame
    entries: pd.DataFrame = field(default_factory=pd.DataFrame)
    rows: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    accounts: pd.DataFrame = field(default_factory=pd.DataFrame)
    quarantine: pd.DataFrame = field(default_factory=pd.DataFrame)


def check_file(
    catalogue: Catalogue,
    units: pd.DataFrame,
    path: Path,
    *,
    directory: Directory | None = None,
    place: tuple[str | None, str | None] = (None, None),
    requests: pd.DataFrame | None = None,
    history: Mapping[str, pd.DataFrame] | None = None,
) -> CheckedFile:
    """What a file holds and what is wrong in it, nothing stored.

    Args:
        catalogue: What is measured.
        units: ``ref.units``.
        path: The file.
        directory: All units under all their names; None to know their own names only.
        place: Period and sender that the file's folder says.
        requests: ``ref.requests``; None to leave rounds that nobody asked for unsaid.
        history: ``core.observations`` of earlier periods by key, as far as they are committed.

    Raises:
        UnreadableWorkbook: The file cannot be read, with the reason in Vietnamese.
    """
    batch = read_single(
        path.read_bytes(), path.name, catalogue, units, directory=directory, place=place
    )
    period, keys = str(batch.submissions["period"].iloc[0]), period_keys(catalogue.periods)
    is_known, faults = period in keys, batch.faults
    # of a period that is not known the rules without an end apply, and one finding says so
    if is_known and requests is not None and directory is not None:
        asked = requests[requests["period"] == period]
        day = period_end(period, catalogue.periods)
        faults = with_unrequested(faults, batch.submissions, asked, directory, day)
    findings = find(
        submissions=batch.submissions,
        entries=batch.entries,
        rows=batch.rows,
        row_letters=batch.row_letters,
        faults=faults,
        units=units,
        catalogue=catalogue,
        period=period,
        history=history,
    )
    submission = settle(batch.submissions, findings).iloc[0]
    return CheckedFile(
        submission,
        findings.assign(period=pd.Series(period, findings.index)),
        entries=batch.entries,
        rows=batch.rows,
        accounts=batch.accounts,
        quarantine=batch.quarantine,
    )
