"""What becomes of a submission, and which values are in force.

Belongs here: final status, the supersede rule, observations and register rows in force.
Does not belong here: what is wrong with a submission (``rules``), sums and rates.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections import Counter
from collections.abc import Mapping

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.validation.decided import after_decisions
from pipelines.validation.wide import KNOWN_STATES, typed

ACCEPTED = ("accepted", "accepted_with_warnings")
# where a submission of one round of a form may stand in for, or give way to, another
_SERIES = ["provider", "form", "round"]
_PAIR = ["unit_id", "element"]
_REASONS_SHOWN = 3
_LONGEST_REASON = 160


def settle(submissions: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Submissions with their final status and reason.

    Args:
        submissions: The intake's submissions; a status set there (``unreadable``,
            ``duplicate``, ``refused``, ``superseded``) stays.
        findings: Their findings (submission_id, sheet, cell, rule, severity, message_vi and, where
            somebody has decided, decision).

    Returns:
        The same rows in the same order. An error finding returns a submission unless it was
        accepted, any other one that a coordinator sends back does too. Of accepted
        ones of the same provider, form and round only the newest stands, the older are
        ``superseded``; a returned one displaces nothing.
    """
    findings = findings.assign(severity=after_decisions(findings))
    severities = findings.groupby("submission_id")["severity"].agg(set)
    worst = submissions["submission_id"].map(severities)
    judged = worst.map(_status, na_action=None).astype("str")
    open_ones = submissions["status"].isna()
    status = submissions["status"].astype("str").fillna(judged)
    reason = submissions["reason"].astype("str")
    said = submissions["submission_id"].map(_reasons(findings)).astype("str")
    reason = reason.mask(open_ones, reason.fillna(said))
    return _supersede(submissions.assign(status=status, reason=reason), open_ones)


def _status(severities: object) -> str:
    found = severities if isinstance(severities, set) else set()
    if "error" in found:
        return "returned"
    return "accepted_with_warnings" if found else "accepted"


def _reasons(findings: pd.DataFrame) -> dict[str, str]:
    """The first errors of each submission, or how much there is to look at."""
    errors = findings[findings["severity"] == "error"]
    told = {str(key): _errors(group) for key, group in errors.groupby("submission_id")}
    # most have none: counted together, since a frame for each would cost more than reading it
    pairs = zip(findings["submission_id"].tolist(), findings["severity"].tolist(), strict=True)
    counts: dict[str, Counter[str]] = {}
    for submission_id, severity in pairs:
        if submission_id not in told:
            counts.setdefault(submission_id, Counter())[severity] += 1
    return told | {submission_id: _to_look_at(each) for submission_id, each in counts.items()}


def _to_look_at(counts: Counter[str]) -> str:
    words = {
        "warning": "cảnh báo",
        "review": "nội dung cần đối chiếu",
        "decided": "nội dung đã được chấp nhận",
    }
    return ", ".join(f"{counts[name]} {word}" for name, word in words.items() if name in counts)


def _errors(errors: pd.DataFrame) -> str:
    """The first errors, with their cells or in words."""
    row = pd.to_numeric(errors["cell"].str.extract(r"(\d+)$", expand=False))
    errors = errors.assign(row=row).sort_values(["sheet", "row", "cell", "rule"])
    columns = (errors[name] for name in ("rule", "sheet", "cell", "message_vi"))
    told = list(dict.fromkeys(_told(*error) for error in zip(*columns, strict=True)))
    rest = len(told) - _REASONS_SHOWN
    return "; ".join(told[:_REASONS_SHOWN]) + (f"; và {rest} lỗi khác" if rest > 0 else "")


def _told(rule: str, sheet: str, cell: object, message: str) -> str:
    """An error in short: its cell, or what is wrong where no single cell is at fault."""
    if isinstance(cell, str):
        return f"{rule} tại {sheet}!{cell}"
    return textwrap.shorten(message, _LONGEST_REASON, placeholder="…").rstrip(".")


def receipt_order(submissions: pd.DataFrame) -> pd.Series:
    """Place of each submission in the order of receipt (0 = first).

    Receipts of one moment follow the journal, whose order the last part of the id counts.
    """
    nn = submissions["submission_id"].str.rsplit("/", n=1).str[-1]
    keys = pd.DataFrame(
        {
            "at": submissions["received_at"],
            "nn": pd.to_numeric(nn, errors="coerce"),
            "id": submissions["submission_id"],
        }
    )
    ordered = keys.sort_values(["at", "nn", "id"]).index
    return pd.Series(range(len(ordered)), index=ordered).reindex(submissions.index)


def _supersede(submissions: pd.DataFrame, open_ones: pd.Series) -> pd.DataFrame:
    accepted = submissions[submissions["status"].isin(ACCEPTED) & open_ones]
    ordered = accepted.assign(order=receipt_order(accepted)).sort_values("order")
    newest = ordered.groupby(_SERIES, dropna=False)["submission_id"].transform("last")
    old = newest[newest != ordered["submission_id"]]
    result = submissions.copy()
    result.loc[old.index, "status"] = "superseded"
    result.loc[old.index, "reason"] = "Đã được thay bằng lần nộp " + old + "."
    return result


