"""What is wrong and what is missing.

Belongs here: findings by rule, samples for the reader, the list of missing values.
Does not belong here: finding faults (``validation``).
"""

from __future__ import annotations

import json

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.scope import of_period, report_scope, requests_of, unit_names
from pipelines.analysis.shown import REPORTING_STATES, SEVERITIES
from pipelines.catalogue.changing import on_day
from pipelines.catalogue.load import load_catalogue


def findings_all(wh: Tables, period: str) -> pd.DataFrame:
    """Findings of the period with names, worst first.

    Returns:
        severity, severity_vi, rule, unit_id, unit, element, submission_id, path, sheet, cell,
        found, expected, message_vi, action_vi, status (of the submission).
    """
    files = wh.table("intake.submissions")[["submission_id", "path", "status"]]
    frame = of_period(wh.table("core.findings"), period)
    frame = frame.merge(files, on="submission_id", how="left")
    frame["unit"] = frame["unit_id"].map(unit_names(wh)).fillna(frame["unit_id"])
    frame["severity_vi"] = frame["severity"].map(SEVERITIES)
    rank = {name: place for place, name in enumerate(SEVERITIES)}
    frame = frame.assign(rank=frame["severity"].map(rank))
    keys = ["rank", "rule", "submission_id", "sheet", "cell", "unit_id", "element"]
    return frame.sort_values(keys, ignore_index=True).drop(columns="rank")


def findings_summary(wh: Tables, period: str) -> pd.DataFrame:
    """Number of findings by severity and rule.

    Returns:
        severity, severity_vi, rule, expected (what the rule asks), findings, submissions;
        worst severity first, then the most frequent rule.
    """
    frame = findings_all(wh, period)
    counts = (
        frame.groupby(["severity", "severity_vi", "rule"], sort=False)
        .agg(findings=("rule", "size"), submissions=("submission_id", "nunique"))
        .reset_index()
    )
    rules = wh.table("ref.rules").set_index("rule")["action_vi"]
    counts["action_vi"] = counts["rule"].map(rules)
    rank = {name: place for place, name in enumerate(SEVERITIES)}
    counts = counts.assign(rank=counts["severity"].map(rank))
    counts = counts.sort_values(
        ["rank", "findings", "rule"], ascending=[True, False, True], ignore_index=True
    )
    return counts.drop(columns="rank")


def findings_top(wh: Tables, period: str, per_rule: int = 2) -> pd.DataFrame:
    """The first findings of each rule, to show what was seen and where."""
    frame = findings_all(wh, period)
    return frame.groupby(["severity", "rule"], sort=False).head(per_rule).reset_index(drop=True)


def review_notes(wh: Tables, period: str) -> pd.DataFrame:
    """Findings to be reviewed, with the indicators whose figures they touch.

    Returns:
        indicator, rule, unit (nan when the finding names none), message_vi; a finding stands once
        per indicator it touches.
    """
    frame = findings_all(wh, period)
    frame = frame[frame["severity"] == "review"]
    registers = wh.table("ref.rules").set_index("rule")["definition"].map(_register_of)
    frame = frame.assign(register=frame["rule"].map(registers))
    rows = []
    for entry in wh.table("ref.indicators").to_dict("records"):
        used = _sources_of(entry["numerator"]) | _sources_of(entry["denominator"])
        touched = frame[frame["element"].isin(used) | frame["register"].isin(used)]
        rows.append(touched[["rule", "unit", "message_vi"]].assign(indicator=entry["indicator"]))
    notes = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=_NOTE)
    return notes[_NOTE].drop_duplicates(ignore_index=True)


_NOTE = ["indicator", "rule", "unit", "message_vi"]


def _register_of(definition: str) -> str | None:
    return json.loads(definition).get("register_id")


def _sources_of(measure: object) -> set[str]:
    """Elements and registers that a measure counts."""
    if pd.isna(measure):  # type: ignore[call-overload] # a scalar cell
        return set()
    said = json.loads(str(measure))
    return {*said.get("elements", []), said.get("element"), said.get("register_id")} - {None}


def no_data(wh: Tables, period: str) -> pd.DataFrame:
    """What should be known and is not: never a zero.

    Returns:
        One row per unit: unit_id, unit, official_order, missing (number of elements),
        elements (their labels, at most the first three, then how many more), reason
        (Vietnamese: the state of the unit's report, or blank cells in an accepted one).
    """
    observed = of_period(wh.table("core.observations"), period)
    missing = observed[observed["state"].isin(["missing", "quarantined"])]
    units = wh.table("ref.units").set_index("unit_id")
    labels = _labels(wh, period)
    states = of_period(wh.table("core.reporting"), period).groupby("unit_id")["state"].agg(set)
    rows = []
    for unit_id, group in missing.groupby("unit_id", sort=True):
        rows.append(
            {
                "unit_id": unit_id,
                "unit": units["name"].get(unit_id, unit_id),
                "official_order": int(units["official_order"].get(unit_id, 0)),
                "missing": len(group),
                "elements": _listed(group["element"].map(labels).fillna(group["element"])),
                "reason": _reason(states.get(unit_id, set())),
            }
        )
    columns = ["unit_id", "unit", "official_order", "missing", "elements", "reason"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["official_order", "unit_id"], ignore_index=True)


def missing_indicators(wh: Tables, period: str) -> pd.DataFrame:
    """Indicators of any requested scope that have no value for want of data."""
    requests = requests_of(wh, period)
    values = of_period(wh.table("eval.indicator_values"), period)
    values = values[values["scope_id"].isin(requests["scope_id"])]
    values = values[values["view"] == "as_reported"]
    values = values[values["state"] == "missing"]
    labels = wh.table("ref.indicators").set_index("indicator")
    return pd.DataFrame(
        {
            "indicator": values["indicator"],
            "label": values["indicator"].map(labels["label_vi"]),
            "reporting_units": values["reporting_units"],
            "expected_units": values["expected_units"],
        }
    ).reset_index(drop=True)


def _labels(wh: Tables, period: str) -> pd.Series:
    """Names of the elements as the forms of the period said them."""
    said = on_day(load_catalogue(), report_scope(wh, period).ends_on).elements
    return pd.Series({name: element.label_vi for name, element in said.items()}, dtype="str")


def _listed(labels: pd.Series, limit: int = 3) -> str:
    names = list(labels)
    more = len(names) - limit
    text = "; ".join(names[:limit])
    return f"{text}; và {more:02d} chỉ tiêu khác" if more > 0 else text


def _reason(states: set[str]) -> str:
    for state in ("missing", "returned"):
        if state in states:
            return {"missing": "chưa nộp báo cáo", "returned": "báo cáo bị trả lại"}[state]
    return "ô để trống" if states & set(REPORTING_STATES) else "cơ quan cung cấp chưa có số"
