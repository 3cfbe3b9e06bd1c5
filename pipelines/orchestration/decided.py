"""What was decided for a period: its own journal's lines, and what earlier ones have taught.

Belongs here: which journals are read, decisions → readings, ``core.decisions``. Does not belong
here: what a line means (``intake.decisions``), what it changes (``validation``), asking for one
(``deciding``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.intake.batch import IntakeBatch
from pipelines.intake.corrected import corrected, mark_meanings
from pipelines.intake.decision_log import decision_log
from pipelines.intake.decisions import Decisions, decisions_of, is_meaning, meaning_id
from pipelines.intake.journal import Entry, read_journal
from pipelines.validation.corrections import apply
from pipelines.validation.decided import ACCEPT, RETURN
from pipelines.validation.raw_findings import KEY, PLACE

EarlierJournals = list[tuple[str, list[Entry]]]
_MEANING = ["provider", "element", "before"]


@dataclass(frozen=True)
class Told:
    """Everything decided that a period's tables follow from.

    Attributes:
        decisions: Those in force.
        log: Every line (``intake.decision_log.LOG_COLUMNS``).
        corrections: Typed, with ``fits``; empty until the files are read.
    """

    decisions: Decisions
    log: pd.DataFrame
    corrections: pd.DataFrame = field(default_factory=pd.DataFrame)


def earlier_journals(root: Path, periods: pd.DataFrame, period: str) -> EarlierJournals:
    """The journals of all periods that end before a period does, oldest first.

    Args:
        root: The project's root.
        periods: ``ref.periods``.
        period: Key of the period.

    Raises:
        JournalError: A journal cannot be read.
    """
    ends = pd.to_datetime(periods.set_index("period")["ends_on"])
    if period not in ends.index:
        return []
    before = ends[ends < ends[period]].sort_index().sort_values(kind="stable")
    paths = ((str(key), root / "raw" / str(key) / "journal.jsonl") for key in before.index)
    return [(key, read_journal(path).entries) for key, path in paths if path.is_file()]


def remembered(root: Path, periods: pd.DataFrame, period: str) -> list[Entry]:
    """The lines of earlier journals that speak to a period: meanings of providers' signs."""
    found = earlier_journals(root, periods, period)
    return [entry for _, entries in found for entry in entries if is_meaning(entry)]


def told(root: Path, periods: pd.DataFrame, period: str, entries: Sequence[Entry]) -> Told:
    """What was decided for a period.

    Args:
        root: The project's root.
        periods: ``ref.periods``.
        period: Key of the period.
        entries: The period's journal entries.
    """
    earlier = earlier_journals(root, periods, period)
    before = [entry for _, own in earlier for entry in own]
    return Told(decisions_of(entries, before), decision_log(entries, period, earlier))


def corrected_batch(
    batch: IntakeBatch, said: Told, catalogue: Catalogue, units: pd.DataFrame
) -> tuple[IntakeBatch, Told]:
    """A batch with corrections applied.

    Returns:
        The batch, whose entries have ``decided``, and what was told, with the corrections typed.
    """
    decisions = said.decisions
    known = frozenset(units["unit_id"].astype(str))
    # a file that is gone or was never read holds nothing that could be corrected
    read = set(batch.submissions.loc[batch.submissions["status"].isna(), "submission_id"])
    own = [each for each in decisions.corrections if each.submission_id in read]
    typed = corrected(own, batch, catalogue, known)
    entries = mark_meanings(batch.entries, decisions.meanings)
    applied = apply(entries, batch.rows, batch.faults, typed)
    changed = replace(batch, entries=applied.entries, rows=applied.rows, faults=applied.faults)
    return changed, replace(said, corrections=typed.assign(fits=applied.fits))


def decisions_table(
    said: Told,
    entries: pd.DataFrame,
    findings: pd.DataFrame,
    submissions: pd.DataFrame,
    units: pd.DataFrame,
) -> pd.DataFrame:
    """Rows of ``core.decisions``: every line, and whether it had an effect.

    Args:
        said: The decisions, corrections typed.
        entries: Corrected entries with ``decided``.
        findings: ``core.findings``, decided.
        submissions: The period's submissions.
        units: ``ref.units``.
    """
    log, corrections = said.log, said.corrections
    of_finding = findings[findings["decision"].isin([ACCEPT, RETURN])]
    effects = {
        "correct": (PLACE, _keys(corrections[corrections["fits"]], PLACE)),
        ACCEPT: (KEY, _keys(of_finding[of_finding["decision"] == ACCEPT], KEY)),
        RETURN: (KEY, _keys(of_finding[of_finding["decision"] == RETURN], KEY)),
        "confirm": (["submission_id"], _keys(submissions, ["submission_id"])),
    }
    applied = pd.Series(data=False, index=log.index, dtype="bool")
    for action, (names, seen) in effects.items():
        of_action = log["action"] == action
        applied |= of_action & pd.Series(
            [key in seen for key in _tuples(log, names)], index=log.index, dtype="bool"
        )
    applied |= (log["action"] == "means") & _used(log, entries)
    illustrative = set(units.loc[units["is_illustrative"], "unit_id"])
    of_file = submissions.set_index("submission_id")["is_illustrative"]
    marked = log["provider"].isin(illustrative) | (
        log["submission_id"].map(of_file).astype("boolean").fillna(value=False)
    )
    return log.assign(
        is_applied=applied & log["is_in_force"].astype("bool"),
        is_illustrative=marked.astype("bool"),
    )


def _used(log: pd.DataFrame, entries: pd.DataFrame) -> pd.Series:
    """Whether a cell of the period took the meaning that a line gives."""
    used = set(entries["meaning"].dropna()) if "meaning" in entries else set()
    ids = [meaning_id(str(p), _text(e), str(t)) for p, e, t in _tuples(log, _MEANING)]
    return pd.Series([each in used for each in ids], index=log.index, dtype="bool")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _keys(frame: pd.DataFrame, names: list[str]) -> set[tuple[object, ...]]:
    return set(_tuples(frame, names))


def _tuples(frame: pd.DataFrame, names: list[str]) -> list[tuple[object, ...]]:
    plain = frame[names].astype("object").where(frame[names].notna(), None)
    return list(plain.itertuples(index=False, name=None))


def decision_counts(
    entries: Sequence[Mapping[str, object]], findings: pd.DataFrame
) -> dict[str, int]:
    """How many decisions a journal holds by action, and what still waits for one.

    Args:
        entries: Journal entries of the period.
        findings: ``core.findings`` of the period.

    Returns:
        Counts by action of the lines in force, and ``open``: findings without a decision.
    """
    log = decision_log(entries, "")
    counts = log.loc[log["is_in_force"].astype("bool"), "action"].value_counts().sort_index()
    return {str(key): int(n) for key, n in counts.items()} | {
        "open": int(findings["decision"].isna().sum())
    }
