"""Verdicts of coordinators on findings: what is decided, and what it leaves open.

Belongs here: marking findings as decided, which errors nobody may accept, what the gate leaves
out. Does not belong here: reading decisions (``intake.decisions``), corrected cells
(``corrections``), what follows for the file (``accept``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import pandas as pd

from pipelines.catalogue.integrity import measure_elements, term_names
from pipelines.catalogue.model import Catalogue, Indicator, Rule
from pipelines.validation.raw_findings import KEY

ACCEPT, RETURN = "accept", "return"


class Decided(Protocol):
    """A verdict on a finding, as ``intake.decisions.Verdict`` says it."""

    @property
    def key(self) -> tuple[str | None, ...]:
        """Key of the finding."""
        ...

    @property
    def action(self) -> str:
        """``accept`` or ``return``."""
        ...

    @property
    def who(self) -> str:
        """Who decided."""
        ...

    @property
    def why(self) -> str:
        """On what grounds."""
        ...

    @property
    def found(self) -> str | None:
        """What the finding said then."""
        ...


def decide(
    findings: pd.DataFrame,
    verdicts: Iterable[Decided],
    submissions: pd.DataFrame,
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Findings with what was decided about them.

    Args:
        findings: ``core.findings``.
        verdicts: Those in force, at most one per finding.
        submissions: submission_id and form: whose sheet a finding stands in.
        catalogue: Rules, elements, indicators.

    Returns:
        The same rows; ``decision``, ``decided_by`` and ``decided_why`` are filled where a verdict
        speaks of the finding as it is. One that found something else then, or accepts what
        nobody may accept, leaves the finding open.
    """
    said = {verdict.key: verdict for verdict in verdicts}
    if not said or findings.empty:
        return findings
    barred = why_not(findings, submissions, catalogue)
    decisions: list[tuple[str | None, str | None, str | None]] = []
    for key, found, bar in zip(_keys(findings), findings["found"], barred, strict=True):
        verdict = said.get(key)
        stands = verdict is not None and _speaks_of(verdict, found)
        if verdict is None or not stands or (verdict.action == ACCEPT and bar is not None):
            decisions.append((None, None, None))
        else:
            decisions.append((verdict.action, verdict.who, verdict.why))
    names = ["decision", "decided_by", "decided_why"]
    filled = pd.DataFrame(decisions, columns=names, index=findings.index).astype("str")
    return findings.assign(**{name: filled[name] for name in names})


def _keys(findings: pd.DataFrame) -> list[tuple[str | None, ...]]:
    plain = findings[KEY].astype("object").where(findings[KEY].notna(), None)
    return list(plain.itertuples(index=False, name=None))


def _speaks_of(verdict: Decided, found: object) -> bool:
    now = found if isinstance(found, str) else None
    return verdict.found is None or verdict.found == now


FILE_AT_FAULT = "lỗi của cả tệp: xác nhận đơn vị, kỳ, biểu hoặc trả lại"
ROW_AT_FAULT = "dòng của sổ tự mâu thuẫn: sửa ô hoặc trả lại"
ROW_NEEDS_CELL = "cột của sổ không được để trống: sửa ô hoặc trả lại"
ABOVE_WHOLE = "phần lớn hơn toàn bộ, tỷ lệ sẽ vượt 100%: sửa ô hoặc trả lại"


