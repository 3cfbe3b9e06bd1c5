"""From which columns each column of a table comes, or why it comes from none.

Belongs here: lineage of columns, said once for every table, from a cell of a workbook to a figure.
Does not belong here: lineage of tables and the shape Dagster wants (``lineage``), what a column is
called (the catalogue's contracts).

A line says ``columns < sources`` or ``columns ! why there is no source``; a source is
``schema.table.column``. Sources outside the warehouse are ``raw.workbooks``, ``raw.evidence``,
``raw.journal``, ``raw.reference`` and ``catalogue.entries``, whose columns ``raw_assets`` lists.
What is not said in ``_TOLD`` follows from the column's name (``_BY_NAME``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipelines.catalogue.contracts import TableContract
from pipelines.catalogue.measures import Measure, RowsMeasure
from pipelines.catalogue.model import Catalogue

REGISTERS = "core.registers_"
# tables whose rows stand in raw/reference/<name>.csv; all other ref.* tables are the catalogue's
FACTS = (
    "papi", "published", "requests", "targets", "unit_groups", "unit_names", "unit_successions",
    "units",
)  # fmt: skip
OF_PAPI = ("year", "scope_id", "measure", "score", "source")
_BY_NAME = {
    "cell": "raw.workbooks.cell",
    "criteria_set": "ref.criteria.criteria_set",
    "criterion": "ref.criteria.criterion",
    "duty": "ref.duties.duty",
    "element": "ref.elements.element",
    "form": "ref.forms.form",
    "indicator": "ref.indicators.indicator",
    "is_illustrative": "intake.submissions.is_illustrative",
    "period": "ref.periods.period",
    "regime": "ref.regimes.regime",
    "rule": "ref.rules.rule",
    "scope_id": "ref.units.unit_id",
    "sheet": "raw.workbooks.sheet",
    "submission_id": "intake.submissions.submission_id",
    "unit_id": "ref.units.unit_id",
}
_TOLD = {
    "ref.populations": """
        population, label_vi, basis < catalogue.entries.populations
        unit_id < ref.units.unit_id ref.units.unit_type ref.units.kind
        valid_from < ref.units.valid_from catalogue.entries.populations
        valid_to < ref.units.valid_to catalogue.entries.populations""",
    "intake.submissions": """
        submission_id, provider < raw.journal.submission_id
        sha256, same_as < raw.journal.sha256
        path < raw.journal.path
        channel < raw.journal.channel
        received_at < raw.journal.at
        period < raw.journal.submission_id ref.periods.period
        form < raw.workbooks.header ref.forms.form
        version < raw.workbooks.header ref.forms.version
        round, data_to, is_illustrative < raw.workbooks.header
        size < raw.workbooks.file raw.evidence.file
        status ! kết luận về cả tệp sau khi kiểm tra; từng lý do ở core/findings
        reason, reader_note ! câu do chương trình viết khi đọc tệp""",
    "intake.accounts": """
        fate < raw.workbooks.cell ref.forms.sheet ref.elements.element
        cells < raw.workbooks.cell""",
    "intake.quarantine": """
        text, proposed < raw.workbooks.elements
        reason ! câu do chương trình viết khi đọc ô""",
    "intake.quotes": "text < raw.workbooks.notes",
    "core.findings": """
        severity < ref.rules.severity
        expected < ref.rules.expected_vi
        message_vi < ref.rules.message_vi
        message_en < ref.rules.message_en
        action_vi < ref.rules.action_vi
        found < raw.workbooks.elements intake.quarantine.text
        decision < raw.journal.action
        decided_by < raw.journal.who
        decided_why < raw.journal.why
        is_primary ! chọn giữa các kết quả của cùng một ô, theo mức ưu tiên của quy tắc""",
    "core.decisions": """
        decision_id, is_in_force, decided_at < raw.journal.at
        action < raw.journal.action
        provider < intake.submissions.provider
        sheet < raw.journal.sheet
        cell < raw.journal.cell
        rule < raw.journal.rule core.findings.rule
        unit_id < core.findings.unit_id
        element < core.findings.element
        before < raw.workbooks.elements core.findings.found
        after < raw.journal.value
        decided_by < raw.journal.who
        decided_why < raw.journal.why
        told_by < raw.journal.told_by
        told_on < raw.journal.told_on
        is_applied < intake.submissions.sha256 core.findings.rule""",
    "core.observations": """
        value, text < raw.workbooks.elements raw.journal.value
        qualifier < raw.workbooks.elements
        note < raw.workbooks.notes
        state < raw.workbooks.elements core.findings.severity
        decided < raw.journal.action
        source < ref.elements.authority
        provider < intake.submissions.provider
        is_estimate < intake.submissions.round""",
    "core.evidence": """
        unit_id, element, kind, number, signed_on < raw.journal.evidence
        signer_role, title_vi, credit < raw.journal.evidence
        status < intake.submissions.status
        sha256 < intake.submissions.sha256
        path < intake.submissions.path
        size < intake.submissions.size""",
    "core.changes": """
        previous < intake.submissions.submission_id
        row_key, before, after, state_before, state_after < raw.workbooks.elements""",
    "core.reporting": """
        unit_id < ref.populations.unit_id
        form < ref.requests.form
        round < ref.requests.round
        due_date < ref.requests.due_date
        part < ref.requests.period
        received_at < intake.submissions.received_at
        versions < intake.submissions.submission_id
        state < intake.submissions.received_at intake.submissions.status ref.requests.due_date
        is_illustrative < ref.requests.is_illustrative intake.submissions.is_illustrative""",
    "eval.indicator_values": """
        numerator, denominator < core.observations.value core.reporting.state @indicators
        denominator < ref.populations.unit_id
        value, lower, upper < core.observations.value core.reporting.state @indicators
        value, lower, upper < ref.populations.unit_id
        state < core.observations.state core.reporting.state
        text < ref.unit_successions.successor core.observations.value
        expected_units < ref.populations.unit_id
        reporting_units < core.observations.state core.reporting.state
        coverage < core.observations.state core.reporting.state ref.populations.unit_id
        view < ref.unit_successions.predecessor ref.unit_successions.successor
        as_of < intake.submissions.received_at
        is_illustrative < core.observations.is_illustrative""",
    "eval.comparisons": """
        value < eval.indicator_values.value
        reference < eval.indicator_values.value ref.targets.value
        reference_period < ref.periods.previous ref.periods.same_period
        source < ref.targets.source
        difference, met < eval.indicator_values.value ref.targets.value
        comparable, why_not < ref.regimes.valid_from ref.forms.version ref.unit_successions.on
        comparable, why_not < eval.indicator_values.coverage
        note < ref.unit_successions.on
        against ! loại so sánh: kỳ trước, cùng kỳ, chỉ tiêu giao
        is_illustrative < eval.indicator_values.is_illustrative""",
    "eval.series": """
        view < eval.indicator_values.view
        numerator < eval.indicator_values.numerator
        denominator < eval.indicator_values.denominator
        value, change, from_first < eval.indicator_values.value
        state < eval.indicator_values.state
        expected_units < eval.indicator_values.expected_units
        reporting_units < eval.indicator_values.reporting_units
        coverage < eval.indicator_values.coverage
        part, is_first, is_last < ref.periods.parts eval.indicator_values.state
        break_before, why < ref.regimes.valid_from ref.forms.version ref.unit_successions.on
        is_illustrative < eval.indicator_values.is_illustrative""",
    "eval.judged": """
        subject < ref.regimes.unit_type
        documents < ref.regimes.documents ref.documents.document
        straddles < ref.regimes.valid_from ref.regimes.valid_to ref.unit_successions.on
        text_vi < ref.regimes.label_vi ref.documents.title_vi
        verified < ref.regimes.verified ref.documents.verified
        is_illustrative < ref.requests.is_illustrative""",
    "eval.duties": """
        label_vi < ref.duties.label_vi
        needed < ref.duties.needed
        due_on < ref.duties.due ref.periods.ends_on
        legal < ref.duties.legal
        verified < ref.duties.verified
        state, found, text_vi < core.observations.value ref.duties.needed @duties
        is_illustrative < core.observations.is_illustrative""",
    "eval.checked": """
        unit_id < core.registers_verifications.unit_id
        element, subject < core.registers_verifications.subject
        stage < core.registers_verifications.stage
        reported < core.observations.value
        reported_state < core.observations.state
        found < core.registers_verifications.found
        difference < core.observations.value core.registers_verifications.found
        reason < core.registers_verifications.reason
        evidence < core.registers_verifications.evidence
        decided_on < core.registers_verifications.decided_on
        is_illustrative < core.registers_verifications.is_illustrative""",
    "eval.scores": """
        stage < core.registers_verifications.stage core.registers_self_scores.points
        max_points < ref.criteria.max_points
        found < eval.indicator_values.value core.observations.value eval.checked.found
        points, lower, upper < eval.indicator_values.value core.observations.value
        points, lower, upper < core.registers_self_scores.points core.registers_verifications.found
        points, lower, upper < ref.criteria.scale
        coverage < core.observations.state eval.indicator_values.coverage
        reason < core.registers_verifications.reason
        evidence < core.registers_self_scores.evidence core.registers_verifications.evidence
        is_illustrative < core.observations.is_illustrative""",
    "eval.bands": """
        stage < eval.scores.stage
        points < eval.scores.points
        lower < eval.scores.lower
        upper < eval.scores.upper
        apart < eval.scores.points
        coverage < eval.scores.coverage
        band < eval.scores.points ref.criteria.bands
        band_lower < eval.scores.lower ref.criteria.bands
        band_upper < eval.scores.upper ref.criteria.bands
        forced_by < core.observations.value eval.indicator_values.value
        is_example < ref.criteria.is_example
        is_illustrative < eval.scores.is_illustrative""",
    "eval.targeting": """
        count, on_vi, text_vi < core.reporting.state core.findings.rule core.observations.state
        count, on_vi, text_vi < eval.checked.difference core.registers_limitations.status
        count, on_vi, text_vi < core.registers_inspections.status
        reason ! loại lý do: báo cáo, kết quả kiểm tra, độ phủ, chênh lệch, hạn chế, kiểm tra
        position < ref.units.official_order core.findings.rule core.reporting.state""",
    "eval.published": """
        source < ref.published.source
        part < ref.published.part
        value < ref.published.value
        shown_as < ref.published.shown_as
        scope_id < ref.published.scope_id
        computed < eval.indicator_values.numerator eval.indicator_values.denominator
        computed < eval.indicator_values.value
        agrees < ref.published.value eval.indicator_values.numerator
        agrees < eval.indicator_values.denominator eval.indicator_values.value
        is_illustrative < eval.indicator_values.is_illustrative""",
    "report.figures": """
        figure_id < eval.indicator_values.indicator eval.indicator_values.scope_id
        indicator < eval.indicator_values.indicator
        scope_id < eval.indicator_values.scope_id
        shown_as < eval.indicator_values.value
        numerator < eval.indicator_values.numerator
        denominator < eval.indicator_values.denominator
        cells < core.observations.cell core.observations.sheet intake.submissions.sha256
        cells < core.evidence.submission_id @registers
        release_id ! số của bản phát hành: bản dự thảo cho tới khi ban hành
        is_illustrative < eval.indicator_values.is_illustrative""",
}


@dataclass(frozen=True)
class Source:
    """Where a column comes from.

    Attributes:
        sources: ``schema.table.column``, without repetition.
        why_not: Why there is none, in Vietnamese; empty where there is one.
    """

    sources: tuple[str, ...] = ()
    why_not: str = ""


def sources_of(catalogue: Catalogue, contract: TableContract) -> dict[str, Source]:
    """Every column of a table, in order, with what it comes from.

    Raises:
        KeyError: Nobody has said where a column comes from.
    """
    told = _register(catalogue, contract) | _spelled(catalogue, contract.name)
    found = {}
    for column in contract.columns:
        source = told.get(column.name) or _by_name(contract.name, column.name)
        if source is None:
            msg = f"{contract.name}.{column.name}: say in column_sources.py where it comes from"
            raise KeyError(msg)
        found[column.name] = source
    return found


def _by_name(table: str, column: str) -> Source | None:
    if table.startswith("ref."):
        name = table.removeprefix("ref.")
        if name in FACTS and (name != "papi" or column in OF_PAPI):
            return Source((f"raw.reference.{name}.{column}",))
        return Source((f"catalogue.entries.{name}",))
    return Source((_BY_NAME[column],)) if column in _BY_NAME else None


def _register(catalogue: Catalogue, contract: TableContract) -> dict[str, Source]:
    """Columns of a register's table: the columns of the list that people fill in."""
    register = catalogue.registers.get(contract.spec.register_id or "")
    if register is None:
        return {}
    asked = {
        column.id: Source((f"raw.workbooks.{register.id}.{column.id}",))
        for column in register.columns
    }
    unit = asked.pop(register.unit_column).sources
    return asked | {
        "row": Source(("raw.workbooks.cell",)),
        "unit_id": Source((*unit, "ref.units.unit_id")),
    }