def standing(submissions: pd.DataFrame) -> pd.DataFrame:
    """The one submission in force per provider and form: final over estimate, then the newest.

    A final one that nobody has asked for stands over no estimate; it counts where it is alone.

    Args:
        submissions: Settled submissions; those without a form (evidence) say nothing. Where
            there is a column is_requested, it says which were asked for.

    Returns:
        Their rows with ``rank``: of two that speak of the same, the higher wins.
    """
    accepted = submissions[submissions["status"].isin(ACCEPTED) & submissions["form"].notna()]
    final = accepted["round"].eq("final")
    asked = accepted.get("is_requested", pd.Series(data=True, index=accepted.index))
    weight = (final & asked).astype("int64") - (final & ~asked).astype("int64")
    rank = receipt_order(accepted) + weight * len(accepted)
    ordered = accepted.assign(rank=rank).sort_values("rank")
    return ordered.drop_duplicates(["provider", "form"], keep="last")


def standing_entries(
    submissions: pd.DataFrame, entries: pd.DataFrame, units: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """The entries of the submissions in force, one per provider, unit and element.

    Returns:
        Entries with the submission's provider, round, data_to, is_illustrative and rank, and
        ``is_official``: whether the provider is the element's authority.
    """
    about = ["submission_id", "provider", "round", "data_to", "is_illustrative", "rank"]
    joined = typed(entries).merge(standing(submissions)[about], on="submission_id", how="inner")
    joined = joined.sort_values("rank").drop_duplicates(["provider", *_PAIR], keep="last")
    authority = joined["element"].map({e.id: e.authority for e in catalogue.elements.values()})
    kind = joined["provider"].map(units.drop_duplicates("unit_id").set_index("unit_id")["kind"])
    own = authority.eq("self") & joined["provider"].eq(joined["unit_id"])
    return joined.assign(is_official=own | authority.eq(kind))


def observations(
    *,
    submissions: pd.DataFrame,
    entries: pd.DataFrame,
    units: pd.DataFrame,
    expected: pd.DataFrame,
    catalogue: Catalogue,
    period: str,
    period_end: dt.date,
) -> pd.DataFrame:
    """The values in force: what the authoritative provider's submission in force says.

    Args:
        submissions: Settled submissions.
        entries: All entries of the period.
        units: unit_id, kind, is_illustrative.
        expected: The pairs (unit_id, element) that should exist.
        catalogue: Elements and their authorities.
        period: Period key of the rows.
        period_end: Last day of the period; data cut off before it are an estimate.

    Returns:
        ``core.observations``: one row per expected pair (state ``missing`` when nothing
        authoritative says anything), and the pairs an authority reports or notes beyond them.
        A note stands beside its value, and also where the value was left blank.
    """
    every = standing_entries(submissions, entries, units, catalogue)
    official = every[every["is_official"]].sort_values("rank").drop_duplicates(_PAIR, keep="last")
    wanted = expected[_PAIR].drop_duplicates()
    reported = official.loc[(official["state"] != "missing") | official["note"].notna(), _PAIR]
    pairs = pd.concat([wanted, reported], ignore_index=True).drop_duplicates()
    frame = pairs.merge(official, on=_PAIR, how="left")
    state = frame["state"].astype("str").fillna("missing")
    there, known = state != "missing", state.isin(KNOWN_STATES)
    illustrative = units.drop_duplicates("unit_id").set_index("unit_id")["is_illustrative"]
    of_unit = frame["unit_id"].map(illustrative)
    of_submission = frame["is_illustrative"].astype("boolean")
    table = frame.assign(
        period=period,
        state=state,
        source="form",
        value=frame["value"].where(known),
        text=frame["text"].where(known),
        decided=frame.get("decided"),
        qualifier=frame["qualifier"].where(known),
        sheet=frame["sheet"].where(there),
        cell=frame["cell"].where(there),
        is_estimate=_is_estimate(frame, period_end) & there,
        is_illustrative=of_submission.fillna(of_unit.astype("boolean")).fillna(value=False),
    )
    contract = table_contract(catalogue, "core.observations")
    return contract.conform(table[[column.name for column in contract.columns]])


def _is_estimate(frame: pd.DataFrame, period_end: dt.date) -> pd.Series:
    early = pd.to_datetime(frame["data_to"]) < pd.Timestamp(period_end)
    return frame["qualifier"].eq("≈") | frame["round"].eq("estimate") | early


def registers(
    *,
    submissions: pd.DataFrame,
    rows: Mapping[str, pd.DataFrame],
    units: pd.DataFrame,
    catalogue: Catalogue,
    period: str,
) -> dict[str, pd.DataFrame]:
    """The register rows in force, by table name; every register of the catalogue is there.

    Of a register that units keep themselves, a unit's rows about itself are in force.

    Args:
        submissions: Settled submissions.
        rows: Rows by register id.
        units: unit_id and kind: who is the authority of a register.
        catalogue: Registers.
        period: Period key of the rows.

    Raises:
        ContractError: A row in force breaks its table's contract; ``gate`` finds that first.
    """
    kind = units.drop_duplicates("unit_id").set_index("unit_id")["kind"]
    about = standing(submissions)[["submission_id", "is_illustrative", "provider"]]
    provider_kind = about["provider"].map(kind)
    tables = {}
    for register in catalogue.registers.values():
        contract = table_contract(catalogue, register.table)
        if register.id not in rows:
            tables[register.table] = contract.empty()
            continue
        is_kept = register.authority == "self"
        official = about if is_kept else about[provider_kind == register.authority]
        own = rows[register.id].merge(official, on="submission_id", how="inner")
        own = (own[own["unit_id"] == own["provider"]] if is_kept else own).assign(period=period)
        tables[register.table] = contract.conform(own[[c.name for c in contract.columns]])
    return tables