def why_not(
    findings: pd.DataFrame, submissions: pd.DataFrame, catalogue: Catalogue
) -> list[str | None]:
    """Why a finding may not be accepted, None where it may.

    Warnings and things to compare may always be accepted. An error may when the warehouse still
    adds up with it: a doubtful value, whose cell is then left out, or a contradiction that no
    rate stands on.

    Args:
        findings: ``core.findings``.
        submissions: submission_id and form.
        catalogue: Rules, elements, indicators.
    """
    forms = submissions.drop_duplicates("submission_id").set_index("submission_id")["form"]
    columns = zip(
        *(findings[name] for name in ("severity", "rule", "submission_id", "sheet", "element")),
        strict=True,
    )
    reasons: list[str | None] = []
    for severity, rule_id, submission_id, sheet, element in columns:
        rule = catalogue.rules.get(rule_id)
        if severity != "error" or rule is None:
            reasons.append(None)
        elif rule.operator == "within_bounds":
            reasons.append(ABOVE_WHOLE if _is_part_of_a_rate(catalogue, {element}) else None)
        elif rule.level == "cell":
            needed = _is_needed(catalogue, forms.get(submission_id), sheet, element)
            reasons.append(ROW_NEEDS_CELL if needed else None)
        else:
            reasons.append(_why_not(rule, catalogue))
    return reasons


def _why_not(rule: Rule, catalogue: Catalogue) -> str | None:
    if rule.level == "submission":
        return FILE_AT_FAULT
    if rule.level == "row":
        return ROW_AT_FAULT
    terms = {*term_names(rule.left), *term_names(rule.right)}
    for indicator in catalogue.indicators.values():
        if indicator.bounded and all(side & terms for side in _sides(indicator)):
            return ABOVE_WHOLE
    return None


def _is_part_of_a_rate(catalogue: Catalogue, elements: set[str]) -> bool:
    """Whether a rate that may not pass 100 % stands on one of the elements.

    Other rules do not look at a value out of bounds, so nothing else would stop it.
    """
    return any(
        indicator.bounded and all(sides) and any(side & elements for side in sides)
        for indicator in catalogue.indicators.values()
        for sides in (_sides(indicator),)
    )


def _sides(indicator: Indicator) -> tuple[set[str], set[str]]:
    numerator, denominator = indicator.numerator, indicator.denominator
    return set(measure_elements(numerator)), set(measure_elements(denominator))


def _is_needed(catalogue: Catalogue, form_id: object, sheet: object, column: object) -> bool:
    """Whether a cell of a register may not be left out."""
    form = catalogue.forms.get(str(form_id))
    found = next((each for each in form.sheets if each.name == sheet), None) if form else None
    if found is None or found.register_id is None:
        return False
    register = catalogue.registers[found.register_id]
    return any(each.id == column and each.required for each in register.columns)


def after_decisions(findings: pd.DataFrame) -> pd.Series:
    """How grave each finding still is: ``decided`` when accepted, ``error`` when sent back."""
    if "decision" not in findings:
        return findings["severity"]
    severity = findings["severity"].mask(findings["decision"] == ACCEPT, "decided")
    return severity.mask(findings["decision"] == RETURN, "error")


def waived(findings: pd.DataFrame) -> dict[tuple[str, str | None], frozenset[str]]:
    """Rules that accepted errors break, by submission and unit: the gate leaves them out there."""
    if "decision" not in findings:
        return {}
    accepted = findings[(findings["severity"] == "error") & (findings["decision"] == ACCEPT)]
    rules: dict[tuple[str, str | None], set[str]] = {}
    for submission_id, unit_id, rule in zip(
        accepted["submission_id"], accepted["unit_id"], accepted["rule"], strict=True
    ):
        unit = unit_id if isinstance(unit_id, str) else None
        rules.setdefault((str(submission_id), unit), set()).add(str(rule))
    return {key: frozenset(each) for key, each in rules.items()}


def without(catalogue: Catalogue, rules: frozenset[str]) -> Catalogue:
    """The catalogue without some rules; without the rule of bounds there are no bounds."""
    kept = {name: rule for name, rule in catalogue.rules.items() if name not in rules}
    if not any(catalogue.rules[name].operator == "within_bounds" for name in rules):
        return catalogue.model_copy(update={"rules": kept})
    unbounded = {
        name: element.model_copy(update={"minimum": None, "maximum": None})
        for name, element in catalogue.elements.items()
    }
    return catalogue.model_copy(update={"rules": kept, "elements": unbounded})