def _spelled(catalogue: Catalogue, table: str) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for columns, sources, why_not in _lines(_TOLD.get(table, "")):
        spelled = [each for source in sources for each in _expanded(catalogue, source)]
        for column in columns:
            before = found.get(column, Source())
            found[column] = Source(tuple(dict.fromkeys((*before.sources, *spelled))), why_not)
    return found


def _lines(text: str) -> Iterator[tuple[list[str], list[str], str]]:
    for line in filter(None, map(str.strip, text.splitlines())):
        columns, sign, said = line.partition(" < ")
        if sign:
            yield columns.split(", "), said.split(), ""
        else:
            columns, _, said = line.partition(" ! ")
            yield columns.split(", "), [], said


def _expanded(catalogue: Catalogue, source: str) -> list[str]:
    """A source, or the register columns that a word for many of them stands for."""
    if not source.startswith("@"):
        return [source]
    if source == "@registers":
        return [f"{register.table}.row" for register in catalogue.registers.values()]
    counted = _counted(catalogue) if source == "@indicators" else _of_duties(catalogue)
    return [
        f"{catalogue.registers[register].table}.{column}"
        for register, columns in sorted(counted.items())
        for column in sorted(columns)
    ]


def _counted(catalogue: Catalogue) -> Mapping[str, set[str]]:
    """Register → columns that decide which of its rows an indicator counts."""
    found: dict[str, set[str]] = {}
    for indicator in catalogue.indicators.values():
        for measure in (indicator.numerator, indicator.denominator):
            for register, column in _rows(measure):
                found.setdefault(register, set()).add(_stored(catalogue, register, column))
    return found


def _rows(measure: Measure | None) -> Iterator[tuple[str, str]]:
    if isinstance(measure, RowsMeasure):
        yield measure.register_id, "unit_id"
        yield from ((measure.register_id, test.column) for test in measure.where)


def _of_duties(catalogue: Catalogue) -> Mapping[str, set[str]]:
    """Register → columns that duties read."""
    found: dict[str, set[str]] = {}
    for duty in catalogue.duties.values():
        if duty.register_id is not None:
            named = {"unit_id", *duty.columns, *(test.column for test in duty.where)}
            stored = {_stored(catalogue, duty.register_id, column) for column in named}
            found.setdefault(duty.register_id, set()).update(stored)
    return found


def _stored(catalogue: Catalogue, register: str, column: str) -> str:
    return "unit_id" if column == catalogue.registers[register].unit_column else column
